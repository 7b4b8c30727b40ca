"""A fieldkit that will be killed: it saves without end and says what it has acknowledged. Run by test_kill."""

from __future__ import annotations

import itertools
import sys
from pathlib import Path

from fieldkit import vault
from fieldkit.config import QUICK_KDF, SystemClock
from fieldkit.store.drafts import Draft, Migration, Progress, Typed, difference
from fieldkit.store.replica import StoreReplica
from fieldkit.store.store import Store
from fieldkit.store.writer import Writer
from sync.changes import NO_TRUNK, Change, state_text, version_hash
from sync.client import PageEnd, Put

FIRST, SECOND = "four quiet owls at dusk", "five loud owls at dawn"


def say(*words: object) -> None:
    """Acknowledge, and let it be heard before going on."""
    sys.stdout.write(" ".join(map(str, words)) + "\n")
    sys.stdout.flush()


def file_notes(store: Store) -> None:
    """File notes, one transaction each."""
    for number in itertools.count(1):
        patch = {"@kind": "visit", "@scope": "family:f", "words": "seen at home " * 40}
        with store.transaction():
            change = store.outbox.add(Change("d1", 0, f"0{number:031x}", "create", NO_TRUNK, patch, {}))
            store.records.redraw(change)
            store.audit.note("create", change.record)
        say(change.seq)


def type_away(store: Store) -> None:
    """Type into a draft through the one writer."""
    writer = Writer(store, lambda _draft, revision, _at: say(revision), lambda wrong: say("failed", wrong.said))
    for revision in itertools.count(1):
        writer.put(Typed("d1", revision, {f"q{revision}": "x" * 50}))
        if revision % 50 == 0:
            writer.drain()


def pull(store: Store) -> None:
    """Take pages from central."""
    replica = StoreReplica(store, "d1")
    for page in itertools.count(1):
        puts = []
        for number in range(page * 20, page * 20 + 20):
            record, state = f"0{number:031x}", {"given": "Aoife", "surname": f"Okafor{number}"}
            head = (record, "person", "family:f", "", 1, version_hash(record, 1, state))
            puts.append(Put(*head, "w", "d2", "2026-11-23", text=state_text(state)))
        replica.take(puts, PageEnd(next=page, head=(page, "h"), more=True, epoch="e1", ev=0, server_time=""))
        say(page)


def upgrade(store: Store) -> None:
    """Take a draft over to the next version, there and back; what it holds must always be of the version it says."""
    drafts, at = store.drafts, store.now()
    values = {"2026.1": {f"old{n}": "x" * 40 for n in range(200)}, "2026.2": {f"new{n}": "x" * 40 for n in range(200)}}
    drafts.begin(Draft("d1", "visit@2026.1", "f", None, NO_TRUNK, {}, at, at))
    drafts.journal([Typed("d1", 1, values["2026.1"])])
    done = Progress("", 0, 0, 0)
    for revision in itertools.count(2, 2):
        step = Migration("d1", revision, "visit@2026.1", "visit@2026.2", values["2026.1"], values["2026.2"])
        drafts.migrate(step, done)
        say("visit@2026.2")
        drafts.unmigrate(step, Typed("d1", revision + 1, difference(values["2026.2"], values["2026.1"]), done))
        say("visit@2026.1")


def change_passphrases(home: Path, opened: vault.Vault) -> None:
    """Wrap the key anew, there and back."""
    for number, (old, new) in enumerate(itertools.cycle(((FIRST, SECOND), (SECOND, FIRST))), 1):
        vault.change_passphrase(opened, old, new, QUICK_KDF)
        say(number, home.name)


def main() -> None:
    """Do one of these until killed."""
    home, verb = Path(sys.argv[1]), sys.argv[2]
    if verb == "init":
        say("begun")
        vault.create(home, FIRST, QUICK_KDF)
        return
    opened = vault.unlock(home, FIRST, QUICK_KDF)
    if verb == "passphrase":
        change_passphrases(home, opened)
    store = Store(opened.store_path, opened.key, SystemClock())
    {"file": file_notes, "type": type_away, "pull": pull, "upgrade": upgrade}[verb](store)


if __name__ == "__main__":
    main()
