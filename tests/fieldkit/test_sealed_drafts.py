"""A sealed draft opens for its worker and the council, in its own place, whole; what may be tried costs the same."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from fieldkit import vault
from fieldkit.config import QUICK_KDF, REAL_KDF, SystemClock
from fieldkit.errors import NotSealedForThis, StoreDamaged, WeakKeyFile, WrongPassphrase
from fieldkit.sealing import Pair, new_pair
from fieldkit.store.drafts import Draft
from fieldkit.workspace import create_workspace, draft_key, open_workspace, sealed_drafts
from fieldkit.workspace.draft_key import Opener
from fieldkit.workspace.sealed_drafts import Kept, Place

PASSPHRASE = "a long passphrase for tests"
DRAFT = Draft("1" * 32, "visit@2026.1", "2" * 32, None, (0, ""), {"a": ["x", "y"]}, "then", "now", room=("mother",))
KEPT = Kept(DRAFT, {"z": "last typed first", "a": "ü\n🙂", "photo": {"hash": "f", "size": 3}}, 7)
PLACE = Place("w" * 32, "c" * 32, 7)


def sealed(pair: Pair, council: bytes | None = None) -> bytes:
    return sealed_drafts.seal(sealed_drafts.to_bytes(KEPT), pair, council, PLACE)


def test_a_draft_comes_out_as_it_went_in_the_answers_in_their_order() -> None:
    pair, council = new_pair(), new_pair()
    block = sealed(pair, council.public)
    for content in (
        sealed_drafts.opened(block, pair, PLACE),
        sealed_drafts.opened_by_council(block, council.private, PLACE),
    ):
        back = sealed_drafts.from_bytes(content)
        assert back == KEPT
        assert list(back.values) == list(KEPT.values)


def test_it_opens_for_nobody_else_and_in_no_other_place_and_no_byte_may_change() -> None:
    pair, council, stranger = new_pair(), new_pair(), new_pair()
    block = sealed(pair, council.public)
    with pytest.raises(NotSealedForThis):
        sealed_drafts.opened(block, stranger, PLACE)
    with pytest.raises(NotSealedForThis):
        sealed_drafts.opened_by_council(block, stranger.private, PLACE)
    for other in (replace(PLACE, worker="v" * 32), replace(PLACE, copy="d" * 32), replace(PLACE, version=6)):
        with pytest.raises(NotSealedForThis):
            sealed_drafts.opened(block, pair, other)
        with pytest.raises(NotSealedForThis):
            sealed_drafts.opened_by_council(block, council.private, other)
    for at in range(0, len(block), 13):
        with pytest.raises(NotSealedForThis):
            sealed_drafts.opened(block[:at] + bytes([block[at] ^ 1]) + block[at + 1 :], pair, PLACE)
    for cut in (b"", block[:17], block[:400], block[:-1]):
        with pytest.raises(NotSealedForThis):
            sealed_drafts.opened(cut, pair, PLACE)


def test_who_knows_only_the_public_half_cannot_pass_off_words_as_the_workers() -> None:
    pair = new_pair()
    forger = Pair(pair.public, new_pair().private)
    with pytest.raises(NotSealedForThis):
        sealed_drafts.opened(sealed(forger), pair, PLACE)


def test_without_a_council_key_there_is_no_second_way_in() -> None:
    with pytest.raises(NotSealedForThis):
        sealed_drafts.opened_by_council(sealed(new_pair()), new_pair().private, PLACE)


def test_the_length_tells_little() -> None:
    pair = new_pair()
    lengths = set()
    for words in ("", "a word", "a sentence of some length about a visit " * 3):
        kept = replace(KEPT, values={"a": words})
        lengths.add(len(sealed_drafts.seal(sealed_drafts.to_bytes(kept), pair, None, PLACE)))
    assert len(lengths) == 1


def test_a_try_at_the_wrap_is_never_cheaper_than_one_at_the_laptop(tmp_path: Path) -> None:
    made = create_workspace(tmp_path / "home", PASSPHRASE, clock=SystemClock(), kdf=QUICK_KDF)
    (wrap,) = json.loads(draft_key.for_central(made.store))
    told = json.loads((tmp_path / "home" / vault.KEY_FILE).read_text("ascii"))
    slot = told.get("slots", [told])[0]
    assert (wrap["memory_kib"], wrap["time_cost"]) == (slot["memory_kib"], slot["time_cost"])
    assert wrap["salt"] != slot["salt"]
    dearer = json.dumps({"version": 2, "slots": [{"memory_kib": 128, "time_cost": 2, "lanes": 1}]}).encode()
    draft_key.settle(made.store, Opener(dearer, PASSPHRASE), QUICK_KDF)
    *_, wrap = json.loads(draft_key.for_central(made.store))
    assert (wrap["memory_kib"], wrap["time_cost"]) == (128, 2)
    made.close()


def test_the_wrap_is_made_anew_when_the_key_file_changed_and_only_then(tmp_path: Path) -> None:
    home = tmp_path / "home"
    made = create_workspace(home, PASSPHRASE, clock=SystemClock(), kdf=QUICK_KDF)
    first = draft_key.for_central(made.store)
    pair = draft_key.kept(made.store)
    assert pair is not None
    vault.change_passphrase(made.vault, PASSPHRASE, "quite another passphrase", QUICK_KDF)
    made.close()
    for _ in range(2):
        made = open_workspace(home, "quite another passphrase", clock=SystemClock(), kdf=QUICK_KDF)
        second = draft_key.for_central(made.store)
        made.close()
    assert second != first
    assert draft_key.unwrap(second, pair.public.hex(), "quite another passphrase", QUICK_KDF) == pair
    with pytest.raises(WrongPassphrase):
        draft_key.unwrap(second, pair.public.hex(), PASSPHRASE, QUICK_KDF)
    made = open_workspace(home, "quite another passphrase", clock=SystemClock(), kdf=QUICK_KDF)
    assert draft_key.for_central(made.store) == second
    made.close()


def test_each_person_of_a_device_has_a_wrap_until_they_leave(tmp_path: Path) -> None:
    made = create_workspace(tmp_path / "home", PASSPHRASE, clock=SystemClock(), kdf=QUICK_KDF)
    draft_key.settle(made.store, Opener(b'{"slots": []}', "the second person's own", "two"), QUICK_KDF)
    pair = draft_key.kept(made.store)
    assert pair is not None
    for passphrase in (PASSPHRASE, "the second person's own"):
        assert draft_key.unwrap(draft_key.for_central(made.store), pair.public.hex(), passphrase, QUICK_KDF) == pair
    draft_key.forget(made.store, "two")
    with pytest.raises(WrongPassphrase):
        draft_key.unwrap(draft_key.for_central(made.store), pair.public.hex(), "the second person's own", QUICK_KDF)
    made.close()


def test_a_weakened_a_huge_or_an_altered_wrap_is_refused_before_any_work() -> None:
    pair = new_pair()
    wrap = draft_key.wrap(pair, PASSPHRASE, QUICK_KDF)

    def tried(**altered: object) -> None:
        draft_key.unwrap(json.dumps([wrap | altered]), pair.public.hex(), PASSPHRASE, QUICK_KDF)

    tried()
    for weak in ({"memory_kib": 8}, {"time_cost": 0}, {"memory_kib": 1 << 30}, {"time_cost": 10_000}):
        with pytest.raises(WeakKeyFile):
            tried(**weak)
    for altered in ({"salt": "x"}, {"kdf": "md5"}, {"version": 2}, {"public": "00"}, {"wrapped": "!"}):
        with pytest.raises(StoreDamaged):
            tried(**altered)
    with pytest.raises(WrongPassphrase):
        tried(time_cost=2)
    with pytest.raises(WeakKeyFile):
        draft_key.unwrap(json.dumps([wrap]), pair.public.hex(), PASSPHRASE, REAL_KDF)
    for nothing in ("", "[", "{}", "3"):
        with pytest.raises((StoreDamaged, WrongPassphrase)):
            draft_key.unwrap(nothing, pair.public.hex(), PASSPHRASE, QUICK_KDF)
