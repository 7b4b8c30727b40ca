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

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from fieldkit.config import QUICK_KDF, SystemClock
from fieldkit.store.form_versions import FormVersion
from fieldkit.workspace import Workspace, create_workspace, open_workspace
from fieldkit.workspace.views import PersonDetails
from sync.client.signin.session import Session
from sync.client.signin.states import About
from tests.faults.canaries import Canaries
from tests.faults.terminal import ROOT, Terminal, apps_below

PROGRAM = str(ROOT / "tests" / "faults" / "quick_app.py")
NAME = "Quillfeather"
"""A family's name that stands nowhere else."""
NOTE = "heronmarsh lanternsong"
PIN = "73918264"
TABS_TO_PURPOSE = 5


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
        for key in (*self.passphrase, "\r"):  # as a person types: pasted whole, the terminal's bytes stay in memory
            terminal.type(key)
            terminal.settle(0.02)
        terminal.until("Today,", at)
        terminal.settle()

    def write_a_note(self, terminal: Terminal) -> None:
        """Open the draft and type into the line for the purpose."""
        at = len(terminal.sent)
        terminal.type("\r")
        terminal.until("Purpose", at)
        terminal.settle()
        for _ in range(TABS_TO_PURPOSE):
            terminal.type("\t")
            terminal.settle(0.2)
        terminal.type(NOTE)
        terminal.settle(1.0)

    def note(self) -> str:
        """What the draft holds, read with the passphrase once it is closed."""
        workspace = open_workspace(self.home, self.passphrase, clock=SystemClock(), kdf=QUICK_KDF)
        try:
            return str(workspace.draft(self.draft).interview.question("a/when/purpose").value)
        finally:
            workspace.close()


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
    _publish(workspace, "visit")
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
    about = About("https://provider.example", "fieldkit", "openid")
    workspace.store.session.keep(
        Session(about, access, now + timedelta(minutes=9), refresh, now + timedelta(hours=9), "", "")
    )
    return {"access token": access, "refresh token": refresh}


def _publish(workspace: Workspace, form: str) -> None:
    """The shipped form, signed with a key of this test's own in the council's place."""
    council = Ed25519PrivateKey.generate()
    workspace.store.set_meta(
        "central_keys", json.dumps({"forms": council.public_key().public_bytes_raw().hex(), "receipt": "00" * 32})
    )
    told = json.loads((ROOT / "forms" / "published" / f"{form}.json").read_text("utf-8"))
    texts = {name: told[name] for name in ("id", "version", "title", "xml", "hash")}
    policies = json.dumps(told["policies"])
    files = json.dumps(told.get("files") or {})
    state = {
        **texts,
        "policies": policies,
        "files": files,
        "signature": council.sign(bytes.fromhex(told["hash"])).hex(),
    }
    workspace.store.form_versions.keep(FormVersion(told["id"], told["version"], told["hash"], json.dumps(state)))


def copied(laptop: Laptop, home: Path) -> Laptop:
    """The same laptop in another folder, for one test alone."""
    shutil.copytree(laptop.home, home)
    home.chmod(0o700)
    return Laptop(home, laptop.passphrase, laptop.canaries, laptop.family, laptop.draft)
