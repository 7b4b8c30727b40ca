"""Row security beneath the policy function: what it refuses by itself, also when the function lets everything pass."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import psycopg
import pytest

from sync.changes import Value
from sync.errors import Unreachable
from sync.protocol import Compare, Held, PullAsk, Put
from sync.server.database import acting_as, one, writing_for
from tests.central_fixture import RunningCentral
from tests.sync.server.laptop import AT, FAMILY, SCOPE, Laptop
from tests.sync.server.test_moving_scope import move

ROOT = Path(__file__).resolve().parents[3]
SECRET, ADDRESS, OFFER, PERSON = "e" * 32, "a" * 32, "f" * 32, "c" * 32
OPEN = (f"restricted:{SECRET}", f"address:{ADDRESS}", f"handover:{OFFER}", SCOPE)
STORIES = "test_who_holds_nothing_reads_nothing_and_writes_nothing"
OFF = (
    (
        "sync/merge/allowed.py",
        "    return scope in held and verb in VERBS.get(role, frozenset())\n",
        "    return True\n",
    ),
    (
        "sync/server/entitlement.py",
        '"select scope from entitlement where worker = %s and held", (worker,)',
        "\"select id from scope where id <> %s\", ('',)",
    ),
)
"""The policy function lets everything pass, and every scope counts as held."""


@pytest.fixture
def lena(central: RunningCentral) -> Laptop:
    """A lead with one record in each sort of scope."""
    laptop, ben = Laptop(central, "Lena Hart", "lead"), Laptop(central, "Ben Carter")
    laptop.family(name="Okafor")
    for kind, record in (("restricted", SECRET), ("address", ADDRESS)):
        laptop.replica.write(record, "create", {"@kind": kind, "@scope": f"{kind}:{record}"}, at=AT)
    told: dict[str, Value] = {
        "family": SCOPE,
        "from": laptop.worker,
        "by": laptop.worker,
        "to": [ben.worker],
        "way": "transfer",
    }
    own: dict[str, Value] = {"@kind": "handover", "@scope": f"handover:{OFFER}", "status": "offered"}
    laptop.replica.write(OFFER, "create", own | told, at=AT)
    laptop.replica.write(PERSON, "create", {"@kind": "person", "@scope": SCOPE}, at=AT)
    laptop.sync()
    assert laptop.parked() == []
    return laptop


def seen_by(central: RunningCentral, worker: str) -> set[str]:
    with one(central.dsn) as connection:
        acting_as(connection, worker)
        return {str(scope) for (scope,) in connection.execute("select scope from record where scope <> 'ref'")}


def test_a_query_that_names_no_scope_shows_each_worker_only_their_own(central: RunningCentral, lena: Laptop) -> None:
    other, tom = Laptop(central, "Omar Reid", "lead"), Laptop(central, "Tom Frost", "admin")
    central.grant("Tom Frost", *OPEN)
    assert seen_by(central, lena.worker) == set(OPEN)
    assert seen_by(central, other.worker) == seen_by(central, tom.worker) == seen_by(central, "") == set()


def test_what_left_a_scope_is_shown_to_who_holds_that_one_only(central: RunningCentral, lena: Laptop) -> None:
    other = Laptop(central, "Omar Reid", "lead")
    move(central, PERSON, f"family:{'d' * 32}")
    for worker, count in ((lena.worker, 1), (other.worker, 0), ("", 0)):
        with one(central.dsn) as connection:
            acting_as(connection, worker)
            assert connection.execute("select count(*) from departed").fetchone() == (count,)


def test_words_written_for_a_worker_lie_only_where_that_worker_holds(central: RunningCentral, lena: Laptop) -> None:
    other = Laptop(central, "Omar Reid", "lead")
    statement = "update record set actor = actor where scope = %s and device <> 'central'"
    for author, scope in ((other.worker, OPEN[0]), (other.worker, SCOPE)):
        with psycopg.connect(central.dsn) as connection:
            acting_as(connection, "central")
            writing_for(connection, author)
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                connection.execute(statement, (scope,))
    with one(central.dsn) as connection:
        acting_as(connection, "central")
        writing_for(connection, lena.worker)
        assert connection.execute(statement, (OPEN[0],)).rowcount == 1


def test_who_holds_nothing_reads_nothing_and_writes_nothing(central: RunningCentral, lena: Laptop) -> None:
    other, tom = Laptop(central, "Omar Reid", "lead"), Laptop(central, "Tom Frost", "admin")
    central.grant("Tom Frost", *OPEN)
    for laptop in (other, tom):
        with laptop.line() as line:
            page = line.pull(PullAsk("", 0, (0, ""), 0))
            assert {frame.scope for frame in page.frames if isinstance(frame, Put)} <= {"ref"}
            for scope in OPEN:
                told = line.compare(Compare(scope, {})).frames
                assert [list(each.records) for each in told if isinstance(each, Held)] == [[]]
    for number, (record, scope) in enumerate(((FAMILY, SCOPE), (SECRET, OPEN[0]))):
        other.replica.write(record, "set", {"name": "Guessed"}, at=AT)
        other.replica.write(f"{number}" * 32, "create", {"@kind": "visit", "@scope": scope}, at=AT)
    with suppress(Unreachable):
        other.sync()
    with central.rows() as rows:
        found = rows.execute("select 1 from record where actor = %s and scope <> 'ref'", (other.worker,)).fetchall()
        assert found == []
        assert rows.execute("select version from record where id = %s", (FAMILY,)).fetchone() == (1,)


@pytest.mark.long
@pytest.mark.timeout(300)
@pytest.mark.parametrize("net", [True, False], ids=["row security alone refuses", "without it nothing does"])
def test_with_the_policy_function_switched_off(tmp_path: Path, net: bool) -> None:
    for part in ("sync", "fieldkit", "forms", "tests"):
        shutil.copytree(ROOT / part, tmp_path / part, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    for name, on, off in OFF:
        file = tmp_path / name
        text = file.read_text("utf-8")
        assert text.count(on) == 1, "the policy is not where it was"
        file.write_text(text.replace(on, off), "utf-8")
    if not net:
        sql = tmp_path / "sync/server/migrations/0004_scopes.sql"
        sql.write_text(sql.read_text("utf-8") + "alter table record disable row level security;\n", "utf-8")
    command = [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", "-m", "not long"]
    done = subprocess.run(
        [*command, f"tests/sync/server/test_second_net.py::{STORIES}"],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == (0 if net else 1), done.stdout[-2_000:]
