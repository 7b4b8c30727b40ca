"""The launcher: starts the app in a process of its own, holds no secret, and gives the terminal back however it ends.

Python cannot wipe memory, so locking means that the app's process ends (DESIGN decision 5). The launcher keeps the
terminal's settings, ignores Ctrl-C while the app runs, and after any end, also kill -9, sends the reset sequences.
"""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

LOCKED = 75
"""The app's exit code when it locked itself: it is started again, and asks for the passphrase."""
RESET = (
    "\x1b[?1000l\x1b[?1002l\x1b[?1003l\x1b[?1006l\x1b[?1015l\x1b[?1016l"  # mouse
    "\x1b[?2004l\x1b[?2048l\x1b[?1004l\x1b[<u"  # paste, resize and focus reports, keyboard protocol
    "\x1b[?1049l\x1b[?25h\x1b[0m"  # main screen, cursor, colours
)


def launch(home: Path) -> int:
    """Run the app on a device's folder until it is left; its exit code."""
    while True:
        with kept_terminal():
            code = subprocess.run([sys.executable, "-m", "fieldkit", "app", str(home)], check=False).returncode
        if code != LOCKED:
            return code if code >= 0 else 1


@contextmanager
def kept_terminal() -> Iterator[None]:
    """Put the terminal back as it was, whatever happened to whoever used it."""
    before = _settings()
    ignored = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, ignored)
        if before is not None:
            sys.stdout.write(RESET)
            sys.stdout.flush()
            _restore(before)


def _settings() -> list[Any] | None:
    if sys.platform == "win32" or not (sys.stdin.isatty() and sys.stdout.isatty()):
        return None
    import termios

    return list(termios.tcgetattr(sys.stdin.fileno()))


def _restore(before: list[Any]) -> None:
    if sys.platform != "win32":
        import termios

        termios.tcsetattr(sys.stdin.fileno(), termios.TCSADRAIN, before)
