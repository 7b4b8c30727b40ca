"""A laptop before a sync that has everything in it, and its central: made once, copied for each fault.

What waits: an edit that meets another's, an edit of a family that is lost meanwhile, a new family, a photo of three
pieces, an accepted offer, the draft of a visit, an event about keys. What comes: a family by pages, a photo, an order
to remove a family, and a record that the laptop has lost behind its own back.
"""

from __future__ import annotations

import hashlib
import json
import shutil
from base64 import b64encode
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from random import Random
from typing import Any
from uuid import uuid4

from psycopg.conninfo import conninfo_to_dict

from fieldkit.config import QUICK_KDF
from fieldkit.errors import FieldkitError
from fieldkit.workspace import Workspace, create_workspace, open_workspace
from sync.server.database import make_database
from sync.server.embedded import OWNER
from tests.central_fixture import Ground, RunningCentral, StillClock

PASSPHRASE = "four quiet owls at dusk"
ASHA, BEN = "Asha Patel", "Ben Carter"
SENT, FETCHED = bytes(range(256)) * 1_100, bytes(reversed(range(256))) * 1_100


@dataclass
class Copied(Ground):
    """The ground of a central that begins with a database as it was left."""

    left: str = ""

    def fresh(self) -> tuple[str, str]:
        """A copy of the database that was left."""
        name = f"test_{uuid4().hex}"
        make_database(self.embedded.dsn("postgres", OWNER), name, self.left)
        return self.embedded.dsn(name), self.embedded.dsn(name, OWNER)


@dataclass
class Watch:
    """A device's clock, which stands still so that two runs write the same."""

    clock: StillClock

    def now(self) -> datetime:
        """The time of the test."""
        return self.clock.at

    def monotonic(self) -> float:
        """The same in seconds."""
        return self.clock.at.timestamp()


@dataclass
class Day:
    """The laptop's folder and central's database as they are before the sync."""

    ground: Copied
    clock: StillClock
    home: Path
    folder: Path
    families: Mapping[str, str] = field(default_factory=dict)

    def ended(self) -> None:
        """Give the database's room back."""
        self.ground.drop(self.ground.embedded.dsn(self.ground.left))

    @contextmanager
    def copied(self) -> Iterator[tuple[RunningCentral, Path]]:
        """Copies of both."""
        central, place = RunningCentral(self.ground, self.clock), self.folder / uuid4().hex
        try:
            shutil.copytree(self.home, place / "home")
            yield central, place / "home"
        finally:
            central.close()
            shutil.rmtree(place)

    @contextmanager
    def begun(self) -> Iterator[tuple[RunningCentral, Workspace]]:
        """Copies of both, the laptop open."""
        with self.copied() as (central, home), opened(home, self.clock, central.url) as laptop:
            yield central, laptop


@contextmanager
def opened(home: Path, clock: StillClock, url: str) -> Iterator[Workspace]:
    """The laptop, with a line to this address, that waits for nothing."""
    laptop = open_workspace(home, PASSPHRASE, clock=Watch(clock), kdf=QUICK_KDF)
    try:
        laptop.store.set_meta("central_url", url)
        laptop.pause = lambda _seconds: True
        yield laptop
    finally:
        laptop.close()


def made(ground: Ground, clock: StillClock, folder: Path) -> Day:
    """Everything as it is before the sync."""
    central = RunningCentral(ground, clock)
    asha = _laptop(central, clock, folder / "asha", ASHA)
    ben = _laptop(central, clock, folder / "ben", BEN)
    try:
        families = _before(central, asha, ben)
        _meanwhile(central, ben, families)
        _offline(asha, families)
    finally:
        asha.close()
        ben.close()
    left = f"day_{uuid4().hex}"
    central.pool.close()
    maintenance = ground.embedded.dsn("postgres", OWNER)
    make_database(maintenance, left, str(conninfo_to_dict(central.dsn)["dbname"]))
    central.close()
    copied = Copied(ground.embedded, ground.keys, ground.data, left)
    return Day(copied, clock, folder / "asha", folder, families)


def _laptop(central: RunningCentral, clock: StillClock, home: Path, worker: str) -> Workspace:
    laptop = create_workspace(home, PASSPHRASE, clock=Watch(clock), kdf=QUICK_KDF)
    laptop.enrol(central.url, central.code(worker), "a laptop")
    return laptop


def _before(central: RunningCentral, asha: Workspace, ben: Workspace) -> dict[str, str]:
    """What both had synced."""
    kept, lost, own = (asha.add_family(name, risk_level="low") for name in ("Kept", "Lost", "Own"))
    spoilt = asha.create("visit", f"family:{own}", {"a/when/purpose": "will be missing"}, "visit@2026.1")
    asha.create("visit", f"family:{lost}", {"a/when/purpose": "will be sealed"}, "visit@2026.1")
    asha.sync()
    central.grant(BEN, f"family:{kept}")
    offered = ben.add_family("Offered")
    ben.sync()
    offer = ben.hand_on(offered, ASHA)
    ben.sync()
    asha.sync()
    return {"kept": kept, "lost": lost, "own": own, "spoilt": spoilt, "offered": offered, "offer": offer}


def _meanwhile(central: RunningCentral, ben: Workspace, families: Mapping[str, str]) -> None:
    """What comes to the laptop."""
    ben.edit(families["kept"], {"risk_level": "high", "postcode": "WY1 2AB"})
    _photo(ben, families["kept"], FETCHED)
    paged = ben.add_family("Paged")
    dice = Random(1)
    for _ in range(130):
        words = b64encode(dice.randbytes(7_000)).decode()
        ben.create("visit", f"family:{paged}", {"a/when/purpose": words}, "visit@2026.1")
    ben.sync()
    central.grant(ASHA, f"family:{paged}")
    central.withdraw(ASHA, f"family:{families['lost']}")


def _offline(asha: Workspace, families: Mapping[str, str]) -> None:
    """What waits on the laptop."""
    asha.edit(families["kept"], {"risk_level": "medium", "phone": "1"})
    asha.edit(families["lost"], {"phone": "2"})
    asha.answer_offer(families["offer"], "accept")
    asha.add_family("New")
    _photo(asha, families["kept"], SENT)
    draft = asha.draft(asha.begin("visit", families["own"]))
    draft.answer("d/done/work", "first words")
    draft.drain()
    asha.note_keys("passphrase")
    asha.store.records.drop([families["spoilt"]])


def _photo(laptop: Workspace, family: str, content: bytes) -> None:
    seal = hashlib.sha256(content).hexdigest()
    photo = {"hash": seal, "name": "kitchen.jpg", "size": len(content)}
    record = laptop.create("visit", f"family:{family}", {"c/facts/photo": photo}, "visit@2026.1")
    laptop.store.attachments.keep(record, seal, content)


def synced(laptop: Workspace) -> tuple[str, ...]:
    """One sync; what the person is told of it that is not as it should be."""
    try:
        return laptop.sync().reasons
    except FieldkitError as wrong:
        return (wrong.said,)


AT_CENTRAL = {
    "records": "select id, scope, kind, version, version_hash, state, deleted from record order by id",
    # What central writes itself has a salt by chance.
    "history": "select record, version, device, seq, case when device <> 'central' then line end from version"
    " order by record, version",
    "receipts": "select device, seq, change_hash, line from receipt order by device, seq",
    "ledger": "select record, version from ledger order by record, version",
    "files": "select hash, size, received, whole from attachment order by hash",
    "pieces": "select hash, at, length(content) from attachment_piece order by hash, at",
    "copies": "select worker, device, version, content is null from draft_copy order by device, version",
    "scopes": "select worker, scope, ev, held from entitlement order by 1, 2",
    "quarantine": "select device, seq from quarantine order by 1, 2",
    "key events": "select device, what from key_event order by 1, 2",
    "contact": "select device, cursor, ev from contact order by 1",
    "purges": "select device, scope, ev, done_at is null, rows, files, remaining from purge order by 1, 2",
}
AT_HAND = {
    "records": "select id, kind, scope, version, version_hash, base, view from record order by id",
    "outbox": "select o.seq, o.hash, o.line, s.state, s.outcome, s.reason, s.version from outbox o join sending s"
    " using (seq) order by seq",
    "files": "select hash, owner, content, sent from attachment order by hash, owner",
    "wanted": "select record, hash from attachment_wanted order by record, hash",
    "purges": "select * from purge",
    "sealed": "select scope, length(content) from sealed order by scope",
    "copies": "select version, acked, own from draft_copy",
    "ended": "select * from draft_ended",
    "digest": "select * from digest order by 1, 2",
}


def picture(central: RunningCentral, laptop: Workspace) -> dict[str, Any]:
    """Both replicas, and what the laptop's own check finds."""
    with central.rows() as rows:
        there = {f"central: {name}": rows.execute(each.encode()).fetchall() for name, each in AT_CENTRAL.items()}
    here = {f"laptop: {name}": laptop.store.connection.execute(each).fetchall() for name, each in AT_HAND.items()}
    standing = laptop.replica.standing()
    status = laptop.status()
    counts = (status.waiting, status.parked, status.conflicts, status.files, status.drafts_uncopied)
    told = json.loads(laptop.store.meta("key_events") or "[]")
    more = {"standing": (standing.cursor, standing.head_seen[0], standing.ev, standing.coming), "status": counts}
    return there | here | more | {"faults": laptop.verify(), "untold": told}


def differing(one: Mapping[str, Any], other: Mapping[str, Any]) -> list[str]:
    """Where two pictures differ, in few words."""
    return [name for name in one if one[name] != other[name]]
