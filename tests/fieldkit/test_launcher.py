"""The launcher gives the terminal back as it was, however the app ends, and opens again after a lock."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from fieldkit import launcher
from fieldkit.errors import Locked, PinSpent

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="pseudo-terminals are POSIX")
ROOT = Path(__file__).resolve().parents[2]
SCREEN = """
import os, signal, sys, tty
tty.setraw(0)
sys.stdout.write("\\x1b[?1049h\\x1b[?1003h\\x1b[?25lon screen")
sys.stdout.flush()
"""


def attended(app: str) -> tuple[str, bool]:
    """What a terminal was sent while a launcher attended an app, and whether its settings are as before."""
    import pty
    import termios

    near, far = pty.openpty()
    before = termios.tcgetattr(far)
    code = f"import sys; from fieldkit.launcher import attend; sys.exit(attend([sys.executable, '-c', {app!r}]) % 256)"
    with subprocess.Popen([sys.executable, "-c", code], cwd=ROOT, stdin=far, stdout=far, stderr=far) as running:
        running.wait(30)
    kept = termios.tcgetattr(far) == before
    os.close(far)
    sent = b""
    while True:
        try:
            sent += os.read(near, 4096)
        except OSError:  # the far end is closed and everything is read
            break
    os.close(near)
    return sent.decode(), kept


def test_after_kill_9_of_the_app_the_terminal_is_as_it_was() -> None:
    sent, kept = attended(SCREEN + "os.kill(os.getpid(), signal.SIGKILL)")
    assert kept
    assert "on screen" in sent
    after = sent.partition("on screen")[2]
    assert all(sequence in after for sequence in ("\x1b[?1049l", "\x1b[?1003l", "\x1b[?2004l", "\x1b[?25h"))


def test_an_app_that_left_by_itself_has_left_the_screen_and_its_last_words_stay() -> None:
    sent, kept = attended(SCREEN + "sys.stdout.write('\\x1b[?1049llast words'); sys.stdout.flush()")
    assert kept
    assert "\x1b[?1049l" not in sent.partition("last words")[2]
    assert "\x1b[?1003l" in sent.partition("last words")[2]


def test_a_program_that_raises_is_attended_too() -> None:
    sent, kept = attended(SCREEN + "raise SystemExit(1)")
    assert kept
    assert "\x1b[?1003l" in sent


def test_ctrl_c_does_not_end_the_launcher() -> None:
    before = signal.getsignal(signal.SIGINT)
    assert launcher.attend([sys.executable, "-c", "import os, signal; os.kill(os.getppid(), signal.SIGINT)"]) == 0
    assert signal.getsignal(signal.SIGINT) is before


def test_a_request_to_end_is_handed_to_the_app() -> None:
    ask = "import os, signal, threading; os.kill(os.getppid(), signal.SIGTERM); threading.Event().wait()"
    assert launcher.attend([sys.executable, "-c", ask]) == -signal.SIGTERM


def test_after_a_lock_the_app_is_started_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    codes = iter([Locked.exit_code, PinSpent.exit_code, 0])
    commands: list[list[str]] = []

    def told(command: list[str]) -> int:
        commands.append(command)
        return next(codes)

    monkeypatch.setattr(launcher, "attend", told)
    assert launcher.launch(tmp_path) == 0
    assert commands == [[sys.executable, "-m", "fieldkit", "app", str(tmp_path)]] * 3


def test_the_app_and_the_launcher_mean_the_same_code_by_locked() -> None:
    from fieldkit.tui import app

    assert app.LOCKED == launcher.LOCKED


@pytest.mark.parametrize("words", [[], ["--home", "nowhere"]])
def test_without_a_terminal_the_app_says_so_and_paints_nothing(words: list[str]) -> None:
    command = [sys.executable, "-m", "fieldkit", *words]
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stdout) == (2, "")
    assert "needs a terminal" in done.stderr
