"""What every screen of the workspace has in common: three lines of frame, workers that report, errors told once."""

from __future__ import annotations

from collections.abc import Callable
from inspect import isawaitable
from typing import Any, ClassVar, TypeVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.reactive import Reactive
from textual.screen import Screen
from textual.widget import Widget

from fieldkit.errors import FieldkitError
from fieldkit.tui.desk import Kit
from fieldkit.tui.keys import keys_in, named, renamed
from fieldkit.tui.messages import Go, Learned, StatusTold, Told
from fieldkit.tui.when import PRACTICE, state_line
from fieldkit.tui.widgets.entry import TextCleaned
from fieldkit.tui.widgets.lines import Heading, KeyLine, SayLine, TopLine

T = TypeVar("T")
HELD_FOR = 0.05
"""Seconds that a new screen waits for its first facts: the empty frame and then all of it is twice the drawing."""


def facts_of(status: Any) -> dict[str, Any]:
    """The numbers of a status, as plain JSON."""
    last = status.last_sync
    numbers = {name: getattr(status, name) for name in ("waiting", "parked", "drafts", "conflicts", "enrolled")}
    return {**numbers, "last_sync": last.isoformat() if last else None, "practice": status.practice}


class WorkspaceScreen(Screen[Any]):
    """A screen with the two lines every screen has; its body between them."""

    WHERE: ClassVar[str] = ""
    """Where we are, in the top line."""
    KEYS: ClassVar[str] = ""
    """The keys that matter here, in the bottom line."""
    HELP_WORDS: ClassVar[str] = ""
    """What F1 says about this screen."""
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "back", "One step back", show=False)]

    def __init_subclass__(cls, **options: Any) -> None:
        """Every key of a screen has a name, by which another can be chosen for it."""
        if "BINDINGS" in cls.__dict__:
            cls.BINDINGS = named(cls.__name__, cls.BINDINGS)
        super().__init_subclass__(**options)

    focused: Reactive[Widget | None] = Reactive(None, repaint=False)
    """Textual would paint the whole screen anew at every tab; the two widgets concerned paint themselves."""

    def __init__(self, kit: Kit) -> None:
        super().__init__()
        self.kit = kit
        self._asked: dict[str, int] = {}
        self._answered: dict[str, int] = {}
        self._held = not getattr(self, "KEPT", False)  # what covers something covers it at once
        self._state = ""

    # -- frame

    def compose(self) -> ComposeResult:
        """Top line, body, announcements, keys."""
        yield TopLine(Heading(self.where(), ", ".join(self.kit.desk.room.present)))
        yield from self.body()
        yield SayLine()
        yield KeyLine(renamed(self.KEYS, keys_in(self.BINDINGS), getattr(self.app, "chosen_keys", {})))

    def on_mount(self) -> None:
        """Painted once, with its facts; when they take longer, the frame comes first."""
        self.set_timer(HELD_FOR, self._let_go)

    def _compositor_refresh(self) -> None:
        if not self._held:
            super()._compositor_refresh()

    def _let_go(self) -> None:
        if self._held:
            self._held = False
            if not self._layout_required:  # else it is drawn anyhow, and would be drawn twice
                self.refresh()

    def body(self) -> ComposeResult:
        """What stands between the lines."""
        yield from ()

    def where(self) -> str:
        """Where we are, for the top line."""
        return self.WHERE

    def paint_heading(self) -> None:
        """Draw the top line from what is known now."""
        present = ", ".join(self.kit.desk.room.present)
        self.query_one(TopLine).say(Heading(self.where(), present, self.state()))

    def state(self) -> str:
        """The right end of the top line."""
        return self._state

    def practice(self) -> str:
        """The word that stands on every screen of a council that is made up, in a family's hands too; else blank."""
        return PRACTICE if self._state.startswith(PRACTICE) else ""

    def say(self, words: str) -> None:
        """Announce something at the fixed place."""
        self.query_one(SayLine).say(words)

    # -- workers report, handlers paint

    def learn(self, ask: Callable[[], T], then: Callable[[T], Any], what: str = "") -> None:
        """Ask the workspace off the keyboard's path; only the last answer of a kind is painted."""
        what = what or getattr(then, "__name__", "it")
        number = self._asked[what] = self._asked.get(what, 0) + 1

        def work() -> None:
            try:
                value = ask()
            except FieldkitError as error:
                self.post_message(Told(error.said, error.cure))
                return
            self.post_message(Learned(what, number, value, then))

        self.run_worker(work, thread=True, exclusive=True, group=what, name=what)

    @on(Learned)
    async def _paint(self, event: Learned) -> None:
        event.stop()
        self._answered[event.what] = event.number
        if self.is_attached and self._asked.get(event.what) == event.number:
            done = event.then(event.value)
            if isawaitable(done):
                await done
        if self._held and self._answered == self._asked:
            self._let_go()

    @on(Told)
    def _tell(self, event: Told) -> None:
        event.stop()
        self._let_go()
        self.tell(f"{event.said} {event.cure}")

    @on(TextCleaned)
    def tell_cleaned(self, event: TextCleaned) -> None:
        """What was pasted was changed: say so."""
        self.say(f"! {event.words}")

    def tell(self, words: str) -> None:
        """Say what went wrong and what to do."""
        self.say(f"! {words}")

    def attempt(self, verb: Callable[[], T]) -> T | None:
        """Do a quick thing here and now; tell what went wrong, if it did."""
        try:
            return verb()
        except FieldkitError as error:
            self.tell(f"{error.said} {error.cure}")
            return None

    # -- everywhere

    def on_screen_resume(self) -> None:
        """Back on top: look again."""
        self.learn(self.kit.desk.status, self._show_status)
        self.refresh_facts()

    def refresh_facts(self) -> None:
        """Ask again for what this screen shows."""

    def _show_status(self, status: Any) -> None:
        now = self.kit.clock.now()
        self._state = state_line(status, now)
        self.post_message(StatusTold({**facts_of(status), "told_at": now.isoformat(timespec="seconds")}))
        self.paint_heading()

    def go(self, place: str, **with_: Any) -> None:
        """Ask for another screen; `instead=True` takes this one's place, `alone=True` that of all but Today."""
        instead, alone = bool(with_.pop("instead", False)), bool(with_.pop("alone", False))
        self.post_message(Go(place, with_, instead, alone))

    def action_back(self) -> None:
        """One step back; nothing typed is lost by it."""
        if len(self.app.screen_stack) > 2:
            self.dismiss()
