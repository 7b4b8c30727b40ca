"""The door of a centre over a pty: how many keys a full group takes, and how long after Enter a family is in.

`python tests/bench/door_bench.py [--people 6000 --records 60000] [--json]`. The stopwatch is fifteen booked families
and two walk-ins, from Today to the last one, on the practice council's baby group; the times are a full device's.
Every key goes through the terminal into the app as anybody starts it; what was saved is read from the store afterwards.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from statistics import median

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from fieldkit.casework.finding import Finder, names_of
from fieldkit.casework.registers import BOOKED, Book, Counts, Party, expected
from fieldkit.commands.practice.baby_group import BOOKED as FAMILIES
from fieldkit.commands.practice.baby_group import hold_baby_group
from fieldkit.commands.practice.council import council
from fieldkit.config import SystemClock
from fieldkit.vault import Door, NoKeyring
from fieldkit.workspace import Workspace, create_workspace, open_workspace
from fieldkit.workspace import registers as workspace_registers
from fieldkit.workspace.views import PersonDetails
from tests.bench.app_bench import PASSPHRASE, full_device, painted, unlocked
from tests.bench.tui_bench import Terminal, at, terminal

WALK_INS = (("zofia", "a"), ("kim", "0"))
"""A name, and the key of an age."""
TO_THE_DOOR = (("r", "registers:"), ("\r", "today"), ("\r", "under fives"))
"""From Today: the centres, the centre, today's session; and what stands there then."""
MOST_KEYS = 90
ESC, ENTER = b"\x1b", b"\r"


@dataclass(frozen=True, slots=True)
class Stopwatch:
    """What came of it: keys pressed, what the store says afterwards, and how long the hands were at it."""

    keys: int
    seconds: float
    counts: Counts


def practice_device(home: Path) -> None:
    """A centre's laptop that never saw a central: the families of the baby group, its course, its bookings."""
    made = create_workspace(home, PASSPHRASE, clock=SystemClock(), door=Door("", NoKeyring()))
    made.set_pin("2468")
    made.store.set_meta("worker", json.dumps({"id": "w1", "name": "Marek Nowak", "role": "centre"}))
    families = {}
    for name in FAMILIES:
        family = council().named(name)
        families[name] = made.add_family(name)
        for person in family.people:
            made.add_person(families[name], PersonDetails(**dict(person)))
    hold_baby_group(made, families, date.today())  # noqa: DTZ011 - the app's today
    made.close()


@contextmanager
def opened(home: Path) -> Iterator[Workspace]:
    """The device, while nobody else has it."""
    held = open_workspace(home, PASSPHRASE, clock=SystemClock(), door=Door("", NoKeyring()))
    try:
        yield held
    finally:
        held.close()


def todays(held: Workspace) -> workspace_registers.Door:
    """The register of today's session."""
    today = date.today()  # noqa: DTZ011 - the app's today
    return held.door(next(row.id for row in held.sessions() if row.on == today))


def letters_for(finder: Finder, party: Party, book: Book) -> str:
    """The fewest letters, two at least, of somebody's name by which this family is the first that is shown."""
    names = [name for each in party.people for name in names_of(each) if name.isascii() and len(name) > 1]
    for length in range(2, 12):
        for typed in (name[:length] for name in names if len(name) >= length):
            shown = finder.found(typed, book)
            if shown and shown[0].people == party.people:
                return typed
    raise LookupError("no letters for a family")


def planned(home: Path) -> list[tuple[str, int]]:
    """What is typed for each booked family, one after the other; and how many of it come."""
    with opened(home) as held:
        door = todays(held)
        finder = Finder(door.attenders)
        booked = [each for each in expected(door.attenders, door.book) if each.why == BOOKED]
        return [(letters_for(finder, each, door.book), len(each.ticked)) for each in booked]


def stopwatch(home: Path) -> Stopwatch:
    """Fifteen families and two walk-ins, key by key, from Today; every key is counted."""
    families, pressed, came = planned(home), 0, 0
    with terminal((sys.executable, "-m", "fieldkit"), home) as screen:
        unlocked(screen)
        began = time.perf_counter()
        pressed += sum(_pressed(screen, key, until) for key, until in TO_THE_DOOR)
        for typed, many in families:
            came += many
            pressed += _pressed(screen, typed + "\r", f"{came} of ")
        for name, age in WALK_INS:
            came += 1
            pressed += _pressed(screen, f"{name}\r", "How old?")
            pressed += _pressed(screen, age, f"{came} of ")
        seconds = time.perf_counter() - began
    with opened(home) as held:
        return Stopwatch(pressed, seconds, todays(held).counts)


def _pressed(screen: Terminal, keys: str, until: str) -> int:
    for key in keys:
        os.write(screen.end, key.encode())
        time.sleep(0.03)  # as fast as hands are, not as fast as a paste
    screen.until(until, 30)
    screen.settle(0.1)
    return len(keys)


def marks(home: Path, families: Sequence[tuple[str, int]]) -> dict[str, float]:
    """Milliseconds from a letter to its paint, and from Enter until the family is counted as here."""
    letters: list[float] = []
    marked: list[float] = []
    came = 0
    with terminal((sys.executable, "-m", "fieldkit"), home) as screen:
        unlocked(screen)
        for key, until in TO_THE_DOOR:
            _pressed(screen, key, until)
        for typed, many in families:
            letters += [painted(screen, letter.encode()) for letter in typed]
            came, began = came + many, time.perf_counter()
            os.write(screen.end, ENTER)
            marked.append((screen.until(f"{came} of ", 30) - began) * 1000)
            screen.settle(0.2)
    told = {"letter_p50_ms": median(letters), "letter_p99_ms": at(letters, 0.99)}
    return told | {"mark_p50_ms": median(marked), "mark_p99_ms": at(marked, 0.99)}


def main() -> None:
    """Count, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=6_000)
    parser.add_argument("--records", type=int, default=60_000)
    parser.add_argument("--json", action="store_true")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="fieldkit-door-") as folder:
        small, large = Path(folder) / "small", Path(folder) / "large"
        practice_device(small)
        told = stopwatch(small)
        full_device(large, chosen.people, chosen.records)
        figures: dict[str, float] = {"keys": told.keys, "came": told.counts.came, "walk_ins": told.counts.walk_ins}
        figures |= {name: round(value, 1) for name, value in marks(large, planned(large)).items()}
    if chosen.json:
        print(json.dumps(figures))
        return
    print("\n".join(f"{name:<16} {value:>8}" for name, value in figures.items()))


if __name__ == "__main__":
    main()
