"""The rules a home-visit note holds: no access, late entries, concerns."""

from __future__ import annotations

from datetime import date

import pytest

from forms.library import shipped
from tests.forms.definitions.sitting import Sitting

VISIT: dict[str, str | list[str]] = {
    "a/when/visit_type": "planned",
    "a/when/visit_on": "2026-03-02",
    "a/when/workers": "Pat Worker",
    "a/when/purpose": "See the new bedroom",
}


def visited(access: str = "yes") -> Sitting:
    """A visit note with or without access."""
    return Sitting("visit").say(VISIT | {"a/when/access": access})


# 16: no access


def test_a_visit_without_access_does_not_count_as_contact_but_is_shown() -> None:
    visit = visited("no")
    assert visit.value("a/when/contact") == "0"
    assert visit.shows("a/no_access/not_seen")
    assert {"a/no_access/tried", "a/no_access/told", "a/no_access/worried"} <= visit.missing()
    assert visit.interview.filed()["a/when/access"] == "no"


def test_a_visit_without_access_asks_nothing_about_the_home() -> None:
    visit = visited("no")
    assert not any(visit.shows(path) for path in ("b/there/present", "c/facts/arrival", "d/done/work"))
    assert "e/meaning/analysis" not in visit.missing()


def test_a_visit_with_access_counts_as_contact() -> None:
    visit = visited()
    assert visit.value("a/when/contact") == "1"
    assert not visit.shows("a/no_access/tried")
    assert {"b/there/present", "c/facts/arrival", "e/meaning/analysis"} <= visit.missing()


def test_a_child_not_seen_needs_a_reason() -> None:
    assert "b/there/not_seen_why" in visited().say({"b/there/child_seen": "no"}).missing()


@pytest.mark.parametrize(("on", "late"), [("2026-02-27", False), ("2026-02-26", True)])
def test_a_note_written_days_later_is_kept_as_a_late_entry(on: str, late: bool) -> None:
    visit = visited().say({"a/when/visit_on": on, "a/when/written_on": "2026-03-02"})
    assert visit.shows("a/when/late") is late


def test_one_leaves_after_one_arrives() -> None:
    visit = visited().say({"a/when/arrived": "14:10", "a/when/left": "13:50"})
    assert "a/when/left" in visit.wrong()
    visit.say({"a/when/left": "15:05"})
    assert "a/when/left" not in visit.wrong()
    assert visit.value("a/when/minutes") == "55"


@pytest.mark.parametrize("concern", ["yes", "unsure"])
def test_a_concern_says_ring_duty_and_asks_whom_it_was_talked_over_with(concern: str) -> None:
    visit = visited().say({"e/meaning/concern": concern})
    assert visit.shows("e/meaning/ring")
    assert "e/meaning/discussed" in visit.missing()


@pytest.mark.parametrize(("score", "asked"), [("9", True), ("8", False)])
def test_a_score_that_moved_by_three_since_the_last_visit_asks_what_changed(score: str, asked: bool) -> None:
    visit = visited().say({"d/done/score_last": "6", "d/done/score": score})
    assert ("d/done/score_changed" in visit.missing()) is asked


def test_a_childs_words_and_third_party_words_stay_out_of_the_room() -> None:
    visit = visited()
    for path in ("c/people/child_said", "c/people/others_said", "c/facts/hazards", "b/there/strangers"):
        assert not visit.interview.question(path).safe_in_room


def test_the_note_has_about_forty_items() -> None:
    asked = [path for path, policy in shipped()["visit"].policies.items() if not policy.get("computed")]
    assert 38 <= len(asked) <= 55


@pytest.mark.parametrize(("written", "late"), [("2026-10-26", False), ("2026-10-27", False), ("2026-10-28", True)])
def test_three_days_are_three_days_though_the_clocks_change_between(written: str, late: bool) -> None:
    sitting = Sitting("visit", today=date(2026, 11, 2)).say(VISIT | {"a/when/access": "yes"})
    sitting.say({"a/when/visit_on": "2026-10-24", "a/when/written_on": written})
    assert sitting.shows("a/when/late") is late
