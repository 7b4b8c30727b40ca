"""Whom some letters or a card mean at the door of a centre. Pure, and made ready once: every key looks again."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import replace
from difflib import SequenceMatcher
from functools import cache
from heapq import nsmallest

from fieldkit.casework.people import fold
from fieldkit.casework.registers import UNDONE, Attender, Book, Party, in_order, party

MOST_SHOWN = 6
NEAR = 0.8
"""How alike two names sound, of 1, that may be one name."""
SOUNDS_LIKE = "sounds like it"
_WORD = re.compile(r"\w+", re.UNICODE)
_AFTER_ALL = "\U0010ffff"


class Finder:
    """The people of a door, their names folded and their families put together: a key asks thousands within a paint.

    A card is matched whole. Letters begin a given name, a surname or an alias; several words may come in any order.
    Names that only sound alike come when nothing else does, and are never meant by themselves.
    """

    def __init__(self, attenders: Iterable[Attender]) -> None:
        self._people = tuple(attenders)
        words = cache(_words)  # a family has one surname, and given names repeat: each is folded once
        self._names = [(*words(p.given), *words(p.surname), *words(p.alias)) for p in self._people]
        self._places: dict[str, list[int]] = {}
        for place, names in enumerate(self._names):
            for name in names:
                self._places.setdefault(name, []).append(place)
        self._sorted = sorted(self._places)
        self._sounds: dict[str, dict[str, list[str]]] = {}
        for name in self._sorted:
            heard = sound(name)
            self._sounds.setdefault(heard[:1], {}).setdefault(heard, []).append(name)
        self._cards: dict[str, list[int]] = {}
        families: dict[str, list[Attender]] = {}
        for place, each in enumerate(self._people):
            families.setdefault(_family(each), []).append(each)
            if each.card:
                self._cards.setdefault(each.card.casefold(), []).append(place)
        self._home = {each.id: _family(each) for each in self._people}
        self._families = {family: in_order(people) for family, people in families.items()}
        self._called = {f: fold(" + ".join(p.name for p in people)) for f, people in self._families.items()}

    def found(self, typed: str, book: Book) -> list[Party]:
        """The parties that are meant, the expected first, at most six."""
        carded = self._cards.get(typed.strip().casefold(), [])
        words = _WORD.findall(fold(typed))
        if carded or not words:
            return self._parties(carded, book)
        letters = self._lettered(words)
        if letters or len("".join(words)) < 4:
            return self._parties(letters, book)
        return [replace(each, why=SOUNDS_LIKE, near=True) for each in self._parties(self._sounding(words), book)]

    def may_be_card(self, typed: str) -> bool:
        """Whether a card begins with what is typed."""
        begun = typed.strip().casefold()
        return any(card.startswith(begun) for card in self._cards)

    def _parties(self, meant: Collection[int], book: Book) -> list[Party]:
        families = {_family(self._people[place]) for place in meant}
        down = self._homes(person for person, status in book.statuses.items() if status != UNDONE)
        last = self._homes(book.last_time)
        ranked = ((0 if f in down else 1 if f in last else 2, self._called[f], f) for f in families)
        return [party(self._families[family], book) for _, _, family in nsmallest(MOST_SHOWN, ranked)]

    def _homes(self, persons: Iterable[str]) -> set[str]:
        return {self._home[person] for person in persons if person in self._home}

    def _lettered(self, words: Sequence[str]) -> list[int]:
        """Who has a name that begins with each of the words; the longest word looks, the others are checked."""
        longest = max(words, key=len)
        first, last = bisect_left(self._sorted, longest), bisect_left(self._sorted, longest + _AFTER_ALL)
        meant = {place for name in self._sorted[first:last] for place in self._places[name]}
        others = [word for word in words if word != longest]
        return [p for p in meant if all(any(name.startswith(w) for name in self._names[p]) for w in others)]

    def _sounding(self, words: Sequence[str]) -> set[int]:
        meant = [set(self._alike(word)) for word in words]
        return set.intersection(*meant) if meant else set()

    def _alike(self, word: str) -> Iterator[int]:
        heard, like = sound(word), Ear(sound(word))
        for other, names in self._sounds.get(heard[:1], {}).items():
            if like.hears(other) or (len(heard) >= 4 and like.hears(other[: len(heard)])):
                yield from (place for name in names for place in self._places[name])


def names_of(person: Attender) -> tuple[str, ...]:
    """The words of a name, folded; a protected one's own name finds them too, and is not shown."""
    return tuple(word for name in (person.given, person.surname, person.alias) for word in _words(name))


def _words(name: str) -> list[str]:
    return _WORD.findall(fold(name))


class Ear:
    """Compares many sounds with one; what the one consists of is counted only once."""

    def __init__(self, heard: str) -> None:
        self._heard = heard
        self._matcher = SequenceMatcher(None, "", heard, autojunk=False)
        self._known: dict[str, bool] = {}

    def hears(self, other: str) -> bool:
        """Whether the two are nearly one; below three letters, only whether they are one."""
        if other not in self._known:
            self._known[other] = self._compare(other)
        return self._known[other]

    def _compare(self, other: str) -> bool:
        if min(len(self._heard), len(other)) < 3:
            return self._heard == other
        self._matcher.set_seq1(other)
        steps = (self._matcher.real_quick_ratio, self._matcher.quick_ratio, self._matcher.ratio)
        return all(step() >= NEAR for step in steps)


def alike(one: str, other: str) -> bool:
    """Whether two sounds are nearly one."""
    return Ear(one).hears(other)


def sound(word: str) -> str:
    """A word as it sounds, roughly: what is often written in two ways is written in one, doubled letters once."""
    for two, one in (("ph", "f"), ("gh", "g"), ("ck", "k"), ("c", "k"), ("y", "i"), ("z", "s"), ("w", "v")):
        word = word.replace(two, one)
    return re.sub(r"(.)\1", r"\1", word)


def perhaps_the_same(walk_ins: Collection[Attender]) -> list[tuple[Attender, Attender]]:
    """Walk-ins of one session that two laptops may have written for one person: a person looks at each pair.

    Names are compared as they sound, and both must be grown or both small. Nothing is joined by a machine.
    """
    held = sorted((each for each in walk_ins if each.walk_in), key=lambda each: each.id)
    heard = {each.id: sound(fold(each.given)) for each in held}
    return [
        (one, other)
        for place, one in enumerate(held)
        for other in held[place + 1 :]
        if one.adult == other.adult and one.given and alike(heard[one.id], heard[other.id])
    ]


def perhaps_known(walk_in: Attender, others: Iterable[Attender]) -> list[Attender]:
    """Who of those with a family may be this walk-in: as grown, and a name that sounds like it; a person decides."""
    heard = [sound(name) for name in names_of(walk_in)]
    near = (each for each in others if each.family and each.adult == walk_in.adult)
    held = [(each, [sound(name) for name in names_of(each)]) for each in near]
    return [each for each, names in held if heard and all(any(alike(one, other) for other in names) for one in heard)]


def _family(person: Attender) -> str:
    return person.family or person.id
