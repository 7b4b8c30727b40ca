"""What is sealed to a key opens with its private half only, and only where it belongs."""

from __future__ import annotations

import pytest

from fieldkit.errors import NotSealedForThis
from fieldkit.sealing import new_pair, open_with, seal_to


def test_the_private_half_opens_what_was_sealed_to_the_public_one() -> None:
    pair = new_pair()
    assert open_with(pair.private, seal_to(pair.public, b"a draft", b"device 1"), b"device 1") == b"a draft"


def test_another_key_another_place_and_every_altered_byte_are_refused() -> None:
    pair = new_pair()
    sealed = seal_to(pair.public, b"a draft", b"device 1")
    altered = [sealed[:at] + bytes([sealed[at] ^ 1]) + sealed[at + 1 :] for at in range(len(sealed))]
    tries = [(new_pair().private, sealed, b"device 1"), (pair.private, sealed, b"device 2")]
    tries += [(pair.private, each, b"device 1") for each in [*altered, sealed[:-1], sealed[:20], b""]]
    for private, what, bound in tries:
        with pytest.raises(NotSealedForThis):
            open_with(private, what, bound)


def test_a_pair_shows_no_secret_when_it_is_printed() -> None:
    pair = new_pair()
    assert pair.private.hex() not in repr(pair)
    assert repr(pair.private) not in repr(pair)
