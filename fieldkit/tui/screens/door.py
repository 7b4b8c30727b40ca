"""The door of a session, at door speed: letters or a card, Enter, next. Parents can see this screen.

Only the family that was asked for stands on it; lists are behind Tab. Nobody's allergies or address are shown unasked.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, ClassVar, TypeVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content

from fieldkit.casework import registers
from fieldkit.casework.registers import Headcount, Party
from fieldkit.tui.desk import Kit
from fieldkit.tui.plain import one_line, plain
from fieldkit.tui.screens.base import WorkspaceScreen
from fieldkit.tui.screens.door_words import care_words, count_words, list_rows, party_words
from fieldkit.tui.widgets.entry import LineEntry
from fieldkit.tui.widgets.rows import Rows
from fieldkit.tui.widgets.words import Words

if TYPE_CHECKING:
    from fieldkit.workspace.registers import Door

COVER_MINUTES = 180
T = TypeVar("T")
AGES: Mapping[str, str] = {"0": "0", "1": "1", "2": "2", "3": "3", "5": "5", "7": "12", "a": "adult"}
"""One key an age: the key, and the band that it means."""
ASK_AGE = "How old?  0 under 1   1   2   3 three or four   5 five to eleven   7 twelve to eighteen   a adult   esc"


@dataclass(frozen=True, slots=True)
class Done:
    """What was done last, to be undone: each person's status before, or somebody new."""

    words: str
    before: Mapping[str, str]
    unnamed: Headcount | None = None
    """This laptop's count before."""


class FindLine(LineEntry):
    """Where letters and cards go; digits tick while a family is shown, as long as they cannot be a card's."""

    async def _on_key(self, event: events.Key) -> None:
        screen = self.screen
        if event.character and isinstance(screen, DoorScreen) and screen.takes(event.character, self.value):
            event.stop()
            event.prevent_default()
            return
        await super()._on_key(event)


class DoorScreen(WorkspaceScreen):
    """One session's register."""

    CSS_PATH = "door.tcss"
    KEYS = "Enter here  , late  ; gone  + child  # adult  tab lists  f4 who is in  ^z undo"
    HELP_WORDS = (
        "Two or three letters or a card, then Enter: those of the family who are ticked are here. Digits tick and "
        "untick, ↑↓ choose another family. Nobody found: Enter asks an age and they are in; ^n does it for a name "
        "that others share. + and # count a child or an adult without a name. Enter on who is in shows allergies and "
        "who may collect. Nothing here is ever a child seen."
    )
    AUTO_FOCUS: ClassVar[str | None] = "#find"
    cover_minutes = COVER_MINUTES
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("tab,shift+tab", "lists", "Lists, and away again", show=False, priority=True),
        Binding("down", "move(1)", "The next family", show=False),
        Binding("up", "move(-1)", "The family before", show=False),
        Binding("ctrl+n", "newcomer", "Somebody new with this name", show=False),
        Binding("f4", "in_now", "Who is in now", show=False),
        Binding("ctrl+z", "undo", "Undo the last", show=False, priority=True),
    ]

    def __init__(self, kit: Kit, session: str) -> None:
        super().__init__(kit)
        self.session = session
        self.begun = kit.clock.now()
        self.door: Door | None = None
        self.parties: tuple[Party, ...] = ()
        self.chosen = 0
        self.new_name = ""
        """Who walked in and is asked for an age; blank when nobody is."""
        self.done: list[Done] = []
        self.marks = 0

    # -- frame

    def where(self) -> str:
        """Which group, where; how many are here of how many."""
        if self.door is None:
            return "At the door"
        row, counts = self.door.session, self.door.counts
        walked = f" · {counts.walk_ins} walked in" if counts.walk_ins else ""
        return f"{row.name} · {row.centre_name}   {counts.came} of {counts.of} here{walked}"

    def state(self) -> str:
        """The top line is the session's: sync is not the parents' business."""
        return "PRACTICE" if "PRACTICE" in self._state else ""

    def body(self) -> ComposeResult:
        """The line, who is meant, what was done, the numbers; the lists, hidden."""
        yield FindLine(placeholder="letters of a name, or a card; then Enter", id="find")
        yield Words("", id="meant")
        yield Rows(id="lists", classes="hidden")
        yield Words("", id="done")
        yield Words("", id="counts")

    def refresh_facts(self) -> None:
        """Read the register."""
        self.learn(lambda: self.kit.desk.door(self.session), self.show_door)

    def show_door(self, door: Door) -> None:
        """Draw what is known now."""
        self.door = door
        self._draw()

    def _draw(self) -> None:
        if self.door is None:
            return
        self.paint_heading()
        self._search(self.query_one("#find", LineEntry).value)
        self.query_one("#done", Words).say(self.done[-1].words + "    ^z undo" if self.done else "")
        self.query_one("#counts", Words).say(count_words(self.door.counts))
        if not self.query_one("#lists", Rows).has_class("hidden"):
            self.query_one("#lists", Rows).show(list_rows(self.door))

    # -- finding

    @on(LineEntry.Changed, "#find")
    def typed(self, event: LineEntry.Changed) -> None:
        """Every letter looks; it is quick enough to be done here."""
        self.chosen = 0
        self._search(event.value)

    def _search(self, text: str) -> None:
        if self.door is not None and not self.new_name:
            ticked = {party.family: party for party in self.parties}
            fresh = registers.found(text, self.door.attenders, self.door.book)
            same = [each.family for each in fresh] == list(ticked)
            self.parties = tuple(replace(p, ticked=ticked[p.family].ticked) if same else p for p in fresh)
            self._show_parties(text)

    def _show_parties(self, text: str = "") -> None:
        if self.door is None:
            return
        words = [party_words(p, n == self.chosen, self.door.book.inside) for n, p in enumerate(self.parties)]
        if not self.parties and text.strip():
            words = [plain(f"  + someone new: {one_line(text.strip())}    Enter, then the age; the rest later")]
        self.query_one("#meant", Words).say(Content("\n").join(words))

    def takes(self, letter: str, typed: str) -> bool:
        """Whether a key was meant for the door and not for the line: an age, a tick, a count."""
        if self.new_name:
            self._age(letter)
            return True
        if letter in "+#":
            self._count(letter)
            return True
        if letter in ",;" and self.parties:
            self._mark(registers.LATE if letter == "," else registers.LEFT)
            return True
        if letter.isdigit() and self.parties and not self._may_be_card(typed + letter):
            self.parties = tuple(p.toggled(int(letter)) if n == self.chosen else p for n, p in enumerate(self.parties))
            self._show_parties()
            return True
        return False

    def _may_be_card(self, text: str) -> bool:
        begun = text.strip().casefold()
        return self.door is not None and any(p.card.casefold().startswith(begun) for p in self.door.attenders if p.card)

    def action_move(self, by: int) -> None:
        """Another family of those found."""
        if self.parties:
            self.chosen = (self.chosen + by) % len(self.parties)
            self._show_parties()

    # -- marking

    @on(LineEntry.Submitted, "#find")
    def enter(self) -> None:
        """Those who are ticked are here; who is in already is shown with what matters; nobody found is somebody new."""
        text = self.query_one("#find", LineEntry).value.strip()
        if self.parties and self.door is not None:
            party = self.parties[self.chosen]
            if party.ticked and party.ticked <= self.door.book.inside:
                self.query_one("#done", Words).say(care_words(party))
                self._clear()
            else:
                self._mark(registers.PRESENT)
        elif text and not registers.is_card(text):
            self.action_newcomer()
        elif text:
            self.say("! No card of that number is known here. Ask the name.")

    def _mark(self, status: str) -> None:
        party = self.parties[self.chosen]
        persons = [each.id for each in party.people if each.id in party.ticked]
        if not persons:
            self.say("! Nobody is ticked: their digit ticks them.")
            return
        at, session = self.kit.clock.now(), self.session
        who = " and ".join(each.name for each in party.people if each.id in party.ticked)
        words = f"{who}: {SAID[status]} {at:%H:%M}."
        self._clear()
        self._save(lambda: (status, Done(words, self.kit.desk.attend(session, persons, status))), self.marked)

    def _save(self, verb: Callable[[], T], then: Callable[[T], None]) -> None:
        """Each in a work of its own: a quick second Enter must not take the place of the first."""
        self.marks += 1
        self.learn(verb, then, f"mark-{self.marks}")

    def marked(self, told: tuple[str, Done]) -> None:
        """It is saved: count it."""
        status, done = told
        self.done.append(done)
        self._now(dict.fromkeys(done.before, status))

    def _now(self, statuses: Mapping[str, str]) -> None:
        if self.door is not None:
            book = self.door.book
            self.door = replace(self.door, book=replace(book, statuses={**book.statuses, **statuses}))
            self._draw()

    def _clear(self) -> None:
        self.query_one("#find", LineEntry).value = ""
        self.say("")

    # -- somebody new

    def action_newcomer(self) -> None:
        """Somebody new: the name is typed, the age is one key."""
        self.new_name = self.query_one("#find", LineEntry).value.strip()
        if self.new_name:
            self.query_one("#meant", Words).say(plain(f"  {one_line(self.new_name)}: {ASK_AGE}"))

    def _age(self, letter: str) -> None:
        band = AGES.get(letter.casefold())
        if band is None:
            self.say("! An age, please: 0 1 2 3 5 7 or a.")
            return
        name, self.new_name = self.new_name, ""
        self._clear()
        self._save(lambda: (name, self.kit.desk.walk_in(self.session, name, band)), self.walked_in)

    def walked_in(self, told: tuple[str, str]) -> None:
        """They are in; read the register again, for there is somebody new in it."""
        name, person = told
        words = f"{name}: in at {self.kit.clock.now():%H:%M}, the rest later."
        self.done.append(Done(words, {person: registers.UNDONE}))
        self.refresh_facts()

    # -- counting and undoing

    def _count(self, letter: str) -> None:
        if self.door is None:
            return
        before = self.door.headcounts.get(self.door.own, Headcount())
        adult = letter == "#"
        self._set_count(Headcount(before.adults + adult, before.children + (not adult)))
        self.done.append(Done("An adult counted." if adult else "A child counted.", {}, before))
        self._draw()

    def _set_count(self, count: Headcount) -> None:
        if self.door is not None:
            self.door = replace(self.door, headcounts={**self.door.headcounts, self.door.own: count})
            desk, session = self.kit.desk, self.session
            self._save(lambda: desk.count_unnamed(session, count.adults, count.children), lambda _: None)

    def action_undo(self) -> None:
        """The last thing was not so."""
        if not self.done:
            self.say("Nothing to undo.")
            return
        last = self.done.pop()
        if last.unnamed is not None:
            self._set_count(last.unnamed)
            self._draw()
            return
        for person, status in last.before.items():
            self._put_back(person, status)

    def _put_back(self, person: str, status: str) -> None:
        self._save(lambda: (status, self.kit.desk.attend(self.session, [person], status)), self.undone)

    def undone(self, told: tuple[str, Mapping[str, str]]) -> None:
        """It is as it was."""
        status, before = told
        self.say("Undone.")
        self._now(dict.fromkeys(before, status))

    # -- lists

    def action_lists(self) -> None:
        """Show the lists, or hide them again."""
        lists = self.query_one("#lists", Rows)
        if lists.has_class("hidden") and self.door is not None:
            lists.show(list_rows(self.door))
            lists.remove_class("hidden")
            lists.focus()
        else:
            lists.add_class("hidden")
            self.query_one("#find", LineEntry).focus()

    @on(Rows.Chosen)
    def from_list(self, event: Rows.Chosen) -> None:
        """A family of the list, at the door."""
        self.action_lists()
        if self.door is not None:
            shown = registers.expected(self.door.attenders, self.door.book)
            self.parties = tuple(p for p in shown if p.people[0].id == event.target[0])
            self.chosen = 0
            self._show_parties()

    def action_in_now(self) -> None:
        """Who is in now."""
        self.go("in-now", session=self.session)

    def action_back(self) -> None:
        """From the age to the name, from the lists to the line, from the line away."""
        if self.new_name:
            self.new_name = ""
            self._draw()
        elif not self.query_one("#lists", Rows).has_class("hidden"):
            self.action_lists()
        elif self.query_one("#find", LineEntry).value:
            self._clear()
        else:
            super().action_back()


SAID = {registers.PRESENT: "in at", registers.LATE: "in, late, at", registers.LEFT: "gone at"}
