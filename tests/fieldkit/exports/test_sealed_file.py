"""A sealed document: opened by its secret, by nothing else, whoever alters what."""

from __future__ import annotations

import base64
import json

import pytest
from argon2.low_level import Type, hash_secret_raw
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from fieldkit.config import QUICK_KDF
from fieldkit.errors import NotSealedForThis
from fieldkit.exports.sealed_file import LETTERS, new_secret, opened, sealed

WORDS = "Unborn [Smith], =1+1, נועה\n".encode()


def test_what_was_sealed_opens_with_its_secret_also_as_it_is_read_aloud() -> None:
    secret = new_secret()
    file = sealed(WORDS, secret, QUICK_KDF)
    assert WORDS not in file
    assert opened(file, secret, QUICK_KDF) == WORDS
    assert opened(file, secret.lower().replace("-", " "), QUICK_KDF) == WORDS


def test_a_secret_has_120_bits_and_no_two_are_alike() -> None:
    made = {new_secret() for _ in range(200)}
    assert len(made) == 200
    assert all(len(each.replace("-", "")) * 5 == 120 and set(each) <= set(LETTERS) | {"-"} for each in made)
    assert len(LETTERS) == 32


def test_another_secret_opens_nothing_and_no_byte_can_be_altered() -> None:
    secret = new_secret()
    file = sealed(WORDS, secret, QUICK_KDF)
    with pytest.raises(NotSealedForThis):
        opened(file, new_secret(), QUICK_KDF)
    for at in range(0, len(file), 3):
        altered = file[:at] + bytes([file[at] ^ 1]) + file[at + 1 :]
        with pytest.raises(NotSealedForThis):
            opened(altered, secret, QUICK_KDF)
    for cut in (0, 10, len(file) - 1):
        with pytest.raises(NotSealedForThis):
            opened(file[:cut], secret, QUICK_KDF)


def test_a_file_that_asks_for_too_little_or_too_much_work_is_refused_before_any() -> None:
    head, _, body = sealed(WORDS, "x", QUICK_KDF).partition(b"\n")
    for name, value in (("memory_kib", 1 << 40), ("memory_kib", 8), ("time_cost", 1 << 30), ("lanes", 10**9)):
        told = json.loads(head.partition(b" ")[2]) | {name: value}
        with pytest.raises(NotSealedForThis):
            opened(b"fieldkit-sealed-1 " + json.dumps(told).encode() + b"\n" + body, "x", QUICK_KDF)


def test_the_format_is_what_the_readme_says() -> None:
    file = sealed(WORDS, "ABCD-EFGH", QUICK_KDF)
    line, _, body = file.partition(b"\n")
    told = json.loads(line.removeprefix(b"fieldkit-sealed-1 "))
    salt, nonce = (base64.b64decode(told[name]) for name in ("salt", "nonce"))
    cost = (told["time_cost"], told["memory_kib"], told["lanes"])
    key = hash_secret_raw(b"ABCDEFGH", salt, *cost, hash_len=32, type=Type.ID)
    assert AESGCM(key).decrypt(nonce, body, line + b"\n") == WORDS
