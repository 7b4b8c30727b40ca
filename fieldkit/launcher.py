"""The launcher: starts the app in a process of its own, holds no secret, and gives the terminal back however it ends.

Python cannot wipe memory, so locking means that the app's process ends (DESIGN decision 5) and a new one asks for the
passphrase. The launcher keeps the terminal's settings, ignores Ctrl-C while the app runs, hands on a request to end,
rings for a lone worker whose agreed end is over, stops when the app is stopped, and after any end, also kill -9, sends
the sequences that bring the terminal back. When the launcher itself is killed the app sees within a second that its
parent is another, saves and ends.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from fieldkit import lone
from fieldkit.config import SystemClock, boot
from fieldkit.errors import Locked

LOCKED = Locked.exit_code
"""The app's exit code when it locked itself: it is started again, and asks for the passphrase."""
NO_TERMINAL = "The app needs a terminal.\nStart it in one, or say what to do: `fieldkit --help` names every verb."
USAGE = 2
APP = ("-m", "fieldkit", "app")
"""How Python is told to run the app."""
MODES_OFF = (
    "\x1b[?1000l\x1b[?1002l\x1b[?1003l\x1b[?1006l\x1b[?1015l\x1b[?1016l"  # mouse
    "\x1b[?2004l\x1b[?2048l\x1b[?1004l\x1b[<u"  # paste, resize and focus reports, keyboard protocol
    "\x1b[?25h\x1b[0m"  # cursor, colours
)
MAIN_SCREEN = "\x1b[?1049l"
"""After a violent end, and after a lock, which may be one: an app that left by itself has sent it, and a second one
would move the cursor over its last words."""
BELL = "\a"
LOOK_EVERY = 1.0
LASTED = 10.0
"""Seconds after which an app that fails is started again while somebody is out alone."""
_asked_to_end: list[int] = []
"""The signals by which somebody asked the launcher to end."""


def on_a_terminal(home: Path) -> int:
    """`launch`, where there is a terminal; into a pipe the app would paint for ever and never be left."""
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        sys.stderr.write(f"{NO_TERMINAL}\n")
        return USAGE
    return launch(home)


def launch(home: Path, app: Sequence[str] = APP) -> int:
    """Run the app on a device's folder until it is left; its exit code."""
    _asked_to_end.clear()
    with _ringing(home):
        while True:
            began = time.monotonic()
            code = attend([sys.executable, *app, str(home)])
            if _asked_to_end:
                return 128 + _asked_to_end[-1]
            if code != LOCKED and not _is_needed(home, code, time.monotonic() - began):
                _tell_of_timer(home)
                return code if code >= 0 else 1


def _is_needed(home: Path, code: int, lasted: float) -> bool:
    """Whether an app that failed is started again: somebody is out alone, and it was no failure at the start."""
    return code != 0 and lasted > LASTED and lone.kept(home) is not None


def _tell_of_timer(home: Path) -> None:
    if (timer := lone.kept(home)) is not None:
        closed = "With fieldkit closed nothing rings: open it to say that you are out."
        sys.stdout.write(f"{lone.words(timer, moment())} {closed}\n")
        sys.stdout.flush()


def moment() -> lone.Moment:
    """What this machine's clocks show."""
    clock = SystemClock()
    return lone.Moment(clock.now(), clock.since_boot(), boot())


@contextmanager
def _ringing(home: Path) -> Iterator[None]:
    """Ring for a lone worker whose agreed end is over, whatever the app does meanwhile."""
    stop = threading.Event()
    ringer = threading.Thread(target=ring_until, args=(home, stop), daemon=True, name="lone worker's timer")
    ringer.start()
    try:
        yield
    finally:
        stop.set()
        ringer.join()


def ring_until(home: Path, stop: threading.Event) -> None:
    """Look each second, and ring the terminal's bell as often as it is due."""
    rung = -lone.RING_EVERY
    while not stop.wait(LOOK_EVERY):
        now = moment()
        if lone.rings(lone.kept(home), now, rung):
            rung = now.running
            with suppress(OSError, ValueError):  # the terminal went away
                sys.stdout.write(BELL)
                sys.stdout.flush()


def attend(command: Sequence[str]) -> int:
    """Run a full-screen program and put the terminal back as it was; its exit code, negative when it was killed."""
    before = _settings()
    with _ctrl_c_ignored(), subprocess.Popen(command) as child, _request_to_end_handed_to(child):
        code = _ended(child, before)
    if before is not None:
        with suppress(OSError):  # the terminal went away: there is nothing to put back
            sys.stdout.write((MAIN_SCREEN if code < 0 or code == LOCKED else "") + MODES_OFF)
            sys.stdout.flush()
            _restore(before)
    return code


def _ended(child: subprocess.Popen[bytes], before: list[Any] | None) -> int:
    """Wait for the end; when only the app was stopped, stop as well, or the shell would wait for us for ever."""
    if sys.platform == "win32":
        return child.wait()
    while True:
        _, status = os.waitpid(child.pid, os.WUNTRACED)
        if not os.WIFSTOPPED(status):
            child.returncode = os.waitstatus_to_exitcode(status)
            return child.returncode
        with suppress(OSError):
            if before is not None:
                _restore(before)
        os.kill(os.getpid(), signal.SIGSTOP)
        child.send_signal(signal.SIGCONT)


@contextmanager
def _ctrl_c_ignored() -> Iterator[None]:
    # The terminal sends Ctrl-C to the launcher too; to the app it is only a key.
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


@contextmanager
def _request_to_end_handed_to(child: subprocess.Popen[bytes]) -> Iterator[None]:
    names = [name for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name)]
    before = {getattr(signal, name): signal.getsignal(getattr(signal, name)) for name in names}

    def hand_on(number: int, _frame: Any) -> None:
        _asked_to_end.append(number)
        child.terminate()

    for each in before:
        signal.signal(each, hand_on)
    try:
        yield
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)


def _settings() -> list[Any] | None:
    if sys.platform == "win32" or not (sys.stdin.isatty() and sys.stdout.isatty()):
        return None
    import termios

    return list(termios.tcgetattr(sys.stdin.fileno()))


def _restore(before: list[Any]) -> None:
    if sys.platform != "win32":
        import termios

        # Flush what the terminal still sends, such as mouse reports: they are not for the shell.
        with suppress(termios.error):
            termios.tcsetattr(sys.stdin.fileno(), termios.TCSAFLUSH, before)
