"""Invitations as RFC 5545 has them: folded, escaped, in UTC, known by the same id, with nobody's name."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from fieldkit.exports.calendar import LONGEST_LINE, Invitation, as_calendar, escaped, folded, initials

LONDON = ZoneInfo("Europe/London")
ONE = Invitation(
    "0" * 32,
    "Mill School",
    datetime(2026, 7, 8, 15, 0, tzinfo=LONDON),
    60,
    "Team around the family: O.",
    "Room 2, Arbury; upstairs",
    datetime(2026, 6, 1, 9, 0, tzinfo=UTC),
)


def unfolded(made: bytes) -> list[str]:
    return made.decode().replace("\r\n ", "").split("\r\n")


def test_times_are_in_utc_and_text_is_escaped() -> None:
    lines = unfolded(as_calendar(ONE))
    assert "DTSTART:20260708T140000Z" in lines
    assert "DTEND:20260708T150000Z" in lines
    assert "DTSTAMP:20260601T090000Z" in lines
    assert "LOCATION:Room 2\\, Arbury\\; upstairs" in lines
    assert (lines[0], lines[-2:]) == ("BEGIN:VCALENDAR", ["END:VCALENDAR", ""])


def test_no_line_is_longer_than_75_octets_and_no_letter_is_parted() -> None:
    long = "SUMMARY:" + "Núñez, the ‘team’ 😀 " * 20
    pieces = list(folded(long))
    assert max(len(piece.encode()) for piece in pieces) <= LONGEST_LINE
    assert pieces[0] + "".join(piece[1:] for piece in pieces[1:]) == long
    assert all(piece.startswith(" ") for piece in pieces[1:])


def test_nothing_in_a_text_begins_a_line_of_its_own() -> None:
    made = as_calendar(replace(ONE, place="x\r\nATTENDEE:mailto:a@b\x00\\n;"))
    assert b"\r\nATTENDEE" not in made
    assert made.count(b"\r\n") == made.count(b"\n")
    assert escaped("a\\b;c,d\ne\x07") == "a\\\\b\\;c\\,d\\ne"


def test_it_is_known_by_the_same_id_however_often_it_is_written_also_after_it_was_moved() -> None:
    again = replace(ONE, made_at=datetime(2026, 6, 2, tzinfo=UTC), place="")
    moved = replace(ONE, begins=datetime(2026, 7, 15, 15, 0, tzinfo=LONDON), known_as="2026-07-08")
    assert ONE.uid == again.uid == moved.uid
    assert ONE.uid != replace(ONE, agency="Housing").uid
    assert "SEQUENCE:1" in unfolded(as_calendar(moved))


@pytest.mark.parametrize(
    ("name", "shown"), [("Okafor", "O."), ("Brennan-Hughes", "B. H."), ("Unborn [Smith]", "U. S."), ("", "a family")]
)
def test_a_family_is_its_initials(name: str, shown: str) -> None:
    assert initials(name) == shown
