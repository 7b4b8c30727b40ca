"""Documents leave the device with a reason, for somebody, once; submissions come in as drafts."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path

import pytest

from fieldkit.commands.edge import Cost
from fieldkit.config import QUICK_KDF, SystemClock
from fieldkit.workspace import open_workspace
from tests.central_fixture import RunningCentral
from tests.fieldkit.commands.test_verbs import CANARY, PASSPHRASE, Line, answer_file

WHY = ("--reason", "the family asked for its copy")


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


def test_a_visit_leaves_as_every_document_and_comes_back_as_a_draft(device: Line, tmp_path: Path) -> None:
    told = {"c/facts/hazards": CANARY, "b/there/strangers": CANARY}
    file = answer_file(tmp_path, "visit", **told)
    visit = device.ack("capture", "visit", "--answers", file, "--family-name", "Brennan-Hughes")
    shown = device.run("show", visit, "--json").data
    for kind in ("odk", "json", "fhir-response", "fhir-questionnaire"):
        ran = device.run("export", visit, "--as", kind, *WHY)
        assert ran.code == 0, ran.err
        assert CANARY not in ran.out, kind
        assert kind == "odk" or json.loads(ran.out)
        assert kind == "fhir-questionnaire" or "answers left out for family" in ran.err
        assert CANARY in device.run("export", visit, "--as", kind, "--for", "full", *WHY).out or "quest" in kind
    whole = tmp_path / "whole.xml"
    assert device.run("export", visit, "--as", "odk", "--for", "full", *WHY, "--out", str(whole)).code == 0
    assert whole.stat().st_mode & 0o777 == 0o600 or os.name == "nt"
    draft = device.ack("import-odk", "visit", str(whole), "--family", shown["family"])
    workspace = open_workspace(device.home, PASSPHRASE, clock=SystemClock(), kdf=QUICK_KDF)
    try:
        values = workspace.draft(draft).interview.filed()
        noted = workspace.store.connection.execute("select about from audit where what = 'export'").fetchall()
    finally:
        workspace.close()
    kept = {path: value for path, value in shown["values"].items() if not path.startswith(("@", "meta/"))}
    assert {path: value for path, value in values.items() if not path.startswith("meta/")} == kept
    assert len(noted) == 9
    assert all("the family asked" in about and CANARY not in about for (about,) in noted)


def test_a_visit_leaves_as_a_table_in_the_forms_words_without_what_is_not_for_its_reader(
    device: Line, tmp_path: Path
) -> None:
    told = {"c/facts/hazards": CANARY, "b/there/present": "=HYPERLINK(1)", "d/done/work": "<b>line</b>\nnext"}
    visit = device.ack(
        "capture", "visit", "--answers", answer_file(tmp_path, "visit", **told), "--family-name", "Okafor"
    )
    for kind in ("csv", "html"):
        ran = device.run("export", visit, "--as", kind, *WHY)
        assert (ran.code, CANARY in ran.out) == (0, False), ran.err
        assert "answers left out for family" in ran.err
        assert CANARY in device.run("export", visit, "--as", kind, "--for", "full", *WHY).out
        assert ("'=HYPERLINK(1)" in ran.out) == (kind == "csv")
        assert ("<b>line" in ran.out) == (kind == "csv")
        assert "At home, planned" in ran.out, "a choice in its own words"
        assert "Worker or workers" in ran.out, "a question in its own words"
        assert "instanceID" not in ran.out
    out = tmp_path / "visit.csv"
    assert device.run("export", visit, "--as", "csv", *WHY, "--out", str(out)).code == 0
    assert len(out.read_text("utf-8-sig").splitlines()) > 5
    assert str(out) in device.run("exports").out


def test_what_may_not_leave_or_come_in_is_refused_and_nothing_is_made(device: Line, tmp_path: Path) -> None:
    visit = device.ack("capture", "visit", "--answers", answer_file(tmp_path, "visit"), "--family-name", "Okafor")
    family = device.run("show", visit, "--json").data["family"]
    agreed = device.ack("capture", "agreement", "--answers", answer_file(tmp_path, "agreement"), "--family", family)
    device.ack("edit", agreed, "--set", f"gone/1/@order={CANARY}", "--set", f"gone/1/x={CANARY}")
    assert "not of this form: 1" in device.run("export", agreed, "--as", "odk", *WHY).err
    assert CANARY in device.run("export", agreed, "--as", "odk", "--for", "full", *WHY).out
    out = tmp_path / "there.json"
    out.write_text("mine", "utf-8")
    assert device.run("export", visit, "--as", "json", *WHY, "--out", str(out)).code == 1
    assert out.read_text("utf-8") == "mine"
    assert device.run("export", visit, "--as", "json", "--reason", " \x1b ").code == 1
    assert device.run("export", visit, "--as", "json").code == 2
    assert device.run("export", family, "--as", "json", *WHY, "--out", str(tmp_path / "new")).code == 1
    assert not (tmp_path / "new").exists()
    assert device.run("export", "0" * 32, "--as", "json", *WHY).code == 1
    told = device.run("export", visit, "--as", "json", *WHY, "--out", str(tmp_path / "new"), "--json").data
    assert (told["for"], told["file"]) == ("family", str(tmp_path / "new"))
    for content in (b"", b"<x/>", f'<data id="visit" version="2026.1"><z>{CANARY}</z></data>'.encode()):
        (tmp_path / "sent.xml").write_bytes(content)
        ran = device.run("import-odk", "visit", str(tmp_path / "sent.xml"), "--family", family)
        assert ran.code == 6, ran.err
        assert CANARY not in ran.err
    missing = device.run("import-odk", "visit", str(tmp_path / "none.xml"), "--family", family)
    assert (missing.code, missing.err.splitlines()[0]) == (1, "That file could not be read.")
    assert device.run("list", "draft", "--json").data == []


def test_a_sealed_document_opens_with_its_secret_alone_and_a_plain_one_is_reminded_of_until_it_is_gone(
    device: Line, tmp_path: Path
) -> None:
    file = answer_file(tmp_path, "visit")
    visit = device.ack("capture", "visit", "--answers", file, "--family-name", "Brennan-Hughes")
    kept, plain, whole = tmp_path / "copy.sealed", tmp_path / "copy.json", tmp_path / "opened.json"
    ran = device.run("export", visit, "--as", "json", *WHY, "--out", str(kept), "--seal")
    assert ran.code == 0, ran.err
    secret = tmp_path / "told by telephone"
    secret.write_text(ran.err.partition("another way than the file: ")[2].splitlines()[0].lower().replace("-", " "))
    assert kept.read_bytes().startswith(b"fieldkit-sealed-1 {")
    assert kept.stat().st_mode & 0o777 == 0o600 or os.name == "nt"
    assert device.run("exports", "--json").data == []
    assert device.run("unseal", str(kept), "--out", str(whole), "--secret-file", str(secret)).code == 0
    assert device.run("export", visit, "--as", "json", *WHY, "--out", str(plain)).code == 0
    assert plain.read_bytes() == whole.read_bytes()
    assert device.run("export", visit, "--as", "json", "--reason", " ", "--out", str(tmp_path / "no")).code == 1
    assert not (tmp_path / "no").exists()
    left = device.run("exports", "--json").data
    assert [each["file"] for each in left] == [str(plain)]
    plain.unlink()
    assert device.run("exports", "--json").data == []
    kept.write_bytes(kept.read_bytes()[:-1] + b"x")
    again = device.run("unseal", str(kept), "--out", str(tmp_path / "again"), "--secret-file", str(secret))
    assert again.code == 1
    assert not (tmp_path / "again").exists()


def test_a_note_goes_home_as_a_tagged_pdf_in_the_forms_words_also_in_large_print(device: Line, tmp_path: Path) -> None:
    file = answer_file(tmp_path, "visit", **{"c/facts/hazards": CANARY, "d/done/work": "We played with blocks."})
    visit = device.ack("capture", "visit", "--answers", file, "--family-name", "Brennan-Hughes")
    for kind in ("pdf", "pdf-large"):
        out = tmp_path / f"home.{kind}"
        assert device.run("export", visit, "--as", kind, *WHY, "--out", str(out)).code == 0
        made = out.read_bytes()
        assert made.startswith(b"%PDF-1.7")
        assert b"/Marked true" in made
        words = b" ".join(re.findall(rb"\(((?:\\.|[^()\\])*)\) Tj", made))
        assert b"We played with blocks." in b" ".join(words.split())
        assert b"What you did together" in words
        assert CANARY.encode() not in made
