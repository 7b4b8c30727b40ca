"""The records one push touches: locked in id order, read once, kept as they change, written at the end."""

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from sync.server.database import Connection


def listed(ids: Iterable[str]) -> str:
    """Ids, which have no blanks, as one text for `string_to_array`: thousands are costly to write as an array."""
    return " ".join(sorted(ids))


@dataclass(frozen=True, slots=True)
class Standing:
    """A record as central holds it."""

    record: str
    scope: str
    kind: str
    form: str
    version: int
    version_hash: str
    state: dict[str, Any] = field(repr=False)
    field_versions: dict[str, Any] = field(repr=False)
    deleted: bool
    urgent: bool
    echo: bool
    device: str


@dataclass(frozen=True, slots=True)
class OpenConflict:
    """An open conflict of a record: its own record's id, and the path it is about."""

    id: str
    record: str
    path: str


READ = (
    "select id, scope, kind, form, version, version_hash, state, field_versions, deleted, urgent, echo, device"
    " from record where id = any(string_to_array(%s, ' ')) order by id for update"
)


def lock(connection: Connection, ids: set[str]) -> dict[str, Standing]:
    """Lock records in id order and read them."""
    if not ids:
        return {}
    return {line[0]: _standing(line) for line in connection.execute(READ, (listed(ids),)).fetchall()}


def _standing(line: tuple[Any, ...]) -> Standing:
    record, scope, kind, form, version, version_hash, state, field_versions, *rest = line
    return Standing(
        record, scope, kind, form, version, version_hash, json.loads(state), json.loads(field_versions), *rest
    )


@dataclass(frozen=True, slots=True)
class Named:
    """What is known of the ids that a batch names before any is locked."""

    gone: frozenset[str]
    """Those that were erased."""
    about: dict[str, OpenConflict]
    """Those that are conflicts, open or not, with the record each is about."""


def named(connection: Connection, ids: set[str]) -> Named:
    """Which of these ids were erased, and which are conflicts."""
    found = connection.execute(
        "select id, record, path, false from conflict where id = any(string_to_array(%(ids)s, ' '))"
        " union all select record, '', '', true from gone where record = any(string_to_array(%(ids)s, ' '))",
        {"ids": listed(ids)},
    ).fetchall()
    return Named(
        frozenset(line[0] for line in found if line[3]),
        {line[0]: OpenConflict(*line[:3]) for line in found if not line[3]},
    )


def open_on(connection: Connection, records: set[str]) -> dict[tuple[str, str], OpenConflict]:
    """The open conflicts of records, by record and path."""
    statement = "select id, record, path from conflict where is_open and record = any(string_to_array(%s, ' '))"
    found = [OpenConflict(*line) for line in connection.execute(statement, (listed(records),)).fetchall()]
    return {(conflict.record, conflict.path): conflict for conflict in found}


def known_hashes(connection: Connection, trunks: set[tuple[str, int]]) -> dict[tuple[str, int], str]:
    """The hash of each of these versions that central has in its history."""
    if not trunks:
        return {}
    wanted = sorted(trunks)
    found = connection.execute(
        "select v.record, v.version, v.version_hash from version v"
        " join unnest(string_to_array(%s, ' '), string_to_array(%s, ' ')::bigint[]) as t (record, version)"
        " using (record, version)",
        (" ".join(record for record, _ in wanted), " ".join(str(version) for _, version in wanted)),
    ).fetchall()
    return {(record, version): kept for record, version, kept in found}
