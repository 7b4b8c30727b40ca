"""Covering and locking: where the chord covers, where it locks, and what makes the app lock by itself."""

from __future__ import annotations

import threading
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot
from textual.worker import WorkerCancelled

from fieldkit import door
from fieldkit.tui.app import LOCKED, FieldkitApp
from fieldkit.tui.desk import Kit
from fieldkit.tui.locking import Around
from fieldkit.tui.palette import Palette
from fieldkit.tui.screens.cover import CoverScreen
from fieldkit.tui.screens.form import FormScreen
from fieldkit.tui.screens.handover import HandoverScreen
from fieldkit.tui.screens.help import HelpScreen
from fieldkit.tui.screens.pin import NewPinScreen
from fieldkit.tui.screens.sync import SyncScreen
from fieldkit.tui.watch import Look, Standing, why_lock
from tests.fieldkit.tui.brisk import running
from tests.fieldkit.tui.drafts import OpenDraft, open_draft
from tests.fieldkit.tui.driving import settle, text
from tests.fieldkit.tui.test_every_screen import WALKS, every_screen, frozen, nasty_twin
from tests.fieldkit.tui.twin import NOW, Twin

MINUTE = timedelta(minutes=1)


class Clocks:
    """Three clocks that a test moves one by one or together."""

    def __init__(self) -> None:
        self.wall, self.awake, self.boot = NOW, 0.0, 0.0

    def now(self) -> datetime:
        return self.wall

    def monotonic(self) -> float:
        return self.awake

    def since_boot(self) -> float:
        return self.boot

    def pass_by(self, time: timedelta) -> None:
        """Ordinary time goes by."""
        self.wall += time
        self.awake += time.total_seconds()
        self.boot += time.total_seconds()


class Opened:
    """The app behind the door, with its clocks."""

    def __init__(self, twin: Twin, home: Path | None = None) -> None:
        self.twin, self.clocks = twin, Clocks()
        self.app = FieldkitApp(lambda _passphrase: twin, self.clocks, Around(home, self.clocks.since_boot))

    async def enter(self, pilot: Pilot[Any]) -> None:
        await pilot.press("x", "enter")
        await settle(pilot)

    def idle_for(self, time: timedelta) -> None:
        """Time goes by in the steps in which the app looks."""
        while time > timedelta(0):
            self.clocks.pass_by(min(time, timedelta(seconds=20)))
            self.app.look()
            time -= timedelta(seconds=20)

    @property
    def locked(self) -> bool:
        return self.app.leaving


async def gone(pilot: Pilot[Any]) -> None:
    """Until the app has saved and is on its way out, which may end what we wait for."""
    with suppress(WorkerCancelled):
        await settle(pilot)


def look(awake: float = 0, boot: float | None = None, wall: float | None = None) -> Look:
    moment = NOW + timedelta(seconds=awake if wall is None else wall)
    return Look(awake, awake if boot is None else boot, moment)


@pytest.mark.parametrize(
    ("now", "touched", "reason"),
    [
        (look(1), 0, ""),
        (look(20), -279, ""),
        (look(20), -280, "idle"),
        (look(1, boot=2), 0, ""),
        (look(1, boot=4), 0, "sleep"),
        (look(31), 31, "sleep"),
        (look(1, wall=600), 0, ""),
        (look(1, wall=602), 0, "clock"),
        (look(1, wall=-602), 0, "clock"),
    ],
)
def test_a_look_at_the_clocks_tells_why_to_lock(now: Look, touched: float, reason: str) -> None:
    assert why_lock(look(0), now, touched, Standing(5)) == reason


def test_under_a_cover_only_its_end_counts_but_sleep_and_a_jump_lock_all_the_same() -> None:
    covered = Standing(5, NOW + MINUTE)
    assert why_lock(look(0), look(20), -3_000, covered) == ""
    assert why_lock(look(45), look(60), -3_000, covered) == "cover"
    assert why_lock(look(0), look(1, boot=9), 0, covered) == "sleep"
    assert why_lock(look(0), look(1, wall=-900), 0, covered) == "clock"


@pytest.mark.parametrize(
    "minutes", [pytest.param(1, marks=pytest.mark.long), 5, pytest.param(15, marks=pytest.mark.long)]
)
async def test_it_locks_after_the_chosen_minutes_and_a_key_begins_them_anew(minutes: int) -> None:
    twin = Twin()
    twin.idle_minutes = minutes
    opened = Opened(twin)
    async with running(opened.app) as pilot:
        await opened.enter(pilot)
        opened.idle_for(minutes * MINUTE - timedelta(seconds=20))
        await pilot.press("down")
        opened.idle_for(minutes * MINUTE - timedelta(seconds=20))
        assert not opened.locked
        await pilot.hover("#rows")  # a mouse that only moves may be a shaken table
        opened.idle_for(timedelta(seconds=20))
        assert opened.locked
        await gone(pilot)
    assert twin.closed
    assert opened.app.return_code == LOCKED


async def test_it_locks_during_a_dialog_and_in_the_familys_hands() -> None:
    for screen in (
        lambda kit: HelpScreen(kit),
        lambda kit: NewPinScreen(kit),
        lambda kit: HandoverScreen(kit, frozen=frozen()),
    ):
        opened = Opened(Twin())
        async with running(opened.app) as pilot:
            await opened.enter(pilot)
            opened.app.push_screen(screen(Kit(opened.twin, opened.clocks)))
            await settle(pilot)
            opened.idle_for(5 * MINUTE)
            await gone(pilot)
        assert opened.twin.closed


async def test_it_locks_while_a_sync_goes_on_and_saves_first() -> None:
    class Slow(Twin):
        gone = threading.Event()

        def sync(self, report: Any = None) -> Any:
            self.gone.wait(60)
            return super().sync(report)

        def close(self) -> None:
            super().close()
            self.gone.set()

    opened = Opened(Slow())
    async with running(opened.app) as pilot:
        await opened.enter(pilot)
        opened.app.push_screen(SyncScreen(Kit(opened.twin, opened.clocks)))
        await pilot.pause()
        opened.idle_for(5 * MINUTE)
        await gone(pilot)
    assert opened.twin.closed
    assert opened.app.return_code == LOCKED


@pytest.mark.parametrize("how", ["boot", "wall"])
async def test_it_locks_when_the_machine_slept_or_the_clock_jumped(how: str) -> None:
    opened = Opened(Twin())
    async with running(opened.app) as pilot:
        await opened.enter(pilot)
        if how == "boot":
            opened.clocks.boot += 600
        else:
            opened.clocks.wall -= 11 * MINUTE
        opened.app.look()
        await gone(pilot)
    assert opened.twin.closed


async def test_what_is_on_the_screen_is_gone_at_once_when_it_locks() -> None:
    opened = Opened(Twin())
    async with running(opened.app) as pilot:
        await opened.enter(pilot)
        assert "Okafor" in text(pilot)
        opened.app.leaving = False
        opened.app._blank()
        await pilot.pause()
        assert "Okafor" not in text(pilot)
        assert "Saved" in text(pilot)


async def test_a_request_from_outside_locks_and_numbers_are_told_without_a_name(tmp_path: Path) -> None:
    opened = Opened(Twin(), tmp_path)
    async with running(opened.app) as pilot:
        await opened.enter(pilot)
        told = (tmp_path / door.FACTS).read_text("ascii")
        assert door.told(tmp_path)["waiting"] == opened.twin.status().waiting
        assert "Okafor" not in told
        assert "Asha" not in told
        assert (tmp_path / door.FACTS).stat().st_mode & 0o077 == 0
        door.ask_to_lock(tmp_path)
        opened.app.look()
        await gone(pilot)
    assert opened.twin.closed
    assert list(tmp_path.iterdir()) == []


async def test_the_chord_covers_every_screen_and_dialog_of_a_visit_also_while_typing() -> None:
    twin = nasty_twin()
    twin.start_visit("f1", ())
    opened = Opened(twin)
    async with running(opened.app, (80, 24)) as pilot:
        await opened.enter(pilot)
        base = len(opened.app.screen_stack)
        for name in sorted(set(WALKS) - {"CoverScreen", "LeavingScreen"}):
            opened.app.push_screen(WALKS[name][0](every_screen()[name])(Kit(twin, opened.clocks)))
            await pilot.pause()
            for entry in list(opened.app.screen.query("Input, TextArea"))[:1]:
                entry.focus()
                await pilot.press("a")
            await pilot.press("ctrl+b")
            await pilot.pause()
            assert isinstance(opened.app.screen, CoverScreen), name
            while len(opened.app.screen_stack) > base:
                await opened.app.pop_screen()
        await pilot.press("ctrl+p")
        await pilot.pause()
        assert isinstance(opened.app.screen, Palette)
        await pilot.press("ctrl+b")
        await pilot.pause()
        assert isinstance(opened.app.screen, CoverScreen)
        assert not opened.locked


async def test_outside_a_visit_a_signing_and_a_register_the_chord_locks() -> None:
    twin = Twin()
    opened = Opened(twin)
    async with running(opened.app) as pilot:
        await opened.enter(pilot)
        await pilot.press("ctrl+b")
        await gone(pilot)
    assert twin.closed
    assert opened.app.return_code == LOCKED


async def test_a_signing_and_a_register_may_be_covered_and_another_form_not() -> None:
    twin = Twin(drafts={"d1": OpenDraft(name="session"), "d2": open_draft()})
    opened = Opened(twin)
    async with running(opened.app) as pilot:
        await opened.enter(pilot)
        kit = Kit(twin, opened.clocks)
        ends = []
        for screen in (HandoverScreen(kit, frozen=frozen()), FormScreen(kit, "d1"), FormScreen(kit, "d2")):
            opened.app.push_screen(screen)
            await settle(pilot)
            ends.append(opened.app.cover_end())
            await opened.app.pop_screen()
    assert ends == [NOW + 30 * MINUTE, NOW + 180 * MINUTE, None]


async def test_a_cover_locks_at_its_agreed_end_and_not_before_however_long_nobody_is_there() -> None:
    twin = Twin()
    twin.room = replace(twin.room, started=NOW, until=NOW + 40 * MINUTE)
    opened = Opened(twin)
    async with running(opened.app) as pilot:
        await opened.enter(pilot)
        await pilot.press("ctrl+b")
        await settle(pilot)
        assert "At 16:45 fieldkit locks." in text(pilot)
        opened.idle_for(39 * MINUTE)
        assert not opened.locked
        opened.idle_for(MINUTE)
        assert opened.locked
        await gone(pilot)
    assert twin.closed


async def test_what_was_copied_inside_is_forgotten_and_never_reaches_the_terminal() -> None:
    opened = Opened(Twin())
    async with running(opened.app) as pilot:
        await opened.enter(pilot)
        opened.app.copy_to_clipboard("Okafor")
        assert opened.app.clipboard == "Okafor"
        opened.app._forget_copied()
        assert opened.app.clipboard == ""


async def test_a_fault_is_kept_encrypted_by_number_and_place() -> None:
    twin = Twin()
    opened = Opened(twin)
    with pytest.raises(ValueError, match="Okafor"):  # Textual's test pilot hands it on; a person sees the number
        async with running(opened.app) as pilot:
            await opened.enter(pilot)
            opened.app.call_later(fail)
            await pilot.pause()
    number, places = twin.faults[0]
    assert len(number) == 8
    assert "Okafor" not in " ".join(places)
    assert twin.closed


def fail() -> None:
    raise ValueError("Okafor")
