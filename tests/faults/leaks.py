"""The figures of scorecard rows 9, 10, 11 and 16: `python tests/faults/leaks.py [--json] [--quick]`.

Every end of the real app on a real terminal, then what is left: on the disk, in memory two seconds later, on the
terminal; and the corpora of hostile text through screens and exports. `--quick` does three ends instead of all.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from tests.faults.canaries import in_memory
from tests.faults.device import copied, laptop_with_canaries
from tests.faults.endings import ENDINGS, Outcome, end_by
from tests.faults.terminal import apps_below

QUICK = ("locked with the chord", "kill -9 of the app", "a fault of the program")


def main() -> int:
    """Measure and print; 1 when any figure is not what it must be."""
    asked = argparse.ArgumentParser()
    asked.add_argument("--json", action="store_true")
    asked.add_argument("--quick", action="store_true")
    told = asked.parse_args()
    if os.geteuid() != 0:
        sys.stderr.write("Run it as root: nobody else may read fieldkit's memory.\n")
        return 2
    with tempfile.TemporaryDirectory() as folder:
        figures = measured(Path(folder), QUICK if told.quick else tuple(ENDINGS))
    print(json.dumps(figures, indent=None if told.json else 1) if told.json else as_table(figures))
    return 0 if figures["faults"] == [] else 1


def measured(folder: Path, names: tuple[str, ...]) -> dict[str, Any]:
    """All figures."""
    made = laptop_with_canaries(folder / "made")
    outcomes = [end_by(name, copied(made, folder / str(number))) for number, name in enumerate(names)]
    return {
        "machine": f"{os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}",
        "forms searched": len(made.canaries.forms()),
        "ends": {each.name: _row(each) for each in outcomes},
        "row 9 finds on disk": sum(len(each.files) for each in outcomes),
        "row 10 finds in memory 2 s after": sum(len(each.memory) for each in outcomes),
        "row 11 finds in the scrollback": sum(len(each.scrollback) for each in outcomes),
        "row 11 terminals not brought back": sum(bool(each.terminal) for each in outcomes),
        "row 16 slowest lock, seconds": round(max(each.seconds for each in outcomes), 2),
        "notes lost": sum(not each.note_kept for each in outcomes),
        "in memory while open": while_open(folder, made),
        "faults": [f"{each.name}: {fault}" for each in outcomes for fault in each.faults],
    }


def _row(outcome: Outcome) -> dict[str, Any]:
    return {
        "seconds": round(outcome.seconds, 2),
        "processes searched": outcome.processes_searched,
        "faults": len(outcome.faults),
    }


def while_open(folder: Path, made: Any) -> dict[str, list[str]]:
    """What Python keeps while the app is unlocked, 2 s and half a minute after the door: the honest side of row 10."""
    laptop = copied(made, folder / "open")
    found = {}
    with laptop.on_a_terminal() as terminal:
        laptop.unlock(terminal)
        app = apps_below(terminal.process.pid)[0]
        for seconds in (2, 30):
            until = time.monotonic() + seconds
            while time.monotonic() < until:
                terminal.read(0.2)
            found[f"{seconds} s"] = in_memory(laptop.canaries, app)
    return found


def as_table(figures: dict[str, Any]) -> str:
    """The figures as lines."""
    lines = [f"{name:<40} {value}" for name, value in figures.items() if name != "ends"]
    ends = [f"  {name:<38} {row}" for name, row in figures["ends"].items()]
    return "\n".join([*lines, "ends:", *ends])


if __name__ == "__main__":
    sys.exit(main())
