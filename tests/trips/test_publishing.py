"""A council publishes a form of its own: checked, compiled, signed by central, and on every device after its sync."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import datetime
from pathlib import Path

import psycopg
import pytest
from click.testing import CliRunner

from fieldkit.errors import AnswersNotValid, Refused, UnknownRecord
from fieldkit.workspace.views import PersonDetails
from forms.library import Published, sealed, shipped
from forms.publishing import publish as compiled
from sync.server import publish
from sync.server.__main__ import central as desk
from sync.server.errors import NotAForm, VersionTaken
from sync.server.keys import make
from sync.server.own import Saying, say
from tests.central_fixture import RunningCentral
from tests.forms.next_version import next_visit
from tests.trips.conftest import Laptops
from tests.trips.test_journey import family
from tests.trips.test_upgrading import begun

WALK = """
| survey | | | | |
| | type | name | label | choice_filter |
| | begin_group | a | A Walk | |
| | select_one_from_file parks.csv | park | Which park | town = 'north' |
| | text | seen | What we saw | |
| | end_group | a | | |

| settings | | | |
| | form_id | form_title | version |
| | walk | A walk | 2026.1 |
"""
TIMED = """
| survey | | | | | |
| | type | name | label | required | calculation |
| | start | began | | | |
| | end | finished | | | |
| | begin_group | a | A walk | | |
| | text | seen | What we saw | yes | |
| | end_group | a | | | |
| | calculate | minutes | | | round((decimal-date-time(${finished}) - decimal-date-time(${began})) * 1440, 0) |

| settings | | | |
| | form_id | form_title | version |
| | timed | A timed walk | 2026.1 |
"""
PARKS = "name,label,town\np1,Mill Meadow,north\np2,Long Acre,south\np3,Priory Green,north\n"


def walk(folder: Path) -> Published:
    """A form of the council's own, with a list beside it."""
    (folder / "walk.md").write_text(WALK, encoding="utf-8")
    (folder / "parks.csv").write_text(PARKS, encoding="utf-8")
    return compiled(folder / "walk.md")


def taken_in(central: RunningCentral, text: str) -> str:
    """Central publishes a file."""
    with psycopg.connect(central.owner_dsn) as connection:
        return publish.add_form(connection, central.keys, text, central.clock())


def test_a_new_form_and_the_list_beside_it_reach_a_device_by_sync(
    laptops: Laptops, central: RunningCentral, tmp_path: Path
) -> None:
    asha = laptops.of("Asha Patel")
    home = family(asha)
    asha.sync()
    assert taken_in(central, walk(tmp_path).to_json()) == "walk@2026.1"
    asha.sync()
    draft = asha.draft(asha.begin("walk", home))
    assert [choice.label for choice in draft.interview.question("a/park").choices] == ["Mill Meadow", "Priory Green"]
    draft.answer("a/park", "p3")
    draft.drain()
    record = asha.file(draft.id)
    asha.sync()
    assert asha.store.outbox.state_of(record) == "confirmed"
    assert [row.title for row in asha.family(home).chronology] == ["A walk"]


def test_filing_fills_in_the_time_it_was_finished_and_the_draft_had_none(
    laptops: Laptops, central: RunningCentral, tmp_path: Path
) -> None:
    asha = laptops.of("Asha Patel")
    home = family(asha)
    (tmp_path / "timed.md").write_text(TIMED, encoding="utf-8")
    taken_in(central, compiled(tmp_path / "timed.md").to_json())
    asha.sync()
    begun_at = laptops.clock.now()
    draft = asha.draft(asha.begin("timed", home))
    with pytest.raises(AnswersNotValid):
        asha.file(draft.id)
    draft.answer("a/seen", "geese")
    draft.drain()
    kept = asha.store.drafts.restore(draft.id)[0]
    assert "finished" not in kept
    assert datetime.fromisoformat(str(kept["began"])) >= begun_at.replace(microsecond=0)
    laptops.clock.clock.pass_time(minutes=40)
    finished_at = laptops.clock.now()
    record = asha.file(draft.id)
    state = asha.record(record).state
    assert state["began"] == kept["began"]
    late = datetime.fromisoformat(str(state["finished"])) - finished_at
    assert abs(late.total_seconds()) < 1
    assert int(str(state["minutes"])) == 40
    asha.sync()
    assert asha.store.outbox.state_of(record) == "confirmed"

    asha.draft(correcting := asha.begin("timed", home, record)).answer("a/seen", "swans")
    asha.writer.drain()
    laptops.clock.clock.pass_time(minutes=5)
    asha.file(correcting)
    assert int(str(asha.record(record).state["minutes"])) == 45
    assert asha.record(record).state["began"] == kept["began"]


def test_a_version_is_published_once_and_an_altered_file_never(central: RunningCentral, tmp_path: Path) -> None:
    form = walk(tmp_path)
    assert taken_in(central, form.to_json()) == taken_in(central, form.to_json())
    other = sealed(Published(form.id, form.version, "Another walk", form.xml, form.policies, files=form.files))
    with pytest.raises(VersionTaken):
        taken_in(central, other.to_json())
    for text in (form.to_json().replace("Priory", "Abbey"), "{}", "[]", "no form", json.dumps({"hash": 1})):
        with pytest.raises(NotAForm):
            taken_in(central, text)


@pytest.mark.parametrize("spoilt", ["signature", "title", "xml"])
def test_a_form_that_central_did_not_sign_as_it_stands_is_not_opened(laptops: Laptops, spoilt: str) -> None:
    asha = laptops.of("Asha Patel")
    home = family(asha)
    asha.sync()
    kept = asha.store.form_versions.get("visit")
    told = json.loads(kept.published)
    told[spoilt] = "0" * len(told[spoilt])
    with asha.store.transaction() as connection:
        connection.execute(
            "update form_version set published = ? where id = 'visit' and version = ?",
            (json.dumps(told), kept.version),
        )
    with pytest.raises(Refused):
        asha.begin("visit", home)


def test_the_list_beside_a_form_is_part_of_what_is_signed(tmp_path: Path) -> None:
    form = walk(tmp_path)
    assert form.files == {"parks.csv": PARKS}
    assert sealed(Published(form.id, form.version, form.title, form.xml, form.policies)).hash != form.hash
    assert all(not published.files for published in shipped().values())


def at_the_desk(central: RunningCentral, form: Published, folder: Path) -> None:
    """`fieldkit-central publish FILE`, as the council runs it."""
    file = folder / f"{form.id}.json"
    file.write_text(form.to_json(), encoding="utf-8")
    place = ["--data", str(central.data), "--dsn", central.owner_dsn]
    ran = CliRunner().invoke(desk, ["publish", str(file), *place, "--json"])
    assert ran.exit_code == 0, ran.output
    assert json.loads(ran.stdout) == {"published": f"{form.id}@{form.version}"}


def test_a_new_version_reaches_a_device_that_holds_a_draft_and_comes_back_filed(
    laptops: Laptops, central: RunningCentral, tmp_path: Path
) -> None:
    asha = laptops.of("Asha Patel")
    home = family(asha)
    old = begun(asha, home)
    at_the_desk(central, next_visit(), tmp_path)
    assert asha.sync().reasons == ()
    assert {row.id: row.version for row in asha.forms()}["visit"] == "2026.2"
    fresh = asha.draft(asha.begin("visit", home))
    assert [fresh.interview.form.version, asha.draft(old).interview.form.version] == ["2026.2", "2026.1"]
    assert asha.upgrade_offered(fresh.id) is None
    assert asha.newer_version(old) == asha.upgrade(old).after == "2026.2"
    record = asha.file(old)
    asha.sync()
    with central.rows() as rows:
        held = rows.execute("select form, state from record where id = %s", (record,)).fetchone()
    assert held is not None
    assert held[0] == "visit@2026.2"
    assert json.loads(held[1]) == asha.record(record).state
    assert asha.store.outbox.state_of(record) == "confirmed"


@pytest.mark.parametrize(("spoilt", "why"), [("another key", "not signed"), ("altered", "altered"), ("bare", "not a")])
def test_a_form_that_the_council_did_not_sign_is_not_kept_and_sync_goes_on(
    laptops: Laptops, central: RunningCentral, tmp_path: Path, spoilt: str, why: str
) -> None:
    asha = laptops.of("Asha Patel")
    home = family(asha)
    asha.sync()
    form = walk(tmp_path)
    told = publish._signed(asdict(form), make(tmp_path / "stranger") if spoilt == "another key" else central.keys)
    altered = told | {"xml": told["xml"].replace("Walk", "Trap")}
    bare = {"id": "walk", "version": "a b", "hash": form.hash, "policies": "{}"}
    wrong = {"another key": told, "altered": altered, "bare": bare}
    place = publish.form_record(asdict(form))
    with psycopg.connect(central.dsn) as connection:
        settings = Saying(publish.SETTINGS, "settings", {"duty/day": "01632 960 111"})
        say(connection, [Saying(place, "form", wrong[spoilt]), settings], central.clock())
    marek = laptops.of("Marek Nowak")
    added = asha.add_person(home, PersonDetails(given="Chidi"))
    report = asha.sync()
    assert [why in said for said in report.reasons] == [True]
    assert ("walk 2026.1" in report.reasons[0]) is (spoilt != "bare")
    for laptop in (asha, marek):
        assert laptop.duty.day == "01632 960 111"
        assert laptop.store.records.get(place) is None
        assert {row.id for row in laptop.forms()} == set(shipped())
    assert asha.store.outbox.state_of(added) == "confirmed"
    assert asha.sync().reasons == ()
    with pytest.raises(UnknownRecord):
        asha.begin("walk", home)
    at_the_desk(central, form, tmp_path)
    asha.sync()
    assert asha.draft(asha.begin("walk", home)).form_title == "A walk"
