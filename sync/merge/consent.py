"""What a giver's words about one agency come to, across records: withdrawal against grant (SYNC section 6).

No clock is asked. Of every saying is known which earlier ones its author had seen (`saw`); what nobody has answered yet
is *latest*, and only the latest count.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from uuid import UUID, uuid5

from sync.changes import State, Value, row_of
from sync.merge.kinds import CONSENT
from sync.merge.policies import entries, rank

ALL = "@all"
"""Of a withdrawal: every agency that the giver ever spoke of."""
SERVICE = "@service"
"""The agreement to work with us, kept as one more agency."""
WITHDRAWN = "withdrawn"
GRANTS = frozenset({"yes", "topics", "ask_first"})
"""Decisions that let something be shared."""
NAMESPACE = UUID("b04c9f0e-6f8b-5a35-8d55-0a4a7c0b6f21")
_APART = re.compile(r"[,;\n]+")


@dataclass(frozen=True, slots=True)
class Said:
    """One thing a giver said about one agency, and what its author had seen of the others."""

    id: str
    giver: str
    agency: str
    decision: str
    saw: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Stands:
    """What is to be gone by for one giver and one agency."""

    decision: str
    by: str
    """The saying it rests on."""
    over: tuple[str, ...] = ()
    """Unseen sayings that did not win: they are told of, never dropped."""
    why: str = "said"
    klass: str = ""
    """When people must decide: the class. The safeguarding override is another thing, and untouched by any of this."""

    @property
    def contested(self) -> bool:
        """Whether people must decide."""
        return bool(self.klass)


@dataclass(frozen=True, slots=True)
class Claim:
    """What a record says at one place: an agency's row, the service, a withdrawal."""

    place: str
    giver: str = field(repr=False)
    agency: str = field(repr=False)
    decision: str


def decide(said: Iterable[Said]) -> dict[tuple[str, str], Stands]:
    """By giver and agency what stands, and whether people must look. In whatever order the sayings come."""
    every = sorted(set(said), key=lambda each: each.id)
    found = {}
    for giver, agency in sorted({(each.giver, each.agency) for each in every}):
        about = [
            each
            for each in every
            if each.giver == giver and (each.agency == agency or (each.agency == ALL and each.decision == WITHDRAWN))
        ]
        found[giver, agency] = _stands(about)
    return found


def _stands(about: list[Said]) -> Stands:
    answered = frozenset().union(*(each.saw for each in about))
    latest = [each for each in about if each.id not in answered]
    taken_back = [each for each in latest if each.decision == WITHDRAWN]
    others = [each for each in latest if each.decision != WITHDRAWN]
    if not taken_back:
        return _granted(others)
    over = tuple(each.id for each in others)
    renewed = [each for each in others if each.decision in GRANTS and _is_renewal(each, about)]
    if renewed:
        return Stands(WITHDRAWN, taken_back[0].id, over, "without-sight-of-a-renewal", "A")
    return Stands(WITHDRAWN, taken_back[0].id, over, "over-unseen-grant" if over else "said")


def _is_renewal(grant: Said, about: list[Said]) -> bool:
    """Whether its author gave it knowing of a withdrawal: then it is no grant that merely came too late to know."""
    return any(each.id in grant.saw for each in about if each.decision == WITHDRAWN)


def _granted(latest: list[Said]) -> Stands:
    safest = max(latest, key=lambda each: (rank(each.decision, CONSENT) or 0, each.id))
    over = tuple(each.id for each in latest if each is not safest and each.decision != safest.decision)
    return Stands(safest.decision, safest.id, over, "grants-differ" if over else "said", "B" if over else "")


def preview(standing: Iterable[Said], giver: str, agency: str) -> dict[str, Stands]:
    """By agency what a withdrawal written now, in sight of all this, comes to: for the screen before it is kept."""
    known = [each for each in standing if each.giver == name(giver)]
    now = Said("now", name(giver), name(agency), WITHDRAWN, _ids(known))
    return {told: stands for (_, told), stands in decide([*known, now]).items() if now.agency in (told, ALL)}


def _ids(said: Iterable[Said]) -> frozenset[str]:
    return frozenset(each.id for each in said)


def name(told: Value) -> str:
    """A giver's or an agency's name as a key: however it was spaced and capitalised."""
    return " ".join(str(told or "").casefold().split())


def record_of(scope: str, giver: str, agency: str) -> str:
    """The record that tells what stands for one giver and one agency."""
    return uuid5(NAMESPACE, f"{scope}|{giver}|{agency}").hex


def claims(kind: str, state: State) -> dict[str, Claim]:
    """What a record says about consent, by place; nothing for kinds that say nothing."""
    read = _READ.get(kind)
    return {each.place: each for each in read(state) if each.giver and each.agency} if read else {}


def _of_withdrawal(state: State) -> Iterator[Claim]:
    yield Claim("", name(state.get("giver")), name(state.get("agency")), WITHDRAWN)


def _of_agreement(state: State) -> Iterator[Claim]:
    """An agreement's words are found by the ends of their paths: which group they stand in is the form's affair."""
    whole = {path.rsplit("/", 1)[-1]: value for path, value in state.items() if row_of(path) is None}
    giver = name(whole.get("giver_name"))
    for row, told in _rows(state).items():
        if told.get("decision"):
            yield Claim(row, giver, name(told.get("agency_name")), str(told["decision"]))
    if whole.get("service"):
        decision = "not_asked" if whole["service"] == "not_today" else str(whole["service"])
        yield Claim(SERVICE, giver, SERVICE, decision)
    if whole.get("withdrawn") == "yes":
        yield from _taken_back(giver, whole)


def _rows(state: State) -> dict[str, dict[str, Value]]:
    rows: dict[str, dict[str, Value]] = {}
    for path, value in state.items():
        row = row_of(path)
        if row is not None and "@" not in path:
            rows.setdefault(row, {})[path.rsplit("/", 1)[-1]] = value
    return rows


def _taken_back(giver: str, whole: Mapping[str, Value]) -> Iterator[Claim]:
    what = entries(whole.get("withdrawn_what"))
    if "service" in what:
        yield Claim("withdrawn/service", giver, SERVICE, WITHDRAWN)
    if "sharing" in what:
        named = [name(each) for each in _APART.split(str(whole.get("withdrawn_agencies") or "")) if name(each)]
        for agency in named or [ALL]:
            yield Claim(f"withdrawn/{agency}", giver, agency, WITHDRAWN)


_READ = {"agreement": _of_agreement, "withdrawal": _of_withdrawal}
"""By kind: how its words about consent are read."""
