"""What a person sees when the program itself fails: a number and the place in the code, never a value."""

from __future__ import annotations

import hashlib
import traceback
from collections.abc import Mapping

_LOOKS = ("THEME", "COLOR_SYSTEM", "ANIMATIONS", "SMOOTH_SCROLL", "FPS", "DIM_FACTOR", "DISABLE_KITTY_KEY")
_HARMLESS = tuple(f"TEXTUAL_{name}" for name in _LOOKS)
"""Variables of Textual that change how it looks; every other one may write, press or open something."""


def refused(environ: Mapping[str, str]) -> tuple[str, ...]:
    """The variables that would write what is on screen to a file or a socket."""
    named = (name for name, value in environ.items() if value and name.partition("_")[0] == "TEXTUAL")
    return tuple(sorted(name for name in named if name not in _HARMLESS))


def frames(error: BaseException) -> tuple[str, ...]:
    """Where it happened: file and line of our own code, innermost last; no message, no variable."""
    error = _innermost(error)
    ours = []
    for frame in traceback.extract_tb(error.__traceback__):
        for folder in ("fieldkit", "forms", "sync", "textual"):
            before, found, rest = frame.filename.replace("\\", "/").rpartition(f"/{folder}/")
            if found and before:
                ours.append(f"{folder}/{rest}:{frame.lineno}")
                break
    return tuple(ours[-4:])


def numbered(error: BaseException) -> tuple[str, tuple[str, ...]]:
    """A fault's number and what is known of it: its kind and its places, never a value."""
    known = (type(_innermost(error)).__name__, *frames(error))
    return hashlib.sha256("|".join(known).encode()).hexdigest()[:8].upper(), known


def report(error: BaseException) -> str:
    """The whole report: safe to read aloud or to paste."""
    number, (kind, *where) = numbered(error)
    lines = [
        f"fieldkit stopped: error {number}.",
        "What was typed is in the encrypted journal; open fieldkit again to go on.",
        "Tell whoever looks after fieldkit this number. It holds nothing from the screen.",
        f"  {kind} at",
        *(f"    {place}" for place in where),
    ]
    return "\n".join(lines) + "\n"


def _innermost(error: BaseException) -> BaseException:
    inner = getattr(error, "error", None)
    return inner if isinstance(inner, BaseException) else error
