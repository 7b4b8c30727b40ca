"""How long proof takes: `python tests/bench/evidence_bench.py [--entries N] [--bundles N] [--json]`.

100,000 entries of the audit chain is a device that was used for years; scorecard row 45 asks for less than 5 s.
"""

from __future__ import annotations

import argparse
import json
import platform
import runpy
import secrets
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from fieldkit.casework import evidence
from fieldkit.config import SystemClock
from fieldkit.store.audit import HEAD, Anchor, Entry, link
from fieldkit.store.store import Store
from sync.changes import START
from tests.packaging.bundles import bundle

VERIFIER = runpy.run_path(str(ROOT / "packaging" / "verify_evidence.py"))


@dataclass(frozen=True)
class Figures:
    """Seconds and milliseconds, by the wall."""

    machine: str
    entries: int
    chain_verified_s: float
    chain_cpu_s: float
    """The same by the processor's own clock: on a busy machine the wall tells of the others."""
    chain_with_heads_s: float
    """Against a countersigned head at every 50th entry."""
    chain_shown_s: float
    broken_entry_named: int
    note_ms: float
    """One entry, in a transaction of its own."""
    bundles: int
    bundle_bytes: int
    seal_ms: float
    check_on_device_ms: float
    check_by_the_script_ms: float


def filled(store: Store, many: int) -> None:
    """A chain as `note` writes it, in one transaction."""
    before, at = START, store.now()
    with store.transaction() as connection:
        for number in range(1, many + 1):
            bare = Entry(number, at, "set", f"{number:032x}", before, "", secrets.token_hex(16))
            made = link(bare)
            connection.execute(
                "insert into audit (number, at, what, about, prev_hash, hash, salt) values (?, ?, ?, ?, ?, ?, ?)",
                (number, at, bare.what, bare.about, before, made, bare.salt),
            )
            before = made
            if number % 50 == 0:
                store.audit.keep_anchor(Anchor(number, made, at, "00"))
        store.set_meta(HEAD, f"{many} {before}")


def seconds(run: Callable[[], object]) -> float:
    """How long it took."""
    start = time.perf_counter()
    run()
    return time.perf_counter() - start


def measure(folder: Path, entries: int, bundles: int) -> Figures:
    """Fill a chain, verify it, break it; seal bundles and check them both ways."""
    store = Store(folder / "store.db", secrets.token_bytes(48), SystemClock())
    filled(store, entries)
    note = seconds(lambda: [store.audit.note("set", "0" * 32) for _ in range(200)]) / 200
    assert store.audit.fault() is None
    assert store.audit.broken_anchor() is None
    began = time.process_time()
    chain = seconds(store.audit.fault)
    cpu = time.process_time() - began
    heads = seconds(store.audit.broken_anchor)
    shown = seconds(lambda: sum(1 for _ in store.audit.shown()))
    with store.transaction() as connection:
        connection.execute("update audit set about = 'another' where number = ?", (entries - 1,))
    broken = store.audit.broken_at() or 0
    store.close()
    made: list[str] = []
    sealing = seconds(lambda: made.extend(bundle("drawn") for _ in range(bundles)))
    device = seconds(lambda: [evidence.is_whole(each) for each in made])
    script = seconds(lambda: [VERIFIER["check_bundle"](each.encode()) for each in made])
    each = tuple(round(1e3 * took / bundles, 3) for took in (sealing, device, script))
    times = (round(chain, 2), round(cpu, 2), round(chain + heads, 2), round(shown, 2), broken, round(1e3 * note, 3))
    return Figures(platform.platform(), entries, *times, bundles, len(made[0].encode()), *each)


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--entries", type=int, default=100_000)
    parser.add_argument("--bundles", type=int, default=1_000)
    parser.add_argument("--json", action="store_true")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        figures = asdict(measure(Path(folder), chosen.entries, chosen.bundles))
    if chosen.json:
        print(json.dumps(figures))
        return
    for name, value in figures.items():
        print(f"{name:24} {value}")


if __name__ == "__main__":
    main()
