"""A secret of this device that lies outside its folder: a copied disk without it cannot be guessed at, however long.

Linux: the Secret Service, through libsecret's own `secret-tool`. Windows: a file in the folder that DPAPI opens only
for the same login. macOS: the keychain, through `security`, told on its standard input. The package `keyring` was
looked at and left: it brings five others, chooses its backend by configuration, and may choose one that keeps plain
text. Nothing secret is ever an argument of a program.
"""

from __future__ import annotations

import secrets
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Protocol

from fieldkit.errors import NoDeviceSecret

SECRET_BYTES = 32
PATIENCE = 20.0
"""Seconds that the system's keyring may take, which may ask the person something."""


class Keyring(Protocol):
    """Where this login keeps secrets."""

    def is_there(self) -> bool:
        """Whether there is one that answers."""
        ...

    def get(self, name: str) -> bytes | None:
        """A secret by its name."""
        ...

    def put(self, name: str, secret: bytes) -> None:
        """Keep a secret."""
        ...

    def drop(self, name: str) -> None:
        """Forget a secret."""
        ...


class NoKeyring:
    """A machine without one, or one that is not to be used."""

    def is_there(self) -> bool:
        """No."""
        return False

    def get(self, name: str) -> bytes | None:  # noqa: ARG002
        """Nothing."""
        return None

    def put(self, name: str, secret: bytes) -> None:  # noqa: ARG002
        """NoDeviceSecret."""
        raise NoDeviceSecret

    def drop(self, name: str) -> None:
        """Nothing to forget."""


class SecretService:
    """The Secret Service of a Linux desktop."""

    def __init__(self, program: str = "secret-tool") -> None:
        self.program = program

    def is_there(self) -> bool:
        """Whether the program is there and a keyring answers it."""
        if shutil.which(self.program) is None:
            return False
        probe, secret = f"probe-{secrets.token_hex(4)}", secrets.token_bytes(4)
        try:
            self.put(probe, secret)
        except NoDeviceSecret:
            return False
        there = self.get(probe) == secret
        self.drop(probe)
        return there

    def get(self, name: str) -> bytes | None:
        """A secret; None when it is not kept, or the keyring does not answer."""
        done = self._run("lookup", name)
        return _from_hex(done.stdout) if done is not None and done.returncode == 0 else None

    def put(self, name: str, secret: bytes) -> None:
        """Keep a secret; NoDeviceSecret when the keyring does not take it."""
        done = self._run("store", name, secret.hex(), "--label=fieldkit")
        if done is None or done.returncode != 0:
            raise NoDeviceSecret

    def drop(self, name: str) -> None:
        """Forget a secret."""
        self._run("clear", name)

    def _run(self, verb: str, name: str, said: str = "", *more: str) -> subprocess.CompletedProcess[str] | None:
        command = [self.program, verb, *more, "application", "fieldkit", "device", name]
        return _ran(command, said)


class Keychain:
    """The keychain of macOS. Not run on such a machine yet."""

    def is_there(self) -> bool:
        """Whether its program is there."""
        return shutil.which("security") is not None

    def get(self, name: str) -> bytes | None:
        """A secret; None when it is not kept."""
        done = _ran(["security", "find-generic-password", "-s", "fieldkit", "-a", name, "-w"])
        return _from_hex(done.stdout) if done is not None and done.returncode == 0 else None

    def put(self, name: str, secret: bytes) -> None:
        """Keep a secret; NoDeviceSecret when it is not taken."""
        # `-i` reads commands from standard input: as an argument the secret would stand in the list of processes.
        done = _ran(["security", "-i"], f"add-generic-password -U -s fieldkit -a {name} -w {secret.hex()}\n")
        if done is None or self.get(name) != secret:
            raise NoDeviceSecret

    def drop(self, name: str) -> None:
        """Forget a secret."""
        _ran(["security", "delete-generic-password", "-s", "fieldkit", "-a", name])


class FolderOfDpapi:
    """A file that Windows seals to this login. Not run on such a machine yet."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def is_there(self) -> bool:
        """On Windows always."""
        return sys.platform == "win32"

    def get(self, name: str) -> bytes | None:
        """A secret; None when it is not kept or another login sealed it."""
        try:
            return _dpapi("CryptUnprotectData", (self.folder / f"{name}.dpapi").read_bytes())
        except OSError:
            return None

    def put(self, name: str, secret: bytes) -> None:
        """Keep a secret."""
        try:
            (self.folder / f"{name}.dpapi").write_bytes(_dpapi("CryptProtectData", secret))
        except OSError:
            raise NoDeviceSecret from None

    def drop(self, name: str) -> None:
        """Forget a secret."""
        (self.folder / f"{name}.dpapi").unlink(missing_ok=True)


def of_this_machine(folder: Path) -> Keyring:
    """The keyring of this login, if the system has one."""
    if sys.platform == "win32":
        return FolderOfDpapi(folder)
    if sys.platform == "darwin":
        return Keychain()
    return SecretService()


def _from_hex(text: str) -> bytes | None:
    try:
        return bytes.fromhex(text.strip()) or None
    except ValueError:
        return None


def _ran(command: list[str], said: str = "") -> subprocess.CompletedProcess[str] | None:
    try:
        return subprocess.run(command, input=said, capture_output=True, text=True, timeout=PATIENCE, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return None


def _dpapi(verb: str, content: bytes) -> bytes:
    """CryptProtectData or CryptUnprotectData over some bytes; OSError when it is refused, or there is no Windows."""
    if sys.platform != "win32":
        raise OSError
    import ctypes
    from ctypes import wintypes

    class Blob(ctypes.Structure):
        _fields_ = [("size", wintypes.DWORD), ("data", ctypes.POINTER(ctypes.c_char))]

    given, made = Blob(len(content), ctypes.create_string_buffer(content, len(content))), Blob()
    windows = ctypes.WinDLL("crypt32", use_last_error=True)
    if not getattr(windows, verb)(ctypes.byref(given), None, None, None, None, 1, ctypes.byref(made)):
        raise OSError
    try:
        return ctypes.string_at(made.data, made.size)
    finally:
        ctypes.WinDLL("kernel32").LocalFree(made.data)
