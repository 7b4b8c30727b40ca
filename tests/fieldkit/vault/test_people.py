"""A slot for each person of a shared laptop."""

from __future__ import annotations

from pathlib import Path

import pytest

from fieldkit import vault
from fieldkit.config import QUICK_KDF
from fieldkit.errors import Refused, UnknownPerson, WhoIsIt, WrongPassphrase
from tests.fieldkit.vault.words import BENS, PASSPHRASE


@pytest.fixture
def shared(home: Path) -> Path:
    """A centre's laptop with a worker and a volunteer."""
    opened = vault.unlock(home, PASSPHRASE, QUICK_KDF)
    vault.add_person(opened, vault.Person("", "BC", vault.REGISTER, "w2"), BENS, QUICK_KDF)
    opened.close()
    return home


def test_each_opens_the_same_store_with_their_own_passphrase(shared: Path) -> None:
    keys = set()
    for handle, passphrase, role in (("AP", PASSPHRASE, vault.WORKER), ("BC", BENS, vault.REGISTER)):
        opened = vault.unlock(shared, passphrase, QUICK_KDF, door=vault.Door(handle))
        assert (opened.person.handle, opened.person.role) == (handle, role)
        keys.add(opened.key)
        opened.close()
    assert len(keys) == 1
    with pytest.raises(WrongPassphrase):
        vault.unlock(shared, BENS, QUICK_KDF, door=vault.Door("AP"))


def test_the_door_asks_who_it_is_and_names_the_handles(shared: Path) -> None:
    assert [each.handle for each in vault.people(shared, QUICK_KDF)] == ["AP", "BC"]
    with pytest.raises(WhoIsIt) as told:
        vault.unlock(shared, PASSPHRASE, QUICK_KDF)
    assert told.value.handles == ("AP", "BC")
    with pytest.raises(UnknownPerson):
        vault.unlock(shared, PASSPHRASE, QUICK_KDF, door=vault.Door("ZZ"))


def test_a_changed_passphrase_is_that_persons_alone(shared: Path) -> None:
    opened = vault.unlock(shared, BENS, QUICK_KDF, door=vault.Door("BC"))
    with pytest.raises(WrongPassphrase):
        vault.change_passphrase(opened, PASSPHRASE, "another one altogether", QUICK_KDF)
    vault.change_passphrase(opened, BENS, "another one altogether", QUICK_KDF)
    opened.close()
    vault.unlock(shared, "another one altogether", QUICK_KDF, door=vault.Door("BC")).close()
    vault.unlock(shared, PASSPHRASE, QUICK_KDF, door=vault.Door("AP")).close()


def test_who_was_removed_opens_nothing_and_nobody_removes_themselves(shared: Path) -> None:
    opened = vault.unlock(shared, PASSPHRASE, QUICK_KDF, door=vault.Door("AP"))
    with pytest.raises(Refused):
        vault.remove_person(opened, "AP")
    assert vault.remove_person(opened, "BC").handle == "BC"
    with pytest.raises(UnknownPerson):
        vault.remove_person(opened, "BC")
    opened.close()
    with pytest.raises(UnknownPerson):
        vault.unlock(shared, BENS, QUICK_KDF, door=vault.Door("BC"))
    vault.unlock(shared, PASSPHRASE, QUICK_KDF).close()


@pytest.mark.parametrize("handle", ["", " ", "AP", "x" * 41, "a\nb", "\x1b[2J"])
def test_a_handle_is_short_plain_and_nobody_elses(home: Path, handle: str) -> None:
    opened = vault.unlock(home, PASSPHRASE, QUICK_KDF)
    with pytest.raises(Refused):
        vault.add_person(opened, vault.Person("", handle), BENS, QUICK_KDF)
    with pytest.raises(Refused):
        vault.add_person(opened, vault.Person("", "BC", "emperor"), BENS, QUICK_KDF)
    opened.close()


def test_a_new_key_opens_for_everyone_and_the_old_key_file_for_nobody(shared: Path) -> None:
    old_file = (shared / vault.KEY_FILE).read_bytes()
    opened = vault.unlock(shared, PASSPHRASE, QUICK_KDF, door=vault.Door("AP"))
    before = opened.key
    vault.new_key(opened)
    after = opened.key
    assert after != before
    opened.close()
    for handle, passphrase in (("AP", PASSPHRASE), ("BC", BENS)):
        again = vault.unlock(shared, passphrase, QUICK_KDF, door=vault.Door(handle))
        assert again.key == after
        again.close()
    assert b'"following": ""' in (shared / vault.KEY_FILE).read_bytes()
    assert (shared / vault.KEY_FILE).read_bytes() != old_file
