"""Somebody else is in the room: no screen there is shows what is not for them. Alone, all of it is there."""

from __future__ import annotations

import asyncio
import importlib
import inspect
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import pytest
from textual.pilot import Pilot

from fieldkit.commands.practice.council import answers
from fieldkit.errors import Refused
from fieldkit.store.records import Base
from fieldkit.tui.app import FieldkitApp
from fieldkit.tui.places import PLACES
from fieldkit.workspace import Workspace
from fieldkit.workspace.registers import Plan
from fieldkit.workspace.views import Giver, PersonDetails
from sync.changes import state_text
from tests.central_fixture import RunningCentral
from tests.fieldkit.tui.brisk import running
from tests.fieldkit.tui.driving import LARGE, settle, text, type_
from tests.trips.conftest import Laptops
from tests.trips.test_journey import fill, shared

HIDDEN = {
    "c/facts/hazards": "Kestrel",
    "b/there/strangers": "Plover",
    "c/people/child_said": "Lapwing",
    "c/people/others_said": "Dotterel",
    "e/meaning/concern": "yes",
    "e/meaning/discussed": "Heron",
}
"""Answers of a visit's note of every class that is hidden: staff-only, third-party, a child's, restricted."""
OF_A_FAMILY = (
    *("family", "visit", "begin", "brief", "new-person", "hand-on", "knows", "plan", "relations"),
    *("stands", "open-already"),
)
OF_A_CENTRE = ("sessions", "new-session", "reach", "walk-ins")
NOT_WALKED = ("sync", "base")
"""It would sync; and a base day is a lead's, whose own test says that it is refused."""
CANARIES = ("Kestrel", "Plover", "Lapwing", "Heron", "Bittern", "Dunlin", "Risk level", "Curlew", "A concern that no")
"""The hidden classes, another family, a concern, a conflict, a protected address, a notice."""


@dataclass(frozen=True, slots=True)
class Planted:
    """A laptop full of what must not be seen, and how each place is opened on it."""

    laptop: Workspace
    home: str
    other: str
    ways: Mapping[str, Mapping[str, Any]]


@pytest.fixture
def planted(laptops: Laptops, central: RunningCentral) -> Planted:
    asha, marek, home = shared(laptops, central)
    asha.set_pin("2468")
    asha.edit(home, {"risk_level": "medium", "address": "12 Curlew Row"})
    marek.edit(home, {"risk_level": "high"})
    marek.sync()
    asha.sync()
    person = asha.add_person(home, PersonDetails(given="Emeka", surname="Okafor", relation="father"))
    asha.edit(person, {"address_confidential": "yes", "must_not_learn_address": "yes"})
    told = {**json.loads(answers("visit")), **HIDDEN}
    begun = asha.begin("visit", home, carry=False)
    fill(asha.draft(begun), told)
    note = asha.file(begun)
    draft = asha.begin("visit", home, carry=False)
    fill(asha.draft(draft), {path: value for path, value in told.items() if not path.endswith("discussed")})
    other = asha.add_family("Bittern", address="1 Reed Lane")
    asha.add_person(other, PersonDetails(given="Wren", surname="Bittern", relation="child"))
    theirs = asha.begin("visit", other, carry=False)
    assert asha.hand_on(other, "Marek Nowak")
    concern = asha.concern(home, "Dunlin", "Dunlin said", urgent=True)
    notice = {"to": asha.me.worker_id, "what": "concern", "about": concern, "since": "2026-11-23T09:00:00+00:00"}
    told_by = (1, "5" * 64, "central", "central", "2026-11-23T09:00:00+00:00", state_text(notice))
    asha.store.records.rebase([Base("5" * 32, "notice", f"family:{other}", "", *told_by)])
    scope = f"centre:{'6' * 32}"
    centre = (1, "6" * 64, "central", "central", "2026-11-23T09:00:00+00:00", state_text({"name": "Arbury"}))
    asha.store.records.rebase([Base("6" * 32, "centre", scope, "", *centre)])
    (session,) = asha.plan_session("6" * 32, Plan("Baby group", asha.clock.now().date(), "13:30"))
    asha.attend(session, [each.id for each in asha.family(other).people], "booked")
    ways: dict[str, dict[str, Any]] = {
        **{key: {"family": home} for key in OF_A_FAMILY},
        **{key: {"draft": draft} for key in ("form", "upgrade")},
        **{key: {"record": note} for key in ("record", "givers", "copy", "check", "history")},
        **{key: {"session": session} for key in ("door", "in-now")},
        **{key: {"centre": "6" * 32} for key in OF_A_CENTRE},
        "walk-in": {"person": asha.family(other).people[0].id},
        "away": {"worker": marek.me.worker_id},
        "conflict": {"conflict": asha.conflicts()[0].id},
        "concern-state": {"concern": concern},
        "handover": {"frozen": asha.freeze(note, Giver("Ngozi Okafor", "mother"))},
    }
    more = {"family ": {"family": other}, "form ": {"draft": theirs}, "record ": {"record": concern}}
    return Planted(asha, home, other, {**{key: {} for key in PLACES}, **ways, **more})


@asynccontextmanager
async def app_of(planted: Planted) -> AsyncIterator[Pilot[Any]]:
    """The app on a real workspace, behind the door."""
    app = FieldkitApp(lambda _passphrase: planted.laptop, planted.laptop.clock)
    async with running(app, LARGE) as pilot:
        await pilot.press("x", "enter")
        await settle(pilot)
        yield pilot


async def walked(planted: Planted) -> dict[str, str]:
    """Everything that every place shows."""
    async with app_of(planted) as pilot:
        found = {"today first": text(pilot)}
        for place, ways in planted.ways.items():
            if place not in NOT_WALKED:
                pilot.app.open(place.strip(), **ways)  # type: ignore[attr-defined]
                found[place] = await seen(pilot, place.strip())
                while len(pilot.app.screen_stack) > 2:
                    pilot.app.pop_screen()
                await settle(pilot)
        return found


async def still(pilot: Pilot[Any]) -> None:
    """Until nothing more is painted: a screen that was not yet drawn would hide nothing and show nothing."""
    before = ""
    for _ in range(8):
        await settle(pilot)
        before, now = text(pilot), before
        if before == now:
            return


async def seen(pilot: Pilot[Any], place: str) -> str:
    """A place: each page of a form and what it lacks, what a search finds, the end of a page."""
    await still(pilot)
    found = [text(pilot)]
    await type_(pilot, {"families": "bitt", "door": "wre"}.get(place, ""))
    for key in (*["ctrl+n"] * 12, "ctrl+g") if place == "form" else ("pagedown",):
        await pilot.press(key)
        await still(pilot)
        found.append(text(pilot))
    return "\n".join(found)


def test_the_walk_knows_every_place(planted: Planted) -> None:
    for place, (module, name) in PLACES.items():
        screen = getattr(importlib.import_module(module), name)
        inspect.signature(screen).bind(None, **planted.ways[place])


@pytest.mark.long
@pytest.mark.timeout(900)
def test_alone_every_canary_is_on_some_screen_and_with_somebody_on_none(planted: Planted) -> None:
    alone = asyncio.run(walked(planted))
    assert [canary for canary in CANARIES if not any(canary in shown for shown in alone.values())] == []
    planted.laptop.start_visit(planted.home, ["Ngozi Okafor"])
    with_her = asyncio.run(walked(planted))
    leaks = {place: [canary for canary in CANARIES if canary in shown] for place, shown in with_her.items()}
    assert {place: found for place, found in leaks.items() if found} == {}


def test_with_somebody_there_no_verb_tells_of_another_family_or_a_concern(planted: Planted) -> None:
    laptop, home = planted.laptop, planted.home
    concern, conflict = planted.ways["concern-state"]["concern"], planted.ways["conflict"]["conflict"]
    assert {each.name for each in laptop.families()} == {"Okafor", "Bittern"}
    laptop.start_visit(home, ["Ngozi Okafor"])
    assert [each.name for each in laptop.families()] == ["Okafor"]
    assert laptop.find("bittern") == []
    assert all("Curlew" not in each.detail for each in laptop.find("okafor"))
    assert laptop.conflicts() == []
    for ask in (
        lambda: laptop.family(planted.other),
        lambda: laptop.show(concern),
        lambda: laptop.draft(planted.ways["form "]["draft"]),
        lambda: laptop.door(planted.ways["door"]["session"]),
        lambda: laptop.resolve(conflict, "mine", "x"),
        lambda: laptop.brief(home),
    ):
        with pytest.raises(Refused):
            ask()
    laptop.end_visit()
    assert laptop.family(planted.other).name == "Bittern"


async def started_over_another_family(planted: Planted) -> None:
    """A visit starts while another family's page lies open below."""
    async with app_of(planted) as pilot:
        for place, family in (("family", planted.other), ("visit", planted.home)):
            pilot.app.open(place, family=family)  # type: ignore[attr-defined]
            await settle(pilot)
        await pilot.press("tab")
        await type_(pilot, "A neighbour")
        await pilot.press("ctrl+s")
        await settle(pilot)
        names = [type(screen).__name__ for screen in pilot.app.screen_stack]
        assert names[1:] == ["TodayScreen", "FamilyScreen"]
        assert "with: A neighbour" in text(pilot)


def test_what_lay_open_about_another_family_is_closed_when_a_visit_starts(planted: Planted) -> None:
    asyncio.run(started_over_another_family(planted))
