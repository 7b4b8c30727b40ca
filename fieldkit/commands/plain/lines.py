"""What a typed line means, by kind of question; and how a question and its answer are said. Pure: one table each."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from fieldkit.casework.asking import MEDIA, NOT_RECORDED
from fieldkit.casework.days import (
    day_in_words,
    iso,
    named_day,
    named_moment,
    named_month,
    named_time,
    named_year,
)
from fieldkit.commands.plain.talk import number_in, numbered

MANY = 30
"""Up to this many choices are read out; of more, those that match some letters."""
FILES = frozenset({"image", "audio", "video", "file"})
SILENT = frozenset({"note", "calculate", "hidden", "signature"})
"""Kinds that are said and not asked."""
TICKED = "OK"


class NotSo(Exception):
    """The line is no answer to this question; the words say what would be."""


def value_of(view: Any, line: str, now: datetime) -> Any:
    """The answer that a line gives; NotSo when it gives none."""
    return READ.get(view.kind, _text)(view, line, now)


def _text(_view: Any, line: str, _now: datetime) -> Any:
    return line


def _number(_view: Any, line: str, _now: datetime) -> Any:
    return line.strip()


def _day(view: Any, line: str, now: datetime) -> Any:
    """The day that is meant; else what was typed, and the form says what is wrong with it."""
    look = view.appearance.split()
    if "year" in look:
        day = named_year(line)
    elif "month-year" in look:
        day = named_month(line, now.date())
    else:
        day = iso(line.strip()) or named_day(line, now.date())
    return day.isoformat() if day else line.strip()


def _time(_view: Any, line: str, now: datetime) -> Any:
    at = named_time(line, now)
    return f"{at:%H:%M}" if at else line.strip()


def _moment(_view: Any, line: str, now: datetime) -> Any:
    at = named_moment(line, now)
    return at.isoformat() if at else line.strip()


def _point(_view: Any, line: str, _now: datetime) -> Any:
    return " ".join(line.replace(",", " ").split())


def _one(view: Any, line: str, _now: datetime) -> Any:
    return _choice(view, line)


def _several(view: Any, line: str, _now: datetime) -> Any:
    return list(dict.fromkeys(_choice(view, part) for part in re.split(r"[,\s]+", line.strip())))


def _ranked(view: Any, line: str, now: datetime) -> Any:
    order = _several(view, line, now)
    if len(order) != len(view.choices):
        raise NotSo(f"Give all {len(view.choices)} numbers, the first of them first.")
    return order


def _tick(_view: Any, line: str, _now: datetime) -> Any:
    word = line.strip().lower()
    if word not in ("y", "yes", "n", "no"):
        raise NotSo("y for yes, this was done; n for no.")
    return TICKED if word.startswith("y") else None


def _choice(view: Any, line: str) -> str:
    at = number_in(line, len(view.choices))
    if at is not None:
        return str(view.choices[at].value)
    wanted = line.strip().casefold()
    exact = [each for each in view.choices if wanted in (each.label.casefold(), each.value.casefold())]
    if exact:
        return str(exact[0].value)
    raise NotSo(f"Give a number from 1 to {len(view.choices)}, or the words of a choice.")


READ: Mapping[str, Callable[[Any, str, datetime], Any]] = {
    "text": _text,
    "barcode": _text,
    "integer": _number,
    "decimal": _number,
    "range": _number,
    "date": _day,
    "time": _time,
    "dateTime": _moment,
    "geopoint": _point,
    "select_one": _one,
    "select_multiple": _several,
    "rank": _ranked,
    "acknowledge": _tick,
    "trigger": _tick,
}
"""Kind of question to how its line is read; files are named by their path, see `filling`."""
HINTS: Mapping[str, str] = {
    "integer": "A whole number.",
    "decimal": "A number.",
    "date": "A day: 2026-11-23, today, -3d, last friday, 3 may.",
    "time": "A time: 14:05, now.",
    "dateTime": "A day and a time: today 14:05, now.",
    "geopoint": "Latitude and longitude.",
    "select_one": "One number.",
    "select_multiple": "Numbers, with blanks between.",
    "rank": "All the numbers, the first of them first.",
    "acknowledge": "y for yes, this was done.",
    "trigger": "y for yes, this was done.",
    **dict.fromkeys(sorted(FILES), "The path of a file."),
}
"""Kind to what may be typed."""


def said_value(view: Any) -> str:
    """An answer in words; empty when there is none."""
    value = view.value
    if value is None or value == "" or value == []:
        return ""
    if "masked" in view.appearance.split():
        return "something that is not read out"
    if isinstance(value, dict):
        return str(value.get("name", "a file"))
    labels = {each.value: each.label for each in view.choices}
    if isinstance(value, list | tuple):
        return ", ".join(str(labels.get(each, each)) for each in value)
    if view.kind in ("acknowledge", "trigger"):
        return "yes"
    return labels.get(value) or day_in_words(value) or str(value)


def question_lines(view: Any) -> list[str]:
    """A question as it is said: label, who said it, hint, what stands beside it, what is there, what may be typed."""
    head = f"{view.label}{' (must be answered)' if view.required and not view.readonly else ''}"
    lines = [head, *([view.hint] if view.hint else [])]
    lines += [f"({MEDIA.get(medium, medium)}: {name.rpartition('/')[2]})" for medium, name in view.media.items()]
    if view.guidance:
        lines.append("There is more about this: ?")
    lines += _standing(view)
    if view.kind in SILENT or view.readonly:
        return lines
    lines += _choices(view)
    return [*lines, *([hint] if (hint := _typed(view)) else [])]


def _standing(view: Any) -> list[str]:
    if view.not_recorded:
        return [f"No answer: {NOT_RECORDED.get(view.not_recorded, view.not_recorded)}."]
    said = said_value(view)
    who = f" Said by {view.voice}." if view.voice else ""
    return [f"It is: {said}{who}"] if said else []


def _choices(view: Any) -> list[str]:
    if view.kind not in ("select_one", "select_multiple", "rank"):
        return []
    if len(view.choices) > MANY:
        return [f"There are {len(view.choices)} choices: type some letters of one."]
    return numbered([each.label for each in view.choices])


def _typed(view: Any) -> str:
    if view.kind == "range" and view.ranges:
        ends = view.anchors if len(view.anchors) == 2 else ("lowest", "highest")
        return f"A number from {view.ranges[0]} ({ends[0]}) to {view.ranges[1]} ({ends[1]})."
    if view.kind == "text" and "multiline" in view.appearance.split():
        return "Several lines; a line with only a full stop ends them."
    return HINTS.get(view.kind, "")


def matching(view: Any, letters: str) -> list[str]:
    """Of many choices those in which some letters stand, each with its number."""
    wanted = letters.strip().casefold()
    found = [(place, each) for place, each in enumerate(view.choices, 1) if wanted in each.label.casefold()]
    shown = [f"{place} {each.label}" for place, each in found[:MANY]]
    return [*shown, f"and {len(found) - MANY} more: type more letters"] if len(found) > MANY else shown
