"""Around the work: settings, keys, completion in real shells, the man page; and what every verb has."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from fieldkit.commands.edge import guarded
from fieldkit.commands.line import fieldkit
from fieldkit.commands.shells import CODES, SHELLS, man, places, roff
from fieldkit.tui.places import LINE_ONLY, ON_SCREENS, PLACES, VERBS

ALL = list(places(fieldkit))
WRITES = frozenset(
    {
        "add-person",
        "answer-offer",
        "attend",
        "book",
        "born",
        "capture",
        "check",
        "completion",  # a text for a shell
        "config path",
        "config theme",
        "council-key open",
        "cover",
        "dump",  # is JSON
        "edit",
        "enrol",
        "family-copy",
        "finish-walk-in",
        "forms export",
        "headcount",
        "import-odk",
        "init",
        "invite",
        "lock",
        "man",  # a text for `man`
        "move-action",
        "note-notice",
        "offer",
        "passphrase",
        "people add",
        "people remove",
        "plan-session",
        "plan-visit",
        "put-back",
        "recover",
        "relate",
        "release",
        "resolve",
        "share",
        "sign",
        "sign-in",
        "sign-out",
        "unseal",
        "withdraw",
    }
)
"""Verbs that change something, or whose output is a document of its own."""


def run(*words: str) -> int:
    return guarded(lambda: fieldkit.main(args=list(words), standalone_mode=False))


def test_every_verb_that_reads_has_json() -> None:
    leaves = {each.path.removeprefix("fieldkit "): each for each in ALL[1:] if not hasattr(each.command, "commands")}
    without = {path for path, each in leaves.items() if "--json" not in each.words}
    assert without == WRITES


def test_every_command_is_in_the_palette_or_named_as_line_only_with_why() -> None:
    offered = [word for verb in VERBS for word in verb.commands]
    named = [*offered, *ON_SCREENS, *LINE_ONLY]
    assert sorted(named) == sorted(set(named))
    assert set(named) == set(fieldkit.commands)
    assert {verb.place for verb in VERBS} <= set(PLACES)
    assert all(len(why) > 10 for why in (*LINE_ONLY.values(), *ON_SCREENS.values()))


def test_version_tells_what_it_is_made_of(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("--version", "--json") == 0
    assert {"fieldkit", "python", "textual", "sqlcipher3"} <= set(json.loads(capsys.readouterr().out))
    assert run("--version") == 0
    assert capsys.readouterr().out.startswith("fieldkit, version ")


def settings_file(tmp_path: Path, text: str) -> dict[str, str]:
    (tmp_path / "config.toml").write_text(text, "utf-8")
    return {**os.environ, "FIELDKIT_CONFIG": str(tmp_path / "config.toml")}


def said(*words: str, env: dict[str, str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-m", "fieldkit", *words], env=env, capture_output=True, text=True)


def test_settings_and_keys_say_where_they_come_from_and_doctor_says_what_is_wrong(tmp_path: Path) -> None:
    env = settings_file(
        tmp_path, 'theme = "light"\n[keys]\n"form.missing" = "f5"\n"sync.sync" = "y"\n"no.such" = "x"\n'
    )
    shown = json.loads(said("config", "show", "--json", env=env).stdout)
    assert shown["theme"] == {"value": "light", "origin": env["FIELDKIT_CONFIG"]}
    told = json.loads(said("doctor", "--json", "--home", str(tmp_path / "none"), env=env).stdout)
    where = [each["where"] for each in told["found"] if each["what"] == "settings"]
    assert len(where) == 2
    assert any("form.missing: its key does something else" in each for each in where)
    keys = {each["name"]: each["keys"] for each in json.loads(said("keys", "--json", env=env).stdout)["keys"]}
    assert (keys["sync.sync"], keys["form.missing"]) == (["y"], ["ctrl+g"])


COMPLETE = {
    "bash": """
        . "$1"
        try() { COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); COMPREPLY=(); _fieldkit; echo "${COMPREPLY[*]}"; }
        try fieldkit conf; try fieldkit people ""; try fieldkit --theme c; try fieldkit find --js
        try fieldkit completion z
        """,
    "zsh": """
        compdef() { :; }; _files() { :; }
        compadd() { shift; local found; for each in "$@"; do
            [[ $each == ${words[CURRENT]}* ]] && found+="$each "; done; echo ${found% }; }
        . "$1"
        try() { words=("$@"); CURRENT=$#; _fieldkit; }
        try fieldkit conf; try fieldkit people ""; try fieldkit --theme c; try fieldkit find --js
        try fieldkit completion z
        """,
    "fish": """
        source $argv[1]
        for line in 'fieldkit conf' 'fieldkit people ' 'fieldkit --theme c' 'fieldkit find --js' 'fieldkit completion z'
            echo (complete -C "$line" | string split -f1 \\t | sort)
        end
        """,
}
STARTED = {"bash": ("bash", "-c"), "zsh": ("zsh", "-f", "-c"), "fish": ("fish", "-c")}
WANTED = (
    {"config", "conflicts"},
    {"add", "list", "remove"},
    {"contrast-dark", "contrast-light"},
    {"--json"},
    {"zsh"},
)


@pytest.mark.parametrize("shell", sorted(COMPLETE))
def test_a_real_shell_completes_commands_options_and_choices(shell: str, tmp_path: Path) -> None:
    if shutil.which(shell) is None:
        pytest.skip(f"{shell} is not installed")
    script = tmp_path / "completion"
    script.write_text(SHELLS[shell](ALL), "utf-8")
    ran = subprocess.run(
        [
            shell,
            *(["-f"] if shell == "zsh" else []),
            "-c",
            COMPLETE[shell],
            *([shell] if shell != "fish" else []),
            str(script),
        ],
        capture_output=True,
        text=True,
        env={**os.environ, "HOME": str(tmp_path)},
    )
    assert ran.stderr == ""
    found = [
        {word for word in line.split() if not word.startswith("--") or "--js" in "--json"}
        for line in ran.stdout.split("\n")
    ]
    for wanted, words in zip(WANTED, found, strict=False):
        assert wanted <= words


def test_every_script_holds_every_command() -> None:
    for shell, made in SHELLS.items():
        text = made(ALL)
        assert [each.path for each in ALL if each.path.rpartition(" ")[2] not in text] == [], shell


def test_the_man_page_is_sound_roff_with_every_command_and_exit_code() -> None:
    page = man(ALL)
    assert page.isascii()
    assert [code for code in CODES if f".B {code}\n" not in page] == []
    assert [each.path for each in ALL if not hasattr(each.command, "commands") and roff(each.path) not in page] == []
    if shutil.which("groff"):
        shown = subprocess.run(["groff", "-man", "-Tutf8", "-ww"], input=page, capture_output=True, text=True)
        assert shown.stderr == ""
        assert "conflicts wait" in shown.stdout
    if shutil.which("mandoc"):
        lint = subprocess.run(["mandoc", "-T", "lint", "-W", "error"], input=page, capture_output=True, text=True)
        assert lint.stdout + lint.stderr == ""
