"""Record and row ids: UUIDv7, so that they sort by the time they were made; the first character is a digit."""

from __future__ import annotations

import sys

if sys.version_info >= (3, 14):
    from uuid import uuid7
else:
    from uuid_utils import uuid7


def new_id() -> str:
    """A new id: 32 hexadecimal digits. Until the year 10889 a UUIDv7 begins with 0 or another digit."""
    return uuid7().hex
