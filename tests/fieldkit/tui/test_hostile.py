"""The corpora of hostile and ordinary texts through the border, the guard, every screen, and the exports."""

from __future__ import annotations

import json
import re
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from lxml import etree
from textual import events
from textual.pilot import Pilot
from textual.widgets import TextArea

from fieldkit.casework.text import clean, file_name
from fieldkit.errors import Refused
from fieldkit.exports.audience import going
from fieldkit.exports.documents import Filed, document
from fieldkit.tui.desk import Kit
from fieldkit.tui.guard import NoControls, only_allowed
from fieldkit.tui.plain import LONGEST_SHOWN, one_line, plain
from fieldkit.tui.screens.family import FamilyScreen
from fieldkit.tui.screens.form import FormScreen
from fieldkit.tui.screens.record import RecordScreen
from fieldkit.tui.widgets.attaching import LARGEST, read
from fieldkit.tui.widgets.entry import AREA_LIMIT
from fieldkit.tui.widgets.folders import Folders
from tests.fieldkit.tui.drafts import OpenDraft, form, open_draft
from tests.fieldkit.tui.driving import LARGE, at_today, settle, text
from tests.fieldkit.tui.hostile import BIDI, CARRIED, MARKUP, NAMES, TERMINAL
from tests.fieldkit.tui.test_every_screen import ACTS, WALKS, every_screen
from tests.fieldkit.tui.twin import Twin, WallClock

KEY_MOST = 0.2
"""Seconds of work for one key (scorecard row 22)."""


def drawn(pilot: Pilot[Any]) -> str:
    """The screen without the marks that keep right-to-left words to themselves."""
    return re.sub("[\u2068\u2069]", "", text(pilot))


def test_the_corpora_are_as_many_as_the_scorecard_asks_for() -> None:
    assert [len(set(each)) for each in (TERMINAL, BIDI, MARKUP, NAMES, CARRIED)] == [46, 7, 20, 39, 258]


@pytest.mark.parametrize("payload", [*TERMINAL, *BIDI])
def test_no_payload_passes_the_border_or_the_guard_or_entry(payload: str) -> None:
    assert not ACTS.search(plain(payload).plain.replace("\n", ""))
    assert not ACTS.search(one_line(payload))
    assert only_allowed(payload) == only_allowed(only_allowed(payload))
    assert not re.search("\x1b[\\]PX^_c(#78]|[\x80-\x9f]", only_allowed(payload))
    entered = clean(payload)
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\u200e\u200f\u061c]", entered.text)
    assert entered.changed  # and it is said


@pytest.mark.parametrize("written", [*MARKUP, *NAMES])
def test_markup_and_names_are_letters(written: str) -> None:
    assert plain(written).plain.strip("\u2068\u2069") == re.sub("\u200d", "\u200d", written)
    assert clean(written).text == written
    assert clean(written).changed == ()


def test_what_is_carried_is_kept_letter_for_letter_at_entry_or_its_change_is_said() -> None:
    silent = [each for each in CARRIED if clean(each).text != each and not clean(each).changed]
    assert silent == []
    assert sum(clean(each).text == each for each in CARRIED) == len(CARRIED)


async def walk(pilot: Pilot[Any], name: str, words: str) -> list[str]:
    """One screen full of these words: its lines that hold something a terminal could obey."""
    twin = Twin(words, {"d1": open_draft(words)})
    twin.concern("f1", "Ada" + words, "x", True)
    make, _ = WALKS[name]
    pilot.app.push_screen(make(every_screen()[name])(Kit(twin, WallClock())))
    await settle(pilot)
    bad = [line for line in text(pilot).split("\n") if ACTS.search(line)]
    await pilot.app.pop_screen()
    return bad


@pytest.mark.long
@pytest.mark.timeout(3_600)
@pytest.mark.parametrize("name", sorted(set(WALKS) - {"LeavingScreen"}))
async def test_every_payload_on_every_screen(name: str) -> None:
    async with at_today(Twin(), LARGE) as pilot:
        pilot.app._filters = [each for each in pilot.app._filters if not isinstance(each, NoControls)]
        found = {payload: bad for payload in (*TERMINAL, *BIDI, *MARKUP) if (bad := await walk(pilot, name, payload))}
        assert found == {}
        assert pilot.app._exception is None


async def test_every_payload_at_once_on_the_screens_that_say_most() -> None:
    async with at_today(Twin(), LARGE) as pilot:
        pilot.app._filters = [each for each in pilot.app._filters if not isinstance(each, NoControls)]
        for name in ("RecordScreen", "ConflictScreen", "FormScreen"):
            assert await walk(pilot, name, " ".join((*TERMINAL, *BIDI, *MARKUP))) == []


@pytest.mark.long
async def test_every_name_and_bracket_is_on_the_familys_page_letter_for_letter() -> None:
    missing = []
    async with at_today(Twin(), LARGE) as pilot:
        for written in (*NAMES, *MARKUP):
            twin = Twin()
            twin.family_names["f1"] = written
            pilot.app.push_screen(FamilyScreen(Kit(twin, WallClock()), family="f1"))
            await settle(pilot)
            if written not in drawn(pilot):
                missing.append(written)
            await pilot.app.pop_screen()
    assert missing == []


# -- large texts


async def work_of_a_key(pilot: Pilot[Any]) -> float:
    """Seconds of this process's work for a key, the median of five."""
    took = []
    for _ in range(5):
        began = time.process_time()
        await pilot.press("a")
        await pilot.pause()
        took.append(time.process_time() - began)
    return sorted(took)[2]


@pytest.mark.long
@pytest.mark.parametrize("huge", ["he said " * (5 << 17), "e" + "\u0301" * (5 << 20), "x" * (5 << 20)])
async def test_a_paste_of_five_mebibytes_is_cut_with_a_word_and_keys_stay_quick(huge: str) -> None:
    draft = OpenDraft(name="visit")
    async with at_today(Twin(drafts={"d1": draft}), LARGE) as pilot:
        pilot.app.push_screen(FormScreen(Kit(pilot.app.kit.desk, WallClock()), draft="d1"))  # type: ignore[attr-defined]
        await settle(pilot)
        while not isinstance(pilot.app.focused, TextArea):
            await pilot.press("tab")
            await settle(pilot)
        area = pilot.app.focused
        area.post_message(events.Paste(huge))
        await settle(pilot)
        assert len(area.text) == AREA_LIMIT
        assert f"only the first {AREA_LIMIT:,} characters were taken" in text(pilot)
        assert await work_of_a_key(pilot) < KEY_MOST


@pytest.mark.long
@pytest.mark.parametrize("huge", [" said" * (1 << 20), "e" + "\u0301" * (5 << 20)])
async def test_a_stored_text_of_five_mebibytes_is_shown_in_part_with_a_word(huge: str) -> None:
    async with at_today(Twin(), LARGE) as pilot:
        pilot.app.push_screen(RecordScreen(Kit(Twin(huge), WallClock()), record="r1"))
        await settle(pilot)
        await pilot.press("end")
        await settle(pilot)
        assert await work_of_a_key(pilot) < KEY_MOST
    assert f"the first {LONGEST_SHOWN:,} of {len(huge):,} letters" in plain(huge).plain


# -- documents


def filled(words: str) -> dict[str, Any]:
    """Answers of a visit with the words in its free texts."""
    return {"a/when/purpose": words, "b/there/strangers": words, "a/when/kind": "phone"}


@pytest.mark.parametrize("kind", ["odk", "json", "fhir-response"])
def test_documents_hold_every_text_letter_for_letter_and_no_live_markup(kind: str) -> None:
    visit = form("visit")
    filed = Filed("uuid:1", datetime(2026, 11, 23, 16, 5, tzinfo=UTC), lambda _: True)
    for words in (*CARRIED, *MARKUP, *NAMES):
        if kind != "json" and not exact(words):
            continue
        made = document(kind, visit, going(visit, filled(words), "full"), filed)
        if kind == "odk":
            said = [element.text or "" for element in etree.fromstring(made).iter() if isinstance(element.tag, str)]
        else:
            said = list(strings(json.loads(made)))
        assert words in said, repr(words)


def exact(words: str) -> bool:
    """Whether XML and FHIR can hold it: neither has non-characters, and FHIR has no text of blanks alone."""
    return "\uffff" not in words and bool(words.strip())


def strings(told: Any) -> Any:
    """Every string in a JSON document."""
    if isinstance(told, dict | list):
        for each in told.values() if isinstance(told, dict) else told:
            yield from strings(each)
    elif isinstance(told, str):
        yield told


# -- files


@pytest.mark.parametrize(
    ("told", "kept"),
    [
        ("../../etc/passwd", "passwd"),
        ("..\\..\\windows\\system.ini", "system.ini"),
        ("/etc/shadow", "shadow"),
        ("C:\\x\\y.png", "y.png"),
        (".bashrc", "bashrc"),
        ("...", "file"),
        ("", "file"),
        ("a\x1b]0;t\x07\r\nb.png", "a]0;t b.png"),
        ("\u202egnp.exe", "gnp.exe"),
        ("ok.tar.gz", "ok.tar.gz"),
        ("Unborn [Smith].png", "Unborn [Smith].png"),
    ],
)
def test_a_files_name_leads_nowhere(told: str, kept: str) -> None:
    assert file_name(told) == kept
    assert len(file_name(told * 200)) <= 120


def test_a_file_that_is_too_large_or_never_ends_is_refused_after_the_limit(tmp_path: Path) -> None:
    large = tmp_path / "large.bin"
    with large.open("wb") as sparse:
        sparse.truncate(1 << 34)
    began = time.process_time()
    with pytest.raises(Refused):
        read(large)
    assert time.process_time() - began < 1
    for never in (tmp_path, Path("/dev/zero")):
        with pytest.raises(Refused):
            read(never)
    fine = tmp_path / "a [b].png"
    fine.write_bytes(b"x" * 10)
    assert read(fine)[0]["name"] == "a [b].png"
    assert LARGEST == 10 << 20


def test_names_of_files_in_the_tree_are_letters(tmp_path: Path) -> None:
    shown = [Folders(tmp_path).process_label(name).plain for name in ("[/x].png", "a\x1b[2Jb.png", "\u202egnp.png")]
    assert shown == ["[/x].png", "a\u241b[2Jb.png", "<RLO>gnp.png"]
