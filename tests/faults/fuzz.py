"""Random bytes for everything that is read from a file or the line: `python -m tests.faults.fuzz SECONDS [SEED]`.

What is good is damaged by lot (bits, cuts, pieces twice, pieces of another, JSON with a value changed) and read. Each
reader may take it or refuse it with a sentence of fieldkit's own; anything else, or more than a second, is a fault. It
is not guided by coverage; `tests/forms/fuzz_atheris.py` is, for forms, where `atheris` is installed.
"""

from __future__ import annotations

import json
import random
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from fieldkit import vault
from fieldkit.config import QUICK_KDF
from fieldkit.errors import FieldkitError
from fieldkit.exports import sealed_file
from fieldkit.vault import key_file
from fieldkit.vault.files import KEPT_FILE, KEY_FILE
from sync.changes import NO_TRUNK, START, Change
from sync.errors import SyncError
from sync.protocol import (
    Batch,
    Outcome,
    PushAnswer,
    Put,
    Receipt,
    answer_body,
    device_id,
    pack_lines,
    push_body,
    read_answer,
    read_page,
    unfold,
)
from sync.protocol.attachments import Named, Piece, pack_piece, read_piece
from sync.protocol.copies import read_copy
from sync.protocol.courier import pack_out, read_out
from sync.protocol.frames import frame_line
from sync.protocol.wire import read_push

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

AT = "2026-11-23T09:00:00+00:00"
SLOW = 1.0
PASSPHRASE = "four quiet herons waiting"


@dataclass(frozen=True)
class Reader:
    """Something that reads bytes, and good ones for it."""

    name: str
    good: bytes
    read: Callable[[bytes], object]
    folded: bool = False
    """Whether it is damaged inside its compression."""


def readers(home: Path) -> list[Reader]:
    """Every reader of bytes that others made, and what it reads when all is well."""
    key, seal = Ed25519PrivateKey.generate(), X25519PrivateKey.generate()
    device = device_id(key.public_key().public_bytes_raw())
    own = {"@kind": "family", "@scope": "family:f", "name": "Okafor", "phone": "01223 000000"}
    change = Change(device, 1, "r" * 32, "create", NO_TRUNK, own, {}, "A", AT, AT, prev_hash=START).sealed()
    push = push_body(Batch.of([change]), bytes(64))
    put = Put("r" * 32, "family", "family:f", "", 1, "0" * 64, "A", device, AT, '{"name":"Okafor"}')
    answer = PushAnswer(1, "e" * 32, AT, 0, (Receipt(1, Outcome.APPLIED, 1, "0" * 64),))
    copied = {"copy": "c" * 32, "version": 1, "mark": "a" * 32, "before": [], "key": "00" * 32, "label": "QUJD"}
    vault.create(home, PASSPHRASE, QUICK_KDF, vault.Door("AP")).close()

    def keys(content: bytes) -> object:
        for name in (KEY_FILE, KEPT_FILE):
            (home / name).write_bytes(content)
        return key_file.read(home, QUICK_KDF)

    sealed, secret = sealed_file.sealed(b"a letter", "AAAA-BBBB", QUICK_KDF), "AAAA-BBBB"
    return [
        Reader("push", push, lambda body: read_push(body, device), folded=True),
        Reader("page of a pull", pack_lines([frame_line(put)]), read_page, folded=True),
        Reader("answer to a push", answer_body(answer), read_answer, folded=True),
        Reader("piece of a file", pack_piece(Piece(Named("r" * 32, "0" * 64, 9), 0, b"bytes")), read_piece),
        Reader("copy of a draft", json.dumps(copied).encode() + b"\n\x00\x01", read_copy),
        Reader("courier's file", pack_out(device, [push], seal.public_key().public_bytes_raw()), opened(seal)),
        Reader("key file", (home / KEY_FILE).read_bytes(), keys),
        Reader("sealed document", sealed, lambda file: sealed_file.opened(file, secret, QUICK_KDF)),
    ]


def opened(seal: X25519PrivateKey) -> Callable[[bytes], object]:
    """Central's reading of a courier's file."""
    return lambda file: read_out(file, seal)


def damaged(good: bytes, chance: random.Random) -> bytes:
    """The same with something wrong: one to four times."""
    made = bytearray(good)
    for _ in range(chance.randint(1, 4)):
        at, to = sorted(chance.randrange(len(made) + 1) for _ in range(2))
        match chance.randrange(6):
            case 0 if made:
                made[at % len(made)] ^= 1 << chance.randrange(8)
            case 1:
                del made[at:to]
            case 2:
                made[at:at] = made[at:to]
            case 3:
                made[at:at] = chance.randbytes(chance.randint(1, 9))
            case 4:
                made[at:at] = chance.choice(ODD)
            case _:
                made[at:to] = chance.choice(ODD)
    return bytes(made)


ODD = (
    b'"', b"{", b"[" * 400, b"null", b"-1", b"1e400", b"9" * 60, b"\\ud800", b"\x00", b"\n", b'{"f":"put"}',
    b"true", b"NaN",
)  # fmt: skip
"""What parsers stumble over."""


def made_wrong(reader: Reader, chance: random.Random) -> bytes:
    """Its good bytes damaged: as they lie, or inside their compression."""
    if not reader.folded or chance.random() < 0.3:
        return damaged(reader.good, chance)
    return zstd.compress(damaged(unfold(reader.good), chance))


def tried(reader: Reader, content: bytes) -> str:
    """What was wrong with one try; blank when it was taken or refused in words."""
    began = time.monotonic()
    try:
        reader.read(content)
    except (FieldkitError, SyncError):
        pass
    except Exception as wrong:  # noqa: BLE001 (whatever it is, it is what is looked for)
        return f"{reader.name}: {type(wrong).__name__}"
    took = time.monotonic() - began
    return f"{reader.name}: {took:.1f} s" if took > SLOW else ""


def main() -> int:
    """Read damaged bytes for so many seconds; 1 when anything was neither taken nor refused in words."""
    seconds, seed = float(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 1
    chance, faults, tries = random.Random(seed), dict[str, int](), 0
    with tempfile.TemporaryDirectory() as folder:
        every, end = readers(Path(folder) / "home"), time.monotonic() + seconds
        for reader in every:
            reader.read(reader.good)
        while time.monotonic() < end:
            for reader in every:
                tries += 1
                if why := tried(reader, made_wrong(reader, chance)):
                    faults[why] = faults.get(why, 0) + 1
    print(f"{tries} tries of {len(every)} readers, {sum(faults.values())} faults {faults or ''}")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
