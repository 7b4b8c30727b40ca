"""What varies by type of question, in one table: what is a right answer, and how to say so."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time


def _is_date(text: str) -> bool:
    return re.fullmatch(r"\d{4}-\d{2}-\d{2}", text) is not None and _parses(date.fromisoformat, text)


def _is_instant(text: str) -> bool:
    return "T" in text and _parses(datetime.fromisoformat, text)


def _is_time(text: str) -> bool:
    return re.match(r"\d{2}:\d{2}", text) is not None and _parses(time.fromisoformat, text)


def _is_point(text: str) -> bool:
    parts = text.split()
    numbers = all(re.fullmatch(r"-?\d+(\.\d+)?", part) for part in parts)
    return 2 <= len(parts) <= 4 and numbers and abs(float(parts[0])) <= 90 and abs(float(parts[1])) <= 180


def _parses(parse: Callable[[str], object], text: str) -> bool:
    try:
        parse(text)
    except ValueError:
        return False
    return True


@dataclass(frozen=True, slots=True)
class QuestionType:
    """How a type's answers are checked."""

    right: Callable[[str], bool]
    said: str


def _any(_: str) -> bool:
    return True


ANYTHING = QuestionType(_any, "")
TYPES: Mapping[str, QuestionType] = {
    "string": ANYTHING,
    "int": QuestionType(lambda text: re.fullmatch(r"[-+]?\d{1,18}", text) is not None, "A whole number."),
    "integer": QuestionType(lambda text: re.fullmatch(r"[-+]?\d{1,18}", text) is not None, "A whole number."),
    "decimal": QuestionType(lambda text: re.fullmatch(r"[-+]?\d+(\.\d+)?", text) is not None, "A number."),
    "date": QuestionType(_is_date, "A date: year, month, day."),
    "time": QuestionType(_is_time, "A time: hours and minutes."),
    "dateTime": QuestionType(_is_instant, "A date and a time."),
    "geopoint": QuestionType(_is_point, "Latitude and longitude, with a space between."),
    "boolean": QuestionType(lambda text: text in ("true", "false", "1", "0"), "Yes or no."),
    "odk:rank": ANYTHING,
    "rank": ANYTHING,
    "binary": ANYTHING,
    "barcode": ANYTHING,
}
"""By the bind's type. A type that is missing takes any text."""

KIND_OF_TYPE = {
    "int": "integer",
    "integer": "integer",
    "decimal": "decimal",
    "date": "date",
    "time": "time",
    "dateTime": "dateTime",
    "geopoint": "geopoint",
    "barcode": "barcode",
}
"""A plain input's kind, by the bind's type; everything else is text."""


def fault(type_name: str, text: str) -> str:
    """What is wrong with an answer for its type; empty when it is right or blank."""
    kind = TYPES.get(type_name, ANYTHING)
    return "" if not text or kind.right(text) else kind.said
