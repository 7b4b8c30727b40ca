"""From a kitchen table to the central record: the whole main job on real parts, verb by verb."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from fieldkit.casework import evidence
from fieldkit.commands.practice.council import answers
from fieldkit.errors import AnswersNotValid, CentralAway, NotEnrolled, Refused
from fieldkit.workspace import Workspace, create_workspace
from fieldkit.workspace.drafting import OpenDraft
from fieldkit.workspace.views import Evidence, Giver, PersonDetails
from tests.central_fixture import RunningCentral
from tests.trips.conftest import Laptops

STATEMENT = "I have read it and I agree."


def fill(draft: OpenDraft, told: dict[str, Any]) -> None:
    for path, answer in told.items():
        if isinstance(answer, list) and isinstance(answer[0], dict):
            for row in answer:
                at = draft.add_row(path)
                fill(draft, {f"{at}/{name}": value for name, value in row.items()})
        else:
            draft.answer(path, answer)


def filed(laptop: Workspace, form: str, family: str) -> str:
    begun = laptop.begin(form, family, carry=False)
    fill(laptop.draft(begun), json.loads(answers(form)))
    return laptop.file(begun)


def family(laptop: Workspace) -> str:
    made = laptop.add_family("Okafor", risk_level="low", postcode="WY1 2AB")
    laptop.add_person(made, PersonDetails(given="Ngozi", surname="Okafor", dob="1992-04-01", relation="mother"))
    laptop.add_person(made, PersonDetails(given="Ada", surname="Okafor", dob="2024-06-02", relation="child"))
    return made


def shared(laptops: Laptops, central: RunningCentral) -> tuple[Workspace, Workspace, str]:
    asha, marek = laptops.of("Asha Patel"), laptops.of("Marek Nowak", "centre")
    home = family(asha)
    asha.sync()
    central.grant("Marek Nowak", f"family:{home}")
    marek.sync()
    return asha, marek, home


def test_an_assessment_travels_from_one_laptop_to_another(laptops: Laptops, central: RunningCentral) -> None:
    asha, marek, home = shared(laptops, central)
    record = filed(asha, "eha", home)
    asha.sync()
    marek.sync()
    assert marek.record(record).state == asha.record(record).state
    assert [row.title for row in marek.family(home).assessments] == ["Early Help Assessment"]
    assert asha.family(home).assessments[0].state == "confirmed"


def test_nothing_is_captured_before_enrolment(laptops: Laptops) -> None:
    loose = create_workspace(laptops.folder / "loose", "x" * 20, clock=laptops.clock)
    with pytest.raises(NotEnrolled):
        loose.add_family("Okafor")
    loose.close()


def test_a_draft_is_there_again_and_goes_on_where_it_was(laptops: Laptops) -> None:
    asha = laptops.of("Asha Patel")
    home = family(asha)
    begun = asha.begin("eha", home)
    draft = asha.draft(begun)
    fill(draft, {"a/notice/to_whom": "Ngozi", "b/children": [{"who/given": "Ada"}]})
    draft.not_recorded("a/why/came", "not-asked")
    asha = laptops.again(asha)
    again = asha.draft(begun).interview
    row = next(path for path in again.values() if path.endswith("who/given"))
    assert again.question("a/notice/to_whom").value == "Ngozi"
    assert again.question(row).value == "Ada"
    assert again.question("a/why/came").not_recorded == "not-asked"


def test_a_form_with_answers_missing_is_not_filed_and_names_places_never_answers(laptops: Laptops) -> None:
    asha = laptops.of("Asha Patel")
    begun = asha.begin("eha", family(asha))
    asha.draft(begun).answer("a/notice/to_whom", "the canary")
    with pytest.raises(AnswersNotValid) as told:
        asha.file(begun)
    assert any(path == "a/notice/version" for path, _ in told.value.places)
    assert "canary" not in str(told.value) + told.value.cure + repr(told.value)
    assert asha.draft(begun).interview.question("a/notice/to_whom").value == "the canary"


def test_what_is_typed_is_cleaned_at_entry_and_kept_otherwise_letter_for_letter(laptops: Laptops) -> None:
    asha = laptops.of("Asha Patel")
    draft = asha.draft(asha.begin("visit", family(asha)))
    draft.answer("a/when/purpose", "Unborn [Smith] \x1b]52;c;eA==\x07 \u202eevil <b> 'Núñez'\r\nnext")
    assert draft.interview.question("a/when/purpose").value == "Unborn [Smith] ]52;c;eA== evil <b> 'Núñez'\nnext"


def test_central_away_marks_nothing_sent(laptops: Laptops, unreachable: Callable[[Workspace], None]) -> None:
    asha = laptops.of("Asha Patel")
    family(asha)
    unreachable(asha)
    with pytest.raises(CentralAway):
        asha.sync()
    assert asha.status().waiting == 3
    filed(asha, "visit", asha.families()[0].id)


def test_a_sync_goes_on_by_itself_when_central_is_back(
    laptops: Laptops, unreachable: Callable[[Workspace], None]
) -> None:
    asha = laptops.of("Asha Patel")
    family(asha)
    central, waits, steps = asha.store.meta("central_url"), [], []
    unreachable(asha)

    def pause(seconds: float) -> bool:
        waits.append(seconds)
        asha.store.set_meta("central_url", central or "")
        return True

    asha.pause = pause
    assert asha.sync(lambda step: steps.append(step.step)).pushed == 3
    assert (len(waits), steps[0]) == (1, "wait")
    assert asha.status().waiting == 0


def test_a_signature_binds_the_exact_text_and_answers_and_later_edits_show(laptops: Laptops) -> None:
    asha = laptops.of("Asha Patel")
    record = filed(asha, "eha", family(asha))
    frozen = asha.freeze(record, Giver("Ngozi Okafor", "mother"))
    assert "A calm morning and a full night" in frozen.text
    asha.sign(frozen, Evidence("typed", "Ngozi Okafor", "mother", STATEMENT))
    sealed = asha.bundles_of(record)[0]
    assert evidence.is_whole(sealed)
    assert not evidence.is_whole(sealed.replace("calm morning", "calm evening"))
    assert not any(each.changed_after_signing for each in asha.show(record).fields)
    asha.edit(record, {"f/hopes/family_hopes": "Something else."})
    assert [each.path for each in asha.show(record).fields if each.changed_after_signing] == ["f/hopes/family_hopes"]
    assert asha.verify() == []


@pytest.mark.parametrize(
    ("given", "lacks"),
    [
        (Evidence("drawn"), "drawn"),
        (Evidence("typed", "Ngozi"), "statement"),
        (Evidence("witnessed", "Ngozi", statement="yes"), "witness"),
        (Evidence("paper", "Ngozi"), "kept"),
        (Evidence("balloon", "Ngozi"), "no kind"),
    ],
)
def test_evidence_that_is_not_whole_is_refused(laptops: Laptops, given: Evidence, lacks: str) -> None:
    asha = laptops.of("Asha Patel")
    record = filed(asha, "agreement", family(asha))
    with pytest.raises(Refused, match=lacks):
        asha.sign(asha.freeze(record, Giver("Ngozi")), given)


def test_every_kind_of_evidence_is_sealed_alike_and_a_refusal_is_no_agreement(laptops: Laptops) -> None:
    asha = laptops.of("Asha Patel")
    record = filed(asha, "agreement", family(asha))
    frozen = asha.freeze(record, Giver("Ngozi"))
    stroke = [[[1.0, 2.0, 0.0], [3.0, 4.0, 0.1]]]
    kinds = [
        Evidence("drawn", strokes=stroke),
        Evidence("typed", "Ngozi", statement=STATEMENT),
        Evidence("paper", "Ngozi", place="locked cabinet 3"),
        Evidence("witnessed", "Ngozi", statement="Yes", witness="Carys Evans"),
        Evidence("phone", "Ngozi", statement="read back", interpreter="Leyla Aydin"),
        Evidence("participation", "Ngozi"),
        Evidence("referral", "Ngozi"),
        Evidence("refused", "Ngozi"),
        Evidence("not-today", "Ngozi"),
    ]
    for kind in kinds:
        asha.sign(frozen, kind)
    bundles = [each.state for each in asha.records_of("signature")]
    assert all(evidence.is_whole(str(state["bundle"])) for state in bundles)
    assert sorted(str(s["method"]) for s in bundles if s["agreed"] == "no") == ["not-today", "refused"]


def test_the_same_field_on_two_laptops_becomes_a_card_on_both_and_two_people_lower_it(
    laptops: Laptops, central: RunningCentral
) -> None:
    asha, marek, home = shared(laptops, central)
    asha.edit(home, {"risk_level": "medium"})
    marek.edit(home, {"risk_level": "high", "next_visit": "2026-11-24"})
    marek.sync()
    asha.sync()
    marek.sync()
    cards = [laptop.conflict(laptop.conflicts()[0].id) for laptop in (asha, marek)]
    assert {card.was for card in cards} == {"low"}
    assert all({side.value_text for side in card.sides} == {"medium", "high"} for card in cards)
    assert asha.family(home).risk == "high"
    assert asha.record(home).state["next_visit"] == "2026-11-24"
    assert asha.resolve(cards[0].id, "mine", "Seen today").state == "proposed"
    asha.sync()
    assert asha.family(home).risk == "high"
    with pytest.raises(Refused):
        asha.resolve(cards[0].id, "mine", " ")
    carys = laptops.of("Carys Evans", "lead")
    central.grant("Carys Evans", f"family:{home}")
    carys.sync()
    row = next(side.row for side in carys.conflict(cards[0].id).sides if side.value_text == "medium")
    assert carys.resolve(cards[0].id, row, "Agreed").state == "applied"
    carys.sync()
    asha.sync()
    assert asha.family(home).risk == "medium"
    assert asha.conflicts() == []


def test_one_person_cannot_second_their_own_proposal(laptops: Laptops, central: RunningCentral) -> None:
    asha, marek, home = shared(laptops, central)
    asha.edit(home, {"risk_level": "medium"})
    marek.edit(home, {"risk_level": "high"})
    marek.sync()
    asha.sync()
    card = asha.conflicts()[0].id
    asha.resolve(card, "mine", "Seen today")
    asha.sync()
    asha.resolve(card, "mine", "Still so")
    report = asha.sync()
    assert report.parked == 1
    assert asha.family(home).risk == "high"


def test_a_concern_stays_unread_until_somebody_else_says_so(laptops: Laptops, central: RunningCentral) -> None:
    asha, marek, home = shared(laptops, central)
    raised = asha.concern(home, "Ada", "Told of shouting at night.", True)
    assert asha.today().concerns[0].state == "waiting"
    asha.sync()
    assert asha.today().concerns[0].state == "confirmed"
    with pytest.raises(Refused):
        asha.acknowledge(raised, "I read it myself")
    marek.sync()
    marek.acknowledge(raised, "Read, ringing now")
    marek.sync()
    asha.sync()
    assert (asha.today().concerns[0].state, asha.today().concerns[0].read_by) == ("read", "Marek Nowak")


def test_with_somebody_in_the_room_other_families_and_what_is_told_alone_are_gone(laptops: Laptops) -> None:
    asha = laptops.of("Asha Patel")
    home = family(asha)
    asha.add_family("Secretive")
    draft = asha.draft(asha.begin("eha", home))
    alone = draft.interview.question("a/danger/urgent")
    asha.start_visit(home, ["Ngozi"])
    assert asha.find("secretive") == []
    assert [found.family for found in asha.find("okafor")] == [home] * 3
    assert not draft.visible(alone)
    assert asha.today().conflicts == ()
    asha.end_visit()
    assert draft.visible(alone)
    assert len(asha.find("secretive")) == 1


def test_a_sync_with_nothing_to_do_is_one_request(laptops: Laptops) -> None:
    asha = laptops.of("Asha Patel")
    family(asha)
    asha.sync()
    assert asha.sync().requests == 1


def test_a_family_that_was_not_granted_is_not_on_the_laptop(laptops: Laptops) -> None:
    asha, marek = laptops.of("Asha Patel"), laptops.of("Marek Nowak", "centre")
    family(asha)
    asha.sync()
    marek.sync()
    assert marek.families() == []
    assert marek.find("okafor") == []


def test_a_revoked_laptop_is_told_so_and_keeps_its_work(laptops: Laptops, central: RunningCentral) -> None:
    asha = laptops.of("Asha Patel")
    family(asha)
    central.revoke(asha.me.device)
    with pytest.raises(Refused, match="taken out of use"):
        asha.sync()
    assert asha.status().waiting == 3


def test_the_pin_is_spent_after_five_tries(laptops: Laptops) -> None:
    from fieldkit.errors import PinSpent

    asha = laptops.of("Asha Patel")
    asha.set_pin("2468")
    assert asha.try_pin("2468")
    assert [asha.try_pin("0000") for _ in range(4)] == [False] * 4
    with pytest.raises(PinSpent):
        asha.try_pin("0000")
    with pytest.raises(PinSpent):
        asha.try_pin("2468")


def test_a_conflict_about_a_form_is_told_in_the_forms_words(laptops: Laptops, central: RunningCentral) -> None:
    asha, marek, home = shared(laptops, central)
    record = filed(asha, "eha", home)
    asha.sync()
    marek.sync()
    asha.edit(record, {"n/decide/level": "2", "f/strong/strengths": "Asha saw them laugh."})
    asha.edit(record, {"n/decide/level": "1"})
    marek.edit(record, {"n/decide/level": "3"})
    marek.sync()
    asha.sync()
    cards = [asha.conflict(row.id) for row in asha.conflicts()]
    level = next(card for card in cards if card.field_label == "Level of need")
    assert all(side.value_text[:1].isdigit() and len(side.value_text) > 4 for side in level.sides)
    assert level.shown == next(side.value_text for side in level.sides if side.value_text.startswith("3"))


def test_a_decision_that_waits_to_be_sent_is_not_asked_for_again(laptops: Laptops, central: RunningCentral) -> None:
    asha, marek, home = shared(laptops, central)
    asha.edit(home, {"risk_level": "medium"})
    marek.edit(home, {"risk_level": "high"})
    marek.sync()
    asha.sync()
    card = asha.conflicts()[0].id
    assert asha.resolve(card, "theirs", "The safer").state == "applied"
    assert asha.conflicts() == []
    assert asha.status().conflicts == 0
    with pytest.raises(Refused, match="waits to be sent"):
        asha.resolve(card, "mine", "Changed my mind")
    asha.sync()
    marek.sync()
    assert marek.conflicts() == []
    assert marek.family(home).risk == "high"
