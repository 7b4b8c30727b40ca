"""The Secret Service, through a stand-in for its program that keeps what it is told in a folder."""

from __future__ import annotations

import os
import stat
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from fieldkit import vault
from fieldkit.config import QUICK_KDF
from fieldkit.errors import NoDeviceSecret, Shredded
from fieldkit.vault import recovery
from fieldkit.vault.keyring import FolderOfDpapi, SecretService
from tests.fieldkit.vault.conftest import Drawer
from tests.fieldkit.vault.words import BENS, PASSPHRASE

STAND_IN = """#!{python}
import pathlib, sys
folder, (verb, *words) = pathlib.Path({folder!r}), sys.argv[1:]
(folder / "arguments").open("a").write(" ".join(words) + "\\n")
file = folder / words[-1]
if (folder / "locked").exists():
    sys.exit(1)
if verb == "store":
    file.write_text(sys.stdin.read())
elif verb == "lookup":
    sys.stdout.write(file.read_text()) if file.exists() else sys.exit(1)
elif verb == "clear":
    file.unlink(missing_ok=True)
"""
pytestmark = pytest.mark.skipif(os.name != "posix", reason="the Secret Service is a thing of Linux desktops")


@pytest.fixture
def service(tmp_path: Path) -> SecretService:
    folder = tmp_path / "service"
    folder.mkdir()
    program = tmp_path / "secret-tool"
    program.write_text(STAND_IN.format(python=sys.executable, folder=str(folder)))
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    return SecretService(str(program))


def test_a_device_opens_with_its_login_and_not_without(service: SecretService, tmp_path: Path) -> None:
    assert service.is_there()
    door = vault.Door("AP", service)
    vault.create(tmp_path / "home", PASSPHRASE, QUICK_KDF, door).close()
    vault.unlock(tmp_path / "home", PASSPHRASE, QUICK_KDF, door=door).close()
    (tmp_path / "service" / "locked").touch()
    assert not service.is_there()
    with pytest.raises(NoDeviceSecret):
        vault.unlock(tmp_path / "home", PASSPHRASE, QUICK_KDF, door=door)


def test_no_secret_is_ever_an_argument(service: SecretService, tmp_path: Path) -> None:
    service.put("device", b"0123456789abcdef")
    assert service.get("device") == b"0123456789abcdef"
    assert b"0123456789abcdef".hex() not in (tmp_path / "service" / "arguments").read_text()
    service.drop("device")
    assert service.get("device") is None


def test_where_there_is_no_such_program_there_is_no_keyring(tmp_path: Path) -> None:
    assert not SecretService("no-such-program-here").is_there()
    assert SecretService("no-such-program-here").get("device") is None
    assert FolderOfDpapi(tmp_path).get("device") is None


def test_what_the_keyring_keeps_stays_while_a_slot_needs_it_and_goes_with_the_last(
    tmp_path: Path, drawer: Drawer
) -> None:
    opened = vault.create(tmp_path / "home", PASSPHRASE, QUICK_KDF, vault.Door("AP", drawer))
    vault.add_person(opened, vault.Person("", "BC"), BENS, QUICK_KDF)
    vault.remove_person(opened, "BC")
    assert opened.file.id in drawer.kept, "the one who is left needs it"
    recovered = vault.add_person(opened, vault.Person("", "CD"), BENS, QUICK_KDF)
    slot = next(each for each in opened.file.people if each.person == recovered)
    opened.file = opened.file.with_slot(replace(slot, device_secret=False))
    opened.person, first = recovered, opened.person
    vault.remove_person(opened, first.handle)
    assert drawer.kept == {}, "nobody is left who needs it"
    opened.close()


def test_a_shredded_device_leaves_no_secret_in_the_keyring(tmp_path: Path, drawer: Drawer) -> None:
    home, door = tmp_path / "home", vault.Door("AP", drawer)
    vault.create(home, PASSPHRASE, QUICK_KDF, door).close()
    assert len(drawer.kept) == 1
    vault.shred(home, drawer)
    assert drawer.kept == {}


def test_whoever_asks_anything_of_a_shredded_device_hears_that_it_was_shredded(home: Path) -> None:
    vault.shred(home, vault.NoKeyring())
    with pytest.raises(Shredded):
        vault.people(home, QUICK_KDF)
    with pytest.raises(Shredded):
        recovery.ask(home, QUICK_KDF)


def test_a_shredding_that_was_cut_off_before_the_keyring_is_ended_at_the_next_start(
    tmp_path: Path, drawer: Drawer
) -> None:
    home, door = tmp_path / "home", vault.Door("AP", drawer)
    vault.create(home, PASSPHRASE, QUICK_KDF, door).close()
    vault.shred(home, vault.NoKeyring())  # the power went before the keyring was told
    assert len(drawer.kept) == 1
    with pytest.raises(Shredded):
        vault.unlock(home, PASSPHRASE, QUICK_KDF, door=door)
    assert drawer.kept == {}
