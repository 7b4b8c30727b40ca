"""Who must be told of what is open, at which step, since when."""

from datetime import UTC, datetime, timedelta

import pytest

from sync.merge.duty import Open, Rota, Turn, next_moment, tells

MONDAY = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
SATURDAY = datetime(2026, 11, 28, 22, 0, tzinfo=UTC)
DAY = timedelta(hours=24)
ALWAYS = (datetime(2026, 1, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC))
ROTA = Rota(
    turns=(
        Turn("dora", "day", *ALWAYS),
        Turn("nick", "night", *ALWAYS),
        Turn("dina", "deputy", *ALWAYS),
        Turn("dan", "deputy", *ALWAYS),
    )
)


def a_conflict(at: datetime = MONDAY, **more: object) -> Open:
    told = {"holders": ("hana",), "leads": ("lena",), **more}
    return Open("c1", at, at + DAY, **told)  # type: ignore[arg-type]


def told(open_: Open, after: float, rota: Rota = ROTA) -> list[tuple[str, str]]:
    return [(each.step, each.worker) for each in tells(open_, rota, open_.opened + timedelta(hours=after))]


def test_in_working_hours_it_climbs_from_holder_to_lead_to_duty_to_one_deputy_after_another() -> None:
    conflict = a_conflict()
    assert told(conflict, 0) == [("holder", "hana")]
    assert told(conflict, 6) == [("holder", "hana"), ("lead", "lena")]
    assert told(conflict, 12)[2:] == [("duty", "nick")]
    assert told(conflict, 24)[3:] == [("deputy", "dina")]
    assert told(conflict, 25)[4:] == told(conflict, 99)[4:] == [("deputy", "dan")]


def test_out_of_hours_the_duty_deputy_is_told_at_once() -> None:
    assert told(a_conflict(SATURDAY), 0) == [("holder", "hana"), ("duty", "nick")]


def test_where_nobody_holds_the_next_step_is_told_at_once_and_an_empty_rota_names_nobody() -> None:
    assert told(a_conflict(holders=()), 0) == [("lead", "lena")]
    assert told(a_conflict(holders=(), leads=()), 0) == [("duty", "dora")]
    assert told(a_conflict(holders=(), leads=()), 99, Rota()) == []


def test_who_wrote_a_concern_is_never_the_one_who_is_told_of_it() -> None:
    assert told(a_conflict(author="hana"), 0) == [("lead", "lena")]
    assert "hana" not in {worker for _, worker in told(a_conflict(author="hana"), 99)}


def test_a_deputy_stands_in_only_within_the_turn() -> None:
    gone = Turn("dora", "day", MONDAY - 2 * DAY, MONDAY)
    rota = Rota(turns=(gone, Turn("dina", "deputy", MONDAY, MONDAY + DAY)))
    assert rota.duty(MONDAY) == ("dina",)
    assert rota.duty(MONDAY - DAY) == ()
    assert rota.duty(MONDAY - timedelta(hours=25, minutes=1)) == ()


def test_an_acknowledgement_stops_the_climb_until_it_is_due() -> None:
    seen = a_conflict(acknowledged=MONDAY + timedelta(hours=1))
    assert told(seen, 23) == [("holder", "hana")]
    assert told(seen, 24) == [("holder", "hana"), ("deputy", "dina")]


def test_hours_are_those_of_the_councils_own_clock_in_summer_too() -> None:
    july = datetime(2026, 7, 6, 7, 45, tzinfo=UTC)
    assert Rota().is_working(july)
    assert not Rota().is_working(july.replace(month=1, day=5))


def test_the_rota_is_read_from_the_settings() -> None:
    rota = Rota.of(
        {
            "zone": "Europe/London",
            "hours/days": ["sat"],
            "hours/from": "10:00",
            "hours/until": "12:00",
            "rota/02/worker": "b",
            "rota/02/part": "deputy",
            "rota/02/from": "2026-01-01T00:00:00Z",
            "rota/02/until": "2027-01-01T00:00:00Z",
            "rota/01/worker": "unfinished",
        }
    )
    assert rota.is_working(SATURDAY.replace(hour=11))
    assert not rota.is_working(MONDAY)
    assert rota.on("deputy", MONDAY) == ("b",)


@pytest.mark.parametrize(("after", "following"), [(0, 6), (6, 12), (13, 24), (24, 25), (30, 31)])
def test_it_is_looked_at_again_when_the_next_step_comes(after: float, following: float) -> None:
    conflict = a_conflict()
    now = MONDAY + timedelta(hours=after)
    assert next_moment(conflict, ROTA, now) == MONDAY + timedelta(hours=following)


def test_a_setting_that_is_no_time_or_no_zone_counts_as_the_usual_one_and_stops_nobody() -> None:
    slipped = Rota.of({"hours/days": ["mon"], "hours/from": "25:99", "hours/until": "26:00", "zone": "Mars/Base"})
    usual = Rota.of({"hours/days": ["mon"]})
    assert slipped == usual
