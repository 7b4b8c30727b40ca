"""Said once: the plan begins with what the assessment was told, the review with the plan; each is asked again."""

from __future__ import annotations

from typing import Any

import pytest

from fieldkit.errors import AnswersNotValid
from fieldkit.workspace import Workspace
from fieldkit.workspace.drafting import OpenDraft
from tests.trips.conftest import Laptops
from tests.trips.test_journey import family, filed

ACTIONS = {
    "1" * 32: {
        "@order": "b0",
        "action/goal": "rent paid",
        "action/answers_need": "money",
        "action/owner": "Asha Patel",
    },
    "2" * 32: {"@order": "a0", "action/goal": "see the dentist", "action/how_know": "Ada says so"},
    "3" * 32: {"@order": "c0", "action/goal": "a form for school", "action/status": "done"},
}


def rows(draft: OpenDraft, repeat: str) -> list[str]:
    placed = [(str(v), path) for path, v in draft.interview.values().items() if path.endswith("/@order")]
    return [path.removesuffix("/@order") for _, path in sorted(placed) if path.startswith(f"{repeat}/")]


def offered(draft: OpenDraft, repeat: str, *places: str) -> list[list[Any]]:
    """What each row offers at places: shown as told before, none of it an answer yet."""
    assert all(
        draft.interview.question(f"{row}/{each}").value is None for row in rows(draft, repeat) for each in places
    )
    told = [[draft.carried(f"{row}/{each}") for each in places] for row in rows(draft, repeat)]
    return [[each.value if each else None for each in row] for row in told]


def assessed(laptop: Workspace, home: str) -> str:
    """An assessment that found two needs."""
    record = filed(laptop, "eha", home)
    needs: dict[str, Any] = {"k/ticks/needs": ["money", "health"], "k/ticks/needs_who": "all of them"}
    actions = {f"o/actions/{row}/{end}": told for row, ends in ACTIONS.items() for end, told in ends.items()}
    laptop.edit(record, needs | actions)
    return record


def begun(laptop: Workspace, form: str, home: str) -> OpenDraft:
    return laptop.draft(laptop.begin(form, home))


def said(laptop: Workspace, record: str, *ends: str) -> list[list[Any]]:
    """What is filed at places that end so, row by row."""
    state = laptop.record(record).state
    order = sorted((str(v), path) for path, v in state.items() if path.endswith("/@order"))
    made = [[state.get(path.removesuffix("@order") + end) for end in ends] for _, path in order]
    return [row for row in made if row[0] is not None]


def test_a_plan_begins_with_what_the_assessment_was_told_and_each_answer_is_asked_again(laptops: Laptops) -> None:
    asha = laptops.of("Asha Patel")
    home = family(asha)
    assert rows(begun(asha, "plan", home), "b/needs") == []
    eha = assessed(asha, home)
    told = asha.record(eha).state
    plan = begun(asha, "plan", home)
    for place, there in (("a/about/hopes", "f/hopes/family_hopes"), ("a/lead/lead_name", "e/lead/lead_name")):
        shown = plan.carried(place)
        assert shown is not None
        assert (shown.value, plan.interview.question(place).value) == (told[there], None)
    needs = [[need, told["k/ticks/needs_who"]] for need in told["k/ticks/needs"] or ()]
    assert offered(plan, "b/needs", "need_page/need", "need_page/whose") == needs
    places = ("action/goal", "action/answers", "action/owner", "action/tells")
    assert offered(plan, "b/actions", *places) == [
        ["see the dentist", None, None, "Ada says so"],
        ["rent paid", "money", "Asha Patel", None],
    ]
    people = [name for (name,) in said(asha, eha, "id/adult_name") + said(asha, eha, "help/worker")]
    assert sorted(name for (name,) in offered(plan, "a/team", "member_page/member")) == sorted(people)
    with pytest.raises(AnswersNotValid) as missing:
        asha.file(plan.id)
    assert {path for path, _ in missing.value.places} >= {f"{row}/action/goal" for row in rows(plan, "b/actions")}


def test_an_answer_that_is_confirmed_is_one_and_a_row_that_is_not_wanted_goes(laptops: Laptops) -> None:
    asha = laptops.of("Asha Patel")
    home = family(asha)
    assessed(asha, home)
    plan = begun(asha, "plan", home)
    first = rows(plan, "b/needs")[0]
    carried = plan.carried(f"{first}/need_page/need")
    assert carried is not None
    assert "money" not in repr(carried)
    plan.answer(f"{first}/need_page/need", carried.value)
    for row in rows(plan, "b/actions"):
        plan.remove_row(row)
    plan.drain()
    asha = laptops.again(asha)
    again = asha.draft(plan.id)
    assert again.interview.question(f"{first}/need_page/need").value == carried.value
    assert again.carried(f"{first}/need_page/need") is None
    assert (rows(again, "b/needs")[0], rows(again, "b/actions")) == (first, [])


def test_a_review_begins_with_the_actions_and_scores_of_the_plan_and_the_next_with_those_of_the_review(
    laptops: Laptops,
) -> None:
    asha = laptops.of("Asha Patel")
    home = family(asha)
    plan = filed(asha, "plan", home)
    review = begun(asha, "review", home)
    actions = said(asha, plan, "action/act", "action/owner", "action/status")
    going = [[act, owner] for act, owner, status in actions if status not in ("done", "stopped")]
    assert going
    assert offered(review, "b/actions", "action/what", "action/owner") == going
    labels = {need for (need,) in offered(review, "b/actions", "action/need")}
    codes = {code for (code,) in said(asha, plan, "need_page/need")}
    assert labels
    assert not labels & codes
    assert all(" " in label or label[0].isupper() for label in labels)
    scores = said(asha, plan, "need_page/now_score")
    assert offered(review, "b/scores", "score/before") == scores
    people = said(asha, plan, "member_page/member", "member_page/part")
    assert offered(review, "a/people", "person/name", "person/agency") == people
    assert review.carried("a/meeting/last_on") is None

    asha.discard(review.id, "begun too early")
    held = filed(asha, "review", home)
    later = begun(asha, "review", home)
    shown = later.carried("a/meeting/last_on")
    assert shown is not None
    assert shown.value == asha.record(held).state["a/meeting/held_on"]
    doing = said(asha, held, "action/what", "action/status")
    left = [[what] for what, status in doing if status not in ("done", "stopped")]
    assert offered(later, "b/actions", "action/what") == left
    assert offered(later, "b/scores", "score/before") == said(asha, held, "score/now")


def test_with_others_in_the_room_nothing_told_elsewhere_is_shown(laptops: Laptops) -> None:
    asha = laptops.of("Asha Patel")
    home = family(asha)
    assessed(asha, home)
    plan = begun(asha, "plan", home)
    need = f"{rows(plan, 'b/needs')[0]}/need_page/need"
    assert plan.carried(need) is not None
    asha.start_visit(home, ["Ngozi"])
    assert plan.carried(need) is None
    assert plan.carried("a/lead/lead_name") is None


def test_a_correction_takes_no_rows_from_elsewhere(laptops: Laptops) -> None:
    asha = laptops.of("Asha Patel")
    home = family(asha)
    plan = filed(asha, "plan", home)
    filed(asha, "eha", home)
    correcting = asha.draft(asha.begin("plan", home, plan))
    assert len(rows(correcting, "b/needs")) == len(said(asha, plan, "need_page/need"))
