"""A giver takes permission back: over the line, across records, at the real central."""

import pytest

from sync.changes import Value
from sync.merge.consent import ALL, record_of
from tests.central_fixture import RunningCentral
from tests.sync.server.laptop import AT, FAMILY, SCOPE, Laptop

SCHOOL = record_of(SCOPE, "ruth okafor", "mill school")


def agree(laptop: Laptop, record: str, decision: str = "yes", giver: str = "Ruth Okafor") -> None:
    """An agreement form as it is filed."""
    own: dict[str, Value] = {"@kind": "agreement", "@scope": SCOPE, "@form": "agreement@2026.1"}
    told: dict[str, Value] = {
        "a/giver/giver_name": giver,
        "c/agencies/01/@order": "a",
        "c/agencies/01/agency/agency_name": "Mill School",
        "c/agencies/01/agency/decision": decision,
    }
    laptop.replica.write(record * 32, "create", own | told, at=AT)


def take_back(laptop: Laptop, record: str, agency: str = "Mill School", seen: list[str] | None = None) -> None:
    """A withdrawal as it is noted at the door."""
    own: dict[str, Value] = {"@kind": "withdrawal", "@scope": SCOPE, "giver": "Ruth Okafor", "agency": agency}
    laptop.replica.write(record * 32, "create", own | {"seen": seen or None, "how": "words"}, at=AT)


@pytest.fixture
def asha(central: RunningCentral) -> Laptop:
    return Laptop(central, "Asha Patel")


@pytest.fixture
def marek(central: RunningCentral, asha: Laptop) -> Laptop:
    """A lead who holds the family too."""
    asha.family(name="Okafor", lead="lead-1")
    asha.sync()
    other = Laptop(central, "Marek Nowak", "lead")
    central.grant("Marek Nowak", SCOPE)
    other.sync()
    asha.sync()
    return other


def stands(laptop: Laptop, record: str = SCHOOL) -> tuple[Value, Value]:
    state = laptop.replica.view(record)
    return state.get("decision"), state.get("why")


@pytest.mark.parametrize("first", ["asha", "marek"])
def test_it_wins_over_a_grant_in_another_record_that_did_not_know_of_it(
    asha: Laptop, marek: Laptop, first: str
) -> None:
    agree(asha, "a")
    take_back(marek, "b")
    for laptop in (asha, marek) if first == "asha" else (marek, asha):
        laptop.sync()
    for laptop in (asha, marek):
        laptop.sync()
    assert stands(asha) == stands(marek) == ("withdrawn", "over-unseen-grant")
    assert asha.conflicts() == {}
    assert asha.replica.view("a" * 32)["c/agencies/01/agency/decision"] == "yes"


def test_a_grant_by_somebody_who_had_seen_it_stands(asha: Laptop, marek: Laptop) -> None:
    take_back(asha, "b")
    asha.sync()
    marek.sync()
    agree(marek, "a")
    marek.sync()
    asha.sync()
    assert stands(asha) == ("yes", "said")


def test_a_grant_from_an_old_laptop_does_not_say_what_it_had_seen_and_loses(
    central: RunningCentral, asha: Laptop, marek: Laptop
) -> None:
    take_back(asha, "b")
    asha.sync()
    marek.sync()
    marek.replica._schema = 1
    agree(marek, "a")
    marek.sync()
    assert stands(marek) == ("withdrawn", "over-unseen-grant")


@pytest.mark.parametrize("first", ["asha", "marek"])
def test_one_without_sight_of_a_renewal_is_for_people_and_nothing_is_shared_meanwhile(
    central: RunningCentral, asha: Laptop, marek: Laptop, first: str
) -> None:
    take_back(asha, "b")
    asha.sync()
    marek.sync()
    agree(marek, "a")
    take_back(asha, "c")
    for laptop in (asha, marek) if first == "asha" else (marek, asha):
        laptop.sync()
    # Its own earlier one is all that Asha's second withdrawal knew of.
    for laptop in (asha, marek):
        laptop.sync()
    assert stands(asha) == ("withdrawn", "without-sight-of-a-renewal")
    (conflict,) = asha.conflicts()
    told = asha.replica.view(conflict)
    assert (told["class"], told["record"], told["path"]) == ("A", SCHOOL, "decision")
    assert {told[path] for path in told if path.endswith("/value")} == {"yes", "withdrawn"}
    asha.resolve(conflict, "theirs")
    asha.sync()
    assert asha.conflicts() == {conflict: "proposed"}
    marek.sync()
    marek.resolve(conflict, "mine")
    marek.sync()
    asha.sync()
    assert (asha.conflicts(), stands(asha)[0]) == ({conflict: "resolved"}, "yes")
    take_back(asha, "d")
    asha.sync()
    assert stands(asha) == ("withdrawn", "said")


def test_it_names_what_was_seen_when_the_laptop_could_not_say_how_far_it_had_read(asha: Laptop, marek: Laptop) -> None:
    agree(marek, "a")
    marek.sync()
    asha.sync()
    seen = asha.replica.base["a" * 32].version_hash
    asha.replica._schema = 1
    take_back(asha, "b", seen=[seen])
    asha.sync()
    assert stands(asha) == ("withdrawn", "said")


def test_another_parents_agreement_stays_and_all_takes_back_every_agency(asha: Laptop, marek: Laptop) -> None:
    agree(asha, "a")
    agree(asha, "e", giver="Sam Okafor")
    asha.sync()
    take_back(asha, "b", ALL)
    asha.sync()
    assert stands(asha) == ("withdrawn", "said")
    assert stands(asha, record_of(SCOPE, "sam okafor", "mill school")) == ("yes", "said")
    agree(marek, "c")
    marek.sync()
    assert stands(marek) == ("withdrawn", "over-unseen-grant")
    assert marek.replica.view(FAMILY) == {"name": "Okafor", "lead": "lead-1"}


def test_the_lead_is_told_and_somebody_is_asked_whether_it_raises_risk(asha: Laptop, marek: Laptop) -> None:
    take_back(asha, "b")
    asha.sync()
    marek.sync()
    held = {each.kind: each for each in marek.replica.base.values() if each.state.get("about") == "b" * 32}
    assert (held["notice"].state["what"], held["notice"].state["to"]) == ("withdrawal", "lead-1")
    assert (held["due"].state["what"], held["due"].state["due"]) == (
        "risk-of-withdrawal",
        "2026-11-24T09:00:00.000Z",
    )
    marek.replica.write(held["due"].record, "set", {"answer": "unsure"})
    marek.sync()
    asha.sync()
    assert asha.replica.view(held["due"].record)["answer"] == "unsure"


def test_nobody_changes_a_withdrawal_nor_what_stands_by_hand(asha: Laptop, marek: Laptop) -> None:
    take_back(asha, "b")
    asha.sync()
    asha.replica.write("b" * 32, "set", {"agency": "Nurse"})
    asha.replica.write(SCHOOL, "set", {"decision": "yes"})
    asha.replica.write("f" * 32, "create", {"@kind": "permission", "@scope": SCOPE, "decision": "yes"})
    asha.sync()
    assert asha.parked() == [("refused", "immutable")] * 3
    assert stands(asha) == ("withdrawn", "said")
