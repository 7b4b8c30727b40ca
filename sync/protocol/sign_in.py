"""What both ends must agree on about a sign-in: the session's header, the nonce that names a device, what is kept."""

from __future__ import annotations

import hashlib
from urllib.parse import urlsplit

from sync.changes import canonical

SESSION = "fieldkit-session"
"""The header that carries a session's access token. It is worth nothing without the device's signature."""
MOST_SESSION = 256
"""Letters of it that are looked at."""
BROWSER = "browser"
DEVICE_CODE = "device-code"
RENEWAL = "renewal"
"""How an ID token was come by."""
LONGEST_TOKEN = 16_384
"""Letters of an ID token."""


def nonce_of(device: str, salt: str) -> str:
    """The nonce of a sign-in: it commits to the device, so that the ID token is of no use to another one."""
    return hashlib.sha256(canonical(["fieldkit-sign-in-1", device, salt])).hexdigest()


def digest_of(token: str) -> str:
    """What is kept, or told ahead, of a token: its SHA-256 in hexadecimal."""
    return hashlib.sha256(token.encode()).hexdigest()


LOOPBACK = ("127.0.0.1", "::1", "localhost")


def is_safe(address: str) -> bool:
    """Whether a provider may be asked there: https, or this machine itself (a trial, a test)."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return False
    if not parts.hostname or "@" in parts.netloc:
        return False
    return parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in LOOPBACK)
