"""A family over two laptops and a real central: who is who to whom, a birth, the plan moved on, what the room hides."""

from __future__ import annotations

import pytest

from fieldkit.errors import Refused
from fieldkit.workspace import Workspace
from fieldkit.workspace.views import PersonDetails
from tests.central_fixture import RunningCentral
from tests.trips.conftest import Laptops
from tests.trips.test_journey import filed

People = dict[str, str]


def okafor(laptop: Workspace) -> tuple[str, People]:
    """A family with a mother, a father elsewhere, a child and one expected."""
    home = laptop.add_family("Okafor", address="14 Mill Rd", postcode="CB4 1AA")
    told = {
        "Ngozi": PersonDetails("Ngozi", "Okafor", dob="1992-03-04", relation="mother"),
        "Emeka": PersonDetails("Emeka", "Obi", dob="1989-01-19", relation="father", household="elsewhere"),
        "Ada": PersonDetails("Ada", "Okafor", dob="2024-08-01", relation="child"),
        "Unborn": PersonDetails("Unborn", "Okafor", expected="2026-11-20", relation="unborn"),
    }
    return home, {name: laptop.add_person(home, each) for name, each in told.items()}


def acted(laptop: Workspace, home: str) -> str:
    """An assessment with two actions, one of them late."""
    record = filed(laptop, "eha", home)
    rows = {"1" * 32: ("Letter to housing", "2026-10-01"), "2" * 32: ("Bedtime chart", "2027-01-01")}
    laptop.edit(
        record,
        {
            f"o/actions/{row}/{place}": told
            for row, (act, by) in rows.items()
            for place, told in (
                ("@order", row[:2]),
                ("action/act", act),
                ("action/owner", "Ngozi"),
                ("action/by_when", by),
                ("action/status", "agreed"),
            )
        },
    )
    return record


def test_a_relationship_of_one_laptop_is_read_from_both_ends_on_the_other(
    laptops: Laptops, central: RunningCentral
) -> None:
    asha, ben = laptops.of("Asha Patel"), laptops.of("Ben Carter")
    home, people = okafor(asha)
    asha.relate(people["Ngozi"], "mother", people["Ada"])
    made = asha.relate(people["Emeka"], "father", people["Ada"])
    assert asha.relate(people["Emeka"], "father", people["Ada"], "yes", "certificate") == made
    asha.sync()
    central.grant("Ben Carter", f"family:{home}")
    ben.sync()
    ties = {person.name.split()[0]: person.ties for person in ben.family(home).people}
    assert ties["Ngozi"] == ("mother of Ada Okafor, PR by birth",)
    assert ties["Emeka"] == ("father of Ada Okafor, PR on the birth certificate",)
    assert set(ties["Ada"]) == {"child of Ngozi Okafor", "child of Emeka Obi"}
    ben.relate(people["Emeka"], "step-parent", people["Ada"])
    ben.sync()
    asha.sync()
    assert asha.family(home).whole.differing == (
        "Emeka Obi and Ada Okafor are written as father and as step-parent: which is right?",
    )
    asha.end_relation(next(each.id for each in asha.relations(home) if each.word == "step-parent"))
    assert asha.family(home).whole.differing == ()


def test_a_relationship_that_cannot_be_is_refused(laptops: Laptops) -> None:
    asha = laptops.of("Asha Patel")
    _, people = okafor(asha)
    _, others = okafor(asha)
    for word, other in (("boss", people["Ada"]), ("mother", people["Ngozi"]), ("mother", others["Ada"])):
        with pytest.raises(Refused):
            asha.relate(people["Ngozi"], word, other)
    with pytest.raises(Refused, match="for a child"):
        asha.relate(people["Ada"], "sibling", people["Unborn"], "yes")


def test_an_expected_child_is_born_and_stays_the_same_person(laptops: Laptops) -> None:
    asha = laptops.of("Asha Patel")
    home, people = okafor(asha)
    before = next(each for each in asha.family(home).people if each.id == people["Unborn"])
    assert before.age_words == "was expected 20 Nov 2026: born?"
    asha.born(people["Unborn"], "2026-11-21", "Maya")
    after = next(each for each in asha.family(home).people if each.id == people["Unborn"])
    assert (after.name, after.relation, after.age_words) == ("Maya Okafor", "child", "0 weeks")
    assert asha.find("maya")[0].id == people["Unborn"]


def test_an_action_is_moved_on_by_an_ordinary_edit_and_the_page_tells_how_it_stands(laptops: Laptops) -> None:
    asha = laptops.of("Asha Patel")
    home, _ = okafor(asha)
    record = acted(asha, home)
    late, other = asha.plan(home)
    assert [(late.what, late.stands), (other.what, other.stands)] == [
        ("Letter to housing", "late"),
        ("Bedtime chart", "not begun"),
    ]
    assert asha.move_action(home, late.row) == record
    assert asha.record(record).state[f"o/actions/{late.row}/action/status"] == "started"
    asha.move_action(home, late.row)
    assert [each.stands for each in asha.plan(home)] == ["not begun", "done"]
    with pytest.raises(Refused, match="finished"):
        asha.move_action(home, late.row)
    assert asha.family(home).whole.stands.startswith(("assessed since", "a lead professional is agreed since"))


def test_with_somebody_in_the_room_nothing_of_it_is_told(laptops: Laptops) -> None:
    asha = laptops.of("Asha Patel")
    home, people = okafor(asha)
    asha.relate(people["Ngozi"], "mother", people["Ada"])
    acted(asha, home)
    asha.edit(home, {"risk_level": "high"})
    asha.edit(people["Emeka"], {"must_not_learn_address": "yes", "safe_to_contact": "no"})
    flags = next(each.flags for each in asha.family(home).people if each.id == people["Emeka"])
    assert flags == ("not safe to contact", "Emeka must not learn the address")
    asha.start_visit(home, ["Emeka Obi"])
    page = asha.family(home)
    assert (page.address, page.risk) == ("", "")
    assert [(each.flags, each.ties, each.days) for each in page.people] == [((), (), "")] * 4
    assert (asha.plan(home), asha.relations(home), page.whole.stands, page.whole.scores) == ((), (), "", ())
    assert "must not" not in repr(page)
    asha.end_visit()
    assert asha.family(home).address == "14 Mill Rd, CB4 1AA"
