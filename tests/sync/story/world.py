"""The stage of the stories: four laptops around a real central, set up once; and one story, which begins as it stands.

What a story remembers here is told by nobody but the people in it: what they typed, who was given what, what was
erased. The promises are held against that, not against central's own word.
"""

from __future__ import annotations

import json
import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import partial
from pathlib import Path

import httpx
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from sync.changes import Change, Patch, canonical
from sync.client import Exchange, MemoryReplica, Replica, Report
from sync.client.enrolment import Enrolment
from sync.client.http import HttpCentral, Identity
from sync.errors import Malformed, NotCentral, OlderCopy, Rejected, TooLarge, Unreachable
from sync.protocol import Reason, unfold
from sync.server import own
from sync.server.database import one
from sync.server.own import Saying
from tests.central_fixture import Ground, StillClock
from tests.sync.story.central import StoryCentral
from tests.sync.story.line import Line, Wires
from tests.sync.story.sheet import FORM, POLICIES
from tests.sync.story.stores import Edit, Encrypted, Keep, Known, Plain

FAMILIES = ("0190000000007000800000000000000a", "0190000000007000800000000000000b")
SHEETS = ("a" + "0" * 30 + "1", "a" + "0" * 30 + "2")
CAST = (("Asha Patel", "worker"), ("Ben Carter", "worker"), ("Lena Hart", "lead"), ("Omar Reid", "lead"))
ENCRYPTED = "Ben Carter"
"""Whose laptop keeps its work in the store that is shipped."""
WORD = re.compile(r"w\d{5}z")
OLDER = "older-copy"
TAKEN_OUT = (Reason.FORKED, Reason.UNKNOWN_DEVICE, OLDER)
"""After these a worker gets a new id; the old laptop is kept, with all that is on it."""


@dataclass
class Hand:
    """Somebody's laptop."""

    name: str
    role: str
    worker: str
    identity: Identity
    keep: Keep
    days: int = 0
    """How far its clock is off."""
    twofold: bool = False
    """Whether there was once another copy of it: then it may miss its own words until sums are compared."""
    spare: Keep | None = None
    """An older copy of its disk."""
    cursor: tuple[str, int] = ("", 0)
    scopes: set[str] = field(default_factory=set)
    """What it had when it last pulled in peace."""

    def copy(self) -> Hand:
        """The same laptop once more."""
        return replace(self, keep=self.keep.copy(), spare=None)


@dataclass(frozen=True)
class Typed:
    """Where a word was typed."""

    record: str
    scope: str
    worker: str
    change: str = ""
    """The hash of the change that says it."""


@dataclass(frozen=True)
class Written:
    """A change with what its author had before them."""

    change: Change
    base: Known | None


class Crash(Exception):
    """The laptop's process ended in the middle of something."""


class Story:
    """What happens from one beginning on."""

    def __init__(self, stage: Stage) -> None:
        self.stage, self.central = stage, stage.central
        self.wires = Wires(stage.wires.inner)
        self.hands = [hand.copy() for hand in stage.cast]
        self.retired: list[Hand] = []
        self.typed: dict[str, Typed] = {}
        self.written: dict[str, Written] = {}
        """Every change that was ever made, by hash, but for those that nobody has any more through no fault of sync."""
        self.scopes = dict(stage.scopes)
        self.held = {hand.worker: set(stage.scopes.values()) for hand in self.hands}
        self.erased: set[str] = set()
        self.ever_erased: set[str] = set()
        self.copied: set[str] | None = None
        """What was erased when central was copied; None while there is no copy."""
        self.shown: dict[str, object] = {}
        """What the class A promise saw last."""
        self.report: Report | None = None
        """What the last sync that came to its end did."""
        self.number = 0

    # What people do

    def word(self, hand: Hand, record: str) -> str:
        """A word that nobody typed before."""
        self.number += 1
        word = f"w{self.number:05d}z"
        self.typed[word] = Typed(record, self.scopes[record], hand.worker)
        return word

    def write(self, hand: Hand, record: str, kind: str, patch: Patch, *, newer: bool = False) -> Change:
        """Save an edit; what it says is remembered."""
        base = hand.keep.base().get(record)
        at = (self.central.clock.at + timedelta(days=hand.days)).isoformat()
        change = hand.keep.write(Edit(record, kind, patch, at, newer))
        self.written[change.hash] = Written(change, base)
        for word in WORD.findall(str(patch)):
            if word in self.typed and not self.typed[word].change:
                self.typed[word] = replace(self.typed[word], change=change.hash)
        return change

    def records_of(self, hand: Hand, *kinds: str) -> list[str]:
        """The records of some kinds that somebody can write in: held, and seen."""
        return sorted(
            record for record, each in hand.keep.base().items() if each.kind in kinds and hand.keep.view(record)
        )

    # What goes over the line

    def sync(
        self, hand: Hand, fate: str = "", at: int = 1, replica: Replica | None = None, *, calm: bool = False
    ) -> Report | None:
        """One sync; None when it did not come to its end. A laptop that is not believed any more is replaced."""
        line = Line(self.wires, partial(self.hear, hand), fate, at)
        client = httpx.Client(transport=line)
        with HttpCentral(self.central.url, hand.identity, client) as central:
            try:
                self.report = Exchange(replica or hand.keep.replica, central).run()
                hand.keep.hand_over(central.carry, hand.identity)
                return self.report
            except Crash:
                return None
            except (Unreachable, NotCentral, Malformed, TooLarge) as broken:
                why = type(broken).__name__
            except Rejected as refused:
                why = refused.reason
            except OlderCopy:
                why = OLDER
        if why in TAKEN_OUT:
            self.retire(hand)
        else:
            assert not calm, f"nothing was in the way, and yet: {why}"
        return None

    def retire(self, hand: Hand) -> None:
        """A laptop is put into the drawer as it is; its worker enrols another."""
        if hand not in self.hands:
            return
        place = self.hands.index(hand)
        self.retired.append(hand)
        self.hands[place] = self.stage.enrolled(hand.name, hand.role)

    def hear(self, hand: Hand, content: bytes) -> None:
        """Every byte that reaches a laptop is of a scope its worker holds at that moment, and not erased."""
        try:
            plain = unfold(content)
        except Malformed:
            plain = content
        for word in set(WORD.findall(plain.decode("utf-8", "replace"))):
            typed = self.typed.get(word)
            assert typed is not None, "a word of another story"
            assert typed.scope in self.held[hand.worker], f"{word} reached somebody who does not hold its scope"
            assert typed.record not in self.erased or self._is_said_elsewhere(word), f"{word} was erased"

    def _is_said_elsewhere(self, word: str) -> bool:
        return any(record not in self.erased and word in text for record, text in self.stage.texts().items())

    # What is forgiven

    def burn(self) -> None:
        """Forget what lies nowhere any more: a disk or a backup went, and nothing else had it."""
        there = self.at_central() | {
            change.hash for hand in [*self.hands, *self.retired] for change in hand.keep.outbox()
        }
        self.written = {known: written for known, written in self.written.items() if known in there}
        self.typed = {
            word: typed for word, typed in self.typed.items() if not typed.change or typed.change in self.written
        }

    def at_central(self) -> set[str]:
        """The hashes of all changes central has, in its history or aside."""
        lines = self.central.rows_of("select device, seq, prev_hash, line from version")
        aside = self.central.rows_of("select change_hash from quarantine")
        return {Change.of_line(line, device, seq, prev).hash for device, seq, prev, line in lines} | {
            known for (known,) in aside
        }

    def rest(self) -> None:
        """Everybody syncs in peace until nobody has anything to say."""
        self.central.fuse.out()
        self.wires.deliver()
        for hand in self.hands:
            hand.days = 0
        for _ in range(4):
            for hand in list(self.hands):
                self.central.clock.pass_time(seconds=2)
                self.sync(hand, calm=True)

    def close(self) -> None:
        """Give the disks back."""
        for hand in [*self.hands, *self.retired]:
            for keep in (hand.keep, hand.spare):
                if isinstance(keep, Encrypted):
                    keep.close()


@dataclass
class Stage:
    """What every story begins from."""

    central: StoryCentral
    folder: Path
    wires: Wires = field(default_factory=Wires)
    cast: list[Hand] = field(default_factory=list)
    scopes: dict[str, str] = field(default_factory=dict)
    number: int = 0

    def enrolled(self, name: str, role: str) -> Hand:
        """A new laptop of somebody."""
        now = self.central.clock
        identity = Identity(Ed25519PrivateKey.generate(), now=lambda: int(now.at.timestamp()))
        with HttpCentral(self.central.url, identity) as line:
            told = line.enrol(self.central.code(name, role), "a laptop")
        identity = replace(identity, receipt_key=bytes.fromhex(told.keys["receipt"]))
        return Hand(name, role, told.worker["id"], identity, self._keep(name, identity.device, told))

    def _keep(self, name: str, device: str, told: Enrolment) -> Keep:
        worker = told.worker["id"]
        if name != ENCRYPTED:
            return Plain(MemoryReplica(device, worker), bytes.fromhex(told.keys["seal"]))
        self.number += 1
        folder = self.folder / f"laptop-{self.number}"
        folder.mkdir()
        keep = Encrypted(folder, device, worker)
        keep.store.set_meta("central_keys", json.dumps(told.keys))
        return keep

    def texts(self) -> dict[str, str]:
        """What every record says now."""
        found = self.central.rows_of("select id, state from record where not deleted")
        return {str(record): str(text) for record, text in found}

    def set_up(self) -> None:
        """Two families with a sheet each, which all four hold; then everything is copied."""
        with one(self.central.dsn) as connection:
            form = {"id": FORM, "version": "1", "title": FORM, "xml": "", "hash": "", "signature": ""}
            policies = canonical(POLICIES).decode()
            own.say(connection, [Saying("f" * 32, "form", form | {"policies": policies})], self.central.clock())
        self.cast = [self.enrolled(name, role) for name, role in CAST]
        maker = self.cast[0]
        at = self.central.clock.at.isoformat()
        for family, sheet in zip(FAMILIES, SHEETS, strict=True):
            scope = f"family:{family}"
            self.scopes |= {family: scope, sheet: scope}
            maker.keep.write(Edit(family, "create", {"@kind": "family", "@scope": scope, "name": "Okafor"}, at))
            own_form = {"@kind": FORM, "@scope": scope, "@form": f"{FORM}@1", "plain": "first"}
            maker.keep.write(Edit(sheet, "create", own_form, at))
        for hand in (maker, *self.cast):
            with HttpCentral(self.central.url, hand.identity) as line:
                Exchange(hand.keep.replica, line).run()
            if hand is maker:
                for name, _ in CAST:
                    self.central.grant(name, *sorted(set(self.scopes.values())))
        self.central.copy("pristine")

    def begin(self) -> Story:
        """A story; central is put back to how it was set up."""
        self.central.fuse.out()
        self.central.clock.pass_time(seconds=60)
        self.central.put_back("pristine")
        return Story(self)


@contextmanager
def stage(ground: Ground) -> Iterator[Stage]:
    """A stage for many stories."""
    with tempfile.TemporaryDirectory(prefix="fieldkit-story-") as folder:
        made = Stage(StoryCentral(ground, StillClock()), Path(folder))
        try:
            made.set_up()
            yield made
        finally:
            made.wires.inner.close()
            made.central.close()


def state_of(text: str) -> dict[str, object]:
    """A record's words as a dictionary."""
    return dict(json.loads(text))
