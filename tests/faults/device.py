"""A laptop with canaries in it, and the whole program around it on a terminal."""

from __future__ import annotations

import json
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from fieldkit.config import QUICK_KDF, SystemClock
from fieldkit.workspace import Workspace, create_workspace
from fieldkit.workspace.views import PersonDetails
from sync.client.signin import About, Session
from tests.faults.canaries import Canaries
from tests.faults.terminal import ROOT, Terminal, apps_below

PROGRAM = str(ROOT / "tests" / "faults" / "quick_app.py")
NAME = "Quillfeather"
"""A family's name that stands nowhere else."""
NOTE = "heronmarsh lanternsong"
PIN = "73918264"


@dataclass(frozen=True, slots=True)
class Laptop:
    """A device's folder and what must be found nowhere outside it."""

    home: Path
    passphrase: str
    canaries: Canaries
    family: str
    draft: str

    @contextmanager
    def on_a_terminal(self, *words: str, env: dict[str, str] | None = None) -> Iterator[Terminal]:
        """Launcher and app, on a terminal."""
        terminal = Terminal(PROGRAM, "launch", str(self.home), *words, env=env)
        try:
            yield terminal
        finally:
            for each in apps_below(terminal.process.pid) if terminal.process.poll() is None else []:
                _end(each)
            terminal.close()

    def unlock(self, terminal: Terminal) -> None:
        """Through the door, to Today."""
        at = terminal.until("Passphrase", 0)
        terminal.settle(0.3)
        terminal.type(self.passphrase + "\r")
        terminal.until("Today,", at)
        terminal.settle()

    def write_a_note(self, terminal: Terminal) -> None:
        """Open the draft and type into its first line."""
        at = len(terminal.sent)
        terminal.type("\x1b[B\x1b[A")
        terminal.settle()
        terminal.type("\r")
        terminal.until("draft", at)
        terminal.settle()
        terminal.type(NOTE)
        terminal.until(NOTE[-8:], at)
        terminal.until("saved", at)
        terminal.settle()


def _end(pid: int) -> None:
    import os
    from contextlib import suppress

    with suppress(ProcessLookupError):
        os.kill(pid, 9)


def laptop_with_canaries(home: Path) -> Laptop:
    """A device that holds a family, a visit note that is being written, a PIN and a session with tokens."""
    passphrase = f"door {secrets.token_hex(8)} wide"
    workspace = create_workspace(home, passphrase, clock=SystemClock(), kdf=QUICK_KDF)
    workspace.store.set_meta("worker", json.dumps({"name": "Asha Patel", "id": "w1", "role": "worker"}))
    workspace.set_pin(PIN)
    tokens = _signed_in(workspace)
    family = workspace.add_family(NAME)
    workspace.add_person(family, PersonDetails(given="Ottilie", surname=NAME))
    draft = workspace.begin("visit", family)
    key = workspace.vault.key
    device_key = bytes.fromhex(workspace.store.meta("device_key") or "")
    workspace.close()
    held = {
        "name": NAME.encode(),
        "note": NOTE.encode(),
        "passphrase": passphrase.encode(),
        "pin": PIN.encode(),
        "key": key[:32],
        "device key": device_key,
        **{name: token.encode() for name, token in tokens.items()},
    }
    return Laptop(home, passphrase, Canaries(held), family, draft)


def _signed_in(workspace: Workspace) -> dict[str, str]:
    access, refresh = secrets.token_urlsafe(24), secrets.token_urlsafe(24)
    now = SystemClock().now()
    about = About(*("x" for _ in About.__dataclass_fields__))
    workspace.store.session.keep(
        Session(about, access, now + timedelta(minutes=9), refresh, now + timedelta(hours=9), "", "")
    )
    return {"access token": access, "refresh token": refresh}


def copied(laptop: Laptop, home: Path) -> Laptop:
    """The same laptop in another folder, for one test alone."""
    shutil.copytree(laptop.home, home)
    home.chmod(0o700)
    return Laptop(home, laptop.passphrase, laptop.canaries, laptop.family, laptop.draft)
