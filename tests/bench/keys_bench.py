"""What keys cost on this machine: unlock with its parts, passphrase change, recovery, person switch, memory.

Run by hand: `python tests/bench/keys_bench.py [ROUNDS]`. Each figure is the middle of the rounds; memory is taken in a
process of its own, its peak and what is left a moment after unlocking.
"""

from __future__ import annotations

import platform
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from fieldkit import vault
from fieldkit.config import REAL_KDF, SystemClock
from fieldkit.errors import WrongPassphrase
from fieldkit.sealing import new_pair
from fieldkit.store.store import Store
from fieldkit.vault import key_file, recovery, slots, stretching
from fieldkit.vault.council_key import CouncilKey
from fieldkit.workspace import open_workspace

PASSPHRASE, BENS, NEW = "four quiet owls at dusk", "seven herons by the weir", "two kettles before breakfast"
NOTES = 10_000


def main() -> None:
    """Print the figures."""
    if sys.argv[1:2] == ["memory"]:
        print(*memory(Path(sys.argv[2])))
        return
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 3
    print(f"{platform.machine()} {platform.system()} · {rounds} rounds, the middle of each")
    with tempfile.TemporaryDirectory() as folder:
        figures(Path(folder) / "home", rounds)


def figures(home: Path, rounds: int) -> None:
    """All of it, on one device."""
    show("calibrate and make a device", [seconds(lambda: vault.create(home, PASSPHRASE, REAL_KDF).close())])
    council = prepare(home)
    said = key_file.read(home, REAL_KDF).file
    assert said is not None
    slot = said.people[0]
    told = f"{slot.said['memory_kib'] >> 10} MiB t{slot.said['time_cost']} p{slot.said['lanes']}"
    show(f"  of an unlock: Argon2id {told}", repeated(rounds, lambda: stretching.stretched(slot.said, PASSPHRASE)))
    show("  of an unlock: key file read and checked", repeated(rounds, lambda: key_file.read(home, REAL_KDF)))
    show(f"unlock, {NOTES} facts in the store, workspace ready", repeated(rounds, lambda: enter(home, "worker")))
    show("switch to another person (close, choose, unlock)", repeated(rounds, lambda: enter(home, "BC", BENS)))
    show("wrong passphrase", repeated(rounds, lambda: wrong(home)))
    show("passphrase change, with its unlock", [seconds(lambda: change(home))])
    show("slot removal, after an unlock", [removal(home)])
    show("new store key, every page written anew", [rotation(home)])
    show("recovery: answer accepted, new passphrase, new key", [recovered(home, council)])
    done = subprocess.run(
        [sys.executable, __file__, "memory", str(home)], check=True, capture_output=True, text=True
    ).stdout.split()
    print(f"memory: {done[0]} MiB before, {done[1]} at the peak, {done[2]} after unlocking")


def prepare(home: Path) -> slots.Keys:
    """Fill the store; a second person and a council slot. The council's pair, as two byte strings."""
    opened = vault.unlock(home, PASSPHRASE, REAL_KDF)
    store = Store(opened.store_path, opened.key, SystemClock())
    with store.transaction():
        for number in range(NOTES):
            store.set_meta(f"note {number}", "seen at home, " * 60)
    store.close()
    vault.add_person(opened, vault.Person("", "BC", vault.REGISTER), BENS, REAL_KDF)
    pair = new_pair()
    vault.add_council(opened, CouncilKey(pair.public, 1), "d" * 32)
    opened.close()
    return slots.Keys(pair.public, pair.private)


def enter(home: Path, person: str, passphrase: str = PASSPHRASE) -> None:
    """Open the whole workspace, as the app does."""
    open_workspace(home, passphrase, clock=SystemClock(), door=vault.Door(person)).close()


def wrong(home: Path) -> None:
    """A passphrase that is not it."""
    try:
        vault.unlock(home, NEW, REAL_KDF, door=vault.Door("worker"))
    except WrongPassphrase:
        (home / vault.TRIES_FILE).unlink()


def change(home: Path) -> None:
    """Another passphrase."""
    opened = vault.unlock(home, PASSPHRASE, REAL_KDF, door=vault.Door("worker"))
    vault.choose_passphrase(opened, NEW, REAL_KDF)
    opened.close()


def removal(home: Path) -> float:
    """Seconds to take the other person's slot away."""
    opened = vault.unlock(home, NEW, REAL_KDF, door=vault.Door("worker"))
    took = seconds(lambda: vault.remove_person(opened, "BC"))
    opened.close()
    return took


def rotation(home: Path) -> float:
    """Seconds to write the store under a new key."""
    opened = vault.unlock(home, NEW, REAL_KDF)
    took = seconds(lambda: vault.new_key(opened))
    opened.close()
    return took


def recovered(home: Path, council: slots.Keys) -> float:
    """Seconds to take the council's answer."""
    from fieldkit.sealing import Pair

    request = recovery.read_request(recovery.ask(home))
    content, code = recovery.answer(request, Pair(council.store, council.file))
    given = recovery.Accepted(content, code, PASSPHRASE)
    return seconds(lambda: recovery.accept(home, given).close())


def memory(home: Path) -> tuple[int, int, int]:
    """MiB before, at the peak, and after an unlock."""
    before = resident()
    opened = vault.unlock(home, PASSPHRASE, REAL_KDF)
    store = Store(opened.store_path, opened.key, SystemClock())
    peak, after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10, resident()
    store.close()
    opened.close()
    return before, peak, after


def resident() -> int:
    """MiB that this process has now."""
    import psutil

    return int(psutil.Process().memory_info().rss) >> 20


def repeated(rounds: int, verb: Callable[[], object]) -> list[float]:
    """The seconds of each round."""
    return [seconds(verb) for _ in range(rounds)]


def seconds(verb: Callable[[], object]) -> float:
    """How long it took."""
    before = time.perf_counter()
    verb()
    return time.perf_counter() - before


def show(what: str, took: list[float]) -> None:
    """One line."""
    print(f"{what:58} {statistics.median(took):7.3f} s")


if __name__ == "__main__":
    main()
