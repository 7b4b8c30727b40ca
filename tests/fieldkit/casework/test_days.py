"""A day may be said as people say it."""

from datetime import date

from fieldkit.casework.days import months_on, named_day, named_month
from fieldkit.tui.widgets.scale import mark_at, marks_of

MONDAY = date(2026, 11, 23)


def test_words_mean_days() -> None:
    said = {
        "today": "2026-11-23",
        " Tomorrow ": "2026-11-24",
        "yesterday": "2026-11-22",
        "-3d": "2026-11-20",
        "+2w": "2026-12-07",
        "-1m": "2026-10-23",
        "-1y": "2025-11-23",
        "last friday": "2026-11-20",
        "friday": "2026-11-20",
        "fri": "2026-11-20",
        "monday": "2026-11-23",
        "last monday": "2026-11-16",
        "next monday": "2026-11-30",
        "next fri": "2026-11-27",
        "this friday": "2026-11-27",
        "3 may": "2026-05-03",
        "3rd May 2024": "2024-05-03",
        "20 jan": "2026-01-20",
        "3/5/2026": "2026-05-03",
        "3.5.31": "2031-05-03",
        "3/5/87": "1987-05-03",
    }
    found = {words: str(named_day(words, MONDAY)) for words in said}
    assert found == said
    assert named_day("20 dec", date(2027, 1, 4)) == date(2026, 12, 20)
    nonsense = ("", "x", "31 feb", "3 m", "32/1/2026", "+9999y", "last may", "0/0/00")
    assert [named_day(words, MONDAY) for words in nonsense] == [None] * len(nonsense)


def test_words_mean_months() -> None:
    said = {"may 2026": "2026-05-01", "5/2026": "2026-05-01", "2026-05": "2026-05-01", "-1m": "2026-10-01"}
    assert {words: str(named_month(words, MONDAY)) for words in said} == said
    assert [named_month(words, MONDAY) for words in ("13/2026", "0/2026", "smarch 2026")] == [None] * 3
    assert months_on(date(2026, 1, 31), 1) == date(2026, 2, 28)


def test_a_scale_has_every_number_between_its_ends() -> None:
    assert marks_of(("0", "2", "0.5")) == ("0", "0.5", "1", "1.5", "2")
    assert marks_of(("5", "1", "-2")) == ("1", "3", "5")
    assert marks_of(()) == tuple(map(str, range(11)))
    assert len(marks_of(("0", "1000000", "1"))) == 2_000
    assert marks_of(("a", "b", "0"))[0] == "0"
    assert [mark_at(("0", "0.5", "1.0"), words) for words in ("1", "0.50", "0.7", "x")] == [2, 1, None, None]
