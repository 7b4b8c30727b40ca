"""Key files of version 1: one passphrase. They are only read; the next unlock writes version 2."""

from __future__ import annotations

import json
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from fieldkit.config import KdfPolicy
from fieldkit.errors import StoreDamaged, WrongPassphrase
from fieldkit.vault import stretching
from fieldkit.vault.files import as_bytes

VERSION = 1
KEY_BYTES = 48
INFO = b"fieldkit key slot 1"


def unwrapped(raw: dict[str, Any], passphrase: str, kdf: KdfPolicy) -> bytes:
    """The store's key; WrongPassphrase, WeakKeyFile, StoreDamaged."""
    header = {name: value for name, value in raw.items() if name not in ("nonce", "wrapped")}
    try:
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
