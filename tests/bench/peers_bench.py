"""fieldkit's sync and Anki's over the same notes, one after the other on the same machine.

    python tests/bench/peers_bench.py --anki PYTHON [--count N] [--json]

`PYTHON` is an interpreter that has the package `anki` (a virtual environment of its own: it is no part of fieldkit).
Anki keeps its collections and its server's in plain files, authorises nobody within one account and keeps no history;
fieldkit encrypts the device, authorises each record and chains every change. Seconds and CPU seconds of both ends.
"""

from __future__ import annotations

import argparse
import json
import os
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import psutil

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parents[1]))

from tests.bench import sync_bench
from tests.bench.sync_bench import Reply


def main() -> None:
    """Measure both and print them beside each other."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--anki", required=True, help="a Python that has the package anki")
    options.add_argument("--count", type=int, default=10_000)
    options.add_argument("--json", action="store_true")
    told = options.parse_args()
    notes = list(sync_bench.texts(None, told.count))
    figures = {"anki": anki(told.anki, notes), "fieldkit": ours(notes)}
    if told.json:
        print(json.dumps(figures))
        return
    print(f"{'':16}{'anki':>10}{'fieldkit':>10}")
    for name, figure in figures["anki"].items():
        print(f"{name:16}{figure:>10}{figures['fieldkit'][name]:>10}")


def ours(notes: list[str]) -> dict[str, Any]:
    """fieldkit's figures under the names used here."""
    found = sync_bench.measure(notes)
    names = ("push_s", "push_cpu_s", "pull_s", "pull_cpu_s", "noop_ms", "edits_push_ms", "edits_pull_ms")
    return {name: found[name] for name in names} | {
        "both_findable": found["values_findable"],
        "disjoint_kept": found["disjoint_kept"],
    }


def anki(python: str, notes: list[str]) -> dict[str, Any]:
    """Anki's sync server and two collections."""
    with tempfile.TemporaryDirectory(prefix="fieldkit-peers-") as folder, socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
        free.close()
        settings = {"SYNC_USER1": "asha:practice", "SYNC_HOST": "127.0.0.1", "SYNC_PORT": str(port)}
        server = subprocess.Popen(
            [python, "-m", "anki.syncserver"],
            env={**os.environ, **settings, "SYNC_BASE": f"{folder}/server", "RUST_LOG": "error"},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            _wait_for(port)
            return _of(python, Path(folder), port, psutil.Process(server.pid), notes)
        finally:
            server.kill()
            server.wait()


def _of(python: str, folder: Path, port: int, server: psutil.Process, notes: list[str]) -> dict[str, Any]:
    corpus = folder / "corpus.json"
    corpus.write_text(json.dumps(notes), "utf-8")
    first, second = (_Collection(python, folder / f"{name}.anki2", port) for name in ("first", "second"))
    first.ask("begin", "up")
    second.ask("begin", "down")
    first.ask("write", str(corpus))
    push, pushed = _around(server, first)
    pull, pulled = _around(server, second)
    nothing = sorted(first.ask("sync").wall for _ in range(21))[10]
    first.ask("edit", "0", "edited")
    edits_push, edits_pull = first.ask("sync"), second.ask("sync")
    figures = {
        "push_s": round(push.wall, 3),
        "push_cpu_s": round(push.cpu + pushed, 3),
        "pull_s": round(pull.wall, 3),
        "pull_cpu_s": round(pull.cpu + pulled, 3),
        "noop_ms": round(nothing * 1000, 2),
        "edits_push_ms": round(edits_push.wall * 1000, 1),
        "edits_pull_ms": round(edits_pull.wall * 1000, 1),
    } | _conflicts(first, second)
    for each in (first, second):
        each.close()
    return figures


def _conflicts(first: _Collection, second: _Collection) -> dict[str, int]:
    """How many of 200 values of 100 edits of one field can be found, and how many pairs of disjoint edits are kept."""
    first.ask("edit", "200", "mineword")
    second.ask("edit", "200", "theirsword")
    first.ask("edit", "400", "onefield", "1")
    second.ask("edit", "400", "anotherfield", "0")
    for each in (first, second, first):
        each.ask("sync")
    found = [first.ask("count", word).result for word in ("mineword*", "theirsword*")]
    return {"both_findable": sum(found), "disjoint_kept": first.ask("count", 'onefield*" "anotherfield*').result}


def _around(server: psutil.Process, device: _Collection) -> tuple[Reply, float]:
    before = sum(server.cpu_times()[:2])
    reply = device.ask("sync")
    return reply, sum(server.cpu_times()[:2]) - before


class _Collection(sync_bench.Remote):
    """An Anki collection in a process of its own."""

    def __init__(self, python: str, path: Path, port: int) -> None:
        command = [python, str(HERE / "anki_peer.py"), str(path), f"http://127.0.0.1:{port}/"]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def _wait_for(port: int) -> None:
    until = time.monotonic() + 20
    while time.monotonic() < until:
        with socket.socket() as trial:
            if trial.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise SystemExit("Anki's server did not start.")


if __name__ == "__main__":
    main()
