"""One-time codes: how a worker's device becomes known (issue, try). Wrong, used, late and unknown answer alike."""

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sync.server.database import Connection

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's: no I, L, O, U to misread."""
HANDLE = 4
SECRET = 8
"""Eight letters of thirty-two: 40 bits that are guessed, five tries."""
LIFE = timedelta(minutes=15)
TRIES = 5
MISREAD = str.maketrans("ILO", "110")


@dataclass(frozen=True, slots=True)
class Owner:
    """The worker a code was made for."""

    id: str
    name: str
    role: str


def issue(connection: Connection, worker: str, now: datetime) -> tuple[str, datetime]:
    """Make a code for a worker; only its hash is kept."""
    connection.execute("delete from code where expires < %s", (now,))
    letters = "".join(secrets.choice(ALPHABET) for _ in range(HANDLE + SECRET))
    values = (letters[:HANDLE], _digest(letters), worker, now + LIFE)
    made = connection.execute(
        "insert into code (handle, hash, worker, expires) values (%s, %s, %s, %s) on conflict do nothing", values
    ).rowcount
    if not made:
        return issue(connection, worker, now)
    return "-".join(letters[at : at + 4] for at in range(0, len(letters), 4)), now + LIFE


def redeem(connection: Connection, typed: str, now: datetime) -> Owner | None:
    """Use a code up; None for wrong, used, late, tried too often or unknown. Commit in either case: a try counts."""
    letters = "".join(letter for letter in typed[:64].upper().translate(MISREAD) if letter in ALPHABET)
    found = connection.execute(
        "update code set tries = tries + 1 where handle = %s returning hash, tries, used, expires, worker",
        (letters[:HANDLE],),
    ).fetchone()
    kept, tries, used, expires, worker = found or (_digest(""), TRIES + 1, True, now, "")
    right = hmac.compare_digest(bytes(kept), _digest(letters))
    if not right or used or tries > TRIES or now > expires:
        return None
    connection.execute("update code set used = true where handle = %s", (letters[:HANDLE],))
    name = connection.execute("select id, name, role from worker where id = %s", (worker,)).fetchone()
    return None if name is None else Owner(*name)


def _digest(letters: str) -> bytes:
    return hashlib.sha256(b"fieldkit code\0" + letters.encode()).digest()
