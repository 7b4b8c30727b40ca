"""kill -9 at any moment: what was acknowledged is there, the rest is not half there."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from fieldkit import vault
from fieldkit.config import QUICK_KDF, SystemClock
from fieldkit.errors import WrongPassphrase
from fieldkit.store.drafts import Draft
from fieldkit.store.replica import StoreReplica
from fieldkit.store.store import Store
from sync.changes import NO_TRUNK, START, chain_holds
from tests.fieldkit.store.doomed import FIRST, SECOND

ROOT = Path(__file__).resolve().parents[3]
MOMENTS = [1, 2, 7, 30, 111]
"""After how many acknowledgements the process is killed; the kill itself falls wherever it falls."""


@pytest.fixture
def home(tmp_path: Path) -> Path:
    made = vault.create(tmp_path / "home", FIRST, QUICK_KDF)
    made.close()
    return made.home


def killed(home: Path, verb: str, after: int) -> str:
    """Run until so many acknowledgements were heard, kill -9, and give back the last line heard."""
    command = [sys.executable, "-m", "tests.fieldkit.store.doomed", str(home), verb]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as doomed:
        assert doomed.stdout is not None
        for _ in range(after - 1):
            doomed.stdout.readline()
        last = doomed.stdout.readline()
        doomed.kill()
        rest = doomed.stdout.read().splitlines()
    whole = [line for line in (last, *rest) if line.strip()]
    return whole[-1] if whole else ""


@contextmanager
def reopened(home: Path) -> Iterator[Store]:
    """The store as the next fieldkit finds it."""
    opened = vault.unlock(home, FIRST, QUICK_KDF)
    store = Store(opened.store_path, opened.key, SystemClock())
    assert store.whole()
    yield store
    store.close()
    opened.close()


@pytest.mark.parametrize("after", MOMENTS)
def test_every_filed_record_that_was_acknowledged_is_there_and_whole(home: Path, after: int) -> None:
    acknowledged = int(killed(home, "file", after))
    with reopened(home) as store:
        pending = store.outbox.pending()
        assert len(pending) >= acknowledged >= after
        assert chain_holds(pending, START)
        assert store.records.count("visit") == len(pending) == store.audit.head()[0]
        assert store.audit.broken_at() is None
        assert store.records.rebuild() == 0


@pytest.mark.parametrize("after", MOMENTS)
def test_what_the_writer_said_is_saved_is_there_and_nothing_before_it_is_missing(home: Path, after: int) -> None:
    opened = vault.unlock(home, FIRST, QUICK_KDF)
    store = Store(opened.store_path, opened.key, SystemClock())
    store.drafts.begin(Draft("d1", "visit@1", "f1", None, NO_TRUNK, {}, store.now(), store.now()))
    store.close()
    opened.close()
    acknowledged = int(killed(home, "type", after))
    with reopened(home) as again:
        answers, revision = again.drafts.restore("d1")
        assert revision >= acknowledged
        assert sorted(answers) == sorted(f"q{number}" for number in range(1, revision + 1))


@pytest.mark.parametrize("after", MOMENTS)
def test_a_page_of_a_pull_and_its_cursor_come_together_or_not_at_all(home: Path, after: int) -> None:
    acknowledged = int(killed(home, "pull", after))
    with reopened(home) as store:
        cursor = StoreReplica(store, "d1").standing().cursor
        assert cursor >= acknowledged
        assert store.records.count("person") == cursor * 20
        assert len(store.search.find(f"okafor{cursor * 20}")) >= 1


@pytest.mark.parametrize("after", MOMENTS[1:])
def test_a_draft_is_of_the_version_before_or_of_the_one_after_and_never_between(home: Path, after: int) -> None:
    killed(home, "upgrade", after)
    with reopened(home) as store:
        draft, (values, revision) = store.drafts.get("d1"), store.drafts.restore("d1")
        name = "old" if draft.form == "visit@2026.1" else "new"
        assert set(values) == {f"{name}{number}" for number in range(200)}
        step = store.drafts.migrated("d1")
        assert (step is None) == (name == "old")
        assert step is None or (step.revision == revision and step.after == values)


@pytest.mark.parametrize("after", MOMENTS)
def test_a_passphrase_is_the_old_one_or_the_new_one(home: Path, after: int) -> None:
    killed(home, "passphrase", after)
    opens = []
    for passphrase in (FIRST, SECOND):
        try:
            vault.unlock(home, passphrase, QUICK_KDF).close()
        except WrongPassphrase:
            continue
        opens.append(passphrase)
    assert len(opens) == 1


def test_a_device_killed_while_it_is_made_can_be_made_again(tmp_path: Path) -> None:
    home = tmp_path / "home"
    killed(home, "init", 1)
    if not (home / vault.KEY_FILE).exists():
        vault.create(home, FIRST, QUICK_KDF).close()
    vault.unlock(home, FIRST, QUICK_KDF).close()
