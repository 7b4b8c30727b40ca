"""Whether something may go to an agency, from what givers said; and how far a laptop's clock is believed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from fieldkit.casework.clock_quality import Heard, Reading, doubts
from fieldkit.casework.sharing import Word, gate, words


def said(*told: tuple[str, str, str]) -> list[Word]:
    return [Word(*each) for each in told]


@pytest.mark.parametrize(
    ("told", "why"),
    [
        (said(), "Nobody has said yet"),
        (said(("ruth", "mill school", "yes")), ""),
        (said(("ruth", "mill school", "yes"), ("emeka", "mill school", "yes")), ""),
        (said(("ruth", "mill school", "yes"), ("emeka", "mill school", "no")), "has said no"),
        (said(("ruth", "mill school", "withdrawn"), ("emeka", "mill school", "yes")), "taken back"),
        (said(("ruth", "police", "yes")), "Nobody has said yet"),
        (said(("ruth", "mill school", "not_asked")), "not been asked"),
        (said(("ruth", "mill school", "ask_first")), "asked first"),
        (said(("ruth", "mill school", "topics")), "Only some topics"),
        (said(("ruth", "@all", "withdrawn")), "taken back"),
        (said(("ruth", "@all", "withdrawn"), ("ruth", "mill school", "yes")), ""),
        (said(("ruth", "@all", "withdrawn"), ("emeka", "mill school", "yes")), "taken back"),
    ],
)
def test_one_giver_is_enough_to_close_and_nobody_is_outvoted(told: list[Word], why: str) -> None:
    found = gate(told, "  MILL   school ")
    assert found.open == (why == "")
    assert why in found.why


def test_a_basis_asks_nobody_and_an_unknown_one_is_none() -> None:
    assert gate(said(("ruth", "mill school", "withdrawn")), "Mill School", "risk-of-harm").open
    assert not gate(said(), "Mill School", "because").open


def test_what_central_has_not_heard_closes_at_once_and_opens_nothing_that_stands_closed() -> None:
    stands = [
        {"giver": "ruth", "agency": "mill school", "decision": "yes"},
        {"giver": "ruth", "agency": "gp", "decision": "no"},
    ]
    back = ("withdrawal", {"giver": "Ruth", "agency": "Mill School"})
    again = ("agreement", {"giver_name": "Ruth", "x/1/agency_name": "GP", "x/1/decision": "yes"})
    everything = ("withdrawal", {"giver": "Ruth", "agency": "@all"})
    assert {each.agency: each.decision for each in words(stands, [back])} == {"mill school": "withdrawn", "gp": "no"}
    assert {each.agency: each.decision for each in words(stands, [again])}["gp"] == "no"
    assert {each.decision for each in words(stands, [everything])} == {"withdrawn"}


NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
THEN = Reading(NOW, 100.0, "b1")
HEARD = Heard(NOW, THEN)


def later(wall: timedelta, running: float, boot: str = "b1") -> Reading:
    return Reading(NOW + wall, 100.0 + running, boot)


@pytest.mark.parametrize(
    ("now", "heard", "said"),
    [
        (THEN, None, ["central was never heard"]),
        (later(timedelta(hours=8), 28_800), HEARD, []),
        (later(timedelta(hours=8, seconds=59), 28_800), HEARD, []),
        (later(timedelta(hours=9), 28_800), HEARD, ["the clock was set since the last sync"]),
        (later(timedelta(days=3653), 60), HEARD, ["the clock was set since the last sync"]),
        (
            later(timedelta(days=-400), 60),
            HEARD,
            ["the clock is behind the last sync", "the clock was set since the last sync"],
        ),
        (later(timedelta(hours=8), 5, "b2"), HEARD, ["started anew since the last sync"]),
        (later(timedelta(hours=8), 5, ""), HEARD, ["started anew since the last sync"]),
        (
            later(timedelta(hours=1), 3600),
            Heard(NOW + timedelta(days=1), THEN),
            ["the clock differed from central's"],
        ),
    ],
)
def test_a_clock_is_believed_as_far_as_it_can_be_followed(now: Reading, heard: Heard | None, said: list[str]) -> None:
    assert list(doubts(now, heard)) == said
