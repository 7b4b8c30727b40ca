"""A slot of the key file: the store's key, wrapped. Every parameter is authenticated, so that a weakened one fails."""

from __future__ import annotations

import json
import secrets
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from fieldkit.config import KdfPolicy
from fieldkit.errors import NewerSchema, StoreDamaged, WrongPassphrase
from fieldkit.vault import stretching
from fieldkit.vault.files import as_bytes, as_text

VERSION = 1
KEY_BYTES = 48
INFO = b"fieldkit key slot 1"


def wrapped(key: bytes, passphrase: str, kdf: KdfPolicy) -> dict[str, Any]:
    """A key file of one passphrase."""
    header = {"version": VERSION, "slot": "passphrase", **stretching.parameters(kdf)}
    nonce = secrets.token_bytes(12)
    sealed = AESGCM(_key_key(header, passphrase)).encrypt(nonce, key, _bound(header))
    return header | {"nonce": as_text(nonce), "wrapped": as_text(sealed)}


def unwrapped(raw: dict[str, Any], passphrase: str, kdf: KdfPolicy) -> bytes:
    """The store's key; WrongPassphrase, WeakKeyFile, StoreDamaged, NewerSchema."""
    header = {name: value for name, value in raw.items() if name not in ("nonce", "wrapped")}
    try:
        if type(header["version"]) is int and header["version"] > VERSION:
            raise NewerSchema
        if header["version"] != VERSION:
            raise StoreDamaged
        stretching.check(header, kdf)
        nonce, sealed = as_bytes(raw["nonce"]), as_bytes(raw["wrapped"])
        if len(nonce) != 12 or len(sealed) != KEY_BYTES + 16:
            raise StoreDamaged
    except (KeyError, TypeError, ValueError):
        raise StoreDamaged from None
    opener = AESGCM(_key_key(header, passphrase))
    try:
        key = opener.decrypt(nonce, sealed, _bound(header))
    except InvalidTag as wrong:
        raise WrongPassphrase from wrong
    return key


def _key_key(header: dict[str, Any], passphrase: str) -> bytes:
    return stretching.derived(stretching.stretched(header, passphrase), INFO)


def _bound(header: dict[str, Any]) -> bytes:
    return json.dumps(header, sort_keys=True, separators=(",", ":")).encode("ascii")
