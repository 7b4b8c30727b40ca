"""A council publishes a form of its own: checked, compiled, signed by central, and on every device after its sync."""

from __future__ import annotations

import json
from pathlib import Path

import psycopg
import pytest

from fieldkit.errors import Refused
from forms.library import Published, sealed, shipped
from forms.publishing import publish as compiled
from sync.server import publish
from sync.server.errors import NotAForm, VersionTaken
from tests.central_fixture import RunningCentral
from tests.trips.conftest import Laptops
from tests.trips.test_journey import family

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
