"""Scores over time, kept apart by whose they are: as a picture, and in words where voices differ or one moved. Pure.

0 is "must act now", 10 "no worries". The numbers are what people said; nothing is added up from them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from sync.changes import Value

SAFE = "how safe things feel"
BARS = "▁▂▃▄▅▆▇█"
HIGHEST = 10
APART, MOVED = 2, 3
"""From which difference between voices, and which move of one, it is worth a word (DOMAIN 2.4 rule 12)."""
VOICES: Mapping[str, str] = {
    "parent": "parent or carer",
    "other_parent": "other parent",
    "child": "child",
    "worker": "worker",
}
_EHA: Mapping[str, tuple[str, str]] = {
    "j/overall/safe_parent": (SAFE, "parent"),
    "j/overall/safe_worker": (SAFE, "worker"),
}
_ROWS: Mapping[str, tuple[str, str, str]] = {
    "review": ("b/scores/", "score/", "now"),
    "closure": ("b/scales/", "scale/", "end_score"),
}
"""By form: the repeat, the group within its row, and the number there."""


@dataclass(frozen=True, slots=True)
class Point:
    """One number that somebody said."""

    on: date
    about: str = field(repr=False)
    voice: str
    value: int


@dataclass(frozen=True, slots=True)
class Series:
    """What one voice said about one thing, over time."""

    about: str = field(repr=False)
    voice: str
    points: tuple[Point, ...] = field(repr=False)

    @property
    def first(self) -> int:
        """What was said first."""
        return self.points[0].value

    @property
    def last(self) -> int:
        """What was said last."""
        return self.points[-1].value


def points(kind: str, on: date, state: Mapping[str, Value]) -> Iterator[Point]:
    """The numbers that a filed form tells."""
    if kind == "eha":
        for path, (about, voice) in _EHA.items():
            yield from _point(on, about, voice, state.get(path))
        for path, value in state.items():
            if path.startswith("b/") and path.endswith("/child_score"):
                yield from _point(on, SAFE, "child", value)
    if kind in _ROWS:
        repeat, group, now = _ROWS[kind]
        for path, value in state.items():
            if path.startswith(repeat) and path.endswith(f"/{group}{now}"):
                row = path.removesuffix(now)
                yield from _point(on, str(state.get(f"{row}about") or SAFE), _voice(state.get(f"{row}whose")), value)


def series(found: Iterable[Point]) -> tuple[Series, ...]:
    """By what they are about and whose they are; how safe things feel first, then in the order they came up.

    Of two numbers of one day the lower stands: the one that somebody should look at.
    """
    kept: dict[tuple[str, str], dict[date, Point]] = {}
    for each in found:
        days = kept.setdefault((subject(each.about), each.voice), {})
        if each.on not in days or each.value < days[each.on].value:
            days[each.on] = each
    made = [Series(about, voice, tuple(days[on] for on in sorted(days))) for (about, voice), days in kept.items()]
    order = list(VOICES)
    return tuple(sorted(made, key=lambda one: (one.about != SAFE, one.about, order.index(one.voice))))


def subject(about: str) -> str:
    """What a number is about, however it was written."""
    told = " ".join(about.casefold().split()).rstrip("?. ")
    return SAFE if "safe" in told.split() else told


def spark(values: Sequence[int]) -> str:
    """The numbers as bars: the lowest bar is 0, the highest 10, whatever the others are."""
    return "".join(BARS[round(min(max(value, 0), HIGHEST) * (len(BARS) - 1) / HIGHEST)] for value in values)


def apart(every: Iterable[Series]) -> tuple[str, ...]:
    """Where voices differ by two or more, in words: something to talk about, not to add up."""
    latest: dict[str, list[Series]] = {}
    for each in every:
        latest.setdefault(each.about, []).append(each)
    return tuple(_differ(voices) for voices in latest.values() if _spread(voices) >= APART)


def asks(every: Iterable[Series]) -> tuple[str, ...]:
    """Where one voice moved by three or more since the time before: what changed?"""
    found = []
    for each in every:
        if len(each.points) > 1 and abs(each.last - each.points[-2].value) >= MOVED:
            way = "up" if each.last > each.points[-2].value else "down"
            numbers = f"from {each.points[-2].value} to {each.last}"
            found.append(f"{VOICES[each.voice]}, {each.about}: {way} {numbers}. What changed?")
    return tuple(found)


def _spread(voices: Sequence[Series]) -> int:
    values = [each.last for each in voices]
    return max(values) - min(values)


def _differ(voices: Sequence[Series]) -> str:
    low, high = min(voices, key=lambda one: one.last), max(voices, key=lambda one: one.last)
    return f"{low.about}: {VOICES[high.voice]} says {high.last}, {VOICES[low.voice]} {low.last}. Talk about why."


def _voice(told: Value) -> str:
    return str(told) if told in VOICES else "worker"


def _point(on: date, about: str, voice: str, told: Value) -> Iterator[Point]:
    try:
        value = int(str(told))
    except ValueError:
        return
    if 0 <= value <= HIGHEST:
        yield Point(on, about, voice, value)
