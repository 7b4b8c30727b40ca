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
