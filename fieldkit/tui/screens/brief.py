"""One page before a visit. Never while anybody else is in the room."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content

from fieldkit.tui.desk import Kit
from fieldkit.tui.plain import plain
from fieldkit.tui.screens.sheet import SheetScreen
from fieldkit.tui.widgets.words import Words

if TYPE_CHECKING:
    from fieldkit.casework.brief import Section
    from fieldkit.workspace.views import FamilyPage


class BriefScreen(SheetScreen):
    """What to know before the door opens."""

    WHERE = "Before the visit"
    KEYS = "w who is in the room: it starts  v write its note  ↑ ↓ read  f2 duty  esc"
    HELP_WORDS = (
        "Dangers first, then what must not be said, then the work. w says who is present, and closes this page: it is "
        "not shown while somebody else is in the room."
    )
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("w", "room", "Who is in the room: the visit starts", show=False),
        Binding("v", "note", "Its note: nobody came to the door, or it is over", show=False),
        Binding("down", "scroll(1)", "Read on", show=False),
        Binding("up", "scroll(-1)", "Back", show=False),
        Binding("pagedown,space", "scroll(16)", "A page on", show=False),
        Binding("pageup", "scroll(-16)", "A page back", show=False),
    ]

    def __init__(self, kit: Kit, family: str) -> None:
        super().__init__(kit)
        self.family = family

    def column(self) -> ComposeResult:
        """The page."""
        yield Words("", id="brief")

    def refresh_facts(self) -> None:
        """Ask for it; what was on it goes before anybody else may see it."""
        self.query_one("#brief", Words).say("")
        self.learn(lambda: self.kit.desk.brief(self.family), self.show_brief)

    def show_brief(self, sections: Sequence[Section]) -> None:
        """Draw it."""
        self.query_one("#brief", Words).say(brief_words(sections))

    def action_scroll(self, lines: int) -> None:
        """Read on, or back."""
        self.query_one(".body").scroll_relative(y=lines, animate=False)

    def action_room(self) -> None:
        """The visit starts with who is present."""
        self.learn(lambda: self.kit.desk.family(self.family), self.to_visit)

    def action_note(self) -> None:
        """Go on with the visit's note, or begin it; this page closes."""
        self.learn(self._note, self.noted)

    def _note(self) -> str:
        rows = self.kit.desk.family(self.family).chronology
        unfinished = next((row.record for row in rows if row.state == "draft" and row.kind == "visit"), None)
        return unfinished or self.kit.desk.begin("visit", self.family)

    def noted(self, draft: str) -> None:
        """Fill it in."""
        self.go("form", instead=True, draft=draft)

    def to_visit(self, page: FamilyPage) -> None:
        """Who of the family is there."""
        self.go("visit", instead=True, family=self.family, people=tuple(person.name for person in page.people))


def brief_words(sections: Sequence[Section]) -> Content:
    """The page as lines: a heading, its lines, a blank."""
    lines = []
    for section in sections:
        lines.append(plain(section.title, "bold"))
        lines += [plain(f"  {line}") for line in section.lines]
        lines.append(Content(""))
    return Content("\n").join(lines or [plain("Nothing is written of this family yet.")])
