"""A lead's base day: who is silent, whose families wait, how old it is, and a sample that nobody picked."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from fieldkit.casework.base_day import Matter, Member, Waiting, ages, holder, rows, sample

NOW = datetime(2026, 11, 27, 15, 50, tzinfo=UTC)


def member(name: str, *families: str, hours: float | None = 1, role: str = "worker") -> Member:
    last = None if hours is None else NOW - timedelta(hours=hours)
    return Member(f"id-{name}", name, role, last, 0, frozenset(f"family:{each}" for each in families), len(families))


def test_who_has_been_silent_longest_stands_on_top_and_who_never_synced_is_pointed_out() -> None:
    team = [member("Asha"), member("Ben", hours=80), member("Carla", hours=100), member("Dan", hours=None)]
    made = rows(team, Waiting(), {}, NOW)
    assert [(row.name, row.alarm, row.silent_days) for row in made] == [
        ("Carla", True, 4),
        ("Ben", True, 3),
        ("Dan", True, -1),
        ("Asha", False, 0),
    ]


def test_what_waits_is_told_beside_whose_family_it_is() -> None:
    team = [member("Asha", "a", "b"), member("Ben", "b", "c"), member("Lena", "a", "b", "c", role="lead")]
    waiting = Waiting(
        conflicts=[Matter("family:a", NOW), Matter("family:b", NOW)],
        unsigned=[Matter("family:c", NOW)],
        overdue=[Matter("family:unknown", NOW)],
    )
    made = {row.name: row for row in rows(team, waiting, {"family:b": "Ben"}, NOW)}
    assert (made["Asha"].conflicts, made["Ben"].conflicts, made["Lena"].conflicts) == (1, 1, 0)
    assert (made["Ben"].unsigned, sum(row.overdue for row in made.values())) == (1, 0)
    assert (made["Asha"].families, made["Lena"].families) == (2, 3)


def test_a_family_belongs_to_the_lead_professional_it_names_else_to_a_worker_who_holds_it() -> None:
    lena, asha = member("Lena", "a", role="lead"), member("Asha", "a")
    assert holder("family:a", [lena, asha]) == "id-Asha"
    assert holder("family:a", [lena, asha], "Lena") == "id-Lena"
    assert holder("family:a", [lena]) == "id-Lena"
    assert holder("family:z", [lena, asha]) == ""


def test_age_is_told_in_three_steps_and_a_clock_that_was_ahead_makes_nothing_old() -> None:
    since = [timedelta(hours=hours) for hours in (-3, 0, 23.9, 24, 100, 168, 1000)]
    assert ages([Matter("s", NOW - each) for each in since], NOW) == {"under 24 h": 3, "1 to 7 days": 2, "older": 2}


@given(st.sets(st.text("0123456789abcdef", min_size=8, max_size=8), max_size=40))
def test_the_months_sample_is_the_same_in_any_order_and_never_more_than_asked(records: set[str]) -> None:
    chosen = sample("2026-11", sorted(records))
    assert chosen == sample("2026-11", sorted(records, reverse=True))
    assert len(chosen) == len(set(chosen)) == min(6, len(records))
    assert set(chosen) <= records


def test_another_month_looks_at_others() -> None:
    records = [f"{number:08x}" for number in range(40)]
    assert sample("2026-11", records) != sample("2026-12", records)
