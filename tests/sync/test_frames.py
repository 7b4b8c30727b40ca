"""What a page of a pull may hold: several packed parts, kinds and members of a newer central, and never too much."""

from __future__ import annotations

import pytest

from sync.errors import Malformed, TooLarge
from sync.protocol import (
    Frame,
    PageBegins,
    PageEnd,
    Place,
    PullAsk,
    Purged,
    ScopeGained,
    Tomb,
    frame_line,
    pack_lines,
    read_page,
    unfold_all,
)

END = PageEnd(7, (7, "ab"), True, "e1", 3, "2026-11-23T09:00:00Z")


def test_packed_pages_and_an_end_are_read_as_one_answer() -> None:
    frames: list[Frame] = [PageBegins("family:a", 7, 0), Tomb("r1", "family:a", 2), PageBegins("family:a", 7, 1)]
    packed = [pack_lines([frame_line(frame), ""]) for frame in frames]
    assert read_page(b"".join([*packed, pack_lines([frame_line(END)])])) == [*frames, END]
    with pytest.raises(Malformed):
        read_page(b"".join(packed)[:-3])
    with pytest.raises(Malformed):
        read_page(packed[0] + b"something else")


def test_many_small_parts_unfold_no_further_than_one_large_one() -> None:
    part = pack_lines(["x" * 1_000])
    with pytest.raises(TooLarge):
        unfold_all(part * 20, most=10_000)


def test_what_a_newer_central_adds_is_passed_over() -> None:
    gained = '{"f":"scope+","scope":"family:a","colour":"green"}'
    assert read_page(pack_lines([gained, frame_line(END)])) == [ScopeGained("family:a"), END]
    assert read_page(pack_lines(['{"f":"later","scope":"family:a"}', frame_line(END)])) == [END]
    with pytest.raises(Malformed):
        read_page(pack_lines(['{"f":"tomb"}']))


def test_a_question_says_pages_and_receipts_only_when_there_are_any() -> None:
    bare = PullAsk("e1", 5, (5, "ab"), 2, snapshots=True)
    assert not {"places", "room", "purged"} & set(bare.to_json())
    full = PullAsk(
        "e1", 5, (5, "ab"), 2, snapshots=True, places=(Place("ref", 5, 0),), room=9, purged=(Purged("f", 2, 3, 4, 0),)
    )
    assert PullAsk.from_json(full.to_json()) == full
    with pytest.raises(ValueError, match="counts"):
        PullAsk.from_json(full.to_json() | {"purged": [["f", 2, -1, 0, 0]]})
