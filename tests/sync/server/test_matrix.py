"""Every route, every role, every sort of record: what may be asked and what is answered, cell by cell."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from sync.client import Outcome
from sync.errors import Rejected
from sync.protocol import Compare, Held, PullAsk
from sync.server import erasing
from sync.server.app import ROUTES
from sync.server.database import one
from tests.central_fixture import RunningCentral
from tests.sync.server.laptop import AT, Laptop

ROLES = {"worker": "Asha Patel", "centre": "Marek Nowak", "lead": "Lena Hart", "ig": "Ines Ward", "admin": "Tom Frost"}
WRITERS, READERS = ("worker", "centre", "lead"), ("worker", "centre", "lead", "ig")


@dataclass(frozen=True)
class Place:
    """A sort of record; what becomes of an edit and of a new one beside it, for who may write and who may not."""

    name: str
    held: bool
    edit: tuple[str, str]
    new: tuple[str, str]


PLACES = (
    Place("family held", True, ("applied", "not-your-role"), ("applied", "not-your-role")),
    Place("restricted held", True, ("applied", "not-your-role"), ("applied", "not-your-role")),
    Place("address held", True, ("applied", "not-your-role"), ("applied", "not-your-role")),
    Place("centre held", True, ("applied", "not-your-role"), ("applied", "not-your-role")),
    Place("family of others", False, ("unknown-record", "unknown-record"), ("not-entitled", "not-entitled")),
    Place("restricted of others", False, ("unknown-record", "unknown-record"), ("not-entitled", "not-entitled")),
    Place("address of others", False, ("unknown-record", "unknown-record"), ("not-entitled", "not-entitled")),
    Place("not there", False, ("unknown-record", "unknown-record"), ("not-entitled", "not-entitled")),
    Place("lost", False, ("moved", "moved"), ("moved", "moved")),
    Place("erased", True, ("erased", "erased"), ("applied", "not-your-role")),
)


def scope_of(place: Place, number: int) -> str:
    kind = place.name.split()[0]
    return f"{kind if kind in ('restricted', 'address', 'centre') else 'family'}:{number:032x}"


@pytest.fixture
def laptops(central: RunningCentral) -> dict[str, Laptop]:
    """A laptop of each role over records that somebody else made."""
    maker = Laptop(central, "Maker Moss", "lead")
    for number, place in enumerate(PLACES, 1):
        central.grant("Maker Moss", scope_of(place, number))
        if place.name != "not there":
            own = {"@kind": "visit", "@scope": scope_of(place, number), "c/facts/arrival": place.name}
            maker.replica.write(f"a{number:031x}", "create", own, at=AT)
    maker.sync()
    assert maker.parked() == []
    found = {role: Laptop(central, name, role) for role, name in ROLES.items()}
    for number, place in enumerate(PLACES, 1):
        for name in ROLES.values():
            if place.held or place.name == "lost":
                central.grant(name, scope_of(place, number))
            if place.name == "lost":
                central.withdraw(name, scope_of(place, number))
    with one(central.owner_dsn) as connection:
        erasing.erase(connection, [f"a{len(PLACES):031x}"], "desk", "asked for", central.clock())
    return found


def test_every_route_is_in_the_table_below(central: RunningCentral) -> None:
    assert {path for path, _, _ in ROUTES} == {
        "/enrol",
        "/sync/push",
        "/sync/pull",
        "/sync/compare",
        "/sync/shredded",
        "/sync/file/put",
        "/sync/file/get",
        "/sync/courier",
        "/sign-in/about",
        "/sign-in/session",
        "/sign-in/refresh",
        "/sign-in/end",
    }
    paths = {getattr(route, "path", "") for route in central.app.routes}
    assert paths == {path for path, _, _ in ROUTES} | {"/health", "/ready", "/metrics"}


@pytest.mark.parametrize("role", ROLES)
def test_pull_and_compare_hand_out_only_what_a_role_may_read_of_what_is_held(
    laptops: dict[str, Laptop], role: str
) -> None:
    laptop = laptops[role]
    laptop.sync()
    with laptop.line() as line:
        for number, place in enumerate(PLACES, 1):
            record, alive = f"a{number:031x}", place.name not in ("not there", "erased")
            reads = place.held and role in READERS
            assert (record in laptop.replica.base) == (reads and alive), (role, place.name, "pull")
            told = line.compare(Compare(scope_of(place, number), {}))
            ids = [list(frame.records) for frame in told.frames if isinstance(frame, Held)]
            assert ids == [[record] if reads and alive else []], (role, place.name, "compare")


@pytest.mark.parametrize("role", ROLES)
def test_push_takes_only_what_a_role_may_write_of_what_is_held(laptops: dict[str, Laptop], role: str) -> None:
    laptop, wanted = laptops[role], []
    for number, place in enumerate(PLACES, 1):
        column = 0 if role in WRITERS else 1
        laptop.replica.write(f"a{number:031x}", "set", {"d/done/work": "more"}, at="2026-12-24T09:00:00+00:00")
        own = {"@kind": "visit", "@scope": scope_of(place, number)}
        laptop.replica.write(f"b{number:030x}{len(role)}", "create", own, at="2026-12-24T09:00:00+00:00")
        wanted += [(place.name, place.edit[column]), (place.name, place.new[column])]
    with laptop.line() as line:
        receipts = line.push(laptop.waiting()).receipts
    told = [each.reason or ("applied" if each.outcome is Outcome.APPLIED else str(each.outcome)) for each in receipts]
    assert list(zip([name for name, _ in wanted], told, strict=True)) == wanted


@pytest.mark.parametrize("state", ["revoked", "unknown"])
def test_no_route_answers_a_device_that_was_taken_out_of_use_or_is_not_known(
    central: RunningCentral, laptops: dict[str, Laptop], state: str
) -> None:
    laptop = laptops["lead"]
    laptop.replica.write("c" * 32, "create", {"@kind": "visit", "@scope": scope_of(PLACES[0], 1)}, at=AT)
    if state == "revoked":
        central.revoke(laptop.identity.device)
    else:
        with central.rows() as rows:
            rows.execute("delete from device where id = %s", (laptop.identity.device,))
    with laptop.line() as line:
        for ask in (
            lambda: line.push(laptop.waiting()),
            lambda: line.pull(PullAsk("", 0, (0, ""), 0)),
            lambda: line.compare(Compare(scope_of(PLACES[0], 1), {})),
            lambda: line.carry(b"what is carried is not looked at"),
            lambda: line.tell("/sign-in/session", {}),
            lambda: line.tell("/sign-in/refresh", {}),
            lambda: line.tell("/sign-in/end", {}),
        ):
            with pytest.raises(Rejected) as told:
                ask()
            assert told.value.reason == ("revoked" if state == "revoked" else "unknown-device")
