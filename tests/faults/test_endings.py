"""However the app ends: the note is kept, the terminal is as it was, and nothing is left where others can read it."""

from __future__ import annotations

import os
import resource
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from fieldkit import door
from tests.faults.canaries import Canaries, forms, in_files, in_memory
from tests.faults.device import NAME, Laptop, copied, laptop_with_canaries
from tests.faults.endings import ENDINGS, end_by
from tests.faults.terminal import ROOT, apps_below

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="/proc and pseudo-terminals of Linux are needed")
ONLY_ROOT = pytest.mark.skipif(
    sys.platform != "linux" or os.geteuid() != 0, reason="only root may read fieldkit's memory: run as root"
)
FIELDKIT = ("-m", "tests.trips.quick_fieldkit")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Laptop:
    """A laptop with canaries, made once."""
    return laptop_with_canaries(tmp_path_factory.mktemp("made") / "home")


@pytest.fixture
def laptop(made: Laptop, tmp_path: Path) -> Laptop:
    """A copy of it for this test."""
    return copied(made, tmp_path / "home")


def verb(laptop: Laptop, *words: str) -> subprocess.CompletedProcess[str]:
    """A verb of the command line without the passphrase."""
    command = [sys.executable, *FIELDKIT, "--home", str(laptop.home), *words]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, stdin=subprocess.DEVNULL, timeout=60)


@ONLY_ROOT
def test_fieldkit_lock_ends_the_app_and_two_seconds_later_nothing_is_in_memory_or_on_disk(laptop: Laptop) -> None:
    with laptop.on_a_terminal() as terminal:
        laptop.unlock(terminal)
        laptop.write_a_note(terminal)
        app = apps_below(terminal.process.pid)[0]
        open_finds = in_memory(laptop.canaries, app)
        # The search can find: while it is open, key, name and note are there.
        assert {"key plain", "name plain", "note plain"} <= set(open_finds)
        assert in_files(laptop.canaries, laptop.home) == []
        assert '"open": true' in verb(laptop, "status", "--json").stdout
        assert verb(laptop, "find", NAME).returncode != 0
        sent, at = len(terminal.sent), time.monotonic()
        assert verb(laptop, "lock").returncode == 0
        terminal.until("Passphrase", sent)
        while time.monotonic() < at + 2:
            terminal.read(0.1)
        pids = [terminal.process.pid, *apps_below(terminal.process.pid)]
        assert app not in pids
        assert {pid: in_memory(laptop.canaries, pid) for pid in pids} == {pid: [] for pid in pids}
        terminal.type("\x11")
        assert terminal.ended() == 0
        assert terminal.as_before
        assert terminal.on_main_screen
        assert laptop.canaries.found_in(terminal.scrollback()) == []
        # Nothing but drawing was sent: no title, no clipboard, no question to the terminal.
        assert not any(each in terminal.sent for each in (b"\x1b]0;", b"\x1b]2;", b"\x1b]52;", b"\x1bP"))
    assert in_files(laptop.canaries, laptop.home) == []
    assert "heronmarsh" in laptop.note()


@pytest.mark.long
@ONLY_ROOT
@pytest.mark.parametrize("name", sorted(ENDINGS))
def test_every_way_to_end_keeps_the_note_and_leaves_nothing(name: str, laptop: Laptop) -> None:
    assert end_by(name, laptop).faults == []


@pytest.mark.long
def test_a_second_app_on_the_same_store_is_refused(laptop: Laptop) -> None:
    with laptop.on_a_terminal() as first, laptop.on_a_terminal() as second:
        laptop.unlock(first)
        at = second.until("Passphrase")
        second.settle(0.3)
        second.type(laptop.passphrase + "\r")
        second.until("open in another fieldkit", at)


@pytest.mark.long
def test_the_app_stops_when_asked_covered_first_and_the_shell_has_its_terminal(laptop: Laptop) -> None:
    with laptop.on_a_terminal() as terminal:
        laptop.unlock(terminal)
        sent = len(terminal.sent)
        os.kill(apps_below(terminal.process.pid)[0], signal.SIGTSTP)
        terminal.until("Passphrase", sent)  # no visit: a cover is not agreed, so it locks
        terminal.type("\x11")
        assert terminal.ended() == 0
        assert terminal.as_before


@pytest.mark.long
def test_a_variable_that_writes_the_screen_to_a_file_is_refused(laptop: Laptop, tmp_path: Path) -> None:
    for name in ("TEXTUAL_LOG", "TEXTUAL_SCREENSHOT", "TEXTUAL_DRIVER"):
        with laptop.on_a_terminal(env={name: str(tmp_path / "screen")}) as terminal:
            terminal.until(name)
            assert terminal.ended() == 1
    assert not (tmp_path / "screen").exists()


ABORT = "import os, resource; from fieldkit.process import close_off; {off}; os.abort()"


def test_a_process_of_ours_leaves_no_core() -> None:
    def dumped(off: str) -> bool:
        child = subprocess.Popen(
            [sys.executable, "-c", ABORT.format(off=off)],
            cwd=ROOT,
            preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_CORE, (resource.RLIM_INFINITY,) * 2),
        )
        _, status = os.waitpid(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
        assert child.returncode == -signal.SIGABRT
        return os.WCOREDUMP(status)

    for left in ROOT.glob("core*"):
        assert not left.is_file()
    assert not dumped("close_off()")


def test_a_fault_that_nobody_caught_is_told_without_its_message() -> None:
    code = (
        "import threading; from fieldkit.process import close_off; close_off()\n"
        "def fail(): raise ValueError('Quillfeather')\n"
        "each = threading.Thread(target=fail); each.start(); each.join(); fail()"
    )
    told = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert told.returncode == 1
    assert told.stderr.count("fieldkit: ValueError at") == 2
    assert "Quillfeather" not in told.stderr


def test_locking_a_locked_device_is_done_and_status_asks_for_the_passphrase_again(laptop: Laptop) -> None:
    assert verb(laptop, "lock").returncode == 0
    assert not door.is_open(laptop.home)


def test_every_form_of_a_secret_would_be_found() -> None:
    secret = "Ottilie Quillfeather"
    canaries = Canaries({"name": secret.encode()})
    for form, bytes_ in forms(secret.encode()).items():
        assert f"name {form}" in canaries.found_in(b"xx" + bytes_ + b"yy")
    assert canaries.found_in(b"Ottilie") == []
