"""Nobody can fill central's memory: what is too large is noticed before it has unfolded."""

from __future__ import annotations

import os
import socket
import sys
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import psutil
import pytest
from backports import zstd

from sync.changes import hashed, link
from sync.protocol import JSON, STREAM, RequestFacts, batch_message, content_digest, push_body
from sync.protocol.wire import Batch
from tests.central_fixture import CentralProcess
from tests.sync.faults.field import Base, Walker

MIB = 1 << 20


def say(asha: Walker, path: str, body: bytes, kind: str) -> int:
    """A validly signed request; the status that comes back."""
    identity = asha.identity
    facts = RequestFacts("POST", path, content_digest(body), identity.now(), os.urandom(16).hex(), identity.device)
    headers = {"content-type": kind} | facts.headers(identity.key.sign(facts.base()))
    return httpx.post(asha.url + path, content=body, headers=headers, timeout=60).status_code


def a_push(asha: Walker, line: str) -> bytes:
    """One line as a well signed push."""
    known = link("0" * 64, asha.identity.device, 1, *hashed(line))
    batch = Batch(1, "0" * 64, [line], known)
    return push_body(batch, asha.identity.key.sign(batch_message(asha.identity.device, 1, batch.after, 1, known)))


def endless_head(url: str) -> None:
    """Headers until central hangs up."""
    place = urlsplit(url)
    with socket.create_connection((place.hostname, place.port), timeout=10) as line:
        line.sendall(b"POST /sync/pull HTTP/1.1\r\nhost: x\r\n")
        with pytest.raises(OSError):
            for _ in range(64):
                line.sendall(b"x-more: " + b"a" * MIB + b"\r\n")


@pytest.mark.long
@pytest.mark.timeout(300)
@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads the peak from /proc")
def test_bombs_and_endless_heads_leave_centrals_memory_where_it_was(tmp_path: Path) -> None:
    process = CentralProcess(tmp_path / "central")
    process.desk("init")
    with process:
        asha = Walker(Base.of_process(process))
        asha.family(name="Okafor")
        assert asha.sync() is None
        before = peak(process.process.pid)
        maps = a_push(
            Walker(asha.base), '{"x":1,"salt":"' + "0" * 32 + '","payload":[{' + '"a":[],' * MIB + '"b":""},{}]}'
        )
        bombs = [zstd.compress(letter * (300 * MIB)) for letter in (b" ", b"\n")]
        for _ in range(3):
            assert [say(asha, "/sync/push", bomb, STREAM) for bomb in bombs] == [413, 413]
            assert say(asha, "/sync/push", os.urandom(6 * MIB), STREAM) == 413
            assert say(asha, "/sync/pull", b"[" * (MIB - 1), JSON) == 400
            say(asha, "/sync/push", maps, STREAM)
            endless_head(process.url)
        after, now = peak(process.process.pid), psutil.Process(process.process.pid).memory_info().rss // MIB
        assert asha.sync() is None
    sys.stdout.write(f"peak before {before} MiB, after {after} MiB, at rest {now} MiB\n")
    assert after - before < 200
    # What a refusal went through is let go of at once: it does not wait for somebody to look for rings.
    assert now - before < 20


def peak(pid: int) -> int:
    """MiB that a process has held at most."""
    lines = Path(f"/proc/{pid}/status").read_text("ascii").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) // 1024
