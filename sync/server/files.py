"""Files beside records: taken and handed out piece by piece, only through a record that is held and names them."""

import hashlib
import json
from collections.abc import Iterable

from sync.changes import Change
from sync.errors import Rejected
from sync.merge import Merge
from sync.merge.allowed import Verb, may
from sync.protocol import Reason
from sync.protocol.attachments import Named, Piece, seals_in
from sync.server import awaited, entitlement
from sync.server.database import Connection, acting_as
from sync.server.devices import Device
from sync.server.taking import Desk


def follow(desk: Desk, change: Change, made: Merge) -> None:
    """Mark what a change names that is here already, and that no record showed to its author; wait for all else."""
    awaited.expect(desk, change)
    for seal in sorted({seal for seal, _ in seals_in(change.patch)}):
        desk.connection.execute(
            "insert into unshown_file (record, hash)"
            " select %(record)s, hash from attachment where hash = %(seal)s and whole"
            " and not exists (select from record r where r.scope = any(%(scopes)s) and r.state like %(named)s"
            " and not exists (select from unshown_file u where u.record = r.id and u.hash = %(seal)s))"
            " on conflict do nothing",
            {"record": made.head.record, "seal": seal, "scopes": sorted(desk.scopes), "named": f'%"hash":"{seal}"%'},
        )


def take(connection: Connection, device: Device, piece: Piece) -> tuple[int, bool]:
    """Keep a piece where it goes on; how much has arrived, whether the file is whole. Rejected when not entitled."""
    held = _must_be_named(connection, device, piece.named, Verb.WRITE)
    seal = piece.named.seal
    if piece.at + len(piece.content) == piece.named.size:
        awaited.alone_with(connection, seal)
    unshown = connection.execute(
        "select received from unshown_file where record = %s and hash = %s for update", (piece.named.record, seal)
    ).fetchone()
    if unshown is not None and not awaited.is_shown_to(connection, held, piece.named):
        return _prove(connection, piece, int(unshown[0]))
    if unshown is not None:
        connection.execute("delete from unshown_file where record = %s and hash = %s", (piece.named.record, seal))
    connection.execute(
        "insert into attachment (hash, size) values (%s, %s) on conflict do nothing", (seal, piece.named.size)
    )
    found = connection.execute("select size, received, whole from attachment where hash = %s for update", (seal,))
    size, received, whole = found.fetchone() or (0, 0, False)
    if not whole and size != piece.named.size:
        # Two records say two sizes of it: the seal will tell which is right, so each may begin.
        _begin_again(connection, piece.named)
        size, received = piece.named.size, 0
    if whole or piece.at != received or not piece.content or size != piece.named.size:
        return int(received), bool(whole)
    connection.execute(
        "insert into attachment_piece (hash, at, content) values (%s, %s, %s)", (seal, received, piece.content)
    )
    received += len(piece.content)
    whole = received == size and _seal_of(connection, seal) == seal
    if received == size and not whole:
        # Not what was sealed.
        connection.execute("delete from attachment_piece where hash = %s", (seal,))
        received = 0
    statement = "update attachment set received = %s, whole = %s where hash = %s"
    connection.execute(statement, (received, whole, seal))
    if whole:
        awaited.arrived(connection, piece.named)
    return received, whole


def _begin_again(connection: Connection, named: Named) -> None:
    connection.execute("delete from attachment_piece where hash = %s", (named.seal,))
    connection.execute("update attachment set received = 0, size = %s where hash = %s", (named.size, named.seal))


def give(connection: Connection, device: Device, asked: Piece) -> Piece:
    """The bytes from a place on, as many as stand together; none when the file is not whole here."""
    _must_be_named(connection, device, asked.named, Verb.READ)
    found = connection.execute(
        "select p.at, p.content from attachment_piece p join attachment a using (hash)"
        " where p.hash = %s and a.whole and p.at <= %s"
        " and not exists (select from unshown_file u where u.record = %s and u.hash = p.hash)"
        " order by p.at desc limit 1",
        (asked.named.seal, asked.at, asked.named.record),
    ).fetchone()
    content = bytes(found[1])[asked.at - int(found[0]) :] if found else b""
    return Piece(asked.named, asked.at, content)


def forget(connection: Connection, states: Iterable[str]) -> None:
    """Delete the files that only erased records named. As the owner; call it when the records are blank."""
    for seal in sorted({seal for state in states for seal, _ in seals_in(json.loads(state))}):
        named = "select 1 from record where not deleted and state like %s limit 1"
        if connection.execute(named, (f'%"hash":"{seal}"%',)).fetchone() is None:
            connection.execute("delete from attachment_piece where hash = %s", (seal,))
            connection.execute("delete from attachment where hash = %s", (seal,))


def _prove(connection: Connection, piece: Piece, received: int) -> tuple[int, bool]:
    """Hold what comes through such a record against what is here; when all of it came, the record shows the file."""
    if piece.at != received or not piece.content:
        return received, False
    named = (piece.named.record, piece.named.seal)
    received = received + len(piece.content) if _is_as_here(connection, piece) else 0
    found = connection.execute("select 1 from attachment where hash = %s and size = %s", (named[1], received))
    if found.fetchone() is not None:
        connection.execute("delete from unshown_file where record = %s and hash = %s", named)
        return received, True
    connection.execute("update unshown_file set received = %s where record = %s and hash = %s", (received, *named))
    return received, False


def _is_as_here(connection: Connection, piece: Piece) -> bool:
    end = piece.at + len(piece.content)
    found = connection.execute(
        "select at, content from attachment_piece where hash = %s and at < %s and at + length(content) > %s"
        " order by at",
        (piece.named.seal, end, piece.at),
    ).fetchall()
    here = b"".join(bytes(content) for _, content in found)
    start = piece.at - int(found[0][0]) if found else 0
    return here[start : start + len(piece.content)] == piece.content


def _must_be_named(connection: Connection, device: Device, named: Named, verb: Verb) -> set[str]:
    """What the worker holds. Entitlement before everything else: not even whether a file is here is told without it."""
    held = entitlement.scopes_of(connection, device.worker)
    acting_as(connection, "central")
    found = connection.execute(
        "select scope, state from record where id = %s and not deleted", (named.record,)
    ).fetchone()
    if found is None or not may(device.role, verb, str(found[0]), held):
        raise Rejected(Reason.UNKNOWN_RECORD)
    if (named.seal, named.size) not in set(seals_in(json.loads(found[1]))):
        raise Rejected(Reason.UNKNOWN_RECORD)
    return set(held)


def _seal_of(connection: Connection, seal: str) -> str:
    made = hashlib.sha256()
    pieces = connection.execute("select at from attachment_piece where hash = %s order by at", (seal,)).fetchall()
    for (at,) in pieces:
        statement = "select content from attachment_piece where hash = %s and at = %s"
        found = connection.execute(statement, (seal, at)).fetchone()
        made.update(bytes(found[0]) if found else b"")
    return made.hexdigest()
