"""A terminal that vanishes while a family holds the laptop: the process ends, its page with it, and says nothing."""

from __future__ import annotations

import fcntl
import os
import pty
import select
import socket
import struct
import subprocess
import sys
import termios
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]


def read_until(master: int, words: bytes) -> None:
    """Read what the app draws, until these words were among it."""
    until, seen = time.monotonic() + 60, b""
    while words not in seen:
        assert time.monotonic() < until, "it did not come on the screen"
        if select.select([master], [], [], 0.2)[0]:
            seen += os.read(master, 65536)


@pytest.mark.long
def test_a_vanished_terminal_ends_the_process_and_the_page(tmp_path: Path) -> None:
    told = tmp_path / "address"
    master, slave = pty.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.fieldkit.tui.handed_over", str(told)],
        stdin=slave,
        stdout=slave,
        stderr=slave,
        cwd=ROOT,
        env={**os.environ, "TERM": "xterm-256color", "LANG": "C.UTF-8"},
        start_new_session=True,
        preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),  # its own terminal: a vanished one hangs up on it
    )
    os.close(slave)
    try:
        read_until(master, b"Passphrase")
        os.write(master, b"x\r")
        read_until(master, b"127.0.0.1")
        port = int(told.read_text().split(":")[2].split("/")[0])
        with socket.create_connection(("127.0.0.1", port), timeout=10):
            pass
        os.close(master)  # the terminal is gone
        assert process.wait(30) is not None
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection(("127.0.0.1", port), timeout=10)
    finally:
        process.kill()
        process.wait()
