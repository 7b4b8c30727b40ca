"""The report itself: every row has its part, and only what was printed becomes a figure."""

from __future__ import annotations

import random
from collections import Counter
from pathlib import Path

from tests.faults.fuzz import Reader, made_wrong, readers, tried
from tests.faults.parts import LINES, PARTS, PASSED
from tests.faults.report import Told, done, figure_in
from tests.faults.scorecard import NOT_RUN, ROWS


def test_every_row_has_one_part_or_the_reason_why_not() -> None:
    told = Counter([row for part in PARTS for row in part.rows] + list(NOT_RUN))
    assert set(told.values()) == {1}
    assert set(ROWS) <= set(told)
    issue = {*range(1, 25), 36, 37, *range(43, 47), *range(51, 56)}
    assert issue - {row for part in PARTS for row in part.rows} == {54}


def test_what_a_part_names_is_there() -> None:
    root = Path(__file__).resolve().parents[2]
    named = {
        word for part in PARTS for word in (*part.command, *part.quick) if word.startswith(("tests/", "packaging/"))
    }
    assert [word for word in sorted(named) if not (root / word).exists()] == []


def test_only_what_was_printed_is_a_figure() -> None:
    printed = "machine\nok    kills    12 points | 12 killed\nnoise\n3 passed in 1.00s\n"
    assert figure_in(printed, LINES) == "ok kills 12 points / 12 killed"
    assert figure_in(printed, PASSED) == "3 passed in 1.00s"
    part = next(each for each in PARTS if each.rows == (17,))
    assert "| **no** |" in Told(part, held=False, figure="", seconds=1).lines()[0]


def test_a_part_that_does_not_end_is_told_as_such() -> None:
    part = next(each for each in PARTS if each.rows == (41,))
    told = done(part, quick=False, most=0)
    assert not told.held
    assert told.figure.startswith("not ended after 0 s")


def test_a_share_of_random_bytes_is_taken_or_refused_in_words(tmp_path: Path) -> None:
    chance = random.Random(7)
    every = readers(tmp_path / "home")
    assert [why for _ in range(150) for each in every if (why := tried(each, made_wrong(each, chance)))] == []
    assert tried(Reader("bad", b"", lambda content: content.decode("ascii")), b"\xff") == "bad: UnicodeDecodeError"
