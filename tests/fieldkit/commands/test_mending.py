"""`doctor` says what is wrong with a device's folder and what to do, without the key."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from fieldkit import vault
from fieldkit.config import QUICK_KDF
from fieldkit.store.room import BALLAST_FILE
from fieldkit.workspace import create_workspace, open_workspace
from fieldkit.workspace.checking import Workspace
from fieldkit.workspace.health import look_at
from tests.fieldkit.store.conftest import StillClock

PASSPHRASE = "a long passphrase for tests"


@pytest.fixture
def home(tmp_path: Path) -> Path:
    vault.create(tmp_path / "home", PASSPHRASE, QUICK_KDF).close()
    (tmp_path / "home").chmod(0o700)
    return tmp_path / "home"


def told(home: Path) -> list[str]:
    return [f"{each.what}: {each.where}" for each in look_at(home).found if each.what not in ("swap", "disk")]


def test_of_a_device_that_is_well_nothing_is_told(home: Path) -> None:
    health = look_at(home)
    assert (told(home), health.damaged, health.facts["open"]) == ([], False, False)


def test_a_folder_without_a_device_is_no_damage(tmp_path: Path) -> None:
    health = look_at(tmp_path / "none")
    assert (health.damaged, health.facts["store"]) == (False, False)


@pytest.mark.parametrize(
    ("harm", "words"),
    [
        (lambda home: (home / "store.db").write_bytes(b""), "store: empty or cut short"),
        (lambda home: (home / "store.db").unlink(), "store: not there"),
        (lambda home: (home / "key.json").unlink(), "key file: not there"),
        (lambda home: (home / "key.json").write_bytes(b"{"), "key file: cannot be read"),
        (
            lambda home: (home / "store.db").write_bytes((home / "store.db").read_bytes() + b"x"),
            "store: its length is not one that it can have",
        ),
    ],
    ids=["emptied", "store gone", "key gone", "key torn", "longer"],
)
def test_what_is_damaged_is_named_with_its_cure(home: Path, harm: Callable[[Path], object], words: str) -> None:
    harm(home)
    health = look_at(home)
    assert health.damaged
    assert words in told(home)
    assert all(each.cure for each in health.found)


@pytest.mark.skipif(os.name == "nt", reason="modes are POSIX's")
def test_a_folder_that_others_can_read_is_told_and_is_no_damage(home: Path) -> None:
    home.chmod(0o755)
    assert (told(home), look_at(home).damaged) == (["modes: others can read the folder"], False)


def test_an_open_device_is_seen_to_be_open(home: Path) -> None:
    held = vault.unlock(home, PASSPHRASE, QUICK_KDF)
    assert look_at(home).facts["open"] is True
    held.close()


def test_kept_copies_are_told_until_they_are_gone(home: Path) -> None:
    (home / "store.db.before-9").write_bytes(b"")
    (home / "damaged-20261130-120000").mkdir(mode=0o700)
    (home / "store.db.before-9").chmod(0o600)
    assert told(home) == ["copy: of the store before an update", "copy: of a damaged store"]


def checked(workspace: Workspace) -> tuple[str, ...]:
    """What Today says after the check behind the screen."""
    workspace.health_notices = ()
    workspace.check_behind()
    for thread in threading.enumerate():
        if thread.name == "fieldkit check":
            thread.join()
    return tuple(each for each in workspace.today().notices if "MiB" not in each)


def test_the_check_at_each_unlock_is_shown_once_a_week_and_what_is_wrong_at_once(tmp_path: Path) -> None:
    clock, home = StillClock(), tmp_path / "home"
    workspace = create_workspace(home, PASSPHRASE, clock=clock, kdf=QUICK_KDF)
    assert "is whole" in checked(workspace)[0]
    assert checked(workspace) == ()
    clock.forward(days=7)
    assert "is whole" in checked(workspace)[0]
    root = workspace.store.connection.execute("select rootpage from sqlite_master where name = 'journal'").fetchone()[0]
    workspace.close()
    content = bytearray((home / "store.db").read_bytes())
    content[root * 8192 - 4000] ^= 1
    (home / "store.db").write_bytes(content)
    workspace = open_workspace(home, PASSPHRASE, clock=clock, kdf=QUICK_KDF)
    assert "damaged" in checked(workspace)[0]
    workspace.close()


def test_the_ballast_is_made_for_people_and_not_for_every_opening(tmp_path: Path) -> None:
    workspace = create_workspace(tmp_path / "home", PASSPHRASE, clock=StillClock(), kdf=QUICK_KDF)
    assert not (tmp_path / "home" / BALLAST_FILE).exists()
    workspace.mind_the_disk()
    assert (tmp_path / "home" / BALLAST_FILE).exists()
    workspace.close()
