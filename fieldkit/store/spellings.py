"""Every word of the names in the index, by how it sounds and by how it is spelt: for what was heard, or mistyped.

Read once from the index's own list of words, when it is first asked for; a name that is added later joins it. A word
that is in no name any more finds nothing, and goes when names are forgotten for good.
"""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Iterable
from typing import TYPE_CHECKING

from rapidfuzz import process
from rapidfuzz.distance import OSA

from fieldkit.casework import sounds

if TYPE_CHECKING:
    from fieldkit.store.store import Store

SHORTEST, LONG = 4, 8
"""From so many letters on one slip is forgiven, and two."""
MOST = 24
"""Other spellings of one word that are looked for."""


class Spellings:
    """The words of the names of one store."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._lock = threading.Lock()
        self._words: set[str] = set()
        self._spelt: list[str] = []
        self._sounding: dict[str, set[str]] = defaultdict(set)
        self._read = False

    def add(self, words: Iterable[str]) -> None:
        """Words of a name that was put into the index."""
        with self._lock:
            if self._read:
                self._take(words)

    def read(self) -> None:
        """Read the words now, before anybody waits for them."""
        with self._lock:
            self._take_all()

    def _take_all(self) -> None:
        if not self._read:
            self._take(self._of_index())
            self._read = True

    def forget(self) -> None:
        """Read the words anew when they are next asked for."""
        with self._lock:
            self._read = False
            self._words.clear()
            self._spelt.clear()
            self._sounding.clear()

    def near(self, word: str) -> list[str]:
        """Words that sound like this one, then those that are a slip away; never the word itself."""
        with self._lock:
            self._take_all()
            heard = sorted(self._sounding.get(sounds.key(word), ()))
            slips = 0 if len(word) < SHORTEST else 1 if len(word) < LONG else 2
            spelt = self._slips(word, slips) if slips else []
        return [each for each in dict.fromkeys([*heard, *spelt]) if each != word][:MOST]

    def _slips(self, word: str, most: int) -> list[str]:
        found = process.extract(word, self._spelt, scorer=OSA.distance, score_cutoff=most, limit=MOST)
        return [each for each, _, _ in found]

    def _take(self, words: Iterable[str]) -> None:
        for word in words:
            if word not in self._words:
                self._words.add(word)
                self._spelt.append(word)
                if key := sounds.key(word):
                    self._sounding[key].add(word)

    def _of_index(self) -> list[str]:
        connection = self._store.connection
        connection.execute("create virtual table if not exists temp.name_word using fts5vocab(main, name_search, row)")
        return [str(row[0]) for row in connection.execute("select term from temp.name_word")]
