"""Long and uncommon is all that is asked of a passphrase; how it is spelt is its owner's."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from fieldkit import vault
from fieldkit.config import QUICK_KDF
from fieldkit.errors import WrongPassphrase
from fieldkit.vault import advice
from fieldkit.vault.advice import EasilyGuessed, blocklist, fault, four_words, is_common


def test_more_than_three_thousand_common_ones_are_refused_and_no_length_saves_them() -> None:
    whole = sorted(set(blocklist()))
    listed = whole[::6]
    assert len(whole) > 20_000
    assert len(listed) > 3_000
    assert [each for each in listed if not fault(each)] == []
    assert [each for each in listed if not fault(each, least=1)] == []


@pytest.mark.parametrize(
    "passphrase",
    [
        "password1234567890",
        "P@ssw0rd2026!!!!",
        "cambridgeshire2026",
        "Cambridgeshire County Council",
        "earlyhelp earlyhelp",
        "qwertyuiopasdfgh",
        "abcdefghijklmnop",
        "aaaaaaaaaaaaaaaaaaaa",
        "123456789012345678",
        "01/02/1990 01/02/1990",
        "Manchester United 1999",
        "liverpoolliverpool",
        "1q2w3e4r5t1q2w3e4r5t",
        "    password        ",
        "ＰＡＳＳＷＯＲＤ１２３４５６７８",
        "zxcvbnmlkjhgfdsa",
        "christopher1984christopher",
        "x123456789012345",
        "a1a1a1a1a1a1a1a1a1",
    ],
)
def test_what_is_long_and_common_is_refused(passphrase: str) -> None:
    with pytest.raises(EasilyGuessed):
        advice.refuse(passphrase)


@pytest.mark.parametrize(
    "passphrase",
    [
        "four quiet owls at dusk",
        "a long passphrase for tests",
        "the kettle sings before rain",
        "all small letters and nothing else",
        "ich gehe morgens durch den nebel",
        "дождь идёт над рекой утром",
        "雨の日は川まで歩いて行くことにしている",
        "🦉 🦉 owls over the weir 🦉",
        "correct-horse-battery-staple",
        "x" * 3 + " seven herons by the weir " + "y" * 60,
    ],
)
def test_any_letters_and_no_composition_rules(passphrase: str) -> None:
    assert fault(passphrase) == ""


def test_short_ones_are_refused_and_four_short_words_are_not() -> None:
    assert "too short" in fault("owls at dusk")
    assert fault("owl fox elm jay") == ""
    assert fault("owls at dusk", least=advice.WITH_KEYRING) == ""


def test_what_is_known_of_the_person_does_not_count() -> None:
    assert is_common("Ngoziokafor123456", ("Ngozi Okafor",))
    assert not is_common("Ngoziokafor123456")


def test_the_reason_never_repeats_the_passphrase() -> None:
    assert "liverpool" not in fault("liverpoolliverpool").casefold()


def test_four_words_come_from_many_and_are_always_accepted() -> None:
    proposed = [four_words() for _ in range(300)]
    assert len(set(proposed)) == 300
    assert all(len(each.split()) == 4 and fault(each) == "" for each in proposed)
    assert len({word for each in proposed for word in each.split()}) > 500


def test_chance_from_a_program_is_accepted_however_few_letters_it_has() -> None:
    chance = random.Random(1)
    assert [made for _ in range(1_000) if fault(made := f"{chance.getrandbits(96):024x}")] == []


def test_a_passphrase_is_normalised_once_and_never_cut(tmp_path: Path) -> None:
    long = "owls at dusk " * 40
    vault.create(tmp_path / "long", long + "x", QUICK_KDF).close()
    with pytest.raises(WrongPassphrase):
        vault.unlock(tmp_path / "long", long + "y", QUICK_KDF)
    vault.create(tmp_path / "accents", "caf\u00e9 au lait au matin", QUICK_KDF).close()
    vault.unlock(tmp_path / "accents", "cafe\u0301 au lait au matin", QUICK_KDF).close()
