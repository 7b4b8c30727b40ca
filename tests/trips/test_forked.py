"""A laptop was copied, and two speak under one id: each enrols again, and what neither had sent goes along."""

from __future__ import annotations

import shutil

import pytest

from fieldkit.config import QUICK_KDF
from fieldkit.errors import Refused
from fieldkit.tui.when import state_line
from fieldkit.workspace import Workspace, open_workspace
from tests.central_fixture import RunningCentral
from tests.trips.conftest import PASSPHRASE, Laptops


def copied(laptops: Laptops, laptop: Workspace) -> tuple[Workspace, Workspace]:
    """The laptop, opened again, and another that was made of its disk."""
    laptop.close()
    shutil.copytree(laptop.vault.home, laptops.folder / "copy")
    clone = open_workspace(laptops.folder / "copy", PASSPHRASE, clock=laptops.clock, kdf=QUICK_KDF)
    laptops.open.append(clone)
    return laptops.again(laptop), clone


def refused(laptop: Workspace) -> Refused:
    with pytest.raises(Refused) as told:
        laptop.sync()
    return told.value


def names(laptop: Workspace) -> set[str]:
    return {str(row.state.get("name")) for row in laptop.store.records.of_kind("family")}


def test_after_a_fork_a_laptop_enrols_again_and_what_was_not_sent_goes_along(
    laptops: Laptops, central: RunningCentral
) -> None:
    first = laptops.of("Asha Patel")
    home, other = first.add_family("Okafor"), first.add_family("Nowak")
    first.sync()
    first.edit(home, {"postcode": "WY1 2AB"})
    asha, clone = copied(laptops, first)
    with pytest.raises(Refused, match="enrolled already"):
        asha.enrol(central.url, central.code("Asha Patel"), "again")
    clone.add_family("Cloned")
    clone.sync()
    asha.edit(other, {"risk_level": "high"})
    refused(asha)
    # What the fork itself brought is set aside at central; what is written from here on waits on the laptop.
    told = [(row.about, row.answers) for row in asha.set_aside()]
    assert told == [("Family of Nowak", (("risk level", "high"),))], "the postcode had come by way of the clone"
    asha.edit(other, {"postcode": "WY9 9ZZ"})
    lost = asha.add_family("Lost")
    assert "fieldkit enrol" in refused(asha).cure
    assert (asha.status().waiting, asha.status().enrol_again) == (2, True)
    assert "enrol again" in state_line(asha.status(), asha.clock.now())
    with pytest.raises(Refused, match="another person"):
        asha.enrol(central.url, central.code("Ben Carter"), "again")
    central.withdraw("Asha Patel", f"family:{home}")
    before, seen = asha.me.device, names(asha) - {"Okafor"}
    assert asha.enrol(central.url, central.code("Asha Patel"), "again") == 3
    assert asha.me.device != before
    assert (asha.status().waiting, asha.status().enrol_again) == (0, False)
    assert names(asha) == seen | {"Cloned"}
    assert (asha.record(other).state["postcode"], asha.record(lost).version) == ("WY9 9ZZ", 1)
    assert asha.record(other).state["risk_level"] == "high"
    assert asha.set_aside() == ()
    assert asha.verify() == []
    again = laptops.again(asha)
    assert again.sync().pushed == 0
    again.add_family("Later")
    assert again.sync().pushed == 1
    with central.rows() as rows:
        state = rows.execute("select state from record where id = %s", (other,)).fetchone()
        assert state is not None
        assert "WY9 9ZZ" in state[0]
        assert "high" in state[0]


@pytest.mark.parametrize("written", [False, True])
def test_an_older_copy_that_was_put_back_enrols_again_and_loses_no_word(
    laptops: Laptops, central: RunningCentral, written: bool
) -> None:
    true = laptops.of("Asha Patel")
    home = true.add_family("Okafor")
    true.sync()
    true, older = copied(laptops, true)
    true.add_family("Nowak")
    true.sync()
    if written:
        older.edit(home, {"postcode": "WY1 2AB"})
        older.add_family("Brennan")
    said = refused(older)
    assert "fieldkit enrol" in said.cure
    assert older.status().enrol_again
    assert [row.about for row in older.set_aside()] == (["Family of Okafor", "Family"] if written else [])
    assert older.enrol(central.url, central.code("Asha Patel"), "again") == (2 if written else 0)
    assert (older.status().waiting, older.status().parked, older.status().enrol_again) == (0, 0, False)
    assert names(older) == {"Okafor", "Nowak"} | ({"Brennan"} if written else set())
    assert older.verify() == []
    if written:
        assert older.record(home).state["postcode"] == "WY1 2AB"
