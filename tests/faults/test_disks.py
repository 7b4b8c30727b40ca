"""A disk that is full, has no names left, is read-only or another's: said clearly, nothing lost, read all the same."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.disks import FREE, KIB, can_mount, filled, moved_in, small_disk
from tests.faults.kills import Walk
from tests.faults.rig import ERRORS, Fault

NOBODY = 65534
needs_mount = pytest.mark.skipif(not can_mount(), reason="only root may mount a small disk here")


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    with small_disk(tmp_path / "disk") as made:
        yield made


@needs_mount
@pytest.mark.parametrize("left", FREE[:1])
def test_a_full_disk_loses_nothing_and_can_still_be_read(walk: Walk, disk: Path, left: int) -> None:
    full = filled(walk, disk, left * KIB, captures=2)
    assert full.wrong == []


@needs_mount
@pytest.mark.long
@pytest.mark.timeout(600)
@pytest.mark.parametrize("left", FREE)
def test_a_disk_that_fills_loses_nothing_and_recovers_alone(walk: Walk, disk: Path, left: int) -> None:
    full = filled(walk, disk, left * KIB, captures=30)
    assert full.wrong == []
    assert full.saved < full.tried


@pytest.mark.parametrize("bytes_left", [0, 4 * KIB, 64 * KIB])
def test_without_a_disk_of_its_own_the_layer_plays_the_full_one(walk: Walk, bytes_left: int) -> None:
    at = walk.to(("edit",)).begin()
    words = walk.to(("edit",)).scene.words(at)
    ran = walk.rig.run(at.home, words, Fault(room=bytes_left))
    assert not ran.said_badly
    assert ran.acknowledged or "full" in ran.err
    assert list(walk.to(("edit",)).faults_of(at, ran, errors=True)) == []


@needs_mount
def test_a_read_only_disk_is_told_in_words(walk: Walk, disk: Path) -> None:
    home = moved_in(walk, disk)
    subprocess.run(["mount", "-o", "remount,ro", str(disk)], check=True)
    ran = walk.rig.run(home, ["edit", walk.base.ids["family"], "--set", "postcode=WY1 1AA"])
    assert (ran.code, ran.acknowledged, ran.said_badly) == (1, [], False)
    assert "read-only" in ran.err


@needs_mount
def test_what_lies_on_a_read_only_disk_is_read_from_a_copy_of_its_folder(
    walk: Walk, disk: Path, tmp_path: Path
) -> None:
    home = moved_in(walk, disk)
    subprocess.run(["mount", "-o", "remount,ro", str(disk)], check=True)
    ran = walk.rig.run(home, ["list", "family"])
    assert (ran.code, "--home" in ran.err) == (1, True), "opening is noted, so nothing is opened where nothing is noted"
    copy = Path(shutil.copytree(home, tmp_path / "copy"))
    assert walk.base.ids["family"] in walk.rig.done(copy, "list", "family").out
    walk.rig.done(copy, "verify")


@needs_mount
def test_a_disk_without_names_gives_the_ballasts_name_and_goes_on(walk: Walk, tmp_path: Path) -> None:
    with small_disk(tmp_path / "few", f"size={64 << 20},nr_inodes=16") as disk:
        home = moved_in(walk, disk)
        for number in range(20):
            try:
                (disk / f"other{number}").touch()
            except OSError:
                break
        ran = walk.rig.run(home, ["edit", walk.base.ids["family"], "--set", "postcode=WY1 1AA"])
        assert not ran.said_badly
        assert ran.acknowledged or "disk" in ran.err
        for number in range(20):
            (disk / f"other{number}").unlink(missing_ok=True)
        assert walk.rig.done(home, "edit", walk.base.ids["family"], "--set", "postcode=WY1 1AA").acknowledged


@pytest.mark.skipif(not can_mount(), reason="only root may give a folder away")
def test_a_folder_that_is_somebody_elses_is_told_in_words(walk: Walk, tmp_path: Path) -> None:
    with tempfile.TemporaryDirectory() as folder, small_disk(Path(folder)) as disk:
        home = moved_in(walk, disk)
        secret = disk / "secret"
        secret.write_text("four quiet owls at dusk\n", "utf-8")
        for parent in (disk, secret):
            parent.chmod(0o755)
        ran = walk.rig.run(home, ["status", "--passphrase-file", str(secret)], user=NOBODY)
    assert ran.code in (1, 2)
    assert not ran.said_badly
    assert "not readable" in ran.err or "not yours" in ran.err


def test_a_failing_disk_names_its_cause(walk: Walk) -> None:
    said = {"ENOSPC": "The disk is full.", "EROFS": "cannot be written", "EIO": "error"}
    for name, words in said.items():
        at = walk.to(("passphrase",)).begin()
        ran = walk.rig.run(at.home, walk.to(("passphrase",)).scene.words(at), Fault(3, ERRORS[name], on=True))
        assert words in ran.err, (name, ran.err)
        shutil.rmtree(at.home.parent)


@needs_mount
def test_little_room_is_told_with_the_status_and_by_doctor(walk: Walk, disk: Path) -> None:
    home = moved_in(walk, disk)
    assert "make room" in walk.rig.done(home, "status").out
    assert "MiB free" in walk.rig.done(home, "doctor").out
