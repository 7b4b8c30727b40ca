"""Search as you type over names: prefixes first, then what sounds alike or is a slip away, then pieces of words.

Full-text search finds at most 200 candidates; rapidfuzz puts them in order. Only names, known-as names, postcodes
and relations go into the index, never notes.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from rapidfuzz import fuzz, utils

from fieldkit.casework.people import fold
from fieldkit.store.spellings import Spellings
from sync.changes import Value

if TYPE_CHECKING:
    from fieldkit.store.store import Store

CANDIDATES = 200
RANKED = 2_000
"""A piece held by more records than this is left out when a rarer one is there."""
FIELDS: Mapping[str, tuple[str, ...]] = {
    "family": ("name", "postcode"),
    "person": ("given", "surname", "known_as"),
}
ALIKE = 80.0
"""What a name that sounds alike, or is a slip away, scores at least: above what only shares pieces."""
_WORD = re.compile(r"\w+", re.UNICODE)


@dataclass(frozen=True, slots=True)
class Hit:
    """A record that a search found, the best first."""

    record: str
    kind: str
    scope: str
    words: str = field(repr=False)
    score: float


class Search:
    """The index of names."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.spellings = Spellings(store)

    def index(self, record: str, kind: str, state: Mapping[str, Value], scope: str | None = None) -> None:
        """Keep one record's names findable."""
        if kind in FIELDS:
            self.index_many([(record, kind, state, scope or self._scope(record))])

    def _scope(self, record: str) -> str:
        found = self.store.connection.execute("select scope from record where id = ?", (record,)).fetchone()
        return "" if found is None else str(found[0])

    def index_many(self, records: Iterable[tuple[str, str, Mapping[str, Value], str]]) -> None:
        """The same for many: (record, kind, state, scope)."""
        wanted = [
            (record, kind, _words(kind, state), scope) for record, kind, state, scope in records if kind in FIELDS
        ]
        if not wanted:
            return
        with self.store.transaction() as connection:
            for record, kind, words, scope in wanted:
                self.forget(record)
                self.spellings.add(_WORD.findall(words))
                place = connection.execute(
                    "insert into name_search (words, record, kind, scope) values (?, ?, ?, ?)",
                    (words, record, kind, scope),
                ).lastrowid
                connection.execute(
                    "insert into name_pieces (rowid, words, record) values (?, ?, ?)", (place, words, record)
                )
                connection.execute("insert into searchable (record, place) values (?, ?)", (record, place))

    def forget(self, record: str) -> None:
        """Take a record out of the index."""
        connection = self.store.connection
        found = connection.execute("select place from searchable where record = ?", (record,)).fetchone()
        if found is not None:
            connection.execute("delete from name_search where rowid = ?", found)
            connection.execute("delete from name_pieces where rowid = ?", found)
            connection.execute("delete from searchable where record = ?", (record,))

    def forget_for_good(self) -> None:
        """Write the index anew without the words that were taken out: until then they lie in its older parts."""
        for table in ("name_search", "name_pieces"):
            self.store.connection.execute(f"insert into {table} ({table}) values ('optimize')")  # noqa: S608
        self.spellings.forget()

    def find(self, text: str, limit: int = 50) -> list[Hit]:
        """The records whose names begin with, contain, or nearly spell `text`."""
        words = _WORD.findall(fold(text[:200]))[:8]
        if not words:
            return []
        rows = self._prefixes(words)
        near: frozenset[str] = frozenset()
        if len(rows) < limit:
            alike = self._alike(words)
            near = frozenset(alike) - frozenset(rows)
            rows |= alike
        if len(rows) < limit and (len(words) == 1 or not rows):
            # Several words that all fit leave little for pieces to add, and pieces are what takes time.
            rows |= self._pieces(words)
        hits = [
            Hit(record, kind, scope, names, max(_score(text, names), ALIKE if record in near else 0))
            for record, (kind, scope, names) in rows.items()
        ]
        return sorted(hits, key=lambda hit: (-hit.score, hit.words, hit.record))[:limit]

    def _prefixes(self, words: list[str]) -> dict[str, tuple[str, str, str]]:
        asked = " ".join(f'"{word}"*' for word in words)
        query = "select record, kind, scope, words from name_search where name_search match ? limit ?"
        found = self.store.connection.execute(query, (asked, CANDIDATES))
        return {record: (kind, scope, names) for record, kind, scope, names in found}

    def _alike(self, words: list[str]) -> dict[str, tuple[str, str, str]]:
        """Names in which every word is there as it begins, as it sounds, or a slip away."""
        others = [self.spellings.near(word) for word in words]
        if not any(others):
            return {}
        asked = " AND ".join(
            "(" + " OR ".join([f'"{word}"*', *(f'"{other}"' for other in near)]) + ")"
            for word, near in zip(words, others, strict=True)
        )
        query = "select record, kind, scope, words from name_search where name_search match ? limit ?"
        found = self.store.connection.execute(query, (asked, CANDIDATES))
        return {record: (kind, scope, names) for record, kind, scope, names in found}

    def _pieces(self, words: list[str]) -> dict[str, tuple[str, str, str]]:
        pieces = self._rarest({word[start : start + 3] for word in words for start in range(len(word) - 2)})
        if not pieces:
            return {}
        asked = " OR ".join(f'"{piece}"' for piece in pieces)
        query = (
            "select s.record, s.kind, s.scope, s.words from name_pieces p join name_search s on s.rowid = p.rowid"
            " where name_pieces match ? order by p.rank limit ?"
        )
        found = self.store.connection.execute(query, (asked, CANDIDATES))
        return {record: (kind, scope, names) for record, kind, scope, names in found}

    def _rarest(self, pieces: set[str]) -> list[str]:
        """The pieces that say most, as long as together they name few enough records to be ranked quickly."""
        query = "select term, doc from piece_count where term in (select value from json_each(?)) order by doc, term"
        kept: list[str] = []
        for piece, held in self.store.connection.execute(query, (json.dumps(sorted(pieces)),)):
            if kept and held > RANKED:
                break
            kept.append(str(piece))
        return kept[:12]


def _words(kind: str, state: Mapping[str, Value]) -> str:
    return fold(" ".join(str(state[name]) for name in FIELDS[kind] if state.get(name)))


def _score(text: str, names: str) -> float:
    return float(fuzz.WRatio(fold(text[:200]), names, processor=utils.default_process))
