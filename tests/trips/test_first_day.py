"""A first day is ticked by what is on the device, on the screen and on the command line alike."""

from __future__ import annotations

import json

from fieldkit.casework.first_day import STEPS, day, score
from fieldkit.commands.practice.council import answers
from fieldkit.workspace import Workspace
from fieldkit.workspace.views import Evidence, Giver
from tests.central_fixture import RunningCentral
from tests.trips.conftest import Laptops
from tests.trips.test_journey import fill, shared


def done(laptop: Workspace) -> set[str]:
    return {each.step.fact for each in laptop.first_day().tried if each.done}


def test_every_step_of_a_first_day_is_ticked_by_what_was_done(laptops: Laptops, central: RunningCentral) -> None:
    asha, marek, home = shared(laptops, central)
    assert done(asha) == {"synced"}
    for laptop, risk in ((asha, "medium"), (marek, "high")):
        laptop.edit(home, {"risk_level": risk})
    marek.sync()
    asha.sync()
    (conflict,) = asha.conflicts()
    assert (asha.first_day().drilled, asha.first_day().drills) == (0, 1)
    asha.resolve(conflict.id, "mine", "Seen today: calm")
    asha.brief(home)
    note = asha.draft(asha.begin("visit", home, carry=False))
    fill(note, json.loads(answers("visit")))
    note.not_recorded("b/there/strangers", "not-asked")
    note.voice("d/done/work", "Ngozi Okafor")
    note.drain()
    record = asha.file(note.id)
    asha.sign(asha.freeze(record, Giver("Ngozi Okafor", "mother")), Evidence("typed", "Ngozi Okafor", statement="Yes"))
    asha.concern(home, "Ada", "Told that somebody came to the house.", True)
    asha.begin("visit", home)
    assert {each.fact for each in STEPS} - done(asha) == {"sent"}
    asha.sync()
    assert score(asha.first_day()) == "10 of 10 done · 1 of 1 conflicts decided"
    assert asha.first_day().following is None


def test_the_first_step_that_is_not_done_comes_next() -> None:
    now = day({"synced": True, "briefed": True})
    assert now.following is not None
    assert now.following.fact == "decided"
    assert score(now) == "2 of 10 done"
