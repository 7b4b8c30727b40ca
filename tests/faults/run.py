"""All the faults, all their figures, and the machine: `python -m tests.faults.run [--points N] [--states N] …`.

Kills and errors at every call of every verb (or at N of each), power cuts, damage, full disks, migrations. A number of
0 leaves a part out. The tests beside this file run a share of the same.
"""

from __future__ import annotations

import argparse
import os
import platform
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from fieldkit.store.migrate import steps
from tests.central_fixture import RunningCentral, ground
from tests.faults import bases, cuts, damage, disks
from tests.faults.conftest import RunningClock
from tests.faults.kills import Tally, Walk, error_faults, kill_faults
from tests.faults.rig import rig
from tests.faults.scenes import SCENES


@dataclass(slots=True)
class Table:
    """The lines that are printed, and what was wrong."""

    wrong: list[str] = field(default_factory=list)

    def line(self, what: str, told: str, wrong: list[str]) -> None:
        """One figure."""
        self.wrong += wrong
        sys.stdout.write(f"{'ok  ' if not wrong else 'FAIL'}  {what:<34} {told}\n")
        sys.stdout.flush()


def machine() -> str:
    """Which machine it was."""
    load = os.getloadavg()[0] if hasattr(os, "getloadavg") else 0.0
    system = f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores"
    return f"{system}, load {load:.1f}, Python {platform.python_version()}"


def every_verb(walk: Walk, most: int, errors: bool) -> Iterator[Tally]:
    """Each verb of the parser under its faults."""
    for name in SCENES:
        run = walk.to(name)
        calls = run.calls()
        yield run.under(error_faults(calls, most), errors=True) if errors else run.under(kill_faults(calls, most))


def summed(tallies: Iterator[Tally]) -> Tally:
    """All of them as one."""
    total = Tally()
    for each in tallies:
        total.add(each)
    return total


def kills(walk: Walk, chosen: argparse.Namespace, table: Table) -> None:
    """Row 1."""
    total = summed(every_verb(walk, chosen.points, errors=False))
    told = f"{total.points} points, {total.met} killed, {total.acknowledged} acknowledged before"
    table.line("kill -9 at calls of every verb", told, total.wrong)


def errors(walk: Walk, chosen: argparse.Namespace, table: Table) -> None:
    """Row 2."""
    total = summed(every_verb(walk, chosen.errors, errors=True))
    told = f"{total.points} faults, {total.met} told, {total.acknowledged} acknowledged all the same"
    table.line("EIO ENOSPC EROFS EINTR", told, total.wrong)


def power(walk: Walk, chosen: argparse.Namespace, table: Table) -> None:
    """Rows 3 and 4."""
    day = cuts.recorded(walk, cuts.DAY)
    kept = cuts.looked_at(walk, day, chosen.states)
    table.line("power cuts", f"{kept.states} states, {kept.failed} failed", kept.wrong)
    for name, deaf in (("OFF", cuts.SYNCS_OFF), ("NORMAL", cuts.SYNCS_NORMAL)):
        careless = cuts.looked_at(walk, day, min(chosen.states, 100), deaf)
        wrong = [] if careless.failed else [f"with synchronous = {name} nothing fails: the test does not bite"]
        table.line(f"the same, synchronous = {name}", f"{careless.states} states, {careless.failed} failed", wrong)


def damages(walk: Walk, chosen: argparse.Namespace, table: Table) -> None:
    """Row 7."""
    told = damage.damaged(walk, chosen.damages, seed=chosen.damages)
    counts = f"{told.trials} trials, {told.new_keys} new keys, {told.lost_unsent} unsent changes named as lost"
    table.line("damaged files", counts, [*told.silent, *told.hangs, *told.said_badly, *told.not_mended])


def full(walk: Walk, chosen: argparse.Namespace, table: Table) -> None:
    """Row 5."""
    if not disks.can_mount():
        table.line("full disk", "not run: only root may mount a small disk", [])
        return
    for left in disks.FREE:
        with tempfile.TemporaryDirectory() as place, disks.small_disk(Path(place)) as disk:
            told = disks.filled(walk, disk, left * disks.KIB, chosen.fills)
        table.line(f"full disk, {left} KiB free", f"{told.saved} of {told.tried} saved", told.wrong)


def migrations(walk: Walk, chosen: argparse.Namespace, table: Table) -> None:
    """Row 37."""
    from tests.faults.test_migrations import killed_on_the_way

    for number, _ in steps()[:-1]:
        many = killed_on_the_way(walk, walk.folder / "migrated", number, chosen.migrations)
        table.line(f"migration from schema {number}", f"{many} kills, 0 failed", [])


PARTS: dict[str, Callable[[Walk, argparse.Namespace, Table], None]] = {
    "points": kills,
    "errors": errors,
    "states": power,
    "damages": damages,
    "fills": full,
    "migrations": migrations,
}
DEFAULTS = {"points": 1_000, "errors": 12, "states": 1_000, "damages": 1_000, "fills": 30, "migrations": 400}


def main() -> int:
    """Print the table; 1 when anything was not as promised."""
    parser = argparse.ArgumentParser(description=__doc__)
    for name, many in DEFAULTS.items():
        parser.add_argument(f"--{name}", type=int, default=many)
    chosen = parser.parse_args()
    table, begun = Table(), time.monotonic()
    sys.stdout.write(f"{machine()}\n")
    with ground() as soil, rig() as ready, tempfile.TemporaryDirectory() as folder:
        central = RunningCentral(soil, RunningClock())
        (Path(folder) / "copies").mkdir()
        walk = Walk(ready, bases.made(Path(folder) / "base", central), ("status",), Path(folder) / "copies")
        for name, part in PARTS.items():
            if getattr(chosen, name):
                part(walk, chosen, table)
        central.close()
    sys.stdout.write(f"{time.monotonic() - begun:.0f} s\n" + "".join(f"  {each}\n" for each in table.wrong[:40]))
    return 1 if table.wrong else 0


if __name__ == "__main__":
    sys.exit(main())
