"""Views that a person acts on: what is agreed and signed, what a sync did, a conflict, a record, a finding."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from fieldkit.casework.evidence import BY_THEMSELVES, FOR_THEMSELVES, Standing, Support
from sync.changes import Value


@dataclass(frozen=True, slots=True)
class Me:
    """Who works at this device, by account and person."""

    worker: str
    worker_id: str
    role: str
    team: str
    device: str
    enrolled: bool
    person: str = ""
    kept_by: str = ""
    """Their id here, where it is not the person for whom the device was made: it goes with what they write."""
    keeps_register: bool = False

    @property
    def author(self) -> str:
        """Who it was, as seals tell it: the account, and the person where that is another one."""
        return f"{self.worker_id} person:{self.kept_by}".removesuffix(" person:")


@dataclass(frozen=True, slots=True)
class Giver:
    """Who agrees, and in what capacity."""

    name: str = field(repr=False)
    role: str = ""
    capacity: str = ""
    standing: Standing = FOR_THEMSELVES
    """In whose place; what is blank is taken from the form, where it tells."""
    language: str = ""
    """Of the text; empty: the one that the form tells of, else English."""


@dataclass(frozen=True, slots=True)
class Frozen:
    """The exact text and answers that are agreed to, with their hashes."""

    text: str = field(repr=False)
    answers: Mapping[str, Value] = field(repr=False)
    text_hash: str
    answers_hash: str
    form: str
    giver: Giver
    record: str = ""
    family: str = ""
    form_hash: str = ""
    language: str = "en"
    translation: str = field(default="", repr=False)
    """What the worker is told of the language: whose translation it is, or that there is none."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """How somebody agreed, refused, or did not yet. Every kind has the same rank."""

    method: str
    """drawn, typed, paper, witnessed, phone, participation, referral, refused, not-today."""
    name: str = field(default="", repr=False)
    role: str = ""
    statement: str = field(default="", repr=False)
    strokes: Sequence[Sequence[Sequence[float]]] = field(default=(), repr=False)
    """Strokes of points (x, y in cells, t in seconds)."""
    witness: str = field(default="", repr=False)
    place: str = field(default="", repr=False)
    interpreter: str = field(default="", repr=False)
    support: Support = BY_THEMSELVES


@dataclass(frozen=True, slots=True)
class SyncReport:
    """What a sync did."""

    pushed: int
    pulled: int
    conflicts: int
    parked: int
    bytes_up: int
    bytes_down: int
    requests: int
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Side:
    """One value of a conflict, with who said it and when."""

    row: str
    mine: bool
    value_text: str = field(repr=False)
    who: str
    when: datetime
    device_label: str
    words: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class ConflictCard:
    """A conflict to be decided by a person."""

    id: str
    family: str
    family_name: str = field(repr=False)
    record: str
    field_label: str
    klass: str
    due: datetime
    was: str = field(repr=False)
    sides: tuple[Side, ...]
    shown: str = field(repr=False)
    shown_why: str
    less_protective: tuple[str, ...]
    proposed_by: str | None
    also_changed: tuple[str, ...] = field(repr=False)
    blocked_by_room: bool
    withdrawn: tuple[str, ...] = field(default=(), repr=False)
    """Proposals that count no more, because another value came."""
    proposed: str = field(default="", repr=False)
    """The less protective value that waits for a second person, and why it was proposed."""


@dataclass(frozen=True, slots=True)
class Resolution:
    """What a decision did: applied, or proposed until a second person agrees."""

    state: str


@dataclass(frozen=True, slots=True)
class FieldView:
    """One answer of a record."""

    path: str
    label: str
    value_text: str = field(repr=False)
    changed_after_signing: bool = False
    contested: bool = False
    """Somebody says otherwise, and nobody has decided yet."""


@dataclass(frozen=True, slots=True)
class RecordView:
    """A record with its answers, in form order."""

    id: str
    kind: str
    title: str
    family: str
    state: str
    fields: tuple[FieldView, ...]
    history: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Finding:
    """Something `verify` found wrong, without any answer."""

    what: str
    where: str
    cure: str
