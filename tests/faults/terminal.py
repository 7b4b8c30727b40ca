"""A terminal of our own around a program: what it was sent, what stays on it, what its settings are afterwards."""

from __future__ import annotations

import contextlib
import fcntl
import os
import pty
import re
import select
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
SEQUENCES = re.compile(rb"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07]*\x07|[@-Z\\-_])")
SIZE = (40, 120)
PATIENCE = 90.0


class Terminal:
    """A program as the leader of its own session at the far end of a pty."""

    def __init__(self, *words: str, env: dict[str, str] | None = None) -> None:
        self.near, self.far = pty.openpty()
        fcntl.ioctl(self.far, termios.TIOCSWINSZ, struct.pack("HHHH", *SIZE, 0, 0))
        self.before = termios.tcgetattr(self.far)
        self.sent = b""
        ours = {name: value for name, value in os.environ.items() if name not in ("COLUMNS", "LINES", "FIELDKIT_HOME")}
        whole = {**ours, "TERM": "xterm-256color", "PYTHONUTF8": "1", **(env or {})}
        self.process = subprocess.Popen(
            [sys.executable, *words],
            cwd=ROOT,
            env=whole,
            stdin=self.far,
            stdout=self.far,
            stderr=self.far,
            start_new_session=True,
            preexec_fn=self._own_terminal,
        )

    def _own_terminal(self) -> None:
        fcntl.ioctl(0, termios.TIOCSCTTY, 0)

    def read(self, seconds: float) -> bool:
        """Take what comes within the time; whether something did."""
        ready, _, _ = select.select([self.near], [], [], seconds)
        if not ready:
            return False
        try:
            got = os.read(self.near, 1 << 16)
        except OSError:
            return False
        self.sent += got
        return bool(got)

    def until(self, words: str, since: int = 0) -> int:
        """Wait for words on the screen; how much had been sent by then. TimeoutError with the end of what came."""
        wanted, limit = words.encode(), time.monotonic() + PATIENCE
        while time.monotonic() < limit:
            if wanted in SEQUENCES.sub(b"", self.sent[since:]):
                return len(self.sent)
            self.read(0.2)
        raise TimeoutError(f"{words!r} not in {SEQUENCES.sub(b'', self.sent[since:])[-600:]!r}")

    def settle(self, seconds: float = 0.5) -> None:
        """Until nothing more is painted."""
        while self.read(seconds):
            pass

    def type(self, keys: str) -> None:
        """Type, as a terminal sends it."""
        os.write(self.near, keys.encode())

    def ended(self, seconds: float = PATIENCE) -> int:
        """Wait for the program's end; its exit code, negative when it was killed."""
        limit = time.monotonic() + seconds
        while self.process.poll() is None:
            if time.monotonic() > limit:
                raise TimeoutError("it did not end")
            self.read(0.05)
        self.settle(0.2)
        return int(self.process.returncode)

    @property
    def as_before(self) -> bool:
        """Whether the terminal's settings are those from before."""
        return _settings(self.far) == _settings_of(self.before)

    def scrollback(self) -> bytes:
        """What stays on the main screen and above it: everything that was sent outside the alternate screen."""
        outside, kept = True, []
        for part in re.split(rb"(\x1b\[\?1049[hl])", self.sent):
            if part.startswith(b"\x1b[?1049"):
                outside = part.endswith(b"l")
            elif outside:
                kept.append(part)
        return b"".join(kept)

    @property
    def on_main_screen(self) -> bool:
        """Whether the alternate screen was left, the cursor is there and no mouse is reported."""
        pairs = ((b"\x1b[?1049h", b"\x1b[?1049l"), (b"\x1b[?25l", b"\x1b[?25h"), (b"\x1b[?1003h", b"\x1b[?1003l"))
        return all(self.sent.rfind(on) <= self.sent.rfind(off) for on, off in pairs)

    def close(self) -> None:
        """Take the terminal away, and with it what still runs on it."""
        if self.process.poll() is None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.process.pid, 9)
            self.process.wait(30)
        for each in (self.near, self.far):
            with contextlib.suppress(OSError):
                os.close(each)


def _settings(far: int) -> list[Any]:
    return _settings_of(termios.tcgetattr(far))


def _settings_of(attributes: list[Any]) -> list[Any]:
    return [*attributes[:4], bytes(b"".join(each if isinstance(each, bytes) else b"" for each in attributes[6]))]


def children(pid: int) -> list[int]:
    """The processes that a process started and that still run (Linux)."""
    told = Path(f"/proc/{pid}/task/{pid}/children").read_text("ascii").split()
    return [int(each) for each in told]


def apps_below(pid: int, words: Sequence[str] = ("quick_app", "fieldkit")) -> list[int]:
    """The app's process below a launcher."""
    return [each for each in children(pid) if any(w.encode() in _command(each) for w in words)]


def _command(pid: int) -> bytes:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return b""
