"""A record of the table as a line of a pull."""

from typing import Any

from sync.protocol import Put, Tomb, frame_line

COLUMNS = (
    "id, kind, scope, form, version, version_hash, actor, device, at, state, deleted,"
    " deleted and exists (select from gone where gone.record = id), number"
)
CONTENTS = 9
"""Where the contents stand among them."""


def line_of(found: tuple[Any, ...]) -> str:
    """The line of a row of `COLUMNS`: its contents, or that it is no more."""
    record, kind, scope, form, version, version_hash, actor, device, at, state, deleted, gone, _ = found
    if deleted:
        return frame_line(Tomb(record, scope, version, gone))
    # The state is JSON already, as it was hashed: it is not read and written again.
    return frame_line(Put(record, kind, scope, form, version, version_hash, actor, device, at, state))
