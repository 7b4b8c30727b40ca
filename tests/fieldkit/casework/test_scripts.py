"""Which writing is not signed in a terminal, and why."""

from __future__ import annotations

import pytest

from fieldkit.casework.scripts import unshaped


@pytest.mark.parametrize(
    ("words", "writing"),
    [
        ("اردو", "Arabic"),
        ("فارسی", "Arabic"),
        ("پښتو", "Arabic"),
        ("বাংলা", "Bengali"),
        ("ਪੰਜਾਬੀ", "Gurmukhi"),
        ("नेपाली", "Devanagari"),
        ("עברית", "Hebrew"),
        ("தமிழ்", "Tamil"),
        ("ไทย", "Thai"),
        ("𞤀𞤣", "right-to-left"),
    ],
)
def test_the_reason_names_the_writing(words: str, writing: str) -> None:
    assert writing in unshaped(f"Agreed by: {words}")


@pytest.mark.parametrize(
    "words", ["Zażółć gęślą jaźń", "Жук", "Ελλάδα", "中文 日本語 한국어", "ñ́", "x\u202ey", "", "Æ 🙂"]
)
def test_what_a_terminal_shows_as_it_is_read_is_signed_there(words: str) -> None:
    assert unshaped(words) == ""
