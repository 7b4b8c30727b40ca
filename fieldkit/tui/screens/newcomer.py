"""Somebody who is not here yet: a family with a name, a person in it. The rest can come later.

Before anything is kept it is asked whether they are here already; the reasons stand field by field, and a person says.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content

from fieldkit.tui.desk import Kit
from fieldkit.tui.plain import one_line, plain
from fieldkit.tui.screens.sheet import SheetScreen
from fieldkit.tui.widgets.entry import LineEntry
from fieldkit.tui.widgets.rows import Row, Rows
from fieldkit.tui.widgets.words import Words

if TYPE_CHECKING:
    from fieldkit.workspace.views import LikeRow

_PERSON_LINES = (
    ("given", "Given name"),
    ("surname", "Surname (may be left empty)"),
    ("known_as", "Known as"),
    ("dob", "Date of birth, yyyy-mm-dd"),
    ("expected", "Expected, yyyy-mm-dd (a child who is not born yet)"),
    ("relation", "Relation: mother, son, grandmother …"),
    ("household", "Where: home, elsewhere or both"),
    ("days", "In two homes: on which days"),
    ("phone", "Telephone"),
    ("nhs_number", "NHS number"),
)
ELSE = ("else", "")


def like_rows(rows: Sequence[LikeRow]) -> list[Row]:
    """Who may be the same, each with its reasons; last: somebody else."""
    return [*(Row(_like_line(row), ("same", row.family)) for row in rows), Row(plain("Somebody else: go on"), ELSE)]


def _like_line(row: LikeRow) -> Content:
    where = f" of {row.family_name}" if row.family_name != row.name else ""
    reasons = Content("\n").join(plain(f"    {one_line(reason)}", "dim") for reason in row.reasons)
    return Content("\n").join((plain(f"{one_line(row.name)}{one_line(where)}: {row.level}. Open it", "bold"), reasons))


class NewcomerScreen(SheetScreen):
    """What the two have in common: lines, and a list that shows only when somebody may be here already."""

    KEYS = "^s keep  Enter in the list: the same, or somebody else  esc back  ^b cover"
    BINDINGS: ClassVar[list[BindingType]] = [Binding("ctrl+s", "keep", "Keep", show=False, priority=True)]

    def __init__(self, kit: Kit) -> None:
        super().__init__(kit)
        self.alike: Sequence[LikeRow] = ()

    def lines(self) -> ComposeResult:
        """The lines to fill in."""
        yield from ()

    def column(self) -> ComposeResult:
        """The question, the list, the lines."""
        yield Words("", id="like", classes="tucked")
        yield Rows(id="alike", classes="tucked")
        yield from self.lines()

    def on_screen_resume(self) -> None:
        """Begin at the top: the first line gets the keyboard before there is room, and its words would be above."""
        super().on_screen_resume()
        self.call_after_refresh(self.query_one(".body").scroll_home, animate=False)

    def values(self) -> dict[str, str]:
        """What was typed."""
        return {line.id: line.value.strip() for line in self.query(LineEntry) if line.id and line.value.strip()}

    def ask_first(self, rows: Sequence[LikeRow]) -> None:
        """Somebody may be here already: ask; else keep."""
        self.alike = rows
        if not rows:
            self.keep_it()
            return
        question = self.query_one("#like", Words)
        question.say(plain("Is it one of these? Nothing is kept yet.", "bold"))
        question.remove_class("tucked")
        found = self.query_one("#alike", Rows)
        found.show(like_rows(rows))
        found.remove_class("tucked")
        found.focus()
        self.query_one(".body").scroll_home(animate=False)

    @on(Rows.Chosen, "#alike")
    def decide(self, event: Rows.Chosen) -> None:
        """The same: open it. Somebody else: go on, and nobody asks again of these."""
        word, family = event.target
        if word == "same":
            self.go("family", instead=True, family=family)
        else:
            self.keep_it()

    def keep_it(self) -> None:
        """Keep what was typed."""

    def action_back(self) -> None:
        """From the list back to the lines."""
        found = self.query_one("#alike", Rows)
        if found.has_class("tucked"):
            super().action_back()
            return
        found.add_class("tucked")
        self.query_one("#like").add_class("tucked")
        self.query(LineEntry).first().focus()


class NewFamilyScreen(NewcomerScreen):
    """A name is enough."""

    WHERE = "New family"
    HELP_WORDS = (
        "A name is enough. Families of a like name at a like place are shown before it is kept, with the reasons: open "
        "the one it is, or go on."
    )
    AUTO_FOCUS: ClassVar[str | None] = "#name"

    def __init__(self, kit: Kit, name: str = "") -> None:
        super().__init__(kit)
        self.given = name

    def lines(self) -> ComposeResult:
        """Three lines."""
        yield Words("What is the family called?")
        yield LineEntry(self.given, id="name")
        yield Words("Address")
        yield LineEntry(id="address")
        yield Words("Postcode")
        yield LineEntry(id="postcode")

    def action_keep(self) -> None:
        """Look first whether it is here, then keep the family."""
        values = self.values()
        name = values.pop("name", "")
        if not name:
            self.say("! A name is needed; it can be changed later.")
            return
        self.learn(partial(self.kit.desk.alike_families, name, **values), self.ask_first)

    def keep_it(self) -> None:
        """Keep the family."""
        values = self.values()
        name = values.pop("name", "")
        self.learn(lambda: self.kit.desk.add_family(name, **values), self.kept)

    def kept(self, family: str) -> None:
        """Open its page."""
        self.go("family", instead=True, family=family)


class NewPersonScreen(NewcomerScreen):
    """Somebody in this family."""

    WHERE = "New person"
    HELP_WORDS = (
        "Only what is known. A child who is not born yet can be written as Unborn, with the expected day. Who may be "
        "here already is shown before anybody is kept, field by field: the same person, or somebody else."
    )
    AUTO_FOCUS: ClassVar[str | None] = "#given"

    def __init__(self, kit: Kit, family: str) -> None:
        super().__init__(kit)
        self.family = family

    def lines(self) -> ComposeResult:
        """What may be known."""
        for name, words in _PERSON_LINES:
            yield Words(words)
            yield LineEntry(id=name)

    def action_keep(self) -> None:
        """Look first whether they are here, then keep the person."""
        values = self.values()
        if not (values.get("given") or values.get("known_as")):
            self.say("! A given name, or what they are known as.")
            return
        self.learn(lambda: self.kit.desk.alike(self.family, _details(values)), self.ask_first)

    def keep_it(self) -> None:
        """Keep the person, and who they are not."""
        values, others = self.values(), tuple(row.id for row in self.alike)
        self.learn(lambda: self.kit.desk.add_person(self.family, _details(values), others), self.kept)

    def kept(self, _: object) -> None:
        """Back to the family."""
        self.dismiss()


def _details(values: dict[str, Any]) -> Any:
    from fieldkit.workspace.views import PersonDetails

    return PersonDetails(**values)


class OpenAlreadyScreen(SheetScreen):
    """An assessment is open: add to it, or begin another with a reason."""

    WHERE = "An assessment is open already"
    KEYS = "Enter choose  esc back  ^b cover  F1 help"
    HELP_WORDS = (
        "Two assessments of one family tell two stories. Ring whoever leads. You can add to the one that is open; "
        "another one needs a reason, which is kept."
    )
    AUTO_FOCUS: ClassVar[str | None] = "Rows"

    def __init__(self, kit: Kit, family: str) -> None:
        super().__init__(kit)
        self.family = family

    def column(self) -> ComposeResult:
        """What is open, what can be done, the line for a reason."""
        yield Words("", id="open")
        yield Rows()
        yield LineEntry(placeholder="Why another one, then Enter", id="reason", classes="tucked", disabled=True)

    def refresh_facts(self) -> None:
        """Ask what is open."""
        self.learn(lambda: self.kit.desk.open_assessment(self.family), self.show_open)

    def show_open(self, found: Any) -> None:
        """Draw it; where nothing is open any more, go back."""
        if found is None:
            self.dismiss()
            return
        began = "begun" if found.draft else "filed"
        lines = [plain(f"An assessment of {found.family_name} was {began} on {found.since.day} {found.since:%b %Y}.")]
        lines += [plain(f"{found.lead or 'Nobody is named as lead'}: {found.contact}. Ring first.", "bold")]
        lines += [plain(f"It is thought to be about the same people: {found.why}")] if found.why else []
        self.query_one("#open", Words).say(Content("\n").join(lines))
        here = found.family == self.family
        choices = [("go-on", "Go on with the one that was begun")] if found.draft and here else []
        choices += [("add", "Add to it: your part goes into the same assessment")] if not found.draft and here else []
        choices += [("other", "Open that family")] if not here else []
        choices += [("another", "Begin another, with a reason")]
        targets = {"go-on": found.record, "other": found.family}
        self.query_one(Rows).show([Row(plain(words), (word, targets.get(word, ""))) for word, words in choices])

    @on(Rows.Chosen)
    def choose(self, event: Rows.Chosen) -> None:
        """Do what was chosen."""
        word, id = event.target
        if word == "go-on":
            self.go("form", instead=True, draft=id)
        elif word == "other":
            self.go("family", instead=True, family=id)
        elif word == "add":
            self.learn(lambda: self.kit.desk.contribute(self.family), self.begun)
        else:
            line = self.query_one("#reason", LineEntry)
            line.disabled = False
            line.remove_class("tucked")
            line.focus()

    @on(LineEntry.Submitted, "#reason")
    def begin_another(self, event: LineEntry.Submitted) -> None:
        """Another one, with the reason."""
        self.learn(partial(self.kit.desk.begin_another, self.family, event.value), self.begun)

    def begun(self, draft: str) -> None:
        """Fill it in."""
        self.go("form", instead=True, draft=draft)
