"""Somebody who is not here yet: a family with a name, a person in it. The rest can come later."""

from __future__ import annotations

from typing import Any, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from fieldkit.tui.desk import Kit
from fieldkit.tui.screens.sheet import SheetScreen
from fieldkit.tui.widgets.entry import LineEntry
from fieldkit.tui.widgets.words import Words

_PERSON_LINES = (
    ("given", "Given name"),
    ("surname", "Surname (may be left empty)"),
    ("known_as", "Known as"),
    ("dob", "Date of birth, yyyy-mm-dd"),
    ("relation", "Relation: mother, son, grandmother …"),
)


class NewFamilyScreen(SheetScreen):
    """A name is enough."""

    WHERE = "New family"
    KEYS = "^s keep  esc back  ^b cover"
    HELP_WORDS = "Search first: the family may be known under another name."
    AUTO_FOCUS: ClassVar[str | None] = "#name"
    BINDINGS: ClassVar[list[BindingType]] = [Binding("ctrl+s", "keep", "Keep", show=False, priority=True)]

    def __init__(self, kit: Kit, name: str = "") -> None:
        super().__init__(kit)
        self.given = name

    def column(self) -> ComposeResult:
        """Three lines."""
        yield Words("What is the family called?")
        yield LineEntry(self.given, id="name")
        yield Words("Address")
        yield LineEntry(id="address")
        yield Words("Postcode")
        yield LineEntry(id="postcode")

    def action_keep(self) -> None:
        """Keep the family."""
        values = {line.id: line.value.strip() for line in self.query(LineEntry) if line.id and line.value.strip()}
        name = values.pop("name", "")
        if not name:
            self.say("! A name is needed; it can be changed later.")
            return
        self.learn(lambda: self.kit.desk.add_family(name, **values), self.kept)

    def kept(self, family: str) -> None:
        """Open its page."""
        self.go("family", instead=True, family=family)


class NewPersonScreen(SheetScreen):
    """Somebody in this family."""

    WHERE = "New person"
    KEYS = "^s keep  esc back  ^b cover"
    HELP_WORDS = "Only what is known. A child who is not born yet can be written as Unborn."
    AUTO_FOCUS: ClassVar[str | None] = "#given"
    BINDINGS: ClassVar[list[BindingType]] = [Binding("ctrl+s", "keep", "Keep", show=False, priority=True)]

    def __init__(self, kit: Kit, family: str) -> None:
        super().__init__(kit)
        self.family = family

    def column(self) -> ComposeResult:
        """Five lines."""
        for name, words in _PERSON_LINES:
            yield Words(words)
            yield LineEntry(id=name)

    def action_keep(self) -> None:
        """Keep the person."""
        values: dict[str, Any] = {
            line.id: line.value.strip() for line in self.query(LineEntry) if line.id and line.value
        }
        if not (values.get("given") or values.get("known_as")):
            self.say("! A given name, or what they are known as.")
            return
        self.learn(lambda: self._add(values), self.kept)

    def _add(self, values: dict[str, Any]) -> str:
        from fieldkit.workspace.views import PersonDetails

        return self.kit.desk.add_person(self.family, PersonDetails(**values))

    def kept(self, _: object) -> None:
        """Back to the family."""
        self.dismiss()
