"""What this machine is like where it touches secrets: whose folder it is, on which kind of drive, where memory may go.

Warnings, not refusals, where a council may know better; a folder that belongs to somebody else is refused.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path

from fieldkit.errors import UnsafeFolder

NETWORK_KINDS = frozenset(
    {"nfs", "nfs4", "cifs", "smb3", "smbfs", "9p", "afs", "ncpfs", "davfs", "fuse.sshfs", "fuse.rclone"}
)
_REMOTE = 4
"""DRIVE_REMOTE of Windows' GetDriveTypeW."""
ON_A_NETWORK = "fieldkit's folder is on a network drive: others may read it. Move it to this machine."
SWAP_IN_PLAIN = "This machine may write memory to a disk that is not encrypted (swap). Ask for that to be changed."


def warnings(home: Path) -> list[str]:
    """What somebody should be told before the passphrase is typed."""
    told = [ON_A_NETWORK] if on_network(home) else []
    return told + ([SWAP_IN_PLAIN] if plain_swaps(_read("/proc/swaps"), _is_encrypted) else [])


def refuse_others(home: Path) -> None:
    """UnsafeFolder when folder or file is another user's; files that others may read are closed to them."""
    if os.name != "posix" or not home.is_dir():
        return
    me = os.geteuid()
    for place in (home, *home.iterdir()):
        try:
            facts = place.lstat()
        except FileNotFoundError:  # gone meanwhile, as a WAL goes
            continue
        if facts.st_uid != me:
            raise UnsafeFolder
        if facts.st_mode & 0o077 and place.is_file() and not place.is_symlink() and place.name != "key.json":
            with suppress(OSError):
                place.chmod(0o600)


def on_network(home: Path) -> bool:
    """Whether a folder is on a drive of another machine, as far as the system tells."""
    if sys.platform == "win32":
        import ctypes

        full = str(home.absolute())
        return full.startswith("\\\\") or ctypes.windll.kernel32.GetDriveTypeW(full[:3]) == _REMOTE
    return kind_of_drive(_read("/proc/self/mountinfo"), home.absolute()) in NETWORK_KINDS


def kind_of_drive(mountinfo: str, path: Path) -> str:
    """The kind of file system a path is on, from Linux's list of mounts; empty when it is not told."""
    found, longest = "", -1
    for line in mountinfo.splitlines():
        left, _, right = line.partition(" - ")
        words, kinds = left.split(), right.split()
        if len(words) < 5 or not kinds:
            continue
        mounted = Path(words[4].replace("\\040", " "))
        if (path == mounted or mounted in path.parents) and len(mounted.parts) >= longest:
            found, longest = kinds[0], len(mounted.parts)
    return found


def plain_swaps(swaps: str, is_encrypted: Callable[[str], bool]) -> Sequence[str]:
    """The places of `/proc/swaps` that are neither memory nor encrypted."""
    places = [line.split()[0] for line in swaps.splitlines()[1:] if line.strip()]
    return [each for each in places if not each.startswith("/dev/zram") and not is_encrypted(each)]


def _is_encrypted(place: str) -> bool:
    name = os.path.basename(os.path.realpath(place))
    return _read(f"/sys/block/{name}/dm/uuid").startswith("CRYPT-")


def _read(file: str) -> str:
    try:
        return Path(file).read_text("utf-8", "replace")
    except OSError:
        return ""
