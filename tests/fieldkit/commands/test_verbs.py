"""The command line keeps its names, exit codes and promises: data on stdout, talk on stderr, never an answer."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from fieldkit import vault
from fieldkit.commands.edge import Cost, guarded
from fieldkit.commands.line import fieldkit
from fieldkit.commands.practice.council import answers
from fieldkit.config import QUICK_KDF
from forms.library import sealed, shipped
from tests.central_fixture import RunningCentral

PASSPHRASE = "a long passphrase for tests"
CANARY = "the canary sings"


@dataclass
class Ran:
    """What a verb left."""

    code: int
    out: str
    err: str

    @property
    def data(self) -> Any:
        return json.loads(self.out)


class Line:
    """The command line of one device, run in this process."""

    def __init__(self, home: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.home, self.capsys = home, capsys
        self.secret = home.parent / "secret"
        self.secret.write_text(PASSPHRASE + "\n", "utf-8")

    def run(self, *words: str) -> Ran:
        given = ["--home", str(self.home), "--passphrase-file", str(self.secret), *words]
        code = guarded(lambda: fieldkit.main(args=given, standalone_mode=False))
        said = self.capsys.readouterr()
        return Ran(code, said.out, said.err)

    def ack(self, *words: str) -> str:
        ran = self.run(*words)
        assert ran.code == 0, ran.err
        return ran.out.split()[1]


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Cost, "kdf", QUICK_KDF)


@pytest.fixture
def line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Line:
    made = Line(tmp_path / "home", capsys)
    assert made.run("init").code == 0
    return made


@pytest.fixture
def enrolled(line: Line, real_central: RunningCentral) -> Line:
    assert line.run("enrol", real_central.url, real_central.code("Asha Patel")).code == 0
    return line


@pytest.fixture
def real_central(central: RunningCentral) -> RunningCentral:
    """A central whose clock is the machine's: the command line has no other."""
    from datetime import UTC, datetime

    central.clock.at = datetime.now(UTC)
    return central


def answer_file(folder: Path, form: str, **more: object) -> str:
    file = folder / f"{form}.json"
    file.write_text(json.dumps(json.loads(answers(form)) | more), "utf-8")
    return str(file)


def test_a_second_init_in_the_same_folder_is_refused(line: Line) -> None:
    assert line.run("init").code == 1


def test_a_wrong_passphrase_is_exit_3_and_changes_nothing(line: Line) -> None:
    before = (line.home / vault.KEY_FILE).read_bytes()
    line.secret.write_text("not it\n", "utf-8")
    ran = line.run("status")
    assert (ran.code, ran.out) == (3, "")
    assert "caps lock" in ran.err
    assert (line.home / vault.KEY_FILE).read_bytes() == before


def test_a_damaged_store_is_exit_7(line: Line) -> None:
    store = line.home / vault.STORE_FILE
    for side in ("-wal", "-shm"):
        Path(f"{store}{side}").unlink(missing_ok=True)
    damaged = bytes(4096)
    store.write_bytes(damaged)
    ran = line.run("status")
    assert ran.code == 7
    assert store.read_bytes() == damaged


def test_a_wrong_call_is_exit_2(line: Line) -> None:
    assert line.run("status", "--balloon").code == 2
    assert line.run("edit", "x", "--set", "no-equals-sign").code == 2


def test_no_device_is_told_apart_from_a_wrong_passphrase(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert Line(tmp_path / "nowhere", capsys).run("status").code == 1


def test_nothing_is_captured_before_enrolment(line: Line, tmp_path: Path) -> None:
    ran = line.run("capture", "visit", "--answers", answer_file(tmp_path, "visit"), "--family-name", "Okafor")
    assert ran.code == 1
    assert "enrol" in ran.err


def test_a_code_that_is_not_valid_is_refused(line: Line, real_central: RunningCentral) -> None:
    ran = line.run("enrol", real_central.url, "AAAA-BBBB-CCCC")
    assert ran.code == 1
    assert "not valid" in ran.err


def test_central_away_is_exit_4_and_everything_still_waits(enrolled: Line, real_central: RunningCentral) -> None:
    family_of(enrolled)
    real_central.close()
    ran = enrolled.run("sync")
    assert ran.code == 4
    assert "Nothing is lost: what central has not confirmed waits here" in ran.err
    assert enrolled.run("status", "--json").data["waiting"] == 2


def family_of(line: Line) -> str:
    record = line.ack(
        "capture", "visit", "--answers", answer_file(line.home.parent, "visit"), "--family-name", "O'Brien-Núñez"
    )
    shown = line.run("show", record, "--json").data
    return str(shown["family"])


def test_capture_acknowledges_find_finds_show_shows(enrolled: Line) -> None:
    family = family_of(enrolled)
    found = enrolled.run("find", "obrien nunez", "--json").data
    assert [each["name"] for each in found] == ["O'Brien-Núñez"]
    assert enrolled.run("list", "family", "--json").data[0]["id"] == family
    visit = enrolled.run("list", "visit", "--json").data[0]["id"]
    values = enrolled.run("show", visit, "--json").data["values"]
    assert values["a/when/purpose"] == "Bedtime plan, second visit"


def test_answers_that_are_not_valid_are_exit_6_and_named_by_place_only(enrolled: Line, tmp_path: Path) -> None:
    family = family_of(enrolled)
    file = answer_file(tmp_path, "visit", **{"a/when/visit_type": CANARY})
    ran = enrolled.run("capture", "visit", "--answers", file, "--family", family)
    assert ran.code == 6
    assert "a/when/visit_type" in ran.err
    assert CANARY not in ran.out + ran.err
    assert len(enrolled.run("list", "draft", "--json").data) == 1


@pytest.mark.parametrize(
    "words",
    [
        ("visit", "--family-name", "Okafor"),
        ("visit", "--draft", "--family-name", "Okafor"),
        ("visit", "--centre-name", "Hafan"),
        ("no-such-form", "--family-name", "Okafor"),
    ],
    ids=" ".join,
)
def test_what_is_refused_leaves_no_new_family_behind(enrolled: Line, tmp_path: Path, words: tuple[str, ...]) -> None:
    place = "no/such/place" if "--draft" in words else "a/when/visit_type"
    ran = enrolled.run("capture", *words, "--answers", answer_file(tmp_path, "visit", **{place: CANARY}))
    assert ran.code in (1, 6)
    for kind in ("family", "centre", "draft"):
        assert enrolled.run("list", kind, "--json").data == []
    assert enrolled.run("status", "--json").data["waiting"] == 0


@pytest.mark.parametrize("content", ["{", "[]", '{"no/such/place": "x"}', "\x00"])
def test_a_bad_answer_file_is_exit_6_without_a_traceback(enrolled: Line, tmp_path: Path, content: str) -> None:
    file = tmp_path / "bad.json"
    file.write_text(content, "utf-8")
    ran = enrolled.run("capture", "visit", "--answers", str(file), "--family-name", "Okafor")
    assert ran.code == 6
    assert "Traceback" not in ran.err


def test_edit_changes_and_clears_and_refuses_what_is_immutable(enrolled: Line) -> None:
    family = family_of(enrolled)
    enrolled.ack("edit", family, "--set", "risk_level=high", "--set", "postcode=WY1 2AB")
    enrolled.ack("edit", family, "--set", "postcode=")
    values = enrolled.run("show", family, "--json").data["values"]
    assert values["risk_level"] == "high"
    assert "postcode" not in values
    visit = enrolled.run("list", "visit", "--json").data[0]["id"]
    assert enrolled.run("edit", visit, "--set", "a/when/purpose=x").code == 1
    assert enrolled.run("edit", "no-such-record", "--set", "a=b").code == 1


def test_an_edited_answer_and_the_reason_for_none_take_each_others_place(enrolled: Line) -> None:
    family = family_of(enrolled)
    assert enrolled.run("edit", family, "--set", "postcode@not-recorded=because").code == 1
    assert enrolled.run("edit", family, "--set", "postcode=X", "--set", "postcode@not-recorded=not-known").code == 1
    enrolled.ack("edit", family, "--set", "postcode@not-recorded=not-known")
    enrolled.ack("edit", family, "--set", "postcode=WY1 2AB")
    told = enrolled.run("show", family, "--json").data["values"]
    assert ("postcode@not-recorded" in told, told["postcode"]) == (False, "WY1 2AB")
    ran = enrolled.run("edit", family, "--set", "postcode@not-recorded=prefers-not-to-say")
    assert (ran.code, "Taken away" in ran.err, "WY1" in ran.err) == (0, True, False)
    told = enrolled.run("show", family, "--json").data["values"]
    assert ("postcode" in told, told["postcode@not-recorded"]) == (False, "prefers-not-to-say")
    enrolled.ack("edit", family, "--set", "postcode=")
    assert not {"postcode", "postcode@not-recorded"} & set(enrolled.run("show", family, "--json").data["values"])


def test_a_word_that_a_place_does_not_take_is_refused_with_the_words_it_takes(enrolled: Line, tmp_path: Path) -> None:
    family = family_of(enrolled)
    enrolled.ack("edit", family, "--set", "risk_level=high")
    ran = enrolled.run("edit", family, "--set", "risk_level=bogus", "--set", "name=Other")
    assert (ran.code, "Give one of: low, medium, high, immediate." in ran.err) == (1, True)
    values = enrolled.run("show", family, "--json").data["values"]
    assert (values["risk_level"], values["name"] != "Other") == ("high", True)
    enrolled.ack("edit", family, "--set", "lead=Anybody at all", "--set", "risk_level=")
    record = enrolled.ack("capture", "eha", "--answers", answer_file(tmp_path, "eha"), "--family", family)
    form = enrolled.run("show", record, "--json").data
    place, chosen = next((path, value) for path, value in form["values"].items() if value in ("yes", "no"))
    ran = enrolled.run("edit", record, "--set", f"{place}=bogus")
    assert (ran.code, "Give one of: " in ran.err, chosen in ran.err) == (1, True, True)


def test_quality_tells_what_is_thin_in_a_record_and_in_a_draft(enrolled: Line, tmp_path: Path) -> None:
    family = family_of(enrolled)
    file = answer_file(tmp_path, "eha", **{"f/past/happened": f"The home is chaotic, {CANARY}"})
    record = enrolled.ack("capture", "eha", "--answers", file, "--family", family)
    draft = enrolled.ack("capture", "eha", "--answers", file, "--family", family, "--draft")
    for thing in (record, draft):
        ran = enrolled.run("quality", thing, "--json")
        states = {each["name"]: each["state"] for each in ran.data["items"]}
        assert states["father"] == "partly"
        assert states["childs-voice"] == "missing"
        assert [each["word"] for each in ran.data["labels"]] == ["chaotic"]
        assert CANARY not in ran.out
    assert "partly   Fathers" in enrolled.run("quality", record).out
    assert enrolled.run("quality", "no-such-thing").code == 1


def test_sign_seals_and_verify_checks_the_bundle_alone(enrolled: Line, tmp_path: Path) -> None:
    family = family_of(enrolled)
    record = enrolled.ack("capture", "agreement", "--answers", answer_file(tmp_path, "agreement"), "--family", family)
    signed = enrolled.ack("sign", record, "--giver", "Ngozi", "--statement", "I agree.")
    bundle = enrolled.run("show", signed, "--json").data["values"]["bundle"]
    file = tmp_path / "bundle.json"
    file.write_text(bundle, "utf-8")
    assert enrolled.run("verify", "--bundle", str(file)).code == 0
    file.write_text(bundle.replace("I agree.", "I do not."), "utf-8")
    assert enrolled.run("verify", "--bundle", str(file)).code == 7
    assert enrolled.run("verify").code == 0


def test_dump_needs_a_reason_and_is_canonical(enrolled: Line) -> None:
    family_of(enrolled)
    assert enrolled.run("dump", "--canonical").code == 2
    assert enrolled.run("dump", "--canonical", "--reason", " ").code == 1
    lines = enrolled.run("dump", "--canonical", "--reason", "hand-over").out.splitlines()
    assert [
        json.dumps(json.loads(each), ensure_ascii=False, sort_keys=True, separators=(",", ":")) for each in lines
    ] == lines


def test_what_a_terminal_could_obey_is_a_picture_on_the_command_line(enrolled: Line) -> None:
    from fieldkit.commands.edge import shown

    assert shown("a\x1b]52;c;x\x07\u202eb\x9b") == "a␛]52;c;x␇␛b␛"


def test_a_bug_is_told_by_number_without_its_words(line: Line, capsys: pytest.CaptureFixture[str]) -> None:
    def broken() -> None:
        raise RuntimeError(CANARY)

    assert guarded(broken) == 1
    said = capsys.readouterr()
    assert CANARY not in said.out + said.err
    assert "RuntimeError" in said.err


def test_the_passphrase_changes_and_the_work_stays(line: Line, tmp_path: Path) -> None:
    new = tmp_path / "new"
    new.write_text("another long passphrase\n", "utf-8")
    assert line.run("passphrase", "--new-passphrase-file", str(new)).code == 0
    assert line.run("status").code == 3
    line.secret.write_text("another long passphrase\n", "utf-8")
    assert line.run("status").code == 0


def test_a_second_fieldkit_on_the_same_store_is_refused(line: Line) -> None:
    held = vault.unlock(line.home, PASSPHRASE, QUICK_KDF)
    assert line.run("status").code == 1
    held.close()


def test_forms_check_prints_the_counts_that_were_promised(line: Line) -> None:
    definitions = Path(__file__).resolve().parents[3] / "forms" / "definitions"
    counts = line.run("forms", "check", str(definitions / "eha.md"), "--json").data
    assert counts["questions"] >= 150
    assert counts["relevance"] >= 25
    assert counts["constraints"] >= 15
    assert counts["calculations"] >= 10
    assert counts["repeats"] >= 4


def test_a_spreadsheet_of_a_published_form_is_made_of_its_definition_or_refused_with_the_cure(
    line: Line, tmp_path: Path
) -> None:
    form = shipped()["session"]
    (tmp_path / "ours.json").write_text(form.to_json(), "utf-8")
    assert line.run("forms", "export", str(tmp_path / "ours.json"), "--md", str(tmp_path / "ours.md")).code == 0
    assert "Session register" in (tmp_path / "ours.md").read_text("utf-8")
    (tmp_path / "theirs.json").write_text(sealed(replace(form, title="Theirs")).to_json(), "utf-8")
    refused = line.run("forms", "export", str(tmp_path / "theirs.json"), "--xlsx", str(tmp_path / "theirs.xlsx"))
    assert (refused.code, (tmp_path / "theirs.xlsx").exists()) == (1, False)
    assert "published from" in refused.err
    assert line.run("forms", "export", str(tmp_path / "theirs.json")).out.strip() == form.xml.strip()


def test_what_refuses_a_form_is_told_to_programs_too(line: Line, tmp_path: Path) -> None:
    sheets = "| survey | | | |\n| | type | name | label |\n| | text | q | Q |\n| | osm | m | M |\n"
    (tmp_path / "t.md").write_text(sheets + "| settings | | |\n| | form_id | version |\n| | t | 1 |\n", "utf-8")
    done = line.run("forms", "check", str(tmp_path / "t.md"), "--json")
    assert done.code == 1
    assert [(each["sheet"], each["row"], each["word"]) for each in done.data["refused"]] == [
        ("settings", 2, "form_title"),
        ("survey", 3, "osm"),
    ]
    lines = [line for line in done.err.splitlines() if " row " in line]
    assert [line.split(":")[0] for line in lines] == ["settings row 2", "survey row 3"], "each on a line of its own"


def test_doctor_needs_no_passphrase_and_tells_nothing_personal(line: Line) -> None:
    facts = line.run("doctor", "--json").data
    assert facts["store"] is True
    assert PASSPHRASE not in json.dumps(facts)
