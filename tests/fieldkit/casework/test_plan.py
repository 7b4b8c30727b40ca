"""The plan: one list over assessment, plan and review, how each action stands, one step on; and scores in words."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fieldkit.casework.plan import PLACES, STATUSES, STEP, Told, actions, line, moved, step
from fieldkit.casework.scores import BARS, Point, apart, asks, points, series, spark
from fieldkit.errors import Refused

TODAY = date(2026, 11, 23)


def row(form: str, id: str, **told: str) -> dict[str, str]:
    at = f"{PLACES[form].repeat}/{id}"
    return {f"{at}/@order": id, **{f"{at}/action/{name}": value for name, value in told.items()}}


def filed() -> list[Told]:
    plan = {
        **row("plan", "1a", act="Two visits about sleep", owner="Bea", by_when="2026-11-10", status="agreed"),
        **row("plan", "1b", act="Letter to housing", owner="Asha", by_when="2026-12-11", status="started"),
        **row("plan", "1c", act="Bedtime chart", owner="Ngozi", by_when="2026-12-20", status="proposed"),
    }
    eha = {
        **row("eha", "1a", act="Visits", owner="Bea", by_when="2026-10-01", status="proposed"),
        **row("eha", "19", act="Left out of the plan", status="proposed"),
    }
    review = row("review", "1c", what="Bedtime chart", owner="Ngozi", status="done", tells="He sleeps")
    return [Told("e", "eha", eha), Told("p", "plan", plan), Told("r", "review", review)]


def test_the_latest_word_on_each_action_stands_and_what_is_late_comes_first() -> None:
    found = actions(filed(), TODAY)
    assert [(each.row, each.stands(TODAY), each.owner) for each in found] == [
        ("1a", "late", "Bea"),
        ("1b", "on the way", "Asha"),
        ("1c", "done", "Ngozi"),
    ]
    assert [each.record for each in found] == ["p", "p", "r"]
    assert found[2].by == date(2026, 12, 20)
    assert line(found, TODAY) == "1 of 3 done, 1 late"
    assert line((), TODAY) == ""


def test_one_step_on_is_an_edit_of_the_record_that_told_last() -> None:
    late, going, _ = actions(filed(), TODAY)
    assert step(late) == "started"
    assert moved(late, "started") == {"b/actions/1a/action/status": "started"}
    assert moved(going, "done", "They wrote back") == {
        "b/actions/1b/action/status": "done",
        "b/actions/1b/action/came_of": "They wrote back",
    }


@pytest.mark.parametrize(
    ("status", "words"), [("done", ""), ("partly", ""), ("stopped", "because"), ("stopped", ""), ("gone", "x")]
)
def test_what_the_form_wants_to_hear_is_asked_for(status: str, words: str) -> None:
    with pytest.raises(Refused):
        moved(actions(filed(), TODAY)[0], status, words)


def test_a_finished_action_has_no_step_and_every_status_has_words() -> None:
    with pytest.raises(Refused, match="finished"):
        step(actions(filed(), TODAY)[2])
    assert set(STEP) | {"done", "stopped"} == set(STATUSES)


def test_scores_are_kept_by_voice_and_a_safe_question_is_one_however_it_is_written() -> None:
    eha = {"j/overall/safe_parent": "5", "j/overall/safe_worker": "3", "b/children/1/own/child_score": "2"}
    review = {
        "b/scores/1/score/about": "How safe things feel?",
        "b/scores/1/score/whose": "parent",
        "b/scores/1/score/now": "8",
        "b/scores/2/score/about": "Sleep",
        "b/scores/2/score/whose": "worker",
        "b/scores/2/score/now": "not a number",
    }
    found = series([*points("eha", date(2026, 9, 3), eha), *points("review", date(2026, 10, 20), review)])
    assert [(each.voice, [point.value for point in each.points]) for each in found] == [
        ("parent", [5, 8]),
        ("child", [2]),
        ("worker", [3]),
    ]
    assert apart(found) == ("how safe things feel: parent or carer says 8, child 2. Talk about why.",)
    assert asks(found) == ("parent or carer, how safe things feel: up from 5 to 8. What changed?",)


@pytest.mark.parametrize(("one", "other", "said"), [(4, 5, 0), (4, 6, 1), (6, 4, 1), (4, 4, 0)])
def test_a_difference_of_two_is_pointed_out(one: int, other: int, said: int) -> None:
    found = series([Point(TODAY, "x", "parent", one), Point(TODAY, "x", "worker", other)])
    assert len(apart(found)) == said


@given(st.lists(st.integers(0, 10), max_size=30))
def test_a_picture_has_a_bar_for_each_number_and_a_higher_number_is_never_lower(values: list[int]) -> None:
    drawn = spark(values)
    assert len(drawn) == len(values)
    heights = [BARS.index(bar) for bar in drawn]
    assert all(
        heights[i] <= heights[j] for i in range(len(values)) for j in range(len(values)) if values[i] <= values[j]
    )
    assert spark([0, 10]) == "▁█"
