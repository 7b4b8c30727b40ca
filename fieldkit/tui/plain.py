"""The one way from stored text to the screen: never markup, never a terminal command, never another order of letters.

Nothing is dropped: what could act on a terminal is shown as a visible stand-in, letter for letter.
"""

from __future__ import annotations

import unicodedata
from functools import lru_cache

from textual.content import Content

from fieldkit.casework.text import BIDI_NAMES

_UNSEEN = (0x00AD, 0x180E, 0x200B, 0x2028, 0x2029, 0x2060, 0xFEFF, 0xFFF9, 0xFFFA, 0xFFFB)
LONGEST_SHOWN = 50_000
"""Letters of one text on a screen: drawing a million takes seconds. A text that is signed is always shown whole."""
_FIRST_STRONG, _END_ISOLATE = "\u2068", "\u2069"


def _stand_ins() -> dict[int, str]:
    """Every character that may not reach a terminal, and what is shown in its place."""
    table = {code: chr(0x2400 + code) for code in range(0x20)}
    del table[0x0A]
    table[0x09] = "    "
    table[0x7F] = "\u2421"
    table |= dict.fromkeys(range(128, 160), "␛")
    table |= BIDI_NAMES
    table |= dict.fromkeys(_UNSEEN, "·")
    table |= dict.fromkeys(range(55296, 57344), "�")
    table |= dict.fromkeys(range(917504, 917632), "·")
    return table


STAND_INS = _stand_ins()
"""Character code to what is shown."""


@lru_cache(4096)
def shown(text: str) -> str:
    """The text as it may be shown, with right-to-left words kept from turning their neighbours round."""
    safe = text.translate(STAND_INS)
    if safe.isascii():
        return safe
    if any(unicodedata.bidirectional(letter) in ("R", "AL") for letter in safe):
        return f"{_FIRST_STRONG}{safe}{_END_ISOLATE}"
    return safe


def fitting(text: str) -> str:
    """The text, or so much of it as a screen can draw without holding up the keyboard, and how much there is."""
    if len(text) <= LONGEST_SHOWN:
        return text
    return (
        f"{text[:LONGEST_SHOWN]} … (the first {LONGEST_SHOWN:,} of {len(text):,} letters; `fieldkit show` prints all)"
    )


def plain(text: str, style: str = "", *, whole: bool = False) -> Content:
    """Text from people as content: brackets are brackets, an escape is a picture of one. `whole`: however long."""
    content = Content(shown(text if whole else fitting(text)), strip_control_codes=True)
    return content.stylize(style) if style else content


def one_line(text: str) -> str:
    """Text for a place with a single line: line ends become a visible mark."""
    return shown(fitting(text).replace("\r\n", "\n").replace("\n", " ⏎ "))
