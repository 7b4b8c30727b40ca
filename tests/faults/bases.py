"""The device that the faults fall on: enrolled at a real central, with everything on it that a verb can touch."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from fieldkit.commands.practice.council import answers
from fieldkit.config import QUICK_KDF, SystemClock
from fieldkit.vault import Door
from fieldkit.workspace import Workspace, create_workspace, open_workspace
from tests.central_fixture import RunningCentral
from tests.forms.next_version import next_visit
from tests.trips.test_files import taken
from tests.trips.test_journey import filed
from tests.trips.test_upgrading import published

PASSPHRASE = "four quiet owls at dusk"
WHY = ("--reason", "the family asked")
WORKER, LEAD = "Asha Patel", "Marek Nowak"


@dataclass(slots=True)
class Base:
    """A device's folder as it stands before the fault, and what is in it."""

    home: Path
    central: RunningCentral
    ids: dict[str, str] = field(default_factory=dict)
    before: Picture = field(init=False)
    at_central: frozenset[str] = frozenset()
    """The records of which central has a version."""

    def file(self, name: str) -> str:
        """A file beside the device's folder."""
        return str(self.home.parent / name)


@dataclass(frozen=True, slots=True)
class Picture:
    """What a device holds, as anybody can check it."""

    records: dict[str, str] = field(repr=False)
    drafts: dict[str, str] = field(repr=False)
    conflicts: frozenset[str]
    files: frozenset[str]
    chain: dict[int, str] = field(repr=False)

    def lost(self, before: Picture, touched: frozenset[str] = frozenset()) -> list[str]:
        """What was there before and is not now; `touched` may have changed."""
        kinds = (("record", before.records, self.records), ("draft", before.drafts, self.drafts))
        gone = [
            f"{kind} {name}"
            for kind, old, new in kinds
            for name, said in old.items()
            if name not in touched and new.get(name) != said
        ]
        gone += [f"file {each}" for each in before.files - self.files]
        return gone + [f"change {seq}" for seq in before.chain if self.chain.get(seq) != before.chain[seq]]


@contextmanager
def opened(home: Path, passphrase: str = PASSPHRASE) -> Iterator[Workspace]:
    """The device as the next fieldkit finds it."""
    workspace = open_workspace(home, passphrase, clock=SystemClock(), kdf=QUICK_KDF, door=Door("worker"))
    try:
        yield workspace
    finally:
        workspace.close()


def not_whole(workspace: Workspace, *, spoke: bool) -> Iterator[str]:
    """What `verify` finds. `spoke`: copies of this laptop spoke with central, which a countersignature must show."""
    for found in workspace.verify():
        if not (spoke and "countersigned" in found.where):
            yield f"verify: {found.what} {found.where}"


def pictured(workspace: Workspace) -> Picture:
    """Everything of it, read back."""
    ask = workspace.store.connection.execute
    records = dict(ask("select id, coalesce(view, base) from record").fetchall())
    drafts = {
        each.id: json.dumps(workspace.store.drafts.restore(each.id)[0], sort_keys=True)
        for each in workspace.store.drafts.all()
    }
    files = frozenset(str(seal) for (seal,) in ask("select hash from attachment").fetchall())
    chain = {int(seq): str(known) for seq, known in ask("select seq, hash from outbox").fetchall()}
    return Picture(records, drafts, frozenset(row.id for row in workspace.conflicts()), files, chain)


def made(folder: Path, central: RunningCentral) -> Base:
    """A device with a family, filed and signed forms, drafts, a photo, a conflict, and work that waits."""
    base = Base(folder / "home", central)
    folder.mkdir(parents=True, exist_ok=True)
    for form in ("visit", "agreement"):
        (folder / f"{form}.json").write_text(answers(form), "utf-8")
    (folder / "new-secret").write_text("five loud owls at dawn\n", "utf-8")
    asha = _enrolled(base.home, central, WORKER)
    try:
        _fill(asha, base, central, folder)
    finally:
        asha.close()
    with opened(base.home) as again:
        base.before = pictured(again)
        rows = again.store.connection.execute("select id from record where base is not null")
        base.at_central = frozenset(str(each) for (each,) in rows)
    return base


def _enrolled(home: Path, central: RunningCentral, worker: str) -> Workspace:
    workspace = create_workspace(home, PASSPHRASE, clock=SystemClock(), kdf=QUICK_KDF)
    workspace.enrol(central.url, central.code(worker), worker)
    return workspace


def _fill(asha: Workspace, base: Base, central: RunningCentral, folder: Path) -> None:
    family = asha.add_family("Okafor", risk_level="low", postcode="WY1 2AB")
    base.ids |= {"family": family, "visit": filed(asha, "visit", family), "photo": taken(asha, family)}
    asha.sync()
    _disagree(asha, family, central, folder)
    base.ids["agreement"] = filed(asha, "agreement", family)
    base.ids["draft"] = asha.begin("visit", family, carry=False)
    asha.draft(base.ids["draft"]).answer("a/when/purpose", "To see how the new school went")
    asha.writer.drain()
    base.ids["conflict"] = asha.conflicts()[0].id
    published(central, next_visit())
    asha.sync()
    base.ids["new family"] = asha.add_family("Brennan")
    (folder / "submission.xml").write_bytes(asha.export(base.ids["agreement"], "odk", "full", "a test").content)
    (folder / "packed").write_bytes(asha.pack_courier()[0])
    with opened(folder / "other") as marek:
        (folder / "answered").write_bytes(marek.carry_courier((folder / "packed").read_bytes()))
        _photograph(marek, family)
        marek.sync()


def _photograph(marek: Workspace, family: str) -> None:
    """A file that the base device has not yet: its next sync fetches it piece by piece."""
    photo = bytes(range(255, -1, -1)) * 1_300
    seal = hashlib.sha256(photo).hexdigest()
    told = {"c/facts/photo": {"hash": seal, "name": "garden.jpg", "size": len(photo)}}
    record = marek.create("visit", f"family:{family}", told, "visit@2026.1")
    marek.store.attachments.keep(record, seal, photo)


def _disagree(asha: Workspace, family: str, central: RunningCentral, folder: Path) -> None:
    """A lead and the worker say different things of the same field: a conflict."""
    marek = _enrolled(folder / "other", central, LEAD)
    central.grant(LEAD, f"family:{family}")
    marek.sync()
    marek.edit(family, {"risk_level": "high"})
    asha.edit(family, {"risk_level": "medium"})
    marek.sync()
    asha.sync()
    marek.close()
