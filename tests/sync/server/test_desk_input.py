"""What is given wrongly at central's desk is refused with its cure; nothing is changed, and nothing is a traceback."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from sync.server.__main__ import central as desk
from sync.server.anchors import check
from sync.server.errors import AnchorBroken
from tests.central_fixture import RunningCentral
from tests.sync.server.laptop import FAMILY, Laptop


def refused(central: RunningCentral, *words: str) -> str:
    """What the desk says to these words; they must not be carried out."""
    place = ["--data", str(central.data), "--dsn", central.owner_dsn]
    done = CliRunner().invoke(desk, [*words, *place])
    assert done.exit_code in (1, 2), done.output
    assert isinstance(done.exception, SystemExit)
    return done.output


@pytest.mark.parametrize(
    "words",
    [
        ("hours", "--day", "mon", "--from", "25:99"),
        ("hours", "--day", "mon", "--from", "17:00", "--until", "09:00"),
        ("durable", "--number", "99999999"),
        ("durable", "--number", "99999999999999999999"),
        ("quarantine", "x", "99999999999999999999", "--by", "Lena Hart"),
        ("cover", "Asha Patel", "--for", "Lena Hart", "--until", "2020-01-01", "--by", "Lena Hart"),
        ("cover", "Asha Patel", "--for", "Lena Hart", "--until", "9999-12-31", "--by", "Lena Hart"),
        ("grant", "Asha Patel", "bogus"),
        ("grant", "Asha Patel", "family:\x1b[31mred"),
        ("code", "--worker", ""),
        ("code", "--worker", "Asha\nPatel"),
        ("code", "--worker", "x" * 5_000),
        ("erase", FAMILY, "--by", "Lena Hart", "--reason", " "),
        ("glass", "Asha Patel", "family:1", "--reason", ""),
        ("glass-review", "5"),
        ("anchor", "--to", "/nonexistent/folder/file"),
    ],
    ids=lambda words: " ".join(words)[:40].encode("ascii", "replace").decode().replace("\x1b", "?"),
)
def test_what_is_given_wrongly_is_refused_and_nothing_is_changed(
    central: RunningCentral, words: tuple[str, ...]
) -> None:
    asha = Laptop(central, "Asha Patel")
    Laptop(central, "Lena Hart", "lead")
    asha.family(name="Okafor")
    asha.sync()
    with central.rows() as rows:
        before = rows.execute("select number, durable, ev from counter").fetchone()
    said = refused(central, *words)
    assert "Okafor" not in said
    with central.rows() as rows:
        assert rows.execute("select number, durable, ev from counter").fetchone() == before


def test_a_code_changes_nobodys_role_unless_it_is_meant(central: RunningCentral) -> None:
    Laptop(central, "Asha Patel")
    assert "--change-role" in refused(central, "code", "--worker", "Asha Patel", "--role", "lead")
    place = ["--data", str(central.data), "--dsn", central.dsn]
    words = ["code", "--worker", "Asha Patel", "--role", "lead", "--change-role", *place]
    assert CliRunner().invoke(desk, words).exit_code == 0
    with central.rows() as rows:
        assert rows.execute("select role from worker where name = 'Asha Patel'").fetchone() == ("lead",)


def test_a_file_without_an_anchor_proves_nothing(central: RunningCentral, tmp_path: Path) -> None:
    empty = tmp_path / "anchors"
    empty.write_text("", "ascii")
    with central.rows() as rows, pytest.raises(AnchorBroken):
        check(rows, empty.read_text("ascii").splitlines(), central.keys.receipt.public_key())


def test_a_wrong_address_is_not_said_again_for_it_may_hold_a_password(central: RunningCentral) -> None:
    words = ["verify", "--data", str(central.data), "--dsn", "host=127.0.0.1 port=1 user=x password=Zimnavoda"]
    done = CliRunner().invoke(desk, words)
    assert done.exit_code == 1
    assert "Zimnavoda" not in done.output
    assert "Check" in done.output
