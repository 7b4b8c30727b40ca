"""A share waits, somebody takes the permission back on another laptop, and nothing leaves any more."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from fieldkit.commands.practice.council import answers
from fieldkit.errors import CentralAway, Refused
from fieldkit.workspace import Workspace
from tests.central_fixture import RunningCentral
from tests.trips.conftest import Laptops
from tests.trips.test_journey import filed, fill, shared

SCHOOL = "Mill School"
WHY = "the plan needs it"


def agreed(laptop: Workspace, home: str, decision: str = "yes", giver: str = "Ngozi Okafor") -> str:
    begun = laptop.begin("agreement", home, carry=False)
    told = json.loads(answers("agreement"))
    row = {"agency/agency_name": SCHOOL, "agency/why": WHY, "agency/decision": decision}
    row |= {"agency/direction": "both"} if decision == "yes" else {"agency/impact": "told"}
    names = {"a/giver/giver_name": giver, "d/evidence_page/typed_name": giver, "c/agencies": [row]}
    fill(laptop.draft(begun), {**told, **names})
    return laptop.file(begun)


@pytest.fixture
def waiting(laptops: Laptops, central: RunningCentral) -> tuple[Workspace, Workspace, str, str]:
    """Asha has an assessment waiting to go to the school; Marek holds the family too."""
    asha, marek, home = shared(laptops, central)
    agreed(asha, home)
    record = filed(asha, "eha", home)
    asha.sync()
    marek.sync()
    return asha, marek, home, asha.share(record, SCHOOL, WHY)


def test_with_permission_it_leaves_once_and_is_listed(waiting: tuple[Workspace, Workspace, str, str]) -> None:
    asha, _, home, share = waiting
    made = asha.release(share, "json")
    assert (made.audience, json.loads(made.content)["form"]) == ("outside", "eha@2026.1")
    assert [(row.agency, row.state) for row in asha.shares(home)] == [(SCHOOL, "left")]
    with pytest.raises(Refused, match="not waiting"):
        asha.release(share, "json")
    noted = [each["what"] for each in asha.audit_lines()]
    assert noted.count("share-left") == 1
    assert WHY not in json.dumps(list(asha.audit_lines()))


@pytest.mark.parametrize("agency", ["mill  SCHOOL", pytest.param("@all", marks=pytest.mark.long)])
def test_a_withdrawal_that_arrives_while_it_waits_stops_it_and_nothing_leaves(
    waiting: tuple[Workspace, Workspace, str, str], agency: str
) -> None:
    asha, marek, home, share = waiting
    marek.withdraw(home, "Ngozi Okafor", agency, "words")
    marek.sync()
    with pytest.raises(Refused, match=r"taken back|not waiting"):
        asha.release(share, "json")
    assert [row.state for row in asha.shares(home)] == ["stopped"]
    page = asha.family(home)
    assert page.taken_back[0].startswith("TAKEN BACK by Ngozi Okafor")
    assert asha.record(home).state["name"] == "Okafor"
    with pytest.raises(Refused, match="taken back"):
        asha.share(asha.shares(home)[0].record, SCHOOL, WHY)
    with pytest.raises(Refused, match="was taken back"):
        asha.export(asha.shares(home)[0].record, "json", "outside", WHY)


def test_without_central_nothing_leaves_for_a_word_against_it_may_lie_there(
    waiting: tuple[Workspace, Workspace, str, str], unreachable: Callable[[Workspace], None]
) -> None:
    asha, _, home, share = waiting
    unreachable(asha)
    asha.pause = lambda _seconds: False
    with pytest.raises(CentralAway):
        asha.release(share, "json")
    assert [row.state for row in asha.shares(home)] == ["queued"]


def test_taken_back_on_this_laptop_it_stops_at_once_without_any_line(
    waiting: tuple[Workspace, Workspace, str, str], unreachable: Callable[[Workspace], None]
) -> None:
    asha, _, home, _ = waiting
    unreachable(asha)
    asha.withdraw(home, "Ngozi Okafor", SCHOOL, "words")
    assert [row.state for row in asha.shares(home)] == ["stopped"]


def test_after_it_has_gone_the_agency_is_named_and_somebody_is_to_tell_them(
    waiting: tuple[Workspace, Workspace, str, str],
) -> None:
    asha, marek, home, share = waiting
    asha.release(share, "json")
    asha.sync()
    marek.withdraw(home, "Ngozi Okafor", SCHOOL, "letter", "2026-11-22")
    for laptop in (marek, asha, marek):
        laptop.sync()
    for laptop in (asha, marek):
        told = laptop.family(home).taken_back
        assert told[0] == "TAKEN BACK by Ngozi Okafor: mill school since 22 November 2026. Do not share."
        assert told[1] == "It had gone to Mill School on 23 November 2026: tell them."
        dues = [each.state for each in laptop.records_of("due")]
        assert [each["about"] for each in dues if each["what"] == "tell-of-withdrawal"] == [share]
        assert any(each["what"] == "risk-of-withdrawal" for each in dues)
    asha.start_visit(home, ["Emeka Okafor"])
    assert asha.family(home).taken_back == ()


@pytest.mark.long
def test_a_share_that_left_before_its_laptop_heard_is_told_of_too(
    waiting: tuple[Workspace, Workspace, str, str], laptops: Laptops
) -> None:
    asha, marek, home, share = waiting
    asha.release(share, "json")
    marek.withdraw(home, "Ngozi Okafor", SCHOOL, "words")
    for laptop in (marek, asha, marek):
        laptop.sync()
    dues = [each.state for each in marek.records_of("due") if each.state["what"] == "tell-of-withdrawal"]
    assert [each["about"] for each in dues] == [share]


def test_a_lead_shares_by_a_basis_whatever_was_said_and_nobody_else_does(
    laptops: Laptops, central: RunningCentral
) -> None:
    asha, lena = laptops.of("Asha Patel"), laptops.of("Lena Hart", "lead")
    home = asha.add_family("Okafor")
    record = filed(asha, "eha", home)
    asha.sync()
    central.grant("Lena Hart", f"family:{home}")
    lena.sync()
    lena.withdraw(home, "Ngozi Okafor", SCHOOL, "words")
    with pytest.raises(Refused, match="lead decides"):
        asha.share(record, SCHOOL, WHY, "risk-of-harm")
    share = lena.share(record, SCHOOL, WHY, "risk-of-harm")
    lena.sync()
    assert lena.release(share, "json").audience == "outside"
