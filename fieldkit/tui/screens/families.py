"""Families: the list, and search as you type."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import Input

from fieldkit.tui.screens.base import WorkspaceScreen
from fieldkit.tui.widgets.entry import LineEntry
from fieldkit.tui.widgets.rows import Row, Rows, columns
from fieldkit.tui.widgets.words import Words

if TYPE_CHECKING:
    from fieldkit.workspace.views import FamilyRow, Found

PAGE = 200


class FamiliesScreen(WorkspaceScreen):
    """Type a few letters of a name; Enter opens the first."""

    CSS_PATH = "families.tcss"
    WHERE = "Families"
    KEYS = "type to search  ↓ to the list  Enter opens  ^n new family  esc back  ^b cover"
    HELP_WORDS = "Names, parts of names, postcodes and names that sound alike are found. Enter opens the row."
    AUTO_FOCUS: ClassVar[str | None] = "#find"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down", "to_list", "To the list", show=False),
        Binding("ctrl+n", "new", "New family", show=False),
    ]

    def body(self) -> ComposeResult:
        """Where to type, what was found."""
        yield LineEntry(placeholder="name, postcode, date of birth", id="find")
        yield Words("", id="count")
        yield Rows(id="rows")

    def refresh_facts(self) -> None:
        """Search again for what is typed."""
        self.search(self.query_one(LineEntry).value)

    @on(Input.Changed, "#find")
    def typed(self, event: Input.Changed) -> None:
        """Every letter searches; only the last answer is drawn."""
        self.search(event.value)

    def search(self, text: str) -> None:
        """Ask off the keyboard's path."""
        wanted = text.strip()
        if wanted:
            self.learn(lambda: self.kit.desk.find(wanted), self.show_found, "list")
        else:
            self.learn(lambda: self.kit.desk.families(limit=PAGE), self.show_families, "list")

    def show_families(self, families: Sequence[FamilyRow]) -> None:
        """Draw the list of families."""
        self.query_one(Rows).show(family_rows(families))
        more = " (the first of them; type to find others)" if len(families) >= PAGE else ""
        self.query_one("#count", Words).say(f"{len(families)} families{more}")

    def show_found(self, found: Sequence[Found]) -> None:
        """Draw what was found."""
        self.query_one(Rows).show(found_rows(found))
        self.query_one("#count", Words).say(f"{len(found)} found" if found else "Nobody found: ^n begins a new family")

    @on(Input.Submitted, "#find")
    def open_first(self) -> None:
        """Open what the highlight stands on."""
        target = self.query_one(Rows).target
        if target:
            self.go(target[0], family=target[1])

    @on(Rows.Chosen)
    def open(self, event: Rows.Chosen) -> None:
        """Open the family."""
        self.go(event.target[0], family=event.target[1])

    def action_to_list(self) -> None:
        """Down from the line into the list."""
        self.query_one(Rows).focus()

    def action_new(self) -> None:
        """Begin a family with what was typed as its name."""
        self.go("new-family", name=self.query_one(LineEntry).value)


def family_rows(families: Sequence[FamilyRow]) -> list[Row]:
    """Families as rows: name, people, where, marks."""
    return [
        Row(
            columns((family.name, 24), (", ".join(family.people), 30), (family.postcode or "", 8), (marks(family), 0)),
            ("family", family.id),
        )
        for family in families
    ]


def found_rows(found: Sequence[Found]) -> list[Row]:
    """What was found as rows."""
    return [
        Row(
            columns((one.name, 26), (one.detail, 36), (one.match if one.match != one.name else "", 0)),
            ("family", one.family),
        )
        for one in found
    ]


def marks(family: FamilyRow) -> str:
    """Words for what stands open in a family."""
    said = [f"risk {family.risk}"] if family.risk else []
    said += ["! conflict"] if getattr(family, "conflict", False) else []
    said += ["draft"] if getattr(family, "draft", False) else []
    return " · ".join(said)
