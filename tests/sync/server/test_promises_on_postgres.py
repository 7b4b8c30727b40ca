"""The promises of sync over made-up histories on the real central: three laptops, lost answers, a central put back."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import TypeVar

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from sync.changes import erased
from sync.client import Batch, Exchange, Page, PushAnswer, Traffic
from sync.client.http import HttpCentral
from sync.errors import Unreachable
from sync.protocol import Compare, PullAsk
from sync.protocol.attachments import Piece
from sync.server import ledger
from tests.central_fixture import Ground, RunningCentral, StillClock
from tests.sync.server.laptop import FAMILY, SCOPE, Laptop
from tests.sync.server.putting_back import copy, put_back

T = TypeVar("T")
SECOND = "0190000000007000800000000000000b"
FAMILIES = {FAMILY: SCOPE, SECOND: f"family:{SECOND}"}
NAMES = ("Asha Patel", "Ben Carter", "Lena Hart")
RISKS = ("low", "medium", "high", "immediate")
PATHS = ("name", "phone", "summary", "address", "risk_level", "lead")
FATES = ("fine", "fine", "request", "answer", "twice")


@dataclass
class Unlucky:
    """A line to central that loses what goes over it."""

    line: HttpCentral
    fate: str

    def push(self, batch: Batch) -> PushAnswer:
        """Send a batch; what was lost was lost after or before central had it."""
        return self._say(lambda: self.line.push(batch))

    def pull(self, ask: PullAsk) -> Page:
        """Ask for news."""
        return self._say(lambda: self.line.pull(ask))

    def compare(self, ask: Compare) -> Page:
        """Nothing may differ at the head."""
        raise AssertionError(ask.scope)

    def put_file(self, piece: Piece) -> tuple[int, bool]:
        """Nobody attaches anything."""
        raise AssertionError(piece)

    def get_file(self, asked: Piece) -> Piece:
        """Nobody attaches anything."""
        raise AssertionError(asked)

    def traffic(self) -> Traffic:
        """What went over the line."""
        return self.line.traffic()

    def _say(self, ask: Callable[[], T]) -> T:
        fate, self.fate = self.fate, "fine"
        if fate == "request":
            raise Unreachable
        said = ask()
        if fate == "twice":
            said = ask()
        if fate == "answer":
            raise Unreachable
        return said


class Story(RuleBasedStateMachine):
    """Whatever three laptops and one central can go through."""

    ground: Ground

    def __init__(self) -> None:
        super().__init__()
        self.central = RunningCentral(self.ground, StillClock())
        self.number = 0
        self.copied = False
        self.typed: dict[str, tuple[str, str]] = {}
        """Every word that was typed, with the record and path it was typed into."""
        self.cursors: dict[str, tuple[str, int]] = {}
        self.laptops = [Laptop(self.central, name, "lead" if name == "Lena Hart" else "worker") for name in NAMES]

    @initialize()
    def two_families(self) -> None:
        for laptop, family in ((self.laptops[0], FAMILY), (self.laptops[1], SECOND)):
            own = {"@kind": "family", "@scope": FAMILIES[family], "name": self.word(family, "name")}
            laptop.replica.write(family, "create", own, at=self.at())
            laptop.sync()
        for name in NAMES:
            self.central.grant(name, *FAMILIES.values())
        for laptop in self.laptops:
            laptop.sync()

    def at(self) -> str:
        return self.central.clock.at.isoformat()

    def word(self, record: str, path: str) -> str:
        self.number += 1
        word = f"word-{self.number:04d}."
        self.typed[word] = (record, path)
        return word

    def held_by(self, laptop: Laptop) -> list[str]:
        return sorted(family for family in FAMILIES if family in laptop.replica.base)

    @rule(who=st.integers(0, 2), which=st.integers(0, 1), path=st.sampled_from(PATHS), risk=st.sampled_from(RISKS))
    def somebody_writes(self, who: int, which: int, path: str, risk: str) -> None:
        laptop = self.laptops[who]
        families = self.held_by(laptop)
        if not families:
            return
        family = families[which % len(families)]
        value = risk if path == "risk_level" else self.word(family, path)
        laptop.replica.write(family, "set", {path: value}, at=self.at())

    @rule(who=st.integers(0, 2), which=st.integers(0, 1))
    def somebody_writes_a_note(self, who: int, which: int) -> None:
        laptop = self.laptops[who]
        families = self.held_by(laptop)
        if families:
            family = families[which % len(families)]
            self.number += 1
            note = f"a{self.number:031x}"
            own = {"@kind": "visit", "@scope": FAMILIES[family], "c/facts/arrival": self.word(note, "c/facts/arrival")}
            laptop.replica.write(note, "create", own, at=self.at())

    @rule(who=st.integers(0, 2), which=st.integers(0, 5))
    def somebody_deletes_a_note(self, who: int, which: int) -> None:
        laptop = self.laptops[who]
        notes = sorted(record for record, held in laptop.replica.base.items() if held.kind == "visit")
        if notes:
            laptop.replica.write(notes[which % len(notes)], "delete", {}, at=self.at())

    @rule(who=st.integers(0, 2), which=st.integers(0, 5), place=st.integers(0, 2))
    def somebody_decides(self, who: int, which: int, place: int) -> None:
        laptop = self.laptops[who]
        waiting = sorted(record for record, status in laptop.conflicts().items() if status != "resolved")
        if not waiting:
            return
        conflict = waiting[which % len(waiting)]
        state = laptop.replica.view(conflict)
        claims = sorted({path.split("/")[1] for path in state if path.startswith("siblings/")})
        laptop.resolve(conflict, claims[place % len(claims)])

    @rule(who=st.integers(0, 2), fate=st.sampled_from(FATES))
    def somebody_syncs(self, who: int, fate: str) -> None:
        laptop = self.laptops[who]
        with laptop.line() as line:
            try:
                Exchange(laptop.replica, Unlucky(line, fate)).run()
            except Unreachable:
                assert fate in ("request", "answer")

    @rule(who=st.integers(0, 2), days=st.integers(-400, 400))
    def a_clock_is_wrong_for_a_while(self, who: int, days: int) -> None:
        laptop = self.laptops[who]
        families = self.held_by(laptop)
        if families:
            when = self.central.clock.at + timedelta(days=days)
            laptop.replica.write(families[0], "set", {"phone": self.word(families[0], "phone")}, at=when.isoformat())

    @rule(who=st.integers(0, 2), family=st.sampled_from(sorted(FAMILIES)), held=st.booleans())
    def a_family_is_given_or_taken(self, who: int, family: str, held: bool) -> None:
        if held:
            self.central.grant(NAMES[who], FAMILIES[family])
        else:
            self.central.withdraw(NAMES[who], FAMILIES[family])

    @precondition(lambda self: not self.copied)
    @rule()
    def central_is_copied(self) -> None:
        copy(self.central)
        self.copied = True

    @precondition(lambda self: self.copied)
    @rule()
    def central_is_put_back(self) -> None:
        # What is granted and who is enrolled is put back too; the laptops are of before the copy.
        put_back(self.central)
        self.copied = False
        self.cursors.clear()

    @invariant()
    def no_cursor_goes_back(self) -> None:
        for laptop in self.laptops:
            at = laptop.replica.standing()
            epoch, before = self.cursors.get(laptop.worker, (at.epoch, 0))
            assert at.epoch != epoch or at.whole or at.cursor >= before
            self.cursors[laptop.worker] = (at.epoch, at.cursor)

    @invariant()
    def own_words_never_vanish_from_the_own_view(self) -> None:
        for laptop in self.laptops:
            replica = laptop.replica
            for change in replica.outbox[replica.standing().last_seq :]:
                shown = replica.view(change.record)
                later = [
                    path
                    for other in replica.outbox[change.seq :]
                    if other.record == change.record
                    for path in ("*" if other.kind == "delete" else other.patch)
                ]
                for path, value in change.patch.items():
                    if path[0] != "@" and change.kind in ("create", "set") and path not in later and "*" not in later:
                        assert shown.get(path) == value

    def teardown(self) -> None:
        try:
            if self.laptops[0].replica.base:
                for laptop in self.laptops * 3:
                    laptop.sync()
                self.all_agree()
                self.nothing_is_lost()
                self.nothing_stands_twice()
                self.what_is_shown_of_risk_is_the_safest_claim()
        finally:
            self.central.close()

    def all_agree(self) -> None:
        with self.central.rows() as connection:
            ledger.verify(connection)
            kept = connection.execute("select id, scope, kind, version_hash from record where not deleted").fetchall()
            held = connection.execute("select worker, scope from entitlement where held").fetchall()
        for laptop in self.laptops:
            scopes = {scope for worker, scope in held if worker == laptop.worker} | {"ref"}
            wanted = {record: known for record, scope, _, known in kept if scope in scopes}
            assert {record: each.version_hash for record, each in laptop.replica.base.items()} == wanted
            for record, each in laptop.replica.base.items():
                assert laptop.replica.view(record) == each.state

    def nothing_is_lost(self) -> None:
        with self.central.rows() as connection:
            lines = connection.execute("select device, seq, line from version").fetchall()
            aside = connection.execute("select device, seq, change from quarantine").fetchall()
        history = {(device, seq): line for device, seq, line in lines}
        apart = {(device, seq): json.loads(change)["line"] for device, seq, change in aside}
        assert not history.keys() & apart.keys()
        for laptop in self.laptops:
            for change in laptop.replica.outbox:
                place = (change.device, change.seq)
                kept = history.get(place) or apart[place]
                # Of a family that was taken away the device keeps places and hashes; the words are sealed.
                assert change.line in (kept, erased(kept)), "every change is in exactly one place"
        sealed = [change.line for laptop in self.laptops for change in laptop.replica.sealed]
        everything = "".join([*history.values(), *apart.values(), *sealed])
        assert [word for word in self.typed if word not in everything] == []

    def nothing_stands_twice(self) -> None:
        with self.central.rows() as connection:
            twice = connection.execute(
                "select record, device, seq from version where device <> 'central'"
                " group by record, device, seq having count(*) > 1"
            ).fetchall()
            assert twice == []
            numbers = connection.execute("select count(*), coalesce(max(number), 0) from ledger").fetchone()
            assert numbers is not None
            assert numbers[0] == numbers[1], "ledger numbers have no gap"

    def what_is_shown_of_risk_is_the_safest_claim(self) -> None:
        for laptop in self.laptops:
            for held in laptop.replica.base.values():
                state = held.state
                about = laptop.replica.base.get(str(state.get("record")))
                if held.kind != "conflict" or state.get("path") != "risk_level" or state["status"] == "resolved":
                    continue
                claims = [RISKS.index(str(value)) for path, value in state.items() if _is_claim(path)]
                assert about is not None
                assert RISKS.index(str(about.state["risk_level"])) >= max(claims)


def _is_claim(path: str) -> bool:
    return path.startswith("siblings/") and path.endswith("/value")


def play(ground: Ground, examples: int, steps: int) -> None:
    """So many stories of so many steps."""
    Story.ground = ground
    checks = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much]
    run_state_machine_as_test(
        Story,
        settings=settings(
            max_examples=examples, stateful_step_count=steps, deadline=None, suppress_health_check=checks
        ),
    )


@pytest.mark.timeout(120)
def test_a_few_stories_keep_every_promise(central_ground: Ground) -> None:
    play(central_ground, 8, 20)


@pytest.mark.long
@pytest.mark.timeout(3_600)
def test_many_stories_keep_every_promise(central_ground: Ground) -> None:
    play(central_ground, 300, 40)
