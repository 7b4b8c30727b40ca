"""A practice site: one central and several laptops, each a folder, each driven as its own process.

Nothing here reaches into central: it is started, stopped and asked as an administrator would, by its command line.
Its rows are read back by a separate Python, straight from PostgreSQL.
"""

from __future__ import annotations

import json
import os
import secrets
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from fieldkit.errors import FieldkitError

PATIENCE = 120.0
"""Seconds after which a process of the practice site counts as stuck."""
PROGRAM = ("-m", "fieldkit")

_QUERY = """
import json, sys
from pathlib import Path
import psycopg
from sync.server.embedded import OWNER, Embedded
with psycopg.connect(Embedded(Path(sys.argv[1])).dsn(role=OWNER)) as connection:
    connection.execute("select set_config('fieldkit.reader', 'central', true)")
    cursor = connection.execute(sys.argv[2])
    rows = cursor.fetchall() if cursor.description else []
    print(json.dumps([cursor.rowcount, rows], default=str))
"""


class PracticeFailed(FieldkitError):
    """A part of the practice site did not start or answer."""

    said = "The practice council could not be set up."
    cure = "Run the command again with --fresh; if it stays, read what was printed above."
    exit_code = 1


@dataclass(frozen=True, slots=True)
class Said:
    """What a finished command left: exit code, data (stdout), talk (stderr)."""

    code: int
    out: str = field(repr=False)
    err: str = field(repr=False)

    @property
    def data(self) -> Any:
        """Its standard output as JSON."""
        return json.loads(self.out)


def run(words: Sequence[str], extra: Mapping[str, str] | None = None) -> Said:
    """Run one of our programs to its end in a process of its own."""
    done = subprocess.run(
        [sys.executable, *words],
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=PATIENCE,
        check=False,
        env=environment(extra),
        stdin=subprocess.DEVNULL,
    )
    return Said(done.returncode, done.stdout, done.stderr)


def environment(extra: Mapping[str, str] | None = None) -> dict[str, str]:
    """Our own environment with UTF-8 forced and no other home named."""
    kept = {name: value for name, value in os.environ.items() if name != "FIELDKIT_HOME"}
    return kept | {"PYTHONUTF8": "1"} | dict(extra or {})


@dataclass(slots=True)
class PracticeCentral:
    """The practice central: its folder and, while it serves, its process."""

    data: Path
    url: str = ""
    process: subprocess.Popen[str] | None = None

    def ask(self, verb: str, *words: str) -> Any:
        """Run a verb of `fieldkit-central` and answer what it printed, as JSON."""
        said = run(["-m", "sync.server", verb, "--data", str(self.data), "--json", *words])
        if said.code:
            raise PracticeFailed from RuntimeError(f"fieldkit-central {verb} ended with {said.code}")
        return said.data

    def start(self, port: int = 0) -> None:
        """Serve on loopback; returns when it answers. `port` 0 takes a free one, and the same one is kept later."""
        if self.process is not None:
            return
        kept = port or (int(self.url.rpartition(":")[2]) if self.url else 0)
        command = [sys.executable, "-m", "sync.server", "serve", "--data", str(self.data), "--port", str(kept)]
        quiet = {"start_new_session": True} if os.name != "nt" else {}
        self.process = subprocess.Popen(
            command,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            stdin=subprocess.DEVNULL,
            text=True,
            env=environment(),
            **quiet,  # type: ignore[call-overload]
        )
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        if not line:
            raise PracticeFailed from RuntimeError("central ended before it served")
        self.url = json.loads(line)["url"]

    def stop(self) -> None:
        """End it in order, and wait until it has gone."""
        if self.process is None:
            return
        self.process.terminate()
        try:
            self.process.wait(PATIENCE)
        finally:
            self.process.kill()
            if self.process.stdout is not None:
                self.process.stdout.close()
            self.process = None

    def rows(self, statement: str) -> list[list[Any]]:
        """The rows of a statement, read from PostgreSQL by a separate process while central serves."""
        return list(self._query(statement)[1])

    def touched(self, statement: str) -> int:
        """How many rows a statement changed: only the sabotages write here."""
        return int(self._query(statement)[0])

    def _query(self, statement: str) -> Any:
        said = run(["-c", _QUERY, str(self.data), statement])
        if said.code:
            raise PracticeFailed from RuntimeError("PostgreSQL did not answer the statement")
        return said.data


@dataclass(frozen=True, slots=True)
class Laptop:
    """One worker's laptop: a home folder and the file that holds its passphrase."""

    worker: str
    home: Path
    secret: Path
    program: tuple[str, ...] = PROGRAM
    """How Python is told to run `fieldkit`."""

    @classmethod
    def new(cls, folder: Path, worker: str, program: tuple[str, ...] = PROGRAM, passphrase: str = "") -> Laptop:
        """A laptop without a store yet; its passphrase is made up unless given."""
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        laptop = cls(worker, folder / "home", folder / "passphrase", program)
        if not laptop.secret.exists():
            laptop.secret.touch(mode=0o600)
            laptop.secret.write_text((passphrase or secrets.token_hex(12)) + "\n", "utf-8")
        return laptop

    def says(self, verb: str, *words: str) -> Said:
        """Run a verb of `fieldkit` on this laptop."""
        return run([*self.program, "--home", str(self.home), verb, "--passphrase-file", str(self.secret), *words])

    def does(self, verb: str, *words: str) -> Said:
        """Run a verb that must succeed; PracticeFailed when it does not."""
        said = self.says(verb, *words)
        if said.code:
            raise PracticeFailed from RuntimeError(f"fieldkit {verb} ended with {said.code}")
        return said

    def files(self) -> list[Path]:
        """Every file under the home, as a thief with the disk would list them."""
        return sorted(path for path in self.home.rglob("*") if path.is_file())
