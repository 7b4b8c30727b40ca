"""A working day recorded call by call, and the device looked at after each power cut that may have ended it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from fieldkit.errors import FieldkitError, WrongPassphrase
from tests.faults.bases import PASSPHRASE, Base, not_whole, opened, pictured
from tests.faults.kills import NEW, Walk
from tests.faults.power import Cut, Disk, power_cuts

SYNCS_OFF = ("",)
"""Ends of the paths whose syncs do nothing when synchronous is OFF: all of them."""
SYNCS_NORMAL = ("-wal",)
"""With synchronous = NORMAL the log is not synced at a commit."""
SHORT = ("edit", "capture")
DAY = ("edit", "capture", "sync", "sign", "passphrase", "import-odk", "edit", "export", "courier pack", "resolve")


@dataclass(slots=True)
class Day:
    """The device before the day, and the record of it."""

    base: Base
    disk: Disk = field(repr=False)
    record: bytes = field(repr=False)


@dataclass(slots=True)
class Found:
    """What the states came to."""

    states: int = 0
    failed: int = 0
    wrong: list[str] = field(default_factory=list)


def recorded(walk: Walk, verbs: Sequence[str]) -> Day:
    """Run a day's verbs on a copy of the base and record every call."""
    base = walk.to(("status",)).begin()
    disk, log = Disk.of(base.home.parent), walk.folder / "record"
    log.unlink(missing_ok=True)
    for verb in verbs:
        ran = walk.rig.run(base.home, walk.to(tuple(verb.split())).scene.words(base), record=log)
        assert ran.code in (0, 5), (verb, ran.err)
        if verb == "passphrase":
            walk.rig.secret.write_text(NEW + "\n", "utf-8")
    walk.rig.secret.write_text(PASSPHRASE + "\n", "utf-8")
    return Day(base, disk, log.read_bytes())


def looked_at(walk: Walk, day: Day, states: int, deaf: Sequence[str] = (), seed: int = 1) -> Found:
    """So many power cuts over a day; what each left is opened and compared with what was acknowledged."""
    found, chance = Found(), Random(seed)
    place = day.base.home.parent
    disk = deepcopy(day.disk)
    for cut in power_cuts(disk, day.record, states, chance, deaf):
        left = walk.folder / "left"
        shutil.rmtree(left, ignore_errors=True)
        disk.found(chance, left, place)
        (left / "home").chmod(0o700)
        wrong = list(faults_of(day, left / "home", cut))
        found.states += 1
        found.failed += bool(wrong)
        found.wrong += [f"after call {cut.after}: {each}" for each in wrong]
    return found


def faults_of(day: Day, home: Path, cut: Cut) -> Iterator[str]:
    """What is not there, or not whole, on a device after a power cut."""
    touched = frozenset(day.base.ids[name] for name in ("family", "draft", "conflict"))
    try:
        with opened(home, passphrase_of(home)) as workspace:
            left = pictured(workspace)
            yield from left.lost(day.base.before, touched)
            known = {*left.records, *left.drafts, *day.base.before.conflicts}
            yield from (f"acknowledged and gone: {each}" for each in cut.acknowledged if each not in known)
            yield from not_whole(workspace, spoke=True)
    except FieldkitError as wrong:
        yield f"does not open: {wrong.said}"


def passphrase_of(home: Path) -> str:
    """The old one or the new one."""
    try:
        with opened(home):
            return PASSPHRASE
    except WrongPassphrase:
        return NEW
