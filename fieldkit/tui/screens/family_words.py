"""The words of a family's page: banners, who is who, what may be shared, the plan, the scores. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from textual.content import Content

from fieldkit.casework.plan import LATE, MARKS
from fieldkit.casework.scores import VOICES
from fieldkit.tui.plain import one_line, plain
from fieldkit.tui.when import STATES
from fieldkit.tui.widgets.rows import Row, columns, heading

if TYPE_CHECKING:
    from fieldkit.workspace.views import ActionRow, AgreementRow, EventRow, FamilyPage, PermissionRow, PersonRow

SHORT = 34
"""Below so many columns of room a line of the left half names what and who; the rest stands on its own screen."""


def banner_words(page: FamilyPage) -> Content:
    """Lead, risk, how the episode stands, and what everybody who opens this page must see first."""
    whole = page.whole
    since = f", since {whole.lead_since.day} {whole.lead_since:%b}" if whole.lead_since else ""
    lead = f"Lead {page.lead}{since}" if page.lead else "No lead yet"
    first = " · ".join(part for part in (lead, _risk(page), whole.agreed) if part)
    lines = [plain(f"! {words}", "bold red") for words in page.taken_back]
    lines += [plain(f"! {banner}", "bold") for banner in page.banners]
    lines.append(plain(first))
    lines += [plain(words) for words in (whole.stands[:1].upper() + whole.stands[1:],) if words]
    lines += [plain(f"! {words}", "bold") for words in (*whole.advice, *whole.differing)]
    return Content("\n").join(lines)


def _risk(page: FamilyPage) -> str:
    return f"risk level {page.risk}" if page.risk else ""


def who_words(page: FamilyPage, room: int = SHORT) -> Content:
    """The left half: who is at home and elsewhere, what may be shared, the plan, who agreed."""
    lines = [plain(f"At home{', ' + page.address if page.address else ''}", "bold")]
    lines += [_person(person, room) for person in page.people if person.where != "elsewhere"]
    elsewhere = [_person(person, room) for person in page.people if person.where == "elsewhere"]
    if elsewhere:
        lines += [plain("Elsewhere", "bold"), *elsewhere]
    lines += _shared(page)
    if page.whole.actions:
        lines += [Content(""), plain("Plan", "bold"), *(action_line(row, room) for row in page.whole.actions)]
    if page.agreements:
        lines += [Content(""), plain("Agreements", "bold"), *(_agreement(row) for row in page.agreements)]
    return Content("\n").join(lines)


def _person(person: PersonRow, room: int) -> Content:
    age = person.age_words or (str(person.age) if person.age is not None else "")
    homes = f"two homes{': ' + person.days if person.days else ''}" if person.where == "both" else person.days
    parts = (age, person.relation, "" if person.ties else person.pr, homes)
    line = plain(f" {person.name}") + plain(f"  {' '.join(part for part in parts if part)}", "dim")
    for flag in person.flags:
        line += Content("\n") + plain(f"   ! {flag}", "bold")
    if room > SHORT:
        for tie in person.ties:
            line += Content("\n") + plain(f"   {tie}", "dim")
    return line


def _shared(page: FamilyPage) -> Iterator[Content]:
    """May we share? At a glance where that is known, else what each giver said."""
    told = [plain(f" {agency}: {answer}") for agency, answer in page.whole.agencies]
    told = told or [_permission(row) for row in page.permissions]
    if told:
        yield from (Content(""), plain("May we share?", "bold"), *told)


def _permission(row: PermissionRow) -> Content:
    topics = f" ({', '.join(row.topics)})" if row.topics else ""
    return plain(f" {row.agency}: {row.decision}{topics}")


def _agreement(row: AgreementRow) -> Content:
    signed = "signed" if row.signed else "! not signed"
    return plain(f" {row.giver or 'somebody'} · {row.on.day} {row.on:%b} · {signed}")


def action_line(row: ActionRow, room: int = SHORT) -> Content:
    """An action: mark, what, who, and how it stands in a word."""
    day = f"{row.by.day} {row.by:%b}" if row.by else ""
    wide = room > SHORT
    late = f"late {day}" if wide else LATE
    word = late if row.stands == LATE else row.stands if room > 2 * SHORT else day
    style = "bold" if row.stands == LATE else ""
    owner = 8 if wide else 6
    line = columns(
        (MARKS[row.stands], 1), (row.what, room - owner - (18 if wide else 13)), (row.owner, owner), (word, 0), gap=" "
    )
    return line.stylize(style) if style else line


def score_words(page: FamilyPage, most: int = 3) -> Content:
    """How worried people are, voice by voice, and what to talk about."""
    rows = page.whole.scores
    if not rows:
        return Content("")
    lines = [plain("How worried (0 must act now … 10 no worries)", "bold")]
    about = rows[0].about
    for row in rows[:most]:
        subject = "" if row.about == about else f"  {row.about}"
        voice = f"{VOICES.get(row.voice, row.voice):<16}"
        lines.append(plain(f" {voice}{row.first} {row.picture} {row.last}{subject}"))
    lines += [plain(f" ← {one_line(words)}", "bold") for words in page.whole.talk[:2]]
    return Content("\n").join(lines)


def event_rows(page: FamilyPage, room: int = 27, chosen: tuple[EventRow, ...] | None = None) -> list[Row]:
    """The right half: drafts to go on with, then what happened, newest first; only what was asked for."""
    shown = page.chronology if chosen is None else chosen
    drafts = [row for row in shown if row.state == "draft"]
    rows: list[Row] = []
    if drafts:
        rows = [heading("Unfinished")]
        rows += [Row(columns((row.title, 28), ("draft", 0)), ("form", row.record)) for row in drafts]
        rows += [heading("")]
    left = len(page.chronology) - len(shown)
    rows.append(heading("What happened" + (f"   {left} not shown: esc shows all" if left else "")))
    rows += [
        Row(
            columns(
                (f"{event.on.day:>2} {event.on:%b}", 6),
                (event.title, 9 if room < 30 else 16),
                (event.line, room - 9 if room < 30 else room - 16),
                (STATES.get(event.state, event.state), 0),
                gap=" ",
            ),
            ("concern-state" if event.kind == "concern" else "record", event.record),
        )
        for event in shown
        if event.state != "draft"
    ]
    return rows if len(rows) > 1 or left else [*rows, heading(" Nothing is written yet.")]
