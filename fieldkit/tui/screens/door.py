"""The door of a session, at door speed: letters or a card, Enter, next. Parents can see this screen.

Only the family that was asked for stands on it; lists are behind Tab. Nobody's allergies or address are shown unasked.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar, TypeVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content

from fieldkit.casework import registers
from fieldkit.casework.finding import Finder
from fieldkit.casework.registers import Party
from fieldkit.tui.desk import Kit
from fieldkit.tui.plain import one_line, plain
from fieldkit.tui.screens.door_marks import Done, DoorMarks
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
ASK_AGE = "How old?  0 under 1  1  2  3 to 4  5 to 11  7: 12 to 18  a adult"


class FindLine(LineEntry):
    """Where letters and cards go; digits tick while a family is shown, as long as they cannot be a card's."""

    async def _on_key(self, event: events.Key) -> None:
        screen = self.screen
        if event.character and isinstance(screen, DoorScreen) and screen.takes(event.character, self.value):
            event.stop()
            event.prevent_default()
            return
        await super()._on_key(event)


class DoorScreen(DoorMarks):
    """One session's register."""

    CSS_PATH = "door.tcss"
    KEYS = "Enter here  , late  ; gone  = book  + child  # adult  tab lists  f4 in now  ^z"
    HELP_WORDS = (
        "Two or three letters or a card, then Enter: those of the family who are ticked are here. Digits tick and "
        "untick, ↑↓ choose another family; one that only sounds alike is chosen by ↓ first. Nobody found: Enter asks "
        "an age and they are in; ^n does it for a name that others share. = books them, of a course for all weeks "
        "that follow. + and # count a child or an adult without a name. Enter on who is in shows allergies and who "
        "may collect. Nothing here is ever a child seen."
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
        super().__init__(kit, session)
        self.begun = kit.clock.now()
        self.finder = Finder(())
        self.parties: tuple[Party, ...] = ()
        self.chosen = 0
        self.new_name = ""
        """Who walked in and is asked for an age; blank when nobody is."""

    # -- frame

    def where(self) -> str:
        """Which group, where; how many are here of how many."""
        if self.door is None:
            return "At the door"
        row, counts = self.door.session, self.door.counts
        walked = f" · {counts.walk_ins} walked in" if counts.walk_ins else ""
        return f"{row.name}   {counts.came} of {counts.of} here{walked}"

    def state(self) -> str:
        """The top line is the session's: sync is not the parents' business."""
        return self.practice()

    def body(self) -> ComposeResult:
        """The line, who is meant, what was done, the numbers; the lists, hidden."""
        yield FindLine(placeholder="letters of a name, or a card; then Enter", id="find")
        yield Words("", id="meant")
        yield Rows(id="lists", classes="hidden")
        yield Words("", id="done")
        yield Words("", id="counts")

    def refresh_facts(self) -> None:
        """Read the register."""
        self.fresh.clear()
        self.learn(self._read, self.show_door)

    def _read(self) -> tuple[Door, Finder]:
        door = self.kit.desk.door(self.session)
        return door, Finder(door.attenders)

    def show_door(self, told: tuple[Door, Finder]) -> None:
        """Draw what is known now."""
        door, self.finder = told
        self.door = self._with_fresh(door)
        self.draw()

    def draw(self) -> None:
        """The party that is meant, what was done, the numbers; the lists where they are open."""
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
        if self.parties and self.parties[0].near:
            # A sound is only a guess: Enter alone must not mark somebody else.
            self.chosen = -1
            self._show_parties()

    def _search(self, text: str) -> None:
        if self.door is not None and not self.new_name:
            ticked = {party.family: party for party in self.parties}
            fresh = self.finder.found(text, self.door.book)
            same = [each.family for each in fresh] == list(ticked)
            self.parties = tuple(replace(p, ticked=ticked[p.family].ticked) if same else p for p in fresh)
            self._show_parties(text)

    def _show_parties(self, text: str = "") -> None:
        if self.door is None:
            return
        words = [party_words(p, n == self.chosen, self.door.book.inside) for n, p in enumerate(self.parties)]
        if not self.parties and text.strip():
            words = [plain(f"  + someone new: {one_line(text.strip())}    Enter, then the age; the rest later")]
        self.query_one("#meant", Words).say_in_place(Content("\n").join(words))

    def takes(self, letter: str, typed: str) -> bool:
        """Whether a key was meant for the door and not for the line: an age, a tick, a count."""
        if self.new_name:
            self._age(letter)
            return True
        if letter in "+#":
            self.count(int(letter == "#"), int(letter == "+"))
            return True
        if letter in ",;=" and self.parties:
            self._mark({",": registers.LATE, ";": registers.LEFT, "=": registers.BOOKED}[letter])
            return True
        if letter.isdigit() and self.parties and not self.finder.may_be_card(typed + letter):
            self.parties = tuple(p.toggled(int(letter)) if n == self.chosen else p for n, p in enumerate(self.parties))
            self._show_parties()
            return True
        return False

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
        if self.parties and self.chosen < 0:
            self.say("! They only sound like it: ↓ chooses one, ^n is somebody new.")
        elif self.parties and self.door is not None:
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
        """Those who are ticked, of the family that is chosen."""
        party = self.parties[self.chosen] if self.chosen >= 0 else None
        if party is None or not self.mark([each for each in party.people if each.id in party.ticked], status):
            self.say("! Nobody is ticked: their digit ticks them, ↓ chooses a family.")
            return
        self._clear()

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
        self.done.append(Done(words, {self.session: {person: registers.UNDONE}}))
        self.refresh_facts()

    # -- lists

    def action_lists(self) -> None:
        """Show the lists, or hide them again."""
        lists = self.query_one("#lists", Rows)
        if lists.has_class("hidden") and self.door is not None:
            lists.show(list_rows(self.door))
            self.set_class(True, "listing")
            lists.remove_class("hidden")
            lists.focus()
        else:
            self.query_one("#find", LineEntry).focus()

    @on(events.DescendantFocus)
    def hide_lists(self, event: events.DescendantFocus) -> None:
        """Whatever else gets the keyboard, or a click: the lists are gone."""
        if event.widget.id != "lists":
            self._hide()

    @on(events.ScreenSuspend)
    def left(self) -> None:
        """Another screen is on top: who comes back finds no list."""
        if not self.query_one("#lists", Rows).has_class("hidden"):
            self.query_one("#find", LineEntry).focus()

    def _hide(self) -> None:
        self.set_class(False, "listing")
        self.query_one("#lists", Rows).add_class("hidden")

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
            self.draw()
        elif not self.query_one("#lists", Rows).has_class("hidden"):
            self.action_lists()
        elif self.query_one("#find", LineEntry).value:
            self._clear()
        else:
            super().action_back()
