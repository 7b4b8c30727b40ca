"""Question by question: every type is answered by one line, nothing is said that may not be, rows come and go."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from fieldkit.casework.asking import ALONE
from fieldkit.commands.plain.filling import WORDS, Filling
from fieldkit.commands.plain.lines import FILES, READ, SILENT
from fieldkit.commands.plain.stops import Stop, beside, stops
from fieldkit.commands.plain.talk import Left, Talk, number_in
from forms.views import Page
from forms.xform import load
from tests.fieldkit.commands.scripted import Scripted
from tests.fieldkit.tui.drafts import NOW, OpenDraft, interview_of
from tests.fieldkit.tui.every_type import CASES, xform
from tests.fieldkit.tui.nasty import NASTY
from tests.fieldkit.tui.twin import Twin

LINES = {
    "text": "plain words",
    "several": "a\nb\n.",
    "numbers": "01223 000000",
    "url": "https://a.example",
    "masked": "hush",
    "whole": "1234567",
    "part": "1.5",
    "day": "last friday",
    "walked": "today",
    "month": "may 2026",
    "year": "2021",
    "time": "1405",
    "moment": "today 14:05",
    "point": "52.2, 0.12",
    "scanned": "5012345678900",
    "one": "2",
    "minimal": "cat",
    "auto": "BEE",
    "search": "place 59",
    "many": "43",
    "likert": "2",
    "likert_long": "3",
    "columns": "3",
    "head": "",
    "bare": "1",
    "quick": "ant",
    "some": "1 3",
    "some_across": "3, 2",
    "some_of_many": "60",
    "rank": "2 1 3",
    "scale": "10",
    "halves": "0.5",
    "stars": "4",
    "upright": "1",
    "smooth": "100",
    "picker": "35",
    "done": "y",
}


def sit(lines: Sequence[str], draft: OpenDraft | None = None, twin: Twin | None = None) -> tuple[Scripted, OpenDraft]:
    """Go through a draft with some lines; leaving is as good as ending."""
    talk, opened = Scripted(lines), draft or OpenDraft()
    with suppress(Left):
        Filling(twin or Twin(), opened, talk, lambda: NOW).run()
    return talk, opened


def every() -> OpenDraft:
    draft = OpenDraft()
    draft.interview = interview_of(load(xform()))
    return draft


def test_every_type_is_answered_by_a_line_and_keeps_what_the_screen_keeps(tmp_path: Path) -> None:
    file = tmp_path / "a scan.pdf"
    file.write_bytes(b"x")
    lines = [line for case in CASES for line in LINES.get(case.name, str(file)).split("\n")]
    talk, draft = sit(lines, every())
    kept: dict[str, Any] = {case.name: draft.interview.question(case.name).value for case in CASES}
    wanted = {case.name: case.kept for case in CASES if case.name in LINES}
    assert {**{name: kept[name] for name in wanted}, "some_across": sorted(kept["some_across"])} == wanted
    assert kept["file"]["name"] == "a scan.pdf"
    assert len(draft.files) == 1
    assert "hush" not in talk.text


def test_every_kind_the_engine_asks_is_read_or_only_said() -> None:
    assert set(every().interview.kinds.values()) <= set(READ) | FILES | SILENT


def test_a_line_that_is_no_answer_is_asked_again() -> None:
    talk, draft = sit(["99", "balloon", "", "2026-13-45"])
    assert talk.text.count("or the words of a choice") == 2
    assert draft.interview.question("a/when/visit_type").value is None
    assert "Not right: A date" in talk.text


def test_words_instead_of_answers() -> None:
    first = ["?", ":help", ":again", "-", "3", ":back", ":clear", ":who", "1", ":nonsense", ":missing", "1", ":save"]
    talk, draft = sit(first)
    assert all(any(word in line for line in talk.said) for word, _ in WORDS)
    assert "nothing more about this" in talk.text
    assert draft.interview.question("a/when/visit_type").not_recorded == ""
    assert draft.verbs[0] == ("not_recorded", "a/when/visit_type", "prefers-not-to-say")
    assert draft.interview.question("a/when/visit_type").voice == "Ngozi Okafor"
    assert ":nonsense is no word here" in talk.text


def test_an_answer_that_looks_like_a_word_begins_with_a_blank() -> None:
    _, draft = sit(["", "", "", "", "", " :back"])
    assert draft.interview.question("a/when/purpose").value == ":back"


@pytest.mark.parametrize(("line", "value"), [("y", "x"), ("n", None), ("e", None), ("l", None), ("", None)])
def test_what_was_told_before_is_confirmed_with_its_voice_or_asked_anew(line: str, value: str | None) -> None:
    talk, draft = sit(["", "", "", "", "", line], OpenDraft(" said"))
    view = draft.interview.question("a/when/purpose")
    assert 'Ngozi said told us on 3 May: "Bedtime said". Still right?' in talk.text
    assert (view.value, view.voice) == (value, "Ngozi said" if value else "")
    assert talk.text.count("Purpose (must be answered)") == (0 if line in ("y", "l") else 1)


def test_rows_are_added_and_taken_out_again() -> None:
    draft = every()
    sit([""] * 41 + ["y", "Ada", "y", "ball", "n", "n", "n"], draft)
    names = {path: value for path, value in draft.interview.values().items() if value in ("Ada", "ball")}
    assert sorted(names.values()) == ["Ada", "ball"]
    row = next(path for path, value in names.items() if value == "Ada")
    draft.interview.answer("text", "begun")
    sit([""] * 41 + [":remove", "y", "n"], draft)
    assert row not in draft.interview.values()


def test_what_is_not_for_those_in_the_room_is_neither_asked_nor_listed() -> None:
    class Guarded(OpenDraft):
        def visible(self, question: Any) -> bool:
            return str(question.path) != "a/when/purpose"

    talk, _ = sit(["", "", "", "", "", "", ":missing", "", ":save"], Guarded())
    assert ALONE in talk.text
    assert "Purpose" not in talk.text
    assert sum(line.endswith(ALONE) for line in talk.said) == 2


def test_hostile_words_are_only_words(capsys: pytest.CaptureFixture[str]) -> None:
    Talk().say("Who?" + NASTY)
    said = capsys.readouterr().out
    assert "\x1b" not in said
    assert "\x9b" not in said
    assert "[/x]" in said


def test_who_says_nothing_for_too_long_is_left() -> None:
    near, far = os.pipe()
    before, sys.stdin = sys.stdin, os.fdopen(near, encoding="utf-8")
    try:
        with pytest.raises(Left) as left:
            Talk(0.0005).ask()
    finally:
        sys.stdin.close()
        sys.stdin = before
        os.close(far)
    assert "locked" in left.value.why


def test_the_stop_beside_one_that_went_is_behind_the_last_that_stayed() -> None:
    a, b, c = (Stop(each, "") for each in "abc")
    assert beside([a, b, c], [a, b, c], b, 1) == c
    assert beside([a, b, c], [a, c], b, 1) == c
    assert beside([a, b, c], [a, c], b, -1) == a
    assert beside([a], [a], a, 1) is None


def test_one_more_is_asked_behind_the_rows_that_there_are() -> None:
    class At:
        def __init__(self, path: str) -> None:
            self.path = path

    pages: Any = [
        Page("kid", 1, "Kid (1)", (), "kid"),
        Page("kid/1", 2, "Kid 1", (At("kid/1/name"),), "kid", "kid/1"),  # type: ignore[arg-type]
        Page("kid/1/toy", 3, "Toy (0)", (), "kid/1/toy"),
        Page("end", 4, "End", (At("end/all"),)),  # type: ignore[arg-type]
    ]
    assert [(each.path, each.more) for each in stops(pages)] == [
        ("kid/1/name", False),
        ("kid/1/toy", True),
        ("kid", True),
        ("end/all", False),
    ]


def test_numbers_are_numbers_of_choices() -> None:
    assert [number_in(line, 3) for line in ("1", " 3 ", "0", "4", "x", "³", "")] == [0, 2, None, None, None, None, None]
