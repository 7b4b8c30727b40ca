"""Recovery and a new key when something is in the way: a name that is taken, a file somebody altered, a full disk."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from fieldkit import vault
from fieldkit.commands.edge import Cost
from fieldkit.config import QUICK_KDF, REAL_KDF
from fieldkit.vault import council_key
from fieldkit.vault.council_key import CouncilKey, TwoPersons
from tests.fieldkit.commands.test_keys_verbs import BENS, BOTH, MINE, Line
from tests.fieldkit.vault.small_disk import no_file_grows_beyond

LITTLE = 200 << 10
"""Bytes: room for a key file and a few pages, and not for every page of a store."""


@pytest.fixture
def line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Iterator[Line]:
    """A device with a council's slot, and the council's key."""
    Cost.kdf, Cost.keyring = QUICK_KDF, lambda _home: vault.NoKeyring()
    line = Line(tmp_path, capsys)
    assert line.run("init", "--person", "AP")[0] == 0
    public, file = council_key.make(TwoPersons(*BOTH), QUICK_KDF)
    (tmp_path / "council.key").write_bytes(file)
    opened = vault.unlock(line.home, MINE, QUICK_KDF)
    vault.add_council(opened, CouncilKey(public, 1), "d" * 32)
    opened.close()
    yield line
    Cost.kdf, Cost.keyring = REAL_KDF, vault.of_this_machine


def answered(line: Line, request: str) -> tuple[int, str, str]:
    """What the two persons' command says to a request."""
    persons = ("--first-passphrase-file", line.file("one", BOTH[0]), "--second-passphrase-file")
    key = ("--key", str(line.folder / "council.key"), "--out", str(line.folder / "answer"))
    return line.run("council-key", "open", request, *key, *persons, line.file("two", BOTH[1]))


def accepted(line: Line, code: str) -> tuple[int, str, str]:
    """What the device says to the answer."""
    given = ("--answer", str(line.folder / "answer"), "--code-file", line.file("code", code.strip()))
    return line.run("recover", *given, "--new-passphrase-file", line.file("new", BENS))


def test_a_request_that_could_not_be_written_leaves_the_one_before_to_be_answered(line: Line) -> None:
    request = str(line.folder / "request")
    assert line.run("recover", "--request", request)[0] == 0
    assert line.run("recover", "--request", request)[0] == 1
    assert line.run("recover", "--request", str(line.folder / "nowhere" / "request"))[0] == 1
    code, out, _ = answered(line, request)
    assert code == 0
    assert accepted(line, out)[0] == 0
    assert line.run("status", passphrase=BENS)[0] == 0


@pytest.mark.parametrize(
    "altered",
    [{"device": 5}, {"device": "x" * 5_000}, {"number": "\x1b]0;owned\x07"}, {"number": True}, {"slot": None}],
)
def test_a_request_of_another_shape_is_refused_before_anything_of_it_is_shown(
    line: Line, altered: dict[str, object]
) -> None:
    request = line.folder / "request"
    line.run("recover", "--request", str(request))
    request.write_text(json.dumps(json.loads(request.read_text("ascii")) | altered), "ascii")
    code, out, err = answered(line, str(request))
    assert (code, out, "was altered" in err) == (1, "", True)
    assert "asks" not in err
    assert "\x1b" not in err


def test_a_recovery_on_a_full_disk_opens_and_says_that_the_key_is_still_the_old_one(line: Line) -> None:
    line.run("recover", "--request", str(line.folder / "request"))
    _, out, _ = answered(line, str(line.folder / "request"))
    with no_file_grows_beyond(LITTLE):
        code, _, err = accepted(line, out)
    assert (code, "passphrase --new-key" in err, "new store key" in err) == (0, True, False)
    assert line.run("status", passphrase=BENS)[0] == 0
    told = line.run("audit", "--json", passphrase=BENS)[1]
    assert "recovered" in told
    assert line.run("passphrase", "--new-key", "--new-passphrase-file", line.file("new", MINE), passphrase=BENS)[0] == 0
    assert line.run("verify")[:2] == (0, "all whole\n")


def test_a_new_key_for_which_there_is_no_room_leaves_the_passphrase_as_it_was(line: Line) -> None:
    with no_file_grows_beyond(LITTLE):
        code, _, err = line.run("passphrase", "--new-key", "--new-passphrase-file", line.file("new", BENS))
    assert (code, "disk" in err) == (1, True)
    assert line.run("status")[0] == 0
    assert line.run("verify")[:2] == (0, "all whole\n")


def test_a_rebuilding_for_which_there_is_no_room_leaves_no_copy_that_takes_more_of_it(line: Line) -> None:
    before = sorted(file.name for file in line.home.iterdir())
    with no_file_grows_beyond(LITTLE):
        code, _, err = line.run("doctor", "--rebuild", "--yes")
    assert (code, "disk" in err) == (1, True)
    assert sorted(file.name for file in line.home.iterdir()) == before
    assert line.run("verify")[:2] == (0, "all whole\n")
