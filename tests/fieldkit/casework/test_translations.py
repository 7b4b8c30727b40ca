"""A text in another language says who certified it, or that nobody did."""

from __future__ import annotations

from datetime import datetime

import click
import pytest

from fieldkit.casework import translations
from fieldkit.casework.agreement import Line, text_to_sign, written_in
from fieldkit.casework.translations import Translation, certifier_in, told
from sync.server.verbs.translating import patch_for

DAY = datetime(2026, 3, 1)
LINES = [Line("Szkoła", "Tak")]


def test_our_own_language_needs_no_certifier() -> None:
    text = text_to_sign("Agreement", "Ngozi", LINES)
    assert text.endswith("Agreed by: Ngozi\n")
    assert certifier_in(text, "en") == ""
    assert told("en", "en", Translation()) == ""


def test_a_translation_names_its_certifier_in_the_text_that_is_signed() -> None:
    certified = Translation("Słowa.", "Biuro Kowalska", "2026-03-01")
    text = text_to_sign("Zgoda", "Ngozi", LINES, "pl", certified)
    assert "Słowa." in text
    assert text.endswith("Tłumaczenie poświadczył(a): Biuro Kowalska, 2026-03-01\n")
    assert certifier_in(text, "pl") == "Tłumaczenie poświadczył(a): Biuro Kowalska, 2026-03-01"
    assert told("pl", "pl", certified) == "In Polish. Certified by Biuro Kowalska on 2026-03-01."


def test_one_that_nobody_certified_says_so() -> None:
    text = text_to_sign("Zgoda", "Ngozi", LINES, "pl")
    assert certifier_in(text, "pl") == "Tego tłumaczenia nikt jeszcze nie poświadczył."
    assert "Nobody has certified" in told("pl", "pl", Translation())


def test_an_answer_cannot_pass_itself_off_as_a_certificate() -> None:
    lines = [Line("Translation certified by", "myself, today")]
    assert certifier_in(text_to_sign("T", "Translation certified by: me", lines), "en") == ""
    assert certifier_in(text_to_sign("T", "N", lines, "ur"), "ur") == "Nobody has certified this translation yet."
    assert certifier_in("Zgoda\n\nZgodę wyraża: Ngozi\n", "pl") == "", "a text from before certifiers were named"


def test_where_there_is_no_text_in_the_language_asked_for_the_worker_is_told() -> None:
    assert "They asked for Urdu" in told("ur", "en", Translation())
    assert "somebody puts it across" in told("ur", "en", Translation())


def test_a_wording_of_the_council_opens_a_language_that_the_form_has_too() -> None:
    settings = patch_for("ur", "متن".encode(), "  Bureau  of Words ", DAY)
    assert translations.with_wording(settings) == {"ur"}
    assert translations.of_settings(settings, "ur") == Translation("متن", "Bureau of Words", "2026-03-01")
    assert written_in(("default", "Urdu (ur)"), "ur", {"ur"}) == ("ur", "Urdu (ur)")
    assert written_in(("default", "Urdu (ur)"), "ur") == ("en", "default")
    assert written_in(("default",), "ur", {"ur"}) == ("en", "default")


@pytest.mark.parametrize(
    ("language", "opening", "certifier"),
    [
        ("../x", b"x", "y"),
        ("EN", b"x", "y"),
        ("pl", b"", "y"),
        ("pl", b"x", "  "),
        ("pl", b"\xff\xfe", "y"),
        ("pl", b"x\x1b[2J", "y"),
        ("pl", b"x", "y\x07"),
        ("pl", b"x" * 9_000, "y"),
    ],
)
def test_what_is_no_wording_is_refused_by_the_desk(language: str, opening: bytes, certifier: str) -> None:
    with pytest.raises(click.UsageError):
        patch_for(language, opening, certifier, DAY)
