"""Central's three keys: forms (signs what is published), receipt (signs answers), seal (opens sealed drafts)."""

import os
from dataclasses import dataclass, field
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from sync.server.desk_errors import KeysDamaged

NAMES = ("forms", "receipt", "seal")


@dataclass(frozen=True, slots=True)
class Keys:
    """The private halves; they never leave central."""

    forms: Ed25519PrivateKey = field(repr=False)
    receipt: Ed25519PrivateKey = field(repr=False)
    seal: X25519PrivateKey = field(repr=False)

    def public(self) -> dict[str, str]:
        """The public halves, as enrolment hands them over (hex)."""
        halves = {"forms": self.forms.public_key(), "receipt": self.receipt.public_key()}
        return {
            **{name: key.public_bytes_raw().hex() for name, key in halves.items()},
            "seal": self.seal.public_key().public_bytes_raw().hex(),
        }


def make(folder: Path) -> Keys:
    """Make the keys and keep them under `folder`, readable by their owner only."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    folder.chmod(0o700)
    keys = Keys(Ed25519PrivateKey.generate(), Ed25519PrivateKey.generate(), X25519PrivateKey.generate())
    for name, raw in zip(NAMES, _raw(keys), strict=True):
        handle = os.open(folder / name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with open(handle, "w", encoding="ascii") as file:
            file.write(raw.hex())
            file.flush()
            os.fsync(file.fileno())
    return keys


def there(folder: Path) -> int:
    """How many of the three are there."""
    return sum((folder / name).exists() for name in NAMES)


def load(folder: Path) -> Keys:
    """Read the keys that `make` kept. Raises KeysDamaged."""
    try:
        forms, receipt, seal = (bytes.fromhex((folder / name).read_text(encoding="ascii")) for name in NAMES)
        return Keys(
            Ed25519PrivateKey.from_private_bytes(forms),
            Ed25519PrivateKey.from_private_bytes(receipt),
            X25519PrivateKey.from_private_bytes(seal),
        )
    except (OSError, ValueError) as wrong:
        raise KeysDamaged from wrong


def _raw(keys: Keys) -> tuple[bytes, bytes, bytes]:
    return keys.forms.private_bytes_raw(), keys.receipt.private_bytes_raw(), keys.seal.private_bytes_raw()
