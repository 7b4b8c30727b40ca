"""The papers say what the code does: every parameter, algorithm, version and verb that they name is compared."""

from __future__ import annotations

import re
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
import sqlcipher3.dbapi2 as sqlcipher

ROOT = Path(__file__).resolve().parents[2]
PAPERS = ROOT / "packaging" / "papers"
SECURITY = (PAPERS / "SECURITY.md").read_text("utf-8")


def rows(heading: str) -> list[list[str]]:
    """The cells of a table of SECURITY.md, by the heading of its first column and the next."""
    _, found, rest = SECURITY.partition(f"| {heading} |")
    assert found, f"There is no table | {heading} |"
    body = rest.split("\n\n", 1)[0].split("\n")[2:]
    return [[cell.strip().strip("`") for cell in line.strip().strip("|").split(" | ")] for line in body]


def constant(name: str) -> Any:
    """What a dotted name stands for: a module's constant, a member of it, or an entry of a table."""
    parts = name.split(".")
    for length in range(len(parts) - 1, 0, -1):
        try:
            found: Any = import_module(".".join(parts[:length]))
        except ModuleNotFoundError:
            continue
        for part in parts[length:]:
            found = found[part] if isinstance(found, dict) else getattr(found, part)
        return found
    raise AssertionError(name)


PARAMETERS = rows("what | constant | value")
ALGORITHMS = rows("for | algorithm | module | name in it")


@pytest.mark.parametrize("row", PARAMETERS, ids=[row[1] for row in PARAMETERS])
def test_every_parameter_of_the_paper_is_the_codes(row: list[str]) -> None:
    assert len(PARAMETERS) > 30
    assert str(constant(row[1])) == row[2]


@pytest.mark.parametrize("row", ALGORITHMS, ids=[row[2] for row in ALGORITHMS])
def test_every_algorithm_is_in_the_module_that_is_named(row: list[str]) -> None:
    source = Path(str(import_module(row[2]).__file__)).read_text("utf-8")
    assert row[3] in source


def test_the_ciphers_settings_are_those_of_the_library() -> None:
    connection = sqlcipher.connect(":memory:")
    connection.execute("pragma key = \"x'" + "00" * 48 + "'\"")
    for setting, value in rows("setting of the cipher, read from the library | value"):
        assert re.fullmatch(r"cipher_[a-z_]+", setting)
        assert connection.execute(f"pragma {setting}").fetchone() == (value,)
    connection.close()


def test_the_versions_are_the_locked_ones() -> None:
    locked = (ROOT / "packaging" / "requirements.txt").read_text("utf-8")
    for library, version in rows("library | locked version"):
        assert re.search(rf"^{re.escape(library)}=={re.escape(version)} ", locked, re.MULTILINE), library


def test_all_thirty_questions_are_answered() -> None:
    text = (PAPERS / "questions.md").read_text("utf-8")
    answers = re.findall(r"^(\d+)\. \*\*[^*]+\?\*\* (.+)$", text, re.MULTILINE)
    assert [int(number) for number, _ in answers] == list(range(1, 31))
    assert all(len(answer) > 30 for _, answer in answers)


def test_what_was_not_run_says_so_and_its_script_is_there() -> None:
    text = (PAPERS / "not_run.md").read_text("utf-8")
    parts = re.split(r"^## ", text, flags=re.MULTILINE)[1:]
    assert len(parts) == 5
    for part in parts:
        assert "not run" in part.splitlines()[0]
        assert "State: not run" in part
    assert SECURITY.count("**not run**") >= 5
    assert (PAPERS / "soak.py").exists()


def linked(paper: Path) -> Iterator[Path]:
    """What a paper points to."""
    text = paper.read_text("utf-8")
    yield from (paper.parent / target for target in re.findall(r"\]\(([^)#:]+)\)", text))
    yield from (ROOT / named for named in re.findall(r"`((?:tests|packaging|sync|fieldkit)/[\w/]+\.(?:py|md))`", text))


@pytest.mark.parametrize("paper", sorted(PAPERS.glob("*.md")), ids=lambda paper: paper.name)
def test_what_a_paper_points_to_is_there(paper: Path) -> None:
    assert [str(target) for target in linked(paper) if not target.exists()] == []


def test_the_verbs_that_the_papers_name_exist() -> None:
    from fieldkit.commands.line import fieldkit
    from sync.server.__main__ import central

    text = "\n".join(paper.read_text("utf-8") for paper in PAPERS.glob("*.md"))
    named = set(re.findall(r"`fieldkit-central ([a-z-]+)", text))
    assert len(named) >= 5
    assert named <= set(central.commands)
    assert set(re.findall(r"`fieldkit ([a-z-]+)", text)) <= set(fieldkit.commands)


def test_a_wrong_figure_is_found() -> None:
    assert str(constant("fieldkit.config.REAL_KDF.memory_kib")) != "65536"
    with pytest.raises(AssertionError):
        rows("no such | table")
