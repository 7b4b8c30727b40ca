"""What a person sees when the program itself fails: a number and the place in the code, never a value."""

from __future__ import annotations

import hashlib
import traceback
from collections.abc import Mapping

_WRITES_SCREENS = ("TEXTUAL_LOG", "TEXTUAL_SCREENSHOT", "TEXTUAL_SCREENSHOT_LOCATION", "TEXTUAL_DEBUG", "TEXTUAL")


def refused(environ: Mapping[str, str]) -> tuple[str, ...]:
    """The variables that would write what is on screen to a file or a socket."""
    return tuple(name for name in _WRITES_SCREENS if environ.get(name))


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


def report(error: BaseException) -> str:
    """The whole report: safe to read aloud or to paste."""
    where = frames(error)
    kind = type(_innermost(error)).__name__
    number = hashlib.sha256("|".join((kind, *where)).encode()).hexdigest()[:8].upper()
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
