"""A family: the whole of it on one page."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content

from fieldkit.casework.chronology import chosen
from fieldkit.tui.screens.base import WorkspaceScreen
from fieldkit.tui.screens.family_words import banner_words, event_rows, score_words, who_words
from fieldkit.tui.widgets.entry import LineEntry
from fieldkit.tui.widgets.rows import Rows
from fieldkit.tui.widgets.words import Words

if TYPE_CHECKING:
    from fieldkit.tui.desk import Kit
    from fieldkit.workspace.views import EventRow, FamilyPage

WIDE = 100
"""From so many columns on the left half tells who is what to whom."""


class FamilyScreen(WorkspaceScreen):
    """People, permissions and plan on the left; what happened and how worried people are on the right."""

    CSS_PATH = "family.tcss"
    KEYS = "a assess v visit g agree p plan r people w who knows f filter h room F1 help"
    HELP_WORDS = (
        "a, v and g go on with an unfinished form of that kind, or begin one; b begins any form. p moves the plan on, "
        "r says who is what to whom, n adds a person, l tells how the help came to where it stands. w tells who knows "
        "what and why. f shows only some lines: a kind, a name, a state. h starts a visit: who is in the room; "
        "e ends it. ! raises a concern. Tab goes to the left half, which scrolls."
    )
    AUTO_FOCUS: ClassVar[str | None] = "#events"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("a", "begin('eha')", "Early Help Assessment", show=False),
        Binding("v", "begin('visit')", "Visit note", show=False),
        Binding("g", "begin('agreement')", "Agreement and permission", show=False),
        Binding("b", "choose_form", "Begin any form", show=False),
        Binding("i", "open('brief')", "The brief before a visit", show=False),
        Binding("o", "open('hand-on')", "Offer the family to a colleague", show=False),
        Binding("p", "open('plan')", "Move the plan on", show=False),
        Binding("r", "open('relations')", "Who is what to whom", show=False),
        Binding("l", "open('stands')", "How the help stands", show=False),
        Binding("w", "open('knows')", "Who knows what, and why", show=False),
        Binding("f", "filter", "Show only some lines", show=False),
        Binding("h", "room", "Who is in the room", show=False),
        Binding("e", "end_visit", "End the visit", show=False),
        Binding("n", "open('new-person')", "Add a person", show=False),
    ]

    def __init__(self, kit: Kit, family: str) -> None:
        super().__init__(kit)
        self.family = family
        self.page: FamilyPage | None = None

    def where(self) -> str:
        """The family's name."""
        return self.page.name if self.page else "Family"

    def body(self) -> ComposeResult:
        """Banners over two halves."""
        yield Words("", id="banners")
        with Horizontal(id="halves"):
            with VerticalScroll(id="who"):
                yield Words("", id="people")
            with Vertical(id="story"):
                yield LineEntry(placeholder="visit, a name, waiting … esc shows all", id="filter", classes="hidden")
                yield Rows(id="events")
                yield Words("", id="scores")

    def refresh_facts(self) -> None:
        """Ask for the family."""
        self.learn(lambda: self.kit.desk.family(self.family), self.show_family)

    def show_family(self, page: FamilyPage) -> None:
        """Draw the family."""
        self.page = page
        self.query_one("#banners", Words).say(banner_words(page))
        self.draw_halves()
        self.paint_heading()

    def draw_halves(self) -> None:
        """Draw both halves into the room there is."""
        if self.page is None:
            return
        left = 54 if self.size.width >= WIDE else 34
        self.query_one("#who").styles.width = left
        self.query_one("#people", Words).say(who_words(self.page, left - 1))
        scores = score_words(self.page, 6 if self.size.height >= 36 else 3)
        self.query_one("#scores", Words).say(scores)
        self.query_one("#scores").display = scores != Content("")
        self.draw_events()

    def draw_events(self) -> None:
        """Draw the lines that were asked for."""
        if self.page is not None:
            room = max(self.size.width - self.query_one("#who").size.width - 23, 24)
            self.query_one("#events", Rows).show(event_rows(self.page, room, self._chosen()))

    def _chosen(self) -> tuple[EventRow, ...] | None:
        words = self.query_one("#filter", LineEntry).value
        return chosen(self.page.chronology, words) if self.page and words.strip() else None

    def on_resize(self, _: events.Resize) -> None:
        """Another size: the halves are drawn anew."""
        self.call_after_refresh(self.draw_halves)

    # -- verbs

    def action_begin(self, form: str) -> None:
        """Go on with an unfinished form of this kind, or begin one."""
        unfinished = self._unfinished(form)
        if unfinished:
            self.go("form", draft=unfinished)
        elif form == "eha":
            self.learn(lambda: self.kit.desk.open_assessment(self.family), self.begin_unless_open)
        else:
            self.learn(partial(self.kit.desk.begin, form, self.family), self.open_draft)

    def begin_unless_open(self, found: object) -> None:
        """An assessment begins, unless one is open already: that is told first."""
        if found is None:
            self.learn(partial(self.kit.desk.begin, "eha", self.family), self.open_draft)
        else:
            self.go("open-already", family=self.family)

    def open_draft(self, draft: str) -> None:
        """The form was begun: fill it in."""
        self.go("form", draft=draft)

    def action_choose_form(self) -> None:
        """Any published form."""
        self.go("begin", family=self.family)

    def action_open(self, place: str) -> None:
        """Another screen about this family."""
        self.go(place, family=self.family)

    def action_room(self) -> None:
        """A visit starts with who is present."""
        if self.page:
            self.go("visit", family=self.family, people=tuple(person.name for person in self.page.people))

    def action_end_visit(self) -> None:
        """Nobody else is in the room any more."""
        self.kit.desk.end_visit()
        self.on_screen_resume()

    def action_filter(self) -> None:
        """Show the line in which the lines are chosen."""
        line = self.query_one("#filter", LineEntry)
        line.remove_class("hidden")
        line.focus()

    @on(LineEntry.Changed, "#filter")
    def choose(self) -> None:
        """Show what fits, with every letter."""
        self.draw_events()

    @on(LineEntry.Submitted, "#filter")
    def into_list(self) -> None:
        """Into the lines that are left."""
        self.query_one("#events").focus()

    def action_back(self) -> None:
        """From the filter back to everything; else one step back."""
        line = self.query_one("#filter", LineEntry)
        if line.has_class("hidden"):
            super().action_back()
            return
        line.value = ""
        line.add_class("hidden")
        self.query_one("#events").focus()

    @on(Rows.Chosen)
    def open(self, event: Rows.Chosen) -> None:
        """Open a draft to go on, a record to read."""
        place, id = event.target
        self.go(place, **{OPENED_BY[place]: id})

    def _unfinished(self, form: str) -> str | None:
        rows = self.page.chronology if self.page else ()
        return next((row.record for row in rows if row.state == "draft" and row.kind == form), None)


OPENED_BY = {"form": "draft", "record": "record", "concern-state": "concern"}
"""Place to the name of what it opens."""
