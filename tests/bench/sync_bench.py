"""Sync measured: 10,000 notes up and down, nothing to do, edits, conflicts. Real central, real encrypted stores.

    python tests/bench/sync_bench.py [--notes FILE.ndjson] [--count N] [--json]

`FILE.ndjson` has one JSON object a line; its text is what is sent. Central and each device are processes of their own,
so that seconds, CPU seconds and peak memory are theirs alone. Central's CPU counts its PostgreSQL too.
"""

from __future__ import annotations

import argparse
import json
import platform
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

import psutil

from fieldkit.commands.practice.site import PracticeCentral
from fieldkit.config import QUICK_KDF, SystemClock
from fieldkit.workspace import Workspace, create_workspace
from sync.changes import Value

BATCH = 500
EDITS = 100
NOTE = "c/facts/arrival"
OTHER = "d/done/work"
THIRD = "e/meaning/analysis"


def main() -> None:
    """Measure and print."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--notes", type=Path)
    options.add_argument("--count", type=int, default=10_000)
    options.add_argument("--json", action="store_true")
    options.add_argument("--device", nargs=2, help=argparse.SUPPRESS)
    told = options.parse_args()
    if told.device:
        Device(Path(told.device[0]), told.device[1]).serve()
        return
    figures = measure(list(texts(told.notes, told.count)))
    if told.json:
        print(json.dumps(figures))
        return
    print(f"{platform.system()} {platform.machine()}, {psutil.cpu_count()} cores, Python {platform.python_version()}")
    for name, figure in figures.items():
        print(f"{name:20} {figure}")


def texts(file: Path | None, count: int) -> Iterator[str]:
    """The notes: of the file, else a seeded corpus of 1.2 KB each."""
    if file is not None:
        for line in file.read_text("utf-8").splitlines():
            raw = json.loads(line)
            yield str(raw.get("text") or raw.get("note") or json.dumps(raw, ensure_ascii=False))
        return
    dice = random.Random(20261123)
    words = [
        "".join(dice.choice("abcdefghijklmnopqrstuvwyz") for _ in range(dice.randrange(2, 10))) for _ in range(4_000)
    ]
    weights = [1 / (rank + 2) for rank in range(len(words))]
    for _ in range(count):
        yield " ".join(dice.choices(words, weights, k=200))[:1_200]


def measure(notes: list[str]) -> dict[str, Any]:
    """The whole run against one central and two devices."""
    with tempfile.TemporaryDirectory(prefix="fieldkit-bench-") as folder:
        central = PracticeCentral(Path(folder) / "central")
        central.ask("init")
        central.start()
        try:
            return _measured(central, Path(folder), notes)
        finally:
            central.stop()


def _measured(central: PracticeCentral, folder: Path, notes: list[str]) -> dict[str, Any]:
    corpus = folder / "corpus.json"
    corpus.write_text(json.dumps(notes), "utf-8")
    first, second = Remote(folder, "first"), Remote(folder, "second")
    meter = Meter(central)
    for device, name in ((first, "Asha Patel"), (second, "Marek Nowak")):
        code = central.ask("code", "--worker", name, "--role", "worker")["code"]
        device.ask("enrol", central.url, code)
    family = first.ask("write", str(corpus)).result
    push = meter.around(lambda: first.ask("sync"))
    central.ask("grant", "Marek Nowak", f"family:{family}")
    pull = meter.around(lambda: second.ask("sync"))
    noop = sorted(first.ask("sync").wall for _ in range(21))[10]
    noop_requests = first.ask("sync").result["requests"]
    first.ask("edit", "0", "edited")
    edits_push, edits_pull = first.ask("sync"), second.ask("sync")
    bare = _bare(notes)
    figures = {
        "push_s": round(push.reply.wall, 3),
        "pull_s": round(pull.reply.wall, 3),
        "push_cpu_s": round(push.reply.cpu + push.central_cpu, 3),
        "pull_cpu_s": round(pull.reply.cpu + pull.central_cpu, 3),
        "bytes_up": push.reply.result["bytes_up"],
        "bytes_down": pull.reply.result["bytes_down"],
        "noop_ms": round(noop * 1000, 2),
        "noop_requests": noop_requests,
        "edits_push_ms": round(edits_push.wall * 1000, 1),
        "edits_pull_ms": round(edits_pull.wall * 1000, 1),
        "bytes_up_ratio": round(push.reply.result["bytes_up"] / bare, 3),
        "bytes_down_ratio": round(pull.reply.result["bytes_down"] / bare, 3),
    }
    figures |= _conflicts(first, second)
    figures["device_peak_mb"] = round(max(first.ask("peak").result, second.ask("peak").result), 1)
    figures["central_peak_mb"] = round(meter.peak(), 1)
    for device in (first, second):
        device.close()
    return figures


def _conflicts(first: Remote, second: Remote) -> dict[str, int]:
    """100 conflicting edits of one field, and 100 pairs of edits of different fields of one record."""
    first.ask("edit", "200", "mine", OTHER)
    second.ask("edit", "200", "theirs", OTHER)
    first.ask("edit", "400", "one field", OTHER)
    second.ask("edit", "400", "another field", THIRD)
    for device in (first, second, first):
        device.ask("sync")
    listed = second.ask("conflicts").result
    both = [first.ask("look").result, second.ask("look").result]
    return {
        "conflicts_listed": listed,
        "values_findable": min(look["values"] for look in both),
        "disjoint_kept": min(look["disjoint"] for look in both),
    }


def _bare(notes: list[str]) -> int:
    if sys.version_info >= (3, 14):
        from compression import zstd
    else:
        from backports import zstd
    parts = ("\n".join(notes[at : at + BATCH]).encode() for at in range(0, len(notes), BATCH))
    return sum(len(zstd.compress(part, 3)) for part in parts)


@dataclass(frozen=True, slots=True)
class Reply:
    """What a device measured of one verb."""

    wall: float
    cpu: float
    result: Any


class Remote:
    """A device in a process of its own."""

    def __init__(self, folder: Path, name: str) -> None:
        command = [sys.executable, __file__, "--device", str(folder / name), name]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def ask(self, verb: str, *words: str) -> Reply:
        """Let the device do something; its own figures."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(json.dumps([verb, *words]) + "\n")
        self.process.stdin.flush()
        return Reply(**json.loads(self.process.stdout.readline()))

    def close(self) -> None:
        """End the process."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.close()
        self.process.wait(30)
        self.process.stdout.close()


@dataclass(frozen=True, slots=True)
class Metered:
    """A device's reply, and what central spent on it."""

    reply: Reply
    central_cpu: float


class Meter:
    """Central's processes: the server and its PostgreSQL."""

    def __init__(self, central: PracticeCentral) -> None:
        assert central.process is not None
        self.server = psutil.Process(central.process.pid)
        self.data = central.data

    def around(self, work: Any) -> Metered:
        """Do it, and count central's CPU seconds meanwhile."""
        before = self._cpu()
        reply = work()
        return Metered(reply, self._cpu() - before)

    def _cpu(self) -> float:
        return sum(times.user + times.system for times in (each.cpu_times() for each in self._all()))

    def _all(self) -> list[psutil.Process]:
        pid = int((self.data / "postgres" / "postmaster.pid").read_text("ascii").split("\n", 1)[0])
        postmaster = psutil.Process(pid)
        return [self.server, postmaster, *postmaster.children(recursive=True)]

    def peak(self) -> float:
        """The server's peak memory in MB (its PostgreSQL apart)."""
        status = Path(f"/proc/{self.server.pid}/status")
        if not status.exists():
            return float(self.server.memory_info().rss) / 1e6
        line = next(line for line in status.read_text("ascii").splitlines() if line.startswith("VmHWM"))
        return int(line.split()[1]) / 1000


class Device:
    """The device's side: one verb a line on standard input, its figures on standard output."""

    def __init__(self, home: Path, name: str) -> None:
        self.name = name
        self.workspace: Workspace = create_workspace(home, "a bench passphrase", clock=SystemClock(), kdf=QUICK_KDF)

    def serve(self) -> None:
        """Answer until standard input ends."""
        for line in sys.stdin:
            verb, *words = json.loads(line)
            wall, cpu = time.perf_counter(), time.process_time()
            result = getattr(self, verb)(*words)
            spent = {"wall": time.perf_counter() - wall, "cpu": time.process_time() - cpu}
            print(json.dumps({**spent, "result": result}), flush=True)
        self.workspace.close()

    def enrol(self, url: str, code: str) -> None:
        """Make the device known."""
        self.workspace.enrol(url, code, self.name)

    def write(self, corpus: str) -> str:
        """Write the notes; not part of any figure."""
        family = self.workspace.add_family("Bench")
        with self.workspace.store.transaction():
            for text in json.loads(Path(corpus).read_text("utf-8")):
                self.workspace.create("visit", f"family:{family}", {NOTE: text}, "visit@2026.1")
        return family

    def sync(self) -> dict[str, int]:
        """One sync."""
        done = self.workspace.sync()
        return {"bytes_up": done.bytes_up, "bytes_down": done.bytes_down, "requests": done.requests}

    def edit(self, start: str, words: str, path: str = OTHER) -> None:
        """Edit 100 notes from a place on."""
        held = self.workspace.records_of("visit")[int(start) : int(start) + EDITS]
        with self.workspace.store.transaction():
            for number, record in enumerate(held):
                patch: dict[str, Value] = {path: f"{words} {number}"}
                self.workspace.change(record, patch)

    def conflicts(self) -> int:
        """How many are listed."""
        return len(self.workspace.conflicts())

    def look(self) -> dict[str, int]:
        """How many of the 200 values can be found, and how many pairs of different fields were both kept."""
        states = [*self.workspace.records_of("visit"), *self.workspace.records_of("conflict")]
        said = {value for record in states for value in record.state.values() if isinstance(value, str)}
        wanted = [f"{words} {number}" for words in ("mine", "theirs") for number in range(EDITS)]
        pairs = self.workspace.records_of("visit")[400 : 400 + EDITS]
        kept = [bool(record.state.get(OTHER)) and bool(record.state.get(THIRD)) for record in pairs]
        return {"values": sum(value in said for value in wanted), "disjoint": sum(kept)}

    def peak(self) -> float:
        """This process's peak memory in MB."""
        return float(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss) / 1000


if __name__ == "__main__":
    main()
