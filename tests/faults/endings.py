"""Every way in which the app can come to its end, done to the real program with a note half written."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from fieldkit import door
from tests.faults.canaries import in_files, in_memory
from tests.faults.device import PROGRAM, Laptop
from tests.faults.terminal import Terminal, apps_below, children

WITHIN = 5.0
"""Seconds in which a locked app must be gone (scorecard row 16)."""
AFTER_LOCK = 2.0
"""Seconds after the lock at which memory is searched (row 10)."""
WRAPPER = "import subprocess, sys; subprocess.run(sys.argv[1:])"
"""Stands for the shell: the launcher is not the leader of its session then, as in life."""


@dataclass(frozen=True, slots=True)
class Scene:
    """The program with the note typed: its terminal and the two processes."""

    terminal: Terminal
    launcher: int
    app: int


@dataclass(frozen=True, slots=True)
class Outcome:
    """What an end left behind. Everything a list of finds must be empty."""

    name: str
    seconds: float
    """From the blow until the app's process was gone."""
    memory: list[str] = field(default_factory=list)
    files: list[str] = field(default_factory=list)
    scrollback: list[str] = field(default_factory=list)
    terminal: list[str] = field(default_factory=list)
    """What is wrong with the terminal afterwards."""
    note_kept: bool = True
    processes_searched: int = 0

    @property
    def faults(self) -> list[str]:
        """Everything that is not as promised."""
        late = [f"gone only after {self.seconds:.1f} s"] if self.seconds > WITHIN else []
        lost = [] if self.note_kept else ["the note was lost"]
        return [*late, *lost, *self.memory, *self.files, *self.scrollback, *self.terminal]


def _to_app(number: int) -> Callable[[Scene], None]:
    return lambda scene: os.kill(scene.app, number)


def _to_launcher(number: int) -> Callable[[Scene], None]:
    return lambda scene: os.kill(scene.launcher, number)


def _key(key: str) -> Callable[[Scene], None]:
    return lambda scene: scene.terminal.type(key)


def _unplug(scene: Scene) -> None:
    for end in (scene.terminal.near, scene.terminal.far):
        os.close(end)


ENDINGS: dict[str, tuple[Callable[[Scene], None], tuple[str, ...]]] = {
    "left with ctrl+q": (_key("\x11"), ()),
    "locked with the chord": (_key("\x02"), ()),
    "a fault of the program": (_key("\x1bOQ"), ("crash",)),
    "SIGTERM to the app": (_to_app(signal.SIGTERM), ()),
    "SIGHUP to the app": (_to_app(signal.SIGHUP), ()),
    "kill -9 of the app": (_to_app(signal.SIGKILL), ()),
    "SIGABRT to the app": (_to_app(signal.SIGABRT), ()),
    "SIGTERM to the launcher": (_to_launcher(signal.SIGTERM), ()),
    "SIGHUP to the launcher": (_to_launcher(signal.SIGHUP), ()),
    "kill -9 of the launcher": (_to_launcher(signal.SIGKILL), ()),
    "the terminal is gone": (_unplug, ()),
}


def end_by(name: str, laptop: Laptop) -> Outcome:
    """Write half a note, strike, and look at what is left."""
    strike, words = ENDINGS[name]
    terminal = Terminal("-c", WRAPPER, *_program(laptop.home, words))
    try:
        scene = _scene(terminal, laptop)
        at, sent = time.monotonic(), len(terminal.sent)
        strike(scene)
        seconds = _gone(scene, at)
        return _looked(name, laptop, scene, (seconds, sent))
    finally:
        for pid in _family(terminal):
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        terminal.close()


def _program(home: Path, words: tuple[str, ...]) -> tuple[str, ...]:
    import sys

    return (sys.executable, PROGRAM, "launch", str(home), *words)


def _scene(terminal: Terminal, laptop: Laptop) -> Scene:
    terminal.until("Passphrase")
    launcher = children(terminal.process.pid)[0]
    laptop.unlock(terminal)
    laptop.write_a_note(terminal)
    return Scene(terminal, launcher, apps_below(launcher)[0])


def _family(terminal: Terminal) -> list[int]:
    if terminal.process.poll() is not None:
        return []
    below = children(terminal.process.pid)
    return [*(app for each in below for app in children(each)), *below]


def _gone(scene: Scene, since: float) -> float:
    limit = since + 4 * WITHIN
    while _runs(scene.app) and time.monotonic() < limit:
        _read(scene.terminal, 0.05)
    return time.monotonic() - since


def _runs(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text("ascii").rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"


def _read(terminal: Terminal, seconds: float) -> None:
    try:
        terminal.read(seconds)
    except (OSError, ValueError):  # it was unplugged
        time.sleep(seconds)


def _looked(name: str, laptop: Laptop, scene: Scene, known: tuple[float, int]) -> Outcome:
    terminal, (seconds, sent) = scene.terminal, known
    until = time.monotonic() + AFTER_LOCK
    while time.monotonic() < until:
        _read(terminal, 0.1)
    alive = [pid for pid in {scene.launcher, *_family(terminal)} if _runs(pid)]
    memory = sorted({found for pid in alive for found in in_memory(laptop.canaries, pid)})
    unplugged = name == "the terminal is gone"
    if _family(terminal) and not unplugged and any(_runs(pid) for pid in _family(terminal)):
        terminal.until("Passphrase", sent)
        terminal.settle(0.3)
        terminal.type("\x11")
    with suppress(TimeoutError):
        terminal.process.wait(30) if unplugged else terminal.ended(30)
    wrong = [] if unplugged else _terminal_faults(terminal)
    still = ["a process still runs"] if any(_runs(pid) for pid in (*alive, scene.app)) else []
    if door.is_open(laptop.home):
        still.append("the store is still held")
    return Outcome(
        name,
        seconds,
        memory,
        in_files(laptop.canaries, laptop.home),
        laptop.canaries.found_in(terminal.scrollback()),
        wrong + still,
        _typed() in laptop.note(),
        len(alive),
    )


def _typed() -> str:
    from tests.faults.device import NOTE

    return NOTE[:-2]  # the last keys may have been on their way: at most 100 ms of typing may be lost


def _terminal_faults(terminal: Terminal) -> list[str]:
    faults = [] if terminal.as_before else ["settings of the terminal are others"]
    return faults + ([] if terminal.on_main_screen else ["the terminal was not brought back"])


__all__ = ["ENDINGS", "Outcome", "end_by"]
