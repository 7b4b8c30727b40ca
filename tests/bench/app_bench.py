"""How fast lists, search, family pages and the door answer on a full device, over a pty; and memory over time.

`python tests/bench/app_bench.py [--people 6000 --records 60000] [--minutes 60] [--json]`; the stress store is
`--people 60000 --records 200000`. The device is made up from a seed and never saw a central. "Painted" is when three
quarters of what a key paints have come, as in tui_bench; a search is painted when its results are.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import secrets
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from pathlib import Path
from statistics import median

import psutil

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from fieldkit import vault
from fieldkit.config import SystemClock
from fieldkit.store.records import Base
from fieldkit.vault import Door, NoKeyring
from fieldkit.workspace import Workspace, create_workspace
from fieldkit.workspace.registers import Plan
from sync.changes import state_text
from tests.bench.store_bench import PEOPLE_A_FAMILY, asked, family
from tests.bench.tui_bench import QUIET, Terminal, at, terminal

PASSPHRASE = "a kettle on before breakfast"
AT_THE_DOOR = 60
ESC, DOWN, ENTER = b"\x1b", b"\x1b[B", b"\r"


def full_device(home: Path, people: int, records: int) -> list[str]:
    """A device with so many people and records, a centre and a session of today; the surnames."""
    made = create_workspace(home, PASSPHRASE, clock=SystemClock(), door=Door("", NoKeyring()))
    made.set_pin("2468")
    made.store.set_meta("worker", json.dumps({"id": "w1", "name": "Asha Patel", "role": "centre"}))
    names = _filled(made, people, records)
    centre = made.add_centre("Arbury")
    (session,) = made.plan_session(centre, Plan("Baby group", date.today(), "13:30"))  # noqa: DTZ011 - the app's today
    people_there = [f"1{number:029x}{person:02x}" for number in range(AT_THE_DOOR // 2) for person in range(2)]
    made.attend(session, people_there, "booked")
    made.close()
    return names


def _filled(made: Workspace, people: int, records: int) -> list[str]:
    chance, names, families = random.Random(20_261_123), [], people // PEOPLE_A_FAMILY
    notes = max((records - people - families) // families - 2, 0)
    for start in range(0, families, 200):
        page = []
        for number in range(start, min(start + 200, families)):
            page += [*family(number, chance), *_notes(number, notes)]
        made.store.records.rebase(page)
        names += [str(base.state["name"]) for base in page if base.kind == "family"]
    return names


def _notes(number: int, count: int) -> Iterator[Base]:
    scope, words = f"family:0{number:031x}", {"on": "2026-09-01", "purpose": "words " * 60}
    for note in range(count):
        record = f"3{number:027x}{note:04x}"
        told = (1, secrets.token_hex(32), "w1", "d1", "2026-09-02T09:00:00", state_text(words))
        yield Base(record, "visit", scope, "", *told)


def painted(screen: Terminal, key: bytes) -> float:
    """Milliseconds from a key until three quarters of all that it paints have come."""
    began, came, wait = time.perf_counter(), list[tuple[float, int]](), 2.0
    os.write(screen.end, key)
    while more := screen.read(wait):
        came.append((time.perf_counter(), len(more)))
        wait = QUIET * 2
    enough, so_far = 0.75 * sum(size for _, size in came), 0
    for moment, size in came:
        so_far += size
        if so_far >= enough:
            return (moment - began) * 1000
    return 0.0


def unlocked(screen: Terminal) -> float:
    """Milliseconds from Enter to Today."""
    screen.until("Enter opens")
    screen.settle()
    os.write(screen.end, PASSPHRASE.encode())
    screen.settle()
    began = time.perf_counter()
    os.write(screen.end, ENTER)
    screen.until("Today, ", 120)
    shown = (time.perf_counter() - began) * 1000
    screen.settle()
    return shown


def searches(screen: Terminal, names: Sequence[str], times: int) -> list[float]:
    """Typing into the search of families, letter by letter: each until its results stand there."""
    chance, taken = random.Random(7), []
    painted(screen, b"/")
    for _ in range(times):
        for letter in asked(names, chance)[:6]:
            taken.append(painted(screen, letter.encode()))
        os.write(screen.end, b"\x15\x7f" * 1)
        for _ in range(8):
            os.write(screen.end, b"\x7f")
        screen.settle(QUIET)
    return taken


def lists(screen: Terminal, times: int) -> list[float]:
    """Walking down a list, key by key."""
    screen.settle()
    painted(screen, DOWN)
    return [painted(screen, DOWN) for _ in range(times)]


def pages(screen: Terminal, times: int) -> list[float]:
    """From the list into a family and back."""
    taken = []
    for _ in range(times):
        taken += [painted(screen, ENTER), painted(screen, ESC)]
        painted(screen, DOWN)
    return taken


def door(screen: Terminal, names: Sequence[str], times: int) -> list[float]:
    """Letters of a family and Enter; only the Enter is counted."""
    for key in (ESC, ESC, ESC, b"r", ENTER, ENTER):
        painted(screen, key)
    taken = []
    for name in names[:times]:
        for letter in name[:5]:
            os.write(screen.end, letter.encode())
        screen.settle(QUIET)
        taken.append(painted(screen, ENTER))
    painted(screen, ESC)
    return taken


def hours(screen: Terminal, app: psutil.Process, minutes: float, work: Sequence[Callable[[], object]]) -> list[float]:
    """MiB of the app while it is used by script, after each round."""
    until, held = time.monotonic() + minutes * 60, [app.memory_info().rss / 2**20]
    while time.monotonic() < until:
        for each in work:
            each()
        held.append(app.memory_info().rss / 2**20)
    return held


def measure(home: Path, names: Sequence[str], times: int, minutes: float) -> dict[str, float]:
    """Every figure, on a device that is there."""
    with terminal((sys.executable, "-m", "fieldkit"), home) as screen:
        today = unlocked(screen)
        app = next(each for each in psutil.Process(screen.process.pid).children(recursive=True))
        memory = app.memory_info().rss / 2**20
        found = searches(screen, names, times)
        walked = lists(screen, times * 4)
        opened = pages(screen, times)
        marked = door(screen, names, min(times, AT_THE_DOOR // 2))
        painted(screen, ESC)
        painted(screen, ESC)
        work = (
            lambda: searches(screen, names, 3),
            lambda: lists(screen, 10),
            lambda: pages(screen, 5),
            lambda: [painted(screen, ESC) for _ in range(3)],
        )
        held = hours(screen, app, minutes, work) if minutes else [memory]
    told = {"today_ms": today}
    for name, taken in (("search", found), ("list", walked), ("page", opened), ("mark", marked)):
        told |= {f"{name}_p50_ms": median(taken), f"{name}_p99_ms": at(taken, 0.99)}
    settled = held[min(len(held) // 4, len(held) - 1)]
    growth = (held[-1] / settled - 1) * 100
    return told | {"memory_mib": memory, "memory_after_mib": held[-1], "growth_percent": growth, "rounds": len(held)}


def main() -> None:
    """Make the device, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=6_000)
    parser.add_argument("--records", type=int, default=60_000)
    parser.add_argument("--times", type=int, default=25)
    parser.add_argument("--minutes", type=float, default=0.0)
    parser.add_argument("--json", action="store_true")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="fieldkit-app-") as folder:
        home = Path(folder) / "home"
        names = full_device(home, chosen.people, chosen.records)
        figures = {name: round(value, 1) for name, value in measure(home, names, chosen.times, chosen.minutes).items()}
        figures["store_mb"] = round((home / vault.STORE_FILE).stat().st_size / 1e6, 1)
    if chosen.json:
        print(json.dumps(figures))
        return
    print("\n".join(f"{name:<20} {value:>9}" for name, value in figures.items()))


if __name__ == "__main__":
    main()
