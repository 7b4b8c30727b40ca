"""A copy for somebody who signed: asked first whether it is safe to leave or send, then shown, and a new file made."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from fieldkit.tui.desk import Kit
from fieldkit.tui.plain import plain
from fieldkit.tui.screens.sheet import SheetScreen
from fieldkit.tui.widgets.choices import Choices
from fieldkit.tui.widgets.entry import LineEntry
from fieldkit.tui.widgets.words import Words
from fieldkit.workspace.receipts import Wanted

if TYPE_CHECKING:
    from fieldkit.workspace.receipts import Left

_INTO = "Into which new file? In {} print"
ASKED = "Is it safe for them that this is left or sent? Somebody else may find it."


class CopyScreen(SheetScreen):
    """Whose copy, is it safe, and where to."""

    WHERE = "A copy for them"
    KEYS = "↑ ↓ Enter whose  ^y safe: make it  ^n not safe  ^l print  esc back  ^b cover"
    HELP_WORDS = (
        "Only their own words are on it. With ^n nothing is made, and the answer is kept. With ^y it stands here to be "
        "read together, and in a file to be printed: .txt makes plain text, anything else a page; ^l changes between "
        "large and ordinary print. Hand it over, then delete the file."
    )
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+y", "answer(True)", "It is safe", show=False, priority=True),
        Binding("ctrl+n", "answer(False)", "It is not safe", show=False, priority=True),
        Binding("ctrl+l", "print", "Large or ordinary print", show=False, priority=True),
    ]

    def __init__(self, kit: Kit, record: str) -> None:
        super().__init__(kit)
        self.record = record
        self.person = ""
        self.large = True

    def column(self) -> ComposeResult:
        """Whose, where to, and the question."""
        yield Words("Whose copy?")
        yield Choices(())
        yield Words(_INTO.format("large"), classes="dim", id="print")
        yield LineEntry(str(Path.home() / "copy.html"), id="file")
        yield Words(ASKED, classes="title")
        yield Words("", id="made")
        yield Words("", id="told")

    def refresh_facts(self) -> None:
        """Ask who has signed."""
        self.learn(lambda: self.kit.desk.signers(self.record), self.show_signers)

    def show_signers(self, signers: tuple[tuple[str, str], ...]) -> None:
        """Draw them; the first is meant until another is chosen."""
        self.person = self.person or (signers[0][0] if signers else "")
        self.query_one(Choices).show(signers, (self.person,) if self.person else ())
        if not signers:
            self.query_one("#made", Words).say("Nobody of this family's people has signed it.")

    @on(Choices.Picked)
    def picked(self, event: Choices.Picked) -> None:
        """Theirs."""
        self.person = event.values[0] if event.values else ""

    def action_print(self) -> None:
        """Large print, or ordinary."""
        self.large = not self.large
        self.query_one("#print", Words).say(_INTO.format("large" if self.large else "ordinary"))

    def action_answer(self, safe: bool) -> None:
        """Make it, or only keep that it was not safe."""
        if not self.person:
            self.say("! Whose copy?")
            return
        file = Path(self.query_one("#file", LineEntry).value.strip()) if safe else None
        way = "text" if file is not None and file.suffix == ".txt" else "html"
        wanted = Wanted(self.record, self.person, way, self.large)
        self.learn(partial(self.kit.desk.leave_copy, wanted, file), self.done)

    def done(self, made: Left) -> None:
        """Say what became of it."""
        words = (
            "It is there. Hand it over, then delete the file." if made.left else "Nothing was made. The answer is kept."
        )
        self.query_one("#made", Words).say(plain(words, "bold"))
        self.query_one("#told", Words).say(plain(f"\n{made.told}" if made.told else "", whole=True))
        self.call_after_refresh(self.query_one("#made").scroll_visible, animate=False, top=True)
