"""A device over the real line, with the plain twin as its store."""

from dataclasses import replace
from datetime import datetime
from typing import Protocol

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from sync.changes import Change, Value
from sync.client import Batch, Exchange, MemoryReplica
from sync.client.http import HttpCentral, Identity
from tests.central_fixture import RunningCentral

FAMILY = "0190000000007000800000000000000a"
SCOPE = f"family:{FAMILY}"
AT = "2026-11-23T09:00:00+00:00"


class Dial(Protocol):
    """A clock that can be looked at."""

    @property
    def at(self) -> datetime:
        """The time now."""
        ...


class Reached(Protocol):
    """A central that a laptop can be enrolled at, in this process or another."""

    @property
    def clock(self) -> Dial:
        """What its requests are dated by."""
        ...

    @property
    def url(self) -> str:
        """Where it answers."""
        ...

    def code(self, worker: str, role: str) -> str:
        """A one-time code."""
        ...


class Laptop:
    """An enrolled laptop of a worker."""

    def __init__(self, central: Reached, name: str, role: str = "worker") -> None:
        self.central = central
        self.identity = Identity(Ed25519PrivateKey.generate(), now=lambda: int(central.clock.at.timestamp()))
        with self.line() as line:
            told = line.enrol(central.code(name, role), "a laptop")
        self.worker = told.worker["id"]
        key = bytes.fromhex(told.keys["receipt"])
        self.identity = replace(self.identity, receipt_key=key)
        self.replica = MemoryReplica(self.identity.device, self.worker)

    @property
    def running(self) -> RunningCentral:
        """Its central, where that runs in this process with its tables at hand."""
        assert isinstance(self.central, RunningCentral)
        return self.central

    def line(self) -> HttpCentral:
        """A line of its own to central."""
        return HttpCentral(self.central.url, self.identity)

    def sync(self) -> None:
        """One whole sync."""
        with self.line() as line:
            Exchange(self.replica, line).run()

    def family(self, **fields: str) -> Change:
        """Write the family."""
        own = {"@kind": "family", "@scope": SCOPE}
        return self.replica.write(FAMILY, "create", own | fields, at=AT)

    def family_of_ones_own(self) -> Change:
        """Write a family nobody else has."""
        record = "7" * 32
        return self.replica.write(record, "create", {"@kind": "family", "@scope": f"family:{record}"}, at=AT)

    def say(self, **fields: str) -> Change:
        """Edit the family."""
        return self.replica.write(FAMILY, "set", fields, at=AT)

    def resolve(self, conflict: str, take: str) -> Change:
        """Decide a conflict as this laptop sees it."""
        state = self.replica.view(conflict)
        seen = [str(value) for path, value in state.items() if path.endswith("/change")]
        patch: dict[str, Value] = {"take": take, "reason": "spoke to the mother", "seen": seen}
        return self.replica.write(conflict, "resolve", patch, at=AT)

    def conflicts(self) -> dict[str, str]:
        """The conflicts this laptop holds, with their status."""
        held = [record for record, each in self.replica.base.items() if each.kind == "conflict"]
        return {record: str(self.replica.view(record)["status"]) for record in held}

    def waiting(self) -> Batch:
        """What the next push sends."""
        batch = self.replica.batch(2_000)
        assert batch is not None
        return batch

    def parked(self) -> list[tuple[str, str]]:
        """What was not taken: outcome and reason."""
        return [(str(parked.outcome), parked.reason) for parked in self.replica.parked()]
