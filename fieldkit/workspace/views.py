"""What the workspace shows to screens and commands: frozen values, no ids on display, no behaviour."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from fieldkit.workspace.cards import (
    ConflictCard,
    Evidence,
    FieldView,
    Finding,
    Frozen,
    Giver,
    Me,
    RecordView,
    Resolution,
    Side,
    SyncReport,
)
from fieldkit.workspace.whole import ActionRow, LikeRow, OpenAssessment, ScoreRow, Whole
from sync.changes import Value

if TYPE_CHECKING:
    from fieldkit.store.exports_made import ExportMade


@dataclass(frozen=True, slots=True)
class DraftRow:
    """An unfinished form."""

    id: str
    form: str
    form_title: str
    family: str
    family_name: str = field(repr=False)
    part: str
    answered: int
    total: int
    saved_at: datetime
    missing: int
    restored: str = ""
    """Where it was restored from, in words; blank for a draft that was begun here."""


@dataclass(frozen=True, slots=True)
class DueRow:
    """Something due on a day."""

    what: str
    family: str
    family_name: str = field(repr=False)
    on: date
    overdue: bool


@dataclass(frozen=True, slots=True)
class ConflictRow:
    """An open conflict in a list."""

    id: str
    family: str
    family_name: str = field(repr=False)
    field_label: str
    klass: str
    due: datetime
    opened: datetime


@dataclass(frozen=True, slots=True)
class ConcernRow:
    """A concern, and whether a named person has read it."""

    id: str
    family: str
    family_name: str = field(repr=False)
    about: str = field(repr=False)
    raised_at: datetime
    state: str
    """waiting, sent, confirmed, read."""
    read_by: str | None


@dataclass(frozen=True, slots=True)
class UnsignedRow:
    """An agreement or assessment that nobody has signed yet."""

    record: str
    family: str
    family_name: str = field(repr=False)
    since: date


@dataclass(frozen=True, slots=True)
class NewerRow:
    """A form of which a newer version is here, and the drafts that can go over to it."""

    form_title: str
    drafts: tuple[str, ...]
    """Draft ids, the latest saved first."""


@dataclass(frozen=True, slots=True)
class ToRecord:
    """A visit whose note is still to be written."""

    family: str
    family_name: str = field(repr=False)
    due: datetime
    draft: str
    """The note that was begun; blank when none was."""


@dataclass(frozen=True, slots=True)
class Today:
    """What the day needs."""

    date: date
    drafts: tuple[DraftRow, ...]
    due: tuple[DueRow, ...]
    conflicts: tuple[ConflictRow, ...]
    concerns: tuple[ConcernRow, ...]
    unsigned: tuple[UnsignedRow, ...]
    waiting: int
    newer: tuple[NewerRow, ...] = ()
    copies: str = ""
    """What to tell when the copies of the drafts here are old; blank when there is nothing to tell."""
    notices: tuple[str, ...] = ()
    """What the device itself asks to be seen to: a disk that is nearly full, a store that is damaged."""
    exports: tuple[ExportMade, ...] = ()
    to_record: tuple[ToRecord, ...] = ()
    """Visits whose note is still to be written, the most urgent first."""
    closed: str = ""
    """Why nothing of what is carried is shown; blank when it is."""


@dataclass(frozen=True, slots=True)
class FamilyRow:
    """A family in a list."""

    id: str
    name: str = field(repr=False)
    people: tuple[str, ...] = field(repr=False)
    postcode: str
    risk: str
    draft: bool = False
    conflict: bool = False


@dataclass(frozen=True, slots=True)
class Found:
    """A family or person that a search found."""

    kind: str
    id: str
    family: str
    name: str = field(repr=False)
    detail: str = field(repr=False)
    match: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class PersonRow:
    """One person of a family."""

    id: str
    name: str = field(repr=False)
    age: int | None
    relation: str
    pr: str
    where: str
    flags: tuple[str, ...] = ()
    age_words: str = ""
    """How old, as people say it; when an unborn child is expected."""
    days: str = ""
    """On which days they are where, of somebody with two homes."""
    ties: tuple[str, ...] = field(default=(), repr=False)
    """What they are to the others: "mother of Ada, PR by birth"."""


@dataclass(frozen=True, slots=True)
class AgreementRow:
    """One giver's agreement."""

    record: str
    giver: str = field(repr=False)
    on: date
    state: str
    signed: bool


@dataclass(frozen=True, slots=True)
class PermissionRow:
    """What one giver said about one agency."""

    agency: str
    giver: str = field(repr=False)
    decision: str
    topics: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RecordRow:
    """A record in a list."""

    record: str
    kind: str
    on: date
    title: str
    state: str
    author: str = ""


@dataclass(frozen=True, slots=True)
class EventRow:
    """A line of the chronology."""

    record: str
    kind: str
    on: date
    title: str
    line: str = field(repr=False)
    state: str
    author: str
    seen: str = ""
    """Whether a child was seen, as a fact; blank where it is no question."""
    about: tuple[str, ...] = field(default=(), repr=False)
    """Who of the family it names."""


@dataclass(frozen=True, slots=True)
class FamilyPage:
    """The whole of a family on one page."""

    id: str
    name: str = field(repr=False)
    lead: str
    risk: str
    address: str = field(repr=False)
    banners: tuple[str, ...]
    people: tuple[PersonRow, ...]
    agreements: tuple[AgreementRow, ...]
    permissions: tuple[PermissionRow, ...]
    assessments: tuple[RecordRow, ...]
    notes: tuple[RecordRow, ...]
    chronology: tuple[EventRow, ...]
    taken_back: tuple[str, ...] = field(default=(), repr=False)
    """What somebody took back, and where it had gone: first on the page, in red and in words."""
    whole: Whole = field(default_factory=Whole)


@dataclass(frozen=True, slots=True)
class PersonDetails:
    """A person to be added; only what is known."""

    given: str = field(default="", repr=False)
    surname: str = field(default="", repr=False)
    known_as: str = field(default="", repr=False)
    dob: str = field(default="", repr=False)
    expected: str = ""
    sex: str = ""
    phone: str = field(default="", repr=False)
    nhs_number: str = field(default="", repr=False)
    relation: str = ""
    pr: str = ""
    household: str = ""
    days: str = ""


@dataclass(frozen=True, slots=True)
class FormRow:
    """A form that can be begun."""

    id: str
    title: str
    version: str
    home: str = "family"
    """The kind of record it is begun for: a family, or a centre."""


@dataclass(frozen=True, slots=True)
class CentreRow:
    """A centre on this device, and how many of its registers are here."""

    id: str
    name: str
    sessions: int


@dataclass(frozen=True, slots=True)
class Carried:
    """What was told before, to be asked again as "still right?"."""

    value: Value = field(repr=False)
    value_text: str = field(repr=False)
    who: str
    on: date
    klass: str = "ordinary"
    """How the form that it was told to classes it."""


Progress = Any
"""What sync tells while it runs: `sync.client.Progress`."""
__all__ = [
    "ActionRow",
    "AgreementRow",
    "Carried",
    "ConcernRow",
    "ConflictCard",
    "ConflictRow",
    "DraftRow",
    "DueRow",
    "EventRow",
    "Evidence",
    "FamilyPage",
    "FamilyRow",
    "FieldView",
    "Finding",
    "FormRow",
    "Found",
    "Frozen",
    "Giver",
    "LikeRow",
    "Me",
    "NewerRow",
    "OpenAssessment",
    "PermissionRow",
    "PersonDetails",
    "PersonRow",
    "Progress",
    "RecordRow",
    "RecordView",
    "Resolution",
    "ScoreRow",
    "Side",
    "SyncReport",
    "Today",
    "UnsignedRow",
    "Whole",
]
