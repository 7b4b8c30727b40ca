"""What devices said of a path: entries put into sets and taken out; of safeguarding values every word.

Of a safeguarding value no order of arrival may pass over a word in silence. Its sayings are kept for every device that
spoke (of other values the two that spoke last are enough), and with each what it said and at which version.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from sync.changes import Change, Policy, Value, canonical
from sync.merge.heads import Head, Touch
from sync.merge.policies import asks, entries

MOST = 16
"""So many devices are remembered for a safeguarding value, and so many of the words of each: the newest."""


@dataclass(frozen=True, slots=True)
class Unheard:
    """What one device said of a place while the author of a change did not know of it."""

    by: Touch
    """Its latest saying."""
    words: tuple[Value, ...] = field(repr=False)
    """All it said, the latest last: that is its claim."""


def said(change: Change, head: Head, path: str, policy: Policy) -> tuple[Touch, ...]:
    """Who spoke last about a path once this change is taken, newest first; a unit's member by the unit's policy."""
    version = head.version + 1
    if asks(policy):
        before = _spoken(head, path)
        own = next((touch.moved for touch in before if touch.device == change.device), {})
        words = {**own, _word(version, _meant(change, head, path)): version}
        others = [touch for touch in before if touch.device != change.device]
        return (Touch.of(change, version, dict(list(words.items())[-MOST:])), *others)[:MOST]
    mine = Touch.of(change, version, _moved(change, head, path) if policy.merge == "set" else None)
    earlier = head.last_by_other(path, change.device)
    return (mine,) if earlier is None else (mine, earlier)


def decided(change: Change, head: Head, path: str, value: Value) -> tuple[Touch, ...]:
    """Who spoke last about a path once people have decided it: what was said before has been weighed by them."""
    version = head.version + 1
    mine = Touch.of(change, version, {_word(version, value): version})
    earlier = head.last_by_other(path, change.device)
    return (mine,) if earlier is None else (mine, earlier._replace(moved={}))


def unheard(change: Change, head: Head, paths: Sequence[str], *, is_unit: bool) -> tuple[Unheard, ...]:
    """What other devices said of a safeguarding place since the author looked, a device each, in order of the devices.

    Nothing where central does not know what the author saw: then `was` is compared.
    """
    if not head.has_seen(change.trunk):
        return ()
    latest: dict[str, Touch] = {}
    spoken: dict[str, dict[int, dict[str, Value]]] = {}
    for path in paths:
        for touch in _spoken(head, path):
            for version, value in _words(touch.moved):
                if touch.device != change.device and version > change.trunk[0]:
                    latest[touch.device] = max(touch, latest.get(touch.device, touch), key=_version)
                    spoken.setdefault(touch.device, {}).setdefault(version, {})[path] = value
    return tuple(
        Unheard(latest[device], tuple(_whole(head, paths, words[at], is_unit) for at in sorted(words)))
        for device, words in sorted(spoken.items())
    )


def moved_unseen(change: Change, head: Head, path: str) -> tuple[frozenset[str], frozenset[str]]:
    """What other devices put into a set, and took out of it, since the author looked."""
    since = change.trunk[0] if head.has_seen(change.trunk) else -1
    others = [touch.moved for touch in head.touched.get(path, ()) if touch.device != change.device]
    put_in = frozenset(entry for moved in others for entry, at in moved.items() if at > since)
    return put_in, frozenset(entry for moved in others for entry, at in moved.items() if -at > since)


def _moved(change: Change, head: Head, path: str) -> dict[str, int]:
    """What this device put into a set and took out of it, with this change and before."""
    was, now, version = entries(change.was.get(path)), entries(change.patch.get(path)), head.version + 1
    before = {
        entry: at
        for touch in head.touched.get(path, ())
        if touch.device == change.device
        for entry, at in touch.moved.items()
    }
    new = {entry: version for entry in now if entry not in was}
    gone = {entry: -version for entry in was if entry not in now}
    return {**before, **new, **gone}


def _spoken(head: Head, path: str) -> tuple[Touch, ...]:
    """The sayings of a path. Where the newest one's word was not noted, at a creation, it is what stands."""
    touches = head.sayings(path)
    if not touches or touches[0].moved:
        return touches
    newest = touches[0]
    word = _word(newest.version, head.state.get(path))
    return (newest._replace(moved={word: newest.version}), *touches[1:])


def _version(touch: Touch) -> int:
    return touch.version


def _meant(change: Change, head: Head, path: str) -> Value:
    """What the author takes to stand there from now on."""
    return change.patch[path] if path in change.patch else change.was.get(path, head.state.get(path))


def _word(version: int, value: Value) -> str:
    return f"{version} {canonical(value).decode()}"


def _words(moved: Mapping[str, int]) -> list[tuple[int, Value]]:
    return [(version, json.loads(word.partition(" ")[2])) for word, version in moved.items()]


def _whole(head: Head, paths: Sequence[str], words: Mapping[str, Value], is_unit: bool) -> Value:
    if not is_unit:
        return words[paths[0]]
    return {path: words.get(path, head.state.get(path)) for path in paths}
