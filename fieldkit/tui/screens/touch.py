"""While the family has the page for touch: where it is, and what came back. Leaving this closes the page."""

from __future__ import annotations

import sys
from typing import Any, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.message import Message

from fieldkit.touch.browser import open_in_browser
from fieldkit.touch.page import Shown
from fieldkit.touch.protocol import LIFE, Given
from fieldkit.touch.server import Around, TouchPage
from fieldkit.tui.desk import Kit
from fieldkit.tui.screens.base import WorkspaceScreen
from fieldkit.tui.widgets.words import Words

LOOK_EVERY = 1.0


class TouchScreen(WorkspaceScreen):
    """Answers what was said on the page, or None when it was closed without."""

    CSS_PATH = "cover.tcss"
    KEPT: ClassVar[bool] = True
    WHERE = "The page for touch"
    KEYS = "Enter open it in this laptop's browser   ? ask   esc close the page"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "open", "Open it", show=False),
        Binding("question_mark", "ask", "Ask", show=False),
    ]

    class Said(Message):
        """Something was said on the page."""

        def __init__(self, given: Given) -> None:
            super().__init__()
            self.given = given

    def __init__(self, kit: Kit, frozen: Any) -> None:
        super().__init__(kit)
        minutes = max(min(int(LIFE // 60), kit.desk.idle_minutes), 1)
        shown = Shown(frozen.text, frozen.language, frozen.giver.name, kit.desk.me.worker, minutes)
        self.minutes = minutes
        self.given: Given | None = None
        self.page = TouchPage(shown, lambda given: self.post_message(self.Said(given)), Around(kit.clock, minutes * 60))

    def state(self) -> str:
        """Nothing about other families."""
        return self.practice()

    def body(self) -> ComposeResult:
        """Where the page is."""
        with VerticalScroll(id="page", can_focus=False):
            yield Words("Read it and sign it on a page of this laptop's browser.")
            yield Words(self.page.address, id="address")
            yield Words(
                f"The page opens once, waits {self.minutes} minutes, and takes one answer: signed, no, or not today. "
                "Then this goes on by itself."
            )
            yield Words("The browser is outside fieldkit: close its window when you have the laptop back.")

    def on_mount(self) -> None:
        """Begin to wait."""
        self.page.begin()
        self.set_interval(LOOK_EVERY, self.look)

    def on_unmount(self) -> None:
        """Whoever leaves this takes the page with them."""
        self.page.close()

    def look(self) -> None:
        """A page that has waited long enough is gone."""
        if not self.page.open:
            self.query_one("#address", Words).say("The page is closed. esc, and open another one.")

    def action_open(self) -> None:
        """In the browser, where there is one."""
        self.learn(lambda: open_in_browser(self.page.address, sys.platform), self.opened)

    def opened(self, found: bool) -> None:
        """Say what became of it."""
        self.say("It opens in the browser." if found else "! No browser was found here: type the address into one.")

    def action_ask(self) -> None:
        """A question is for the worker."""
        self.say(f"Ask {self.kit.desk.me.worker} now. Nothing is signed by asking.")

    def on_touch_screen_said(self, event: Said) -> None:
        """Back to the family's page, with what was said."""
        event.stop()
        self.given = event.given
        self.hand_on()

    def on_screen_suspend(self) -> None:
        """Covered: what is not seen here is not signed there."""
        self.page.close()

    def refresh_facts(self) -> None:
        """On top again: something may have been said just before."""
        self.hand_on()

    def hand_on(self) -> None:
        """Give on what was said, once this is on top."""
        if self.given is not None and self.is_current:
            self.dismiss(self.given)
