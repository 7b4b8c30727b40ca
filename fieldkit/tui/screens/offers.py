"""Families that change hands: offered, accepted, declined, taken back; and offering one, for good or for a time."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content

from fieldkit.tui.desk import Kit
from fieldkit.tui.screens.sheet import SheetScreen
from fieldkit.tui.widgets.entry import LineEntry
from fieldkit.tui.widgets.rows import Row, Rows, columns, heading
from fieldkit.tui.widgets.words import Words

if TYPE_CHECKING:
    from fieldkit.workspace.leading import OfferRow

OPEN = "offered"
UNKNOWN = "a family (you learn whose when it is yours)"


class OffersScreen(SheetScreen):
    """Every offer that this person has a part in."""

    WHERE = "Families offered"
    KEYS = "a accept  d decline  t take back  esc back  ^b cover  F1 help"
    HELP_WORDS = (
        "A family is yours when you accept, and the other's until then. Declining needs a reason. Central says with "
        "the next sync whether an answer stands: the first one counts."
    )
    AUTO_FOCUS: ClassVar[str | None] = "Rows"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("a", "answer('accept')", "Accept", show=False),
        Binding("d", "answer('decline')", "Decline, with a reason", show=False),
        Binding("t", "answer('take-back')", "Take back what you offered", show=False),
    ]

    def column(self) -> ComposeResult:
        """The list and the line for a reason."""
        yield Rows()
        yield LineEntry(placeholder="Why (to decline), then Enter", id="reason", classes="hidden", disabled=True)

    def refresh_facts(self) -> None:
        """Ask which there are."""
        self.learn(self.kit.desk.offers, self.show_offers)

    def show_offers(self, offers: Sequence[OfferRow]) -> None:
        """Draw them, the open ones first."""
        rows = [Row(offer_line(row), (row.id,)) for row in offers]
        self.query_one(Rows).show(rows or [heading("No family is offered to you or by you.")])

    def action_answer(self, word: str) -> None:
        """Answer the offer under the highlight."""
        if self.query_one(Rows).target is None:
            self.say("! Choose an offer first.")
        elif word == "decline":
            reason = self.query_one("#reason", LineEntry)
            reason.disabled = False
            reason.focus()
            self.say("Write why you decline, then Enter. esc leaves it open.")
        else:
            self._send(word, "")

    @on(LineEntry.Submitted, "#reason")
    def decline(self) -> None:
        """Decline, with the reason that was written."""
        self._send("decline", self.query_one("#reason", LineEntry).value)

    def _send(self, word: str, reason: str) -> None:
        target = self.query_one(Rows).target
        if target is not None:
            self.learn(lambda: self.kit.desk.answer_offer(target[0], word, reason), self.answered)

    def answered(self, _: object) -> None:
        """It waits for the next sync."""
        reason = self.query_one("#reason", LineEntry)
        reason.value, reason.disabled = "", True
        self.query_one(Rows).focus()
        self.say("Noted. It stands when central says so: sync.")
        self.refresh_facts()

    def action_back(self) -> None:
        """From the reason back to the list."""
        reason = self.query_one("#reason", LineEntry)
        if reason.has_focus:
            self.query_one(Rows).focus()
        else:
            super().action_back()


def offer_line(row: OfferRow) -> Content:
    """One offer in words."""
    until = f" until {row.until}" if row.until else ""
    way = "cover" if row.way == "cover" else "to hold"
    mark = "●" if row.status == OPEN else " "
    who = f"{row.giver} → {', '.join(row.to)}"
    return columns((f"{mark} {row.family_name or UNKNOWN}", 28), (f"{way}{until}", 20), (who, 20), (row.status, 0))


class HandOnScreen(SheetScreen):
    """To whom a family is offered."""

    WHERE = "Hand a family on"
    KEYS = "Enter on a name offers the family  tab to the day  esc back  ^b cover"
    HELP_WORDS = "The family is theirs when they accept. A day, when you write one, is until when you keep it too."
    AUTO_FOCUS: ClassVar[str | None] = "Rows"
    COVERS: ClassVar[bool] = False
    ASKED: ClassVar[str] = "Until which day do you keep it too? Blank: not at all. As 2026-12-04"

    def __init__(self, kit: Kit, family: str) -> None:
        super().__init__(kit)
        self.about = family

    def column(self) -> ComposeResult:
        """The day and the colleagues."""
        yield Words(self.ASKED, classes="dim")
        yield LineEntry(id="until")
        yield Rows()

    def refresh_facts(self) -> None:
        """Ask who there is."""
        self.learn(self.kit.desk.colleagues, self.show_colleagues)

    def show_colleagues(self, people: Sequence[tuple[str, str, str]]) -> None:
        """Draw them."""
        rows = [Row(columns((name, 32), (role, 0)), (id,)) for id, name, role in people if id != self.not_asked()]
        self.query_one(Rows).show(rows or [heading("Central has told of no colleague yet: sync.")])

    def not_asked(self) -> str:
        """Who is not among those that can be chosen."""
        return self.kit.desk.me.worker_id

    @on(Rows.Chosen)
    def choose(self, event: Rows.Chosen) -> None:
        """Offer it to who was chosen."""
        to, until = event.target[0], self.query_one("#until", LineEntry).value.strip()
        self.learn(lambda: self.give(to, until), self.given)

    def give(self, to: str, until: str) -> object:
        """The offer itself."""
        return self.kit.desk.hand_on(self.about, to, until=until)

    def given(self, _: object) -> None:
        """To the list of offers, where it can be taken back."""
        self.go("offers", instead=True)


class AwayScreen(HandOnScreen):
    """Who covers for somebody absent, and until when."""

    WHERE = "Cover for a colleague"
    KEYS = "write the last day, tab, Enter on who covers  esc back  ^b cover"
    HELP_WORDS = (
        "All their families are offered to who you choose, until that day; they stay the absent colleague's. "
        "Choose yourself and you hold them from the next sync on."
    )
    AUTO_FOCUS: ClassVar[str | None] = "#until"
    ASKED: ClassVar[str] = "The last day of the cover, as 2026-12-04"

    def __init__(self, kit: Kit, worker: str) -> None:
        super().__init__(kit, worker)

    def not_asked(self) -> str:
        """The absent colleague covers for nobody."""
        return self.about

    def give(self, to: str, until: str) -> object:
        """The cover itself."""
        return self.kit.desk.cover(self.about, to, until)
