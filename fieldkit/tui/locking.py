"""How the app comes to its end by itself: it looks at the clocks, hears signals, and is gone within seconds.

Locking is ending the process, for Python cannot wipe memory. What was typed is on the disk first. A thread of ours
ends the process in any case: a sync that waits for a dead line, or a terminal that takes no more bytes, would keep the
key in memory for minutes.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from textual import events
from textual.app import App

from fieldkit import door, lone
from fieldkit.tui.messages import LockAsked
from fieldkit.tui.watch import Look, Standing, why_lock

if TYPE_CHECKING:
    from fieldkit.config import Clock
    from fieldkit.tui.desk import Kit

LOCKED = 3
"""Exit code of an app that locked itself."""
LOOK_EVERY = 1.0
GRACE = 4.0
"""Seconds after which a process that is to end is ended."""
_TOUCHES = (events.Key, events.Paste, events.MouseDown, events.MouseUp, events.MouseScrollUp, events.MouseScrollDown)


def end_in_any_case(code: int, close: Callable[[], None]) -> None:
    """Save and let go, then end this process, whatever the app itself is waiting for."""

    def wait() -> None:
        until = time.monotonic() + GRACE
        closing = threading.Thread(target=close, daemon=True, name="closing")
        closing.start()
        closing.join(GRACE)
        threading.Event().wait(max(until - time.monotonic(), 0))
        os._exit(code)

    threading.Thread(target=wait, daemon=True, name="last resort").start()


def _nothing(_code: int, _close: Callable[[], None]) -> None:
    """A test's own process goes on."""


@dataclass(frozen=True, slots=True)
class Around:
    """The process around the app; a test that runs the app within its own leaves it out."""

    home: Path | None = None
    since_boot: Callable[[], float] | None = None
    end: Callable[[int, Callable[[], None]], None] = _nothing
    warnings: tuple[str, ...] = ()
    """What the door says of this machine."""


class LockingApp(App[int]):
    """The part of the app that knows when it has to go."""

    kit: Kit | None

    def __init__(self, clock: Clock, around: Around) -> None:
        super().__init__()
        self.clock = clock
        self.around = around
        self.kit = None
        self.leaving = False
        self._timer_told = False
        self._launched_by = os.getppid()
        self._touched = clock.monotonic()
        self._looked = self._glance()

    # -- looking

    def watch_over(self) -> None:
        """Begin to look, and to hear what the system says."""
        self.set_interval(LOOK_EVERY, self.look)
        if not self.is_headless:
            self._hear()

    def _glance(self) -> Look:
        awake = self.clock.monotonic()
        return Look(awake, (self.around.since_boot or self.clock.monotonic)(), self.clock.now())

    def look(self) -> None:
        """Lock when there is a reason to."""
        before, self._looked = self._looked, self._glance()
        if self.leaving:
            return
        if os.getppid() != self._launched_by:  # the launcher was killed: nobody would put the terminal back after us
            self.leave(LOCKED)
        elif self.kit is not None:
            home = self.around.home
            asked = home is not None and door.was_asked(home)
            if asked or why_lock(before, self._looked, self._touched, self._standing(self.kit)):
                self.leave(LOCKED)
            else:
                self._mind_timer(self.kit)

    def _mind_timer(self, kit: Kit) -> None:
        """Say once that the agreed end is over; the launcher rings."""
        words = kit.desk.timer()
        over = words.startswith(lone.OVER)
        if over and not self._timer_told and not getattr(self.screen, "KEPT", False):
            self.action_alone()
        self._timer_told = over

    def action_alone(self) -> None:
        """Until when the worker is out."""

    def _standing(self, kit: Kit) -> Standing:
        top = self.screen_stack[-1] if self.screen_stack else None  # none: a look while the app goes down
        return Standing(kit.desk.idle_minutes, getattr(top, "until", None))

    async def on_event(self, event: events.Event) -> None:
        """Somebody is there: a key, a click, a wheel, a stroke. A mouse that only moves may be a shaken table."""
        if isinstance(event, _TOUCHES) or (isinstance(event, events.MouseMove) and event.button):
            self._touched = self.clock.monotonic()
        await super().on_event(event)

    # -- covering

    def cover_end(self) -> datetime | None:
        """Until when a cover may stand here: a visit's agreed end, a signing's, a register's. None: only locking."""
        if self.kit is None:
            return None
        now = self.kit.clock.now()
        ends = [self.kit.desk.room.until]
        for screen in self.screen_stack:
            minutes, begun = getattr(screen, "cover_minutes", 0), getattr(screen, "begun", None)
            ends += [begun + timedelta(minutes=minutes)] if minutes and begun is not None else []
        return max((end for end in ends if end is not None and end > now), default=None)

    def action_cover(self) -> None:
        """Cover the screen where a cover was agreed; lock it elsewhere."""
        if self.kit is None or getattr(self.screen, "covers", False):
            return
        until = self.cover_end()
        if until is None:
            self.leave(LOCKED)
            return
        from fieldkit.tui.screens.cover import CoverScreen

        self.push_screen(CoverScreen(self.kit, until))

    # -- signals

    def _hear(self) -> None:
        for name in ("SIGTERM", "SIGHUP"):
            if hasattr(signal, name):
                signal.signal(getattr(signal, name), self._end_asked)
        if sys.platform != "win32":
            self._textual_stops = signal.getsignal(signal.SIGTSTP)
            signal.signal(signal.SIGTSTP, self._stop_asked)

    def _end_asked(self, *_: Any) -> None:
        # Straight to the last resort: with the terminal gone, the loop may never run again.
        self.around.end(LOCKED, self.close_desk)
        if self._loop is not None:
            with suppress(RuntimeError):
                self._loop.call_soon_threadsafe(self.post_message, LockAsked())

    def _stop_asked(self, *_: Any) -> None:
        if self._loop is not None:
            self._loop.call_soon_threadsafe(self.call_later, self._stop)

    def _stop(self) -> None:
        """Cover first, then let the system stop us. Where no cover was agreed, lock instead."""
        if self.kit is not None:
            self.action_cover()
        if not self.leaving:
            self.call_after_refresh(self._stop_now)

    def _stop_now(self) -> None:
        if callable(self._textual_stops):
            self._textual_stops(signal.SIGTSTP, None)

    # -- the end

    def close_desk(self) -> None:
        """Save what waits and let go of the key; a second call waits for the first."""
        if self.kit is not None:
            self.kit.desk.close()
        if self.around.home is not None:
            door.leave(self.around.home)

    def leave(self, code: int) -> None:
        """Drain the writer off the keyboard's path, then end."""
        if self.leaving:
            return
        self.leaving = True
        if hasattr(signal, "SIGTTOU") and not self.is_headless:
            # With the launcher gone we are in the background, where putting the terminal back would stop us.
            signal.signal(signal.SIGTTOU, signal.SIG_IGN)
        if self.kit is None:
            self.exit(code, return_code=code)
            return
        self._blank()
        self.around.end(code, self.close_desk)

        def close() -> None:
            self.close_desk()
            self.call_from_thread(self.exit, code, code)

        self.run_worker(close, thread=True, name="leave", exclusive=True, group="leave")

    def _blank(self) -> None:
        from fieldkit.tui.screens.unlock import LeavingScreen

        self.push_screen(LeavingScreen())

    def panic(self, *_: Any) -> None:
        """Textual hands a traceback here, mostly when the terminal went away: nothing of it is printed."""
        self.leave(LOCKED if self.kit is not None else 1)
