"""Disks that are full, that lack names, that cannot be written: real small file systems where we may mount one."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from fieldkit.store.room import BALLAST, BALLAST_FILE
from tests.faults.bases import opened, pictured
from tests.faults.kills import Walk

KIB = 1 << 10
FREE = (0, 4, 16, 64, 256, 1_024)
"""KiB that are left when the verbs begin."""
DISK = 160 << 20
TAKEN_AT_ONCE = 4
"""So many times what the ballast freed is taken by somebody else."""


@dataclass(slots=True)
class Full:
    """What happened on a full disk."""

    tried: int = 0
    saved: int = 0
    wrong: list[str] = field(default_factory=list)


def can_mount() -> bool:
    """Whether this process may mount a file system in memory."""
    return hasattr(os, "geteuid") and os.geteuid() == 0 and shutil.which("mount") is not None


@contextmanager
def small_disk(place: Path, options: str = f"size={DISK}") -> Iterator[Path]:
    """A disk of its own, gone afterwards."""
    place.mkdir(exist_ok=True)
    subprocess.run(["mount", "-t", "tmpfs", "-o", options, "none", str(place)], check=True)
    try:
        yield place
    finally:
        subprocess.run(["umount", "-l", str(place)], check=True)


def moved_in(walk: Walk, disk: Path) -> Path:
    """The base device on that disk, its ballast made."""
    home = disk / "home"
    shutil.copytree(walk.base.home, home)
    (home / BALLAST_FILE).write_bytes(bytes(BALLAST))
    return home


def fill(disk: Path, left: int) -> Path:
    """Write until only so many bytes are left."""
    file = disk / "others"
    with file.open("wb") as out:
        while (free := _free(disk) - left) > 0:
            try:
                out.write(bytes(min(free, 1 << 20)))
                out.flush()
            except OSError:
                break
    return file


def _free(disk: Path) -> int:
    told = os.statvfs(disk)
    return told.f_bavail * told.f_frsize


def filled(walk: Walk, disk: Path, left: int, captures: int) -> Full:
    """Read, save until nothing more fits, read again; then make room and go on."""
    home, full = moved_in(walk, disk), Full()
    others = fill(disk, left)
    acknowledged: list[str] = []
    if walk.rig.run(home, ["show", walk.base.ids["visit"]]).code != 0:
        full.wrong.append(f"{left}: cannot be read at once")
    for number in range(captures):
        words = ["capture", "visit", "--answers", walk.base.file("visit.json"), "--family", walk.base.ids["family"]]
        ran = walk.rig.run(
            home, words if number % 2 else ["edit", walk.base.ids["agreement"], "--set", f"x={'y' * 2_000_000}"]
        )
        full.tried += 1
        acknowledged += ran.acknowledged
        full.saved += bool(ran.acknowledged)
        if ran.said_badly or (ran.code and "full" not in ran.err):
            full.wrong.append(f"{left}: said badly: exit {ran.code} {ran.err[-200:]}")
        if number < TAKEN_AT_ONCE:
            fill_on(others, disk, left)
    if walk.rig.run(home, ["show", walk.base.ids["visit"]]).code != 0:
        full.wrong.append(f"{left}: cannot be read any more")
    others.unlink()
    full.wrong += [f"{left}: {each}" for each in _recovered(walk, home, acknowledged)]
    return full


def fill_on(others: Path, disk: Path, left: int) -> None:
    """Somebody else takes what was freed."""
    with others.open("ab") as out:
        while (free := _free(disk) - left) > 0:
            try:
                out.write(bytes(min(free, 1 << 20)))
                out.flush()
            except OSError:
                return


def _recovered(walk: Walk, home: Path, acknowledged: list[str]) -> Iterator[str]:
    """With room again everything acknowledged is there, saving works, and the ballast is back."""
    again = walk.rig.run(home, ["edit", walk.base.ids["family"], "--set", "postcode=WY1 1AA"])
    if again.code:
        yield f"does not recover: {again.err[-200:]}"
    with opened(home) as workspace:
        left = pictured(workspace)
        touched = frozenset({walk.base.ids["family"], walk.base.ids["agreement"]})
        yield from left.lost(walk.base.before, touched)
        yield from (f"acknowledged and gone: {each}" for each in acknowledged if each not in left.records)
        yield from (f"verify: {found.what}" for found in workspace.verify())
    if (home / BALLAST_FILE).stat().st_size != BALLAST:
        yield "the ballast was not made again"
