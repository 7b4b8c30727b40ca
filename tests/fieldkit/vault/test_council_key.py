"""The council's key opens for two persons together, and for nobody alone."""

from __future__ import annotations

import json

import pytest

from fieldkit.config import QUICK_KDF, REAL_KDF
from fieldkit.errors import FieldkitError, NewerSchema, WeakKeyFile
from fieldkit.sealing import open_with, seal_to
from fieldkit.vault import council_key
from fieldkit.vault.council_key import NotACouncilKey, NotTheTwo, TwoPersons

FIRST, SECOND = "the long way over the moor", "a kettle on before breakfast"
BOTH = TwoPersons(FIRST, SECOND)


def test_two_persons_open_it_in_either_order() -> None:
    public, file = council_key.make(BOTH, QUICK_KDF)
    sealed = seal_to(public, b"a device's key", b"device 1")
    for persons in (BOTH, TwoPersons(SECOND, FIRST)):
        pair = council_key.opened(file, persons, QUICK_KDF)
        assert (pair.public, open_with(pair.private, sealed, b"device 1")) == (public, b"a device's key")


@pytest.mark.parametrize("persons", [(FIRST, ""), (FIRST, FIRST), ("", SECOND), (SECOND, SECOND), (FIRST, "guess")])
def test_one_person_alone_opens_nothing(persons: tuple[str, str]) -> None:
    _, file = council_key.make(BOTH, QUICK_KDF)
    with pytest.raises(NotTheTwo):
        council_key.opened(file, TwoPersons(*persons), QUICK_KDF)


def test_a_weakened_or_huge_file_is_refused_before_any_work() -> None:
    _, file = council_key.make(BOTH, QUICK_KDF)
    with pytest.raises(WeakKeyFile):
        council_key.opened(file, BOTH, REAL_KDF)
    raw = json.loads(file)
    raw["persons"][1]["memory_kib"] = 1 << 30
    with pytest.raises(WeakKeyFile):
        council_key.opened(json.dumps(raw).encode(), BOTH, QUICK_KDF)


def test_every_part_of_the_file_is_authenticated() -> None:
    _, file = council_key.make(BOTH, QUICK_KDF)
    for name in ("public", "nonce", "wrapped"):
        raw = json.loads(file)
        raw[name] = ("a" if raw[name][0] != "a" else "b") + raw[name][1:]
        with pytest.raises(NotTheTwo):
            council_key.opened(json.dumps(raw).encode(), BOTH, QUICK_KDF)
    raw = json.loads(file)
    raw["persons"].reverse()
    with pytest.raises(NotTheTwo):
        council_key.opened(json.dumps(raw).encode(), BOTH, QUICK_KDF)


@pytest.mark.parametrize(
    "file", [b"", b"{}", b"[" * 100_000, b"\xff", b'{"what": "fieldkit council key"}', b"x" * 20_000], ids=len
)
def test_what_is_no_such_file_is_told(file: bytes) -> None:
    with pytest.raises(NotACouncilKey):
        council_key.opened(file, BOTH, QUICK_KDF)


def test_a_cut_file_and_one_of_a_newer_fieldkit_are_told_apart() -> None:
    _, file = council_key.make(BOTH, QUICK_KDF)
    for cut in range(0, len(file) - 2, 23):
        with pytest.raises(FieldkitError) as told:
            council_key.opened(file[:cut], BOTH, QUICK_KDF)
        assert isinstance(told.value, NotACouncilKey)
    with pytest.raises(NewerSchema):
        council_key.opened(json.dumps(json.loads(file) | {"version": 2}).encode(), BOTH, QUICK_KDF)


def test_the_file_holds_neither_passphrase_nor_private_half() -> None:
    _, file = council_key.make(BOTH, QUICK_KDF)
    private = council_key.opened(file, BOTH, QUICK_KDF).private
    assert private.hex().encode() not in file
    assert FIRST.encode() not in file
    assert FIRST not in repr(BOTH)
