"""The last guard before the terminal: segments without controls, and only the sequences that drawing needs.

``plain`` is where text is made safe. This is for the day somebody forgets it.
"""

from __future__ import annotations

import re
from typing import Any

from rich.cells import cell_len
from rich.segment import Segment
from textual.color import Color
from textual.driver import Driver
from textual.filter import LineFilter
from textual.strip import Strip

_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066\u2067]")
_STAND_IN = "\u241b"

_MODES = "7|25|1000|1002|1003|1004|1006|1015|1016|1049|2004|2026|2048"
_ALLOWED = (
    "\x1b(?:"
    r"\[[0-9;:]*m"  # colour
    r"|\[[0-9;]*[HABCDEFGJKfd]"  # move, clear
    rf"|\[\?(?:{_MODES})[hl]"  # the modes of the driver
    rf"|\[\?(?:{_MODES})\$p"  # its questions
    r"|\[[<>=][0-9;]*u"  # keyboard
    "|\\]22;[a-z-]*\x07"  # pointer shape
    ")"
)
_FORBIDDEN = (
    "[\x80-\x9f]"
    "|\x1b(?:"
    r"\[[0-?]*[ -/]*[@-~]"  # CSI
    "|[\\]PX^_][^\x07\x1b\x9c]*(?:\x07|\x1b\\\\|\x9c)?"  # OSC, DCS, SOS, PM, APC
    "|[ -/]*[0-~]"
    ")?"
)
_SEQUENCES = re.compile(f"({_ALLOWED})|{_FORBIDDEN}")


class NoControls(LineFilter):
    """Takes control characters out of every line just before it is encoded."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:  # noqa: ARG002
        """The same segments, or cleaned ones of the same width."""
        if not any(_CONTROL.search(segment.text) for segment in segments):
            return segments
        width = sum(cell_len(segment.text) for segment in segments)
        cleaned = [Segment(_CONTROL.sub(_STAND_IN, s.text), s.style, s.control) for s in segments]
        return list(Strip(cleaned).crop(0, width))


def only_allowed(data: str) -> str:
    """What may go to the terminal: text, and sequences of the kinds that drawing needs."""
    return _SEQUENCES.sub(r"\1", data)


def guarded(driver: type[Driver]) -> type[Driver]:
    """The same driver, which lets no other sequence through."""

    class GuardedDriver(driver):  # type: ignore[misc, valid-type]
        """Writes what ``only_allowed`` leaves."""

        def write(self, data: str) -> None:
            """Write to the terminal what may go there."""
            super().write(only_allowed(data))

    made: Any = GuardedDriver
    return made  # type: ignore[no-any-return]
