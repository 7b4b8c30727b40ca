"""What keeps one change from being merged: its shape, or whose record it is about. The rest of its batch goes on."""

import json
import re
from datetime import datetime

from sync.changes import Change, Value

MOST_VERSION = 1 << 62
MOST_PATH = 512
_ID = re.compile(r"[0-9A-Za-z-]{1,64}")
_HASH = re.compile(r"[0-9a-f]{64}")
_SALT = re.compile(r"([0-9a-f]{2}){1,64}")
_PATH = re.compile(r"[^\x00-\x20\x7f]+")


def is_linked(change: Change) -> bool:
    """Whether it can stand in a chain at all: its place, its hashes, its salt."""
    hashes = (change.hash, change.prev_hash)
    linked = 0 < change.seq < MOST_VERSION and all(_HASH.fullmatch(known) for known in hashes)
    return linked and _SALT.fullmatch(change.salt) is not None


def is_well_formed(change: Change) -> bool:
    """Whether merge, hashes and tables can hold it: an id, paths, values of the three kinds, text that is text."""
    texts = (change.actor, change.occurred_at, change.recorded_at, change.zone)
    return (
        _ID.fullmatch(change.record) is not None
        and 0 <= change.trunk[0] < MOST_VERSION
        and all(map(_is_text, (*texts, change.trunk[1])))
        and all(
            _is_path(path) and _is_value(value) for side in (change.patch, change.was) for path, value in side.items()
        )
    )


def _is_path(path: str) -> bool:
    return len(path) <= MOST_PATH and _PATH.fullmatch(path) is not None and _is_text(path)


def _is_value(value: Value) -> bool:
    if isinstance(value, str):
        return _is_text(value)
    if isinstance(value, list):
        return all(isinstance(entry, str) and _is_text(entry) for entry in value)
    return value is None or (isinstance(value, dict) and _is_text(json.dumps(value, ensure_ascii=False)))


def _is_text(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        # Half of a surrogate pair: neither UTF-8 nor the database has it.
        return False
    return True


def happened_before(change: Change, end: datetime) -> bool:
    """Whether its author says it happened before `end`; what cannot be read did not."""
    try:
        told = datetime.fromisoformat(change.occurred_at)
    except ValueError:
        return False
    return told.tzinfo is not None and told <= end
