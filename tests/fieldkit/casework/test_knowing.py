"""Who knows what about us: in plain words, and without what could endanger who reads it."""

from __future__ import annotations

from datetime import date

import pytest

from fieldkit.casework.knowing import ALWAYS, Spoken, Told, Went, lines, who_knows
from fieldkit.casework.sharing import Word, at_a_glance

DAY = date(2026, 9, 3)


def told() -> Told:
    return Told(
        [("Asha Patel", "leads the help for you")],
        [("Mill School", "some topics"), ("Refuge", "yes")],
        [
            Spoken("Ngozi", "Mill School", "topics", ("education",), DAY),
            Spoken("Ngozi", "Refuge", "yes", ("abuse",), DAY),
        ],
        [
            Went("Mill School", "Visit", DAY, "the plan needs it"),
            Went("Refuge", "Visit", DAY, "safe place"),
            Went("Police", "Referral", DAY, "kept by us", "risk-of-harm"),
        ],
    )


def test_each_agency_says_what_why_and_what_it_has() -> None:
    said = "\n".join(lines(who_knows(told(), careful=False)))
    assert "Asha Patel knows what is written here.\n  Why: leads the help for you." in said
    assert "Mill School may be told some things." in said
    assert "  Why: Ngozi said yes, to some things only on 3 September 2026 (school)." in said
    assert "  They have: Visit on 3 September 2026: the plan needs it." in said
    assert "Police was told without being asked about." in said
    assert "because somebody was in danger" in said
    assert said.endswith(ALWAYS)


def test_what_could_endanger_who_reads_it_is_left_out_whole() -> None:
    said = "\n".join(lines(who_knows(told(), careful=True)))
    for word in ("Refuge", "Police", "safe place"):
        assert word not in said
    assert "Mill School" in said


def test_large_print_has_an_idea_a_line_wide_apart() -> None:
    rows = who_knows(told(), careful=True)
    large = lines(rows, large=True)
    assert "MILL SCHOOL may be told some things." in large
    assert all(large[at + 1] == "" for at, line in enumerate(large[:-1]) if line)
    assert len([line for line in large if line]) == len([line for line in lines(rows) if line])


@pytest.mark.parametrize(
    ("words", "answer"),
    [
        ([("ruth", "school", "yes")], "yes"),
        ([("ruth", "school", "yes"), ("emeka", "school", "no")], "no"),
        ([("ruth", "school", "ask_first"), ("emeka", "school", "yes")], "ask first"),
        ([("ruth", "school", "withdrawn"), ("emeka", "school", "no")], "taken back"),
        ([("ruth", "school", "yes"), ("emeka", "@all", "withdrawn")], "taken back"),
        ([("ruth", "school", "yes"), ("ruth", "@all", "withdrawn")], "yes"),
        ([("ruth", "school", "topics")], "some topics"),
        ([("ruth", "school", "not_asked")], "not asked yet"),
    ],
)
def test_at_a_glance_the_most_protective_word_stands(words: list[tuple[str, str, str]], answer: str) -> None:
    assert at_a_glance([Word(*each) for each in words]) == (("school", answer),)
