"""What keeps one change from being merged: its shape, or whose record it is about. The rest of its batch goes on."""

import re
from collections.abc import Iterator
from datetime import datetime

from sync.changes import KINDS, Change, Value

MOST_VERSION = 1 << 62
_ID = re.compile(r"[0-9A-Za-z-]{1,64}")
_PATH = re.compile(r"[^\x00-\x20\x7f]{1,512}")


def is_well_formed(change: Change) -> bool:
    """Whether merge, hashes and tables can hold it: an id, a known verb, paths, values of the three kinds, text."""
    line = change.line
    return (
        change.kind in KINDS
        and _ID.fullmatch(change.record) is not None
        and 0 <= change.trunk[0] < MOST_VERSION
        and 0 <= change.ev < MOST_VERSION
        and all(map(_PATH.fullmatch, change.patch))
        and all(map(_PATH.fullmatch, change.was))
        and all(map(_is_value, change.patch.values()))
        and all(map(_is_value, change.was.values()))
        and _is_text(line)
        and not ("\\u" in line and any(map(_is_odd, _texts(change))))
    )


def _is_odd(text: str) -> bool:
    """Whether something in it is half of a surrogate pair, or the letter zero: UTF-8 or the database lack it."""
    return "\0" in text or not _is_text(text)


def _texts(change: Change) -> Iterator[str]:
    """Every text of a change that merge or a table takes up."""
    yield from (change.actor, change.occurred_at, change.recorded_at, change.zone, change.trunk[1])
    for said in (change.patch, change.was):
        yield from said
        for value in said.values():
            parts = [value] if isinstance(value, str) else list(value or ())
            yield from parts
            yield from (str(part) for part in (value.values() if isinstance(value, dict) else ()))


def _is_value(value: Value) -> bool:
    if value is None or isinstance(value, str):
        return True
    if isinstance(value, list):
        return all(isinstance(entry, str) for entry in value)
    return isinstance(value, dict) and all(isinstance(part, str | int | None) for part in value.values())


def _is_text(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def happened_before(change: Change, end: datetime) -> bool:
    """Whether its author says it happened before `end`; what cannot be read did not."""
    try:
        told = datetime.fromisoformat(change.occurred_at)
    except ValueError:
        return False
    return told.tzinfo is not None and told <= end
