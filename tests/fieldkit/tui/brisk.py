"""A pilot that looks as soon as nothing is left to do.

Textual's own sleeps a twenty-fifth of a second after every key and watches the processor to guess whether the app has
come to rest; half of the time these tests took was that sleep. This one asks the loop: at rest means that no callback
waits, no worker runs and no frame is due.
"""

from __future__ import annotations

import asyncio
import unicodedata
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from time import monotonic
from typing import Any

from textual import events
from textual.app import App
from textual.keys import REPLACED_KEYS, _character_to_key, _get_unicode_name_from_key
from textual.pilot import Pilot

SOON = 0.02
"""A timer that rings within this long belongs to what was just done, as it does for Textual's pilot."""

PATIENCE, STEP = 1.0, 0.001


class BriskPilot(Pilot[Any]):
    """Drives an app as fast as it answers."""

    async def press(self, *keys: str) -> None:
        """Press keys one after the other, each when the one before it is done with."""
        for key in keys:
            name, letter = _named(key)
            pressed = events.Key(name, letter)
            pressed.set_sender(self.app)
            assert self.app._driver is not None
            self.app._driver.send_message(pressed)
            await self.rest()
        await self._wait_for_screen()

    async def pause(self, delay: float | None = None) -> None:
        """Until the app is at rest, or for as long as is said."""
        if delay is not None:
            await asyncio.sleep(delay)
        await self.rest()
        self.app.screen._on_timer_update()

    async def rest(self) -> None:
        """Until nothing is left to do; a worker that is held up, or a clock that ticks, is not waited for."""
        loop: Any = asyncio.get_running_loop()
        until, held = monotonic() + PATIENCE, monotonic() + SOON
        while monotonic() < until and self.app._exception is None:
            await asyncio.sleep(0)
            if loop._ready:
                continue
            if monotonic() < held and any(not each.is_finished for each in self.app.workers):
                await asyncio.sleep(STEP)
                continue
            if (due := _next_timer(loop)) is None or due > SOON:
                return
            await asyncio.sleep(max(due, 0) + STEP / 10)


def _next_timer(loop: Any) -> float | None:
    """In how many seconds the next timer rings."""
    rings = [each.when() for each in loop._scheduled if not each.cancelled()]
    return min(rings) - loop.time() if rings else None


def _named(key: str) -> tuple[str, str | None]:
    """A key's name and its letter, as a terminal would have told them."""
    if len(key) == 1 and not key.isalnum():
        key = _character_to_key(key)
    try:
        return key, unicodedata.lookup(_get_unicode_name_from_key(REPLACED_KEYS.get(key, key)))
    except KeyError:
        return key, key if len(key) == 1 else None


@asynccontextmanager
async def running(app: App[Any], size: tuple[int, int] = (80, 24)) -> AsyncIterator[BriskPilot]:
    """An app without a terminal, and who drives it."""
    async with app.run_test(size=size):
        yield BriskPilot(app)
