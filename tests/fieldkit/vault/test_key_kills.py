"""kill -9 while keys are changed: there is always a slot that opens a whole store."""

from __future__ import annotations

import random
import subprocess
import sys
import time
from pathlib import Path

import pytest

from fieldkit import vault
from fieldkit.config import QUICK_KDF, SystemClock
from fieldkit.errors import WrongPassphrase
from fieldkit.store.store import Store
from tests.fieldkit.vault.words import BENS, PASSPHRASE

ROOT = Path(__file__).resolve().parents[3]
FACTS = 300
VERBS = ("passphrase", "people", "council", "new-key", "recover")


@pytest.fixture
def full(home: Path) -> Path:
    """A device that holds something, with its council's slot."""
    opened = vault.unlock(home, PASSPHRASE, QUICK_KDF)
    store = Store(opened.store_path, opened.key, SystemClock())
    with store.transaction():
        for number in range(FACTS):
            store.set_meta(f"fact {number}", "word " * 400)
    store.close()
    opened.close()
    return home


def killed(home: Path, verb: str, acknowledged: int, seconds: float) -> None:
    """Let it go on until so much was acknowledged and so much time has passed, then kill -9."""
    command = [sys.executable, "-m", "tests.fieldkit.vault.doomed_keys", str(home), verb]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as doomed:
        assert doomed.stdout is not None
        for _ in range(acknowledged + 1):
            assert doomed.stdout.readline()
        until = time.perf_counter() + seconds
        while time.perf_counter() < until:
            pass
        doomed.kill()


def check(home: Path) -> str:
    """Open it as whoever can, see that nothing is lost, and make it as it was; the passphrase that opened."""
    for passphrase in (PASSPHRASE, BENS):
        try:
            opened = vault.unlock(home, passphrase, QUICK_KDF, door=vault.Door("AP"))
        except WrongPassphrase:
            continue
        store = Store(opened.store_path, opened.key, SystemClock())
        assert store.whole()
        assert all(store.meta(f"fact {number}") == "word " * 400 for number in range(FACTS))
        store.close()
        assert not any(slot.following for slot in opened.file.people)
        if passphrase != PASSPHRASE:
            vault.change_passphrase(opened, passphrase, PASSPHRASE, QUICK_KDF)
        if any(slot.person.handle == "BC" for slot in opened.file.people):
            vault.remove_person(opened, "BC")
        opened.close()
        return passphrase
    raise AssertionError("nobody opens it")


def rounds(home: Path, verb: str, count: int, seed: int) -> None:
    """So many kills on one device, one after the other."""
    chance = random.Random(seed)
    for _ in range(count):
        killed(home, verb, chance.randrange(3), chance.random() * 0.05)
        check(home)


@pytest.mark.parametrize("verb", ["new-key", "recover"])
def test_a_kill_while_keys_change_leaves_a_working_slot(full: Path, verb: str) -> None:
    rounds(full, verb, 1, seed=1)


@pytest.mark.long
@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.timeout(1_800)
def test_a_hundred_kills_while_keys_change_leave_a_working_slot(full: Path, verb: str) -> None:
    rounds(full, verb, 100, seed=2)
