"""The pages of a damaged store, read one by one without the database: each carries its own proof of being whole.

SQLCipher 4: a page is AES-256-CBC, then 16 bytes of IV and 64 of HMAC-SHA-512 over both and the page's number; page 1
begins with the salt. A later version of a page may lie in the log. Nothing here writes.
"""

from __future__ import annotations

import hashlib
import hmac
import struct
from dataclasses import dataclass, field
from pathlib import Path

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from fieldkit.store.database import PAGE_SIZE
from fieldkit.store.witness import Witness

_IV, _MAC, _SALT = 16, 64, 16
USABLE = PAGE_SIZE - _IV - _MAC
_LOG_HEADER, _FRAME_HEADER = 32, 24


@dataclass(slots=True)
class Pages:
    """The pages of a store that are whole, decrypted, and the numbers of those that are not."""

    whole: dict[int, bytes] = field(default_factory=dict, repr=False)
    damaged: set[int] = field(default_factory=set)
    all_saves: bool = True
    """Whether the log has every save of which the witness knows."""


class PageKey:
    """The two keys of a store's pages, from its raw key (32 bytes) and salt (16)."""

    def __init__(self, key: bytes) -> None:
        self._key, salt = key[:32], key[32:]
        self._mac_key = hashlib.pbkdf2_hmac("sha512", self._key, bytes(each ^ 0x3A for each in salt), 2, 32)

    def read(self, number: int, page: bytes) -> bytes | None:
        """A page's content, of the size of a page; None when it is not whole."""
        start = _SALT if number == 1 else 0
        body, iv, mac = page[start:USABLE], page[USABLE : USABLE + _IV], page[USABLE + _IV :]
        made = hmac.digest(self._mac_key, body + iv + struct.pack("<I", number), "sha512")
        if len(page) != PAGE_SIZE or not hmac.compare_digest(made, mac):
            return None
        opener = Cipher(algorithms.AES(self._key), modes.CBC(iv)).decryptor()
        return bytes(start) + opener.update(body) + opener.finalize()


def read_pages(store: Path, key: bytes) -> Pages:
    """Every page of a store and its log, the latest version that is whole."""
    opener, pages = PageKey(key), Pages()
    content = store.read_bytes() if store.exists() else b""
    for number in range(1, -(-len(content) // PAGE_SIZE) + 1):
        _keep(pages, number, opener.read(number, content[(number - 1) * PAGE_SIZE : number * PAGE_SIZE]))
    log, told = store.with_name(store.name + "-wal"), Witness(store).told()
    salts = struct.pack(">II", told.first, told.second) if told else None
    frames = _committed(log.read_bytes() if log.exists() else b"", salts)
    for number, page in frames:
        _keep(pages, number, opener.read(number, page))
    stale = pages.damaged & pages.whole.keys()  # an earlier version stands in for one that the log has damaged
    pages.all_saves = not stale and not (told and len(frames) < told.frames and Witness(store).misses())
    return pages


def _keep(pages: Pages, number: int, content: bytes | None) -> None:
    """A damaged later version does not hide a whole earlier one, but it is told."""
    if content is None:
        pages.damaged.add(number)
        return
    pages.damaged.discard(number)
    pages.whole[number] = content


def _committed(log: bytes, salts: bytes | None) -> list[tuple[int, bytes]]:
    """The frames of a generation (the one in the header, where none is named) up to its last commit."""
    header = log[16:24]
    size = _FRAME_HEADER + PAGE_SIZE
    found: list[tuple[int, bytes]] = []
    ends = 0
    for at in range(_LOG_HEADER, len(log) - size + 1, size):
        number, commit = struct.unpack(">II", log[at : at + 8])
        if log[at + 8 : at + 16] in (header, salts):
            found.append((number, log[at + _FRAME_HEADER : at + size]))
            ends = len(found) if commit else ends
    return found[:ends]
