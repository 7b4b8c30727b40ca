"""An invitation as a calendar file (RFC 5545): one meeting, in UTC; of a family only what was asked for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

FOLDED_AT = 75
"""Bytes of a line at most; what is longer goes on in the next, behind a blank."""


@dataclass(frozen=True, slots=True)
class Meeting:
    """What an invitation says."""

    uid: str
    """The same for the same meeting: an altered one takes the old one's place in a calendar."""
    title: str = field(repr=False)
    begins: datetime
    ends: datetime
    place: str = field(default="", repr=False)
    words: str = field(default="", repr=False)
    version: int = 0
    """How often it was altered."""


def invitation(meeting: Meeting, now: datetime) -> bytes:
    """The file's bytes."""
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//fieldkit//invitation//EN",
        "CALSCALE:GREGORIAN",
        "METHOD:PUBLISH",
        "BEGIN:VEVENT",
        f"UID:{_escaped(meeting.uid)}",
        f"DTSTAMP:{_instant(now)}",
        f"DTSTART:{_instant(meeting.begins)}",
        f"DTEND:{_instant(meeting.ends)}",
        f"SEQUENCE:{meeting.version}",
        "CLASS:CONFIDENTIAL",
        f"SUMMARY:{_escaped(meeting.title)}",
        *([f"LOCATION:{_escaped(meeting.place)}"] if meeting.place else []),
        *([f"DESCRIPTION:{_escaped(meeting.words)}"] if meeting.words else []),
        "END:VEVENT",
        "END:VCALENDAR",
    ]
    return b"".join(_folded(line.encode()) for line in lines)


def initials(names: Sequence[str]) -> str:
    """A family by the first letters of its words: enough for who knows them."""
    return "".join(f"{word[0].upper()}." for name in names for word in name.split() if word)


def _instant(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def _escaped(text: str) -> str:
    quiet = "".join(letter if letter.isprintable() or letter == "\n" else " " for letter in text.replace("\r\n", "\n"))
    for letter in ("\\", ";", ","):
        quiet = quiet.replace(letter, "\\" + letter)
    return quiet.replace("\n", "\\n")


def _folded(line: bytes) -> bytes:
    """A line in pieces of 75 bytes, never through a letter."""
    pieces, first = [], True
    while line:
        room = FOLDED_AT if first else FOLDED_AT - 1
        cut = min(room, len(line))
        while cut < len(line) and line[cut] & 0xC0 == 0x80:
            cut -= 1
        pieces.append((b"" if first else b" ") + line[:cut])
        line, first = line[cut:], False
    return b"\r\n".join(pieces) + b"\r\n"
