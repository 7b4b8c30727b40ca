"""The conflict card: was, mine, theirs; who, when, why. Nobody is overruled in silence."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, VerticalScroll
from textual.content import Content
from textual.widgets import Input

from fieldkit.tui.desk import Kit
from fieldkit.tui.plain import plain
from fieldkit.tui.screens.base import WorkspaceScreen
from fieldkit.tui.when import long_day, moment
from fieldkit.tui.widgets.entry import LineEntry
from fieldkit.tui.widgets.words import Words

if TYPE_CHECKING:
    from fieldkit.workspace.views import ConflictCard, ConflictRow, Resolution, Side

_TAKE_BOTH = "both"


class ConflictScreen(WorkspaceScreen):
    """One conflict, to decide or to leave."""

    CSS_PATH = "conflict.tcss"
    KEYS = "m mine  t theirs  b both, dated  r read aloud  Enter decides  n next  esc"
    HELP_WORDS = (
        "m and t (or 1 and 2) choose one of the two, b keeps both as dated statements. r shows the card in sentences "
        "that can be read aloud. Write why: it is kept with the decision, and so is what was not chosen. What is less "
        "safe needs a lead to agree. n goes on to the next conflict, of one record in the order of its form."
    )
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("1", "choose(0)", "The first", show=False),
        Binding("2", "choose(1)", "The second", show=False),
        Binding("m", "side(True)", "Mine", show=False),
        Binding("t", "side(False)", "Theirs", show=False),
        Binding("3,b", "both", "Both, as dated statements", show=False),
        Binding("r", "aloud", "In sentences, to be read aloud", show=False),
        Binding("n", "next", "The next conflict", show=False),
        Binding("enter", "decide", "Decide", show=False),
    ]

    def __init__(self, kit: Kit, conflict: str) -> None:
        super().__init__(kit)
        self.conflict = conflict
        self.card: ConflictCard | None = None
        self.take = ""
        self.aloud = False

    def where(self) -> str:
        """Whose field it is."""
        if self.card is None or self.kit.desk.room.present:
            return "Conflict"
        return f"Conflict · {self.card.family_name} · {self.card.field_label}"

    def body(self) -> ComposeResult:
        """The card and the line for the reason."""
        with VerticalScroll(id="card", can_focus=False):
            yield Words("", id="was")
            with Horizontal(id="sides"):
                yield Words("", classes="side", id="side-0")
                yield Words("", classes="side", id="side-1")
            yield Words("", id="more")
        yield LineEntry(placeholder="Why (kept with the decision)", id="reason", disabled=True)

    def refresh_facts(self) -> None:
        """Ask for the card."""
        self.learn(lambda: self.kit.desk.conflict(self.conflict), self.show_card)

    def show_card(self, card: ConflictCard) -> None:
        """Draw the card, unless somebody else is in the room."""
        self.card = card
        self.paint_heading()
        self.query_one("#reason", LineEntry).disabled = card.blocked_by_room
        if card.blocked_by_room:
            self.query_one("#was", Words).say("Not while somebody else is in the room. It waits for you here.")
            return
        now = self.kit.clock.now()
        due = f"   decide by {moment(card.due, now)}" if card.due else ""
        self.query_one("#was", Words).say(f"{card.field_label}   it was: {card.was or 'nothing'}{due}")
        for index, side in enumerate(card.sides[:2]):
            words = side_words(side, index, self.take == side_take(side), now)
            self.query_one(f"#side-{index}", Words).say("" if self.aloud else words)
        self.query_one("#more", Words).say(plain(aloud_words(card)) if self.aloud else more_words(card, self.take, now))

    def action_choose(self, index: int) -> None:
        """Choose a side."""
        if self.card and not self.card.blocked_by_room and index < len(self.card.sides):
            self._take(side_take(self.card.sides[index]))

    def action_side(self, mine: bool) -> None:
        """Choose the side that is mine, or the first that is not."""
        sides = self.card.sides if self.card else ()
        self.action_choose(next((index for index, side in enumerate(sides) if side.mine is mine), len(sides)))

    def action_aloud(self) -> None:
        """The card in sentences, or in columns again."""
        self.aloud = not self.aloud
        if self.card:
            self.show_card(self.card)

    def action_next(self) -> None:
        """Leave this one open and go on to the next."""
        self.learn(self.kit.desk.conflicts, self.go_on)

    def go_on(self, rows: Sequence[ConflictRow]) -> None:
        """The one after this, the first after the last."""
        ids = [row.id for row in rows]
        following = ids[(ids.index(self.conflict) + 1) % len(ids)] if self.conflict in ids else next(iter(ids), "")
        if following in ("", self.conflict):
            self.say("There is no other conflict.")
        else:
            self.go("conflict", conflict=following, instead=True)

    def action_both(self) -> None:
        """Keep both as dated statements."""
        if self.card and not self.card.blocked_by_room:
            self._take(_TAKE_BOTH)

    def _take(self, take: str) -> None:
        self.take = take
        if self.card:
            self.show_card(self.card)
        self.query_one("#reason", LineEntry).focus()
        self.say("Write why, then Enter decides. esc leaves it open.")

    @on(Input.Submitted, "#reason")
    def action_decide(self) -> None:
        """Decide, with the reason."""
        reason = self.query_one("#reason", LineEntry).value.strip()
        if not self.take:
            self.say("! Choose first: esc, then 1, 2 or 3.")
        elif not reason:
            self.say("! Write why: the reason is kept with the decision.")
        else:
            take = self.take
            self.learn(lambda: self.kit.desk.resolve(self.conflict, take, reason), self.decided)

    def decided(self, resolution: Resolution) -> None:
        """Applied, or proposed and waiting for a lead."""
        if resolution.state == "proposed":
            self.say("Proposed. What is less safe needs a lead to agree; until then the safer one is shown.")
            self.query_one("#reason", LineEntry).disabled = True
        else:
            self.dismiss()

    def action_back(self) -> None:
        """From the reason back to the card, from the card back to the list."""
        reason = self.query_one("#reason", LineEntry)
        if reason.has_focus:
            self.set_focus(None)
        else:
            super().action_back()


def side_take(side: Side) -> str:
    """The word by which a side is taken."""
    return "mine" if side.mine else side.row


def side_words(side: Side, index: int, taken: bool, now: datetime) -> Content:
    """One side: its number, value, who, when, in which words."""
    mark = "▸" if taken else " "
    who = "you" if side.mine else side.who
    lines = [
        plain(f"{mark}{index + 1}  {side.value_text or 'nothing'}", "bold"),
        plain(f"    {who}, {moment(side.when, now)}"),
        plain(f"    {'this laptop' if side.mine else side.device_label}", "dim"),
    ]
    if side.words:
        lines.append(plain(f'    "{side.words}"'))
    return Content("\n").join(lines)


def aloud_words(card: ConflictCard) -> str:
    """The card in whole sentences, in the order in which they were said: to be read to a colleague, or heard."""
    told = [f"{card.field_label}, {card.family_name}." if card.family_name else f"{card.field_label}."]
    told.append(f"It was: {card.was}." if card.was else "Nothing was written before.")
    for side in sorted(card.sides, key=lambda each: each.when):
        who = "You" if side.mine else side.who
        because = f" The words were: {side.words}." if side.words else ""
        at = f"{long_day(side.when.date())} at {side.when:%H:%M}"
        told.append(f"{who} wrote on {at}: {side.value_text}.{because}")
    told.append(f"Until people decide, {card.shown} is shown.")
    told += [f"{card.proposed_by} has proposed {card.proposed}."] if card.proposed_by else []
    return "\n\n".join(told)


def more_words(card: ConflictCard, take: str, now: datetime) -> Content:
    """What is shown meanwhile, what choosing means, what else changed."""
    lines = [plain(f"Shown meanwhile: {card.shown}" + (f" ({card.shown_why})" if card.shown_why else ""))]
    numbers = {side.row: index + 1 for index, side in enumerate(card.sides)}
    for row in card.less_protective:
        lines.append(
            plain(f"Choosing {numbers.get(row, '?')} is less safe: a lead must agree; until then nothing is lowered.")
        )
    if card.proposed_by:
        lines.append(plain(f"Already proposed by {card.proposed_by}; a second person decides."))
    lines += [plain(f"Counts no more: {each}", "dim") for each in card.withdrawn]
    lines += [
        plain(f"{index + 1}  {side.value_text}   {side.who}, {moment(side.when, now)}")
        for index, side in enumerate(card.sides)
        if index > 1
    ]
    for also in card.also_changed or ():
        lines.append(plain(f"Also changed, no conflict: {also}", "dim"))
    if take == _TAKE_BOTH:
        lines.append(plain("▸3  Both are kept, as dated statements.", "bold"))
    return Content("\n").join(lines)
