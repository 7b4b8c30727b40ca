"""Stories that once broke a promise, as short as they could be made. Each was found by the state machine."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from sync.changes import NO_TRUNK, Change, Policy
from sync.merge import Head, Merge, merge
from tests.central_fixture import Ground
from tests.sync.story.actions import Step
from tests.sync.story.machine import tell
from tests.sync.story.world import Stage, stage


@pytest.fixture(scope="module")
def set_up(central_ground: Ground) -> Iterator[Stage]:
    """One stage for all of them."""
    with stage(central_ground) as made:
        yield made


AT = "2026-11-23T09:00:00+00:00"


def _said(head: Head | None, device: str, kind: str = "set", **patch: str) -> Merge:
    trunk = (1, head.known.get(1, head.version_hash)) if head else NO_TRUNK
    own = {"@kind": "sheet", "@scope": "family:f"} if head is None else {}
    change = Change(device, 1, "r", kind, trunk, own | patch, {} if head is None else {"once": "first"}).sealed()
    return merge(change, head, {"once": Policy("first")}, AT)


def test_a_third_laptop_does_not_push_the_first_value_away() -> None:
    """The policy `first` showed the latest claim as soon as a conflict about it was open."""
    begun = _said(None, "a", "create", once="first").head
    second = _said(begun, "b", once="second").head
    third = _said(second, "c", once="third")
    assert third.head.state["once"] == "first"
    assert len([path for path in third.also[0].state if path.endswith("/value")]) == 3


def test_who_gets_a_family_back_gets_the_own_words_back(set_up: Stage) -> None:
    """What this laptop wrote last itself was left out of the backfill, and only the digests noticed."""
    tell(set_up, [Step("withdraw", 0), Step("sync", 0), Step("grant", 0), Step("sync", 0)])


def test_what_was_acknowledged_and_lost_by_a_backup_is_sent_again_though_nobody_has_seen_a_later_number(
    set_up: Stage,
) -> None:
    """The pull after the push was cut: no later number was seen, and nobody looked at how far central has us."""
    cut = Step("sync_badly", 0, a=1, b=1)
    tell(set_up, [Step("copy_central"), Step("edit", 0, c=1), cut, Step("put_central_back"), Step("sync", 0)])


@pytest.mark.parametrize("who", [0, 1])
def test_a_file_that_a_backup_had_not_is_sent_again(set_up: Stage, who: int) -> None:
    """What central had been told to have was never sent again: from memory (0) and from the encrypted store (1)."""
    steps = [Step("copy_central"), Step("attach", who, b=1), Step("sync", who), Step("put_central_back")]
    tell(set_up, [*steps, Step("sync", who)])


@pytest.mark.parametrize("who", [0, 1])
def test_a_conflict_that_a_backup_never_had_goes_with_the_sync_that_finds_central_put_back(
    set_up: Stage, who: int
) -> None:
    """It was compared by digest only a sync later: until then a conflict was shown that central knew nothing of."""
    other = Step("unit", 3), Step("delete", who), Step("copy_central"), Step("sync", 3)
    tell(set_up, [*other, Step("sync", who), Step("put_central_back"), Step("sync", who)])


@pytest.mark.parametrize("who", [3, 1])
def test_words_sealed_at_a_purge_go_back_to_a_central_that_never_had_them(set_up: Stage, who: int) -> None:
    """The laptop said the change again without its words, and the stories did not hand the sealed ones over."""
    late = Step("child", who, a=1), Step("copy_central"), Step("move", who, a=1), Step("sync", who)
    tell(set_up, [*late, Step("put_central_back")])


def test_what_central_had_before_a_fork_is_not_set_aside_with_it(set_up: Stage) -> None:
    """A change that a put-back disk said once more, together with the one that forked, was kept in two places."""
    before = Step("edit", 0), Step("keep_disk", 0), Step("edit", 0), Step("sync", 0)
    tell(set_up, [*before, Step("restore_disk", 0), Step("text", 0)])


def test_the_same_said_against_the_first_by_two_is_one_question(set_up: Stage) -> None:
    """The law that agreeing is no conflict did not know `first`, where every later word is a claim."""
    tell(set_up, [Step("edit", 2, a=2, b=1, c=7), Step("sync", 2), Step("edit", 2, a=2, b=4, c=5)])


def test_a_photo_that_another_took_the_place_of_is_not_asked_for_for_ever(set_up: Stage) -> None:
    """Its bytes come with the conflict; under the record, which names it no more, every sync asked anew."""
    photos = Step("attach", 3, a=1), Step("lose", 3), Step("attach", 2, a=5, b=5, c=7)
    tell(set_up, [*photos, Step("kill_laptop", 3, a=4, c=3)])
