"""Key files of version 1, as fieldkit wrote them before people had slots of their own."""

from __future__ import annotations

import json
import secrets
from pathlib import Path

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from fieldkit import vault
from fieldkit.config import KdfPolicy
from fieldkit.vault import stretching
from fieldkit.vault.files import as_text


def put_first_version(home: Path, key: bytes, passphrase: str, kdf: KdfPolicy) -> None:
    """Leave the folder as the first version would have it."""
    header = {"version": 1, "slot": "passphrase", **stretching.parameters(kdf)}
    key_key = stretching.derived(stretching.stretched(header, passphrase), b"fieldkit key slot 1")
    nonce = secrets.token_bytes(12)
    bound = json.dumps(header, sort_keys=True, separators=(",", ":")).encode("ascii")
    told = header | {"nonce": as_text(nonce), "wrapped": as_text(AESGCM(key_key).encrypt(nonce, key, bound))}
    (home / vault.KEY_FILE).write_text(json.dumps(told, indent=1), "ascii")
    (home / vault.KEPT_FILE).unlink(missing_ok=True)
