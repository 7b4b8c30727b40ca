"""Proof, copies and sharing on the command line: what is asked, what is written, and what is not."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from fieldkit.commands.edge import Cost
from fieldkit.config import QUICK_KDF, SystemClock
from tests.central_fixture import RunningCentral
from tests.fieldkit.commands.test_verbs import Line, answer_file

SCRIPT = Path(__file__).resolve().parents[3] / "packaging" / "verify_evidence.py"
WHY = ("--reason", "the court asks")


@pytest.fixture
def device(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    central: RunningCentral,
    monkeypatch: pytest.MonkeyPatch,
) -> Line:
    monkeypatch.setattr(Cost, "kdf", QUICK_KDF)
    central.clock.at = SystemClock().now()
    line = Line(tmp_path / "home", capsys)
    assert line.run("init").code == 0
    assert line.run("enrol", central.url, central.code("Asha Patel")).code == 0
    return line


def check(*words: str) -> int:
    return subprocess.run([sys.executable, "-I", str(SCRIPT), *words], capture_output=True, check=False).returncode


def test_from_a_signature_to_a_strangers_check_and_the_audit_without_words(
    device: Line, central: RunningCentral, tmp_path: Path
) -> None:
    told = answer_file(tmp_path, "agreement")
    record = device.ack("capture", "agreement", "--answers", told, "--family-name", "Okafor")
    agrees = ("--giver", "Ngozi Okafor", "--role", "mother", "--statement", "I agree.", "--judged-by", "Asha")
    signature = device.ack("sign", record, *agrees, "--read-out", "interpreter", "--read-back")
    assert device.run("sync").code in (0, 5)
    out, key = tmp_path / "bundle", central.keys.receipt.public_key().public_bytes_raw().hex()
    made = device.run("evidence", signature, "--out", str(out), *WHY, "--json")
    assert made.data == {"signature": signature, "bundle": str(out), "receipt": f"{out}.receipt"}
    assert out.stat().st_mode & 0o777 == 0o600 or os.name == "nt"
    assert check(str(out), "--receipt", f"{out}.receipt", "--central-key", key) == 0
    assert check(str(out), "--receipt", f"{out}.receipt", "--central-key", "00" * 32) == 1
    sealed = json.loads(out.read_text("utf-8"))
    assert sealed["help"]["read_back"] is True
    assert sealed["shown"]["read_out"] == "interpreter"
    assert device.run("verify", "--bundle", str(out)).code == 0
    out.write_bytes(out.read_bytes().replace(b"I agree.", b"I agree!"))
    assert check(str(out)) == 1
    assert device.run("verify", "--bundle", str(out)).code == 7
    assert device.run("evidence", signature, "--out", str(tmp_path / "x"), "--reason", " ").code == 1
    assert not (tmp_path / "x").exists()
    chain = tmp_path / "chain"
    told_of = device.run("audit", "--export", str(chain), "--json").data
    assert told_of["faults"] == []
    assert told_of["countersigned"][0]["number"] > 0
    assert len(chain.read_text("utf-8").splitlines()) == told_of["entries"]
    assert "court" not in chain.read_text("utf-8")
    assert "evidence" in device.run("audit").out


def test_a_copy_is_made_only_when_it_is_safe_and_a_share_stops_when_it_is_taken_back(
    device: Line, tmp_path: Path
) -> None:
    told = answer_file(tmp_path, "agreement")
    record = device.ack("capture", "agreement", "--answers", told, "--family-name", "Okafor")
    family = device.run("show", record, "--json").data["family"]
    device.ack("sign", record, "--giver", "Ngozi Okafor", "--statement", "I agree.")
    copy = ("receipt", record, "--person", family, "--out", str(tmp_path / "copy.html"))
    assert device.run(*copy, "--safe", "yes").code == 1, "a family is not a person who signed"
    assert device.run(*copy, "--safe", "perhaps").code == 2
    assert not (tmp_path / "copy.html").exists()
    assert device.run("share", record, "--with", "Mill School", *WHY).code == 1
    taken = device.run("withdraw", family, "--giver", "Ngozi Okafor", "--agency", "@all")
    assert taken.code == 0
    assert "fieldkit shares" in taken.err
    assert "Ngozi" not in taken.err, "standard error may lie in a log"
    assert "TAKEN BACK by Ngozi Okafor: everything" in device.run("shares", family).out
    assert device.run("withdraw", family, "--giver", "Ngozi", "--agency", "GP", "--since", "soon").code == 1
    listed = device.run("shares", family, "--json").data
    whole = ["TAKEN BACK by Ngozi Okafor: everything", "TAKEN BACK by Ngozi Okafor: the help itself"]
    assert sorted(each.partition(" since")[0] for each in listed["taken_back"]) == whole
    assert listed["shares"] == []
    assert device.run("export", record, "--as", "json", "--for", "outside", *WHY).code == 1
    assert device.run("export", record, "--as", "json", "--for", "family", *WHY).code == 0
