"""What stands at the door, as words. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from textual.content import Content

from fieldkit.casework import registers
from fieldkit.casework.finding import perhaps_the_same
from fieldkit.casework.registers import Attender, Counts, Party
from fieldkit.tui.plain import one_line, plain
from fieldkit.tui.widgets.rows import Row, columns, heading

if TYPE_CHECKING:
    from fieldkit.workspace.registers import Door


def party_words(party: Party, chosen: bool, inside: frozenset[str]) -> Content:
    """One family: who is ticked by their digits, why they are expected, a silent mark."""
    names = [
        f"{number} {'■' if each.id in party.ticked else '□'} {each.name}{' (in)' if each.id in inside else ''}"
        for number, each in enumerate(party.people, 1)
    ]
    lead = "   ▪ see lead" if party.see_lead else ""
    mark = "▸" if chosen else " "
    return plain(f"{mark} {one_line('   '.join(names))}    {party.why}{lead}", "bold" if chosen else "")


def care_words(party: Party) -> str:
    """What matters of who is in: allergies and who may collect; asked for by Enter."""
    told = []
    for each in party.people:
        said = [f"allergies: {each.allergies}"] if each.allergies else []
        said += [f"collected by: {each.collect}"] if each.collect else []
        told += [f"{each.name}: {', '.join(said)}"] if said else []
    return one_line("   ".join(told)) or "In already. Nothing is noted about allergies or collecting."


def count_words(counts: Counts) -> str:
    """The numbers at the foot."""
    people = counts.adults + counts.children
    unnamed = f", {counts.unnamed} without a name" if counts.unnamed else ""
    first = f"   first time {counts.first_time}" if counts.first_time else ""
    adults = "1 adult" if counts.adults == 1 else f"{counts.adults} adults"
    children = "1 child" if counts.children == 1 else f"{counts.children} children"
    return f"Came {people}: {adults}, {children}{unnamed}   under fives {counts.under_fives}{first}"


def list_rows(door: Door) -> list[Row]:
    """Who is expected and who is here; and walk-ins that may be one person."""
    inside, statuses = door.book.inside, door.book.statuses
    rows = [heading("Only while nobody looks over your shoulder. Tab hides it.")]
    if registers.must_not_meet(door.attenders, door.book):
        rows.append(heading("▪ Two who are down for this session must not meet: see lead."))
    for party in registers.expected(door.attenders, door.book):
        here = [each.name for each in party.people if each.id in inside]
        gone = [each.name for each in party.people if statuses.get(each.id) == registers.LEFT]
        told = f"here: {', '.join(here)}" if here else f"gone: {', '.join(gone)}" if gone else party.why
        mark = "▪ see lead  " if party.see_lead else ""
        rows.append(Row(columns((party.names, 36), (mark + told, 0)), (party.people[0].id,)))
    walked: Sequence[Attender] = [each for each in door.attenders if each.walk_in and each.id in inside]
    for one, other in perhaps_the_same(walked):
        rows.append(heading(f"Perhaps one person, written twice: {one.name} and {other.name}. Undo one of them."))
    return rows
