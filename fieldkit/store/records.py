"""Records as this device sees them: central's version (`base`), and `view` = base with the outbox on top."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, cast

from fieldkit.store.digests import Digests, Known
from fieldkit.store.search import FIELDS
from sync.changes import Change, State, Value, apply, state_text
from sync.client import Held, bucket, seals_in

if TYPE_CHECKING:
    from fieldkit.store.store import Store

_COLUMNS = "id, kind, scope, form, version, version_hash, coalesce(view, base), actor, device, at"


@dataclass(frozen=True, slots=True)
class Record:
    """One record as its reader sees it."""

    id: str
    kind: str
    scope: str
    form: str
    version: int
    """Central's version under the view; 0 when central has none yet."""
    version_hash: str
    state: Mapping[str, Value] = field(repr=False)
    actor: str
    device: str
    at: str


@dataclass(frozen=True, slots=True)
class Base:
    """A record as central sent it."""

    id: str
    kind: str
    scope: str
    form: str
    version: int
    version_hash: str
    actor: str
    device: str
    at: str
    text: str = field(repr=False)
    """Its contents as canonical JSON."""

    @property
    def state(self) -> State:
        """Its contents."""
        return cast(State, json.loads(self.text))


@dataclass(frozen=True, slots=True)
class Agreed:
    """A record that stands at central as it is seen here."""

    record: str
    scope: str
    version: int
    version_hash: str
    actor: str
    device: str
    at: str


class Records:
    """The table of records."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.digests = Digests(store)

    def get(self, record: str) -> Record | None:
        """One record, or None."""
        found = self.store.connection.execute(f"select {_COLUMNS} from record where id = ?", (record,)).fetchone()  # noqa: S608
        return None if found is None else _record(found)

    def of_scope(self, scope: str, kind: str | None = None) -> list[Record]:
        """The records of a scope, oldest first; of one kind when it is given."""
        query = f"select {_COLUMNS} from record where scope = ? and (? is null or kind = ?) order by at, id"  # noqa: S608
        return [_record(row) for row in self.store.connection.execute(query, (scope, kind, kind))]

    def of_kind(self, kind: str, limit: int = -1, after: str = "") -> list[Record]:
        """The records of a kind in order of id, after an id."""
        query = f"select {_COLUMNS} from record where kind = ? and id > ? order by id limit ?"  # noqa: S608
        return [_record(row) for row in self.store.connection.execute(query, (kind, after, limit))]

    def holding(self, kind: str, number: str) -> list[str]:
        """The ids of the records of a kind that hold a number somewhere, blanks aside."""
        query = (
            "select id from record where kind = :kind"
            " and instr(replace(coalesce(view, base), ' ', ''), replace(:number, ' ', '')) > 0 order by id limit 50"
        )
        return [str(row[0]) for row in self.store.connection.execute(query, {"kind": kind, "number": number})]

    def count(self, kind: str) -> int:
        """How many records of a kind there are."""
        return int(self.store.connection.execute("select count(*) from record where kind = ?", (kind,)).fetchone()[0])

    def redraw(self, change: Change) -> None:
        """Put one of our own changes on top of the view; a `create` makes the record."""
        if change.kind == "resolve":
            return
        with self.store.transaction() as connection:
            if change.kind == "create":
                self._make_row(change)
            found = connection.execute(
                "select kind, scope, coalesce(view, base) from record where id = ?", (change.record,)
            ).fetchone()
            if found is not None:
                kind, scope, view = found
                laid = _laid(json.loads(view), [change])
                values = (_json(laid), change.recorded_at, change.record)
                connection.execute("update record set view = ?, at = ? where id = ?", values)
                self.store.search.index_many([(change.record, kind, laid, scope)])

    def _make_row(self, change: Change) -> None:
        """A row for a record that central does not have yet; what it shows is laid on it after."""
        kind, scope, form = (str(change.patch.get(name) or "") for name in ("@kind", "@scope", "@form"))
        values = (change.record, kind, scope, form, change.actor, change.device, change.recorded_at)
        self.store.connection.execute(
            "insert into record (id, kind, scope, form, view, actor, device, at) values (?, ?, ?, ?, '{}', ?, ?, ?)"
            " on conflict (id) do nothing",
            values,
        )

    def rebase(self, bases: Sequence[Base], *, any_version: bool = False) -> int:
        """Take central's newer versions and lay what is not in them yet on top; how many records changed.

        `any_version`: also older ones, after central was restored.
        """
        with self.store.transaction() as connection:
            known = self._known([base.id for base in bases])
            fresh = [base for base in bases if any_version or base.version > _version(known.get(base.id))]
            self.digests.move(
                [known[base.id] for base in fresh if base.id in known],
                [Known(base.id, base.scope, base.version, base.version_hash) for base in fresh],
            )
            pending = self._above(fresh)
            views = {base.id: _laid(base.state, pending[base.id]) for base in fresh if pending.get(base.id)}
            connection.executemany(_PUT, [_row(base, views.get(base.id)) for base in fresh])
            self.store.search.index_many(
                (base.id, base.kind, views.get(base.id) or base.state, base.scope)
                for base in fresh
                if base.kind in FIELDS
            )
            self.store.conflicts.note(fresh)
            for base in fresh:
                if '"hash":"' in base.text:
                    self.store.attachments.want(base.id, seals_in(base.state))
        return len(fresh)

    def _above(self, bases: Sequence[Base]) -> dict[str, list[Change]]:
        """What of ours lies on these now that central's newer versions are here."""
        if not self.store.outbox.anything_unsettled():
            return {}
        ours = self.store.outbox.unsettled_by_record([base.id for base in bases])
        self.store.outbox.absorb({base.id: base.version for base in bases if base.id in ours})
        return self.store.outbox.unsettled_by_record(list(ours)) if ours else {}

    def agree(self, agreed: Iterable[Agreed]) -> None:
        """Take what is seen here as central's version."""
        agreed = list(agreed)
        rows = [(each.version, each.version_hash, each.actor, each.device, each.at, each.record) for each in agreed]
        with self.store.transaction() as connection:
            known = self._known([each.record for each in agreed])
            new = [Known(each.record, each.scope, each.version, each.version_hash) for each in agreed]
            self.digests.move(known.values(), new)
            connection.executemany(
                "update record set base = coalesce(view, base), view = null, version = ?, version_hash = ?, actor = ?,"
                " device = ?, at = ? where id = ?",
                rows,
            )

    def _known(self, records: Sequence[str]) -> dict[str, Known]:
        query = (
            "select id, scope, version, version_hash from record"
            " where id in (select value from json_each(?)) and base is not null"
        )
        rows = self.store.connection.execute(query, (json.dumps(list(records)),)).fetchall()
        return {row[0]: Known(*row) for row in rows}

    def bases(self, records: Sequence[str]) -> dict[str, Base]:
        """Central's versions of some records, where this device has one."""
        query = (
            "select id, kind, scope, form, version, version_hash, actor, device, at, base from record"
            " where id in (select value from json_each(?)) and base is not null"
        )
        rows = self.store.connection.execute(query, (json.dumps(list(records)),))
        return {row[0]: _kept(row) for row in rows}

    def redraw_all(self, records: Sequence[str]) -> int:
        """Draw some views anew from base and outbox; how many differed. A record of which nothing is left goes."""
        with self.store.transaction() as connection:
            pending = self.store.outbox.unsettled_by_record(records)
            above = {record: [each for each in own if each.kind != "resolve"] for record, own in pending.items()}
            query = (
                "select id, kind, scope, base, coalesce(view, base) from record"
                " where id in (select value from json_each(?))"
            )
            rows = connection.execute(query, (json.dumps(list(records)),)).fetchall()
            missing = [own for record, own in above.items() if own and record not in {row[0] for row in rows}]
            for own in missing:
                self._make_row(own[0])
                self.redraw_all([own[0].record])
            return len(missing) + sum(self._drawn(row, above.get(row[0], [])) for row in rows)

    def _drawn(self, row: tuple[Any, ...], above: Sequence[Change]) -> int:
        record, kind, scope, base, view = row
        if base is None and not above:
            self.forget(record)
            return 1
        laid = _laid(json.loads(base) if base else {}, above)
        text = _json(laid)
        if text == view:
            return 0
        self.store.connection.execute("update record set view = nullif(?, base) where id = ?", (text, record))
        self.store.search.index_many([(record, kind, laid, scope)])
        return 1

    def drop(self, records: Sequence[str]) -> int:
        """Central no longer gives us these: the base goes at once; what was made here and not answered stays."""
        with self.store.transaction() as connection:
            known = self._known(records)
            self.digests.move(known.values(), ())
            connection.executemany(
                "update record set view = coalesce(view, base), base = null, version = 0, version_hash = ''"
                " where id = ?",
                [(each,) for each in known],
            )
            self.redraw_all(records)
        return len(known)

    def erase(self, record: str) -> int:
        """A record was erased at central: nothing of its words stays here, in the own chain either."""
        with self.store.transaction():
            known = self._known([record])
            self.digests.move(known.values(), ())
            self.store.outbox.erase(record)
            self.forget(record)
        return len(known)

    def mend(self, bases: Sequence[Base], held: Held) -> int:
        """Make parts of a scope what central has: take these versions, drop what it has not; how many differed."""
        query = "select id, version_hash from record where scope = ? and base is not null"
        ours = dict(self.store.connection.execute(query, (held.scope,)).fetchall())
        stray = [each for each in ours if bucket(each) in held.parts and each not in held.records]
        wrong = [base for base in bases if ours.get(base.id) != base.version_hash]
        with self.store.transaction():
            self.drop(stray)
            self.rebase(wrong, any_version=True)
        return len(stray) + len(wrong)

    def forget(self, record: str) -> None:
        """Remove a record and what the search knows of it."""
        with self.store.transaction() as connection:
            self.store.outbox.lived(record)
            connection.execute("delete from record where id = ?", (record,))
            connection.execute("delete from conflict where id = ? or record = ?", (record, record))
            self.store.search.forget(record)
            self.store.attachments.destroy(record)

    def rebuild(self) -> int:
        """Make every view anew from base and outbox; how many differed."""
        with self.store.transaction() as connection:
            kept = {row[0] for row in connection.execute("select id from record")}
            return self.redraw_all(sorted(kept | self.store.outbox.unsettled_records()))


_PUT = """
    insert into record (id, kind, scope, form, version, version_hash, base, view, actor, device, at)
    values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
    on conflict (id) do update set
        kind = excluded.kind, scope = excluded.scope, form = excluded.form, version = excluded.version,
        version_hash = excluded.version_hash, base = excluded.base, view = excluded.view,
        actor = excluded.actor, device = excluded.device, at = excluded.at
"""


def _version(known: Known | None) -> int:
    return 0 if known is None else known.version


def _laid(state: State, changes: Sequence[Change]) -> State:
    """A base with our own changes on top."""
    for change in changes:
        if change.kind == "resolve":
            continue
        under = {} if change.kind == "delete" else state
        state = apply(under, {path: value for path, value in change.patch.items() if not path.startswith("@")})
    return state


def _row(base: Base, view: State | None) -> tuple[object, ...]:
    head = (base.id, base.kind, base.scope, base.form, base.version, base.version_hash)
    return (*head, base.text, None if view is None else _json(view), base.actor, base.device, base.at)


def _kept(row: tuple[Any, ...]) -> Base:
    record, kind, scope, form, version, version_hash, actor, device, at, state = row
    return Base(record, kind, scope, form, version, version_hash, actor, device, at, state)


def _record(row: tuple[Any, ...]) -> Record:
    record, kind, scope, form, version, version_hash, view, actor, device, at = row
    return Record(record, kind, scope, form, version, version_hash, json.loads(view), actor, device, at)


def _json(state: Mapping[str, Value]) -> str:
    return state_text(dict(state))
