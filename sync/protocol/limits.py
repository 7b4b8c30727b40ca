"""Names, sizes and times that both ends keep to."""

VERSION = "1"
SPEAKS = "fieldkit-central"
"""The header every answer of central carries: what answers without it is not central."""
STREAM = "application/x-ndjson+zstd"
JSON = "application/json"
LEVEL = 3
MOST_CHANGES = 2_000
FIRST_CHANGES = 500
MOST_COMPRESSED = 1 << 20
"""Bytes of one push on the wire."""
MOST_ALONE = 5 << 20
"""The same of a push that is one change, however badly its words pack (`sync.changes.MOST_LINE`)."""
MOST_ENROL = 4 << 10
"""Bytes of an enrolment: it is read before anybody is known."""
MOST_BATCH = 2_000_000
"""Characters of the lines of one push: what they come to on the wire stays below `MOST_COMPRESSED`, as words go."""
MOST_PLAIN = 64 << 20
"""Bytes that a body may unfold to."""
MOST_PUSH = 8 << 20
"""The same for a push: as many bytes as `MOST_BATCH` characters can come to."""
MOST_FRAMES = 100_000
"""Lines of one answer."""
MOST_WINDOW = 23
"""Bits of the window that a zstd frame may ask for (8 MiB): what is written at `LEVEL` never asks for more."""
MOST_NUMBER = 1 << 62
"""Every number on the wire is below this, as in the tables."""
MOST_DEPTH = 64
PAGE = 2_000
"""Records of one page of a pull."""
DATE_TOLERANCE = 300
"""Seconds that a request's date may be off."""
ANSWER_SIGNATURE = "fieldkit-signature"
"""The header with the receipt key's signature over `answer_message`, in base64."""
MOST_PLACES = 256
"""Pages of snapshots that one question may name."""
MOST_ROOM = 1 << 20
"""Bytes of pages that one answer may hold, on the wire, beside the first."""
