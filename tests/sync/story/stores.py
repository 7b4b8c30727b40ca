"""Where a laptop of a story keeps its work: the plain twin, or the encrypted store as it is shipped.

Both do the same verbs; a story does not know which it has before it.
"""

from __future__ import annotations

import copy
import hashlib
import secrets
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Protocol

from fieldkit.config import SystemClock
from fieldkit.store.replica import StoreReplica
from fieldkit.store.store import Store
from sync.changes import NO_TRUNK, Change, Patch, State, canonical
from sync.client import MemoryReplica, Replica, courier
from sync.client.http import Identity

Carry = Callable[[bytes], bytes]
"""A sealed file to central, and its sealed word back."""

NEWER = 2
"""A schema number that central does not know yet."""


@dataclass(frozen=True)
class Known:
    """A record as a laptop has it from central."""

    kind: str
    scope: str
    version: int
    version_hash: str
    state: State = field(repr=False)


@dataclass(frozen=True)
class Edit:
    """What somebody is about to save."""

    record: str
    kind: str
    patch: Patch = field(repr=False)
    at: str
    newer: bool = False
    """Whether a newer fieldkit wrote it."""


class Keep(Protocol):
    """A laptop's work, whatever it lies in."""

    @property
    def replica(self) -> Replica:
        """What sync sees of it."""
        ...

    def write(self, edit: Edit) -> Change:
        """Save an edit."""
        ...

    def view(self, record: str) -> Mapping[str, Any]:
        """A record as its worker sees it."""
        ...

    def base(self) -> dict[str, Known]:
        """All records as they came from central."""
        ...

    def outbox(self) -> list[Change]:
        """All own changes."""
        ...

    def attach(self, record: str, content: bytes) -> None:
        """Keep a file that a record will name."""
        ...

    def files(self) -> set[str]:
        """The seals of the files that are here whole."""
        ...

    def lose(self, record: str) -> None:
        """A mistake: a record of central is not here any more."""
        ...

    def redrawn(self) -> int:
        """How many views are not what base and outbox say."""
        ...

    def words_at_rest(self) -> str:
        """Everything of others that lies here, as text."""
        ...

    def hand_over(self, carry: Carry, identity: Identity) -> None:
        """Give central the words that were sealed when their scope was lost, where it may not have them any more."""
        ...

    def copy(self) -> Keep:
        """The same, as a copied disk."""
        ...


class Plain:
    """In memory."""

    def __init__(self, replica: MemoryReplica, seal_key: bytes) -> None:
        self.twin, self.seal_key = replica, seal_key

    @property
    def replica(self) -> Replica:
        """The twin itself."""
        return self.twin

    def write(self, edit: Edit) -> Change:
        """Save an edit; one of a newer schema takes the place of the one just made."""
        change = self.twin.write(edit.record, edit.kind, edit.patch, edit.at)
        if edit.newer:
            change = self.twin.outbox[-1] = replace(change, schema=NEWER, salt="").sealed()
        return change

    def view(self, record: str) -> Mapping[str, Any]:
        """Base and own changes."""
        return self.twin.view(record)

    def base(self) -> dict[str, Known]:
        """Straight from the twin."""
        return {
            record: Known(each.kind, each.scope, each.version, each.version_hash, each.state)
            for record, each in self.twin.base.items()
        }

    def outbox(self) -> list[Change]:
        """The chain."""
        return list(self.twin.outbox)

    def attach(self, record: str, content: bytes) -> None:
        """Bytes by seal."""
        self.twin.files[hashlib.sha256(content).hexdigest()] = content

    def files(self) -> set[str]:
        """Those whose bytes are what was sealed."""
        return {seal for seal, content in self.twin.files.items() if hashlib.sha256(content).hexdigest() == seal}

    def lose(self, record: str) -> None:
        """Gone from the base."""
        del self.twin.base[record]

    def redrawn(self) -> int:
        """The twin draws its views when asked."""
        return 0

    def words_at_rest(self) -> str:
        """The base."""
        return str(self.twin.base)

    def hand_over(self, carry: Carry, identity: Identity) -> None:
        """All of them each time: the twin does not note what central has taken."""
        words = [canonical({"seq": change.seq, "line": change.line}) for change in self.twin.sealed]
        if words:
            assert courier.is_taken(
                carry(courier.seal(identity.device, words, self.seal_key)), identity.device, identity.receipt_key
            )

    def copy(self) -> Plain:
        """Its own lists and dictionaries over the same frozen values."""
        twin = copy.copy(self.twin)
        for name, value in vars(self.twin).items():
            setattr(twin, name, copy.deepcopy(value) if name == "_overlay" else copy.copy(value))
        return Plain(twin, self.seal_key)


class Encrypted:
    """In an SQLCipher store in a folder of its own."""

    def __init__(self, folder: Path, device: str, actor: str, key: bytes = b"") -> None:
        self.folder, self.device, self.actor = folder, device, actor
        self.key = key or secrets.token_bytes(48)
        self.store = Store(folder / "store.db", self.key, SystemClock())

    @property
    def replica(self) -> Replica:
        """The store as sync sees it."""
        return StoreReplica(self.store, self.device)

    def write(self, edit: Edit) -> Change:
        """Change, outbox and view in one transaction, as the workspace does it."""
        seen, held = self.view(edit.record), self.store.records.bases([edit.record]).get(edit.record)
        draft = Change(
            device=self.device,
            seq=0,
            record=edit.record,
            kind=edit.kind,
            trunk=(held.version, held.version_hash) if held else NO_TRUNK,
            patch=dict(edit.patch),
            was={path: seen[path] for path in edit.patch if path in seen},
            actor=self.actor,
            occurred_at=edit.at,
            recorded_at=edit.at,
            schema=NEWER if edit.newer else 1,
        )
        with self.store.transaction():
            change = self.store.outbox.add(draft)
            self.store.records.redraw(change)
        return change

    def view(self, record: str) -> Mapping[str, Any]:
        """What the store shows."""
        found = self.store.records.get(record)
        return {} if found is None else found.state

    def base(self) -> dict[str, Known]:
        """All that came from central."""
        ids = [row[0] for row in self.store.connection.execute("select id from record where base is not null")]
        return {
            record: Known(each.kind, each.scope, each.version, each.version_hash, each.state)
            for record, each in self.store.records.bases(ids).items()
        }

    def outbox(self) -> list[Change]:
        """The chain."""
        last = self.store.connection.execute("select coalesce(max(seq), 0) from outbox").fetchone()[0]
        return [change for _, change in sorted(self.store.outbox.by_seq(range(1, last + 1)).items())]

    def attach(self, record: str, content: bytes) -> None:
        """Kept under its seal."""
        self.store.attachments.keep(record, hashlib.sha256(content).hexdigest(), content)

    def files(self) -> set[str]:
        """The whole ones."""
        return {row[0] for row in self.store.connection.execute("select hash from attachment")}

    def lose(self, record: str) -> None:
        """The store drops it although nobody asked for that: the sums are told, central is not."""
        self.store.records.drop([record])

    def redrawn(self) -> int:
        """The store's own command."""
        return self.store.records.rebuild()

    def words_at_rest(self) -> str:
        """Every row of every table but the own chain."""
        names = "select name from sqlite_master where type = 'table' and name <> 'outbox'"
        tables = [row[0] for row in self.store.connection.execute(names).fetchall()]
        rows = [self.store.connection.execute(f'select * from "{name}"').fetchall() for name in tables]
        return str(rows)

    def hand_over(self, carry: Carry, identity: Identity) -> None:
        """As at the end of a sync of the workspace."""
        self.store.purges.hand_over(carry, identity.device, identity.receipt_key)

    def copy(self) -> Encrypted:
        """The database copied while nobody writes."""
        self.store.connection.execute("pragma wal_checkpoint(truncate)")
        return self.as_it_lies()

    def as_it_lies(self) -> Encrypted:
        """What a power cut would leave at this very moment: the files as they are, opened anew."""
        other = Path(f"{self.folder}-{secrets.token_hex(4)}")
        other.mkdir()
        for name in ("store.db", "store.db-wal"):
            if (self.folder / name).exists():
                shutil.copyfile(self.folder / name, other / name)
        return Encrypted(other, self.device, self.actor, self.key)

    def close(self) -> None:
        """Give the files back."""
        self.store.close()
        shutil.rmtree(self.folder, ignore_errors=True)
