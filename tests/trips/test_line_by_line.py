"""The line mode over a real pty on a terminal that knows only lines: killed in the middle, gone on with, filed."""

from __future__ import annotations

import json
import re
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest

from fieldkit.commands.plain.agreeing import agree
from fieldkit.commands.plain.deciding import decide
from fieldkit.config import QUICK_KDF, SystemClock
from fieldkit.workspace import Workspace, create_workspace, open_workspace
from tests.central_fixture import RunningCentral
from tests.faults.terminal import Terminal
from tests.fieldkit.commands.scripted import Scripted
from tests.trips.conftest import Laptops
from tests.trips.test_journey import family, filed, shared

PASSPHRASE = "a long passphrase for tests"
QUICK = str(Path(__file__).with_name("quick_fieldkit.py"))
PROMPT = "> "
SAID = {
    "Kind of contact": "1",
    "Date": "yesterday",
    "Purpose": "Bedtime plan, second visit",
    "Did you see anybody": "1",
    "Who was present": "Ngozi, mother; Ada\n.",
    "Were children seen": "2",
    "On arrival": "Door open, radio on.\n\nAda on the rug.\n.",
    "What you did together": "-\n1",
    "What does it mean": "The children are at ease.\n.",
    "A safeguarding concern": "no",
}
"""What is typed at a question; at every other one a blank line."""


class Sitting:
    """One run of `fieldkit capture --plain` at the far end of a pty."""

    def __init__(self, home: Path, *words: str) -> None:
        given = ("--home", str(home), "--passphrase-file", str(home.parent / "secret"))
        self.terminal = Terminal(QUICK, *given, "capture", *words, "--plain", env={"TERM": "dumb"})
        self.heard = 0

    def listen(self) -> str:
        """What was said since the last line, up to the prompt."""
        since = self.heard
        self.heard = self.terminal.until(PROMPT, since)
        return self.terminal.sent[since:].decode().replace("\r", "")

    def type(self, line: str) -> str:
        """Type a line; what is said then."""
        self.terminal.type(line + "\n")
        return self.listen()

    def until(self, words: str, said: str) -> str:
        """Answer what is asked until some words are said."""
        while words not in said:
            asked = said.removesuffix(PROMPT).strip().split("\n\n")[-1]
            answer = next((told for label, told in SAID.items() if asked.startswith(label)), "")
            for line in answer.split("\n"):
                said = self.type(line)
        return said


@contextmanager
def sitting(home: Path, *words: str) -> Iterator[Sitting]:
    """A sitting that is ended, whatever comes."""
    made = Sitting(home, *words)
    try:
        yield made
    finally:
        made.terminal.close()


def opened(home: Path) -> Workspace:
    return open_workspace(home, PASSPHRASE, clock=SystemClock(), kdf=QUICK_KDF)


@pytest.fixture
def home(tmp_path: Path, central: RunningCentral) -> Path:
    central.clock.at = datetime.now(UTC)
    made = create_workspace(tmp_path / "home", PASSPHRASE, clock=SystemClock(), kdf=QUICK_KDF)
    made.enrol(central.url, central.code("Asha Patel"), "Asha's laptop")
    made.add_family("Okafor [/x] [@click=app.quit]x[/]")
    made.close()
    (tmp_path / "secret").write_text(PASSPHRASE + "\n", "utf-8")
    return tmp_path / "home"


def test_a_visit_note_line_by_line_is_killed_in_the_middle_and_loses_nothing(home: Path) -> None:
    with sitting(home, "visit") as asha:
        asha.listen()
        said = asha.until("Purpose", asha.type("okafor") + asha.type("1"))
        said = asha.type(SAID["Purpose"])
        assert "Kept." in said
        asha.terminal.process.send_signal(signal.SIGKILL)
        assert asha.terminal.ended() == -signal.SIGKILL
    laptop = opened(home)
    (draft,) = laptop.today().drafts
    assert laptop.draft(draft.id).interview.values()["a/when/purpose"] == SAID["Purpose"]
    laptop.close()
    with sitting(home, draft.id) as asha:
        said = asha.until("Nothing is missing.", asha.listen())
        assert re.search(r"^1 file it", said, re.MULTILINE)
        asha.terminal.type("1\n")
        assert asha.terminal.ended() == 0
        sent = asha.terminal.sent
    assert b"\x1b" not in sent
    assert b"[/x] [@click" in sent
    record = sent.decode().split("ACK ")[1].split()[0]
    laptop = opened(home)
    state = laptop.record(record).state
    laptop.close()
    assert state["a/when/purpose"] == SAID["Purpose"]
    assert state["c/facts/arrival"] == "Door open, radio on.\n\nAda on the rug."
    assert state["d/done/work@not-recorded"] == "not-asked"


def test_conflicts_are_decided_one_by_one_with_a_reason(laptops: Laptops, central: RunningCentral) -> None:
    asha, marek, home = shared(laptops, central)
    for laptop, risk, postcode in ((asha, "medium", "WY1 1AA"), (marek, "high", "WY1 9ZZ")):
        laptop.edit(home, {"risk_level": risk, "postcode": postcode})
    marek.sync()
    asha.sync()
    before = len(asha.conflicts())
    talk = Scripted(["2", "Seen today: calm"] + ["1", ""] * before)
    decide(asha, talk)
    assert before > 0
    assert "It was: low." in talk.text
    assert "Why? It is kept" in talk.text
    assert len(asha.conflicts()) == before - (1 if "Decided." in talk.said else 0)
    assert ("Decided." in talk.said) != ("Proposed: a lead must agree." in talk.said)


@pytest.mark.parametrize(
    ("lines", "method"),
    [
        (["1", "1", "I have read it and I agree."], "typed"),
        (["1", "2", "Yes, that is right", "Joan Price, health visitor", "No glasses today"], "witnessed"),
    ],
)
def test_a_parent_agrees_line_by_line(lines: list[str], method: str, laptops: Laptops) -> None:
    asha = laptops.of("Asha Patel")
    record = filed(asha, "visit", family(asha))
    talk = Scripted(["Ngozi Okafor", "mother", *lines, "y"])
    agree(asha, record, talk)
    (signature,) = asha.signatures_of(record)
    said = json.loads(str(signature.state["bundle"]))
    assert (said["said"]["method"], said["signer"]["name"], said["shown"]["read_out"]) == (
        method,
        "Ngozi Okafor",
        "worker",
    )
    assert said["shown"]["text"] in talk.text


def test_nothing_is_sealed_when_somebody_leaves_before_the_end(laptops: Laptops) -> None:
    asha = laptops.of("Asha Patel")
    record = filed(asha, "visit", family(asha))
    agree(asha, record, Scripted(["Ngozi Okafor", "mother", "1", "1", "I agree", "n"]))
    assert list(asha.signatures_of(record)) == []
