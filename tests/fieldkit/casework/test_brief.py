"""The page before a visit: dangers, what must not be said, what was promised; and the note written in time."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from fieldkit.casework.brief import Facts, Promise, Visited, brief, hazards, promises, unwritten

TODAY = date(2026, 11, 23)
NGOZI = {"given": "Ngozi", "surname": "Okafor", "dob": "1992-03-04", "relation": "mother", "say_name": "n-GOH-zee"}
EMEKA = {"given": "Emeka", "safe_to_contact": "no", "address_confidential": "yes", "known_as": "Obi"}


def facts(**more: object) -> Facts:
    told: dict[str, object] = {
        "people": [NGOZI],
        "hazards": [],
        "news": [],
        "last_seen": None,
        "promises": [],
        "permissions": [],
        "not_learn": [],
        "taken_back": [],
    }
    return Facts(**(told | more))  # type: ignore[arg-type]


def lines(made: Facts) -> dict[str, tuple[str, ...]]:
    return {section.title: section.lines for section in brief(made, TODAY)}


def test_dangers_stand_first_and_what_must_not_be_said_second() -> None:
    made = facts(people=[NGOZI, EMEKA], hazards=[(date(2026, 10, 1), "a dog, loose")], not_learn=["Emeka"])
    titles = [section.title for section in brief(made, TODAY)]
    assert titles[:3] == ["Look out for", "Must not be told", "Who is there"]
    assert lines(made)["Must not be told"] == (
        "The address of Emeka is confidential.",
        "Emeka is not safe to contact: no letters, no calls, no messages.",
        "Emeka must not learn the address.",
    )


def test_people_stand_with_age_and_how_their_name_is_said() -> None:
    assert lines(facts(people=[NGOZI, EMEKA]))["Who is there"] == (
        "Ngozi Okafor, 34, mother  (say: n-GOH-zee)",
        "Emeka, says Obi",
    )


def test_only_what_is_new_since_my_last_visit_is_told_and_that_nothing_is() -> None:
    news = [(date(2026, 11, 20), "School: attendance 84 %"), (date(2026, 10, 1), "Visit")]
    assert lines(facts(news=news, last_seen=date(2026, 11, 5)))["Since your visit of 5 Nov"] == (
        "20 Nov  School: attendance 84 %",
    )
    assert lines(facts(last_seen=date(2026, 11, 5)))["Since your visit of 5 Nov"] == ("Nothing new is written.",)


def test_promises_are_the_unfinished_actions_the_soonest_first_and_late_ones_say_so() -> None:
    state = {
        "b/actions/01/@order": "1",
        "b/actions/01/action/act": "ring the GP",
        "b/actions/01/action/owner": "Asha",
        "b/actions/01/action/by_when": "2026-11-25",
        "b/actions/02/action/act": "housing letter",
        "b/actions/02/action/by_when": "2026-11-01",
        "b/actions/03/action/act": "bedtime routine",
        "b/actions/03/action/status": "done",
    }
    found = promises(state)
    assert [each.what for each in found] == ["housing letter", "ring the GP"]
    assert lines(facts(promises=found))["Promised"] == (
        "! late: housing letter by 1 Nov",
        "ring the GP (Asha) by 25 Nov",
    )
    assert found[1] == Promise("ring the GP", "Asha", date(2026, 11, 25))


def test_each_hazard_stands_once_with_its_latest_day() -> None:
    told = [(date(2026, 9, 1), {"c/facts/hazards": "a dog"}), (date(2026, 10, 1), {"c/facts/hazards": "a  dog"})]
    assert hazards(told) == [(date(2026, 10, 1), "a dog")]


def test_permissions_are_one_line_a_decision() -> None:
    made = facts(permissions=[("school", "yes"), ("police", "no"), ("health visitor", "yes")])
    assert lines(made)["May we share"] == ("yes: school, health visitor", "no: police")


def test_a_note_is_due_three_days_after_the_visit_and_not_once_it_is_written() -> None:
    now = datetime(2026, 11, 23, 12, tzinfo=UTC)
    visits = [Visited("a", now), Visited("b", now - timedelta(days=1)), Visited("b", now - timedelta(days=9))]
    assert [each.family for each in unwritten(visits, {})] == ["b", "a"]
    assert unwritten(visits, {"b": now, "a": now - timedelta(hours=1)}) == [Visited("a", now)]
    assert visits[0].due() == now + timedelta(hours=72)
