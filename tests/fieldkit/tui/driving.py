"""Opening the app on a twin and looking at what stands on the screen."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any

from textual import events
from textual.pilot import Pilot
from textual.worker import WorkerCancelled

from fieldkit.tui.app import FieldkitApp
from fieldkit.tui.desk import Kit
from fieldkit.tui.widgets.secret import SecretLine
from tests.fieldkit.tui.brisk import running
from tests.fieldkit.tui.twin import NotOpen, Twin, WallClock

SMALL, LARGE = (80, 24), (120, 40)


def app_on(twin: Twin) -> FieldkitApp:
    """The app of a twin; its passphrase is 'correct horse'."""

    def opener(passphrase: str) -> Any:
        if passphrase != "correct horse":
            raise NotOpen
        return twin

    return FieldkitApp(opener, WallClock())


@asynccontextmanager
async def at_today(twin: Twin, size: tuple[int, int] = SMALL) -> AsyncIterator[Pilot[Any]]:
    """The app behind the door, on Today."""
    app = app_on(twin)
    async with running(app, size) as pilot:
        app.screen_stack[0].query_one(SecretLine).post_message(events.Paste("correct horse"))
        await pilot.press("enter")
        await settle(pilot)
        yield pilot


@asynccontextmanager
async def at(twin: Twin, screen: Any, size: tuple[int, int] = SMALL) -> AsyncIterator[Pilot[Any]]:
    """One screen on top of Today; ``screen`` is made from the kit."""
    async with at_today(twin, size) as pilot:
        pilot.app.push_screen(screen(Kit(twin, WallClock())))
        await settle(pilot)
        yield pilot


async def settle(pilot: Pilot[Any]) -> None:
    """Until every worker has reported and was painted."""
    for _ in range(3):
        for worker in list(pilot.app.workers):
            with suppress(WorkerCancelled):  # another question of its kind was asked meanwhile
                await worker.wait()
        await pilot.pause()


def lines(pilot: Pilot[Any]) -> list[str]:
    """What stands on the screen, line by line."""
    strips = pilot.app.screen._compositor.render_strips()
    return ["".join(segment.text for segment in strip) for strip in strips]


def text(pilot: Pilot[Any]) -> str:
    """What stands on the screen."""
    return "\n".join(lines(pilot))


async def type_(pilot: Pilot[Any], words: str) -> None:
    """Type words, letter by letter."""
    names = {" ": "space", "-": "minus", "!": "exclamation_mark", ".": "full_stop", ",": "comma"}
    await pilot.press(*(names.get(letter, letter) for letter in words))
