"""Sealing to somebody else's key: who has the public half can only put in, who has the private half can read.

An ephemeral X25519 key agrees with the receiver's public key; HKDF-SHA-256 over both public keys makes an AES-256-GCM
key for this one message. `bound` (which record, which device) is authenticated and not stored: a sealed copy that was
moved to another place does not open there. It hides the content, not who sealed it; nothing here says who that was.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from fieldkit.errors import NotSealedForThis

PUBLIC_BYTES = 32
TAG_BYTES = 16
_NONCE = bytes(12)  # each key seals one message only, so that the nonce has nothing to tell apart


@dataclass(frozen=True, slots=True)
class Pair:
    """A receiver's two halves, 32 bytes each."""

    public: bytes
    private: bytes = field(repr=False)


def new_pair() -> Pair:
    """A pair made now, from the system's randomness."""
    private = X25519PrivateKey.generate()
    return Pair(private.public_key().public_bytes_raw(), private.private_bytes_raw())


def seal_to(public: bytes, content: bytes, bound: bytes) -> bytes:
    """Content that only the private half of `public` opens, and only with the same `bound`; 48 bytes longer."""
    once = X25519PrivateKey.generate()
    mine = once.public_key().public_bytes_raw()
    shared = once.exchange(X25519PublicKey.from_public_bytes(public))
    return mine + AESGCM(_key(shared, mine, public)).encrypt(_NONCE, content, bound)


def open_with(private: bytes, sealed: bytes, bound: bytes) -> bytes:
    """The content; NotSealedForThis when it was sealed to another key or for another place, or was altered."""
    theirs, rest = sealed[:PUBLIC_BYTES], sealed[PUBLIC_BYTES:]
    if len(rest) < TAG_BYTES:
        raise NotSealedForThis
    key = X25519PrivateKey.from_private_bytes(private)
    try:
        shared = key.exchange(X25519PublicKey.from_public_bytes(theirs))
        mine = key.public_key().public_bytes_raw()
        content = AESGCM(_key(shared, theirs, mine)).decrypt(_NONCE, rest, bound)
    except (InvalidTag, ValueError):
        raise NotSealedForThis from None
    return content


def _key(shared: bytes, once: bytes, receiver: bytes) -> bytes:
    return HKDF(hashes.SHA256(), 32, salt=once + receiver, info=b"fieldkit sealed 1").derive(shared)
