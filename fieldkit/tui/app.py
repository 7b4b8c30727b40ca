"""The app: which screen is on top, the chords that work everywhere, and how it ends. No screen is drawn here."""

from __future__ import annotations

import os
import sys
from importlib import import_module
from typing import TYPE_CHECKING, Any, ClassVar

from rich.segment import Segment, Segments
from textual import on
from textual.app import App
from textual.binding import Binding, BindingType
from textual.screen import Screen

from fieldkit.tui.crash import refused, report
from fieldkit.tui.desk import Desk, Kit, kit_for
from fieldkit.tui.guard import NoControls, guarded
from fieldkit.tui.messages import Go, LockAsked, Unlocked
from fieldkit.tui.places import PLACES
from fieldkit.tui.screens.unlock import Opener, UnlockScreen

if TYPE_CHECKING:
    from pathlib import Path

    from textual.driver import Driver

    from fieldkit.config import Clock

LOCKED = 3
"""Exit code of an app that locked itself."""

_WARM = ("fieldkit.workspace", "fieldkit.tui.screens.today", "fieldkit.tui.screens.form", "fieldkit.tui.screens.cover")
_SHUT_WHILE_KEPT = ("command_palette", "quit", "help", "duty", "go")


def _palette() -> Any:
    from fieldkit.tui.palette import Verbs

    return Verbs


class FieldkitApp(App[int]):
    """Opens with the door; everything else is pushed by name."""

    TITLE = "fieldkit"
    CSS_PATH: ClassVar[Any] = ["app.tcss", "screens/unlock.tcss"]
    COMMANDS = {_palette}
    AUTO_FOCUS = None
    ALLOW_SELECT = False
    """Dragging draws on the pad; marking text to copy it out of fieldkit is not a verb."""
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+q", "quit", "Leave", priority=True, show=False),
        Binding("ctrl+b", "cover", "Cover", priority=True, show=False),
        Binding("f1", "help", "Help", priority=True, show=False),
        Binding("f2", "duty", "Duty numbers", priority=True, show=False),
    ]

    def __init__(self, opener: Opener, clock: Clock) -> None:
        super().__init__()
        self.animation_level = "none"
        self._filters.append(NoControls())
        self.opener = opener
        self.clock = clock
        self.kit: Kit | None = None

    # -- start

    def get_driver_class(self) -> type[Driver]:
        """The terminal's driver behind the last guard."""
        return guarded(super().get_driver_class())

    def get_default_screen(self) -> Screen[Any]:
        """The door is the first screen: nothing is under it."""
        return UnlockScreen(self.opener)

    def on_ready(self) -> None:
        """While the passphrase is typed, fetch what the next screens need."""
        self.run_worker(self._warm, thread=True, name="warm")

    def _warm(self) -> None:
        for module in _WARM:
            import_module(module)

    @on(Unlocked)
    def enter(self, event: Unlocked) -> None:
        """The vault is open: today, or first a PIN."""
        self.kit = kit_for(event.desk, self.clock)
        self.open("today")
        if not event.desk.pin_set():
            self.open("pin")

    # -- places

    @on(Go)
    def go(self, event: Go) -> None:
        """Draw the screen somebody asked for."""
        event.stop()
        self.open(event.place, instead=event.instead, **event.with_)

    def open(self, place: str, *, instead: bool = False, **with_: Any) -> None:
        """Put a place on top, or in place of the top."""
        if self.kit is None:
            return
        module, name = PLACES[place]
        screen = getattr(import_module(module), name)(self.kit, **with_)
        if instead:
            self.switch_screen(screen)
        else:
            self.push_screen(screen)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:  # noqa: ARG002
        """While the screen is covered or in a family's hands, only its own keys work."""
        if action in _SHUT_WHILE_KEPT and any(getattr(screen, "KEPT", False) for screen in self.screen_stack):
            return False
        return not (action in {"command_palette", "cover", "help", "duty"} and self.kit is None)

    def action_cover(self) -> None:
        """Cover the screen, whatever is on it."""
        from fieldkit.tui.screens.cover import CoverScreen

        if self.kit is not None and not isinstance(self.screen, CoverScreen):
            self.push_screen(CoverScreen(self.kit))

    async def action_help(self) -> None:
        """The keys of the screen on top."""
        self.open("help", about=self.screen)

    def action_duty(self) -> None:
        """The numbers to ring, from anywhere, without a network."""
        self.open("duty")

    # -- end

    async def action_quit(self) -> None:
        """Leave, when everything typed is in the journal."""
        self.leave(0)

    @on(LockAsked)
    def lock(self) -> None:
        """End now, keeping everything."""
        self.leave(LOCKED)

    def leave(self, code: int) -> None:
        """Drain the writer off the keyboard's path, then end."""
        if self.kit is None:
            self.exit(code, return_code=code)
            return

        desk: Desk = self.kit.desk

        def close() -> None:
            desk.close()
            self.call_from_thread(self.exit, code, code)

        self.run_worker(close, thread=True, name="leave", exclusive=True, group="leave")

    def copy_to_clipboard(self, text: str) -> None:
        """Copying stays inside fieldkit: nothing goes to the terminal's clipboard."""
        self._clipboard = text

    def _handle_exception(self, error: Exception) -> None:
        self._return_code = 1
        if self._exception is None:
            self._exception = error
            self._exception_event.set()
        self._fatal_error()

    def _fatal_error(self) -> None:
        """Textual would print local variables here; we print a number."""
        error = self._exception or RuntimeError()
        self._exit_renderables.append(Segments([Segment(report(error))]))
        self._close_messages_no_wait()


def run(home: Path) -> int:
    """Open the app on a device's folder; gives the exit code."""
    from fieldkit.config import SystemClock

    if names := refused(os.environ):
        sys.stderr.write(f"{', '.join(names)} would write the screen to a file. Unset it and start again.\n")
        return 1
    clock = SystemClock()

    def opener(passphrase: str, person: str = "") -> Any:
        from fieldkit.vault import Door, of_this_machine
        from fieldkit.workspace import open_workspace

        return open_workspace(home, passphrase, clock=clock, door=Door(person, of_this_machine(home)))

    app = FieldkitApp(opener, clock)
    app.run()
    return app.return_code or 0
