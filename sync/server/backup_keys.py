"""Central's keys beside a backup: only sealed by a passphrase, for who has both could speak as central to every laptop.

Without them the backup is of use only with the old data folder's `keys`, which should lie in another place anyway.
"""

import json
import os
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from sync.server import keys
from sync.server.backup import write_safely
from sync.server.backup_errors import NeedsKeys
from sync.server.keys import NAMES, Keys

MAGIC = b"fieldkit-keys-1"


def seal(folder: Path, name: str, key_folder: Path, passphrase: str) -> None:
    """Lay the keys beside a backup, sealed."""
    told = {each: (key_folder / each).read_text(encoding="ascii") for each in NAMES}
    salt, nonce = os.urandom(16), os.urandom(12)
    sealed = AESGCM(_key(passphrase, salt)).encrypt(nonce, json.dumps(told).encode(), MAGIC)
    write_safely(folder / "base" / name / "keys", (salt + nonce + sealed).hex())


def unseal(folder: Path, name: str, passphrase: str) -> dict[str, str]:
    """The keys that lie beside a backup. Raises NeedsKeys."""
    try:
        raw = bytes.fromhex((folder / "base" / name / "keys").read_text(encoding="ascii"))
        plain = AESGCM(_key(passphrase, raw[:16])).decrypt(raw[16:28], raw[28:], MAGIC)
    except (OSError, ValueError, InvalidTag) as wrong:
        raise NeedsKeys from wrong
    return {str(each): str(text) for each, text in json.loads(plain).items()}


def copied(key_folder: Path) -> dict[str, str]:
    """The keys of an old data folder. Raises NeedsKeys."""
    try:
        return {each: (key_folder / each).read_text(encoding="ascii") for each in NAMES}
    except OSError as wrong:
        raise NeedsKeys from wrong


def keep(key_folder: Path, told: dict[str, str]) -> Keys:
    """Put keys where a central looks for them."""
    key_folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    for each in NAMES:
        write_safely(key_folder / each, told[each])
    return keys.load(key_folder)


def _key(passphrase: str, salt: bytes) -> bytes:
    return Scrypt(salt=salt, length=32, n=2**16, r=8, p=1).derive(passphrase.encode())
