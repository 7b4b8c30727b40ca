"""What varies by type of question, in one table: what XPath reads of what was typed, and what is wrong with it.

The specification turns `10.1` in a whole number into 10 and what is no number at all into nothing. What was typed is
kept beside the node all the same (`instance.py`), so that nobody's words are lost.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time

from forms.xpath.values import text_of_number

SMALLEST, LARGEST = -2_147_483_648, 2_147_483_647
"""What a whole number may be, as XML Schema has `int`."""
_NUMBER = re.compile(r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d{1,3})?", re.ASCII)
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}(?:T\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?)?", re.ASCII)
_TIME = re.compile(r"\d{2}:\d{2}.*")


def _number(text: str) -> float | None:
    """A decimal as JSON and XML Schema write it; none for anything else, without end or not."""
    found = float(text) if len(text) <= 400 and _NUMBER.fullmatch(text) else math.nan
    return found if math.isfinite(found) else None


def _int(text: str) -> str:
    """Cut to its whole part; blank when it is no number or outside what `int` may be."""
    number = _number(text.strip())
    whole = None if number is None else math.trunc(number)
    return "" if whole is None or not SMALLEST <= whole <= LARGEST else str(whole)


def _is_int(text: str) -> bool:
    number = _number(text.strip())
    return number is not None and number == math.trunc(number) and SMALLEST <= number <= LARGEST


def _decimal(text: str) -> str:
    """As it was typed when it is plain digits; else as XPath writes the number."""
    plain = text.strip()
    if re.fullmatch(r"-?\d+(\.\d+)?", plain, re.ASCII) and _number(plain) is not None:
        return plain
    number = _number(plain)
    return "" if number is None else text_of_number(number)


def _date(text: str) -> str:
    """The day; a time of day without a zone is cut off, one with a zone is no date."""
    told = text.strip()
    return told[:10] if _DATE.fullmatch(told) and _parses(date.fromisoformat, told[:10]) else ""


def _is_instant(text: str) -> bool:
    return "T" in text and _parses(datetime.fromisoformat, text)


def _is_time(text: str) -> bool:
    return _TIME.match(text) is not None and _parses(time.fromisoformat, text)


def _point(text: str) -> str:
    """Latitude, longitude, height, accuracy; blank when one is no number, out of bounds, or no place at all."""
    found = [_number(part) for part in text.split()[:4]]
    numbers = [number for number in found if number is not None]
    if len(numbers) < 2 or len(numbers) < len(found) or abs(numbers[0]) > 90 or abs(numbers[1]) > 180:
        return ""
    return "" if numbers[0] == numbers[1] == 0 else " ".join(map(text_of_number, numbers))


def _line(least: int) -> Callable[[str], str]:
    def line(text: str) -> str:
        points = [_point(part) for part in text.strip().rstrip(";").split(";")]
        return ";".join(points) if len(points) >= least and all(points) else ""

    return line


def _parses(parse: Callable[[str], object], text: str) -> bool:
    try:
        parse(text)
    except ValueError:
        return False
    return True


def _as_told(text: str) -> str:
    return text


def _any(_: str) -> bool:
    return True


@dataclass(frozen=True, slots=True)
class QuestionType:
    """How a type's answers are read and checked."""

    right: Callable[[str], bool] = _any
    said: str = ""
    read: Callable[[str], str] = _as_told
    """What XPath reads of what was typed."""


def _read_as(read: Callable[[str], str], said: str) -> QuestionType:
    return QuestionType(lambda text: read(text) != "", said, read)


ANYTHING = QuestionType()
_WHOLE = QuestionType(_is_int, "A whole number.", _int)
TYPES: Mapping[str, QuestionType] = {
    "string": ANYTHING,
    "int": _WHOLE,
    "integer": _WHOLE,
    "decimal": _read_as(_decimal, "A number."),
    "date": _read_as(_date, "A date: year, month, day."),
    "time": QuestionType(_is_time, "A time: hours and minutes."),
    "dateTime": QuestionType(_is_instant, "A date and a time."),
    "geopoint": _read_as(_point, "Latitude and longitude, with a space between."),
    "geotrace": _read_as(_line(2), "Two places or more, with a semicolon between."),
    "geoshape": _read_as(_line(3), "Three places or more, with a semicolon between."),
    "boolean": QuestionType(lambda text: text in ("true", "false", "1", "0"), "Yes or no."),
    "odk:rank": ANYTHING,
    "rank": ANYTHING,
    "binary": ANYTHING,
    "barcode": ANYTHING,
    "intent": ANYTHING,
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


def type_of(name: str) -> QuestionType:
    """The type a bind names."""
    return TYPES.get(name, ANYTHING)


def fault(type_name: str, text: str) -> str:
    """What is wrong with an answer for its type; empty when it is right or blank."""
    kind = type_of(type_name)
    return "" if not text or kind.right(text) else kind.said


def computed(type_name: str, text: str) -> str:
    """What a type makes of what the form itself worked out: a moment is a day where a day is wanted."""
    kind = type_of(type_name)
    if type_name == "date" and _is_instant(text):
        return text[:10]
    return kind.read(text) if text else ""


def outside(text: str, ends: tuple[str, str, str]) -> bool:
    """Whether a number is off a range: beyond its ends, or between its steps."""
    number, start, end, step = (_number(each.strip()) for each in (text, *ends))
    if number is None or start is None or end is None:
        return False
    low, high = sorted((start, end))
    if not low <= number <= high:
        return True
    steps = abs((number - start) / step) if step else 0.0
    return abs(steps - round(steps)) > 1e-9
