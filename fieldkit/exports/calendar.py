"""An invitation to a meeting about a family as a calendar file (RFC 5545): initials, a time, a place, nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from uuid import NAMESPACE_URL, uuid5

LONGEST_LINE = 75
"""Octets in a line before it is folded."""


@dataclass(frozen=True, slots=True)
class Invitation:
    """One meeting, for one agency."""

    family: str
    agency: str = field(repr=False)
    begins: datetime
    minutes: int
    title: str = field(repr=False)
    place: str = field(repr=False)
    made_at: datetime
    known_as: str = ""
    """The day by which a calendar knows it, of a meeting that was moved; blank: its own."""

    @property
    def uid(self) -> str:
        """The same for the same meeting, however often it is written, also after it was moved. It tells nothing."""
        day = self.known_as or self.begins.date().isoformat()
        return f"{uuid5(NAMESPACE_URL, f'fieldkit:{self.family}:{self.agency.casefold()}:{day}')}@fieldkit"


def initials(name: str) -> str:
    """A family's name as others may read it in a calendar: the first letter of each part."""
    parts = [part for part in name.replace("-", " ").replace("[", "").replace("]", "").split() if part[:1].isalpha()]
    return " ".join(f"{part[0].upper()}." for part in parts) or "a family"


def as_calendar(one: Invitation) -> bytes:
    """The file."""
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//fieldkit//team around the family//EN",
        "METHOD:PUBLISH",
        "BEGIN:VEVENT",
        f"UID:{one.uid}",
        f"DTSTAMP:{_instant(one.made_at)}",
        f"DTSTART:{_instant(one.begins)}",
        f"DTEND:{_instant(one.begins + timedelta(minutes=one.minutes))}",
        f"SEQUENCE:{1 if one.known_as else 0}",
        f"SUMMARY:{escaped(one.title)}",
        *([f"LOCATION:{escaped(one.place)}"] if one.place else []),
        "CLASS:PRIVATE",
        "END:VEVENT",
        "END:VCALENDAR",
    ]
    return "".join(f"{part}\r\n" for line in lines for part in folded(line)).encode()


def escaped(text: str) -> str:
    """Text as a calendar's value: what would end it or begin another is escaped, controls are left out."""
    shown = "".join(letter for letter in text if letter == "\n" or letter.isprintable())
    return shown.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,").replace("\n", "\\n")


def folded(line: str) -> Iterator[str]:
    """A line in pieces of at most 75 octets; no letter is parted, each piece but the first begins with a blank."""
    piece, long = "", 0
    for letter in line:
        size = len(letter.encode())
        if long + size > LONGEST_LINE:
            yield piece
            piece, long = " ", 1
        piece, long = piece + letter, long + size
    yield piece


def _instant(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y%m%dT%H%M%SZ}"
