"""Changes central makes itself: ordinary ledger rows of a device called `central`, with a chain of its own.

Most go into scope `ref`; what follows from somebody's change goes where that belongs.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from uuid import UUID, uuid5

from sync.changes import NO_TRUNK, START, Change, Patch, State, apply, state_text, text_hash
from sync.merge import URGENT, Touch
from sync.merge.allowed import SHARED
from sync.server import book, ledger
from sync.server.book import Standing
from sync.server.clock import stamp
from sync.server.database import Connection, acting_as, row

DEVICE = "central"
NAMESPACE = UUID("5e0f7c1a-4b7d-5c39-9a52-2f6d8e1b0c73")


@dataclass(frozen=True, slots=True)
class Saying:
    """What a record of central's own is to hold from now on."""

    record: str
    kind: str
    patch: Patch = field(repr=False)
    scope: str = SHARED
    form: str = ""
    actor: str = DEVICE
    """Whose words they are: of a copy those of the one who wrote them."""
    at: str = ""
    """When that was; empty: now."""


@dataclass(slots=True)
class Hand:
    """Central's own hand in one transaction: its chain goes on, and its ledger rows are gathered."""

    connection: Connection
    now: datetime
    seq: int
    last_hash: str
    entries: list[ledger.Entry]
    written: dict[str, Standing] = field(default_factory=dict, repr=False)

    @classmethod
    def take(cls, connection: Connection, now: datetime, entries: list[ledger.Entry] | None = None) -> "Hand":
        """Take it up; until this transaction ends nobody else has it."""
        acting_as(connection, "central")
        connection.execute(
            "insert into device (id, label, public_key, last_hash, enrolled_at) values (%s, %s, '', %s, %s)"
            " on conflict do nothing",
            (DEVICE, DEVICE, START, now),
        )
        statement = "select last_seq, last_hash from device where id = %s for update"
        seq, last_hash = row(connection, statement, (DEVICE,))
        return cls(connection, now, int(seq), str(last_hash), [] if entries is None else entries)

    def standing(self, records: Iterable[str]) -> dict[str, Standing]:
        """Records as they stand, locked; with what this hand wrote already."""
        wanted = set(records)
        mine = {record: each for record, each in self.written.items() if record in wanted}
        return book.lock(self.connection, wanted - set(mine)) | mine

    def place(self, record: str, kind: str) -> tuple[str, Standing | None]:
        """Where a record that central reckons the id of stands, and how; None: it is to be written there.

        Whoever knows how it is reckoned may have put a record of another kind there: theirs stays as it is, and ours
        goes to the id that is reckoned from the hash of the change which took the first.
        """
        while True:
            here = {entry.record: entry for entry in self.entries if entry.record == record}
            standing = self.standing([record]).get(record) or (_standing(here[record]) if here else None)
            if standing is None or standing.kind == kind:
                return record, standing
            record = uuid5(NAMESPACE, f"{record}|{self._opened_by(record)}").hex

    def _opened_by(self, record: str) -> str:
        """The hash of the change that a record began with."""
        for entry in self.entries:
            if entry.record == record and entry.version == 1:
                return entry.change.hash
        statement = (
            "select l.change_hash from version v join ledger l on l.number = v.number"
            " where v.record = %s and v.version = 1"
        )
        return bytes(row(self.connection, statement, (record,))[0]).hex()

    def say(self, saying: Saying, before: Standing | None) -> None:
        """Write a record; one that holds it all already is left alone."""
        before = self.written.get(saying.record, before)
        if before is not None and not before.deleted and apply(before.state, saying.patch) == before.state:
            return
        self._add(_entry(saying, before, self._change(_spoken(saying, before, stamp(self.now)))))

    def move(self, before: Standing, scope: str, patch: Patch) -> None:
        """Let a record live in another scope from now on; devices that do not hold that one lose it."""
        saying = Saying(before.record, before.kind, {"@scope": scope, **patch}, scope, before.form)
        self._add(_entry(saying, before, self._change(_spoken(saying, before, stamp(self.now)))))

    def end(self, before: Standing) -> None:
        """Take a record away: nothing is left of what it holds, and every device that has it is told."""
        when = stamp(self.now)
        trunk = (before.version, before.version_hash)
        change = self._change(Change(DEVICE, 0, before.record, "delete", trunk, {}, {}, DEVICE, when, when))
        self._add(_ended(before, change))

    def put_down(self) -> None:
        """Keep how far the chain has come."""
        statement = "update device set last_seq = %s, last_hash = %s where id = %s"
        self.connection.execute(statement, (self.seq, self.last_hash, DEVICE))

    def _change(self, bare: Change) -> Change:
        change = replace(bare, seq=self.seq + 1, prev_hash=self.last_hash).sealed()
        self.seq, self.last_hash = change.seq, change.hash
        return change

    def _add(self, entry: ledger.Entry) -> None:
        self.entries.append(entry)
        self.written[entry.record] = _standing(entry)


def say(connection: Connection, sayings: list[Saying], now: datetime) -> None:
    """Write shared records; one that holds it all already is left alone."""
    hand = Hand.take(connection, now)
    for saying in sayings:
        # Ids that are made of a name can be known, and taken, before there is anything to say there.
        record, before = hand.place(saying.record, saying.kind)
        hand.say(replace(saying, record=record), before)
    write(hand)


def shared(connection: Connection, record: str, kind: str, now: datetime) -> tuple[str, Standing | None]:
    """The place of a record that central reckons the id of, and how it stands there."""
    return Hand.take(connection, now).place(record, kind)


def end(connection: Connection, records: Iterable[Standing], now: datetime) -> None:
    """Take locked records away: nothing is left of what they hold, and every device that has one is told."""
    hand = Hand.take(connection, now)
    for before in records:
        hand.end(before)
    write(hand)


def write(hand: Hand) -> None:
    """Write what a hand gathered, where no push does it."""
    ledger.write(hand.connection, hand.entries)
    hand.put_down()


def _spoken(saying: Saying, before: Standing | None, when: str) -> Change:
    reserved = {} if before else {"@kind": saying.kind, "@scope": saying.scope}
    reserved |= {"@form": saying.form} if saying.form and not before else {}
    return Change(
        device=DEVICE,
        seq=0,
        record=saying.record,
        kind="set" if before else "create",
        trunk=(before.version, before.version_hash) if before else NO_TRUNK,
        patch=reserved | dict(saying.patch),
        was={path: before.state[path] for path in saying.patch if path in before.state} if before else {},
        actor=DEVICE,
        occurred_at=saying.at or when,
        recorded_at=when,
    )


def _entry(saying: Saying, before: Standing | None, change: Change) -> ledger.Entry:
    version = before.version + 1 if before else 1
    text = state_text(_after(before, saying.patch))
    return ledger.Entry(
        record=saying.record,
        scope=saying.scope,
        kind=saying.kind,
        form=saying.form,
        version=version,
        version_hash=text_hash(saying.record, version, text),
        state=text,
        field_versions=_sayings(before, saying, Touch.of(change, version)),
        deleted=False,
        urgent=saying.kind in URGENT,
        echo=True,
        actor=saying.actor,
        device=DEVICE,
        at=saying.at or change.recorded_at,
        change=change,
    )


def _after(before: Standing | None, patch: Patch) -> State:
    plain = {path: value for path, value in patch.items() if path[0] != "@"}
    return apply(before.state if before else {}, plain)


def _sayings(before: Standing | None, saying: Saying, said: Touch) -> str:
    """Who spoke last about each path. A move leaves what people said to them; anything else is central's own word."""
    if "@scope" not in saying.patch or before is None:
        return json.dumps({"": [said]})
    new = {path: [said] for path in saying.patch if path[0] != "@"}
    return json.dumps({**before.field_versions, **new}, separators=(",", ":"))


def _ended(before: Standing, change: Change) -> ledger.Entry:
    version = before.version + 1
    return ledger.Entry(
        record=before.record,
        scope=before.scope,
        kind=before.kind,
        form=before.form,
        version=version,
        version_hash=text_hash(before.record, version, "{}"),
        state="{}",
        field_versions="{}",
        deleted=True,
        urgent=False,
        echo=True,
        actor=DEVICE,
        device=DEVICE,
        at=change.recorded_at,
        change=change,
    )


def _standing(entry: ledger.Entry) -> Standing:
    """What the table of records holds once this is written."""
    head = (entry.record, entry.scope, entry.kind, entry.form, entry.version, entry.version_hash)
    said = (json.loads(entry.state), json.loads(entry.field_versions))
    return Standing(*head, *said, entry.deleted, entry.urgent, entry.echo, entry.device)
