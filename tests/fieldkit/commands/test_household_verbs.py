"""People of a family, its plan and its history from the command line."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.central_fixture import RunningCentral
from tests.fieldkit.commands.test_verbs import Line, answer_file, enrolled, line, quick, real_central

__all__ = ["enrolled", "line", "quick", "real_central"]


@pytest.mark.usefixtures("real_central")
def test_a_family_is_written_down_and_read_again(enrolled: Line, tmp_path: Path, real_central: RunningCentral) -> None:
    run = enrolled.run
    record = enrolled.ack("capture", "eha", "--answers", answer_file(tmp_path, "eha"), "--family-name", "Okafor")
    home = next(each["id"] for each in run("list", "family", "--json").data)
    mother = enrolled.ack("add-person", home, "--given", "Ngozi", "--surname", "Okafor", "--dob", "1992-03-04")
    child = enrolled.ack("add-person", home, "--given", "Unborn", "--expected", "2026-11-20", "--relation", "unborn")
    twice = run("add-person", home, "--given", "Ngozi", "--surname", "Okafor", "--dob", "1992-04-03")
    assert twice.code == 1
    assert "date of birth is alike: day and month swapped" in twice.err
    enrolled.ack("relate", mother, "mother", child)
    enrolled.ack("born", child, "--dob", "2026-11-21", "--given", "Maya")
    page = run("family", home)
    assert "mother of Maya, PR by birth" in page.out
    assert run("is-open", home, "--json").data["record"] == record
    again = run("capture", "eha", "--answers", answer_file(tmp_path, "eha"), "--family", home, "--draft")
    assert "An assessment of Okafor is open" in again.err
    enrolled.ack("edit", home, "--set", "risk_level=high")
    change = run("history", home, "--json").data[0]
    assert (change["before"], change["after"]) == ("", "high")
    enrolled.ack("put-back", home, change["id"])
    assert "risk_level" not in run("show", home, "--json").data["values"]
    enrolled.ack("capture", "plan", "--answers", answer_file(tmp_path, "plan"), "--family", home)
    row = run("plan", home, "--json").data[0]
    assert run("move-action", home, row["row"], "--to", "stopped").code == 1
    enrolled.ack("move-action", home, row["row"], "--to", "started")
    assert next(each for each in run("plan", home, "--json").data if each["row"] == row["row"])["status"] == "started"
    assert "Asha Patel" in run("who-knows", home, "--large-print").out.replace("ASHA PATEL", "Asha Patel")
