"""Text on its way to the screen."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fieldkit.tui.plain import one_line, plain, shown
from tests.fieldkit.tui.nasty import NASTY

CONTROLS = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066\u2067]")


def test_brackets_are_brackets() -> None:
    assert plain("Unborn [Smith]").plain == "Unborn [Smith]"
    assert plain("[/x] [@click=app.quit]hi[/]").plain == "[/x] [@click=app.quit]hi[/]"


def test_an_escape_is_a_picture_of_one() -> None:
    assert shown("\x1b]52;c;aGk=\x07") == "\u241b]52;c;aGk=\u2407"


def test_a_bidi_control_is_named() -> None:
    assert shown("\u202eevil\u202c") == "<RLO>evil<PDF>"


def test_right_to_left_words_keep_to_themselves() -> None:
    assert shown("נועה") == "\u2068נועה\u2069"


def test_one_line_shows_line_ends() -> None:
    assert one_line("a\r\nb\nc") == "a ⏎ b ⏎ c"


@given(st.text())
def test_nothing_that_acts_on_a_terminal_is_left(text: str) -> None:
    assert not CONTROLS.search(plain(text).plain)
    plain(text).plain.encode("utf-8")


@given(st.text(alphabet=st.characters(categories=["L", "N", "P", "Zs"], exclude_characters="\u2028\u2029")))
def test_ordinary_letters_are_shown_letter_for_letter(text: str) -> None:
    assert plain(text).plain.strip("\u2068\u2069") == text


@pytest.mark.parametrize("text", [NASTY, NASTY * 2000])
def test_showing_is_the_same_twice(text: str) -> None:
    assert shown(shown(text)) == shown(text)
