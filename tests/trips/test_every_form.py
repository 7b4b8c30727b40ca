"""Every shipped form from the laptop to central and back: begun, filled from its practice answers, filed, read."""

from __future__ import annotations

import pytest

from fieldkit.casework.kinds import AT_A_CENTRE
from fieldkit.errors import Refused
from forms.library import shipped
from tests.central_fixture import RunningCentral
from tests.trips.conftest import Laptops
from tests.trips.test_journey import family, filed

OF_A_FAMILY = sorted(set(shipped()) - AT_A_CENTRE)


def test_every_form_of_a_family_is_filed_and_read_by_a_colleague(laptops: Laptops, central: RunningCentral) -> None:
    asha, marek = laptops.of("Asha Patel"), laptops.of("Marek Nowak", "centre")
    home = family(asha)
    records = {form: filed(asha, form, home) for form in OF_A_FAMILY}
    asha.sync()
    central.grant("Marek Nowak", f"family:{home}")
    marek.sync()
    for form, record in records.items():
        assert marek.record(record).state == asha.record(record).state, form
        shown = marek.show(record)
        assert shown.fields, form
        assert all(each.label != each.path for each in shown.fields), form
        assert asha.store.outbox.state_of(record) == "confirmed", form
    assert {row.kind for row in marek.family(home).chronology} >= set(OF_A_FAMILY)


def test_a_session_belongs_to_its_centre_and_not_to_a_family(laptops: Laptops, central: RunningCentral) -> None:
    marek, sam = laptops.of("Marek Nowak", "centre"), laptops.of("Sam Reed", "centre")
    home, centre = family(marek), marek.add_centre("North centre")
    with pytest.raises(Refused):
        marek.begin("session", home)
    with pytest.raises(Refused):
        marek.begin("visit", centre)
    record = filed(marek, "session", centre)
    assert [(row.name, row.sessions) for row in marek.centres()] == [("North centre", 1)]
    assert [row.record for row in marek.family(centre).chronology if row.kind == "session"] == [record]
    marek.sync()
    central.grant("Sam Reed", f"centre:{centre}")
    sam.sync()
    assert sam.record(record).state == marek.record(record).state
    assert [each.kind for each in sam.store.records.of_scope(f"family:{home}")] == []


def test_a_family_worker_cannot_open_a_centre(laptops: Laptops) -> None:
    asha = laptops.of("Asha Patel")
    with pytest.raises(Refused):
        asha.add_centre("North centre")
    asha.create("centre", f"centre:{'7' * 32}", {"name": "North"}, record="7" * 32)
    assert asha.sync().parked == 1


def test_what_only_the_worker_may_see_is_not_in_the_story_while_others_are_in_the_room(laptops: Laptops) -> None:
    asha = laptops.of("Asha Patel")
    home = family(asha)
    for form in ("supervision", "referral", "review"):
        filed(asha, form, home)
    asha.begin("referral", home)
    asha.concern(home, "Ada", "thin", urgent=False)
    asha.start_visit(home, ["Ngozi"])
    assert {row.kind for row in asha.family(home).chronology} == {"review"}
    asha.end_visit()
    assert {row.kind for row in asha.family(home).chronology} == {"review", "referral", "supervision", "concern"}


def test_a_family_is_not_closed_on_the_laptop_while_a_safeguarding_question_is_open(
    laptops: Laptops, central: RunningCentral
) -> None:
    asha, marek = laptops.of("Asha Patel"), laptops.of("Marek Nowak", "lead")
    home = family(asha)
    asha.sync()
    central.grant("Marek Nowak", f"family:{home}")
    marek.sync()
    for kit, level in ((asha, "high"), (marek, "medium"), (asha, None)):
        if level:
            kit.change(kit.record(home), {"risk_level": level})
        kit.sync()
    with pytest.raises(Refused):
        filed(asha, "closure", home)
    (row,) = asha.conflicts()
    asha.resolve(row.id, "mine", "spoke to the mother")
    asha.sync()
    assert filed(asha, "closure", home)
