"""Hours of random use by two laptops and a central that is stopped now and then; fails when it grows, leaks or raises.

    python packaging/papers/soak.py --hours 8

A short run (`--hours 0.02`) uses the tests' quick key derivation; a long one the real one. Linux: it counts in /proc.
"""

from __future__ import annotations

import argparse
import gc
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from fieldkit.config import QUICK_KDF, REAL_KDF, KdfPolicy, SystemClock
from fieldkit.errors import CentralAway, FieldkitError
from fieldkit.workspace import Workspace, create_workspace, open_workspace

PASSPHRASE = "a long passphrase for a long soak"
GROWTH = 1.10
"""How much larger the process may be at the end than after the first tenth."""
SHORT = 0.1
"""Hours below which the quick derivation serves."""


@dataclass
class Central:
    """`fieldkit-central` as a process that is stopped and started."""

    data: Path
    port: str = "0"
    process: subprocess.Popen[str] | None = None
    url: str = ""

    def desk(self, *words: str) -> dict[str, object]:
        """One verb at the desk."""
        command = [sys.executable, "-m", "sync.server", words[0], "--data", str(self.data), "--json", *words[1:]]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
        return dict(json.loads(done.stdout))

    def start(self) -> None:
        """Serve again, at the same address."""
        command = [sys.executable, "-m", "sync.server", "serve", "--data", str(self.data), "--port", self.port]
        self.process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
        assert self.process.stdout is not None
        self.url = str(json.loads(self.process.stdout.readline())["url"])
        self.port = self.url.rpartition(":")[2]

    def stop(self) -> None:
        """End it in good order."""
        if self.process is not None:
            self.process.send_signal(signal.SIGTERM)
            self.process.wait(60)
            assert self.process.stdout is not None
            self.process.stdout.close()
            self.process = None


@dataclass
class Soak:
    """Two laptops, what they do by lot, and what was counted."""

    central: Central
    kdf: KdfPolicy
    chance: random.Random
    laptops: list[Workspace] = field(default_factory=list)
    families: list[list[str]] = field(default_factory=list)
    steps: int = 0
    away: int = 0

    def join(self, home: Path, name: str) -> None:
        """One more laptop."""
        made = create_workspace(home, PASSPHRASE, clock=SystemClock(), kdf=self.kdf)
        code = str(self.central.desk("code", "--worker", name, "--role", "worker")["code"])
        made.enrol(self.central.url, code, f"{name}'s laptop")
        self.laptops.append(made)
        self.families.append([made.add_family("Okafor")])

    def step(self) -> None:
        """One thing that somebody does."""
        at = self.chance.randrange(len(self.laptops))
        self.steps += 1
        deeds = (self._type, self._type, self._type, self._sync, self._reopen, self._throw_away, self._family)
        self.chance.choice(deeds)(at)

    def _family(self, at: int) -> None:
        if len(self.families[at]) < 12:
            self.families[at].append(self.laptops[at].add_family(f"Whitlock {self.steps}"))

    def _type(self, at: int) -> None:
        laptop = self.laptops[at]
        drafts = [draft.id for draft in laptop.store.drafts.all()]
        family = self.chance.choice(self.families[at])
        draft = self.chance.choice(drafts) if len(drafts) > 5 else laptop.begin("visit", family)
        opened = laptop.draft(draft)
        for _ in range(20):
            opened.answer("d/done/work", f"seen at home {self.chance.random()} " * self.chance.randrange(1, 30))
        opened.drain()

    def _sync(self, at: int) -> None:
        if self.chance.random() < 0.05:
            self.central.stop()
            self.laptops[at].pause = lambda _seconds: False
            with suppress(CentralAway):
                self.laptops[at].sync()
            self.away += 1
            self.central.start()
        self.laptops[at].sync()

    def _reopen(self, at: int) -> None:
        home = self.laptops[at].vault.home
        self.laptops[at].close()
        self.laptops[at] = open_workspace(home, PASSPHRASE, clock=SystemClock(), kdf=self.kdf)

    def _throw_away(self, at: int) -> None:
        drafts = self.laptops[at].store.drafts.all()
        if drafts:
            self.laptops[at].discard(self.chance.choice(drafts).id, "a soak")


def measured() -> tuple[float, int]:
    """MiB in memory, and open files and sockets."""
    gc.collect()
    pages = int(Path("/proc/self/statm").read_text("ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20, len(os.listdir("/proc/self/fd"))


def run(hours: float, seed: int) -> int:
    """The whole of it; 0 when nothing grew and nothing was raised."""
    kdf, end = (QUICK_KDF if hours < SHORT else REAL_KDF), time.monotonic() + hours * 3600
    with tempfile.TemporaryDirectory() as folder:
        central = Central(Path(folder, "central"))
        central.desk("init")
        central.start()
        soak = Soak(central, kdf, random.Random(seed))
        try:
            for name in ("Asha", "Ben"):
                soak.join(Path(folder, name), name)
            return _until(soak, end, hours)
        finally:
            for each in soak.laptops:
                each.close()
            central.stop()


def _until(soak: Soak, end: float, hours: float) -> int:
    begun, told, wrong = time.monotonic(), 0.0, 0
    first: tuple[float, int] | None = None
    while time.monotonic() < end:
        try:
            soak.step()
        except FieldkitError as refused:
            wrong += 1
            print(f"refused: {type(refused).__name__}")
        now = time.monotonic()
        if first is None and now - begun > hours * 360:
            first = measured()
        if now - told > 60:
            told = now
            print(f"{now - begun:8.0f} s  {soak.steps} steps  {measured()}  {soak.away} times away")
    last = measured()
    first = first or last
    fits = last[0] <= first[0] * GROWTH and last[1] <= first[1] + 4 and not wrong
    print(
        f"{'held' if fits else 'FAILED'}: {first} after a tenth, {last} at the end, {soak.steps} steps, {wrong} refused"
    )
    return 0 if fits else 1


if __name__ == "__main__":
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--hours", type=float, default=8.0)
    asked.add_argument("--seed", type=int, default=1)
    told = asked.parse_args()
    sys.exit(run(told.hours, told.seed))
