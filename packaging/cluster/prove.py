"""Devices push without pause while leaders and centrals are killed: is everything there that was acknowledged?

    python packaging/cluster/prove.py [--devices 6] [--seconds 8] [--rounds leader,central,…] [--json]

Every receipt a device was given is kept beside it, and looked for in the database of the new leader after each kill.
It ends with 0 only if none is missing, every chain holds, and every device was answered again within 30 s by itself:
a device does here what the app does, with the app's own waits.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
sys.path.insert(0, str(ROOT))

import psycopg
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from sync.changes import Value
from sync.client import Batch, Exchange, MemoryReplica, PushAnswer
from sync.client.http import HttpCentral, Identity
from sync.client.patience import Retrying
from sync.errors import Unreachable
from sync.server.database import reaching

PROMISED = 30.0
"""Seconds within which clients recover by themselves."""
AT = "2026-11-24T09:00:00+00:00"
KILLS = {
    "roll": "roll",
    "leader": "kill-leader",
    "central": "kill-central",
    "postgres": "kill-postgres",
    "frozen": "freeze-leader",
}
"""What is done in a round: centrals restarted in order, a machine lost, a process killed, a machine standing still."""
LOSES_ITS_LEAD = ("leader", "frozen")
COLUMNS = "kill leader_before leader_after no_answer_s slowest_recovery_s acknowledged lost tries_again".split()


class Line(HttpCentral):
    """The line of a device that writes down what it was told."""

    device: Device

    def push(self, batch: Batch) -> PushAnswer:
        """Push; an answer is written down with the moments it was asked and given."""
        began = time.time()
        answer = super().push(batch)
        self.device.told.append((began, time.time()))
        for receipt in answer.receipts:
            self.device.acknowledged[receipt.seq] = (batch.lines[receipt.seq - batch.first], receipt.line())
        return answer


@dataclass
class Device:
    """One laptop whose worker never stops writing."""

    url: str
    name: str
    replica: MemoryReplica = field(init=False)
    acknowledged: dict[int, tuple[str, str]] = field(default_factory=dict)
    """By seq: the change as it was sent, and its receipt."""
    told: list[tuple[float, float]] = field(default_factory=list)
    waits: int = 0
    gave_up: int = 0

    def enrol(self, code: str) -> None:
        """Become known, and begin a family."""
        self.identity = Identity(Ed25519PrivateKey.generate())
        with HttpCentral(self.url, self.identity) as line:
            told = line.enrol(code, self.name)
        self.identity = Identity(self.identity.key, bytes.fromhex(told.keys["receipt"]))
        self.replica = MemoryReplica(self.identity.device, told.worker["id"])
        self.family = self.identity.device
        own: dict[str, Value] = {"@kind": "family", "@scope": f"family:{self.family}", "name": self.name}
        self.replica.write(self.family, "create", own, at=AT)

    def work(self, stop: threading.Event) -> None:
        """Write, sync, and again; a sync that fails is tried again as the app tries it."""
        number = 0
        while not stop.wait(0.05):
            number += 1
            own: dict[str, Value] = {"@kind": "visit", "@scope": f"family:{self.family}", "c/facts/arrival": "rang"}
            self.replica.write(f"{number:08x}{self.family[8:]}", "create", own, at=AT)
            self.sync(lambda seconds: not stop.wait(seconds))

    def sync(self, wait: Any) -> None:
        """One sync with the app's patience."""
        try:
            Retrying(wait).run(self._once, self._count_wait)
        except Unreachable:
            self.gave_up += 1

    def _once(self) -> None:
        with closing(Line(self.url, self.identity)) as line:
            line.device = self
            Exchange(self.replica, line).run()

    def _count_wait(self, _seconds: float) -> None:
        self.waits += 1

    def recovered(self, at: float, since: float) -> float | None:
        """Seconds from `at` until the first answer to a push that began after `since`."""
        return next((ended - at for began, ended in list(self.told) if began >= since), None)


def cluster(home: Path, *verb: str) -> dict[str, Any]:
    """One verb of cluster.py."""
    command = [sys.executable, str(HERE / "cluster.py"), *verb, "--home", str(home)]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=False)
    if done.returncode:
        sys.exit(done.returncode)
    return dict(json.loads(done.stdout))


def desk(home: Path, verb: str, *arguments: str, role: str = "serve") -> dict[str, Any]:
    """One verb of `fieldkit-central` at the council's desk."""
    where = ["--data", str(home / "central"), "--dsn", f"service=practice_{role}", "--json"]
    command = [sys.executable, "-m", "sync.server", verb, *where, *arguments]
    return dict(json.loads(subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True).stdout))


def missing(devices: list[Device]) -> int:
    """How many receipts that devices were given are not in the leader's database, with their changes."""
    # What was given first, then what is kept: devices work on meanwhile.
    given = [(each.identity.device, seq, said) for each in devices for seq, said in dict(each.acknowledged).items()]
    statement = (
        "select r.device, r.seq, v.line, r.line from receipt r join version v on v.device = r.device and v.seq = r.seq"
    )
    with psycopg.connect(reaching("service=practice_owner")) as connection:
        kept = {(device, seq): (change, line) for device, seq, change, line in connection.execute(statement).fetchall()}
    return sum(kept.get((device, seq)) != said for device, seq, said in given)


def one_round(home: Path, devices: list[Device], what: str) -> dict[str, Any]:
    """Kill once, wait until all are answered again, look for what was acknowledged, and mend."""
    before, waits = cluster(home, "status")["members"], sum(each.waits for each in devices)
    killed = cluster(home, KILLS[what])
    at = float(killed["at"])
    # Who was answered while the leader was still being frozen has not seen it. A roll is to be seen by nobody.
    since = at if what == "roll" else float(killed["done"])
    while any(each.recovered(at, since) is None for each in devices) and time.time() - at < 3 * PROMISED:
        time.sleep(0.1)
    seconds = [each.recovered(at, since) for each in devices]
    answers = sorted(ended for each in devices for _, ended in list(each.told) if at - 2 < ended)
    gap = max((later - sooner for sooner, later in pairwise(answers)), default=0.0)
    lost = missing(devices)
    after = cluster(home, "mend")["members"]
    return {
        "kill": what,
        "killed": killed["killed"],
        "leader_before": leader(before),
        "leader_after": leader(after),
        "no_answer_s": round(gap, 1),
        "slowest_recovery_s": None if None in seconds else round(max(s for s in seconds if s is not None), 1),
        "acknowledged": sum(len(each.acknowledged) for each in devices),
        "lost": lost,
        "tries_again": sum(each.waits for each in devices) - waits,
    }


def leader(members: dict[str, Any]) -> str:
    """The node that leads."""
    return next((name for name, (role, _) in members.items() if role == "leader"), "")


@contextmanager
def load(devices: list[Device]) -> Iterator[None]:
    """All devices at work, until the end."""
    stop = threading.Event()
    threads = [threading.Thread(target=each.work, args=(stop,), daemon=True) for each in devices]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        stop.set()
        for thread in threads:
            thread.join(60)


def prove(home: Path, count: int, seconds: float, rounds: list[str]) -> dict[str, Any]:
    """Everything, in a cluster of its own."""
    os.environ["PGSERVICEFILE"] = str(home / "central" / "keys" / "services")
    url = cluster(home, "up")["url"]
    devices = [Device(url, f"Worker {number}") for number in range(count)]
    for each in devices:
        each.enrol(str(desk(home, "code", "--worker", each.name)["code"]))
    done = []
    with load(devices):
        for what in rounds:
            time.sleep(seconds)
            done.append(one_round(home, devices, what))
        time.sleep(seconds)
    never = threading.Event()
    for each in devices:
        each.sync(lambda wait: not never.wait(wait))
    verified = desk(home, "verify", role="owner")
    told = {
        "rounds": done,
        "acknowledged": sum(len(each.acknowledged) for each in devices),
        "lost": missing(devices),
        "still_waiting": sum(each.replica.waiting() for each in devices),
        "parked": sum(len(each.replica.parked()) for each in devices),
        "tries_again": sum(each.waits for each in devices),
        "gave_up": sum(each.gave_up for each in devices),
        "ledger": verified["ledger"],
        "audit": verified["audit"],
    }
    return {**told, "held": holds(told)}


def holds(told: dict[str, Any]) -> bool:
    """Whether all that was promised is so."""
    nothing_lost = not any(told[name] for name in ("lost", "still_waiting", "parked", "gave_up"))
    return nothing_lost and told["ledger"] == told["audit"] == "whole" and all(map(went_well, told["rounds"]))


def went_well(told: dict[str, Any]) -> bool:
    """Whether one round kept what was promised; centrals restarted in order are not even noticed."""
    recovered, kill = told["slowest_recovery_s"], told["kill"]
    changed = told["leader_before"] != told["leader_after"] or kill not in LOSES_ITS_LEAD
    unseen = told["tries_again"] == 0 or kill != "roll"
    return recovered is not None and recovered <= PROMISED and told["lost"] == 0 and changed and unseen


def last_words(home: Path, lines: int = 12) -> str:
    """The end of each part's log."""
    ends = [(log, log.read_text("utf-8", "replace").splitlines()[-lines:]) for log in sorted(home.glob("*.log"))]
    return "\n".join("\n".join([f"== {log.name}", *said]) for log, said in ends if said)


def table(told: dict[str, Any]) -> str:
    """The same for people."""
    lines = ["  ".join(f"{name:>18}" for name in COLUMNS)]
    lines += ["  ".join(f"{each[name]!s:>18}" for name in COLUMNS) for each in told["rounds"]]
    rest = {name: value for name, value in told.items() if name != "rounds"}
    return "\n".join([*lines, *(f"{name}: {value}" for name, value in rest.items())])


def main() -> int:
    """Prove, tell, and take everything down."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--devices", type=int, default=6)
    options.add_argument("--seconds", type=float, default=8, help="Load before and after each kill.")
    options.add_argument("--rounds", default=",".join(KILLS))
    options.add_argument("--json", action="store_true", help="Only the JSON.")
    told = options.parse_args()
    home = Path(tempfile.mkdtemp(prefix="fieldkit-cluster-")) / "it"
    home.parent.chmod(0o755)
    try:
        outcome = prove(home, told.devices, told.seconds, told.rounds.split(","))
    except BaseException:
        # Everything is removed below: what the parts said last is all that will tell why.
        print(last_words(home), file=sys.stderr)
        raise
    finally:
        cluster(home, "down")
        home.parent.rmdir()
    if not told.json:
        print(table(outcome))
    print(json.dumps(outcome))
    return 0 if outcome["held"] else 1


if __name__ == "__main__":
    sys.exit(main())
