"""The sums over what each scope holds, and what of a scope a device has otherwise."""

from collections.abc import Sequence

from sync.protocol import Compare, Held
from sync.protocol.digests import MODULUS, bucket, by_bucket, differing, root
from sync.server.database import Connection


def of(connection: Connection, scopes: Sequence[str] | None) -> dict[str, int]:
    """The kept sums of these scopes, or of all."""
    statement = "select scope, sum from digest where %(all)s or scope = any(%(scopes)s)"
    found = connection.execute(statement, {"all": scopes is None, "scopes": list(scopes or ())}).fetchall()
    return {str(scope): int.from_bytes(bytes(kept), "big") for scope, kept in found}


def packed(value: int) -> bytes:
    """A sum as it is kept."""
    return (value % MODULUS).to_bytes(32, "big")


def agrees(connection: Connection, scopes: Sequence[str], since: int, digest: str) -> bool:
    """Whether a device that has everything up to `since` holds what we do. Somebody between: then nobody can say."""
    statement = (
        "select c.number, d.scope, d.sum from counter c left join digest d on d.scope = any(%s)"  # one look, one moment
    )
    found = connection.execute(statement, (list(scopes),)).fetchall()
    if found[0][0] != since:
        return True
    return digest == root({scope: int.from_bytes(bytes(kept), "big") for _, scope, kept in found if scope})


def compare(connection: Connection, ask: Compare) -> tuple[list[str], Held]:
    """The ids whose contents a device should be sent, and all ids in the parts that differ."""
    statement = "select id, version_hash from record where scope = %s and not deleted"
    held = [(str(record), str(known)) for record, known in connection.execute(statement, (ask.scope,)).fetchall()]
    parts = differing(by_bucket(held), ask.sums)
    records = sorted(record for record, _ in held if bucket(record) in parts)
    return records, Held(ask.scope, sorted(parts), records)
