"""How fast the encrypted store saves, opens a family and finds a name: `python tests/bench/store_bench.py --people N`.

6,000 people are a full device, 60,000 the stress case. The people are made up from a seed.
"""

from __future__ import annotations

import argparse
import json
import random
import secrets
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import sqlcipher3.dbapi2 as sqlcipher

from fieldkit.config import SystemClock
from fieldkit.store.database import PAGE_SIZE, SETTINGS, Connection
from fieldkit.store.drafts import Draft, Typed
from fieldkit.store.records import Base
from fieldkit.store.store import Store
from fieldkit.store.writer import Writer
from sync.changes import Change, state_text

PEOPLE_A_FAMILY = 4
NOTES_A_FAMILY = 2
STARTS = [
    "Bar",
    "Bren",
    "Cal",
    "Dar",
    "El",
    "Far",
    "Gor",
    "Hal",
    "Ib",
    "Jas",
    "Kow",
    "Lan",
    "Mac",
    "Nov",
    "O'Br",
    "Pat",
    "Qur",
    "Ros",
    "Sin",
    "Tan",
    "Ul",
    "Vas",
    "Wil",
    "Yil",
    "Zół",
]
MIDDLES = ["an", "em", "ik", "ol", "ug", "ash", "eth", "ind", "orr", "yl"]
ENDS = [
    "ah",
    "by",
    "dale",
    "eska",
    "ford",
    "ham",
    "ien",
    "kowski",
    "ley",
    "more",
    "nan",
    "ova",
    "s",
    "son",
    "ton",
    "wska",
]
GIVEN = [
    "Aoife",
    "Bilal",
    "Chidi",
    "Dóra",
    "Ewa",
    "Femi",
    "Grace",
    "Hana",
    "Ivo",
    "Jude",
    "Kezia",
    "Lowri",
    "Mina",
    "Noor",
    "Órla",
    "Priya",
    "Rafa",
    "Seren",
    "Tom",
    "Zoë",
]


@dataclass(frozen=True, slots=True)
class Figures:
    """What is printed."""

    people: int
    save_p50_ms: float
    save_p99_ms: float
    open_family_p50_ms: float
    open_family_p99_ms: float
    search_p50_ms: float
    search_p99_ms: float
    journal_p50_ms: float
    journal_p99_ms: float
    fill_s: float = 0.0
    store_mb: float = 0.0


def surname(chance: random.Random) -> str:
    """A made-up surname, one in eight of them double."""
    one = chance.choice(STARTS) + chance.choice(MIDDLES) + chance.choice(ENDS)
    return f"{one}-{surname(chance)}" if chance.random() < 0.125 else one


def family(number: int, chance: random.Random) -> Iterator[Base]:
    """A family, its people and its notes as central would send them."""
    home, name = f"0{number:031x}", surname(chance)
    scope = f"family:{home}"

    def base(record: str, kind: str, state: dict[str, str]) -> Base:
        return Base(
            record, kind, scope, "", 1, secrets.token_hex(32), "w1", "d1", "2026-11-02T09:00:00", state_text(state)
        )

    yield base(home, "family", {"name": name, "postcode": f"WY{number % 97} {number % 9}AB", "status": "open"})
    for person in range(PEOPLE_A_FAMILY):
        state = {"given": chance.choice(GIVEN), "surname": name, "dob": f"20{person + 10}-03-04", "family": home}
        yield base(f"1{number:029x}{person:02x}", "person", state)
    for note in range(NOTES_A_FAMILY):
        words = " ".join(chance.choice(GIVEN) for _ in range(170))
        yield base(f"2{number:029x}{note:02x}", "visit", {"on": "2026-10-01", "what": words})


def fill(store: Store, people: int, chance: random.Random) -> list[str]:
    """Put that many people into the store, as pulls do; their surnames."""
    names = []
    families = people // PEOPLE_A_FAMILY
    for start in range(0, families, 200):
        page = [base for number in range(start, min(start + 200, families)) for base in family(number, chance)]
        store.records.rebase(page)
        names += [str(base.state["name"]) for base in page if base.kind == "family"]
    return names


def asked(names: Sequence[str], chance: random.Random) -> str:
    """What a worker types: a beginning, a whole name, two words, a slip of the finger, the middle of a name."""
    name = chance.choice(names)
    at = chance.randrange(1, max(2, len(name) - 1))
    slip = name[:at] + name[at + 1] + name[at] + name[at + 2 :] if at + 1 < len(name) else name
    whole = f"{chance.choice(GIVEN)} {name}"
    return chance.choice([name[:1], name[:2], name[:3], name[:5], name, whole, slip, name[at : at + 4]])


def timed(times: int, verb: Callable[[], object]) -> list[float]:
    """Milliseconds of each call, sorted."""
    taken = []
    for _ in range(times):
        start = time.perf_counter()
        verb()
        taken.append((time.perf_counter() - start) * 1000)
    return sorted(taken)


def save(store: Store, home: str, number: Iterator[int]) -> None:
    """File a note, as the workspace does: outbox, view and audit in one transaction."""
    patch = {"@kind": "visit", "@scope": f"family:{home}", "@form": "visit@1", "what": "Seen at home. " * 80}
    change = Change("d1", 0, f"3{next(number):031x}", "create", (0, ""), patch, {}, recorded_at=store.now())
    with store.transaction():
        store.records.redraw(store.outbox.add(change))
        store.audit.note("create", change.record)


def open_family(store: Store, home: str) -> None:
    """What a family's page reads."""
    record = store.records.get(home)
    if record is None:
        raise SystemExit("the family is gone")
    for held in store.records.of_scope(record.scope):
        store.outbox.state_of(held.id)
    store.conflicts.open()


def typing(store: Store, keys: int = 300) -> list[float]:
    """A key handed to the writer → durable in the journal, in milliseconds, sorted; a key every 20 ms."""
    now = store.now()
    store.drafts.begin(Draft("draft", "eha@1", "home", None, (0, ""), {}, now, now))
    begun: dict[int, float] = {}
    taken: list[float] = []
    writer = Writer(
        store,
        lambda _draft, revision, _at: taken.append((time.perf_counter() - begun[revision]) * 1000),
        lambda wrong: sys.exit(wrong.said),
    )
    for revision in range(1, keys + 1):
        begun[revision] = time.perf_counter()
        writer.put(Typed("draft", revision, {"f/past/happened": "He won't go in. " * 10 + "x" * revision}))
        time.sleep(0.02)
    writer.close()
    return sorted(taken)


class PlainStore(Store):
    """The same store on the same library without the cipher: what encryption costs is the difference."""

    @property
    def connection(self) -> Connection:
        """This thread's connection, not keyed, with the same settings."""
        found: Connection = getattr(self._mine, "connection", None)
        if found is None:
            found = sqlcipher.connect(str(self._path), isolation_level=None)
            found.execute(f"pragma page_size = {PAGE_SIZE}")
            for name, value in {**SETTINGS, "cache_size": -8000, "wal_autocheckpoint": 0}.items():
                found.execute(f"pragma {name} = {value}").fetchall()
            self._mine.connection = found
            self._opened.append(found)
        return found


def measure(folder: Path, people: int, kind: type[Store] = Store) -> Figures:
    """Fill a store, then save, open and search."""
    chance = random.Random(20_261_123)
    path = folder / "store.db"
    store = kind(path, secrets.token_bytes(48), SystemClock())
    start = time.perf_counter()
    names = fill(store, people, chance)
    filled = time.perf_counter() - start
    homes = [f"0{number:031x}" for number in range(len(names))]
    numbers = iter(range(1 << 30))
    saves = timed(300, lambda: save(store, chance.choice(homes), numbers))
    opens = timed(300, lambda: open_family(store, chance.choice(homes)))
    finds = timed(1_000, lambda: store.search.find(asked(names, chance)))
    keys = typing(store)
    store.whole()
    store.close()
    size = sum(file.stat().st_size for file in folder.iterdir()) / 1e6
    spread = (
        round(taken[int(len(taken) * share)], 3) for taken in (saves, opens, finds, keys) for share in (0.5, 0.99)
    )
    return replace(Figures(people, *spread), fill_s=round(filled, 2), store_mb=round(size, 1))


AIMS = {"save": 1.5, "open_family": 2.5}
"""Encrypted against plain, at most so many times."""
SEARCH_MS = 200


def compared(people: int, turns: int) -> list[tuple[str, str, bool]]:
    """Encrypted and plain in turn, the best of each; a line for each aim."""
    best: dict[type[Store], dict[str, float]] = {}
    for turn in range(2 * turns):
        kind = (Store, PlainStore)[turn % 2]
        with tempfile.TemporaryDirectory() as folder:
            told = asdict(measure(Path(folder), people, kind))
        held = best.setdefault(kind, told)
        best[kind] = {name: min(value, held[name]) for name, value in told.items()}
    sealed, plain = best[Store], best[PlainStore]
    lines = []
    for name, aim in AIMS.items():
        one, other = sealed[f"{name}_p50_ms"], plain[f"{name}_p50_ms"]
        lines.append((name, f"{one:.2f} / {other:.2f} ms = {one / other:.2f} x, aim {aim} x", one / other <= aim))
    search = sealed["search_p99_ms"]
    notes = people // PEOPLE_A_FAMILY * NOTES_A_FAMILY
    beside = f"search beside {notes:,} notes"
    return [*lines, (beside, f"p99 {search:.1f} ms, aim {SEARCH_MS} ms", search < SEARCH_MS)]


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=6_000)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--plain", type=int, metavar="TURNS", help="Compare with the same store unencrypted.")
    chosen = parser.parse_args()
    if chosen.plain:
        for name, told, well in compared(chosen.people, chosen.plain):
            print(f"{'ok  ' if well else 'MISS'}  {name:32} {told}")
        return
    with tempfile.TemporaryDirectory() as folder:
        figures = asdict(measure(Path(folder), chosen.people))
    if chosen.json:
        print(json.dumps(figures))
        return
    for name, value in figures.items():
        print(f"{name:20} {value}")


if __name__ == "__main__":
    main()
