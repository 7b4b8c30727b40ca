"""The rig: any command line of fieldkit, on any folder, with a fault at any of its calls to the disk."""

from __future__ import annotations

import errno
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
NO_COMPILER = "the fault layer needs a C compiler: install one (Debian: apt-get install gcc libc6-dev) and run again"
KILL, KILL_HALFWAY = -1, -2
ERRORS = {name: getattr(errno, name) for name in ("EIO", "ENOSPC", "EROFS", "EINTR")}
LONGEST = 60
"""Seconds after which a process hangs."""


@dataclass(frozen=True, slots=True)
class Fault:
    """What happens at the `at`-th call: a kill, half a write and a kill, or an error (its number)."""

    at: int = -1
    deed: int = 0
    on: bool = False
    """Whether every call from there on meets it, as on a disk that stays full."""
    room: int = -1
    """Bytes that still fit on the disk; negative: as many as there are."""


NONE = Fault()


@dataclass(frozen=True, slots=True)
class Ran:
    """How a command line ended."""

    code: int
    """Negative when it was killed."""
    calls: int
    out: str = field(repr=False)
    err: str = field(repr=False)

    @property
    def acknowledged(self) -> list[str]:
        """What it said is durable."""
        return [line.split()[1] for line in self.out.splitlines() if line.startswith("ACK ") and len(line.split()) > 1]

    @property
    def said_badly(self) -> bool:
        """Whether a person was shown a stack, the words for a mistake in the program, or nothing at all."""
        trace = "Traceback" in self.err or "Error " in self.err
        return trace or (self.code not in (0, 5) and self.code > 0 and not self.err.strip())


def built() -> Path:
    """The layer, compiled; RuntimeError with one clear line where there is no compiler."""
    compiler = next((found for name in ("cc", "gcc", "clang") if (found := shutil.which(name))), None)
    if compiler is None:
        raise RuntimeError(NO_COMPILER)
    source = Path(__file__).with_name("shim.c")
    made = Path(tempfile.gettempdir()) / f"fieldkit-fault-layer-{os.getpid()}-{int(source.stat().st_mtime)}.so"
    if not made.exists():
        fresh = made.with_suffix(".new")
        subprocess.run([compiler, "-O1", "-shared", "-fPIC", "-o", fresh, source, "-ldl"], check=True)
        fresh.replace(made)
    return made


class Rig:
    """The fork server and the folder in which its processes speak."""

    def __init__(self, folder: Path, server: subprocess.Popen[str]) -> None:
        self.folder, self.server = folder, server
        self.secret = folder / "secret"
        self.secret.write_text("four quiet owls at dusk\n", "utf-8")

    def run(
        self, home: Path, words: Sequence[str], fault: Fault = NONE, record: Path | None = None, user: int = 0
    ) -> Ran:
        """Run `fieldkit --home HOME --passphrase-file … WORDS` to its end, whatever it is; as another user if told."""
        given = ["--home", str(home), "--passphrase-file", str(self.secret), *words]
        out, err = self.folder / "out", self.folder / "err"
        question = {
            "words": given,
            "watched": str(home.parent),
            "fault": asdict(fault),
            "out": str(out),
            "err": str(err),
            "record": str(record or ""),
            "seconds": LONGEST,
            "user": user,
        }
        assert self.server.stdin is not None
        assert self.server.stdout is not None
        self.server.stdin.write(json.dumps(question) + "\n")
        self.server.stdin.flush()
        told = json.loads(self.server.stdout.readline())
        texts = (file.read_text("utf-8", "replace") if file.exists() else "" for file in (out, err))
        return Ran(told["code"], told["calls"], *texts)

    def done(self, home: Path, *words: str) -> Ran:
        """Run it and expect it to go well."""
        ran = self.run(home, words)
        assert ran.code in (0, 5), (words, ran.code, ran.err)
        return ran


@contextmanager
def rig() -> Iterator[Rig]:
    """A rig of one's own."""
    with tempfile.TemporaryDirectory(prefix="fieldkit-rig-") as folder:
        environment = os.environ | {"LD_PRELOAD": str(built()), "PYTHONDONTWRITEBYTECODE": "1"}
        command = [sys.executable, "-m", "tests.faults.server"]
        pipe = subprocess.PIPE
        with subprocess.Popen(command, cwd=ROOT, env=environment, stdin=pipe, stdout=pipe, text=True) as server:
            yield Rig(Path(folder), server)
            assert server.stdin is not None
            server.stdin.close()


def points(calls: int, most: int, first: int = 1) -> list[int]:
    """At most so many of the calls, evenly spread over all of them."""
    every = list(range(first, calls + 1))
    return every if len(every) <= most else [every[number * len(every) // most] for number in range(most)]


def killed(at: int) -> Fault:
    """Killed before the call; every third time halfway through a write."""
    return Fault(at, KILL_HALFWAY if at % 3 == 0 else KILL)
