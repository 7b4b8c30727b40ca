"""Stored files that were damaged: told, never in silence, and made readable again."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from tests.faults.bases import opened
from tests.faults.damage import PAGE, Trials, damaged
from tests.faults.kills import Walk
from tests.faults.rig import KILL, KILL_HALFWAY, NONE, Fault

TRIALS = int(os.environ.get("FIELDKIT_DAMAGES", "200"))


def all_well(told: Trials) -> bool:
    return not (told.silent or told.hangs or told.said_badly or told.not_mended)


def test_damage_is_told_and_the_store_is_made_readable_again(walk: Walk) -> None:
    told = damaged(walk, 2, seed=5)
    assert all_well(told), told


@pytest.mark.long
@pytest.mark.timeout(3_000)
def test_no_damage_of_a_stored_file_is_passed_over_in_silence(walk: Walk) -> None:
    told = damaged(walk, TRIALS, seed=TRIALS)
    assert all_well(told), told


def spoil(home: Path, table: str) -> None:
    """The first page of a table becomes zeros."""
    with opened(home) as workspace:
        query = "select rootpage from sqlite_master where name = ?"
        root = int(workspace.store.connection.execute(query, (table,)).fetchone()[0])
    content = bytearray((home / "store.db").read_bytes())
    content[(root - 1) * PAGE : root * PAGE] = bytes(PAGE)
    (home / "store.db").write_bytes(content)


@pytest.fixture
def laptop(walk: Walk) -> Path:
    """A device of its own at central, with work that waits; enrolled for another worker than the base."""
    home = walk.folder / "spoilt" / "home"
    shutil.rmtree(home.parent, ignore_errors=True)
    home.parent.mkdir(parents=True)
    central = walk.base.central
    walk.rig.done(home, "init")
    walk.rig.done(home, "enrol", central.url, central.code("Femi Cole"))
    walk.rig.done(home, "capture", "visit", "--answers", walk.base.file("visit.json"), "--family-name", "Cole")
    walk.rig.done(home, "sync")
    walk.rig.done(home, "capture", "visit", "--answers", walk.base.file("visit.json"), "--family-name", "Eze")
    return home


@pytest.mark.long
def test_where_the_end_of_the_chain_is_known_the_laptop_goes_on_as_it_was(walk: Walk, laptop: Path) -> None:
    with opened(laptop) as before:
        device, visits = before.identity.device, before.store.records.count("visit")
    spoil(laptop, "record")
    assert walk.rig.run(laptop, ["verify"]).code == 7
    walk.rig.done(laptop, "doctor", "--rebuild", "--yes")
    walk.rig.done(laptop, "sync")
    walk.rig.done(laptop, "verify")
    with opened(laptop) as after:
        assert (after.identity.device, after.status().waiting) == (device, 0)
        assert after.store.records.count("visit") == visits


def test_where_it_is_not_known_the_laptop_gets_a_new_key_and_no_word_is_lost_or_said_twice(
    walk: Walk, laptop: Path
) -> None:
    with opened(laptop) as before:
        device, waiting = before.identity.device, before.status().waiting
        visits = {each.id for each in before.store.records.of_kind("visit")}
    spoil(laptop, "sending")
    plan = walk.rig.done(laptop, "doctor", "--rebuild")
    assert "new key" in plan.out
    walk.rig.done(laptop, "doctor", "--rebuild", "--yes")
    walk.rig.done(laptop, "capture", "visit", "--answers", walk.base.file("visit.json"), "--family-name", "Obi")
    refused = walk.rig.run(laptop, ["sync"])
    assert (refused.code, "enrol" in refused.err) == (1, True)
    walk.rig.done(laptop, "enrol", walk.base.central.url, walk.base.central.code("Femi Cole"))
    walk.rig.done(laptop, "sync")
    walk.rig.done(laptop, "verify")
    with opened(laptop) as after:
        assert after.identity.device != device
        assert (after.status().waiting, after.status().parked) == (0, 0)
        assert {each.id for each in after.store.records.of_kind("visit")} > visits
    with walk.base.central.rows() as rows:
        told = rows.execute("select count(*) from version where record = any(%s)", (sorted(visits),)).fetchone()
    assert waiting
    assert told == (len(visits),)


def cut_short(walk: Walk, laptop: Path, points: int) -> None:
    """Kill a rebuilding at so many places: begun again it ends, no word is lost, and nothing half done lies about."""
    with opened(laptop) as before:
        visits = before.store.records.count("visit")
    spoil(laptop, "record")
    words, home, calls = ["doctor", "--rebuild", "--yes"], laptop.with_name("cut"), 0
    for at in range(points + 1):
        shutil.rmtree(home, ignore_errors=True)
        shutil.copytree(laptop, home)
        fault = Fault(at * calls // points, KILL if at % 2 else KILL_HALFWAY) if at else NONE
        ran = walk.rig.run(home, words, fault)
        calls = ran.calls if not at else calls
        assert ran.code < 0 or (at in (0, points) and not ran.code), f"at {fault.at} of {calls}"
        if walk.rig.run(home, ["verify"]).code == 7:
            walk.rig.done(home, *words)
        walk.rig.done(home, "verify")
        with opened(home) as after:
            assert after.store.records.count("visit") == visits, f"at {fault.at} of {calls}"
        assert not [each.name for each in home.iterdir() if ".rebuil" in each.name or each.suffix in (".part", ".new")]
        assert all((each / "store.db").exists() for each in home.glob("damaged-*"))


def test_a_rebuilding_that_is_killed_is_begun_again_and_leaves_nothing_half_done(walk: Walk, laptop: Path) -> None:
    cut_short(walk, laptop, 4)


@pytest.mark.long
@pytest.mark.timeout(1_800)
def test_a_rebuilding_may_be_killed_anywhere(walk: Walk, laptop: Path) -> None:
    cut_short(walk, laptop, 80)
