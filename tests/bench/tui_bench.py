"""How fast the app opens, paints a key and turns to the next question, over a pty.

`python tests/bench/tui_bench.py --json`. A practice council is made first, with an assessment begun. `first_paint_ms`
is start → the unlock prompt through the launcher, as a person starts it; `floor_first_paint_ms` is the smallest
Textual app, started in turn with it.
"""

from __future__ import annotations

import argparse
import fcntl
import json
import os
import pty
import re
import select
import signal
import struct
import subprocess
import sys
import tempfile
import termios
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median

import psutil

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from fieldkit.commands.practice.council import answers
from fieldkit.commands.practice.opening import PASSPHRASE, STORY_FAMILY, set_up
from fieldkit.commands.practice.site import Laptop, PracticeCentral
from forms.xform import load
from tests.bench.made_forms import made
from tests.fieldkit.tui.drafts import OpenDraft, interview_of
from tests.fieldkit.tui.driving import app_on
from tests.fieldkit.tui.twin import Twin

FLOOR = (
    "from textual.app import App\nfrom textual.widgets import Static\n"
    "class A(App):\n    def compose(self):\n        yield Static('smallest app')\nA().run()"
)
SEQUENCES = re.compile(rb"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07]*\x07|[@-Z\\-_])")
QUIET = 0.04
"""Seconds without output after which a paint is over."""
WORDS = "He will not go in since the fight in October and his mother rings the school every morning about it. "


@dataclass
class Terminal:
    """A program at the other end of a pty."""

    process: subprocess.Popen[bytes]
    end: int

    def read(self, seconds: float) -> bytes:
        """What comes within the time, as soon as it comes; nothing when nothing does."""
        ready, _, _ = select.select([self.end], [], [], seconds)
        return os.read(self.end, 1 << 16) if ready else b""

    def until(self, words: str, seconds: float = 60) -> float:
        """The moment at which the words stand on the screen."""
        seen, wanted, limit = b"", words.encode(), time.perf_counter() + seconds
        while time.perf_counter() < limit:
            seen += self.read(1)
            if wanted in SEQUENCES.sub(b"", seen):
                return time.perf_counter()
        raise TimeoutError(words)

    def settle(self, seconds: float = 0.4) -> None:
        """Until nothing more is painted."""
        while self.read(seconds):
            pass

    def typed(self, letter: str) -> float:
        """Milliseconds from a letter to the paint that shows it."""
        began = time.perf_counter()
        os.write(self.end, letter.encode())
        while letter.encode() not in SEQUENCES.sub(b"", self.read(2)):
            pass
        shown = time.perf_counter()
        self.settle(QUIET)  # the "saved" of this letter is not the paint of the next
        return (shown - began) * 1000

    def turned(self) -> float:
        """Milliseconds from tab until the next question is painted, now and then on the next page.

        Painted: three quarters of all that the key paints have come. What comes after is the scrollbar and the outline.
        """
        began, came, wait = time.perf_counter(), list[tuple[float, int]](), 2.0
        os.write(self.end, b"\t")
        while more := self.read(wait):
            came.append((time.perf_counter(), len(more)))
            wait = QUIET
        enough, so_far = 0.75 * sum(size for _, size in came), 0
        for moment, size in came:
            so_far += size
            if so_far >= enough:
                return (moment - began) * 1000
        return 0.0


@contextmanager
def terminal(command: Sequence[str], home: Path, size: tuple[int, int] = (80, 24)) -> Iterator[Terminal]:
    """Run a program in a terminal of its own."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", size[1], size[0], 0, 0))
    env = {
        **os.environ,
        "TERM": "xterm-256color",
        "COLORTERM": "truecolor",
        "PYTHONPATH": str(ROOT),
        "FIELDKIT_HOME": str(home),
    }
    process = subprocess.Popen(command, stdin=theirs, stdout=theirs, stderr=theirs, env=env, start_new_session=True)
    os.close(theirs)
    try:
        yield Terminal(process, ours)
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGTERM)
        process.wait(10)
        os.close(ours)


def practice(folder: Path) -> Path:
    """A laptop with a full assessment that is not filed yet; its home."""
    central = PracticeCentral(folder / "central")
    try:
        set_up(folder, central)
    finally:
        central.stop()
    home = folder / "asha" / "home"
    laptop = Laptop.new(folder / "asha", "Asha Patel")
    found = laptop.does("find", STORY_FAMILY, "--json").data
    family = next(each["id"] for each in found if each["kind"] == "family")
    (folder / "eha.json").write_text(answers("eha"), "utf-8")
    laptop.does("capture", "eha", "--answers", str(folder / "eha.json"), "--family", family, "--draft")
    return home


def first_paints(home: Path, times: int) -> tuple[list[float], list[float]]:
    """Start → unlock prompt, and start → the smallest app, in turn."""
    ours: list[float] = []
    floor: list[float] = []
    for _ in range(times + 1):
        for command, words, kept in (
            ((sys.executable, "-m", "fieldkit"), "Enter opens", ours),
            ((sys.executable, "-c", FLOOR), "smallest app", floor),
        ):
            began = time.perf_counter()
            with terminal(command, home) as screen:
                kept.append((screen.until(words) - began) * 1000)
    return ours[1:], floor[1:]  # the first of each warms the disk


def working(home: Path, keys: int, steps: int) -> dict[str, float]:
    """Unlock, open the assessment, type, walk from question to question."""
    with terminal((sys.executable, "-m", "fieldkit"), home) as screen:
        screen.until("Enter opens")
        screen.settle()
        os.write(screen.end, PASSPHRASE.encode())
        screen.settle()
        began = time.perf_counter()
        os.write(screen.end, b"\r")
        today = (screen.until("Unfinished") - began) * 1000
        screen.settle()
        app = next(each for each in psutil.Process(screen.process.pid).children(recursive=True))
        rss = app.memory_info().rss / 2**20
        _open_the_draft(screen)
        _to_a_text(screen)
        typed = [screen.typed(WORDS[i % len(WORDS)]) for i in range(keys)]
        screen.settle()
        turned = [screen.turned() for _ in range(steps)]
        peak = int(re.findall(r"VmHWM:\s+(\d+)", Path(f"/proc/{app.pid}/status").read_text())[0]) / 1024
        later = app.memory_info().rss / 2**20
    return {
        "today_ms": today,
        "key_p50_ms": median(typed),
        "key_p99_ms": at(typed, 0.99),
        "next_p50_ms": median(turned),
        "next_p99_ms": at(turned, 0.99),
        "rss_mb": rss,
        "form_rss_mb": later,
        "peak_mb": peak,
    }


def _open_the_draft(screen: Terminal) -> None:
    """From Today down to the unfinished assessment."""
    for _ in range(12):
        os.write(screen.end, b"\r")
        seen = b""
        while more := screen.read(0.6):
            seen += more
        if b"^g missing" in SEQUENCES.sub(b"", seen):
            return
        os.write(screen.end, b"\x1b")
        screen.settle()
        os.write(screen.end, b"\x1b[B")
        screen.settle()
    raise TimeoutError("the assessment")


def _to_a_text(screen: Terminal) -> None:
    """From the first page on to a question that takes words: there a letter is shown."""
    for key in (b"\x1b[17~", b"\x1b[H", b"\r"):  # f6 to the outline, home, Enter
        os.write(screen.end, key)
        screen.settle()
    for _ in range(200):
        screen.turned()
        os.write(screen.end, b"q")
        if b"q" in SEQUENCES.sub(b"", screen.read(0.3)):
            return
    raise TimeoutError("a question that takes words")


def at(times: Sequence[float], share: float) -> float:
    """The time that this share stays under."""
    return sorted(times)[min(int(len(times) * share), len(times) - 1)]


def in_a_large_form(questions: int, keys: int, steps: int) -> dict[str, float]:
    """Key → paint, and tab → the next question, in a form of so many questions on a twin of the workspace."""
    with terminal((sys.executable, __file__, "--large", str(questions)), Path()) as screen:
        screen.until("Enter opens")
        screen.settle()
        os.write(screen.end, b"correct horse\r")
        screen.until("Unfinished")
        screen.settle()
        _open_the_draft(screen)
        _to_a_text(screen)
        typed = [screen.typed(WORDS[i % len(WORDS)]) for i in range(keys)]
        screen.settle()
        turned = [screen.turned() for _ in range(steps)]
    named = {"key_p50_ms": median(typed), "key_p99_ms": at(typed, 0.99)}
    named |= {"next_p50_ms": median(turned), "next_p99_ms": at(turned, 0.99)}
    return {f"large_{name}": value for name, value in named.items()}


def large_form(questions: int) -> None:
    """Be the app that is measured: one draft of a form of so many questions."""
    draft = OpenDraft()
    draft.interview = interview_of(load(made(questions)))
    app_on(Twin(drafts={"d1": draft})).run()


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--keys", type=int, default=400)
    parser.add_argument("--steps", type=int, default=200)
    parser.add_argument("--starts", type=int, default=5)
    parser.add_argument("--home", type=Path, help="A practice laptop that exists; else one is made.")
    parser.add_argument("--large", type=int, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.large:
        large_form(asked.large)
        return
    with tempfile.TemporaryDirectory(prefix="fieldkit-tui-") as folder:
        home = asked.home or practice(Path(folder))
        ours, floor = first_paints(home, asked.starts)
        figures = {"first_paint_ms": median(ours), "floor_first_paint_ms": median(floor)}
        figures |= working(home, asked.keys, asked.steps)
    figures |= in_a_large_form(600, asked.keys, asked.steps)
    rounded = {name: round(value, 1) for name, value in figures.items()}
    if asked.json:
        print(json.dumps(rounded))
    else:
        print("\n".join(f"{name:<22} {value:>8}" for name, value in rounded.items()))


if __name__ == "__main__":
    main()
