"""Whatever file somebody names: a wrong one is told with cause and cure, by no verb with a traceback or its name."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import click
import pytest

from fieldkit import vault
from fieldkit.commands.edge import Cost, guarded
from fieldkit.commands.line import fieldkit
from fieldkit.config import QUICK_KDF, REAL_KDF
from fieldkit.errors import KeyFileDamaged

PASSPHRASE = "a long passphrase for tests"
BENS = "seven herons by the weir"
WRONG: dict[str, Callable[[Path], object]] = {
    "missing": lambda _file: None,
    "folder": lambda file: file.mkdir(),
    "not text": lambda file: file.write_bytes(b"\xff\xfe\x00\xd8"),
    "empty": lambda file: file.write_bytes(b""),
    "deep": lambda file: file.write_bytes(b"[" * 100_000),
    "no path": lambda _file: None,
}
TAKES_FILES = (
    ("verify", "--bundle", "{}"),
    ("unseal", "{}", "--out", "{out}", "--secret-file", "{good}"),
    ("unseal", "{good}", "--out", "{out}", "--secret-file", "{}"),
    ("capture", "visit", "--family-name", "Okafor", "--answers", "{}"),
    ("sign", "nothing", "--giver", "Ngozi", "--method", "drawn", "--strokes", "{}"),
    ("import-odk", "visit", "{}", "--family", "nothing"),
    ("passphrase", "--new-passphrase-file", "{}"),
    ("people", "add", "BC", "--new-passphrase-file", "{}"),
    ("recover", "--answer", "{}", "--code-file", "{good}", "--new-passphrase-file", "{good}"),
    ("recover", "--answer", "{good}", "--code-file", "{}", "--new-passphrase-file", "{good}"),
    ("restore-drafts", "--old-passphrase-file", "{}"),
    (
        *("restore-drafts", "--escrow", "Asha", "--key", "{}", "--reason", "left"),
        *("--first-passphrase-file", "{good}", "--second-passphrase-file", "{other}"),
    ),
    ("council-key", "make", "{out}", "--first-passphrase-file", "{}", "--second-passphrase-file", "{good}"),
    (
        *("council-key", "open", "{}", "--key", "{good}", "--out", "{out}"),
        *("--first-passphrase-file", "{good}", "--second-passphrase-file", "{other}"),
    ),
    ("courier", "take", "{}"),
    ("courier", "carry", "{}", "--out", "{out}"),
    ("sign-in", "--enrol", "http://127.0.0.1:9", "--code-file", "{}"),
    ("forms", "check", "{}"),
    ("forms", "publish", "{}", "--out", "{out}"),
    ("forms", "publish", "{good}", "--against", "{}"),
    ("forms", "export", "{}"),
    ("status", "--passphrase-file", "{}"),
)


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Path]:
    Cost.kdf, Cost.keyring = QUICK_KDF, lambda _home: vault.NoKeyring()
    (tmp_path / "good").write_text("nothing that is worth a file", "utf-8")
    (tmp_path / "other").write_text("another text that is worth no file", "utf-8")
    (tmp_path / "secret").write_text(PASSPHRASE, "utf-8")
    assert run(tmp_path, "init", "--person", "AP") == 0
    yield tmp_path
    Cost.kdf, Cost.keyring = REAL_KDF, vault.of_this_machine


def run(folder: Path, *words: str, secret: str = "secret") -> int:
    place = ["--home", str(folder / "home"), "--passphrase-file", str(folder / secret)]
    return guarded(lambda: fieldkit.main(args=[*place, *words], standalone_mode=False))


def paths(group: click.Group = fieldkit, before: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """Every verb, with each argument or option of it that names a file to be read."""
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            yield from paths(command, (*before, name))
            continue
        for each in command.params:
            if isinstance(each.type, click.Path) and each.name not in ("home", "passphrase_file", "out"):
                yield (*before, name, each.name or "")


def test_every_verb_that_reads_a_file_is_walked() -> None:
    walked = {" ".join(words[:2]) for words in TAKES_FILES} | {words[0] for words in TAKES_FILES}
    left = {" ".join(path) for path in paths() if not {path[0], " ".join(path[:2])} & walked}
    written = {"audit export_to", "demo folder", "recover request"}
    assert {each for each in left if each not in written} == set()


@pytest.mark.parametrize("words", TAKES_FILES, ids=lambda words: " ".join(words).replace("{}", "FILE"))
def test_a_wrong_file_is_told_with_its_cure_and_without_its_name(
    home: Path, words: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    for kind, make in WRONG.items():
        file = home / f"Zimnavoda {kind}"
        make(file)
        named = str(file / "further") if kind == "no path" else str(file)
        given = {"good": str(home / "good"), "other": str(home / "other"), "out": str(home / f"out {kind}")}
        made = [word.replace("{}", named).format(**given) for word in words]
        code = run(home, *made)
        said = capsys.readouterr().err
        assert code in (1, 2, 3, 4, 6, 7), (kind, code, said)
        assert "Error " not in said.replace("Error: ", ""), (kind, said)
        assert "Traceback" not in said
        assert said.strip(), kind


def test_a_damaged_shared_laptop_is_rebuilt_by_who_works_with_families_and_not_from_the_register(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (home / "bens").write_text(BENS, "utf-8")
    assert run(home, "people", "add", "BC", "--register-only", "--new-passphrase-file", str(home / "bens")) == 0
    store = home / "home" / "store.db"
    content = bytearray(store.read_bytes())
    content[8192 * 3 : 8192 * 3 + 4096] = bytes(4096)
    store.write_bytes(content)
    capsys.readouterr()
    assert run(home, "doctor", "--rebuild") == 3
    assert run(home, "doctor", "--rebuild", "--as", "BC", secret="bens") == 1
    assert "part of it" in capsys.readouterr().err
    assert run(home, "doctor", "--rebuild", "--as", "AP", "--yes") == 0
    assert run(home, "people", "list", "--as", "AP") == 0


def test_two_broken_key_files_are_told_apart_from_a_broken_store(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in (vault.KEY_FILE, vault.KEPT_FILE):
        (home / "home" / name).write_bytes(b"{")
    capsys.readouterr()
    assert run(home, "status") == 7
    said = capsys.readouterr().err
    assert (KeyFileDamaged.said in said, "--rebuild" in said) == (True, False)
    assert run(home, "doctor") == 7
    assert "Put back a copy of `key.json`" in capsys.readouterr().out


def test_init_over_a_device_says_only_that(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    capsys.readouterr()
    assert run(home, "init") == 1
    assert "keyring" not in capsys.readouterr().err


def test_a_handle_that_was_cleaned_is_told(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (home / "bens").write_text(BENS, "utf-8")
    assert run(home, "people", "add", "B\u202eC", "--new-passphrase-file", str(home / "bens")) == 0
    assert "Kept as" in capsys.readouterr().err
