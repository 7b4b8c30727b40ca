"""The records one push touches, as merge sees them: heads with their history's hashes and open conflicts."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from sync.changes import Change, Policies, Policy, state_text
from sync.merge import Head, touches_of
from sync.server import book, ledger
from sync.server.book import OpenConflict, Standing
from sync.server.database import Connection, row

_ENCODE = json.JSONEncoder(separators=(",", ":")).encode


@dataclass(slots=True)
class Shelf:
    """Heads by record id; what is put back is what the next change of the batch sees."""

    heads: dict[str, Head] = field(repr=False)
    changed: dict[str, Head] = field(default_factory=dict, repr=False)
    """Conflicts that were written: their table is kept in step."""

    @classmethod
    def load(cls, connection: Connection, batch: Sequence[Change], about: Mapping[str, OpenConflict]) -> "Shelf":
        """Lock and read everything a batch can touch: records in id order, then their conflicts in id order.

        `about`: the conflicts that the batch names. A conflict is only written by who holds its record, so what is
        open is asked after the records are held.
        """
        named = {change.record for change in batch}
        records = (named - set(about)) | {conflict.record for conflict in about.values()}
        standing = book.lock(connection, records)
        contested = book.open_on(connection, records)
        standing |= book.lock(connection, set(about) | {conflict.id for conflict in contested.values()})
        known = book.known_hashes(connection, {trunk for each in batch if (trunk := _older_trunk(each, standing))})
        shelf = cls({record: _head(each) for record, each in standing.items()})
        shelf._hang(contested.values(), known)
        return shelf

    def _hang(self, contested: Iterable[OpenConflict], known: dict[tuple[str, int], str]) -> None:
        for (record, version), kept in known.items():
            head = self.heads.get(record)
            if head is not None:
                self.heads[record] = replace(head, known={**head.known, version: kept})
        for conflict in contested:
            head, hung = self.heads.get(conflict.record), self.heads.get(conflict.id)
            if head is not None and hung is not None:
                self.heads[conflict.record] = replace(head, conflicts={**head.conflicts, conflict.path: hung})

    def fetch(self, connection: Connection, record: str) -> Head | None:
        """A record that no change of the batch names, locked with its open conflicts; None where there is none."""
        if record not in self.heads:
            standing = book.lock(connection, {record})
            contested = book.open_on(connection, {record})
            standing |= book.lock(connection, {conflict.id for conflict in contested.values()})
            self.heads |= {each: _head(found) for each, found in standing.items()}
            self._hang(contested.values(), {})
        return self.heads.get(record)

    def renew(self, standing: Standing | None, before: Head | None) -> Head:
        """A record that central itself has just written, with the conflicts it had."""
        assert standing is not None
        head = replace(_head(standing), conflicts=before.conflicts if before else {})
        self.heads[head.record] = head
        return head

    def put(self, head: Head) -> None:
        """A record as it stands now. A conflict is hung at its record while it is open, and taken off when decided."""
        if head.kind != "conflict":
            before = self.heads.get(head.record)
            hung = head.conflicts if before is None else before.conflicts
            self.heads[head.record] = head if head.conflicts == hung else replace(head, conflicts=hung)
            return
        self.heads[head.record] = self.changed[head.record] = head
        about, path = self.heads.get(str(head.state.get("record"))), str(head.state.get("path"))
        if about is not None:
            others = {at: each for at, each in about.conflicts.items() if at != path}
            hung = others if head.state.get("status") == "resolved" else {**others, path: head}
            self.heads[about.record] = replace(about, conflicts=hung)

    def write_conflicts(self, connection: Connection) -> None:
        """Keep the table of conflicts in step with the conflict records."""
        if self.changed:
            connection.cursor().executemany(
                "insert into conflict (id, record, path, class, due, is_open) values (%s, %s, %s, %s, %s, %s)"
                " on conflict (id) do update set due = excluded.due, is_open = excluded.is_open",
                [_conflict_row(head) for head in self.changed.values()],
            )


def _older_trunk(change: Change, standing: Mapping[str, Standing]) -> tuple[str, int] | None:
    """The version a change is about, when it is not the one that stands: then the history is asked for its hash."""
    version, found = change.trunk[0], standing.get(change.record)
    return (change.record, version) if found is not None and 0 < version < found.version else None


def _conflict_row(head: Head) -> tuple[str, str, str, str, str, bool]:
    told = [str(head.state.get(name) or "") for name in ("record", "path", "class", "due")]
    return (head.record, told[0], told[1], told[2], told[3], head.state.get("status") != "resolved")


def _head(standing: Standing) -> Head:
    return Head(
        standing.record,
        standing.kind,
        standing.scope,
        form=standing.form,
        version=standing.version,
        version_hash=standing.version_hash,
        state=standing.state,
        touched=touches_of(standing.field_versions),
        deleted=standing.deleted,
        echo=standing.echo,
    )


def standing_of(head: Head, change: Change) -> Standing:
    """A head as the table of records will hold it, for who goes on from it in the same transaction."""
    said = json.loads(json.dumps(dict(head.touched)))
    place = (head.record, head.scope, head.kind, head.form, head.version, head.version_hash)
    return Standing(*place, dict(head.state), said, head.deleted, False, head.echo, change.device)


def entry(head: Head, change: Change, urgent: bool) -> ledger.Entry:
    """A record as it goes into the ledger, the history and the table of records."""
    central = head.kind == "conflict"
    return ledger.Entry(
        record=head.record,
        scope=head.scope,
        kind=head.kind,
        form=head.form,
        version=head.version,
        version_hash=head.version_hash,
        state=head.text or state_text(head.state),
        field_versions=_ENCODE(dict(head.touched)),
        deleted=head.deleted,
        urgent=urgent,
        echo=head.echo,
        actor="central" if central else change.actor,
        device="central" if central else change.device,
        at=change.recorded_at,
        change=change,
    )


def published_policies(connection: Connection, shared: bytes | None) -> dict[str, Policies]:
    """The policies of the newest published version of every form, by form id.

    `shared` is the sum over what scope `ref` holds (`digests`): while it is the same, so are the forms.
    """
    known = _PUBLISHED.get(shared) if shared else None
    return _read_policies(connection) if known is None else known


_PUBLISHED: dict[bytes, dict[str, Policies]] = {}
"""The last few answers, by the sum over all that was shared then."""
FEW = 4


def _read_policies(connection: Connection) -> dict[str, Policies]:
    # The sum in the same look: what is kept under it is what it is the sum of.
    found = connection.execute(
        "select version_hash, id, (select sum from digest where scope = 'ref') from record"
        " where kind = 'form' and scope = 'ref' and not deleted"
    ).fetchall()
    told = [_form(connection, known, record) for known, record, _ in found]
    policies = {form: table for _, form, table in sorted(told, key=lambda each: each[0])}
    if found and found[0][2]:
        if len(_PUBLISHED) >= FEW:
            _PUBLISHED.clear()
        _PUBLISHED[found[0][2]] = policies
    return policies


_FORMS: dict[str, tuple[list[tuple[int, str]], str, Policies]] = {}
"""Policy tables by the hash of their record: what has a hash never changes, so every push need not read it anew."""


def _form(connection: Connection, known: str, record: str) -> tuple[list[tuple[int, str]], str, Policies]:
    if known not in _FORMS:
        told = json.loads(row(connection, "select state from record where id = %s", (record,))[0])
        table = {path: Policy.from_json(raw) for path, raw in json.loads(told["policies"]).items()}
        _FORMS[known] = (_natural(told["version"]), told["id"], table)
    return _FORMS[known]


def _natural(version: str) -> list[tuple[int, str]]:
    """A version so that 2026.10 comes after 2026.9."""
    return [(int(part), "") if part.isdecimal() else (-1, part) for part in version.split(".")]
