"""The rules of a family support plan: made together, an action for every need, looked at again, in two languages."""

from __future__ import annotations

import re

import pytest

from forms.library import shipped
from forms.publishing import DEFINITIONS
from tests.forms.definitions.sitting import Sitting

Answers = dict[str, str | list[str]]
MADE: Answers = {
    "a/about/written_on": "2026-03-02",
    "a/about/worker": "Pat Worker",
    "a/about/reach": "01632 960001",
    "a/about/kind": "first",
    "a/about/why": "We do not sleep",
    "a/about/hopes": "Sleep",
    "a/about/with": ["parents"],
    "a/words/language": "en",
    "a/lead/lead_name": "Pat Worker",
    "a/lead/lead_reach": "01632 960001",
    "a/lead/lead_asked": "yes",
    "c/harder/signs": "Bad nights",
    "c/harder/contingency": "Ring Pat",
    "c/harder/concern": "no",
    "c/next/review_on": "2026-04-13",
    "c/agree/family_agrees": "yes",
    "c/agree/agreed_by": "Maud",
    "c/agree/how": "typed",
    "c/agree/fathers": "yes",
    "c/agree/child_told": "small",
    "c/agree/copy": "hand",
}


def made(*needs: str, **more: str | list[str]) -> Sitting:
    """A plan with needs worked on now, and answers changed by the last part of their path."""
    paths = {path.rpartition("/")[2]: path for path in MADE}
    sitting = Sitting("plan").say(MADE | {paths[name]: value for name, value in more.items()})
    member(sitting, "Maud", "family")
    for name in needs or ("health",):
        need(sitting, name)
    return sitting


def member(sitting: Sitting, name: str, side: str, **more: str) -> str:
    """A person in the team."""
    told: Answers = {"member": name, "side": side, "part": "Mother" if side == "family" else "Nurse"}
    return sitting.row("a/team", {f"member_page/{key}": value for key, value in (told | dict(more)).items()})


def need(sitting: Sitting, name: str, **more: str) -> str:
    """A need."""
    told: Answers = {"need": name, "what": "We wake at four", "whose": "All", "when": "now"}
    return sitting.row("b/needs", {f"need_page/{key}": value for key, value in (told | dict(more)).items()})


def action(sitting: Sitting, answers: str = "health", **more: str) -> str:
    """An action."""
    told: Answers = {
        "goal": "Sleep",
        "answers": answers,
        "act": "Bedtime at eight",
        "owner": "Maud",
        "by_when": "2026-04-01",
        "tells": "The chart",
    }
    return sitting.row("b/actions", {f"action/{key}": value for key, value in (told | dict(more)).items()})


def test_a_whole_plan_lacks_nothing() -> None:
    sitting = made()
    action(sitting)
    assert sitting.interview.violations() == ()
    assert not sitting.shows("b/sum/gap")


def test_every_need_has_an_action_or_is_warned_of_and_never_blocked() -> None:
    sitting = made("health", "money")
    action(sitting, "health")
    assert sitting.value("b/sum/uncovered") == "1"
    assert sitting.shows("b/sum/gap")
    assert sitting.interview.violations() == ()
    action(sitting, "money")
    assert sitting.value("b/sum/uncovered") == "0"
    assert not sitting.shows("b/sum/gap")


def test_a_need_without_action_says_so_on_its_own_page() -> None:
    sitting = made("health")
    row = need(sitting, "money")
    action(sitting, "health")
    assert sitting.shows(f"{row}/need_page/bare")
    action(sitting, "money")
    assert not sitting.shows(f"{row}/need_page/bare")


def test_not_now_asks_why_and_wants_no_action() -> None:
    sitting = made()
    action(sitting)
    row = need(sitting, "money", when="later")
    assert sitting.missing() == {f"{row}/need_page/not_now"}
    assert sitting.value("b/sum/uncovered") == "0"


def test_a_need_is_named_once() -> None:
    sitting = made("health")
    row = need(sitting, "health")
    assert f"{row}/need_page/need" in sitting.wrong()


def test_a_plan_without_needs_is_explained() -> None:
    sitting = Sitting("plan").say(MADE)
    assert sitting.missing() == {"b/sum/empty_why"}


def test_an_action_answers_a_need_of_this_plan() -> None:
    sitting = made("health")
    row = action(sitting, "money")
    assert set(sitting.wrong()) == {f"{row}/action/answers"}


@pytest.mark.parametrize(("owner", "right"), [("Maud", True), ("Pat Worker", True), ("Somebody", False)])
def test_who_sees_to_it_is_somebody_of_the_team(owner: str, right: bool) -> None:
    sitting = made()
    row = action(sitting, owner=owner)
    assert (f"{row}/action/owner" not in sitting.wrong()) is right


def test_an_owner_with_whom_nothing_may_be_shared_is_flagged() -> None:
    sitting = made()
    nurse = member(sitting, "Lin", "professional")
    assert f"{nurse}/member_page/permission" in sitting.missing()
    row = action(sitting, owner="Lin")
    assert not sitting.shows(f"{row}/action/refused")
    sitting.say({f"{nurse}/member_page/permission": "no"})
    assert sitting.shows(f"{nurse}/member_page/not_them")
    assert sitting.shows(f"{row}/action/refused")


def test_a_plan_in_which_the_family_does_nothing_is_asked_about() -> None:
    sitting = made()
    assert not sitting.shows("b/sum/ours")
    action(sitting, owner="Pat Worker")
    assert sitting.shows("b/sum/ours")
    action(sitting, owner="Maud")
    assert not sitting.shows("b/sum/ours")
    assert sitting.value("b/sum/by_family") == "1"


@pytest.mark.parametrize(
    ("status", "asked"), [("agreed", set()), ("stopped", {"stopped"}), ("done", {"came_of"}), ("partly", {"came_of"})]
)
def test_each_state_of_an_action_asks_what_belongs_to_it(status: str, asked: set[str]) -> None:
    sitting = made()
    row = action(sitting, status=status)
    assert sitting.missing() == {f"{row}/action/{name}" for name in asked}


def test_no_action_is_due_before_the_plan() -> None:
    sitting = made()
    row = action(sitting, by_when="2026-03-01")
    assert set(sitting.wrong()) == {f"{row}/action/by_when"}


def test_a_score_asks_why_and_aims_no_lower() -> None:
    sitting = made()
    row = need(sitting, "money", now_score="6", want_score="5")
    assert f"{row}/need_page/want_score" in sitting.wrong()
    assert f"{row}/need_page/why_score" in sitting.missing()


@pytest.mark.parametrize(("on", "late"), [("2026-04-13", False), ("2026-05-25", False), ("2026-05-26", True)])
def test_more_than_twelve_weeks_until_the_review_is_told_and_explained(on: str, late: bool) -> None:
    sitting = made(review_on=on)
    assert sitting.shows("c/next/late") is late
    assert sitting.missing() == ({"c/next/late_why"} if late else set())


def test_six_weeks_are_proposed() -> None:
    assert Sitting("plan").value("c/next/review_on") == "2026-04-13"


@pytest.mark.parametrize(
    ("how", "asked"),
    [
        ("certified", {"a/words/certified_by"}),
        ("interpreter", {"a/words/read_by"}),
        ("draft", set()),
        ("english", set()),
    ],
)
def test_a_translation_says_who_certified_or_read_it(how: str, asked: set[str]) -> None:
    sitting = made(language="pl")
    assert sitting.missing() == {"a/words/translation"}
    sitting.say({"a/words/translation": how})
    assert sitting.missing() == asked
    assert sitting.shows("a/words/uncertified") is (how == "draft")


def test_a_plan_nobody_of_the_family_made_is_told() -> None:
    assert made(**{"with": ["team"]}).shows("a/about/not_with")
    assert not made(**{"with": ["team", "wider"]}).shows("a/about/not_with")


@pytest.mark.parametrize("concern", ["unsure", "yes"])
def test_a_concern_shows_the_duty_number_and_never_blocks(concern: str) -> None:
    sitting = made(concern=concern)
    assert sitting.shows("c/harder/ring")
    assert sitting.missing() == {"c/harder/talked"}


def test_disagreement_absent_parents_and_untold_children_are_accounted_for() -> None:
    sitting = made(family_agrees="no", fathers="no", child_told="no", lead_asked="no")
    assert sitting.missing() == {"c/agree/differs", "c/agree/fathers_not", "c/agree/child_not", "a/lead/lead_not"}


def test_what_workers_keep_in_mind_never_reaches_the_family() -> None:
    policies = shipped()["plan"].policies
    assert policies["c/harder/minded"]["sensitivity"] == "staff-only"
    for path in ("c/harder/minded", "c/harder/concern", "c/harder/talked"):
        assert policies[path]["export"] == "never-family"


def test_owners_dates_and_agreement_are_never_overruled_in_silence() -> None:
    policies = shipped()["plan"].policies
    for path in ("b/actions/*/action/owner", "b/actions/*/action/by_when", "c/next/review_on", "c/agree/family_agrees"):
        assert (policies[path]["policy"], policies[path]["class"]) == ("ask", "B"), path


def words() -> list[tuple[str, str]]:
    """Every pair of English and Polish words of the definition."""
    pairs: list[tuple[str, str]] = []
    heading: list[str] = []
    for line in (DEFINITIONS / "plan.md").read_text(encoding="utf-8").splitlines():
        cells = [cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]]
        heading = cells if "label" in cells else heading
        told = dict(zip(heading, cells, strict=False))
        for name in ("label", "hint", "constraint_message"):
            if told.get(name) and told[name] != name:
                pairs.append((told[name], told.get(f"{name}::Polish (pl)", "")))
    return [pair for pair in pairs if pair[0]]


def test_every_word_of_the_plan_is_there_in_polish_and_about_as_long() -> None:
    pairs = words()
    assert len(pairs) > 120
    for english, polish in pairs:
        assert polish, english
        assert 0.4 * len(english) - 4 <= len(polish) <= 1.6 * len(english) + 10, (english, polish)
        assert set(re.findall(r"\$\{\w+\}", english)) == set(re.findall(r"\$\{\w+\}", polish)), english


def test_the_plan_can_be_read_in_polish_at_any_time() -> None:
    sitting = made()
    sitting.interview.set_language("Polish (pl)")
    view = sitting.interview.question("c/agree/family_agrees")
    assert view.label == "Czy rodzina zgadza się z tym planem?"
    assert dict(view.choices)["not_today"] == "Nie dzisiaj"
