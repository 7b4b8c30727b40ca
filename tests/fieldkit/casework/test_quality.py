"""The quality meter on assessments that are blank, thin and whole; it never blocks, and labels are only asked about."""

from __future__ import annotations

import pytest

from fieldkit.casework import quality
from fieldkit.casework.quality import MET, MISSING, PARTLY, TITLES, WORDS_FOR
from fieldkit.tui.reading import page_at
from forms.library import shipped
from forms.vocabulary import QUALITIES
from tests.forms.definitions.sitting import Sitting, adult, assessment, child, form

LONG = "She sleeps four hours and falls asleep at her desk twice a week, so she is behind with reading."


def states(sitting: Sitting) -> dict[str, str]:
    """The state of each line of the meter."""
    return {item.name: item.state for item in quality.read(sitting.interview).items}


def test_author_and_meter_know_the_same_names() -> None:
    assert set(TITLES) == QUALITIES


def test_every_line_of_the_meter_is_marked_in_the_assessment() -> None:
    assert {mark.name for told in quality.marks(form("eha")).values() for mark in told} == QUALITIES


def test_a_blank_assessment_is_missing_everything_that_is_asked_so_far() -> None:
    assert states(Sitting("eha")) == {"own-details": MISSING}
    assert set(states(assessment()).values()) == {MISSING}


def test_each_gap_says_where_to_go() -> None:
    sitting = assessment()
    for item in quality.read(sitting.interview).items:
        assert page_at(sitting.interview.pages(), item.go).path.startswith(item.go[:1]), item.name


def test_a_whole_assessment_lacks_nothing() -> None:
    found = quality.read(whole().interview)
    assert {item.name: item.state for item in found.items} == dict.fromkeys(TITLES, MET)
    assert found.line() == "Nothing is thin."
    assert found.labels == ()


def whole() -> Sitting:
    """An assessment in which nothing is thin."""
    sitting = assessment().say({f"a/front/{name}": "x" for name in ("assessor", "role", "agency", "manager")})
    sitting.say({"a/front/phone": "01632 960111", "a/front/email": "a@example.org"})
    row = child(sitting, "Maud", "2018-05-01", l__seen="alone", l__worries="The dark", l__wishes="A lamp")
    sitting.say({f"{row}/l/day": "I get up and nobody is awake", f"{row}/g/body/health": "need"})
    sitting.say({f"{row}/g/body/body_evidence": "School nurse weighed her on Monday"})
    father = adult(sitting, "Jo Ferrow", "father", "elsewhere", "all")
    sitting.say({f"{father}/m/view": "I want to see her more"})
    sitting.say({"d/around/important": "Gran", "m/m_all/network": "yes", "m/m_all/network_how": "Gran, on Tuesdays"})
    sitting.say({"k/ticks/needs": ["health"], "k/proof/ev_health": "Nurse, 3 May, weight"})
    sitting.row("o/actions", {"action/answers_need": "health"})
    sitting.say({f"n/meaning/{name}": LONG for name in ("means", "unchanged", "risks", "protects")})
    return sitting.say({"n/decide/level_why": "One need and a willing family"})


@pytest.mark.parametrize(
    ("seen", "state"), [("alone", MET), ("with_adult", PARTLY), ("no", PARTLY)], ids=["alone", "with an adult", "no"]
)
def test_seen_with_an_adult_is_not_seen_alone(seen: str, state: str) -> None:
    sitting = assessment()
    child(sitting, "Maud", "2018-05-01", l__seen=seen)
    assert states(sitting)["seen-alone"] == state


def test_one_child_heard_of_two_is_partly_and_leads_to_the_other() -> None:
    sitting = assessment()
    said = {"l__day": "I wake up before my mum", "l__worries": "none", "l__wishes": "a dog"}
    child(sitting, "Maud", "2018-05-01", **said)
    other = child(sitting, "Ned", "2016-05-01")
    item = next(each for each in quality.read(sitting.interview).items if each.name == "childs-voice")
    assert (item.state, item.go) == (PARTLY, f"{other}/l/day")
    assert item.why.startswith("3 of 6 written; 3 not yet.")


def test_a_child_who_is_not_born_has_no_voice_to_miss() -> None:
    sitting = assessment()
    child(sitting, "Unborn", "", who__born="expected")
    assert "childs-voice" not in states(sitting)


@pytest.mark.parametrize(
    ("answers", "state"),
    [
        ({}, MISSING),
        ({"m/no_view": "unknown"}, PARTLY),
        ({"m/view": "No"}, PARTLY),
        ({"m/view": "I want Tuesdays"}, MET),
    ],
    ids=["nothing", "a reason", "a word", "his view"],
)
def test_a_father_who_is_known_is_heard_or_accounted_for(answers: dict[str, str], state: str) -> None:
    sitting = assessment()
    adult(sitting, "May Ferrow", "mother", "here", "all")
    row = adult(sitting, "Jo Ferrow", "father", "elsewhere", "all")
    sitting.say({f"{row}/{path}": raw for path, raw in answers.items()})
    assert states(sitting)["father"] == state


def test_a_mother_alone_leaves_the_father_missing() -> None:
    sitting = assessment()
    row = adult(sitting, "May Ferrow", "mother", "here", "all")
    sitting.say({f"{row}/m/view": "I am tired and glad of help"})
    assert states(sitting)["father"] == MISSING


def test_a_need_without_action_is_a_gap_until_it_has_one_or_a_reason() -> None:
    sitting = assessment().say({"k/ticks/needs": ["health", "money"]})
    assert states(sitting)["plan-for-need"] == PARTLY
    sitting.row("o/actions", {"action/answers_need": "health"})
    assert states(sitting)["plan-for-need"] == PARTLY
    sitting.say({"k/notnow/no_money": "Not now: they want to begin with sleep"})
    assert states(sitting)["plan-for-need"] == MET


def test_a_reason_from_the_five_is_partly_never_met() -> None:
    sitting = assessment()
    sitting.interview.not_recorded("d/around/important", "not-asked")
    assert states(sitting)["extended-family"] == PARTLY


def test_few_words_of_analysis_are_partly() -> None:
    sitting = assessment().say({f"n/meaning/{name}": "Bad" for name in ("means", "unchanged", "risks", "protects")})
    assert states(sitting)["analysis"] == PARTLY


def test_the_meter_never_blocks_and_never_counts_up_to_a_number() -> None:
    sitting = assessment()
    before = sitting.interview.violations()
    found = quality.read(sitting.interview)
    assert sitting.interview.violations() == before
    assert not any(isinstance(value, int | float) for item in found.items for value in (item.state, item.why))


LABELLED: tuple[tuple[str, list[str]], ...] = (
    ("The home is chaotic and mother is Hard to Reach.", ["chaotic", "hard to reach"]),
    ("Mother said “they call me chaotic”.", []),
    ('School wrote "disengaged".', []),
    ("Clothes on the stairs; no food in the fridge at five.", []),
    ("Chaotically told", []),
    ("Neglectful. Neglectful!", ["neglectful"]),
)


@pytest.mark.parametrize(("words", "told"), LABELLED)
def test_labels_are_asked_about_and_quotations_left_alone(words: str, told: list[str]) -> None:
    found = quality.read(assessment().say({"f/past/happened": words}).interview).labels
    assert [each.word for each in found] == told
    assert all(each.path == "f/past/happened" and each.ask == WORDS_FOR[each.word] for each in found)


def test_a_childs_own_words_are_never_corrected() -> None:
    sitting = assessment()
    child(sitting, "Maud", "2018-05-01", l__day="It is chaotic at home")
    assert quality.read(sitting.interview).labels == ()


def test_no_answer_stands_in_what_the_meter_shows_of_itself() -> None:
    found = quality.read(whole().say({"f/past/happened": "The home is chaotic and cold"}).interview)
    assert "cold" not in repr(found)
    assert "chaotic" not in repr(found)


@pytest.mark.parametrize("name", sorted(shipped()))
def test_every_shipped_form_can_be_read_by_the_meter(name: str) -> None:
    found = quality.read(Sitting(name).interview)
    assert {item.name for item in found.items} <= {m.name for told in quality.marks(form(name)).values() for m in told}


MARKED = {
    "visit": {"seen-alone", "childs-voice", "analysis"},
    "review": {"childs-voice", "father", "plan-for-need", "evidence", "analysis"},
    "closure": {"evidence", "childs-voice", "extended-family"},
    "referral": {"own-details", "childs-voice", "evidence", "analysis"},
    "plan": {"own-details", "childs-voice", "father", "extended-family", "evidence", "plan-for-need"},
}


@pytest.mark.parametrize("name", sorted(MARKED))
def test_the_meter_asks_of_each_form_what_belongs_to_it(name: str) -> None:
    assert {mark.name for told in quality.marks(form(name)).values() for mark in told} == MARKED[name]


@pytest.mark.parametrize(("fathers", "state"), [("yes", MET), ("none", MET), ("some", PARTLY), ("no", PARTLY)])
def test_a_review_in_which_fathers_were_not_asked_is_thin_even_with_a_reason(fathers: str, state: str) -> None:
    sitting = Sitting("review").say({"a/heard/fathers": fathers})
    assert states(sitting)["father"] == state


def test_a_visit_without_children_in_the_family_misses_no_child() -> None:
    sitting = Sitting("visit").say({"a/when/access": "yes", "b/there/child_seen": "none"})
    assert states(sitting)["seen-alone"] == MET
