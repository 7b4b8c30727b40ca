"""A family: the whole of it on one page."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, VerticalScroll
from textual.content import Content

from fieldkit.tui.plain import plain
from fieldkit.tui.screens.base import WorkspaceScreen
from fieldkit.tui.when import STATES
from fieldkit.tui.widgets.rows import Row, Rows, columns, heading
from fieldkit.tui.widgets.words import Words

if TYPE_CHECKING:
    from fieldkit.tui.desk import Kit
    from fieldkit.workspace.views import AgreementRow, FamilyPage


class FamilyScreen(WorkspaceScreen):
    """People, agreements and permissions on the left; what happened on the right."""

    CSS_PATH = "family.tcss"
    KEYS = "a assess  v visit  g agree  b forms  w room  p person  ! concern  ^b cover"
    HELP_WORDS = (
        "a, v and g go on with an unfinished form of that kind, or begin one. w starts a visit: who is in the room."
    )
    AUTO_FOCUS: ClassVar[str | None] = "#events"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("a", "begin('eha')", "Early Help Assessment", show=False),
        Binding("v", "begin('visit')", "Visit note", show=False),
        Binding("g", "begin('agreement')", "Agreement and permission", show=False),
        Binding("b", "choose_form", "Begin any form", show=False),
        Binding("i", "brief", "The brief before a visit", show=False),
        Binding("w", "room", "Who is in the room", show=False),
        Binding("e", "end_visit", "End the visit", show=False),
        Binding("p", "person", "Add a person", show=False),
        Binding("exclamation_mark", "concern", "Raise a concern", show=False),
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
            yield Rows(id="events")

    def refresh_facts(self) -> None:
        """Ask for the family."""
        self.learn(lambda: self.kit.desk.family(self.family), self.show_family)

    def show_family(self, page: FamilyPage) -> None:
        """Draw the family."""
        self.page = page
        self.query_one("#banners", Words).say(banner_words(page))
        self.query_one("#people", Words).say(who_words(page))
        self.query_one("#events", Rows).show(event_rows(page, max(self.size.width - 57, 24)))
        self.paint_heading()

    def action_begin(self, form: str) -> None:
        """Go on with an unfinished form of this kind, or begin one."""
        unfinished = self._unfinished(form)
        if unfinished:
            self.go("form", draft=unfinished)
        else:
            self.learn(partial(self.kit.desk.begin, form, self.family), self.open_draft)

    def open_draft(self, draft: str) -> None:
        """The form was begun: fill it in."""
        self.go("form", draft=draft)

    def action_choose_form(self) -> None:
        """Any published form."""
        self.go("begin", family=self.family)

    def action_brief(self) -> None:
        """What to know before the door opens."""
        self.go("brief", family=self.family)

    def action_room(self) -> None:
        """A visit starts with who is present."""
        if self.page:
            self.go("visit", family=self.family, people=tuple(person.name for person in self.page.people))

    def action_end_visit(self) -> None:
        """Nobody else is in the room any more."""
        self.kit.desk.end_visit()
        self.on_screen_resume()

    def action_person(self) -> None:
        """Somebody who is not here yet."""
        self.go("new-person", family=self.family)

    def action_concern(self) -> None:
        """A worry about somebody in this family."""
        self.go("concern", family=self.family)

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


def banner_words(page: FamilyPage) -> Content:
    """Lead, risk, and what everybody who opens this page must see first."""
    first = " · ".join(part for part in (f"Lead {page.lead}" if page.lead else "No lead yet", _risk(page)) if part)
    taken_back = [plain(f"! {words}", "bold red") for words in page.taken_back]
    return Content("\n").join([*taken_back, plain(first), *(plain(f"! {banner}", "bold") for banner in page.banners)])


def _risk(page: FamilyPage) -> str:
    return f"risk level {page.risk}" if page.risk else ""


def who_words(page: FamilyPage) -> Content:
    """The left half: who is at home, who elsewhere, what was agreed, who may know."""
    lines = [plain(f"At home{', ' + page.address if page.address else ''}", "bold")]
    lines += [_person(person) for person in page.people if person.where != "elsewhere"]
    elsewhere = [_person(person) for person in page.people if person.where == "elsewhere"]
    if elsewhere:
        lines += [plain("Elsewhere", "bold"), *elsewhere]
    if page.agreements:
        lines += [Content(""), plain("Agreements", "bold"), *(_agreement(row) for row in page.agreements)]
    if page.permissions:
        lines += [Content(""), plain("May we share?", "bold"), *(_permission(row) for row in page.permissions)]
    return Content("\n").join(lines)


def _person(person: object) -> Content:
    age = getattr(person, "age", None)
    parts = [str(age) if age is not None else "", getattr(person, "relation", ""), getattr(person, "pr", "")]
    flags = getattr(person, "flags", ()) or ()
    shown_parts = " ".join(str(part) for part in parts if part)
    line = plain(f" {getattr(person, 'name', '')}") + plain(f"  {shown_parts}", "dim")
    for flag in flags:
        line += Content("\n") + plain(f"   ! {flag}", "bold")
    return line


def _agreement(row: AgreementRow) -> Content:
    signed = "signed" if row.signed else "! not signed"
    return plain(f" {row.giver or 'somebody'} · {row.on.day} {row.on:%b} · {signed}")


def _permission(row: object) -> Content:
    topics = ", ".join(getattr(row, "topics", ()) or ())
    words = f" {getattr(row, 'agency', '')}: {getattr(row, 'decision', '')}"
    return plain(words + (f" ({topics})" if topics else ""))


def event_rows(page: FamilyPage, room: int = 27) -> list[Row]:
    """The right half: drafts to go on with, then what happened, newest first."""
    drafts = [row for row in page.chronology if row.state == "draft"]
    rows: list[Row] = []
    if drafts:
        rows = [heading("Unfinished")]
        rows += [Row(columns((row.title, 28), ("draft", 0)), ("form", row.record)) for row in drafts]
        rows += [heading("")]
    rows.append(heading("What happened"))
    rows += [
        Row(
            columns(
                (f"{event.on.day:>2} {event.on:%b}", 6),
                (event.title, 9 if room < 30 else 16),
                (event.line, room - 9 if room < 30 else room - 16),
                (STATES.get(event.state, event.state), 0),
                gap=" ",
            ),
            ("concern-state" if event.kind == "concern" else "record", event.record),
        )
        for event in page.chronology
        if event.state != "draft"
    ]
    return rows if len(rows) > 1 else [*rows, heading(" Nothing is written yet.")]
