"""Nobody is written down twice unseen, and no second assessment is begun unseen; what was said is not asked again."""

from __future__ import annotations

import pytest

from fieldkit.errors import Refused
from fieldkit.workspace.views import PersonDetails
from tests.central_fixture import RunningCentral
from tests.trips.conftest import Laptops
from tests.trips.test_journey import family, filed

ADA = PersonDetails("Ada", "Okafor", dob="2024-06-02", relation="child")


def test_somebody_who_may_be_here_is_told_with_reasons_and_suppressed_on_every_laptop(
    laptops: Laptops, central: RunningCentral
) -> None:
    asha, ben = laptops.of("Asha Patel"), laptops.of("Ben Carter")
    first, second = family(asha), asha.add_family("Obi", postcode="WY9 9ZZ")
    found = asha.alike(second, PersonDetails("Adah", "Okafor", dob="2024-02-06"))
    assert [(row.name, row.family_name, row.level) for row in found] == [
        ("Ada Okafor", "Okafor", "may be the same person")
    ]
    assert "date of birth is alike: day and month swapped" in found[0].reasons
    assert "given name is alike: sounds the same" in found[0].reasons
    assert asha.alike(first, PersonDetails("Chidi", "Okafor", dob="2024-06-02")) == ()
    made = asha.add_person(second, ADA, [found[0].id])
    assert asha.suspects(made) == ()
    assert asha.suspects(found[0].id) == ()
    asha.sync()
    central.grant("Ben Carter", f"family:{first}", f"family:{second}")
    ben.sync()
    assert ben.suspects(made) == ()
    again = ben.add_person(second, ADA)
    assert {row.id for row in ben.suspects(again)} == {made, found[0].id}


def test_a_family_of_a_like_name_at_the_same_place_is_told(laptops: Laptops) -> None:
    asha = laptops.of("Asha Patel")
    home = family(asha)
    assert [row.level for row in asha.alike_families("Okafour", postcode="wy12ab")] == ["very likely the same family"]
    assert [row.id for row in asha.alike_families("Okafor")] == [home]
    assert asha.alike_families("Okafor", postcode="WY9 9ZZ") == ()
    assert asha.alike_families("Nowak", postcode="WY1 2AB") == ()
    asha.start_visit(home, ["Ngozi Okafor"])
    assert asha.alike_families("Okafor") == ()


def test_an_open_assessment_is_found_in_the_family_and_in_another_that_holds_the_same_child(laptops: Laptops) -> None:
    asha = laptops.of("Asha Patel")
    home, other = family(asha), asha.add_family("Obi")
    assert asha.open_assessment(home) is None
    record = filed(asha, "eha", home)
    asha.edit(home, {"lead": "Ben Carter", "lead_contact": "01223 000007"})
    own = asha.open_assessment(home)
    assert own is not None
    assert (own.record, own.lead, own.contact, own.why) == (record, "Ben Carter", "01223 000007", "")
    asha.add_person(other, ADA)
    elsewhere = asha.open_assessment(other)
    assert elsewhere is not None
    assert (elsewhere.family, elsewhere.why.split(":")[0]) == (home, "Ada Okafor")
    added = asha.contribute(home)
    assert asha.store.drafts.get(added).record == record
    with pytest.raises(Refused, match="reason"):
        asha.begin_another(home, " ")
    asha.begin_another(home, "a child of another father")
    kept = asha.records_of("index-check")
    assert [(each.state["found"], each.state["reason"]) for each in kept] == [(record, "a child of another father")]
    asha.start_visit(other, ["Emeka"])
    assert asha.open_assessment(other) is None
