"""What a scope held at a ledger number, in pages that are packed once and serve every device for a day.

A page is a range of ids. It is rendered when it is first asked for, as its records stand then, without those that were
written after the number: they come as news. So a page can be rendered anew at any time, a device that was cut off goes
on with its next page, and central never holds more than one page. Pages with the names of families come first.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sync.protocol import MOST_ROOM, PageBegins, Place, frame_line, pack_lines
from sync.server.database import Connection, row
from sync.server.frames import COLUMNS, line_of

KEPT = timedelta(hours=24)
"""How long a packed page serves, and how long what a scope is parted into is offered to another device."""
RESUMED = timedelta(days=30)
"""How long a device that was cut off may go on where it stood."""
ROOM = 512 << 10
"""Bytes of records in a page, unpacked."""
ROW = 300
"""Bytes of a record's line beside its contents, roughly."""
LEAST = ROOM // 2_000
"""What the smallest record counts for: so a page never has more than 2,000."""
SMALL = 256 << 10
"""Bytes that are not worth pages: they come at once."""
NAMES = "kind in ('family', 'person')"


@dataclass(frozen=True, slots=True)
class Wanted:
    """The scopes a device is to be given, up to which ledger number, and whether it has nothing at all yet."""

    scopes: Sequence[str]
    number: int
    device: str
    first: bool
    given_back: Sequence[str] = ()
    """Those of which the device removed everything once, its own writing too."""


@dataclass(frozen=True, slots=True)
class Offer:
    """A scope by pages: `number` names them, `up_to` is the ledger number that who has all of them has reached."""

    scope: str
    number: int
    pages: int
    up_to: int


def offers(connection: Connection, wanted: Wanted, now: datetime) -> list[Offer]:
    """How the scopes can be had by pages; nothing when they are so small that they come at once.

    A scope in which nobody but the device itself has written is not offered: the device has it.
    """
    weights = _weights(connection, wanted)
    if sum(weights.values()) <= SMALL:
        return []
    return [_offer(connection, scope, wanted, now) for scope in sorted(weights)]


def offer_again(connection: Connection, scope: str, number: int, now: datetime) -> Offer:
    """A scope whose pages are known no more, parted anew."""
    return _offer(connection, scope, Wanted([scope], number, "", first=False), now)


def _weights(connection: Connection, wanted: Wanted) -> dict[str, int]:
    own = "" if wanted.first else " and (echo or device <> %(device)s or scope = any(%(back)s))"
    values = {
        "scopes": list(wanted.scopes),
        "number": wanted.number,
        "device": wanted.device,
        "back": list(wanted.given_back),
    }
    statement = (
        f"select scope, sum(octet_length(state) + {ROW})::bigint from record"  # noqa: S608 - a number of this module
        f" where scope = any(%(scopes)s) and number <= %(number)s{own} group by scope"
    )
    return {str(scope): int(weight) for scope, weight in connection.execute(statement.encode(), values).fetchall()}


def _offer(connection: Connection, scope: str, wanted: Wanted, now: datetime) -> Offer:
    known = connection.execute(
        "select number, pages from snapshot where scope = %s and made_at > %s order by number desc limit 1",
        (scope, now - KEPT),
    ).fetchone()
    if known is not None:
        number, pages = int(known[0]), int(known[1])
        if _is_quiet(connection, scope, number, wanted.number):
            return Offer(scope, number, pages, wanted.number)
        if wanted.first:
            return Offer(scope, number, pages, number)
    return Offer(scope, wanted.number, _part(connection, scope, wanted.number, now), wanted.number)


def _is_quiet(connection: Connection, scope: str, one: int, other: int) -> bool:
    """Whether nothing of the scope was written between two numbers."""
    statement = "select exists (select from record where scope = %s and number > %s and number <= %s)"
    return not row(connection, statement, (scope, min(one, other), max(one, other)))[0]


def _part(connection: Connection, scope: str, number: int, now: datetime) -> int:
    """Part a scope into ranges of ids; how many."""
    made = connection.execute(
        "insert into snapshot (scope, number, pages, made_at) values (%s, %s, 0, %s)"
        " on conflict (scope, number) do update set made_at = excluded.made_at returning pages",
        (scope, number, now),
    ).fetchone()
    if made is not None and made[0]:
        return int(made[0])
    pages = connection.execute(_PART.encode(), {"scope": scope, "number": number}).rowcount
    connection.execute("update snapshot set pages = %s where scope = %s and number = %s", (pages, scope, number))
    return pages


_PART = f"""
    with weighed as (
        select id, {NAMES} as names, sum(greatest(octet_length(state) + {ROW}, {LEAST}))
            over (partition by {NAMES} order by id) as so_far
        from record where scope = %(scope)s and number <= %(number)s
    ), parted as (
        select names, min(id) as first_id, max(id) as last_id
        from weighed group by names, (so_far - 1)::bigint / {ROOM}
    )
    insert into snapshot_page (scope, number, page, names, first_id, last_id)
    select %(scope)s, %(number)s, row_number() over (order by names desc, first_id) - 1, names, first_id, last_id
    from parted
"""  # noqa: S608 - numbers and words of this module


def forget_old(connection: Connection, now: datetime) -> None:
    """Drop packed pages after a day, and what nobody goes on with after a month. As central."""
    connection.execute(
        "update snapshot_page set body = null, made_at = null where body is not null and made_at <= %s", (now - KEPT,)
    )
    connection.execute("delete from snapshot where made_at <= %s", (now - RESUMED,))


def drop(connection: Connection, scopes: Iterable[str]) -> None:
    """Drop the packed pages of scopes, as a deletion in them does by itself. As central."""
    for scope in sorted(set(scopes)):
        connection.execute("update snapshot set dropped_in = pg_current_xact_id() where scope = %s", (scope,))
        connection.execute("update snapshot_page set body = null, made_at = null where scope = %s", (scope,))


def bodies(
    connection: Connection, places: Iterable[Place], room: int, now: datetime
) -> tuple[list[bytes], Place | None]:
    """The packed pages from the first on while there is room; and the first that is known no more, if it came to that.

    Whoever calls has said who reads, and has looked whether these scopes are held.
    """
    found: list[bytes] = []
    left = min(room, MOST_ROOM)
    for place in places:
        body = _body(connection, place, now)
        if body is None:
            return found, place
        if found and len(body) > left:
            break
        found.append(body)
        left -= len(body)
    return found, None


def _body(connection: Connection, place: Place, now: datetime) -> bytes | None:
    # Held until the transaction ends: who deletes or erases waits for us, and then drops what we have rendered.
    values = (place.scope, place.number)
    if (
        connection.execute("select 1 from snapshot where scope = %s and number = %s for share", values).fetchone()
        is None
    ):
        return None
    found = connection.execute(
        "select case when made_at > %s then body end, names, first_id, last_id from snapshot_page"
        " where scope = %s and number = %s and page = %s",
        (now - KEPT, *values, place.page),
    ).fetchone()
    if found is None:
        return None
    if found[0] is not None:
        return bytes(found[0])
    body = _rendered(connection, place, (found[1], found[2], found[3]))
    connection.execute(
        "update snapshot_page set body = %s, made_at = %s where scope = %s and number = %s and page = %s",
        (body, now, *values, place.page),
    )
    return body


def _rendered(connection: Connection, place: Place, part: tuple[bool, str, str]) -> bytes:
    names, first, last = part
    statement = (
        f"select {COLUMNS} from record where scope = %s and id between %s and %s"  # noqa: S608 - words of this module
        f" and number <= %s and ({NAMES}) = %s order by id"
    )
    values = (place.scope, first, last, place.number, names)
    lines = [line_of(each) for each in connection.execute(statement.encode(), values).fetchall()]
    # It ends with a line feed, for another page or the end follows on it.
    return pack_lines([frame_line(PageBegins(place.scope, place.number, place.page)), *lines, ""])
