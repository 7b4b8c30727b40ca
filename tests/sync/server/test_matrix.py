"""Every route × role × standing × class of record: what is asked and what is answered, cell by cell."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from fastapi.routing import APIRoute

from sync.changes import Value
from sync.client import Outcome
from sync.errors import Rejected
from sync.protocol import Compare, Held, PullAsk
from sync.protocol.attachments import BYTES, Named, Piece
from sync.server import erasing
from sync.server.database import one
from tests.central_fixture import Ground, RunningCentral, StillClock
from tests.sync.server.laptop import Laptop
from tests.sync.server.matrix import BY_NAME, DEVICES, EXPECTED, FAMILY, ROLES, SORTS, STANDINGS, WITHOUT_ROLE, Sort

FILE = b"a photo of a leaflet"
SEAL = hashlib.sha256(FILE).hexdigest()


class Council:
    """A central with a record of every class, and a laptop for every role and standing."""

    def __init__(self, ground: Ground) -> None:
        self.central = RunningCentral(ground, StillClock())
        self.ids = {sort.name: sort.record for sort in SORTS}
        self.scopes = sorted({sort.scope for sort in SORTS} - {"ref"})
        self._records()
        self.laptops = {(role, standing): self._laptop(role, standing) for role in ROLES for standing in STANDINGS}
        self.central.clock.pass_time(hours=1)

    def _records(self) -> None:
        maker, other = Laptop(self.central, "Maker Moss", "lead"), Laptop(self.central, "Other Oak", "lead")
        for name in ("Maker Moss", "Other Oak"):
            self.central.grant(name, *self.scopes)
        for sort in SORTS:
            if sort.record:
                patch: dict[str, Value] = {"@kind": sort.kind, "@scope": sort.scope}
                if sort.name == "attachment":
                    patch["photo"] = {"hash": SEAL, "name": "a.jpg", "size": len(FILE)}
                maker.replica.write(sort.record, "create", patch)
        maker.replica.files[SEAL] = FILE
        for laptop in (maker, other):
            laptop.sync()
        for laptop, value in ((maker, "low"), (other, "high")):
            laptop.replica.write(FAMILY.partition(":")[2], "set", {"risk_level": value})
            laptop.sync()
        maker.sync()
        assert maker.parked() == []
        (self.ids["conflict"],) = maker.conflicts()
        self.ids["form"] = next(record for record, each in maker.replica.base.items() if each.kind == "form")

    def _laptop(self, role: str, standing: str) -> Laptop:
        name = f"{role} who {standing}"
        laptop = Laptop(self.central, name, role)
        if standing != "never held":
            self.central.grant(name, *self.scopes)
        if standing == "lost":
            for scope in self.scopes:
                self.central.withdraw(name, scope)
        return laptop


@pytest.fixture(scope="module")
def council(central_ground: Ground) -> Iterator[Council]:
    made = Council(central_ground)
    yield made
    made.central.close()


def expected(route: str, asked: str, role: str) -> dict[tuple[str, str], str]:
    """One role's cells of one question."""
    cell = EXPECTED[route][asked]
    return {(standing, sort.name): cell(role, standing, sort) for standing in STANDINGS for sort in SORTS}


def cells(council: Council, role: str) -> Iterator[tuple[Laptop, str, Sort, str]]:
    """The laptops of a role with every class of record, and the record's id."""
    for standing in STANDINGS:
        for sort in SORTS:
            yield council.laptops[role, standing], standing, sort, council.ids[sort.name]


def test_every_route_of_the_app_is_in_the_table(council: Council) -> None:
    routes = {route.path for route in council.central.app.routes if isinstance(route, APIRoute)}
    assert routes == set(EXPECTED) | WITHOUT_ROLE
    assert len(council.central.app.routes) == len(routes), "nothing is served beside the routes"


@pytest.mark.parametrize("role", ROLES)
def test_pull_and_compare_hand_out_only_what_a_role_may_read_of_what_it_holds(council: Council, role: str) -> None:
    pulled, compared = {}, {}
    for standing in STANDINGS:
        laptop = council.laptops[role, standing]
        laptop.sync()
        with laptop.line() as line:
            pages = {scope: line.compare(Compare(scope, {})) for scope in (*council.scopes, "ref")}
        ids = {record for page in pages.values() for f in page.frames if isinstance(f, Held) for record in f.records}
        for sort in SORTS:
            record, key = council.ids[sort.name], (standing, sort.name)
            pulled[key] = "sent" if record in laptop.replica.base else "nothing"
            compared[key] = "sent" if record in ids else "nothing"
    assert pulled == expected("/sync/pull", "pull", role)
    assert compared == expected("/sync/compare", "compare", role)


@pytest.mark.parametrize("asked", ["edit", "new", "late"])
@pytest.mark.parametrize("role", ROLES)
def test_push_takes_only_what_a_role_may_write_of_what_it_holds(council: Council, role: str, asked: str) -> None:
    told = {}
    now = council.central.clock.at
    when = (now - timedelta(days=1) if asked == "late" else now).isoformat()
    for standing in STANDINGS:
        laptop = council.laptops[role, standing]
        laptop.sync()
        for number, sort in enumerate(SORTS):
            if asked == "edit":
                laptop.replica.write(council.ids[sort.name], "set", {sort.path: f"{role} was here"}, at=when)
            else:
                fresh = hashlib.sha256(f"{role} {standing} {asked} {number}".encode()).hexdigest()[:32]
                own = {"@kind": sort.kind, "@scope": sort.scope, sort.path: "new"}
                laptop.replica.write(fresh, "create", own, at=when)
        with laptop.line() as line:
            answer = line.push(laptop.waiting())
        laptop.replica.settle(answer)
        for sort, receipt in zip(SORTS, answer.receipts, strict=True):
            late = receipt.outcome is Outcome.LATE
            told[standing, sort.name] = "late" if late else receipt.reason or str(receipt.outcome)
    assert told == expected("/sync/push", asked, role)


@pytest.mark.parametrize("role", ROLES)
def test_files_go_only_through_a_record_that_a_role_may_write_or_read(council: Council, role: str) -> None:
    put, got = {}, {}
    for laptop, standing, sort, record in cells(council, role):
        named, key = Named(record, SEAL, len(FILE)), (standing, sort.name)
        with laptop.line() as line:
            try:
                line.put_file(Piece(named, 0))
                put[key] = "taken"
            except Rejected as refused:
                put[key] = refused.reason
            try:
                got[key] = "given" if line.get_file(Piece(named, 0)).content == FILE else "something else"
            except Rejected as refused:
                got[key] = refused.reason
    assert put == expected("/sync/file/put", "put", role)
    assert got == expected("/sync/file/get", "get", role)


def test_what_was_erased_is_answered_as_gone_to_who_holds_its_scope(central: RunningCentral) -> None:
    sort = replace(BY_NAME["restricted"], record="09" * 16)
    laptop = Laptop(central, "Maker Moss", "lead")
    central.grant("Maker Moss", sort.scope)
    laptop.replica.write(sort.record, "create", {"@kind": "visit", "@scope": sort.scope})
    laptop.sync()
    with one(central.owner_dsn) as connection:
        erasing.erase(connection, [sort.record], "desk", "asked for", central.clock())
    laptop.replica.write(sort.record, "set", {"d/done/work": "more"})
    laptop.sync()
    assert laptop.parked() == [("gone", "erased")]


@pytest.mark.parametrize("state", ["revoked", "unknown"])
def test_no_route_answers_a_device_that_was_taken_out_of_use_or_is_not_known(
    central: RunningCentral, state: str
) -> None:
    laptop = Laptop(central, "Lena Hart", "lead")
    laptop.family_of_ones_own()
    if state == "revoked":
        central.revoke(laptop.identity.device)
    else:
        with central.rows() as rows:
            rows.execute("delete from device where id = %s", (laptop.identity.device,))
    named = Named("7" * 32, SEAL, len(FILE))
    with laptop.line() as line:
        asks: dict[str, Callable[[], object]] = {
            "/sync/push": lambda: line.push(laptop.waiting()),
            "/sync/pull": lambda: line.pull(PullAsk("", 0, (0, ""), 0)),
            "/sync/compare": lambda: line.compare(Compare(f"family:{'7' * 32}", {})),
            "/sync/file/put": lambda: line.put_file(Piece(named, 0)),
            "/sync/file/get": lambda: line.get_file(Piece(named, 0)),
            "/sync/courier": lambda: line.carry(b"what is carried is not looked at"),
            "/sync/anchor": lambda: line.tell("/sync/anchor", {}),
            "/sync/draft/put": lambda: line.send("/sync/draft/put", b"not looked at", BYTES),
            "/sync/draft/tell": lambda: line.tell("/sync/draft/tell", {}),
            "/sync/draft/list": lambda: line.tell("/sync/draft/list", {"keys": True}),
            "/sync/draft/get": lambda: line.tell("/sync/draft/get", {"copy": "a" * 32}),
            "/sync/keys": lambda: line.tell("/sync/keys", {"events": []}),
            "/sign-in/session": lambda: line.tell("/sign-in/session", {}),
            "/sign-in/refresh": lambda: line.tell("/sign-in/refresh", {}),
            "/sign-in/end": lambda: line.tell("/sign-in/end", {}),
        }
        assert set(asks) == set(EXPECTED) | DEVICES
        for ask in asks.values():
            with pytest.raises(Rejected) as told:
                ask()
            assert told.value.reason == ("revoked" if state == "revoked" else "unknown-device")
