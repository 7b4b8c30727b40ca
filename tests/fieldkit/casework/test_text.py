"""What is typed or pasted is cleaned once, at entry, and the worker is told."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fieldkit.casework.text import LONGEST, clean


@pytest.mark.parametrize(
    "words",
    [
        "",
        "Seen at [home] with mum [sic]",
        "O'Brien-Núñez\tŻółkiewska\n",
        "فاطمة",
        "=1+1",
        "[/x] [@click=app.quit]",
        "👩‍👧",
    ],
)
def test_words_that_obey_nothing_are_kept_letter_for_letter(words: str) -> None:
    assert clean(words).text == words
    assert clean(words).changed == ()


@pytest.mark.parametrize(
    ("hostile", "kept"),
    [
        ("\x1b]52;c;aGk=\x07hello", "]52;c;aGk=hello"),
        ("\x9b2Jhello", "2Jhello"),
        ("a\x00b\x7fc\x85d", "abcd"),
        ("Unborn \u202e[htimS]\u202c", "Unborn [htimS]"),
        ("\u2066a\u2069\u200f\u061c", "a"),
        ("half \ud83d", "half "),
    ],
    ids=["clipboard", "screen clear", "controls", "override", "isolates", "lone surrogate"],
)
def test_what_a_terminal_could_obey_is_taken_out_and_said(hostile: str, kept: str) -> None:
    cleaned = clean(hostile)
    assert cleaned.text == kept
    assert cleaned.changed != ()


def test_line_ends_of_every_system_become_one_and_a_lone_one_is_said() -> None:
    assert clean("one\r\ntwo\nthree").changed == ()
    assert clean("one\r\ntwo\nthree").text == "one\ntwo\nthree"
    assert clean("one\rtwo").text == "one\ntwo"
    assert clean("one\rtwo").changed == ("old line ends were made new ones",)


def test_a_paste_of_five_megabytes_is_cut_and_said() -> None:
    cleaned = clean("é" * 5_000_000)
    assert len(cleaned.text) == LONGEST
    assert cleaned.changed == ("cut after 1,000,000 characters",)


@given(st.text(st.characters(), max_size=200))
def test_cleaning_twice_changes_nothing_more_and_nothing_visible_is_lost(words: str) -> None:
    once = clean(words)
    assert clean(once.text) == type(once)(once.text)
    categories = {unicodedata.category(letter) for letter in once.text if letter not in "\n\t"}
    assert not categories & {"Cc", "Cs"}
    visible = [letter for letter in words if unicodedata.category(letter)[0] in "LNPS"]
    assert visible == [letter for letter in once.text if unicodedata.category(letter)[0] in "LNPS"]
