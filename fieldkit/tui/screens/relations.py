"""Who is what to whom in a family: what is written, and one more, chosen by keys alone; a birth."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from fieldkit.casework.household import BONDS, SOURCES, responsibility
from fieldkit.tui.desk import Kit
from fieldkit.tui.plain import plain
from fieldkit.tui.screens.sheet import SheetScreen
from fieldkit.tui.widgets.entry import LineEntry
from fieldkit.tui.widgets.rows import Row, Rows, heading
from fieldkit.tui.widgets.words import Words

if TYPE_CHECKING:
    from fieldkit.casework.household import Relation
    from fieldkit.workspace.views import FamilyPage, PersonRow

Facts = tuple["FamilyPage", Sequence["Relation"]]
PR_CHOICES = (
    ("", "", "not known"),
    *(("yes", source, words) for source, words in SOURCES.items()),
    ("no", "", "no parental responsibility"),
)
"""What is asked about parental responsibility: answer, where from, words."""


class RelationsScreen(SheetScreen):
    """One list that asks: who, what, to whom, and where responsibility comes from."""

    WHERE = "Who is what to whom"
    KEYS = "Enter choose  n new person  d ended, or written wrongly  b born  esc back  F1"
    HELP_WORDS = (
        "Choose a person, then what they are, then to whom. It is kept once and read from both ends. d on a line says "
        "that it ended or was wrong. b on an expected child asks for the birthday: the same person goes on."
    )
    AUTO_FOCUS: ClassVar[str | None] = "Rows"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("n", "newcomer", "Add a person", show=False),
        Binding("d", "ended", "It ended, or was written wrongly", show=False),
        Binding("b", "born", "A child is born", show=False),
    ]

    def __init__(self, kit: Kit, family: str) -> None:
        super().__init__(kit)
        self.family = family
        self.people: dict[str, PersonRow] = {}
        self.written: Sequence[Relation] = ()
        self.said: tuple[str, ...] = ()
        """What was chosen so far: one, word, other."""
        self.child = ""
        """Who was born; blank when nobody is asked about."""

    def column(self) -> ComposeResult:
        """The question, the list, the line for a birthday."""
        yield Words("", id="asks")
        yield Rows()
        yield LineEntry(placeholder="yyyy-mm-dd and the given name", id="birthday", classes="tucked", disabled=True)

    def refresh_facts(self) -> None:
        """Ask for people and relationships."""
        self.learn(lambda: (self.kit.desk.family(self.family), self.kit.desk.relations(self.family)), self.show_facts)

    def show_facts(self, facts: Facts) -> None:
        """Draw the question that comes next."""
        page, self.written = facts
        self.people = {person.id: person for person in page.people}
        self.ask()

    def ask(self) -> None:
        """The next question and its answers."""
        question, rows = self._question()
        self.query_one("#asks", Words).say(plain(question, "bold"))
        self.query_one(Rows).show(rows)

    def _question(self) -> tuple[str, list[Row]]:
        if not self.said:
            people = [_row(_about(each), "one", each.id) for each in self.people.values()]
            known = [_row(self._line(each), "relation", each.id) for each in self.written if not each.ended]
            return "Who? (or a line below, then d)", [*people, heading("Written"), *known]
        first = self.people[self.said[0]].name
        if len(self.said) == 1:
            return f"{first} is …", [_row(bond.says, "word", word) for word, bond in BONDS.items()]
        says = BONDS[self.said[1]].says
        if len(self.said) == 2:
            others = [each for each in self.people.values() if each.id != self.said[0]]
            return f"{first} is {says} …", [_row(_about(each), "other", each.id) for each in others]
        second = self.people[self.said[2]].name
        choices = [_row(words, "pr", f"{yes} {source}") for yes, source, words in PR_CHOICES]
        return f"{first} is {says} {second}. Parental responsibility?", choices

    def _line(self, each: Relation) -> str:
        names = [self.people[id].name if id in self.people else "somebody" for id in (each.one, each.other)]
        bond = BONDS.get(each.word)
        return ", ".join(
            filter(None, (f"{names[0]}: {bond.says if bond else each.word} {names[1]}", responsibility(each)))
        )

    @on(Rows.Chosen)
    def answer(self, event: Rows.Chosen) -> None:
        """Take an answer; the last one keeps the relationship."""
        part, told = event.target
        if part == "relation":
            self.say("d says that it ended, or was written wrongly.")
            return
        if part == "pr":
            yes, _, source = told.partition(" ")
            self._keep(yes, source)
            return
        self.said = (*self.said, told)
        asks_pr = len(self.said) == 3 and BONDS[self.said[1]].parent and self.said[1] != "mother"
        if len(self.said) == 3 and not asks_pr:
            self._keep("", "")
        else:
            self.ask()

    def _keep(self, pr: str, source: str) -> None:
        one, word, other = self.said
        self.said = ()
        self.learn(partial(self.kit.desk.relate, one, word, other, pr, source), self.kept)

    def kept(self, _: object) -> None:
        """It is kept."""
        self.say("Kept. It is read from both ends.")
        self.refresh_facts()

    def action_ended(self) -> None:
        """The relationship under the highlight ended."""
        part, told = self.query_one(Rows).target or ("", "")
        if part == "relation":
            self.learn(partial(self.kit.desk.end_relation, told), self.kept)
        else:
            self.say("! Choose a line that is written first.")

    def action_newcomer(self) -> None:
        """Somebody who is not here yet."""
        self.go("new-person", family=self.family)

    def action_born(self) -> None:
        """The expected child under the highlight is born."""
        part, told = self.query_one(Rows).target or ("", "")
        if part != "one":
            self.say("! Choose the child first.")
            return
        self.child = told
        line = self.query_one("#birthday", LineEntry)
        line.disabled = False
        line.remove_class("tucked")
        line.focus()
        self.say("Date of birth and given name, then Enter.")

    @on(LineEntry.Submitted, "#birthday")
    def keep_birth(self, event: LineEntry.Submitted) -> None:
        """The same person, with a birthday."""
        dob, _, given = event.value.strip().partition(" ")
        self.learn(partial(self.kit.desk.born, self.child, dob, given), self.was_born)

    def was_born(self, _: object) -> None:
        """Back to the list."""
        self._close_line()
        self.say("Kept: the same person, now with a birthday.")
        self.refresh_facts()

    def _close_line(self) -> None:
        line = self.query_one("#birthday", LineEntry)
        line.value, line.disabled, self.child = "", True, ""
        line.add_class("tucked")
        self.query_one(Rows).focus()

    def action_back(self) -> None:
        """One question back; from the first, one screen."""
        if self.child:
            self._close_line()
        elif self.said:
            self.said = self.said[:-1]
            self.ask()
        else:
            super().action_back()


def _row(words: str, part: str, told: str) -> Row:
    return Row(plain(words), (part, told))


def _about(person: PersonRow) -> str:
    age = person.age_words or (str(person.age) if person.age is not None else "")
    return "  ".join(filter(None, (person.name, age, person.relation)))
