"""Laptops in the field and the central they speak to over a line that fails; what must hold whatever it did."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from uuid import uuid4

import psycopg
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from sync.client import Exchange, MemoryReplica
from sync.client.http import HttpCentral, Identity
from sync.errors import SyncError
from sync.server import codes, entitlement, ledger, workers
from sync.server.database import Connection, acting_as, one
from sync.server.embedded import OWNER, Embedded
from tests.central_fixture import CentralProcess, RunningCentral, StillClock

AT = "2026-11-23T09:00:00+00:00"


@dataclass
class Base:
    """A central as the field knows it: where it answers, and its database for who looks behind it."""

    url: str
    dsn: str = field(repr=False)
    owner_dsn: str = field(repr=False)
    clock: StillClock | None = None

    @classmethod
    def of(cls, running: RunningCentral) -> Base:
        """The fixture's central."""
        return cls(running.url, running.dsn, running.owner_dsn, running.clock)

    @classmethod
    def of_process(cls, process: CentralProcess) -> Base:
        """A central that is a process of its own, serving now."""
        embedded = Embedded(process.data)
        return cls(process.url, embedded.dsn(), embedded.dsn(role=OWNER))

    def now(self) -> datetime:
        """Central's time."""
        return self.clock() if self.clock else datetime.now(UTC)

    def code(self, worker: str) -> str:
        """A one-time code."""
        with one(self.dsn) as connection:
            return codes.issue(connection, workers.make_known(connection, worker, "worker", self.now()), self.now())[0]

    def grant(self, worker: str, scope: str) -> None:
        """Give a worker a scope."""
        with one(self.dsn) as connection:
            entitlement.grant(connection, workers.find(connection, worker), [scope], "desk", self.now())

    @contextmanager
    def rows(self) -> Iterator[Connection]:
        """The database, read as its owner."""
        with psycopg.connect(self.owner_dsn) as connection:
            acting_as(connection, "central")
            yield connection

    def check_chains(self) -> None:
        """Ledger, history, records and digests agree."""
        with self.rows() as rows:
            ledger.verify(rows)
            ledger.verify_digests(rows)


class Walker:
    """An enrolled laptop; `url` is the line it speaks over."""

    def __init__(self, base: Base, name: str = "") -> None:
        self.base, self.url = base, base.url
        self.name = name or f"Worker {uuid4().hex[:8]}"
        self.identity = Identity(Ed25519PrivateKey.generate(), now=lambda: int(base.now().timestamp()))
        with HttpCentral(base.url, self.identity) as line:
            told = line.enrol(base.code(self.name), "a laptop")
        self.identity = replace(self.identity, receipt_key=bytes.fromhex(told.keys["receipt"]))
        self.replica = MemoryReplica(self.identity.device, told.worker["id"])

    def family(self, **fields: str) -> str:
        """Write a new family; its id."""
        record = uuid4().hex
        self.replica.write(record, "create", {"@kind": "family", "@scope": f"family:{record}"} | fields, at=AT)
        return record

    def say(self, record: str, **fields: str) -> None:
        """Edit a record."""
        self.replica.write(record, "set", fields, at=AT)

    def sync(self) -> SyncError | None:
        """One sync; what was wrong with it, or None."""
        try:
            with HttpCentral(self.url, self.identity) as line:
                Exchange(self.replica, line).run()
        except SyncError as wrong:
            return wrong
        return None

    def check_nothing_is_believed_that_is_not_so(self) -> None:
        """Every receipt this laptop holds is central's word on that very change."""
        with self.base.rows() as rows:
            statement = "select seq, change_hash from receipt where device = %s"
            there = dict(rows.execute(statement, (self.identity.device,)).fetchall())
        mine = {seq: self.replica.outbox[seq - 1].hash for seq in self.replica.receipts}
        assert mine.items() <= there.items()
        assert set(there) <= self.replica.sent

    def check_everything_arrived_once(self) -> None:
        """At rest: nothing waits or was refused, and central has every change once, as it was written."""
        assert (self.replica.waiting(), list(self.replica.parked())) == (0, [])
        with self.base.rows() as rows:
            statement = "select v.line from version v where v.device = %s order by v.seq"
            kept = [line for (line,) in rows.execute(statement, (self.identity.device,)).fetchall()]
            mine = [change.line for change in self.replica.outbox]
            assert sorted({*kept}) == sorted(mine)
            for record, held in self.replica.base.items():
                found = rows.execute("select version, version_hash from record where id = %s", (record,)).fetchone()
                assert found == (held.version, held.version_hash)
        self.check_nothing_is_believed_that_is_not_so()
