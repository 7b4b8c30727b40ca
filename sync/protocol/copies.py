"""Sealed copies of drafts as they travel. Nothing here can open one.

A copy is one request: a line of JSON that says which copy it is, a line feed, and the sealed bytes as they are.
"""

from __future__ import annotations

import base64
import json
import re
from dataclasses import dataclass, field

from sync.errors import MISSHAPEN, Malformed
from sync.protocol.wire import parse

LARGEST_COPY = 1 << 20
"""Bytes of one sealed copy."""
MOST_LABEL = 4 << 10
"""Bytes of what says, to central's seal key alone, what a copy is about."""
MOST_ENDED = 200
"""Copies that are said to be done with in one request."""
PUT, TELL, LIST, GET = "/sync/draft/put", "/sync/draft/tell", "/sync/draft/list", "/sync/draft/get"
_ID, _KEY = re.compile(r"[0-9a-f]{32}"), re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Copy:
    """One draft as it stood, sealed; in clear only what keeps an older one from replacing a newer one."""

    copy: str
    """32 hexadecimal digits by chance, made by the device; not the draft's id."""
    version: int
    """Counts the revisions of the draft on this device."""
    mark: str
    """32 hexadecimal digits by which the device knows this version."""
    before: tuple[str, ...]
    """The marks of versions that this one may replace."""
    key: str
    """The public half of the draft key."""
    label: bytes = field(repr=False)
    content: bytes = field(default=b"", repr=False)


def pack_copy(copy: Copy) -> bytes:
    """A copy as it travels."""
    label = base64.b64encode(copy.label).decode("ascii")
    head = {"copy": copy.copy, "version": copy.version, "mark": copy.mark, "before": list(copy.before)}
    return json.dumps({**head, "key": copy.key, "label": label}).encode() + b"\n" + copy.content


def read_copy(body: bytes) -> Copy:
    """The copy of such a body; Malformed when it is none."""
    head, found, content = body.partition(b"\n")
    try:
        told = parse(head)
        before = tuple(str(each) for each in told["before"])
        label = base64.b64decode(str(told["label"]), validate=True)
        copy = Copy(
            str(told["copy"]), int(told["version"]), str(told["mark"]), before, str(told["key"]), label, content
        )
    except MISSHAPEN as wrong:
        raise Malformed from wrong
    sound = is_copy_id(copy.copy) and is_copy_id(copy.mark) and _KEY.fullmatch(copy.key) is not None
    bounded = 0 < copy.version < 1 << 62 and len(before) <= 2 and 0 < len(label) <= MOST_LABEL
    if not (found and sound and bounded and 0 < len(content) <= LARGEST_COPY):
        raise Malformed
    return copy


def is_copy_id(text: str) -> bool:
    """Whether a text is a copy's id (or a mark)."""
    return _ID.fullmatch(text) is not None
