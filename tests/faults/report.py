"""The scorecard of a lost laptop in one command: `python -m tests.faults.report [--quick]`.

Each part is a command or a set of tests of its own, run one after another, with the scorecard's rows that it is for and
what it printed. `--quick` takes a bounded share of every part; the whole takes hours on two slow cores. Exit 1 when a
part failed; one that did not end in its time is told as such.
"""

from __future__ import annotations

import argparse
import platform
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
LONGEST = 4 * 3_600
TESTS = ("-m", "pytest", "-q", "-p", "no:cacheprovider", "-rP")


@dataclass(frozen=True, slots=True)
class Part:
    """One command and the rows it is for."""

    rows: str
    what: str
    command: tuple[str, ...]
    quick: tuple[str, ...] = ()
    """What is added, or put in its place, for the bounded share."""


FAULTS = ("--points", "12", "--errors", "1", "--states", "60", "--damages", "10", "--fills", "3", "--migrations", "10")
PARTS = (
    Part("1-5, 7, 37", "kills, errors, power cuts, full disk, damage, migrations", ("-m", "tests.faults.run"), FAULTS),
    Part("6", "read-only, no inodes, another owner", (*TESTS, "tests/faults/test_disks.py")),
    Part("8, 44", "an older copy, the lease", (*TESTS, "tests/trips/test_keys.py")),
    Part("9-11, 16", "disk, memory, terminal after every end", ("tests/faults/leaks.py",), ("--quick",)),
    Part("12-14", "unlock, passphrase, recovery, people", ("tests/bench/keys_bench.py", "3")),
    Part("15", "key files that were weakened, or ask for too much", (*TESTS, "tests/fieldkit/vault/test_key_file.py")),
    Part("17", "settings asserted at start", (*TESTS, "tests/fieldkit/store/test_durable.py")),
    Part("18", "what encryption costs", ("tests/bench/store_bench.py", "--plain", "20000"), ("2000",)),
    Part(
        "19, 20, 22, 24",
        "hostile text, names, sizes, files",
        (*TESTS, "-m", "long or not long", "tests/fieldkit/tui/test_hostile.py"),
    ),
    Part("43, 50", "revoked, shredded, breach-report", (*TESTS, "tests/trips/test_lost_laptop.py")),
    Part("45, 46", "audit chain, evidence", ("tests/bench/evidence_bench.py",)),
    Part("46", "every byte of a bundle", (*TESTS, "tests/packaging/test_verify_evidence.py")),
    Part("47", "a withdrawal while a share is queued", (*TESTS, "tests/trips/test_sharing.py")),
    Part("51", "an erased child", (*TESTS, "tests/sync/server/test_erasing.py")),
    Part(
        "53",
        "all that a day's processes say aloud",
        (*TESTS, "-m", "long or not long", "tests/faults/test_said_aloud.py"),
    ),
    Part("55", "soak", ("packaging/papers/soak.py", "--hours", "8"), ("0.02",)),
)
NOT_HERE = {
    "21": "the round trip of texts is among the quick tests; not every pair was counted",
    "23": "tests/fieldkit/exports/test_tables.py: CSV and HTML; there is no XLSX and no PDF of records",
    "36": "tests/trips/test_evidence.py",
    "52": "a second instance: tests/fieldkit/commands",
    "54": "not run: packaging/papers/not_run.md",
}


def main() -> int:
    """Run all parts and print what each said; 1 when any failed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a bounded share of every part")
    parser.add_argument("--rows", default="", help="only the parts whose rows begin with this")
    chosen = parser.parse_args()
    sys.stdout.write(f"{platform.platform()} {platform.machine()}, Python {platform.python_version()}\n")
    failed = [each.rows for each in PARTS if each.rows.startswith(chosen.rows) and not done(each, chosen.quick)]
    sys.stdout.write("".join(f"rows {rows}: {why}\n" for rows, why in NOT_HERE.items()))
    sys.stdout.write(f"failed: {'; '.join(failed) or 'none'}\n")
    return 1 if failed else 0


def done(part: Part, quick: bool) -> bool:
    """Run one part; whether it held."""
    command, began = [sys.executable, *part.command], time.monotonic()
    if quick and part.quick:
        command = [*command, *part.quick] if part.quick[0].startswith("-") else [*command[:-1], *part.quick]
    sys.stdout.write(f"\n== rows {part.rows}: {part.what}\n")
    sys.stdout.flush()
    try:
        code = subprocess.run(command, cwd=ROOT, timeout=LONGEST, check=False).returncode
    except subprocess.TimeoutExpired:
        code = -1
    held = code == 0
    sys.stdout.write(f"-- {'held' if held else f'FAILED (exit {code})'} after {time.monotonic() - began:.0f} s\n")
    return held


if __name__ == "__main__":
    sys.exit(main())
