"""The register on the command line: found by letters, booked, marked, completed, drawn; never overwritten."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from fieldkit import vault
from fieldkit.commands.edge import Cost, guarded
from fieldkit.commands.line import fieldkit
from fieldkit.config import QUICK_KDF, REAL_KDF, SystemClock
from fieldkit.workspace import create_workspace
from fieldkit.workspace.registers import Plan
from fieldkit.workspace.views import PersonDetails

MINE = "four quiet owls at dusk"


class Centre:
    """A laptop of a centre with one family and one session, and its command line, run in this process."""

    def __init__(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.folder, self.home, self.capsys = folder, folder / "home", capsys
        (folder / "secret").write_text(f"{MINE}\n", "utf-8")
        made = create_workspace(
            self.home, MINE, clock=SystemClock(), kdf=QUICK_KDF, door=vault.Door("", vault.NoKeyring())
        )
        made.store.set_meta("worker", json.dumps({"id": "w1", "name": "Marek", "role": "centre"}))
        family = made.add_family("Okafor")
        self.ada = made.add_person(family, PersonDetails(given="Ada", surname="Okafor", dob="2024-08-01"))
        self.id = made.add_centre("Arbury")
        self.weeks = made.plan_session(self.id, Plan("Baby group", date(2026, 11, 23), weeks=3))
        made.close()

    def run(self, *words: str) -> tuple[int, str]:
        place = ["--home", str(self.home), "--passphrase-file", str(self.folder / "secret")]
        code = guarded(lambda: fieldkit.main(args=[*place, *words], standalone_mode=False))
        return code, self.capsys.readouterr().out

    def told(self, *words: str) -> Any:
        code, out = self.run(*words, "--json")
        assert code == 0
        return json.loads(out)


@pytest.fixture
def centre(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Iterator[Centre]:
    Cost.kdf, Cost.keyring = QUICK_KDF, lambda _home: vault.NoKeyring()
    yield Centre(tmp_path, capsys)
    Cost.kdf, Cost.keyring = REAL_KDF, vault.of_this_machine


def test_letters_find_who_is_booked_and_every_writing_verb_says_ack_and_an_id(centre: Centre) -> None:
    first = centre.weeks[0]
    assert centre.run("book", first, centre.ada) == (0, "".join(f"ACK {week}\n" for week in centre.weeks))
    assert [row["person"] for row in centre.told("expected", first, "oka")] == [centre.ada]
    assert centre.told("expected", first, "nobody") == []
    assert centre.run("attend", first, centre.ada, "--late") == (0, f"ACK {centre.ada}\n")
    assert centre.told("expected", first)[0]["status"] == "late"
    assert centre.run("attend", first)[0] == 2
    assert centre.run("attend", first, "0" * 32)[0] == 1


def test_a_walk_in_waits_is_completed_once_and_stays_counted(centre: Centre) -> None:
    first = centre.weeks[0]
    code, out = centre.run("attend", first, "--walk-in", "Zofia", "--age", "0")
    new = out.split()[1]
    assert (code, [row["person"] for row in centre.told("walk-ins")]) == (0, [new])
    code, out = centre.run("finish-walk-in", new, "--surname", "Nowak", "--dob", "2026-06-01")
    assert (code, centre.told("walk-ins")) == (0, [])
    assert [row["person"] for row in centre.told("in-now", first)] == [out.split()[1]]
    assert centre.run("finish-walk-in", new)[0] == 1


def test_files_need_a_reason_are_never_overwritten_and_reach_is_a_table_bars_or_a_picture(centre: Centre) -> None:
    first, file = centre.weeks[0], str(centre.folder / "reach.svg")
    centre.run("attend", first, centre.ada)
    centre.run("headcount", first, "--adults", "1", "--children", "2")
    period = ("reach", centre.id, "--from", "2026-11-01", "--to", "2026-11-30")
    assert centre.run(*period, "--out", file)[0] == 1
    assert not Path(file).exists()
    assert centre.run(*period, "--out", file, "--reason", "return")[0] == 0
    assert centre.run(*period, "--out", file, "--reason", "again")[0] == 1
    assert "Nov 2026 " + "░" * 40 + " 1, new 1" in centre.run(*period, "--bars")[1]
    (group,) = centre.told("in-now", first, "--building")
    assert (len(group["people"]), group["unnamed"]) == (1, 3)
    listed = str(centre.folder / "list.txt")
    assert centre.run("in-now", first, "--out", listed)[0] == 1
    assert centre.told("in-now", first, "--out", listed, "--reason", "drill")["people"] == 4
    assert centre.run("show", first)[0] == 0
