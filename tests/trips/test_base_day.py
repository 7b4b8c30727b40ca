"""A team lead's day at base, over a real central: who is silent, what waits, and families that change hands."""

from __future__ import annotations

import pytest

from fieldkit.errors import Refused
from fieldkit.workspace import Workspace
from tests.central_fixture import RunningCentral
from tests.trips.conftest import Laptops


@pytest.fixture
def team(laptops: Laptops, central: RunningCentral) -> tuple[Workspace, Workspace, Workspace]:
    """Asha with one family, Ben with none, and a lead who holds what Asha holds."""
    asha, ben, lead = laptops.of("Asha Patel"), laptops.of("Ben Carter"), laptops.of("Lena Lead", "lead")
    family = asha.add_family("Okafor")
    asha.sync()
    central.grant("Lena Lead", f"family:{family}")
    lead.sync()
    return asha, ben, lead


def family_of(laptop: Workspace) -> str:
    return laptop.families()[0].id


def test_the_base_day_shows_who_has_not_synced_and_nobody_with_whom_the_lead_shares_no_family(
    team: tuple[Workspace, ...], central: RunningCentral
) -> None:
    asha, ben, lead = team
    ben.add_family("Somebody Else")
    ben.sync()
    asha.concern(family_of(asha), "Ada", "a bruise", urgent=True)
    asha.sync()
    central.clock.pass_time(days=3)
    lead.sync()
    day = lead.base_day()
    assert [(row.name, row.alarm, row.silent_days, row.families) for row in day.team] == [
        ("Asha Patel", True, 3, 1),
        ("Lena Lead", False, 0, 1),
    ]
    assert [each.about for each in day.unread] == ["Ada"]
    assert [(row.what, row.acknowledged) for row in day.notices] == [("A concern that no one has read", False)]
    assert ben.families()[0].name not in repr(day)


def test_nobody_but_a_lead_has_a_base_day_and_a_worker_is_not_told_of_the_team(team: tuple[Workspace, ...]) -> None:
    asha, _, lead = team
    with pytest.raises(Refused):
        asha.base_day()
    assert asha.people_of_team() == ()
    assert {each.name for each in lead.people_of_team()} == {"Asha Patel", "Lena Lead"}


def test_the_base_day_is_closed_while_somebody_else_is_in_the_room(team: tuple[Workspace, ...]) -> None:
    lead = team[2]
    lead.start_visit(family_of(lead), ["Ngozi"])
    with pytest.raises(Refused):
        lead.base_day()
    assert (lead.offers(), lead.notices()) == ([], [])


def test_a_family_is_the_colleagues_when_they_accept_and_the_old_copy_goes(team: tuple[Workspace, ...]) -> None:
    asha, ben, _ = team
    offer = asha.hand_on(family_of(asha), "Ben Carter")
    asha.sync()
    ben.sync()
    (row,) = ben.offers()
    assert (row.id, row.family_name, row.mine, row.giver) == (offer, "", True, "Asha Patel")
    assert [each.name for each in asha.families()] == ["Okafor"]
    ben.answer_offer(offer, "accept")
    ben.sync()
    asha.sync()
    assert [each.name for each in ben.families()] == ["Okafor"]
    assert asha.families() == []
    assert asha.offers()[0].status == "accepted"


def test_an_offer_is_declined_with_a_reason_and_taken_back_by_who_made_it(team: tuple[Workspace, ...]) -> None:
    asha, ben, _ = team
    first = asha.hand_on(family_of(asha), "ben carter")
    asha.sync()
    ben.sync()
    with pytest.raises(Refused):
        ben.answer_offer(first, "decline")
    with pytest.raises(Refused):
        ben.answer_offer(first, "take-back")
    ben.answer_offer(first, "decline", "I know them from church.")
    ben.sync()
    second = asha.hand_on(family_of(asha), "Ben Carter")
    asha.answer_offer(second, "take-back")
    asha.sync()
    assert {row.id: row.status for row in asha.offers()} == {first: "declined", second: "withdrawn"}
    assert [each.name for each in asha.families()] == ["Okafor"]


def test_a_lead_covers_all_families_of_an_absent_worker_and_they_stay_the_workers(
    team: tuple[Workspace, ...], central: RunningCentral
) -> None:
    asha, ben, lead = team
    until = (central.clock.at.date()).replace(day=28).isoformat()
    made = lead.cover("Asha Patel", "Ben Carter", until)
    lead.sync()
    ben.sync()
    assert [(row.way, row.until, row.giver, row.by) for row in ben.offers()] == [
        ("cover", until, "Asha Patel", "Lena Lead")
    ]
    ben.answer_offer(made[0], "accept")
    ben.sync()
    asha.sync()
    assert [each.name for each in ben.families()] == [each.name for each in asha.families()] == ["Okafor"]
    central.clock.pass_time(days=40)
    ben.sync()
    assert ben.families() == []


def test_a_worker_covers_for_nobody_and_a_name_that_is_nobodys_is_refused_in_words(
    team: tuple[Workspace, ...],
) -> None:
    asha, ben, lead = team
    for refused in (
        lambda: asha.cover("Ben Carter", "Asha Patel", "2026-12-24"),
        lambda: asha.hand_on(family_of(asha), "Nobody At All"),
        lambda: asha.hand_on(family_of(asha), "Asha Patel"),
        lambda: asha.hand_on(family_of(asha), "Ben Carter", until="soon"),
        lambda: lead.cover("Asha Patel", "Ben Carter", ""),
    ):
        with pytest.raises(Refused):
            refused()
    assert asha.offers() == ben.offers() == []


def test_a_notice_is_read_by_name_by_whom_it_was_for(team: tuple[Workspace, ...], central: RunningCentral) -> None:
    asha, _, lead = team
    asha.concern(family_of(asha), "Ada", "a bruise", urgent=True)
    asha.sync()
    central.clock.pass_time(days=1)
    lead.sync()
    (notice,) = lead.notices()
    lead.note_notice(notice.id, "I ring her now.")
    lead.sync()
    assert [row.acknowledged for row in lead.notices()] == [True]
    assert lead.base_day().notices == ()
    asha.sync()
    with pytest.raises(Refused):
        asha.note_notice(notice.id)
