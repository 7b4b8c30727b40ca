"""The council's key: to its public half a device seals what two persons may open when nobody else can.

The private half lies in one file that is made on an offline machine and opens only with two passphrases, each its own
Argon2id; neither person gets anywhere alone. The public half is set at central, signed there with the key that signs
forms, and comes to every device as a shared record. A device takes it only with that signature.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from fieldkit.config import REAL_KDF, KdfPolicy
from fieldkit.errors import FieldkitError, NewerSchema, StoreDamaged
from fieldkit.sealing import PUBLIC_BYTES, Pair, new_pair
from fieldkit.vault import stretching
from fieldkit.vault.files import as_bytes, as_text

if TYPE_CHECKING:
    from fieldkit.store.store import Store

VERSION = 1
KIND = "council-key"
"""The kind of the shared record that brings the public half."""
SIGNED = "fieldkit council key 1"
INFO = b"fieldkit council key file 1"
LARGEST = 16 << 10
"""Bytes of a key file; a larger one is none."""


class NotTheTwo(FieldkitError):
    """The council key file did not open."""

    said = "These two passphrases do not open this council key."
    cure = "Both persons are needed, each with their own passphrase. Check caps lock and try again."
    exit_code = 3


class NotACouncilKey(FieldkitError):
    """A file that is no council key, or was altered past reading."""

    said = "This is not a council key file, or it was altered."
    cure = "Nothing has been changed. Take the other copy of the file that was kept when the key was made."


@dataclass(frozen=True, slots=True)
class CouncilKey:
    """A public half that central vouches for."""

    public: bytes
    number: int
    """Which it is since the first; a new one takes the place of the one before."""


@dataclass(frozen=True, slots=True)
class TwoPersons:
    """The two passphrases, in either order."""

    first: str = field(repr=False)
    second: str = field(repr=False)


def fingerprint(public: bytes) -> str:
    """A public half as two people compare it by voice: four groups of four."""
    short = sha256(public).hexdigest()[:16]
    return "-".join(short[at : at + 4] for at in range(0, 16, 4))


def make(persons: TwoPersons, kdf: KdfPolicy = REAL_KDF) -> tuple[bytes, bytes]:
    """A new key: its public half, and the file that holds the private one for these two."""
    pair = new_pair()
    header = {
        "version": VERSION,
        "what": "fieldkit council key",
        "public": pair.public.hex(),
        "persons": [stretching.parameters(kdf), stretching.parameters(kdf)],
    }
    nonce = secrets.token_bytes(12)
    sealed = AESGCM(_key(header, persons)).encrypt(nonce, pair.private, _bound(header))
    whole = header | {"nonce": as_text(nonce), "wrapped": as_text(sealed)}
    return pair.public, json.dumps(whole, indent=1).encode("ascii") + b"\n"


def opened(file: bytes, persons: TwoPersons, kdf: KdfPolicy = REAL_KDF) -> Pair:
    """The key, for two persons together; NotTheTwo, NotACouncilKey, WeakKeyFile, NewerSchema."""
    raw = _read(file)
    header = {name: value for name, value in raw.items() if name not in ("nonce", "wrapped")}
    try:
        nonce, sealed = as_bytes(raw["nonce"]), as_bytes(raw["wrapped"])
        public = bytes.fromhex(raw["public"])
        first, second = raw["persons"]
        stretching.check(first, kdf)
        stretching.check(second, kdf)
    except (KeyError, TypeError, ValueError, StoreDamaged):
        raise NotACouncilKey from None
    for order in (persons, TwoPersons(persons.second, persons.first)):
        try:
            return Pair(public, AESGCM(_key(header, order)).decrypt(nonce, sealed, _bound(header)))
        except InvalidTag:
            continue
        except ValueError:
            raise NotACouncilKey from None
    raise NotTheTwo


def council_key(store: Store) -> CouncilKey | None:
    """The council's key as central vouches for it; None when there is none, or none with central's signature."""
    keys = json.loads(store.meta("central_keys") or "{}")
    for record in store.records.of_kind(KIND, 1):
        return vouched(record.state, bytes.fromhex(str(keys.get("forms", ""))))
    return None


def council_public_key(store: Store) -> bytes | None:
    """The public half to seal to; None when the council has set none."""
    held = council_key(store)
    return held.public if held else None


def vouched(told: Mapping[str, Any], forms_key: bytes) -> CouncilKey | None:
    """What a record says of the key, when it carries central's signature."""
    try:
        held = CouncilKey(bytes.fromhex(str(told["public"])), int(told["number"]))
        signature = bytes.fromhex(str(told["signature"]))
        Ed25519PublicKey.from_public_bytes(forms_key).verify(signature, statement(held))
    except (KeyError, TypeError, ValueError, InvalidSignature):
        return None
    return held if len(held.public) == PUBLIC_BYTES else None


def statement(held: CouncilKey) -> bytes:
    """What central signs: never 32 bytes, so that it is no form's hash either."""
    return f"{SIGNED}\n{held.number}\n{held.public.hex()}".encode("ascii")


def _key(header: dict[str, Any], persons: TwoPersons) -> bytes:
    first, second = header["persons"]
    both = stretching.stretched(first, persons.first) + stretching.stretched(second, persons.second)
    return stretching.derived(both, INFO)


def _bound(header: dict[str, Any]) -> bytes:
    return json.dumps(header, sort_keys=True, separators=(",", ":")).encode("ascii")


def _read(file: bytes) -> dict[str, Any]:
    try:
        raw = json.loads(file.decode("ascii")) if len(file) <= LARGEST else None
    except (ValueError, RecursionError):
        raise NotACouncilKey from None
    if not isinstance(raw, dict) or raw.get("what") != "fieldkit council key" or type(raw.get("version")) is not int:
        raise NotACouncilKey
    if raw["version"] > VERSION:
        raise NewerSchema
    return raw
