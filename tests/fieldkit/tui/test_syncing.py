"""The sync screen: what goes on and how fast, and x that stops it between two steps."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

from fieldkit.tui.desk import Kit
from fieldkit.tui.screens.sync import SyncScreen
from sync.client.reports import Progress
from tests.fieldkit.tui.driving import at_today, settle, text
from tests.fieldkit.tui.twin import Twin, WallClock


class Slow(Twin):
    """A desk whose sync waits in its middle until it is told to go on."""

    def __init__(self) -> None:
        super().__init__()
        self.go_on = threading.Event()
        self.ended = ""

    def sync(self, report: Callable[[Any], None] | None = None) -> Any:
        assert report is not None
        report(Progress("push", 2, 6, 900))
        self.go_on.wait(10)
        self.ended = "stopped"
        report(Progress("push", 6, 6, 2700))
        self.ended = "whole"
        return super().sync(report)


async def test_x_stops_a_sync_between_two_steps_and_s_goes_on() -> None:
    twin = Slow()
    async with at_today(Twin()) as pilot:
        pilot.app.push_screen(SyncScreen(Kit(twin, WallClock())))
        await settle_painted(pilot)
        assert "▸ sending what was written here      2 of 6" in text(pilot)
        await pilot.press("x")
        assert "Stopping after this step" in text(pilot)
        twin.go_on.set()
        await settle(pilot)
        assert twin.ended == "stopped"
        assert "Stopped, as you asked." in text(pilot)
        assert "waits on this laptop as it was" in text(pilot)
        await pilot.press("s")
        await settle(pilot)
        assert twin.ended == "whole"
        assert "6 sent and confirmed" in text(pilot)


async def settle_painted(pilot: Any) -> None:
    """A worker is waiting on purpose: only let what it said be painted."""
    for _ in range(200):
        await pilot.pause()
        if "2 of 6" in text(pilot):
            return
