"""What is given wrongly at central's desk is refused with its cure; nothing is changed, and nothing is a traceback."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from sync.server.__main__ import central as desk
from sync.server.anchors import check
from sync.server.errors import AnchorBroken
from tests.central_fixture import Ground, RunningCentral, StillClock
from tests.sync.server.laptop import FAMILY, Laptop


@pytest.fixture(scope="module")
def council(central_ground: Ground) -> Iterator[RunningCentral]:
    """A central of all these tests: what is refused changes nothing."""
    running = RunningCentral(central_ground, StillClock())
    asha = Laptop(running, "Asha Patel")
    Laptop(running, "Lena Hart", "lead")
    asha.family(name="Okafor")
    asha.sync()
    yield running
    running.close()


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
    council: RunningCentral, words: tuple[str, ...]
) -> None:
    with council.rows() as rows:
        before = rows.execute("select number, durable, ev from counter").fetchone()
    said = refused(council, *words)
    assert "Okafor" not in said
    with council.rows() as rows:
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


def test_an_answer_to_a_courier_takes_the_place_of_no_file(council: RunningCentral, tmp_path: Path) -> None:
    brought, out = tmp_path / "brought", tmp_path / "answer"
    brought.write_bytes(b"anything")
    out.write_bytes(b"the answer to another laptop")
    assert "--out" in refused(council, "courier", str(brought), "--out", str(out))
    assert out.read_bytes() == b"the answer to another laptop"


def test_a_wrong_address_is_not_said_again_for_it_may_hold_a_password(central: RunningCentral) -> None:
    words = ["verify", "--data", str(central.data), "--dsn", "host=127.0.0.1 port=1 user=x password=Zimnavoda"]
    done = CliRunner().invoke(desk, words)
    assert done.exit_code == 4
    assert "Zimnavoda" not in done.output
    assert "are right; then say it again" in done.output


WILD = ("\x1b[31mred", "Asha\nPatel", "x" * 10_000)
"""What a terminal would obey, and what is endless."""


def taking_text() -> list[tuple[str, str]]:
    """Every verb of the desk with each option or argument of it that takes words."""
    return [
        (name, param.opts[0])
        for name, verb in sorted(desk.commands.items())
        for param in verb.params
        if not isinstance(param.type, click.Path) and not (isinstance(param, click.Option) and param.is_flag)
    ]


def call(name: str, wild: str, value: str, folder: Path) -> list[str]:
    """A verb with all it needs and one of it wild."""
    words = [name]
    for param in desk.commands[name].params:
        given = value if param.opts[0] == wild else fitting(param, folder)
        if param.opts[0] == wild or param.required:
            told = [given, "1"] if isinstance(param.type, click.Tuple) else [given]
            words += [param.opts[0], *told] if isinstance(param, click.Option) else told
    return words


def fitting(param: click.Parameter, folder: Path) -> str:
    """A word that the parameter takes."""
    kind = param.type
    if isinstance(kind, click.Path):
        return str(folder) if not kind.dir_okay or kind.file_okay is False else str(folder / "file")
    if isinstance(kind, click.Choice):
        return str(kind.choices[0])
    return "2999-01-01" if isinstance(kind, click.DateTime) else "1"


def test_no_verb_takes_what_is_endless_or_a_terminal_would_obey(tmp_path: Path) -> None:
    places = taking_text()
    assert len(places) > 60
    for name, wild in places:
        for value in WILD:
            done = CliRunner().invoke(desk, [*call(name, wild, value, tmp_path), "--data", str(tmp_path / "none")])
            assert (done.exit_code, type(done.exception)) == (2, SystemExit), (name, wild, done.output)
            assert "\x1b" not in done.output


@pytest.mark.parametrize(
    ("words", "cause"),
    [
        (("grant", "Nobody", "family:1"), "no worker"),
        (("grant", "", "family:1"), "no worker"),
        (("grant", "Asha Patel", "family:1"), "no family, centre"),
        (("grant", "Asha Patel", "restricted:1"), "open-to"),
        (("grant", "Asha Patel", "family:1", "--end"), "not held"),
        (("grant", "Asha Patel", ""), "no family, centre"),
        (("cover", "Nobody", "--for", "Asha Patel", "--until", "2999-01-01", "--by", "Lena Hart"), "no worker"),
        (("cover", "Asha Patel", "--for", "Nobody", "--until", "2999-01-01", "--by", "Lena Hart"), "no worker"),
        (("cover", "Lena Hart", "--for", "Asha Patel", "--until", "2999-01-01", "--by", "Asha Patel"), "Only a lead"),
        (("open-to", "Asha Patel", "restricted:1", "--by", "Lena Hart", "--reason", "panel"), "not held"),
        (("split", "1", "--date", "2026-01-01", "--move", "2", "--by", "Lena Hart", "--reason", "refuge"), "not held"),
        (("split", "1", "--date", "2026-13-01", "--move", "2", "--by", "Lena Hart", "--reason", "x"), "--date"),
        (("split", FAMILY, "--date", "0001-01-01", "--move", "2", "--by", "Asha Patel", "--reason", "x"), "not held"),
        (("glass", "Asha Patel", "family:1", "--reason", "fire"), "no family, centre"),
        (("glass", "Asha Patel", "family:1", "--reason", "fire", "--hours", "-1"), "--hours"),
        (("glass-review", "5", "--by", "Lena Hart"), "no glass"),
        (("glass-review", "-5", "--by", "Lena Hart"), "No such option"),
        (("quarantine", "x"), "DEVICE and SEQ"),
        (("quarantine", "x", "1", "--by", "Lena Hart"), "set aside"),
        (("quarantine", "--by", "Asha Patel"), "not held"),
        (("quarantine-settle", "x", "1", "--take", "--by", "Lena Hart", "--reason", "x"), "set aside"),
        (("revoke", ""), "no device"),
        (("revoke", "f" * 32, "--shred"), "no device"),
        (("breach-report", "f" * 32), "no device"),
        (("worker-end", "Nobody"), "no worker"),
        (("worker-end", ""), "no worker"),
        (("sessions", "--end", "Nobody"), "no worker"),
        (("code-approve", "AAAA", "--by", "Nobody"), "no worker"),
        (("code-approve", "", "--by", "Lena Hart"), "code"),
        (("rota", "Nobody", "--part", "day", "--from", "2999-01-01", "--until", "2999-01-02"), "no worker"),
        (("rota", "Asha Patel", "--part", "day", "--from", "2020-01-01", "--until", "2020-01-02"), "over already"),
        (("erase", "--by", "Lena Hart", "--reason", "asked for"), "either records"),
        (("erase", "--scope", "ref", "--by", "Lena Hart", "--reason", "asked for"), "all devices share"),
        (("erase", "--scope", "family:1", "--by", "Lena Hart", "--reason", "asked for"), "no such record"),
        (("erase", FAMILY, "f" * 32, "--by", "Lena Hart", "--reason", "asked for"), "no such record"),
        (("erase", FAMILY, "--by", "Nobody", "--reason", "asked for"), "no worker"),
        (("durable", "--number", "-1"), "--number"),
        (("signin-set", "--issuer", "http://x.example", "--client-id", "c"), "https"),
        (("signin-set", "--issuer", "https://x.example", "--client-id", ""), "blank"),
        (("signin-set", "--issuer", "https://x.example", "--client-id", "c", "--amr", ""), "blank"),
        (("signin-set", "--issuer", "https://x.example", "--client-id", "c", "--max-age", "-1"), "age"),
        (("signin-set", "--issuer", "https://x.example", "--client-id", "c", "--role", "x=king"), "role"),
        (("init", "--zone", "Europe/Londn"), "Europe/London"),
        (("init", "--zone", ""), "--zones"),
        (("init", "--zone", "../../etc/passwd"), "--zones"),
        (("init", "--council", " "), "plain words"),
        (("init",), "already"),
        (("council-add", "new", "--zone", "Mars/Olympus"), "--zones"),
        (("council-add", "New Town"), "short name"),
        (("serve", "--port", "99999"), "--port"),
        (("serve", "--port", "-1"), "--port"),
        (("serve", "--drain", "-1"), "--drain"),
    ],
    ids=lambda told: " ".join(told)[:60] if isinstance(told, tuple) else "",
)
def test_a_refusal_at_the_desk_names_its_cause(council: RunningCentral, words: tuple[str, ...], cause: str) -> None:
    with council.rows() as rows:
        before = rows.execute("select number, durable, ev from counter").fetchone()
    assert cause in " ".join(refused(council, *words).split())
    with council.rows() as rows:
        assert rows.execute("select number, durable, ev from counter").fetchone() == before


def test_a_file_that_is_not_text_is_refused(council: RunningCentral, tmp_path: Path) -> None:
    noise = tmp_path / "noise"
    noise.write_bytes(b"\xff\xfe\x00" * 50)
    for words in (("publish",), ("anchor-check",), ("courier", "--out", str(tmp_path / "out"))):
        assert "file" in refused(council, *words, str(noise))


def test_the_names_of_the_time_zones_can_be_seen() -> None:
    assert "Europe/London" in CliRunner().invoke(desk, ["init", "--zones"]).output.splitlines()
