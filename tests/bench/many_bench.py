"""Sync with many: 200 devices at once, a central that holds more and more, a day's work over a village hall's line.

    python tests/bench/many_bench.py [--devices 200] [--records 10000,100000] [--slow] [--json]

Central is a process of its own with its PostgreSQL; devices are plain replicas in this process, over the real line.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import random
import socket
import sys
import tempfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

import psutil
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from fieldkit.commands.practice.council import answers
from fieldkit.commands.practice.site import PracticeCentral
from sync.changes import Value
from sync.client import Exchange, MemoryReplica
from sync.client.http import HttpCentral, Identity
from sync.client.patience import Retrying
from sync.errors import SyncError

AT = "2026-11-24T09:00:00+00:00"
FILLED: set[str] = set()
"""The scopes that hold the many records."""
SLOW = 256_000 // 8
"""Bytes a second."""


def main() -> None:
    """Measure and print."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--devices", type=int, default=200)
    options.add_argument("--records", default="10000,100000")
    options.add_argument("--pulls", type=int, default=1, help="Devices that pull all of that, one after another.")
    options.add_argument("--slow", action="store_true", help="Also the slow line: takes a minute.")
    options.add_argument("--json", action="store_true")
    told = options.parse_args()
    figures: dict[str, Any] = {}
    with tempfile.TemporaryDirectory(prefix="fieldkit-bench-") as folder:
        central = PracticeCentral(Path(folder) / "central")
        central.ask("init")
        central.start()
        try:
            figures |= morning(central, told.devices)
            figures |= growing(central, [int(each) for each in told.records.split(",") if each])
            figures |= pulling(central, told.pulls)
            if told.slow:
                figures |= village_hall(central)
        finally:
            central.stop()
    print(json.dumps(figures) if told.json else "\n".join(f"{name:32} {figure}" for name, figure in figures.items()))


class Device:
    """A device with a plain replica."""

    def __init__(self, central: PracticeCentral, name: str, url: str = "") -> None:
        self.url = url or central.url
        self.pauses = 0
        self.identity = Identity(Ed25519PrivateKey.generate())
        with HttpCentral(central.url, self.identity) as line:
            code = central.ask("code", "--worker", name, "--role", "worker")["code"]
            worker = line.enrol(code, name).worker["id"]
        self.replica = MemoryReplica(self.identity.device, worker)
        self.family = hashlib.sha256(name.encode()).hexdigest()[:32]
        own: dict[str, Value] = {"@kind": "family", "@scope": f"family:{self.family}", "name": name}
        self.replica.write(self.family, "create", own, at=AT)

    def note(self, number: int, words: str) -> str:
        """Write a note about the family."""
        record = f"{number:08x}{self.family[:24]}"
        own: dict[str, Value] = {"@kind": "visit", "@scope": f"family:{self.family}", "c/facts/arrival": words}
        self.replica.write(record, "create", own, at=AT)
        return record

    def sync(self) -> float:
        """One sync as the app does it: tried again for a while when central is busy; its seconds."""
        started = time.perf_counter()
        Retrying(self._pause).run(self._once)
        return time.perf_counter() - started

    def _once(self) -> None:
        with HttpCentral(self.url, self.identity) as line:
            Exchange(self.replica, line).run()

    def _pause(self, seconds: float) -> bool:
        self.pauses += 1
        time.sleep(seconds)
        return True


def morning(central: PracticeCentral, count: int) -> dict[str, Any]:
    """So many devices with five notes and two edits each, all at once."""
    devices = [Device(central, f"Worker {number}") for number in range(count)]
    dice = random.Random(1)
    for device in devices:
        for number in range(5):
            device.note(number, "".join(dice.choices("abcdefghij ", k=1_200)))
    errors: list[str] = []

    def one(device: Device) -> float:
        try:
            return device.sync()
        except SyncError as wrong:
            errors.append(type(wrong).__name__)
            return 0.0

    started = time.perf_counter()
    with ThreadPoolExecutor(count) as pool:
        times = sorted(pool.map(one, devices))
    return {
        f"{count}_devices_s": round(time.perf_counter() - started, 2),
        "slowest_device_s": round(times[-1], 2),
        "devices_with_an_error": len(errors),
        "tries_again": sum(device.pauses for device in devices),
        "waiting_after": sum(device.replica.waiting() for device in devices),
    }


def growing(central: PracticeCentral, sizes: list[int]) -> dict[str, Any]:
    """What nothing-to-do and 100 edits cost when central holds more and more, and how much memory it takes."""
    worker = Device(central, "Asha Patel")
    notes = [worker.note(number, f"note {number}") for number in range(200)]
    worker.sync()
    worker.sync()
    held, figures = 200, {}
    for size in sizes:
        number = 0
        while held < size:
            filler = Device(central, f"Filler {held} {number}")
            some = min(20_000, size - held)
            for each in range(some):
                filler.note(each, f"a few words about visit {each}, {held}")
            filler.sync()
            FILLED.add(f"family:{filler.family}")
            held, number = held + some, number + 1
        idle = sorted(worker.sync() for _ in range(9))[4]
        for place, note in enumerate(notes[:100]):
            worker.replica.write(note, "set", {"d/done/work": f"{size} {place}"}, at=AT)
        edits = worker.sync()
        figures[f"at_{size}_nothing_ms"] = round(idle * 1000, 1)
        figures[f"at_{size}_100_edits_ms"] = round(edits * 1000, 1)
        figures[f"at_{size}_central_mb"] = round(_memory(central), 1)
    return figures


def pulling(central: PracticeCentral, count: int) -> dict[str, Any]:
    """What central takes while one device after another is given everything and pulls it: the most, and at the end."""
    figures: dict[str, Any] = {"before_pulls_central_mb": round(_memory(central), 1)}
    scopes = sorted(FILLED)
    pulled, most, done = 0, _memory(central), threading.Event()

    def watch() -> None:
        nonlocal most
        while not done.wait(0.02):
            most = max(most, _memory(central))

    watching = threading.Thread(target=watch)
    watching.start()
    started = time.perf_counter()
    for number in range(count if scopes else 0):
        newcomer = Device(central, f"Newcomer {number}")
        central.ask("grant", f"Newcomer {number}", *scopes)
        newcomer.sync()
        pulled += sum(held.scope in FILLED for held in newcomer.replica.base.values())
    figures["records_pulled"] = pulled
    figures["pulled_in_s"] = round(time.perf_counter() - started, 1)
    done.set()
    watching.join()
    figures["most_central_mb"] = round(most, 1)
    figures["after_pulls_central_mb"] = round(_memory(central), 1)
    return figures


def _memory(central: PracticeCentral) -> float:
    assert central.process is not None
    return float(psutil.Process(central.process.pid).memory_info().rss) / 1e6


def village_hall(central: PracticeCentral) -> dict[str, Any]:
    """Twenty notes, an assessment and three photos over 256 kbit/s, the line cut again and again."""
    with Relay(central.url) as relay:
        device = Device(central, "Marek Nowak", relay.url)
        dice = random.Random(2)
        for number in range(20):
            device.note(number, "".join(dice.choices("abcdefghij ", k=1_200)))
        told = {path: value for path, value in json.loads(answers("eha")).items() if isinstance(value, str | list)}
        own: dict[str, Value] = {"@kind": "eha", "@scope": f"family:{device.family}", "@form": "eha@2026.1", **told}
        device.replica.write("e" * 32, "create", own, at=AT)
        for number in range(3):
            photo = dice.randbytes(300_000)
            seal = hashlib.sha256(photo).hexdigest()
            named: dict[str, Value] = {"c/facts/photo": {"hash": seal, "name": "p.jpg", "size": len(photo)}}
            device.replica.write(device.note(100 + number, "photo"), "set", named, at=AT)
            device.replica.files[seal] = photo
        started, tries = time.perf_counter(), 0
        while True:
            tries += 1
            try:
                device.sync()
                break
            except SyncError:
                continue
        return {
            "village_hall_s": round(time.perf_counter() - started, 1),
            "village_hall_tries": tries,
            "village_hall_bytes_up": relay.up,
            "village_hall_photos": len(device.replica.files_there),
        }


class Relay:
    """A line of 256 kbit/s that is cut after every 400 kB."""

    CUT = 400_000

    def __init__(self, url: str) -> None:
        host, _, port = url.removeprefix("http://").partition(":")
        self.target = (host, int(port))
        self.listening = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self.listening.getsockname()[1]}"
        self.up = 0
        self.left = self.CUT

    def __enter__(self) -> Relay:
        """Begin to listen."""
        threading.Thread(target=self._serve, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        """Stop."""
        self.listening.close()

    def _serve(self) -> None:
        while True:
            try:
                near, _ = self.listening.accept()
            except OSError:
                return
            far = socket.create_connection(self.target)
            for one, other, counts in ((near, far, True), (far, near, False)):
                threading.Thread(target=self._carry, args=(one, other, counts), daemon=True).start()

    def _carry(self, one: socket.socket, other: socket.socket, counts: bool) -> None:
        try:
            while piece := one.recv(SLOW // 20):
                time.sleep(len(piece) / SLOW)
                if counts:
                    self.up += len(piece)
                    self.left -= len(piece)
                    if self.left < 0:
                        self.left = self.CUT
                        raise OSError
                other.sendall(piece)
        except OSError:
            pass
        finally:
            for each in (one, other):
                each.close()


if __name__ == "__main__":
    main()
