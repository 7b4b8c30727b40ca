"""The audit: what was done on this device, each entry chained to the one before; never an answer.

The chain shows what was changed by somebody who did not write it anew. Against one who did (the device's key is in the
same store) stand the heads that central has countersigned, and the entries that sealed bundles name.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterator
from dataclasses import dataclass, field
from json.encoder import encode_basestring
from typing import TYPE_CHECKING, Any

from sync.changes import START, digest

if TYPE_CHECKING:
    from fieldkit.store.store import Store

HEAD = "audit_head"
"""The fact that tells the last entry: a chain cut at its end is shorter than it says."""
IDS = re.compile(r"[0-9A-Za-z@.:,/ ~_-]*")
WORDED = frozenset({"export", "evidence", "family-copy", "invitation"})
"""What is noted with a typed reason: it stays on the device, and its salted hash is shown in its place."""
COLUMNS = "number, at, what, about, prev_hash, hash, salt"


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of the chain."""

    number: int
    at: str
    what: str
    about: str = field(repr=False)
    prev_hash: str
    hash: str
    salt: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Anchor:
    """A head that central has countersigned."""

    number: int
    hash: str
    at: str
    signature: str


@dataclass(frozen=True, slots=True)
class Fault:
    """Where the chain does not hold, and how."""

    number: int
    what: str


class Audit:
    """The table of audit entries."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.person = ""
        """Who is at the keyboard, where it is not the person for whom the device was made."""

    def note(self, what: str, about: str = "") -> str:
        """Add an entry; its hash."""
        about = f"{about} by:{self.person}".lstrip() if self.person else about
        with self.store.transaction() as connection:
            number, before = self.head()
            entry = Entry(number + 1, self.store.now(), what, about, before, "", secrets.token_hex(16))
            hash_ = link(entry)
            values = (entry.number, entry.at, what, about, before, hash_, entry.salt)
            connection.execute(
                "insert into audit (number, at, what, about, prev_hash, hash, salt) values (?, ?, ?, ?, ?, ?, ?)",
                values,
            )
            self.store.set_meta(HEAD, f"{entry.number} {hash_}")
        return hash_

    def head(self) -> tuple[int, str]:
        """The number and hash of the last entry."""
        found = self.store.connection.execute("select number, hash from audit order by number desc limit 1").fetchone()
        return (int(found[0]), str(found[1])) if found else (0, START)

    def hash_at(self, number: int) -> str:
        """The hash of one entry; empty when there is none of that number."""
        found = self.store.connection.execute("select hash from audit where number = ?", (number,)).fetchone()
        return str(found[0]) if found else ""

    def entries(self) -> Iterator[Entry]:
        """The chain, in order."""
        for row in self._rows():
            yield Entry(*row)

    def _rows(self) -> Iterator[tuple[int, str, str, str, str, str, str]]:
        yield from self.store.connection.execute(f"select {COLUMNS} from audit order by number")  # noqa: S608 - own words

    def broken_at(self) -> int | None:
        """The number of the first entry that is not as it was written; None when the chain holds."""
        found = self.fault()
        return found.number if found else None

    def fault(self) -> Fault | None:
        """The first fault by the chain's own word: an entry changed, dropped, in another place, or the end cut off."""
        before, expected = START, 1
        # Plain rows: to make 100,000 entries of them takes as long as to hash them.
        for number, at, what, about, previous, known, salt in self._rows():
            if number != expected:
                return Fault(expected, "is not there")
            if known != _linked(previous, number, (at, what, about, salt)):
                return Fault(expected, "is not as it was written")
            if previous != before:
                return Fault(expected, "does not follow the one before it")
            before, expected = known, expected + 1
        return self._end_fault(expected - 1, before)

    def _end_fault(self, last: int, known: str) -> Fault | None:
        kept = self.store.meta(HEAD)
        if kept is None or kept == f"{last} {known}":
            return None
        written = int(kept.partition(" ")[0])
        return Fault(min(last, written) + 1, "is not there" if written > last else "was not written by fieldkit")

    # -- what central has countersigned

    def keep_anchor(self, anchor: Anchor) -> None:
        """Keep a countersigned head."""
        values = (anchor.number, anchor.hash, anchor.at, anchor.signature)
        with self.store.transaction() as connection:
            connection.execute("insert or ignore into audit_anchor values (?, ?, ?, ?)", values)

    def last_anchor(self) -> int:
        """The number of the last countersigned head; 0 when there is none."""
        return int(self.store.connection.execute("select coalesce(max(number), 0) from audit_anchor").fetchone()[0])

    def anchors(self) -> list[Anchor]:
        """Every countersigned head, in order."""
        query = "select number, hash, at, signature from audit_anchor order by number"
        return [Anchor(*row) for row in self.store.connection.execute(query)]

    def broken_anchor(self) -> Fault | None:
        """The first countersigned head that the chain does not hold: cut, or another chain since the one before it."""
        held = 0
        for anchor in self.anchors():
            known = self.hash_at(anchor.number)
            if not known:
                return Fault(anchor.number, "was countersigned by central and is not there: the chain was cut")
            if known != anchor.hash:
                return Fault(held + 1, f"or one after it, up to {anchor.number}, is not the one central countersigned")
            held = anchor.number
        return None

    # -- for somebody outside

    def shown(self) -> Iterator[dict[str, Any]]:
        """The chain for a check outside: ids only. A typed reason is told by its salted hash, and stays here."""
        for entry in self.entries():
            told: dict[str, Any] = {"number": entry.number, "at": entry.at, "what": entry.what}
            if entry.what not in WORDED and IDS.fullmatch(entry.about):
                told |= {"about": entry.about} | ({"salt": entry.salt} if entry.salt else {})
            else:
                told |= {"about_hash": about_hash(entry)} if entry.salt else {"withheld": True}
            yield {**told, "prev_hash": entry.prev_hash, "hash": entry.hash}


def about_hash(entry: Entry) -> str:
    """What stands in the chain for what an entry is about."""
    return _about(entry.salt, entry.about)


def link(entry: Entry) -> str:
    """The hash of an entry, over the one before it."""
    return _linked(entry.prev_hash, entry.number, (entry.at, entry.what, entry.about, entry.salt))


def _about(salt: str, about: str) -> str:
    return digest((salt + about).encode("utf-8", "surrogatepass"))


def _linked(before: str, number: int, told: tuple[str, str, str, str]) -> str:
    at, what, about, salt = told
    # `canonical` of the five, put together by hand: it takes half the time.
    words = ",".join(map(encode_basestring, (at, what, _about(salt, about) if salt else about)))
    return digest(f"[{encode_basestring(before)},{number},{words}]".encode("utf-8", "surrogatepass"))
