"""The routes of sealed copies of drafts: put one, say what is done with, list them, fetch one."""

import json
import re
from typing import TYPE_CHECKING, Any

from sync.errors import MISSHAPEN, Malformed, Rejected
from sync.protocol import JSON, Reason, parse
from sync.protocol.attachments import BYTES
from sync.protocol.copies import GET, LIST, MOST_ENDED, PUT, TELL, is_copy_id, read_copy
from sync.server import draft_copies, standing, team
from sync.server.database import Connection
from sync.server.gate import Asked, Claim, admit

if TYPE_CHECKING:
    from sync.server.app import Central, Work

MOST_WRAPPED = 16 << 10
"""Characters of a device's wrapped key: one wrap a person."""
_KEY, _WORKER = re.compile(r"[0-9a-f]{64}"), re.compile(r"[0-9A-Za-z-]{0,64}")


def _put(central: "Central", connection: Connection, asked: Asked, claim: Claim) -> tuple[str, bytes]:
    now = central.clock()
    device = admit(connection, claim, now)
    became = draft_copies.take(connection, device, read_copy(asked.body), central.keys.seal, now)
    return _told({"became": became})


def _tell(central: "Central", connection: Connection, asked: Asked, claim: Claim) -> tuple[str, bytes]:
    """What changed beside the copies: the wrapped key, the standing, what is done with; a lead hears of the team."""
    now = central.clock()
    device, told = admit(connection, claim, now), parse(asked.body)
    try:
        key, done = told.get("key"), [(str(copy), int(version)) for copy, version in told.get("ended", ())]
        half = (str(key["public"]), str(key["wrapped"])) if key else None
    except MISSHAPEN as wrong:
        raise Malformed from wrong
    if len(done) > MOST_ENDED or not all(is_copy_id(copy) and 0 <= version < 1 << 62 for copy, version in done):
        raise Malformed
    if half is not None:
        if not _KEY.fullmatch(half[0]) or len(half[1]) > MOST_WRAPPED:
            raise Malformed
        draft_copies.keep_key(connection, device, *half, now)
    if "standing" in told:
        standing.keep(connection, device.id, told["standing"], now)
    draft_copies.end(connection, device, done, now)
    draft_copies.let_go(connection, now)
    if told.get("team") is not True or device.role != "lead":
        return _told({"ended": len(done), "team": [], "people": []})
    drafts, people = draft_copies.counts(connection), team.people(connection, device, now)
    return _told({"ended": len(done), "team": drafts, "people": people})


def _list(central: "Central", connection: Connection, asked: Asked, claim: Claim) -> tuple[str, bytes]:
    """A worker's copies, and the wrapped keys when asked for; another's only where two persons opened them."""
    now = central.clock()
    device, told = admit(connection, claim, now), parse(asked.body)
    of = str(told.get("of") or device.worker)
    if not _WORKER.fullmatch(of):
        raise Malformed
    if of != device.worker and not draft_copies.is_open_to(connection, of, device.worker, now):
        raise Rejected(Reason.NOT_ENTITLED)
    own = of == device.worker
    keys = draft_copies.keys_of(connection, device, now) if own and told.get("keys") is True else []
    return _told({"copies": draft_copies.listed(connection, of), "keys": keys})


def _get(central: "Central", connection: Connection, asked: Asked, claim: Claim) -> tuple[str, bytes]:
    now = central.clock()
    device, copy = admit(connection, claim, now), str(parse(asked.body).get("copy", ""))
    if not is_copy_id(copy):
        raise Malformed
    return BYTES, draft_copies.give(connection, device, copy, now)


def _told(value: dict[str, Any]) -> tuple[str, bytes]:
    return JSON, json.dumps(value, ensure_ascii=False).encode()


ROUTES: tuple[tuple[str, str, "Work"], ...] = (
    (PUT, BYTES, _put),
    (TELL, JSON, _tell),
    (LIST, JSON, _list),
    (GET, JSON, _get),
)
STATUS = {Reason.NOT_ENTITLED: 403}
BODIES = {PUT: (1 << 20) + (16 << 10)}
"""Bytes a body may have: a copy, and the line before it."""
