"""A council's central as it is shipped: a data folder, processes that can be killed, the verbs at its desk."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

from tests.central_fixture import ROOT, CentralProcess


class Now:
    """The real clock."""

    @property
    def at(self) -> datetime:
        """The time now."""
        return datetime.now(UTC)


class Council(CentralProcess):
    """A central process that laptops can be enrolled at."""

    clock = Now()

    def code(self, worker: str, role: str) -> str:
        """A one-time code."""
        return str(self.desk("code", "--worker", worker, "--role", role)["code"])

    def refused(self, verb: str, *arguments: str) -> str:
        """Run a verb that must be refused; what it says."""
        command = [sys.executable, "-m", "sync.server", verb, "--data", str(self.data), "--json", *arguments]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
        assert done.returncode == 1, done
        assert "Traceback" not in done.stderr
        return done.stderr

    def begun(self, verb: str, *arguments: str) -> subprocess.Popen[bytes]:
        """Begin a verb and do not wait for it."""
        command = [sys.executable, "-m", "sync.server", verb, "--data", str(self.data), *arguments]
        return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def fresh(folder: Path, *more: str) -> Council:
    """An initialised central."""
    council = Council(folder / "central", *more)
    council.desk("init")
    return council
