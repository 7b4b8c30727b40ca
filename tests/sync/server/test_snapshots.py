"""A first sync comes by pages: names first, packed once, resumed where a line was cut, and never past a lost right."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from fieldkit.config import SystemClock
from fieldkit.store.replica import StoreReplica
from fieldkit.store.store import Store
from sync.client import Exchange, Page, PageBegins, Put, Replica, Report, ScopeGained
from sync.client.http import HttpCentral
from sync.errors import Unreachable
from sync.protocol import Place, PullAsk
from sync.server import erasing
from sync.server.database import one
from tests.central_fixture import RunningCentral
from tests.sync.server.laptop import AT, FAMILY, SCOPE, Laptop

NOTES = 48
"""Of 40 kB each: four pages beside the names."""
PERSON = "0190000000007000800000000000000b"


def note(number: int) -> str:
    return f"a{number:031x}"


@pytest.fixture
def asha(central: RunningCentral) -> Laptop:
    """A laptop that wrote a family, a person in it, and more notes than one page holds."""
    laptop = Laptop(central, "Asha Patel")
    for number in range(NOTES):
        own = {"@kind": "visit", "@scope": SCOPE, "c/facts/arrival": f"note {number} {secrets.token_hex(20_000)}"}
        if number == 1:
            laptop.family(name="Okafor")
            laptop.replica.write(PERSON, "create", {"@kind": "person", "@scope": SCOPE, "given": "Ngozi"}, at=AT)
        laptop.replica.write(note(number), "create", own, at=AT)
    central.grant("Asha Patel", SCOPE)
    laptop.sync()
    return laptop


class Cut(HttpCentral):
    """A line that carries so many pulls and is cut then; it notes what was asked and what came."""

    left = 1_000
    asked: list[PullAsk]
    pages: list[Page]

    def pull(self, ask: PullAsk) -> Page:
        self.left -= 1
        if self.left < 0:
            raise Unreachable
        self.asked.append(ask)
        self.pages.append(super().pull(ask))
        return self.pages[-1]


class Newcomer:
    """A laptop with either replica."""

    def __init__(self, laptop: Laptop, replica: Replica) -> None:
        self.laptop, self.replica = laptop, replica
        self.asked: list[PullAsk] = []
        self.pages: list[Page] = []

    def sync(self, pulls: int = 1_000) -> Report | None:
        """One sync over a line that is cut after so many pulls; None when it was."""
        line = Cut(self.laptop.central.url, self.laptop.identity)
        line.left, line.asked, line.pages = pulls, self.asked, self.pages
        with line:
            try:
                return Exchange(self.replica, line).run()
            except Unreachable:
                return None

    def came(self) -> list[Place]:
        """The pages of the family that came, in order, each as often as it did."""
        frames = [frame for page in self.pages for frame in page.frames if isinstance(frame, PageBegins)]
        return [Place(each.scope, each.number, each.page) for each in frames if each.scope == SCOPE]

    def holds(self) -> set[str]:
        """The ids of the family's records that are here."""
        if isinstance(self.replica, StoreReplica):
            return {each.id for each in self.replica.store.records.of_scope(SCOPE)}
        return {record for record, held in self.laptop.replica.base.items() if held.scope == SCOPE}


@pytest.fixture
def ben(request: pytest.FixtureRequest, central: RunningCentral, asha: Laptop, tmp_path: Path) -> Iterator[Newcomer]:
    """Another laptop that was given the family and has never synced, with the plain replica or the real store."""
    laptop = Laptop(central, "Ben Carter")
    central.grant("Ben Carter", SCOPE)
    store = Store(tmp_path / "store.db", secrets.token_bytes(48), SystemClock())
    device = laptop.identity.device
    yield Newcomer(
        laptop, laptop.replica if getattr(request, "param", "memory") == "memory" else StoreReplica(store, device)
    )
    store.close()


BOTH = pytest.mark.parametrize("ben", ["memory", "store"], indirect=True)
ALL = {FAMILY, PERSON, *map(note, range(NOTES))}


@BOTH
def test_names_come_first_each_record_once_and_the_digests_agree(ben: Newcomer) -> None:
    report = ben.sync()
    assert report is not None
    assert ben.holds() == ALL
    told = [frame for frame in ben.pages[0].frames if isinstance(frame, ScopeGained) and frame.scope == SCOPE]
    assert len(ben.came()) == told[0].pages >= 4
    first = [frame for frame in ben.pages[1].frames if isinstance(frame, Put)]
    assert {first[0].record, first[1].record} == {FAMILY, PERSON}
    puts = [frame.record for page in ben.pages for frame in page.frames if isinstance(frame, Put)]
    assert len(puts) == len(set(puts))
    assert ben.asked[-1].digest
    assert report.mended == 0
    again = ben.sync()
    assert again is not None
    assert (again.requests, again.pulled, again.mended) == (1, 0, 0)


@BOTH
def test_a_first_sync_that_is_cut_again_and_again_goes_on_with_its_next_page(ben: Newcomer) -> None:
    tries = 0
    while ben.sync(pulls=2) is None:
        tries += 1
        assert tries < 20
    assert tries >= 3
    assert ben.holds() == ALL
    came = ben.came()
    assert len(came) == len(set(came))
    assert [each.page for each in came] == list(range(len(came)))
    again = ben.sync()
    assert again is not None
    assert again.mended == 0


def test_what_is_written_meanwhile_comes_as_news(central: RunningCentral, asha: Laptop, ben: Newcomer) -> None:
    ben.sync(pulls=2)
    asha.replica.write(note(NOTES - 1), "set", {"c/facts/arrival": "said later"}, at=AT)
    asha.replica.write(note(3), "delete", {}, at=AT)
    asha.replica.write("b" * 32, "create", {"@kind": "visit", "@scope": SCOPE, "c/facts/arrival": "new"}, at=AT)
    asha.sync()
    report = ben.sync()
    assert report is not None
    assert ben.holds() == ALL - {note(3)} | {"b" * 32}
    assert report.mended == 0
    again = ben.sync()
    assert again is not None
    assert again.mended == 0


@BOTH
def test_a_scope_that_is_lost_between_pages_stops_there_and_leaves_nothing(
    central: RunningCentral, asha: Laptop, ben: Newcomer
) -> None:
    ben.sync(pulls=3)
    assert FAMILY in ben.holds()
    assert ben.replica.standing().coming
    before = len(ben.came())
    central.withdraw("Ben Carter", SCOPE)
    ben.sync()
    assert len(ben.came()) == before
    assert ben.holds() == set()
    assert ben.replica.standing().coming == ()


def test_whoever_asks_for_a_page_of_a_scope_not_held_is_given_nothing(
    central: RunningCentral, asha: Laptop, ben: Newcomer
) -> None:
    ben.sync()
    stranger = Laptop(central, "Tom Frost")
    stranger.sync()
    ask = replace(stranger.replica.standing().ask(), places=ben.came()[:1], room=1 << 20)
    with stranger.line() as line:
        frames = line.pull(ask).frames
    assert [type(frame).__name__ for frame in frames] == ["ScopeLost"]
    with one(central.dsn) as connection:
        assert connection.execute("select count(*) from snapshot_page where scope <> 'ref'").fetchone() == (0,)


def test_a_page_is_packed_once_for_all_devices(central: RunningCentral, asha: Laptop, ben: Newcomer) -> None:
    ben.sync()
    packed = "select page, xmin::text from snapshot_page where scope = %s and body is not null order by page"
    with central.rows() as rows:
        before = rows.execute(packed, (SCOPE,)).fetchall()
    central.clock.pass_time(hours=2)
    cara = Laptop(central, "Cara Moss")
    central.grant("Cara Moss", SCOPE)
    cara.sync()
    assert {record for record, held in cara.replica.base.items() if held.scope == SCOPE} == ALL
    with central.rows() as rows:
        assert rows.execute(packed, (SCOPE,)).fetchall() == before


def test_pages_are_gone_after_a_day_and_a_device_that_was_cut_off_still_goes_on(
    central: RunningCentral, asha: Laptop, ben: Newcomer
) -> None:
    ben.sync(pulls=3)
    before = ben.came()
    central.clock.pass_time(hours=25)
    dora = Laptop(central, "Dora Finch")
    dora.sync()
    with central.rows() as rows:
        kept = rows.execute("select count(*) from snapshot_page where scope = %s and body is not null", (SCOPE,))
        assert kept.fetchone() == (0,)
    ben.sync()
    assert ben.holds() == ALL
    assert ben.came()[: len(before)] == before
    assert len(ben.came()) == len(set(ben.came()))


def test_an_erasure_drops_the_pages_of_its_scope_at_once(central: RunningCentral, asha: Laptop, ben: Newcomer) -> None:
    ben.sync()
    with one(central.owner_dsn) as connection:
        erasing.erase(connection, [note(5)], "desk", "asked for", central.clock())
    with central.rows() as rows:
        kept = rows.execute("select count(*) from snapshot_page where scope = %s and body is not null", (SCOPE,))
        assert kept.fetchone() == (0,)
    cara = Laptop(central, "Cara Moss")
    central.grant("Cara Moss", SCOPE)
    cara.sync()
    assert {record for record, held in cara.replica.base.items() if held.scope == SCOPE} == ALL - {note(5)}
    cara.sync()
    ben.sync()
    assert ben.holds() == ALL - {note(5)}


def test_a_family_that_was_gained_later_comes_by_pages_too(central: RunningCentral, asha: Laptop) -> None:
    cara = Laptop(central, "Cara Moss")
    cara.sync()
    cara.sync()
    central.grant("Cara Moss", SCOPE)
    newcomer = Newcomer(cara, cara.replica)
    report = newcomer.sync()
    assert report is not None
    assert {record for record, held in cara.replica.base.items() if held.scope == SCOPE} == ALL
    assert len(newcomer.came()) >= 4
    assert report.mended == 0


def test_who_does_not_ask_for_pages_is_sent_everything_as_before(central: RunningCentral, asha: Laptop) -> None:
    cara = Laptop(central, "Cara Moss")
    central.grant("Cara Moss", SCOPE)
    asked, found, pages = replace(cara.replica.standing().ask(), snapshots=False), set(), 0
    with cara.line() as line:
        while True:
            page = line.pull(asked)
            found |= {frame.record for frame in page.frames if isinstance(frame, Put) and frame.scope == SCOPE}
            assert sum(len(frame.text) for frame in page.frames if isinstance(frame, Put)) < 2_200_000
            asked, pages = replace(asked, since=page.end.next, ev=page.end.ev, after=page.end.after), pages + 1
            if not page.end.more:
                break
    assert found == ALL
    assert pages >= 2
