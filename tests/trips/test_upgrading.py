"""A draft begun on one version of its form and filed on the next: offered, taken, undone, taken again, sent."""

from __future__ import annotations

import json
from dataclasses import asdict, replace

import psycopg
import pytest

from fieldkit.commands.edge import Cost
from fieldkit.commands.practice.council import answers
from fieldkit.config import QUICK_KDF
from fieldkit.errors import Refused
from fieldkit.workspace import Workspace
from forms.library import Published, sealed, shipped
from forms.upgrade_values import KEPT
from sync.server import publish
from sync.server.own import Saying, say
from tests.central_fixture import RunningCentral
from tests.fieldkit.commands.test_verbs import Line
from tests.forms.next_version import BATH, COOKING, HAZARDS, NEW_BATH, NEW_HAZARDS, next_visit
from tests.trips.conftest import Laptops
from tests.trips.test_journey import family, filed, fill

SAID = {HAZARDS: "a loose stair rail", COOKING: "clean and warm", BATH: "the door does not close"}


def published(central: RunningCentral, form: Published) -> None:
    """The council publishes one more version."""
    told = asdict(form)
    with psycopg.connect(central.dsn) as connection:
        say(
            connection,
            [Saying(publish.form_record(told), "form", publish._signed(told, central.keys))],
            central.clock(),
        )


def begun(laptop: Workspace, home: str) -> str:
    """A visit with everything answered, still a draft."""
    draft = laptop.begin("visit", home)
    opened = laptop.draft(draft)
    fill(opened, json.loads(answers("visit")))
    for path, words in SAID.items():
        opened.answer(path, words)
        opened.voice(path, "child")
    opened.drain()
    return draft


def test_a_draft_goes_over_to_the_next_version_and_nothing_is_lost(laptops: Laptops, central: RunningCentral) -> None:
    asha, marek = laptops.of("Asha Patel"), laptops.of("Marek Nowak", "centre")
    home = family(asha)
    draft = begun(asha, home)
    assert asha.upgrade_offered(draft) is None
    published(central, next_visit())
    asha.sync()
    assert asha.draft(draft).interview.form.version == "2026.1"
    offer = asha.upgrade_offered(draft)
    assert offer is not None
    told = {line.path: (line.what, line.to, line.answered) for line in offer.lines}
    assert told[HAZARDS] == ("moved", NEW_HAZARDS, 1)
    assert told[BATH] == ("proposed", NEW_BATH, 1)
    assert told[COOKING] == ("orphaned", "", 1)
    assert not any(words in repr(offer) for words in SAID.values())

    before = asha.store.drafts.restore(draft)[0]
    with pytest.raises(Refused):
        asha.upgrade(draft, {COOKING})
    assert asha.store.drafts.restore(draft)[0] == before
    asha.upgrade(draft, {BATH})
    assert asha.upgrade_offered(draft) is None
    assert asha.undo_upgrade(draft) == "visit@2026.1"
    assert asha.store.drafts.restore(draft)[0] == before
    assert asha.draft(draft).interview.form.version == "2026.1"
    with pytest.raises(Refused):
        asha.undo_upgrade(draft)

    asha.upgrade(draft, {BATH})
    asha = laptops.again(asha)
    opened = asha.draft(draft)
    assert opened.interview.form.version == "2026.2"
    assert opened.interview.question(NEW_BATH).voice == "child"
    assert [(kept.path, kept.value_text) for kept in asha.kept_answers(draft)] == [(COOKING, SAID[COOKING])]
    record = asha.file(draft)
    state = asha.record(record).state
    assert asha.record(record).form == "visit@2026.2"
    assert state[NEW_HAZARDS] == SAID[HAZARDS]
    assert state[f"{KEPT}v2026.1/{COOKING}"] == SAID[COOKING]
    assert "no longer asked" in next(field.label for field in asha.show(record).fields if field.path == COOKING)
    asha.sync()
    central.grant("Marek Nowak", f"family:{home}")
    marek.sync()
    assert marek.record(record).state == state
    assert [kept.value_text for kept in marek.kept_answers(record)] == [SAID[COOKING]]

    correcting = asha.begin("visit", home, record)
    asha.draft(correcting).answer(NEW_HAZARDS, "mended")
    asha.file(correcting)
    assert asha.record(record).state == {**state, NEW_HAZARDS: "mended"}


def test_what_is_typed_after_going_over_is_kept_when_going_back(laptops: Laptops, central: RunningCentral) -> None:
    asha = laptops.of("Asha Patel")
    draft = begun(asha, family(asha))
    before = asha.store.drafts.restore(draft)[0]
    published(central, next_visit())
    asha.sync()
    asha.upgrade(draft)
    opened = asha.draft(draft)
    opened.answer(NEW_HAZARDS, "two loose rails")
    opened.answer(NEW_BATH, "mended since")
    opened.drain()
    asha.undo_upgrade(draft)
    assert asha.store.drafts.restore(draft)[0] == {
        **before,
        HAZARDS: "two loose rails",
        f"{KEPT}v2026.2/{NEW_BATH}": "mended since",
    }


def test_today_counts_the_drafts_that_can_move(laptops: Laptops, central: RunningCentral) -> None:
    asha = laptops.of("Asha Patel")
    home = family(asha)
    drafts = {begun(asha, home), begun(asha, home)}
    for stays in ("agreement", "eha"):
        asha.begin(stays, home)
    correcting = asha.begin("visit", home, filed(asha, "visit", home))
    assert asha.today().newer == ()
    titles = {row.id: row.form_title for row in asha.today().drafts}
    published(central, next_visit())
    asha.sync()
    (row,) = asha.today().newer
    assert (row.form_title, set(row.drafts)) == (shipped()["visit"].title, drafts)
    assert {row.id: row.form_title for row in asha.today().drafts} == titles
    asha.upgrade(row.drafts[0])
    assert [row.drafts for row in asha.today().newer] == [tuple(drafts - {row.drafts[0]})]
    asha.discard((drafts - {row.drafts[0]}).pop(), "twice")
    assert asha.today().newer == ()
    assert correcting in {each.id for each in asha.today().drafts}
    asha.begin("visit", home)
    asha.start_visit(home, ["Ngozi"])
    assert asha.today().newer == ()


def test_a_version_that_no_device_takes_is_never_offered(laptops: Laptops, central: RunningCentral) -> None:
    asha = laptops.of("Asha Patel")
    home = family(asha)
    draft = begun(asha, home)
    new = next_visit()
    published(central, sealed(replace(new, xml=new.xml.replace('type="date"', 'type="geotrace"', 1))))
    asha.sync()
    assert asha.today().newer == ()
    for _ in range(2):
        with pytest.raises(Refused, match="does not take"):
            asha.begin("visit", home)
    assert (asha.newer_version(draft), asha.upgrade_offered(draft)) == ("", None)
    assert asha.draft(draft).interview.form.version == "2026.1"


def test_an_agreement_and_what_is_filed_keep_their_version(laptops: Laptops, central: RunningCentral) -> None:
    asha = laptops.of("Asha Patel")
    home = family(asha)
    agreement, record = asha.begin("agreement", home), filed(asha, "visit", home)
    old = shipped()["agreement"]
    xml = old.xml.replace('version="2026.1"', 'version="2026.2"')
    published(central, sealed(Published(old.id, "2026.2", old.title, xml, old.policies)))
    published(central, next_visit())
    asha.sync()
    correcting = asha.begin("visit", home, record)
    for draft in (agreement, correcting):
        assert asha.upgrade_offered(draft) is None
        with pytest.raises(Refused):
            asha.upgrade(draft)
    assert asha.draft(correcting).interview.form.version == "2026.1"


def test_the_command_line_shows_the_plan_and_never_an_answer(
    laptops: Laptops, central: RunningCentral, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Cost, "kdf", QUICK_KDF)
    asha = laptops.of("Asha Patel")
    draft = begun(asha, family(asha))
    published(central, next_visit())
    asha.sync()
    line = Line(asha.vault.home, capsys)
    asha.close()
    assert line.run("drafts", "--json").data[0]["newer"] == "2026.2"
    assert "newer version here: 2026.2" in line.run("drafts").out
    shown = [line.run("upgrade", draft, "--plan"), line.run("upgrade", draft, "--json")]
    assert f"{HAZARDS} → {NEW_HAZARDS}" in shown[0].out
    assert not any(words in ran.out + ran.err for ran in shown for words in SAID.values())
    assert line.run("upgrade", draft, "--undo").code == 1
    assert line.run("upgrade", draft, "--yes", "--undo").code == 2
    assert line.run("upgrade", draft, "--tick", BATH).code == 2
    assert line.run("upgrade", draft, "--yes", "--tick", BATH).out.startswith(f"ACK {draft}")
    assert line.run("drafts", "--json").data[0]["form"] == "visit@2026.2"
    assert line.run("upgrade", draft, "--yes").code == 1
    assert line.run("upgrade", draft, "--undo", "--json").data["form"] == "visit@2026.1"
