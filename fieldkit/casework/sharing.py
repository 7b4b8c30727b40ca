"""Whether something may go to an agency: by what givers said of it, or by a basis that needs nobody's permission."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from sync.changes import Value
from sync.merge.consent import ALL, GRANTS, claims, name

BASES = ("risk-of-harm", "crime", "court", "statutory-duty")
"""What is shared by one of these is shared whatever was said; who decided and why is kept."""


@dataclass(frozen=True, slots=True)
class Word:
    """What one giver's word about one agency comes to."""

    giver: str = field(repr=False)
    agency: str = field(repr=False)
    decision: str


@dataclass(frozen=True, slots=True)
class Gate:
    """Whether it may go, why not, and on whose word it rests."""

    why: str = ""
    givers: tuple[str, ...] = field(default=(), repr=False)

    @property
    def open(self) -> bool:
        """Whether it may go."""
        return not self.why


def words(permissions: Iterable[Mapping[str, Value]], unsent: Iterable[tuple[str, Mapping[str, Value]]]) -> list[Word]:
    """Central's permissions, with what was said here and central has not heard yet on top: (kind, state)."""
    found = {
        (str(each["giver"]), str(each["agency"])): str(each["decision"])
        for each in permissions
        if each.get("giver") and each.get("agency")
    }
    for kind, state in unsent:
        for claim in claims(kind, state).values():
            place = (claim.giver, claim.agency)
            # A yes that central has not weighed yet opens nothing that stands closed.
            if claim.decision not in GRANTS or place not in found:
                found[place] = claim.decision
            if claim.agency == ALL and claim.decision not in GRANTS:
                found = {each: claim.decision if each[0] == claim.giver else said for each, said in found.items()}
    return [Word(*place, decision) for place, decision in found.items()]


def gate(said: Iterable[Word], agency: str, basis: str = "") -> Gate:
    """Whether something may go to an agency. One giver's no is enough: nobody's is outvoted."""
    if basis:
        return Gate() if basis in BASES else Gate("That is no basis to share by.")
    every = list(said)
    about = {each.giver: each.decision for each in every if each.agency == name(agency)}
    for each in every:
        if each.agency == ALL and each.decision not in GRANTS:
            about.setdefault(each.giver, each.decision)
    if not about:
        return Gate("Nobody has said yet that it may go there.")
    for decision, why in _CLOSED.items():
        if decision in about.values():
            return Gate(why)
    return Gate(givers=tuple(sorted(about)))


_CLOSED = {
    "withdrawn": "The permission was taken back.",
    "no": "Somebody has said no.",
    "not_asked": "Somebody has not been asked yet.",
    "ask_first": "They want to be asked first, each time.",
    "topics": "Only some topics may go there: choose them with an export, and note it.",
}
"""By decision, the most protective first: why nothing goes."""


ANSWERS: Mapping[str, str] = {
    "withdrawn": "taken back",
    "no": "no",
    "not_asked": "not asked yet",
    "ask_first": "ask first",
    "topics": "some topics",
    "yes": "yes",
}
"""By decision, the most protective first: what it comes to at a glance."""


def at_a_glance(said: Iterable[Word]) -> tuple[tuple[str, str], ...]:
    """(agency, answer) of every agency that somebody spoke of: of several givers the most protective word."""
    every = [each for each in said if each.decision in ANSWERS]
    order = list(ANSWERS)
    closed = [each for each in every if each.agency == ALL and each.decision not in GRANTS]
    found: dict[str, str] = {}
    for each in every:
        if not each.agency.startswith("@"):
            found[each.agency] = min(found.get(each.agency, "yes"), each.decision, key=order.index)
    for agency in found:
        givers = {each.giver for each in every if each.agency == agency}
        if any(each.giver not in givers for each in closed):
            found[agency] = min(found[agency], *(each.decision for each in closed), key=order.index)
    return tuple((agency, ANSWERS[found[agency]]) for agency in sorted(found))
