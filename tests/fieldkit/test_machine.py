"""What is told about a machine before the passphrase is typed, and whose folder is refused."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from fieldkit.config import QUICK_KDF, SystemClock
from fieldkit.errors import FieldkitError, UnsafeFolder
from fieldkit.machine import NETWORK_KINDS, kind_of_drive, plain_swaps, refuse_others
from fieldkit.store.database import DatabaseError
from fieldkit.workspace import create_workspace, open_workspace

MOUNTS = """\
22 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw
40 22 0:40 / /home/asha rw shared:2 - cifs //files/asha rw
41 40 0:41 / /home/asha/on\\040disk rw shared:3 - ext4 /dev/sdb1 rw
"""
SWAPS = (
    "Filename Type Size Used Priority\n/dev/zram0 partition 1 0 5\n/dev/dm-1 partition 1 0 -2\n/swapfile file 1 0 -3\n"
)
POSIX = pytest.mark.skipif(os.name != "posix", reason="owners and modes are POSIX")


@pytest.mark.parametrize(
    ("path", "kind"),
    [("/var/x", "ext4"), ("/home/asha/x", "cifs"), ("/home/asha/on disk/x", "ext4"), ("/home/ashanti", "ext4")],
)
def test_the_drive_of_a_folder_is_the_deepest_mount_above_it(path: str, kind: str) -> None:
    assert kind_of_drive(MOUNTS, Path(path)) == kind
    assert ("cifs" in NETWORK_KINDS, "ext4" in NETWORK_KINDS) == (True, False)


def test_swap_in_memory_or_encrypted_is_no_warning() -> None:
    assert plain_swaps(SWAPS, lambda place: place == "/dev/dm-1") == ["/swapfile"]
    assert plain_swaps("Filename\n", lambda _: False) == []


@POSIX
def test_after_a_whole_session_every_file_is_its_owners_alone(tmp_path: Path) -> None:
    home = tmp_path / "home"
    create_workspace(home, "a long passphrase", clock=SystemClock(), kdf=QUICK_KDF).close()
    stray = home / "left by a backup"
    stray.write_bytes(b"")
    stray.chmod(0o644)
    workspace = open_workspace(home, "a long passphrase", clock=SystemClock(), kdf=QUICK_KDF)
    modes = {each.name: oct(each.stat().st_mode & 0o777) for each in home.iterdir()}
    workspace.close()
    assert set(modes.values()) == {"0o600"}, modes
    assert home.stat().st_mode & 0o777 == 0o700


@POSIX
@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root gives a file away")
def test_a_folder_of_somebody_else_is_refused(tmp_path: Path) -> None:
    home = tmp_path / "home"
    create_workspace(home, "a long passphrase", clock=SystemClock(), kdf=QUICK_KDF).close()
    os.chown(home / "store.db", 12_345, -1)
    with pytest.raises(UnsafeFolder):
        refuse_others(home)
    with pytest.raises(UnsafeFolder):
        open_workspace(home, "a long passphrase", clock=SystemClock(), kdf=QUICK_KDF)


def test_no_statement_leads_out_of_the_store(tmp_path: Path) -> None:
    workspace = create_workspace(tmp_path / "home", "a long passphrase", clock=SystemClock(), kdf=QUICK_KDF)
    connection = workspace.store.connection
    plain = tmp_path / "plain.db"
    ways = (
        f"attach '{plain}' as out key ''",
        "select load_extension('libc.so.6')",
        "select sqlcipher_export('main')",
        "pragma rekey = ''",
        "pragma writable_schema = on",
        "pragma journal_mode = off",
        f"vacuum into '{plain}'",
    )
    try:
        for way in ways:
            with pytest.raises(FieldkitError):
                connection.execute(way).fetchall()
        with pytest.raises(FieldkitError):
            connection.enable_load_extension(True)
        import sqlcipher3.dbapi2 as sqlcipher

        out = sqlcipher.connect(str(plain))
        with pytest.raises(DatabaseError):
            connection.backup(out)
        out.close()
        assert connection.execute("pragma journal_mode").fetchone()[0] == "wal"
    finally:
        workspace.close()
    assert not plain.exists() or plain.stat().st_size == 0
