"""What the door does to the register: marks, bookings, counts without a name, and the way back of each."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, TypeVar

from fieldkit.casework import registers
from fieldkit.casework.registers import Attender, Headcount
from fieldkit.tui.desk import Kit
from fieldkit.tui.screens.base import WorkspaceScreen

if TYPE_CHECKING:
    from fieldkit.workspace.registers import Door

T = TypeVar("T")
SAID = {registers.PRESENT: "in at", registers.LATE: "in, late, at", registers.LEFT: "gone at"}


@dataclass(frozen=True, slots=True)
class Done:
    """What was done last, to be undone: who stood how before, by session; or this laptop's count before."""

    words: str
    before: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    unnamed: Headcount | None = None


class DoorMarks(WorkspaceScreen):
    """One session's register, as it is changed; what is drawn is the door's own."""

    def __init__(self, kit: Kit, session: str) -> None:
        super().__init__(kit)
        self.session = session
        self.door: Door | None = None
        self.fresh: dict[str, str] = {}
        """What was saved since the register began to be read: a reading that comes back may not know it."""
        self.counted: Headcount | None = None
        """This laptop's own count, once it was changed here."""
        self.done: list[Done] = []
        self.marks = 0

    def draw(self) -> None:
        """Paint what is known now."""

    def _save(self, verb: Callable[[], T], then: Callable[[T], None]) -> None:
        """Each in a work of its own: a quick second Enter must not take the place of the first."""
        self.marks += 1
        self.learn(verb, then, f"mark-{self.marks}")

    # -- marking

    def mark(self, people: Iterable[Attender], status: str) -> bool:
        """Say of people that they are in, late, gone or booked; whether there was anybody to say it of."""
        ticked = list(people)
        if status == registers.PRESENT and self.door is not None:
            # Who came late stays late when the rest of the family comes.
            ticked = [each for each in ticked if each.id not in self.door.book.inside]
        if not ticked:
            return False
        persons, desk, session = [each.id for each in ticked], self.kit.desk, self.session
        who = " and ".join(each.name for each in ticked)
        if status == registers.BOOKED:
            self._save(lambda: (who, desk.book(session, persons)), self.booked)
            return True
        words = f"{who}: {SAID[status]} {self.kit.clock.now():%H:%M}."
        self._save(lambda: (status, Done(words, {session: desk.attend(session, persons, status)})), self.marked)
        return True

    def marked(self, told: tuple[str, Done]) -> None:
        """It is saved: count it."""
        status, done = told
        self.done.append(done)
        self._now(dict.fromkeys(done.before[self.session], status))

    def booked(self, told: tuple[str, Mapping[str, Mapping[str, str]]]) -> None:
        """They are booked; of a course, for every week from now on."""
        who, before = told
        weeks = sum(1 for people in before.values() if people)
        if not weeks:
            self.say("They were booked already.")
            return
        self.done.append(Done(f"{who}: booked" + (f" for {weeks} weeks." if weeks > 1 else "."), before))
        self._now(dict.fromkeys(before.get(self.session, {}), registers.BOOKED))

    def _now(self, statuses: Mapping[str, str]) -> None:
        self.fresh |= statuses
        if self.door is not None:
            self.door = self._with_fresh(self.door)
            self.draw()

    def _with_fresh(self, door: Door) -> Door:
        """A register as it was read, with what was done here meanwhile."""
        own = {door.own: self.counted} if self.counted else {}
        book = replace(door.book, statuses={**door.book.statuses, **self.fresh})
        return replace(door, book=book, headcounts={**door.headcounts, **own})

    # -- counting without a name

    def count(self, adults: int, children: int) -> None:
        """So many more without a name, on this laptop."""
        if self.door is None:
            return
        before = self.door.headcounts.get(self.door.own, Headcount())
        self._set_count(Headcount(before.adults + adults, before.children + children))
        self.done.append(Done("An adult counted." if adults else "A child counted.", unnamed=before))
        self.draw()

    def _set_count(self, count: Headcount) -> None:
        if self.door is not None:
            self.counted = count
            self.door = self._with_fresh(self.door)
            desk, session = self.kit.desk, self.session
            self._save(lambda: desk.count_unnamed(session, count.adults, count.children), lambda _: None)

    # -- undoing

    def action_undo(self) -> None:
        """The last thing was not so."""
        if not self.done:
            self.say("Nothing to undo.")
            return
        last = self.done.pop()
        if last.unnamed is not None:
            self._set_count(last.unnamed)
            self.draw()
        for session, people in last.before.items():
            if people:
                self._put_back(session, people)

    def _put_back(self, session: str, people: Mapping[str, str]) -> None:
        desk = self.kit.desk
        self._save(lambda: desk.unmark(session, people), self.undone if session == self.session else lambda _: None)

    def undone(self, statuses: Mapping[str, str]) -> None:
        """It is as it was; or as another laptop says."""
        self.say("Undone.")
        self._now(statuses)
