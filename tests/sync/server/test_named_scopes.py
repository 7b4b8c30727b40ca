"""An address, and material for named people: opened by name, and to anybody else as if they were not there."""

from __future__ import annotations

import httpx
import pytest

from sync.changes import Value
from sync.errors import Rejected
from sync.protocol import Compare, PullAsk, frame_line
from sync.protocol.attachments import Named, Piece
from sync.server import erasing, glass, named
from sync.server.database import one
from sync.server.errors import NotHeld, NotKnown
from tests.central_fixture import Ground, RunningCentral, StillClock
from tests.sync.server.laptop import AT, FAMILY, SCOPE, Laptop

SECRET, BESIDE, SEAL = "e" * 32, "c" * 32, "f" * 64
WHY = "She sits on the panel."


def put_in(laptop: Laptop, kind: str, record: str = SECRET, **told: Value) -> str:
    scope = f"{kind}:{record}"
    laptop.replica.write(record, "create", {"@kind": kind, "@scope": scope, **told}, at=AT)
    laptop.sync()
    return scope


def outside_answers(central: RunningCentral, there: bool, state: str = "standing") -> list[str]:
    """All that somebody who does not hold it is told, where it is there and where another record stands instead."""
    lena, ben = Laptop(central, "Lena Hart", "lead"), Laptop(central, "Ben Carter")
    second = Laptop(central, "Lena Hart", "lead")
    ben.family_of_ones_own()
    ben.sync()
    record = SECRET if there else "d" * 32
    scope = f"restricted:{SECRET}"
    put_in(lena, "restricted", record, words="Seen at panel.", file={"hash": SEAL, "name": "a.pdf", "size": 9})
    second.sync()
    for laptop, words in ((lena, "One."), (second, "Two.")):
        laptop.replica.write(record, "set", {"words": words}, at=AT)
        laptop.sync()
    (conflict,) = second.conflicts()
    if state == "erased":
        with one(central.owner_dsn) as connection:
            erasing.erase(connection, [record], lena.worker, "asked for", central.clock())
    for about in (SECRET, conflict if there else "b" * 32):
        for kind in ("set", "add", "append", "remove", "delete", "restore"):
            ben.replica.write(about, kind, {"words": "Guessed."}, at=AT)
        ben.replica.write(about, "resolve", {"take": "mine", "reason": "x", "seen": []}, at=AT)
    for kind in ("visit", "restricted", "person", "handover", "attendance"):
        ben.replica.write(f"a{kind.encode().hex():0<31}"[:32], "create", {"@kind": kind, "@scope": scope}, at=AT)
    with ben.line() as line:
        receipts = line.push(ben.waiting()).receipts
        told = [receipt.line() for receipt in receipts]
        page = line.pull(PullAsk("", 0, (0, ""), 0))
        told += [frame_line(frame) for frame in (*page.frames, *line.compare(Compare(scope, {})).frames)]
        for ask in (line.put_file, line.get_file):
            with pytest.raises(Rejected) as refused:
                ask(Piece(Named(SECRET, SEAL, 9), 0, b""))
            told.append(str(refused.value.reason))
    # Two worlds differ in the laptop's own id, which is made anew.
    return [*(each.replace(ben.identity.device, "") for each in told), figures(central)]


def figures(central: RunningCentral) -> str:
    """What the machine's own watchers see of what waits for people."""
    page = httpx.get(f"{central.url}/metrics").text
    return " ".join(line for line in page.splitlines() if "conflicts" in line or "quarantine" in line)


@pytest.mark.parametrize("state", ["standing", pytest.param("erased", marks=pytest.mark.long)])
def test_an_outsider_is_told_the_same_whether_it_is_there_or_not(
    central_ground: Ground, still_clock: StillClock, state: str
) -> None:
    answers = []
    for there in (True, False):
        world = RunningCentral(central_ground, still_clock)
        answers.append(outside_answers(world, there, state))
        world.close()
    here, elsewhere = answers
    assert here == elsewhere
    assert "fieldkit_conflicts_open 0" in here[-1]


@pytest.mark.long
def test_it_is_opened_by_name_by_who_holds_it_and_by_nobody_else(central: RunningCentral) -> None:
    lena, ben = Laptop(central, "Lena Hart", "lead"), Laptop(central, "Ben Carter")
    other = Laptop(central, "Omar Reid", "lead")
    tom = Laptop(central, "Tom Frost", "admin")
    scope = put_in(lena, "restricted", words="Seen at panel.")
    now = central.clock()
    with one(central.dsn) as connection:
        for to, by, what in (
            (ben, other, scope),
            (ben, ben, scope),
            (tom, lena, scope),
            (ben, lena, f"restricted:{'9' * 32}"),
            (ben, lena, SCOPE),
        ):
            with pytest.raises(NotHeld):
                named.open_to(connection, to.worker, what, by.worker, WHY, now)
        named.open_to(connection, ben.worker, scope, lena.worker, WHY, now)
    for laptop in (ben, other, tom):
        laptop.sync()
    assert ben.replica.view(SECRET) == {"words": "Seen at panel."}
    assert SECRET not in {*other.replica.base, *tom.replica.base}
    with central.rows() as rows:
        told = rows.execute("select about from audit where what = 'open-to'").fetchall()
        assert told == [(f"{ben.worker} {scope}",)]


@pytest.mark.long
def test_a_worker_opens_an_address_but_no_restricted_material(central: RunningCentral) -> None:
    asha = Laptop(central, "Asha Patel")
    put_in(asha, "restricted")
    put_in(asha, "address", BESIDE, address="9 Hidden Road")
    assert [reason for _, reason in asha.parked()] == ["not-entitled"]
    assert asha.replica.base[BESIDE].scope == f"address:{BESIDE}"


def test_who_must_not_learn_an_address_loses_it_and_gets_it_neither_by_name_nor_by_glass(
    central: RunningCentral,
) -> None:
    asha, ben, lena = Laptop(central, "Asha Patel"), Laptop(central, "Ben Carter"), Laptop(central, "Lena Hart", "lead")
    scope = put_in(asha, "address", address="9 Hidden Road")
    now = central.clock()
    with one(central.dsn) as connection:
        for to in (ben, lena):
            named.open_to(connection, to.worker, scope, asha.worker, WHY, now)
    ben.sync()
    assert SECRET in ben.replica.base
    asha.replica.write(SECRET, "set", {"must_not_learn": [ben.worker]}, at=AT)
    asha.sync()
    ben.sync()
    lena.sync()
    assert (SECRET in ben.replica.base, SECRET in lena.replica.base) == (False, True)
    with one(central.dsn) as connection, pytest.raises(NotHeld):
        named.open_to(connection, ben.worker, scope, asha.worker, WHY, now)
    with one(central.dsn) as connection, pytest.raises(NotKnown):
        glass.shatter(connection, ben.worker, scope, "He is at the door.", now)


@pytest.mark.long
def test_glass_on_restricted_material_needs_a_reason_ends_by_the_clock_and_waits_for_a_second_person(
    central: RunningCentral,
) -> None:
    lena, other = Laptop(central, "Lena Hart", "lead"), Laptop(central, "Omar Reid", "lead")
    scope = put_in(lena, "restricted", words="Seen at panel.")
    with one(central.dsn) as connection:
        glass.shatter(connection, other.worker, scope, "The duty deputy must know.", central.clock())
        assert [each.scope for each in glass.unreviewed(connection)] == [scope]
    other.sync()
    assert SECRET in other.replica.base
    central.clock.pass_time(hours=4, minutes=1)
    other.sync()
    assert SECRET not in other.replica.base
    assert FAMILY not in other.replica.base


def test_who_was_lent_it_by_glass_opens_it_to_nobody(central: RunningCentral) -> None:
    lena, other = Laptop(central, "Lena Hart", "lead"), Laptop(central, "Omar Reid", "lead")
    scope, now = put_in(lena, "restricted", words="Seen at panel."), central.clock()
    with one(central.dsn) as connection:
        glass.shatter(connection, other.worker, scope, "The duty deputy must know.", now)
        with pytest.raises(NotHeld):
            named.open_to(connection, other.worker, scope, other.worker, WHY, now)
