"""The vectors that ship with the specification: another client is right when it comes to the same."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from sync.changes import START, Change, Policy, canonical, erased, row_of, template, text_hash, version_hash
from sync.merge import Head, merge
from sync.merge.consent import Claim, Said, claims, decide
from sync.merge.schemas import upcast
from sync.protocol import batch_message
from sync.protocol.digests import bucket, by_bucket, element, root, total

VECTORS: dict[str, Any] = json.loads(
    (Path(__file__).resolve().parents[2] / "sync" / "vectors.json").read_text(encoding="utf-8")
)
AT = "2026-11-23T09:00:00+00:00"


def test_canonical_json() -> None:
    for case in VECTORS["canonical"]:
        assert canonical(case["value"]).decode() == case["text"]


def test_paths() -> None:
    for case in VECTORS["paths"]:
        assert (template(case["path"]), row_of(case["path"])) == (case["template"], case["row"])


def test_contents_and_their_hashes() -> None:
    for case in VECTORS["versions"]:
        assert version_hash(case["record"], case["version"], case["state"]) == case["version_hash"]
        assert text_hash(case["record"], case["version"], canonical(case["state"]).decode()) == case["version_hash"]


def test_a_chain_of_changes_whole_and_erased() -> None:
    before = START
    for seq, case in enumerate(VECTORS["chain"]["changes"], 1):
        change = Change.of_line(case["line"], VECTORS["chain"]["device"], seq, before)
        assert change.hash == case["hash"]
        assert erased(case["line"]) == case["erased"]
        assert Change.of_line(case["erased"], VECTORS["chain"]["device"], seq, before).hash == case["hash"]
        assert (dict(change.patch), dict(change.was)) == (case["patch"], case["was"])
        before = change.hash
    count, device = len(VECTORS["chain"]["changes"]), VECTORS["chain"]["device"]
    assert batch_message(device, 1, START, count, before).decode() == VECTORS["chain"]["batch_message"]


def test_digests() -> None:
    told = VECTORS["digests"]
    held = [(record, known) for record, known in told["held"]]
    assert [f"{element(*each):064x}" for each in held] == told["elements"]
    assert f"{total(held):064x}" == told["sum"]
    assert {str(part): f"{value:064x}" for part, value in by_bucket(held).items()} == told["parts"]
    assert [bucket(record) for record, _ in held] == told["part_of"]
    assert root({told["scope"]: total(held), "family:empty": 0}) == told["root"]


@pytest.mark.parametrize("case", VECTORS["merge"], ids=lambda case: str(case["name"]))
def test_merge(case: dict[str, Any]) -> None:
    """`was` is made by device a; device b says `theirs`; then a, who has not seen it, says `mine`."""
    policies = {"it": Policy.from_json(case["policy"])}
    made = _change("a", 1, "create", {"@kind": "k", "@scope": "s"} | _said(case["was"]), {}, (0, ""))
    head: Head = merge(made, None, policies, AT).head
    trunk = (head.version, head.version_hash)
    was = _said(case["was"])
    seen = head
    if "theirs" in case:
        head = merge(_change("b", 1, "set", {"it": case["theirs"]}, was, trunk), head, policies, AT).head
        seen = head if case.get("seen") else seen
    looked = (seen.version, seen.version_hash)
    before = {"it": seen.state["it"]} if "it" in seen.state else {}
    done = merge(_change("a", 2, "set", {"it": case["mine"]}, before, looked), head, policies, AT)
    assert done.outcome == case["outcome"]
    assert done.head.state.get("it") == case["shown"]
    claims = [value for each in done.also for path, value in each.state.items() if path.endswith("/value")]
    assert sorted(map(str, claims)) == sorted(map(str, case["claims"]))


def _said(value: Any) -> dict[str, Any]:
    return {} if value is None else {"it": value}


def _change(device: str, seq: int, kind: str, patch: Any, was: Any, trunk: tuple[int, str]) -> Change:
    bare = Change(device * 32, seq, "r1", kind, trunk, patch, was, device, AT, AT, salt=f"{seq:032x}")
    return bare.sealed()


@pytest.mark.parametrize("case", VECTORS["consent"], ids=lambda case: str(case["name"]))
def test_what_stands_of_a_givers_words(case: dict[str, Any]) -> None:
    said = [Said(**{**each, "saw": frozenset(each["saw"])}) for each in case["said"]]
    stands = {
        (each["giver"], each["agency"]): (each["decision"], each["by"], each["over"], each["why"], each["class"])
        for each in case["stands"]
    }
    found = decide(said)
    assert {key: (each.decision, each.by, [*each.over], each.why, each.klass) for key, each in found.items()} == stands


@pytest.mark.parametrize("case", VECTORS["claims"], ids=lambda case: str(case["kind"]))
def test_what_a_record_says_about_consent(case: dict[str, Any]) -> None:
    found = [vars_of(each) for each in claims(case["kind"], case["state"]).values()]
    assert found == case["claims"]


def vars_of(claim: Claim) -> dict[str, str]:
    """A claim as the vectors write it."""
    return {"place": claim.place, "giver": claim.giver, "agency": claim.agency, "decision": claim.decision}


@pytest.mark.parametrize("case", VECTORS["upcast"], ids=lambda case: str(case["name"]))
def test_older_schemas_are_lifted(case: dict[str, Any]) -> None:
    lifted = upcast(Change.of_line(case["line"], case["device"], 1, START))
    assert (lifted.schema, list(lifted.seen)) == (case["schema"], case["seen"])
    assert (lifted.line, lifted.hash) == (case["line"], case["hash"])
