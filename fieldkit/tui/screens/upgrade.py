"""A newer version of a draft's form: what would change, what to tick, accept, undo, later. Kept answers, read-only."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content

from fieldkit.tui.desk import Kit
from fieldkit.tui.plain import one_line
from fieldkit.tui.screens.sheet import SheetScreen
from fieldkit.tui.widgets.rows import Row, Rows, heading

if TYPE_CHECKING:
    from fieldkit.workspace.upgrading import KeptAnswer, Line, Offer

PARTS = {
    "proposed": "Found elsewhere by name: tick what is the same question",
    "orphaned": "No longer asked: the answer is kept, read-only, and filed",
    "widened": "Asked more widely: taken over",
    "moved": "In another place now: taken over",
    "new": "New questions",
}
"""The groups of a plan, what needs a decision first; what is carried as it is gets one line."""


@dataclass(frozen=True, slots=True)
class Standing:
    """What there is to see of a draft and its versions."""

    offer: Offer | None
    kept: tuple[KeptAnswer, ...]
    can_undo: bool


class UpgradeScreen(SheetScreen):
    """Nothing is changed until it is accepted; then it can be undone until the form is filed."""

    WHERE = "A newer version of this form"
    KEYS = "Enter ticks  a accept  z undo  esc later, back to the form  F1"
    HELP_WORDS = (
        "Nothing is ever dropped: what the newer form does not ask is kept, read-only, and filed with the rest. "
        "z goes back to the version before, exactly as it was, until the form is filed."
    )
    AUTO_FOCUS: ClassVar[str | None] = "Rows"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("a", "accept", "Go on with the newer version", show=False),
        Binding("z", "undo", "Back to the version before", show=False),
    ]

    def __init__(self, kit: Kit, draft: str) -> None:
        super().__init__(kit)
        self.draft_id = draft
        self.standing: Standing | None = None
        self.ticked: set[str] = set()

    def column(self) -> ComposeResult:
        """The plan."""
        yield Rows(id="plan")

    def refresh_facts(self) -> None:
        """Ask what would change, for those who are in the room now."""
        self.learn(self._look, self.show_standing)

    def _look(self) -> Standing:
        desk, draft = self.kit.desk, self.draft_id
        return Standing(desk.upgrade_offered(draft), desk.kept_answers(draft), desk.can_undo_upgrade(draft))

    def show_standing(self, standing: Standing) -> None:
        """Draw the plan."""
        self.standing = standing
        self.query_one(Rows).show(standing_rows(standing, frozenset(self.ticked)))

    @on(Rows.Chosen)
    def tick(self, event: Rows.Chosen) -> None:
        """Tick what is proposed, or take the tick away."""
        what, path = event.target
        if what == "proposed" and self.standing is not None:
            self.ticked ^= {path}
            self.show_standing(self.standing)

    def action_accept(self) -> None:
        """Go on with the newer version."""
        if self.standing is None or self.standing.offer is None:
            self.say("No newer version is here for this draft.")
            return
        self.learn(partial(self.kit.desk.upgrade, self.draft_id, frozenset(self.ticked)), self._done)

    def action_undo(self) -> None:
        """Back to the version before."""
        if self.standing is None or not self.standing.can_undo:
            self.say("There is nothing to undo.")
            return
        self.learn(partial(self.kit.desk.undo_upgrade, self.draft_id), self._done)

    def _done(self, _told: Any) -> None:
        self.action_back()

    def action_back(self) -> None:
        """Back into the form, with the version that the draft has now."""
        self.go("form", instead=True, draft=self.draft_id)


def standing_rows(standing: Standing, ticked: frozenset[str]) -> list[Row]:
    """The plan as rows, then the answers that are kept."""
    rows = _offer_rows(standing.offer, ticked) if standing.offer is not None else []
    if standing.kept:
        rows += [heading("No longer asked; kept, and filed with the rest"), *map(_kept, standing.kept)]
    if standing.can_undo:
        rows += [heading("z goes back to the version before, exactly as it was.")]
    return rows or [heading("This draft has the newest version of its form that is here.")]


def _offer_rows(offer: Offer, ticked: frozenset[str]) -> list[Row]:
    rows = [heading(f"{one_line(offer.form_title)}: {offer.before} → {offer.after}. Nothing is changed yet.")]
    for what, words in PARTS.items():
        lines = offer.only(what)
        rows += [heading(f"{words} ({len(lines)})"), *(_line(line, ticked) for line in lines)] if lines else []
    gone = [line for line in offer.lines if line.gone]
    if gone:
        rows += [heading("Some choices are no longer offered: an answer is kept, and shown as not right")]
        rows += [_row(line, f"{one_line(line.label)}: {', '.join(map(one_line, line.gone))}") for line in gone]
    rows += [heading(f"{len(offer.only('carried'))} places stay as they are.")]
    if offer.unshown:
        rows += [heading(f"{offer.unshown} lines are shown when you are alone.")]
    return rows


def _line(line: Line, ticked: frozenset[str]) -> Row:
    mark = ("[x] " if line.path in ticked else "[ ] ") if line.what == "proposed" else ""
    has = " · answered" if line.answered and line.what != "new" else ""
    return _row(line, f"{mark}{one_line(line.label)}{has}{f' · {line.why}' if line.why else ''}")


def _row(line: Line, words: str) -> Row:
    return Row(Content(f"  {one_line(words)}"), (line.what, line.path))


def _kept(kept: KeptAnswer) -> Row:
    words = f"  {one_line(kept.label)} ({one_line(kept.version)}): {one_line(kept.value_text)}"
    return Row(Content(words), ("kept", kept.path))
