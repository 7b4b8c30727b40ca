"""The scorecard in one command: `python -m tests.faults.report [--quick] [--rows 1,2,7] [--out FILE]`.

Each part is a command or a set of tests of its own, run one after another; every figure is taken from what the part
printed in this run. A part that fails or does not end in its time says so, and the rest go on. `--quick` takes a
bounded share of every part; the whole takes hours on two slow cores. Exit 1 when a part failed.
"""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
import time
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from tests.faults.parts import PARTS, Part
from tests.faults.run import machine
from tests.faults.scorecard import NOT_RUN, ROWS

ROOT = Path(__file__).resolve().parents[2]
NO_TESTS = 5
"""How pytest ends where it found nothing to run."""
MOST = 700
"""Letters of one figure in the table."""


@dataclass(frozen=True, slots=True)
class Told:
    """What one part came to."""

    part: Part
    held: bool
    figure: str
    seconds: float
    tried: bool = True
    """False where nothing of the part belongs to the bounded share."""

    def lines(self) -> list[str]:
        """Its rows of the table."""
        said = ("yes" if self.held else "**no**") if self.tried else "—"
        return [
            f"| {row} | {ROWS[row][0]} | {ROWS[row][1]} | {of_row(self.figure, row)} | {said} | {self.seconds:.0f} s |"
            for row in self.part.rows
        ]


def main() -> int:
    """Run the parts that were asked for and print the table; 1 when any failed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a bounded share of every part")
    parser.add_argument("--rows", default="", help="only the parts for these rows, parted by commas")
    parser.add_argument("--most", type=int, default=4 * 3_600, help="seconds that one part may take")
    parser.add_argument("--out", type=Path, help="a file for the table")
    asked = parser.parse_args()
    wanted = {int(each) for each in asked.rows.split(",") if each} or set(ROWS)
    table = [f"{machine()}, {datetime.now(UTC):%d %B %Y}, {'a bounded share' if asked.quick else 'in full'}", ""]
    table += ["| row | what | to reach | measured | held | took |", "| --- | --- | --- | --- | --- | --- |"]
    told = []
    for part in PARTS:
        if wanted & set(part.rows):
            sys.stdout.write(f"… rows {', '.join(map(str, part.rows))}\n")
            sys.stdout.flush()
            told.append(done(part, asked.quick, asked.most))
            table += told[-1].lines()
            keep(table, told[-1].lines(), asked.out)
    rest = [f"| {row} | | | {why} | — | |" for row, why in NOT_RUN.items() if row in wanted]
    keep(table + rest, rest, asked.out)
    failed = [each for each in told if not each.held]
    sys.stdout.write(f"{len(told)} parts, {len(failed)} failed\n")
    return 1 if failed else 0


def keep(table: Iterable[str], new: Iterable[str], out: Path | None) -> None:
    """Say what is new, and keep the whole so far: a run that is cut leaves its rows."""
    sys.stdout.write("".join(f"{line}\n" for line in new))
    sys.stdout.flush()
    if out is not None:
        out.write_text("".join(f"{line}\n" for line in table), "utf-8")


def done(part: Part, quick: bool, most: int) -> Told:
    """Run one part; what it printed that is a figure, and whether it held."""
    began = time.monotonic()
    try:
        ran = subprocess.run(
            [sys.executable, *part.words(quick)], cwd=ROOT, timeout=most, check=False, capture_output=True, text=True
        )
    except subprocess.TimeoutExpired as late:
        so_far = late.stdout.decode("utf-8", "replace") if isinstance(late.stdout, bytes) else late.stdout or ""
        figure = f"not ended after {most} s; until then: {figure_in(so_far, part.figure) or 'nothing'}"
        return Told(part, held=False, figure=figure, seconds=time.monotonic() - began)
    if ran.returncode == NO_TESTS:
        return Told(part, held=True, figure="only in full", seconds=time.monotonic() - began, tried=False)
    figure = figure_in(ran.stdout, part.figure) or f"nothing was printed, exit {ran.returncode}"
    return Told(part, ran.returncode == 0, figure, time.monotonic() - began)


def figure_in(printed: str, figure: str) -> str:
    """The lines that say something measured, as one; bars would end the table's cell."""
    found = [" ".join(line.split()) for line in printed.splitlines() if re.search(figure, line)]
    return "; ".join(found).replace("|", "/")[:MOST]


def of_row(figure: str, row: int) -> str:
    """Of figures that name their rows, those of this one; else all."""
    every = figure.split("; ")
    return "; ".join(each for each in every if each.startswith(f"row {row} ")) or figure


if __name__ == "__main__":
    sys.exit(main())
