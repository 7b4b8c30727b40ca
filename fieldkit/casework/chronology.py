"""What happened in a family: whether a child was seen, as a fact, and which lines somebody wants to see. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Protocol, TypeVar

from fieldkit.casework.people import fold
from sync.changes import Value

_SEEN: Mapping[str, str] = {"alone": "child seen alone", "with_adult": "child seen", "no": "children not seen"}
NO_ONE_IN = "no one in: not counted as seen"
AT_A_CENTRE = "at a centre: not counted as seen"
COUNTS = frozenset({"child seen alone", "child seen"})
"""What counts as a child having been seen; nothing else does, however often a family came to a centre."""


def seen(kind: str, state: Mapping[str, Value]) -> str:
    """Whether a child was seen, as the record tells it; blank where it is no question."""
    if kind == "attended":
        return AT_A_CENTRE
    if kind == "visit":
        if _ends(state, "access") == ["no"]:
            return NO_ONE_IN
        return next((_SEEN[told] for told in _ends(state, "child_seen") if told in _SEEN), "")
    if kind == "eha":
        told = _ends(state, "seen")
        return next((_SEEN[word] for word in ("alone", "with_adult", "no") if word in told), "")
    return ""


def names(state: Mapping[str, Value], people: Iterable[str]) -> tuple[str, ...]:
    """Which of these people a record names, by given name."""
    words = " " + " ".join(_words(state)) + " "
    return tuple(each for each in people if each and f" {fold(each.split()[0])} " in words)


class Line(Protocol):
    """A line of the chronology, as far as choosing needs it."""

    @property
    def kind(self) -> str: ...
    @property
    def title(self) -> str: ...
    @property
    def line(self) -> str: ...
    @property
    def state(self) -> str: ...
    @property
    def about(self) -> tuple[str, ...]: ...


Row = TypeVar("Row", bound=Line)


def chosen(rows: Sequence[Row], words: str) -> tuple[Row, ...]:
    """The lines that all of some words fit: a kind, somebody's name, a state, or a word of the line itself."""
    wanted = fold(words).split()
    return tuple(row for row in rows if all(word in _told(row) for word in wanted))


def _told(row: Line) -> str:
    return fold(" ".join((row.kind, row.title, row.line, row.state, *row.about)))


def _ends(state: Mapping[str, Value], name: str) -> list[str]:
    return [str(told) for path, told in state.items() if path.rpartition("/")[2] == name and told]


def _words(state: Mapping[str, Value]) -> Iterable[str]:
    texts = (told for told in state.values() if isinstance(told, str))
    return ("".join(letter if letter.isalnum() else " " for letter in fold(text)) for text in texts)
