"""Every rule of the work that an Early Help Assessment itself can hold, one test or more for each."""

from __future__ import annotations

import pytest

from forms.library import shipped
from tests.forms.definitions.sitting import AGREED, NOTICE, Sitting, adult, assessment, child, form

PARTS_B_TO_O = (
    "d/homes_page/address",
    "e/lead/lead_name",
    "f/past/happened",
    "g/g_all/siblings",
    "h/h_all/together",
    "i/family/functioning",
    "j/overall/safe_worker",
    "k/ticks/needs",
    "m/m_all/network",
    "n/meaning/means",
    "o/review/contingency",
)


# 1: urgent risk


def test_urgent_risk_says_ring_duty_and_parks_but_never_blocks() -> None:
    visit = assessment()
    before = visit.missing()
    visit.say({"a/danger/urgent": "yes"})
    assert visit.shows("a/danger/ring_duty")
    assert visit.shows("a/danger/step_up")
    assert visit.value("a/danger/parked") == "1"
    assert visit.missing() <= before
    assert all(visit.shows(path) for path in PARTS_B_TO_O)


def test_the_reminder_to_phone_stays_until_the_call_time_is_filled() -> None:
    visit = assessment().say({"a/danger/urgent": "yes"})
    assert visit.value("a/danger/phone_reminder") == "1"
    visit.say({"a/danger/phoned_at": "15:40"})
    assert visit.value("a/danger/phone_reminder") == "0"


def test_the_time_of_the_call_is_never_required() -> None:
    visit = assessment().say({"a/danger/urgent": "yes"})
    assert not visit.interview.question("a/danger/phoned_at").required


# 2: the index


def test_an_open_assessment_in_the_index_shows_the_lead_to_ring() -> None:
    visit = assessment().say({"a/index/lead_known": "Orla Tamsin, 01632 960111", "a/index/result": "open_eha"})
    assert visit.shows("a/index/lead_note")
    assert "Orla Tamsin, 01632 960111" in visit.interview.question("a/index/lead_note").label


def test_going_on_beside_an_open_assessment_needs_a_contribution_or_a_reason() -> None:
    visit = assessment().say({"a/index/result": "open_eha"})
    assert "a/index/go_on" in visit.missing()
    visit.say({"a/index/go_on": "reason"})
    assert "a/index/go_on_why" in visit.missing()
    visit.say({"a/index/go_on": "contribution"})
    assert not {"a/index/go_on", "a/index/go_on_why"} & visit.missing()


def test_an_empty_index_asks_no_reason() -> None:
    assert not assessment().say({"a/index/result": "none"}).shows("a/index/go_on")


# 3: the child's voice by age


def test_a_child_under_three_is_heard_by_observation_only() -> None:
    visit = assessment()
    toddler = child(visit, "Wren", "2024-05-01", l__seen="alone", l__tool="talk")
    assert f"{toddler}/l/tool" in visit.wrong()
    assert visit.shows(f"{toddler}/l/under3")
    visit.say({f"{toddler}/l/tool": "observation"})
    assert f"{toddler}/l/tool" not in visit.wrong()


def test_a_young_person_of_sixteen_is_asked_for_their_own_agreement() -> None:
    visit = assessment()
    teenager = child(visit, "Ash", "2010-03-02")
    assert visit.value(f"{teenager}/age") == "16"
    assert f"{teenager}/own/own_agree" in visit.missing()
    assert not visit.shows(f"{teenager}/own/ask_competence")


def test_from_thirteen_to_fifteen_competence_is_offered_not_demanded() -> None:
    visit = assessment()
    teenager = child(visit, "Ash", "2012-03-03")
    assert visit.value(f"{teenager}/age") == "13"
    assert visit.shows(f"{teenager}/own/ask_competence")
    assert f"{teenager}/own/ask_competence" not in visit.missing()
    assert not visit.shows(f"{teenager}/own/own_agree")


# 4: nobody with parental responsibility


def test_without_parental_responsibility_the_signature_page_demands_an_explanation() -> None:
    visit = assessment()
    aunt = adult(visit, "Dot Ferrow", "aunt", "here", "none")
    assert "p/agreement/no_pr" in visit.missing()
    visit.say({f"{aunt}/id/pr": "some"})
    assert not visit.shows("p/agreement/no_pr")


# 5: a father who lives elsewhere


def test_a_father_elsewhere_with_no_view_needs_a_reason() -> None:
    visit = assessment()
    father = adult(visit, "Col Ferrow", "father", "elsewhere", "all")
    assert f"{father}/m/no_view" in visit.missing()
    visit.say({f"{father}/m/no_view": "unsafe"})
    assert f"{father}/m/no_view" not in visit.missing()
    assert f"{father}/m/no_view_words" in visit.missing()


def test_a_father_elsewhere_whose_view_is_written_needs_none() -> None:
    visit = assessment()
    father = adult(visit, "Col Ferrow", "father", "elsewhere", "all")
    visit.say({f"{father}/m/view": "He would like to see them more."})
    assert not visit.shows(f"{father}/m/no_view")


def test_a_father_at_home_is_not_demanded_a_reason() -> None:
    visit = assessment()
    father = adult(visit, "Col Ferrow", "father", "here", "all")
    assert f"{father}/m/no_view" not in visit.missing()


# 6: domestic abuse


def test_domestic_abuse_is_asked_only_after_alone_and_safe() -> None:
    visit = assessment()
    mother = adult(visit, "Maud Ferrow", "mother", "here", "all")
    assert not visit.shows(f"{mother}/da/abuse")
    visit.say({f"{mother}/da/alone_safe": "no"})
    assert not visit.shows(f"{mother}/da/abuse")
    visit.say({f"{mother}/da/alone_safe": "yes"})
    assert visit.shows(f"{mother}/da/abuse")


@pytest.mark.parametrize("name", ["abuse", "abuse_words", "abuse_role"])
def test_domestic_abuse_is_restricted_hidden_from_the_room_and_never_on_a_family_copy(name: str) -> None:
    visit = assessment()
    mother = adult(visit, "Maud Ferrow", "mother", "here", "all")
    question = visit.interview.question(f"{mother}/da/{name}")
    assert question.klass == "restricted"
    assert not question.safe_in_room
    assert shipped()["eha"].policies[f"c/adults/*/da/{name}"]["export"] == "never-family"


def test_a_safeguarding_answer_stays_on_filing_when_it_is_no_longer_asked() -> None:
    visit = assessment()
    mother = adult(visit, "Maud Ferrow", "mother", "here", "all")
    visit.say({f"{mother}/da/alone_safe": "yes", f"{mother}/da/abuse": "now"})
    visit.say({f"{mother}/da/alone_safe": "no"})
    assert visit.interview.filed()[f"{mother}/da/abuse"] == "now"


# 7: every need has an action, or a reason


def test_each_need_has_an_action_or_says_not_now_because() -> None:
    visit = assessment().say({"k/ticks/needs": ["housing", "money"]})
    assert {"k/notnow/no_housing", "k/notnow/no_money"} <= visit.missing()
    visit.row("o/actions", {"action/goal": "A dry bedroom", "action/answers_need": "housing"})
    assert "k/notnow/no_housing" not in visit.missing()
    assert "k/notnow/no_money" in visit.missing()
    visit.say({"k/notnow/no_money": "They want to sort the home first."})
    assert "k/notnow/no_money" not in visit.missing()


def test_each_need_asks_for_its_evidence() -> None:
    visit = assessment().say({"k/ticks/needs": ["housing"]})
    assert "k/proof/ev_housing" in visit.missing()
    assert not visit.shows("k/proof/ev_money")


def test_no_need_cannot_stand_beside_a_need() -> None:
    assert "k/ticks/needs" in assessment().say({"k/ticks/needs": ["none", "money"]}).wrong()


# 8: who owns an action


@pytest.mark.parametrize("owner", ["Maud Ferrow", "Ash Ferrow", "Ines Calder", "Pat Worker", "Lee Directory"])
def test_an_action_is_owned_by_somebody_the_assessment_knows(owner: str) -> None:
    visit = assessment().say({"a/front/assessor": "Pat Worker", "a/index/directory": ";Lee Directory;Mo Other;"})
    adult(visit, "Maud Ferrow", "mother", "here", "all")
    child(visit, "Ash", "2010-03-02")
    visit.row("e/agencies", {"help/agency_name": "Larkfield Surgery", "help/worker": "Ines Calder"})
    action = visit.row("o/actions", {"action/owner": owner})
    assert f"{action}/action/owner" not in visit.wrong()


def test_an_action_owned_by_a_stranger_is_questioned() -> None:
    visit = assessment()
    adult(visit, "Maud Ferrow", "mother", "here", "all")
    action = visit.row("o/actions", {"action/owner": "Somebody Else"})
    assert "Somebody named in part B" in visit.wrong()[f"{action}/action/owner"]


# 9: not born yet


def test_an_unborn_child_has_an_expected_date_and_no_birth_date() -> None:
    visit = assessment()
    baby = visit.row("b/children", {"who/surname": "Ferrow", "who/born": "expected", "home/homes": "one"})
    assert not visit.shows(f"{baby}/who/dob")
    assert f"{baby}/who/expected" in visit.missing()
    assert visit.value(f"{baby}/name") == "Unborn [Ferrow]"


def test_a_birth_keeps_the_same_row() -> None:
    visit = assessment()
    baby = visit.row(
        "b/children",
        {"who/surname": "Ferrow", "who/born": "expected", "who/expected": "2026-03-20", "home/homes": "one"},
    )
    visit.say({f"{baby}/who/born": "born", f"{baby}/who/given": "Lark", f"{baby}/who/dob": "2026-03-01"})
    assert visit.value(f"{baby}/name") == "Lark Ferrow"
    assert visit.value(f"{baby}/age") == "0"
    assert f"{baby}/who/expected" not in visit.missing()


# 10: two homes


def test_letters_and_safety_follow_the_chosen_home() -> None:
    visit = assessment().say(
        {
            "d/homes_page/address": "1 Alder Row",
            "d/homes_page/address_safe": "yes",
            "d/homes_page/second_address": "9 Birch Yard",
            "d/homes_page/second_safe": "no",
        }
    )
    ash = child(visit, "Ash", "2012-03-03", home__homes="two", home__letters_home="first")
    assert (visit.value(f"{ash}/home/letters_to"), visit.value(f"{ash}/home/letters_safe")) == ("1 Alder Row", "yes")
    visit.say({f"{ash}/home/letters_home": "second"})
    assert (visit.value(f"{ash}/home/letters_to"), visit.value(f"{ash}/home/letters_safe")) == ("9 Birch Yard", "no")
    assert visit.shows(f"{ash}/home/letters_note")


def test_letters_held_at_the_centre_go_to_no_home() -> None:
    visit = assessment().say({"d/homes_page/address": "1 Alder Row", "d/homes_page/address_safe": "yes"})
    ash = child(visit, "Ash", "2012-03-03", home__homes="two", home__letters_home="neither")
    assert visit.value(f"{ash}/home/letters_to") in (None, "")
    assert visit.value(f"{ash}/home/letters_safe") == "no"


# 11: permission refused


def test_a_refused_agency_cannot_be_invited_and_the_impact_is_written() -> None:
    visit = assessment()
    agency = visit.row(
        "e/agencies",
        {
            "help/agency_name": "Larkfield Surgery",
            "help/worker": "Ines Calder",
            "share/permission": "no",
            "share/invite": "yes",
        },
    )
    assert f"{agency}/share/invite" in visit.wrong()
    assert f"{agency}/share/impact" in visit.missing()
    visit.say({f"{agency}/share/permission": "yes"})
    assert f"{agency}/share/invite" not in visit.wrong()


def test_an_action_of_a_refused_agency_is_flagged() -> None:
    visit = assessment()
    agency = visit.row("e/agencies", {"help/agency_name": "Larkfield Surgery", "help/worker": "Ines Calder"})
    action = visit.row("o/actions", {"action/owner": "Ines Calder"})
    assert not visit.shows(f"{action}/refused_note")
    visit.say({f"{agency}/share/permission": "no"})
    assert visit.value(f"{action}/owner_refused") == "1"
    assert visit.shows(f"{action}/refused_note")


# 12: a score that moved


@pytest.mark.parametrize(("now", "asked"), [("8", True), ("7", False), ("2", True), ("3", False)])
def test_a_score_that_moved_by_three_asks_what_changed(now: str, asked: bool) -> None:
    visit = assessment().say({"j/overall/safe_last": "5", "j/overall/safe_worker": now})
    assert ("j/overall/changed" in visit.missing()) is asked


def test_a_first_score_asks_nothing_about_change() -> None:
    assert not assessment().say({"j/overall/safe_worker": "9"}).shows("j/overall/changed")


def test_every_voice_says_why_that_number() -> None:
    visit = assessment().say({"j/overall/safe_worker": "5", "j/overall/safe_parent": "7"})
    ash = child(visit, "Ash", "2016-03-03", own__child_score="4")
    assert {"j/overall/safe_worker_why", "j/overall/safe_parent_why"} <= visit.missing()
    assert visit.shows(f"{ash}/own/child_score_why")


# 13: ages from the corrected date


def test_age_and_school_year_follow_the_corrected_date_not_the_laptop() -> None:
    visit = Sitting("eha").say(AGREED | {"a/front/started": "2025-08-31"})
    ash = child(visit, "Ash", "2020-09-01")
    assert [visit.value(f"{ash}/{name}") for name in ("age", "under5", "school_year_name")] == [
        "4",
        "1",
        "before school",
    ]
    visit.say({"a/front/started": "2025-09-01"})
    assert [visit.value(f"{ash}/{name}") for name in ("age", "under5", "school_year_name")] == ["5", "0", "Reception"]


@pytest.mark.parametrize(
    ("dob", "year"),
    [("2020-08-31", "Year 1"), ("2009-09-01", "Year 11"), ("2008-01-15", "Year 13"), ("2024-01-01", "before school")],
)
def test_school_years_turn_in_september(dob: str, year: str) -> None:
    visit = assessment()
    assert visit.value(f"{child(visit, 'Ash', dob)}/school_year_name") == year


# 14: the wording that is signed


def test_the_wording_signed_is_named_in_what_is_filed() -> None:
    assert assessment().interview.filed()["p/signing/wording"] == "eha-2026.1-a"


@pytest.mark.parametrize("how", ["drawn", "typed", "paper", "witnessed", "phone", "email", "participation", "referral"])
def test_every_kind_of_evidence_is_enough(how: str) -> None:
    visit = assessment().say({"p/signing/p_evidence": how, "p/signing/p_name": "Maud Ferrow, mother"})
    assert (
        not {"p/signing/p_evidence", "p/signing/p_name", "p/signing/p_signature", "p/signing/p_not"} & visit.missing()
    )


def test_not_today_is_an_ordinary_answer_with_a_reason() -> None:
    visit = assessment().say({"p/signing/p_evidence": "not_today"})
    assert "p/signing/p_not" in visit.missing()
    assert "p/signing/p_name" not in visit.missing()


# 15: the review


def test_the_review_stands_six_weeks_after_the_decision() -> None:
    visit = assessment().say({"n/decide/decision": "taf", "n/decide/decided": "2026-03-02"})
    assert visit.value("o/review/review_on") == "2026-04-13"


def test_a_review_a_worker_chose_is_kept() -> None:
    visit = assessment().say(
        {"n/decide/decision": "taf", "o/review/review_on": "2026-03-20", "n/decide/decided": "2026-03-02"}
    )
    assert visit.value("o/review/review_on") == "2026-03-20"


@pytest.mark.parametrize(("on", "warned"), [("2026-05-25", False), ("2026-05-26", True)])
def test_a_review_beyond_twelve_weeks_is_warned_of_not_refused(on: str, warned: bool) -> None:
    visit = assessment().say({"n/decide/decision": "taf", "n/decide/decided": "2026-03-02", "o/review/review_on": on})
    assert visit.shows("o/review/review_late") is warned
    assert "o/review/review_on" not in visit.wrong()


# 17: staff only


def test_hazards_are_for_staff_only() -> None:
    question = assessment().interview.question("d/around/hazards")
    assert (question.klass, question.safe_in_room) == ("staff-only", False)
    assert shipped()["eha"].policies["d/around/hazards"]["export"] == "never-family"


# 18: needs, never programme outcomes


def test_part_k_holds_needs_and_nothing_of_a_programme() -> None:
    names = " ".join(shipped()["eha"].policies).lower()
    assert not any(word in names for word in ("eligib", "programme", "outcome", "claim", "nino"))


# 19: the notice and agreement to begin


def test_parts_b_to_o_stay_closed_until_agreement_to_begin() -> None:
    visit = Sitting("eha").say(NOTICE)
    assert not any(visit.shows(path) for path in PARTS_B_TO_O)
    visit.say({"a/begin/agree": "yes"})
    assert all(visit.shows(path) for path in PARTS_B_TO_O)


@pytest.mark.parametrize("answer", ["no", "not_today"])
def test_a_refusal_or_not_today_keeps_them_closed(answer: str) -> None:
    visit = Sitting("eha").say(NOTICE | {"a/begin/agree": answer})
    assert not any(visit.shows(path) for path in PARTS_B_TO_O)


def test_a_recorded_reason_opens_them() -> None:
    visit = Sitting("eha").say(NOTICE | {"a/begin/agree": "reason", "a/begin/why_begin": "duty"})
    assert not visit.shows("f/past/happened")
    visit.say({"a/begin/why_words": "Asked to find out by the court."})
    assert visit.shows("f/past/happened")


@pytest.mark.parametrize("path", ["a/notice/version", "a/notice/to_whom", "a/notice/language"])
def test_the_notice_says_which_version_to_whom_and_in_which_language(path: str) -> None:
    assert path in Sitting("eha").missing()


def test_the_safeguarding_limit_is_always_explained() -> None:
    assert "a/notice/explained" in Sitting("eha").say({"a/notice/explained": ["record", "who"]}).wrong()


# 20: a birth mother, and the children a parent signs for


def test_a_birth_mother_has_parental_responsibility() -> None:
    visit = assessment()
    mother = adult(visit, "Maud Ferrow", "mother", "here", "none")
    assert "by birth" in visit.wrong()[f"{mother}/id/pr"]
    visit.say({f"{mother}/id/pr": "ended"})
    assert f"{mother}/id/pr" not in visit.wrong()


def test_a_parent_sees_each_childs_age_and_whether_they_were_asked() -> None:
    visit = assessment()
    child(visit, "Ash", "2012-03-03", own__asked="yes")
    child(visit, "Wren", "2024-05-01")
    told = visit.interview.question("p/agreement/children_here").label
    assert "Ash Ferrow, 13, was asked" in told
    assert "Wren Ferrow, 1, was not asked" in told


# what the rules stand on


def test_the_five_not_recorded_codes_satisfy_required_and_stay_themselves() -> None:
    visit = assessment()
    codes = ("not-asked", "not-known", "prefers-not-to-say", "not-applicable", "not-safe-to-ask-now")
    for code in codes:
        visit.interview.not_recorded("f/past/happened", code)
        assert visit.value("f/past/happened@not-recorded") == code
        assert "f/past/happened" not in visit.missing()


def test_every_part_from_a_to_p_is_there() -> None:
    parts = {path.split("/")[0] for path in shipped()["eha"].policies}
    assert parts >= set("abcdefghijklmnop")


def test_the_assessment_names_itself() -> None:
    assert (form("eha").id, form("eha").version) == ("eha", "2026.1")
