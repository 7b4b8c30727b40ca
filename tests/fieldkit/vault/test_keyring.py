"""The Secret Service, through a stand-in for its program that keeps what it is told in a folder."""

from __future__ import annotations

import os
import stat
import sys
from pathlib import Path

import pytest

from fieldkit import vault
from fieldkit.config import QUICK_KDF
from fieldkit.errors import NoDeviceSecret
from fieldkit.vault.keyring import FolderOfDpapi, SecretService
from tests.fieldkit.vault.words import PASSPHRASE

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
