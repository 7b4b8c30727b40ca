"""Whether each declared policy is known, fits its type, and has the order it needs."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence

from forms.authoring_errors import Finding
from forms.policies import CONFLICT_CLASSES, FITS, POLICIES, PREFIX, SENSITIVITIES, column, order_of
from forms.sheets import Line
from forms.vocabulary import QUALITIES


def policy_rules(survey: Sequence[Line]) -> list[Finding]:
    """Everything found about policies."""
    return [finding for line in survey for rule in RULES for finding in rule(line)]


def _at(line: Line, name: str, why: str, instead: str) -> Finding:
    return Finding("survey", line.number, f"{PREFIX}{name} = {column(line, name)}", why, instead)


def known(line: Line) -> Iterator[Finding]:
    """An unknown policy would silently become another."""
    policy = column(line, "merge")
    if policy and policy not in POLICIES:
        yield _at(line, "merge", "no such policy", "use one of " + ", ".join(sorted(POLICIES)))


def fitting(line: Line) -> Iterator[Finding]:
    """A policy that does not fit its type, or any on a line that computes."""
    policy = column(line, "merge")
    fits = FITS.get(line.kind, frozenset())
    if policy not in POLICIES or policy in fits:
        return
    if not fits:
        yield _at(line, "merge", f"a {line.kind} is never merged", "leave the cell empty")
    else:
        yield _at(line, "merge", f"it does not fit a {line.kind}", "use one of " + ", ".join(sorted(fits)))


def ordered(line: Line) -> Iterator[Finding]:
    """A select_one that people must settle says which answer protects more."""
    if line.kind == "select_one" and column(line, "merge") == "ask" and not order_of(line):
        yield Finding(
            "survey",
            line.number,
            f"{PREFIX}order",
            "`ask` needs the choices in order",
            "list them from less to more protective",
        )


def classed(line: Line) -> Iterator[Finding]:
    """Classes that nobody knows would protect nothing."""
    if column(line, "class") and column(line, "class") not in SENSITIVITIES:
        yield _at(line, "class", "no such class", "use one of " + ", ".join(sorted(SENSITIVITIES)))
    if column(line, "conflict") and column(line, "conflict") not in CONFLICT_CLASSES:
        yield _at(line, "conflict", "no such class of conflict", "use A, B or C")


def roomed(line: Line) -> Iterator[Finding]:
    """The only word about the room is `alone`."""
    if column(line, "room") and column(line, "room") != "alone":
        yield _at(line, "room", "no such word", "use alone, or leave the cell empty")


def worded(line: Line) -> Iterator[Finding]:
    """Columns with few words: one that nobody knows would be passed over in silence."""
    for name, allowed in (("voice", "yes"), ("export", "never-family"), ("upgrade", "never")):
        if column(line, name) and column(line, name) != allowed:
            yield _at(line, name, "no such word", f"use {allowed}, or leave the cell empty")


def moved(line: Line) -> Iterator[Finding]:
    """Where it was in the version before is a path; rows are not named in it."""
    if column(line, "was") and not _WAS.fullmatch(column(line, "was")):
        yield _at(line, "was", "this is no path", "write the path it had, as part/group/name")


_WAS = re.compile(r"/?[\w.*-]+(?:/[\w.*-]+)*")


def measured(line: Line) -> Iterator[Finding]:
    """A mark that the quality meter does not know would never be shown."""
    for mark in column(line, "quality").split():
        name = re.split("[@=:]", mark, maxsplit=1)[0].removesuffix("-because")
        if name not in QUALITIES:
            yield _at(line, "quality", "the quality meter does not know it", "use " + ", ".join(sorted(QUALITIES)))


RULES: tuple[Callable[[Line], Iterator[Finding]], ...] = (
    known,
    fitting,
    ordered,
    classed,
    roomed,
    worded,
    moved,
    measured,
)
