"""The app: which screen is on top, the chords that work everywhere, and how it ends. No screen is drawn here."""

from __future__ import annotations

import logging
import os
import sys
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from rich.segment import Segment, Segments
from textual import events, on
from textual.binding import Binding, BindingType
from textual.screen import Screen
from textual.widgets import Input, TextArea

from fieldkit import door
from fieldkit.errors import FieldkitError
from fieldkit.settings import DEFAULTS, KEY_SETS, Settings, choose_theme, settings
from fieldkit.tui import sweeping
from fieldkit.tui.crash import numbered, refused, report
from fieldkit.tui.desk import kit_for
from fieldkit.tui.guard import NoControls, guarded
from fieldkit.tui.keys import as_arrow
from fieldkit.tui.locking import LOCKED, Around, LockingApp, end_in_any_case
from fieldkit.tui.messages import Go, LockAsked, StatusTold, Unlocked
from fieldkit.tui.places import PLACES
from fieldkit.tui.screens.too_small import screen_for
from fieldkit.tui.screens.unlock import Opener, UnlockScreen
from fieldkit.tui.themes import OURS, after
from fieldkit.tui.widgets.secret import SecretLine

if TYPE_CHECKING:
    from textual.driver import Driver

    from fieldkit.config import Clock, KdfPolicy

FIRST = 1
"""Where in the pile of screens Today lies: on the door."""
COPIED_FOR = 30.0
"""Seconds after which what was copied is forgotten."""
_WARM = ("fieldkit.workspace", "fieldkit.tui.screens.today", "fieldkit.tui.screens.form", "fieldkit.tui.screens.cover")
_SHUT_WHILE_KEPT = ("command_palette", "quit", "help", "duty", "alone", "concern", "go")


def _palette() -> Any:
    from fieldkit.tui.palette import Verbs

    return Verbs


def _here() -> Any:
    from fieldkit.tui.palette import Here

    return Here


class FieldkitApp(LockingApp):
    """Opens with the door; everything else is pushed by name."""

    TITLE = "fieldkit"
    CSS_PATH: ClassVar[Any] = ["app.tcss", *sorted((Path(__file__).parent / "screens").glob("*.tcss"))]
    """Every screen's style at once: for one that comes later Textual reads all anew, and styles every widget."""
    COMMANDS = {_palette, _here}
    AUTO_FOCUS = None
    ALLOW_SELECT = False
    """Dragging draws on the pad; marking text to copy it out of fieldkit is not a verb."""
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+q", "quit", "Leave", priority=True, show=False, id="app.quit"),
        Binding("ctrl+b", "cover", "Cover the screen; the PIN uncovers it", priority=True, show=False, id="app.cover"),
        Binding("f1", "help", "Help", priority=True, show=False, id="app.help"),
        Binding("f2", "duty", "The numbers to ring", priority=True, show=False, id="app.duty"),
        Binding(
            "ctrl+p", "command_palette", "What fieldkit can do, by name", priority=True, show=False, id="app.palette"
        ),
        Binding("colon", "command_palette", "What fieldkit can do, outside text", show=False, id="app.palette-list"),
        Binding("question_mark", "help", "Help, outside text", show=False, id="app.help-list"),
        Binding("exclamation_mark", "concern", "Raise a concern, outside text", show=False, id="app.concern"),
        Binding("ctrl+t", "next_theme", "Other colours: dark, light, high contrast", show=False, id="app.colours"),
        Binding("f9", "alone", "The lone worker's timer", priority=True, show=False, id="app.alone"),
    ]

    def __init__(
        self, opener: Opener, clock: Clock, around: Around | None = None, settings: Settings = DEFAULTS
    ) -> None:
        super().__init__(clock, around or Around())
        for theme in OURS:
            self.register_theme(theme)
        self.settings = settings
        self.theme = settings.theme.value
        self.chosen_keys = self._chosen_keys(settings)
        self.set_keymap(self.chosen_keys)
        self.animation_level = "none"
        self._filters.append(NoControls())
        self.opener = opener
        self._swept = clock.monotonic()
        # Else two widgets more on every screen, for nothing.
        self._disable_tooltips = self._disable_notifications = True

    @staticmethod
    def _chosen_keys(settings: Settings) -> dict[str, str]:
        """The keys that somebody chose, as far as they may; who chose none does not wait for it."""
        if not settings.keys:
            return {}
        from fieldkit.tui.keys import chosen, every_key

        return chosen(settings.keys, every_key())[0]

    async def on_event(self, event: events.Event) -> None:
        """With the key set hjkl a letter outside of text is an arrow."""
        if self.settings.key_set.value == KEY_SETS[1] and isinstance(event, events.Key):
            event = self._arrow(event)
        await super().on_event(event)

    def _arrow(self, event: events.Key) -> events.Key:
        if self.kit is None or isinstance(self.focused, (Input, TextArea, SecretLine)):
            return event
        taken = {key for node in self.screen._modal_binding_chain for key in node[1].key_to_bindings}
        arrow = as_arrow(event.key, self.settings.key_set.value, taken)
        return events.Key(arrow, None) if arrow else event

    # -- start

    def get_driver_class(self) -> type[Driver]:
        """The terminal's driver behind the last guard."""
        return guarded(super().get_driver_class())

    def get_default_screen(self) -> Screen[Any]:
        """The door is the first screen: nothing is under it."""
        return UnlockScreen(self.opener, self.around.warnings)

    def on_ready(self) -> None:
        """While the passphrase is typed, fetch what the next screens need."""
        self.watch_over()
        if not self.is_headless:
            sweeping.begin()
            self.set_interval(sweeping.PAUSE, self.sweep)
        self.run_worker(self._warm, thread=True, name="warm")

    def _warm(self) -> None:
        for module in _WARM:
            import_module(module)
        if not self.is_headless:
            sweeping.settle()

    def sweep(self) -> None:
        """Give memory back while nobody types."""
        now = self.clock.monotonic()
        if self.kit is not None and sweeping.is_due(now - self._touched, now - self._swept):
            self._swept = now
            sweeping.sweep()

    @on(Unlocked)
    def enter(self, event: Unlocked) -> None:
        """The vault is open: today, or first a PIN."""
        self.kit = kit_for(event.desk, self.clock)
        self.open("today")
        if not event.desk.pin_set():
            self.open("pin")

    def on_resize(self, event: events.Resize) -> None:
        """A window too small to work in says so; nothing below is touched."""
        over = screen_for(event.size, self.screen_stack)
        if over is not None and not self.leaving:
            self.push_screen(over)

    # -- places

    @on(Go)
    def go(self, event: Go) -> None:
        """Draw the screen somebody asked for."""
        event.stop()
        while event.alone and len(self.screen_stack) > FIRST + 1:
            self.pop_screen()
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
        return not (action in {"command_palette", "cover", "help", "duty", "alone", "concern"} and self.kit is None)

    def action_command_palette(self) -> None:
        """The verbs by name, on a palette that can be covered."""
        from fieldkit.tui.palette import Palette

        if not any(isinstance(screen, Palette) for screen in self.screen_stack):
            self.push_screen(Palette(id="--command-palette"))

    @on(StatusTold)
    def keep_facts(self, event: StatusTold) -> None:
        """Numbers for `fieldkit status`, which has no key while we are open."""
        if self.around.home is not None and not self.leaving:
            door.tell(self.around.home, event.facts)

    async def action_help(self) -> None:
        """The keys of the screen on top."""
        self.open("help", about=self.screen)

    def action_duty(self) -> None:
        """The numbers to ring, from anywhere, without a network."""
        self.open("duty")

    def action_concern(self) -> None:
        """A concern, from anywhere outside text; about the family whose page is on top."""
        if not isinstance(self.screen, import_module(PLACES["concern"][0]).ConcernScreen):
            family = getattr(self.screen, "family", "")
            self.open("concern", family=family if isinstance(family, str) else "")

    def action_next_theme(self) -> None:
        """The next of the themes; the choice is kept, where the settings can be written."""
        self.theme = after(self.theme)
        if self.settings.file.name:
            with suppress(OSError, UnicodeError):
                choose_theme(self.theme, self.settings.file)

    def action_alone(self) -> None:
        """Until when the worker is out, from anywhere."""
        if not isinstance(self.screen, import_module(PLACES["alone"][0]).AloneScreen):
            self.open("alone")

    # -- end

    async def action_quit(self) -> None:
        """Leave, when everything typed is in the journal."""
        self.leave(0)

    @on(LockAsked)
    def lock(self) -> None:
        """End now, keeping everything."""
        self.leave(LOCKED)

    def copy_to_clipboard(self, text: str) -> None:
        """Copying stays inside fieldkit, for half a minute: nothing goes to the terminal's clipboard."""
        self._clipboard = text
        self.set_timer(COPIED_FOR, self._forget_copied)

    def _forget_copied(self) -> None:
        self._clipboard = ""

    def _handle_exception(self, error: Exception) -> None:
        self._return_code = 1
        if self._exception is None:
            self._exception = error
            self._exception_event.set()
        self._fatal_error()

    def _fatal_error(self) -> None:
        """Textual would print local variables here; we print a number."""
        error = self._exception or RuntimeError()
        if self.kit is not None and not self.leaving:
            self.leaving = True
            with suppress(FieldkitError):  # the store itself at fault: then the number on the screen is all
                self.kit.desk.note_fault(*numbered(error))
            self.around.end(1, self.close_desk)
            with suppress(FieldkitError):
                self.close_desk()
        self._exit_renderables.append(Segments([Segment(report(error))]))
        self._close_messages_no_wait()


def _timer(home: Path) -> tuple[str, ...]:
    """What the door says of a lone worker's timer: to say that one is out needs the passphrase."""
    from fieldkit import lone
    from fieldkit.launcher import moment

    running = lone.kept(home)
    return (f"{lone.words(running, moment())} {lone.UNSEEN}",) if running else ()


def run(home: Path, kdf: KdfPolicy | None = None) -> int:
    """Open the app on a device's folder; gives the exit code."""
    from fieldkit.config import REAL_KDF, SystemClock
    from fieldkit.machine import warnings

    logging.getLogger().addHandler(logging.NullHandler())  # else a library speaks on the screen
    if names := refused(os.environ):
        sys.stderr.write(f"{', '.join(names)} would write the screen to a file. Unset it and start again.\n")
        return 1
    clock, chosen = SystemClock(), settings()

    def opener(passphrase: str, person: str = "") -> Any:
        from fieldkit.vault import Door, of_this_machine
        from fieldkit.workspace import open_workspace

        workspace = open_workspace(
            home, passphrase, clock=clock, kdf=kdf or REAL_KDF, door=Door(person, of_this_machine(home))
        )
        workspace.mind_the_disk()
        workspace.resume_visit()
        workspace.check_behind()
        return workspace

    wrong = tuple(f"Settings: {fault}" for fault in chosen.faults)
    around = Around(home, clock.since_boot, end_in_any_case, (*_timer(home), *warnings(home), *wrong))
    app = FieldkitApp(opener, clock, around, chosen)
    app.run()
    return app.return_code or 0


__all__ = ["LOCKED", "FieldkitApp", "run"]
