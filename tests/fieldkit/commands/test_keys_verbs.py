"""The command line of keys: people, recovery by two, advice; what is secret never stands on a line or in a message."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from fieldkit import vault
from fieldkit.commands.edge import Cost, guarded
from fieldkit.commands.line import fieldkit
from fieldkit.config import QUICK_KDF, REAL_KDF
from fieldkit.vault import council_key
from fieldkit.vault.council_key import CouncilKey, TwoPersons

MINE, BENS = "four quiet owls at dusk", "seven herons by the weir"
BOTH = ("the long way over the moor", "a kettle on before breakfast")


class Line:
    """The command line, run in this process."""

    def __init__(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.folder, self.home, self.capsys = folder, folder / "home", capsys

    def file(self, name: str, words: str) -> str:
        """A file with one secret line."""
        (self.folder / name).write_text(f"{words}\n", "utf-8")
        return str(self.folder / name)

    def run(self, *words: str, passphrase: str = MINE) -> tuple[int, str, str]:
        place = ["--home", str(self.home), "--passphrase-file", self.file("secret", passphrase)]
        code = guarded(lambda: fieldkit.main(args=[*place, *words], standalone_mode=False))
        said = self.capsys.readouterr()
        return code, said.out, said.err


@pytest.fixture
def line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Iterator[Line]:
    Cost.kdf, Cost.keyring = QUICK_KDF, lambda _home: vault.NoKeyring()
    yield Line(tmp_path, capsys)
    Cost.kdf, Cost.keyring = REAL_KDF, vault.of_this_machine


def test_init_says_that_there_is_no_keyring_and_refuses_what_is_easily_guessed(line: Line) -> None:
    code, _, err = line.run("init", passphrase="short")
    assert (code, "too short" in err, "no keyring" in err) == (1, True, True)
    assert "short15" not in err
    code, _, err = line.run("init", passphrase="liverpoolliverpool")
    assert (code, "first things" in err, line.home.exists()) == (1, True, False)
    code, _, err = line.run("init", "--words", "--person", "AP")
    assert (code, "Four words" in err) == (0, True)
    assert [each.handle for each in vault.people(line.home, QUICK_KDF)] == ["AP"]


def test_people_are_added_listed_removed_and_say_who_they_are(line: Line) -> None:
    line.run("init", "--person", "AP")
    bens = line.file("bens", BENS)
    code, out, _ = line.run("people", "add", "BC", "--register-only", "--new-passphrase-file", bens)
    assert (code, out[:4]) == (0, "ACK ")
    code, _, err = line.run("status")
    assert (code, "--as: AP, BC" in err) == (3, True)
    assert line.run("status", "--as", "AP")[0] == 0
    assert line.run("--as", "BC", "status", passphrase=BENS)[0] == 0
    assert line.run("people", "list", "--as", "BC", passphrase=BENS)[0] == 1
    code, out, _ = line.run("people", "list", "--as", "AP")
    assert (code, "BC  register  has a slot" in out) == (0, True)
    assert line.run("people", "remove", "BC", "--as", "AP")[0] == 0
    assert line.run("status", "--as", "BC", passphrase=BENS)[0] == 1
    assert line.run("status")[0] == 0


def test_a_passphrase_is_changed_and_the_store_gets_a_new_key(line: Line) -> None:
    line.run("init")
    code, _, err = line.run("passphrase", "--new-passphrase-file", line.file("new", "password password"))
    assert (code, "first things" in err) == (1, True)
    assert line.run("passphrase", "--new-key", "--new-passphrase-file", line.file("new", BENS))[0] == 0
    assert line.run("status")[0] == 3
    code, out, _ = line.run("verify", passphrase=BENS)
    assert (code, out) == (0, "all whole\n")


def test_a_lost_passphrase_is_recovered_by_two_persons_with_files_and_a_code(line: Line) -> None:
    line.run("init", "--person", "AP")
    request, answer = str(line.folder / "request"), str(line.folder / "answer")
    code, _, err = line.run("recover", "--request", request)
    assert (code, "no slot for your council" in err) == (1, True)
    public, file = council_key.make(TwoPersons(*BOTH), QUICK_KDF)
    (line.folder / "council.key").write_bytes(file)
    opened = vault.unlock(line.home, MINE, QUICK_KDF)
    vault.add_council(opened, CouncilKey(public, 1), "d" * 32)
    opened.close()
    assert line.run("recover")[0] == 2
    assert line.run("recover", "--request", request)[0] == 0
    key = ["--key", str(line.folder / "council.key"), "--out", answer]
    one, two = line.file("one", BOTH[0]), line.file("two", BOTH[1])
    alone = [*key, "--first-passphrase-file", one, "--second-passphrase-file", line.file("guess", "a guess")]
    assert line.run("council-key", "open", request, *alone)[0] == 3
    together = [*key, "--first-passphrase-file", two, "--second-passphrase-file", one]
    code, out, err = line.run("council-key", "open", request, *together)
    assert (code, "d" * 32 in err) == (0, True)
    given = ["--answer", answer, "--code-file", line.file("code", out.strip())]
    code, _, err = line.run("recover", *given, "--new-passphrase-file", line.file("new", "too short"))
    assert (code, "too short:" in err) == (1, True)
    assert line.run("recover", *given, "--new-passphrase-file", line.file("new", BENS))[0] == 0
    assert line.run("status")[0] == 3
    assert line.run("status", passphrase=BENS)[0] == 0
