"""Keys in the field: a shared laptop, the council's way in, the lease, and an old copy put back, on a real central."""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from fieldkit import vault
from fieldkit.config import QUICK_KDF
from fieldkit.errors import FieldkitError, Refused, SlotRemoved, WrongPassphrase
from fieldkit.vault import council_key, recovery
from fieldkit.vault.council_key import TwoPersons
from fieldkit.vault.recovery import Accepted, NotARecovery, WrongCode
from fieldkit.workspace import NewPassphrase, Workspace, change_passphrase, open_workspace, recover_workspace
from fieldkit.workspace.allowed import RULES, Act, LeaseOver, NotYourRole, Rule, Standing, Subject, refusal
from sync.server import council_key as desk_key
from sync.server import key_events, workers
from sync.server.database import one, row
from tests.central_fixture import RunningCentral
from tests.trips.conftest import PASSPHRASE, DeviceClock, Laptops

BENS = "seven herons by the weir"
BOTH = TwoPersons("the long way over the moor", "a kettle on before breakfast")


@dataclass
class Ahead:
    """A laptop's clock that is not right."""

    right: DeviceClock
    by: timedelta

    def now(self) -> datetime:
        return self.right.now() + self.by

    def monotonic(self) -> float:
        return self.right.monotonic()


@dataclass
class Shared:
    """A laptop of several people."""

    laptops: Laptops
    home: Path

    def open(self, handle: str, passphrase: str = BENS) -> Workspace:
        """Open it as somebody."""
        made = open_workspace(self.home, passphrase, clock=self.laptops.clock, kdf=QUICK_KDF, door=vault.Door(handle))
        self.laptops.open.append(made)
        return made


@pytest.fixture
def shared(laptops: Laptops) -> Shared:
    """Asha's laptop, on which Ben works and Cara keeps the register."""
    asha = laptops.of("Asha Patel", "centre")
    home = asha.vault.home
    asha.add_person_here(vault.Person("", "BC"), BENS)
    asha.add_person_here(vault.Person("", "CD", vault.REGISTER), BENS)
    asha.close()
    return Shared(laptops, home)


def last_change(central: RunningCentral) -> dict[str, Any]:
    return dict(json.loads(asked(central, "select line from version where device <> 'central' order by number desc")))


def asked(central: RunningCentral, statement: str) -> str:
    """One text of central's database."""
    with central.rows() as rows:
        return str(row(rows, statement)[0])


def noted(desk: Workspace) -> list[str]:
    return [what for (what,) in desk.store.connection.execute("select what from audit order by number").fetchall()]


# -- people


def test_who_was_at_the_keyboard_goes_with_every_change_audit_entry_and_seal(
    shared: Shared, central: RunningCentral
) -> None:
    ben = shared.open("BC")
    ben.add_family("Okafor")
    ben.sync()
    assert ben.me.worker == "BC"
    told = last_change(central)
    assert told["person"] == ben.me.person
    assert told["actor"] == workers.worker_id("Asha Patel")
    (about,) = ben.store.connection.execute("select about from audit where what = 'create'").fetchone()
    assert about.endswith(f"by:{ben.me.person}")
    assert ben.me.author == f"{told['actor']} person:{ben.me.person}"
    ben.close()
    asha = shared.open("worker", PASSPHRASE)
    asha.add_family("Obi")
    asha.sync()
    assert "person" not in last_change(central)
    assert (asha.me.kept_by, asha.me.author) == ("", workers.worker_id("Asha Patel"))


def test_a_person_with_an_account_of_their_own_writes_as_themselves_where_central_let_them(
    laptops: Laptops, central: RunningCentral
) -> None:
    asha = laptops.of("Asha Patel", "centre")
    central.code("Ben Carter")
    asha.sync()
    asha.add_person_here(vault.Person("", "BC", worker="Ben Carter"), BENS)
    with pytest.raises(Refused):
        asha.add_person_here(vault.Person("", "XY", worker="Nobody Here"), BENS)
    asha.close()
    bens = Shared(laptops, asha.vault.home)
    ben = bens.open("BC")
    assert (ben.me.worker, ben.me.worker_id) == ("Ben Carter", workers.worker_id("Ben Carter"))
    ben.add_family("Okafor")
    assert ben.sync().parked == 1
    with one(central.dsn) as connection:
        key_events.let_write(connection, ben.me.device, ben.me.worker_id, central.clock())
    ben.add_family("Obi")
    assert ben.sync().parked == 0
    assert last_change(central)["actor"] == workers.worker_id("Ben Carter")


def test_who_keeps_the_register_sees_and_does_nothing_else(shared: Shared) -> None:
    asha = shared.open("worker", PASSPHRASE)
    family = asha.add_family("Okafor")
    centre = asha.add_centre("Riverside")
    asha.sync()
    note = asha.begin("visit", family)
    asha.close()
    cara = shared.open("CD")
    assert [row.name for row in cara.centres()] == ["Riverside"]
    cara.discard(cara.begin("session", centre), "only a try")
    refused: list[Any] = [
        lambda: cara.families(),
        lambda: cara.find("Okafor"),
        lambda: cara.family(family),
        lambda: cara.show(family),
        lambda: cara.record(family),
        lambda: cara.records_of("family"),
        lambda: cara.edit(family, {"note": "x"}),
        lambda: cara.begin("visit", family),
        lambda: cara.draft(note),
        lambda: cara.add_family("Obi"),
        lambda: cara.concern(family, "x", "y", False),
        lambda: list(cara.dump("because")),
        lambda: cara.conflicts(),
        lambda: cara.add_person_here(vault.Person("", "ZZ"), BENS),
    ]
    for verb in refused:
        with pytest.raises(NotYourRole):
            verb()
    today = cara.today()
    assert (today.drafts, today.due, today.concerns) == ((), (), ())
    assert cara.sync().parked == 0


def test_a_slot_that_was_taken_away_does_not_come_back_with_an_older_key_file(shared: Shared) -> None:
    old = (shared.home / vault.KEY_FILE).read_bytes()
    asha = shared.open("worker", PASSPHRASE)
    asha.remove_person_here("BC")
    with pytest.raises(Refused):
        asha.remove_person_here("worker")
    asha.close()
    for name in (vault.KEY_FILE, vault.KEPT_FILE):
        (shared.home / name).write_bytes(old)
    with pytest.raises(SlotRemoved):
        shared.open("BC")
    again = shared.open("worker", PASSPHRASE)
    assert "older key file" in again.vault.told[0]
    assert {"removed-slot", "older-key-file"} <= set(noted(again))


# -- the one place that decides


def test_every_verb_of_the_workspace_is_in_the_table() -> None:
    verbs = {name for name in dir(Workspace) if not name.startswith("_") and callable(getattr(Workspace, name))}
    assert verbs - RULES.keys() == set()


def test_a_verb_that_nobody_thought_of_is_taken_for_one_that_reads_everything() -> None:
    assert refusal(Rule(Act.READ), Subject(), Standing(vault.REGISTER, False)) is NotYourRole
    assert refusal(Rule(Act.READ), Subject(), Standing(vault.WORKER, True)) is LeaseOver
    assert refusal(Rule(Act.READ), Subject(), Standing(vault.WORKER, False)) is None


# -- the lease


def test_after_the_lease_only_new_records_and_own_drafts_until_a_sync(shared: Shared, central: RunningCentral) -> None:
    asha = shared.open("worker", PASSPHRASE)
    family = asha.add_family("Okafor")
    asha.sync()
    mine = asha.begin("visit", family)
    central.clock.pass_time(days=6, hours=23)
    assert asha.show(family)
    central.clock.pass_time(hours=2)
    closed: list[Any] = [
        lambda: asha.show(family),
        lambda: asha.families(),
        lambda: asha.find("Okafor"),
        lambda: asha.family(family),
        lambda: asha.edit(family, {"note": "x"}),
        lambda: list(asha.dump("because")),
        lambda: asha.records_of("family"),
    ]
    for verb in closed:
        with pytest.raises(LeaseOver):
            verb()
    assert asha.draft(mine).family == family
    assert [row.id for row in asha.today().drafts] == [mine]
    assert "has not synced" in asha.today().closed
    assert asha.begin("visit", family)
    new = asha.add_family("Obi")
    assert asha.concern(family, "seen", "worried", False)
    with pytest.raises(LeaseOver):
        asha.show(new)
    asha.close()
    ben = shared.open("BC")
    with pytest.raises(LeaseOver):
        ben.draft(mine)
    ben.sync()
    assert ben.show(family)


def test_the_council_sets_the_days_and_a_clock_set_back_gains_nothing(
    laptops: Laptops, central: RunningCentral
) -> None:
    asha = laptops.of("Asha Patel")
    family = asha.add_family("Okafor")
    with one(central.dsn) as connection:
        from sync.server.own import Saying, say
        from sync.server.publish import SETTINGS

        say(connection, [Saying(SETTINGS, "settings", {"lease/days": "2"})], central.clock())
    asha.sync()
    lease = asha.lease()
    assert lease is not None
    assert lease.days == 2
    central.clock.pass_time(days=2, hours=1)
    with pytest.raises(LeaseOver):
        asha.show(family)
    central.clock.pass_time(days=-2)
    with pytest.raises(LeaseOver):
        asha.show(family)
    again = laptops.again(asha)
    with pytest.raises(LeaseOver):
        again.show(family)
    again.sync()
    assert again.show(family)


def test_a_device_that_never_synced_has_no_lease_to_lose(laptops: Laptops) -> None:
    asha = laptops.of("Asha Patel")
    assert asha.lease() is not None
    asha.store.connection.execute("delete from meta where name = 'central_time'")
    laptops.clock.clock.at += timedelta(days=400)
    assert asha.families() == []


# -- the council's way in


def set_key(central: RunningCentral) -> bytes:
    """A council key, set at central by two; its file."""
    public, file = council_key.make(BOTH, QUICK_KDF)
    with one(central.dsn) as connection:
        for name, role in (("Iris Gale", "ig"), ("Lena Hart", "lead")):
            workers.make_known(connection, name, role, central.clock())
        desk_key.put(connection, central.keys, public.hex(), ("Iris Gale", "Lena Hart"), central.clock())
    return file


def answered(home: Path, file: bytes, persons: TwoPersons = BOTH) -> tuple[bytes, str]:
    request = recovery.read_request(recovery.ask(home, QUICK_KDF))
    return recovery.answer(request, council_key.opened(file, persons, QUICK_KDF))


def test_two_persons_open_a_device_whose_passphrase_is_lost_and_everybody_hears_of_it(
    laptops: Laptops, central: RunningCentral
) -> None:
    asha = laptops.of("Asha Patel")
    family = asha.add_family("Okafor")
    with pytest.raises(recovery.NoCouncilSlot):
        recovery.ask(asha.vault.home, QUICK_KDF)
    file = set_key(central)
    assert any("two persons together" in reason for reason in asha.sync().reasons)
    assert not any("two persons together" in reason for reason in asha.sync().reasons)
    home, before = asha.vault.home, asha.vault.key
    asha.close()
    content, code = answered(home, file)
    with pytest.raises(WrongCode):
        recovery.accept(home, Accepted(content, "AAAA-AAAA-AAAA-AAAA", BENS), QUICK_KDF)
    given = Accepted(content, code.lower(), BENS)
    opened = recover_workspace(home, given, clock=laptops.clock, kdf=QUICK_KDF)
    laptops.open.append(opened)
    assert opened.show(family)
    assert opened.vault.key != before
    opened.sync()
    assert "recovered" in noted(opened)
    about = asked(central, "select about from audit where what = 'key-recovered'")
    assert about == f"{opened.me.device} {opened.me.person} 1"
    opened.close()
    with pytest.raises(WrongPassphrase):
        vault.unlock(home, PASSPHRASE, QUICK_KDF)
    vault.unlock(home, BENS, QUICK_KDF).close()
    with pytest.raises(Refused):
        recovery.accept(home, given, QUICK_KDF)


def test_an_answer_is_for_one_device_and_one_request_and_an_altered_one_opens_nothing(
    laptops: Laptops, central: RunningCentral
) -> None:
    asha, ben = laptops.of("Asha Patel"), laptops.of("Ben Carter")
    file = set_key(central)
    for laptop in (asha, ben):
        laptop.sync()
        laptop.close()
    content, code = answered(asha.vault.home, file)
    recovery.ask(ben.vault.home, QUICK_KDF)
    with pytest.raises(NotARecovery):
        recovery.accept(ben.vault.home, Accepted(content, code, BENS), QUICK_KDF)
    told = json.loads(content)
    told["sealed"] = "AAAA" + told["sealed"][4:]
    for wrong in (json.dumps(told).encode(), b"{}", b"", b"\xff", b"[" * 9_000):
        with pytest.raises(FieldkitError):
            recovery.accept(asha.vault.home, Accepted(wrong, code, BENS), QUICK_KDF)
    recovery.ask(asha.vault.home, QUICK_KDF)  # An earlier request is void.
    with pytest.raises(NotARecovery):
        recovery.accept(asha.vault.home, Accepted(content, code, BENS), QUICK_KDF)
    _, other = council_key.make(BOTH, QUICK_KDF)
    request = recovery.read_request(recovery.ask(asha.vault.home, QUICK_KDF))
    with pytest.raises(NotARecovery):
        recovery.answer(request, council_key.opened(other, BOTH, QUICK_KDF))
    vault.unlock(asha.vault.home, PASSPHRASE, QUICK_KDF).close()


def test_a_new_council_key_takes_the_place_of_the_old_one(laptops: Laptops, central: RunningCentral) -> None:
    asha = laptops.of("Asha Patel")
    old = set_key(central)
    asha.sync()
    new = set_key(central)
    asha.sync()
    home = asha.vault.home
    asha.close()
    with pytest.raises(NotARecovery):
        answered(home, old)
    content, code = answered(home, new)
    opened = recovery.accept(home, Accepted(content, code, BENS), QUICK_KDF)
    assert opened.file.council is not None
    assert opened.file.council.number == 2
    opened.close()


def test_a_new_store_key_loses_no_record_and_central_hears_of_it(laptops: Laptops, central: RunningCentral) -> None:
    asha = laptops.of("Asha Patel")
    set_key(central)
    family = asha.add_family("Okafor")
    asha.sync()
    asha.add_family("Obi")
    home, before = asha.vault.home, asha.vault.key
    asha.close()
    wanted = NewPassphrase(PASSPHRASE, BENS, new_key=True)
    change_passphrase(home, wanted, clock=laptops.clock, kdf=QUICK_KDF, door=vault.Door())
    again = open_workspace(home, BENS, clock=laptops.clock, kdf=QUICK_KDF)
    laptops.open.append(again)
    assert again.vault.key != before
    assert again.show(family)
    assert again.verify() == []
    assert again.sync().pushed == 1
    with central.rows() as rows:
        told = [what for (what,) in rows.execute("select what from key_event order by at").fetchall()]
    assert told == ["council-slot", "new-key"]


# -- an old copy put back


def copied(home: Path, to: Path) -> Path:
    shutil.copytree(home, to)
    to.chmod(0o700)
    return to


def test_an_old_copy_that_is_put_back_is_noticed_at_the_next_sync_and_nothing_is_overwritten(
    laptops: Laptops, central: RunningCentral, tmp_path: Path
) -> None:
    asha = laptops.of("Asha Patel")
    family = asha.add_family("Okafor")
    asha.sync()
    home = asha.vault.home
    asha.close()
    old = copied(home, tmp_path / "old")
    later = laptops.again(asha)
    later.edit(family, {"note": "said on Tuesday"})
    later.sync()
    later.close()
    shutil.rmtree(home)
    copied(old, home)
    back = laptops.again(asha)
    with pytest.raises(FieldkitError) as told:
        back.sync()
    assert "older copy" in told.value.said
    state = asked(central, "select state from record where kind = 'family'")
    with central.rows() as rows:
        events = [what for (what,) in rows.execute("select what from audit order by number").fetchall()]
    assert json.loads(state)["note"] == "said on Tuesday"
    assert "rollback" in events
    assert "older-copy" in noted(back)


def test_an_old_copy_that_was_written_on_is_told_apart_from_the_laptop_it_was_and_both_are_kept(
    laptops: Laptops, central: RunningCentral, tmp_path: Path
) -> None:
    asha = laptops.of("Asha Patel")
    family = asha.add_family("Okafor")
    asha.sync()
    home = asha.vault.home
    asha.close()
    old = copied(home, tmp_path / "old")
    later = laptops.again(asha)
    later.edit(family, {"note": "said on Tuesday"})
    later.sync()
    later.close()
    shutil.rmtree(home)
    copied(old, home)
    back = laptops.again(asha)
    back.edit(family, {"note": "said on Monday"})
    with pytest.raises(FieldkitError):
        back.sync()
    assert json.loads(asked(central, "select state from record where kind = 'family'"))["note"] == "said on Tuesday"
    assert asked(central, f"select state from device where id = '{back.me.device}'") == "forked"
    assert asked(central, "select reason from quarantine") == "fork"
    assert [each.change.patch["note"] for each in back.replica.parked()] == ["said on Monday"]


def test_a_clock_that_was_years_ahead_for_a_while_ends_the_lease_until_the_next_sync_and_not_for_ever(
    laptops: Laptops,
) -> None:
    asha = laptops.of("Asha Patel")
    family = asha.add_family("Okafor")
    asha.sync()
    asha.clock = Ahead(laptops.clock, timedelta(days=4_000))
    with pytest.raises(LeaseOver):
        asha.show(family)
    asha.clock = laptops.clock
    with pytest.raises(LeaseOver):
        asha.show(family)
    asha.sync()
    assert asha.show(family)
