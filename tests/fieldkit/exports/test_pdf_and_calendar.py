"""What is taken home: a tagged PDF that a screen reader can walk, a calendar file that any calendar takes."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone

import pytest

from fieldkit.exports.calendar import Meeting, initials, invitation
from fieldkit.exports.pdf import LARGE, MARGIN, PAGE, Block, NoSuchLetter, document, width

BLOCKS = [
    Block("H1", "Plan (for you)"),
    Block("P", "Siân will ring the GP \\ about sleep."),
    Block("P", "word " * 400),
    Block("H2", "Who"),
]


def words_of(made: bytes) -> str:
    """The text, in the order in which it is drawn."""
    pieces = re.findall(rb"\(((?:\\.|[^()\\])*)\) Tj", made)
    return b"".join(re.sub(rb"\\(.)", rb"\1", each) for each in pieces).decode("cp1252")


def test_the_words_stand_letter_for_letter_in_the_order_they_were_given() -> None:
    said = words_of(document("Plan", "en", BLOCKS))
    assert " ".join(said.split()) == " ".join(" ".join(each.text for each in BLOCKS).split())


def test_every_piece_of_a_page_belongs_to_a_heading_or_a_paragraph() -> None:
    made = document("Plan for Siân", "cy", BLOCKS, LARGE)
    assert made.count(b" BDC") == made.count(b"EMC") == made.count(b"/Type /MCR")
    for fact in (b"/MarkInfo << /Marked true >>", b"/Lang (cy)", b"/DisplayDocTitle true", b"/StructTreeRoot"):
        assert fact in made
    assert made.count(b"/Type /StructElem") == len(BLOCKS) + 1
    assert "Plan for Siân".encode("utf-16-be").hex().upper().encode() in made
    assert made.count(b"/Type /Page ") > 1


def test_every_object_stands_where_the_table_says() -> None:
    made = document("Plan", "en", BLOCKS)
    begun = int(made.rsplit(b"startxref\n", 1)[1].split(b"\n")[0])
    places = re.findall(rb"(\d{10}) 00000 n", made[begun:])
    for number, place in enumerate(places, 1):
        assert made[int(place) :].startswith(b"%d 0 obj" % number)


def test_no_line_is_wider_than_the_page_also_when_a_word_is() -> None:
    made = document("Plan", "en", [Block("P", "W" * 500), Block("P", "i" * 900)])
    for size, line in re.findall(rb"/F1 ([\d.]+) Tf [\d.]+ [\d.]+ Td \(((?:\\.|[^()\\])*)\) Tj", made):
        assert width(line.rstrip(), float(size)) <= PAGE[0] - 2 * MARGIN


def test_a_letter_that_the_font_lacks_is_refused_with_a_way_out_and_never_replaced() -> None:
    with pytest.raises(NoSuchLetter) as told:
        document("Plan", "en", [Block("P", "Żółkiewska")])
    assert "html" in told.value.cure
    assert "Żół" not in str(told.value)


AT = datetime(2026, 11, 30, 15, 0, tzinfo=timezone(timedelta(hours=1)))


def test_a_meeting_is_in_utc_escaped_and_folded_between_letters() -> None:
    made = invitation(Meeting("m1", "Team; family, \\ N.O.", AT, AT + timedelta(hours=1), "Łąka " * 40, "a\nb"), AT)
    assert b"DTSTART:20261130T140000Z\r\n" in made
    assert b"SUMMARY:Team\\; family\\, \\\\ N.O.\r\n" in made
    assert b"DESCRIPTION:a\\nb\r\n" in made
    for line in made.split(b"\r\n"):
        assert len(line) <= 75
        line.decode("utf-8")
    assert ("Łąka " * 40).strip() in made.replace(b"\r\n ", b"").decode().replace("\\,", ",")


def test_hostile_words_make_no_line_of_their_own() -> None:
    made = invitation(Meeting("m", "x\r\nATTENDEE:mailto:a@b\x1b[2J", AT, AT, "", "\u2028BEGIN:VALARM"), AT).decode()
    unfolded = made.replace("\r\n ", "").split("\r\n")
    assert [line for line in unfolded if line.startswith(("ATTENDEE", "BEGIN:VALARM"))] == []
    assert "\x1b" not in made
    assert "\u2028" not in made


def test_a_family_is_its_first_letters() -> None:
    assert initials(["Ngozi Okafor", "ada"]) == "N.O.A."
    made = invitation(Meeting("m", "x", AT, AT), datetime(2026, 1, 1, tzinfo=UTC))
    assert made.count(b"DTSTAMP:20260101T000000Z") == 1
