"""The one place that decides who may use which verb now: by the person's role on this device, and by its lease.

Every public verb of the workspace is guarded when it is called from outside; what a verb calls in its turn is not asked
again. A verb that is not in the table is taken for one that reads everything.
"""

from __future__ import annotations

import inspect
import threading
from collections.abc import Callable, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from functools import wraps
from typing import TYPE_CHECKING, Any, TypeVar

from fieldkit.casework.kinds import home_of
from fieldkit.errors import FieldkitError, UnknownRecord
from fieldkit.vault import REGISTER

if TYPE_CHECKING:
    from collections.abc import Iterator

REGISTER_KINDS = frozenset({"centre", "session", "attendance", "attended", "headcount", "registration", "form"})
"""What somebody who only keeps the register works with."""
T = TypeVar("T", bound=type)


class Act(StrEnum):
    """What a verb does with what is kept."""

    READ = "read"
    CHANGE = "change"
    CAPTURE = "capture"
    """Makes something new, and shows nothing of what is there."""
    DRAFT = "draft"
    """Works on an unfinished form."""
    KEEP = "keep"
    """Looks after the device: no record is shown."""
    RULE = "rule"
    """Decides about the device itself: not for who only keeps the register."""


@dataclass(frozen=True, slots=True)
class Rule:
    """What a verb does, and which of its arguments says to what."""

    act: Act
    about: str = ""
    """`form`, `draft`, `record`, `thing` (a record or a draft), `kind`, `register` (always the register's)."""
    named: str = ""
    """The argument's name, where it is not that of `about`."""


@dataclass(frozen=True, slots=True)
class Subject:
    """What a verb is asked about."""

    register: bool = False
    """Whether it belongs to the register."""
    own: bool = False
    """A draft of the person's own, or what they filed of it and central has not yet: it is still to be signed."""


@dataclass(frozen=True, slots=True)
class Standing:
    """Who asks, and how things stand."""

    role: str
    lease_over: bool


class LeaseOver(FieldkitError):
    """The device has not heard central for too long."""

    said = "This laptop has not synced for longer than your council allows, so it shows nothing of what it carries."
    cure = "Sync to go on. Until then you can write new records and your own drafts; nothing is lost."


class NotYourRole(FieldkitError):
    """A verb that is not for who only keeps the register."""

    said = "You keep the register on this laptop; this is not part of it."
    cure = "Ask a colleague who works with families. Nothing has been changed."


def refusal(rule: Rule, subject: Subject, standing: Standing) -> type[FieldkitError] | None:
    """Why a verb is refused now; None when it is not."""
    if rule.act is Act.KEEP:
        return None
    if standing.role == REGISTER and (rule.act is Act.RULE or not subject.register):
        return NotYourRole
    if not standing.lease_over or rule.act in (Act.CAPTURE, Act.RULE) or subject.own:
        return None
    return LeaseOver


_KEEP, _RULE, _READ, _CAPTURE = Rule(Act.KEEP), Rule(Act.RULE), Rule(Act.READ), Rule(Act.CAPTURE)
_OF_RECORD, _OF_THING = Rule(Act.READ, "record"), Rule(Act.READ, "thing")
_OF_DRAFT = Rule(Act.DRAFT, "draft")

RULES: Mapping[str, Rule] = {
    # the device: no record is shown
    **dict.fromkeys(
        (
            "close",
            "council_slot",
            "forms",
            "lease",
            "listen",
            "loaded",
            "interview",
            "must_be_enrolled",
            "new_id",
            "newer_forms",
            "note_fault",
            "note_keys",
            "on_trouble",
            "pin_set",
            "session_token",
            "set_pin",
            "sign_in",
            "sign_out",
            "signed_in_until",
            "status",
            "sync",
            "end_visit",
            "to_record",
            "only_theirs",
            "resume_visit",
            "extend_visit",
            "safe_out",
            "timer",
            "tell_keys",
            "try_pin",
            "when",
            "worker_name",
            "today",
            "told_before",
            "anchor",
            "central_heard",
            "check_behind",
            "copies_elsewhere",
            "copies_told",
            "evidence_findings",
            "examined",
            "forgive_pin",
            "former_ids",
            "free_mib",
            "left_in_file",
            "lock_after",
            "mind_the_disk",
            "reading",
            "restored_from",
        ),
        _KEEP,
    ),
    **dict.fromkeys(
        (
            "add_person_here",
            "enrol",
            "enrol_signed_in",
            "people_here",
            "remove_person_here",
            "pack_courier",
            "take_courier",
            "carry_courier",
            "verify",
            "audit_lines",
            "exports_left",
            "forget_export",
            "restore_drafts",
            "restore_escrowed",
            "team_drafts",
            "people_of_team",
        ),
        _RULE,
    ),
    # the register
    "add_centre": Rule(Act.CAPTURE, "register"),
    **dict.fromkeys(("centres", "sessions", "door", "in_now", "reach", "to_complete"), Rule(Act.READ, "register")),
    **dict.fromkeys(("plan_session", "attend", "unmark", "walk_in", "count_unnamed"), Rule(Act.CAPTURE, "register")),
    "book": Rule(Act.CAPTURE, "register"),
    **dict.fromkeys(("in_building", "write_in_now", "write_reach"), Rule(Act.READ, "register")),
    # a walk-in becomes one of a family: who only keeps the register does not see families
    "perhaps_known": _READ,
    "finish_walk_in": Rule(Act.CHANGE),
    # records
    **dict.fromkeys(
        (
            "families",
            "find",
            "conflicts",
            "conflict",
            "dump",
            "leave_copy",
            "personal_receipt",
            "release",
            "taken_back",
            "base_day",
            "base_day_of",
            "checks",
            "colleagues",
            "notices",
            "offers",
            "set_aside",
        ),
        _READ,
    ),
    **dict.fromkeys(
        ("record", "show", "history", "bundles_of", "export", "moved_since_signing", "signatures_of", "signers"),
        _OF_RECORD,
    ),
    **dict.fromkeys(("receipt_of", "evidence_files"), Rule(Act.READ, "record", "signature")),
    "share": Rule(Act.CHANGE, "record"),
    "shares": Rule(Act.READ, "record", "family"),
    "family": Rule(Act.READ, "record", "id"),
    **dict.fromkeys(("brief", "family_copy", "invitation"), Rule(Act.READ, "record", "family")),
    **dict.fromkeys(("relations", "plan", "whole", "who_knows"), Rule(Act.READ, "record", "family")),
    "relate": Rule(Act.CHANGE, "record", "one"),
    "end_relation": Rule(Act.CHANGE, "record", "relation"),
    "plan_visit": Rule(Act.CHANGE, "record", "family"),
    "alike": Rule(Act.READ, "record", "family"),
    "alike_families": _READ,
    "suspects": Rule(Act.READ, "record", "person"),
    "somebody_else": Rule(Act.CHANGE, "record", "person"),
    "open_assessment": Rule(Act.READ, "record", "family"),
    "begin_another": Rule(Act.CHANGE, "record", "family"),
    "contribute": Rule(Act.CHANGE, "record", "family"),
    "born": Rule(Act.CHANGE, "record", "person"),
    "move_action": Rule(Act.CHANGE, "record", "family"),
    "first_day": Rule(Act.KEEP),
    "records_of": Rule(Act.READ, "kind"),
    "restore_answer": Rule(Act.CHANGE, "record"),
    "edit": Rule(Act.CHANGE, "record"),
    "change": Rule(Act.CHANGE, "record"),
    "save": Rule(Act.CHANGE, "record"),
    "create": Rule(Act.CAPTURE, "kind"),
    "acknowledge": Rule(Act.CHANGE, "record", "concern_id"),
    "resolve": Rule(Act.CHANGE),
    **dict.fromkeys(
        ("hand_on", "cover", "answer_offer", "note_notice", "check_quality", "resolve_harmless"), Rule(Act.CHANGE)
    ),
    "add_family": _CAPTURE,
    "add_person": _CAPTURE,
    "concern": _CAPTURE,
    # What a family takes back is taken back, however long ago this laptop synced.
    "withdraw": _CAPTURE,
    "start_visit": _READ,
    "take_in": Rule(Act.CAPTURE, "form"),
    # forms and drafts
    "begin": Rule(Act.CAPTURE, "form"),
    "trial": Rule(Act.CAPTURE, "form"),
    **dict.fromkeys(
        ("newer_version", "upgrade_offered", "upgrade", "undo_upgrade", "can_undo_upgrade"),
        _OF_DRAFT,
    ),
    "draft": Rule(Act.DRAFT, "draft", "id"),
    "file": Rule(Act.DRAFT, "draft", "draft_id"),
    "discard": Rule(Act.DRAFT, "draft", "draft_id"),
    "quality": _OF_THING,
    "kept_answers": _OF_THING,
    "freeze": Rule(Act.READ, "thing", "record_or_draft"),
    "sign": _CAPTURE,
    "draft_versions": _CAPTURE,
}
"""Every verb, by name; a test walks the workspace and misses none."""

_inside = threading.local()


def guarded(workspace: T) -> T:
    """A workspace class whose every public verb is asked about first."""
    for name in dir(workspace):
        verb = inspect.getattr_static(workspace, name)
        if not name.startswith("_") and inspect.isfunction(verb):
            setattr(workspace, name, _asked_first(name, verb))
    return workspace


def _asked_first(name: str, verb: Callable[..., Any]) -> Callable[..., Any]:
    rule, said = RULES.get(name, _READ), inspect.signature(verb)

    @wraps(verb)
    def asked(desk: Any, *given: Any, **named: Any) -> Any:
        if getattr(_inside, "depth", 0) == 0 and rule.act is not Act.KEEP:
            arguments = said.bind(desk, *given, **named).arguments
            with _unasked():
                wrong = refusal(_as_meant(name, rule, arguments), _subject(desk, rule, arguments), desk.standing)
            if wrong is not None:
                raise wrong
        with _unasked():
            return verb(desk, *given, **named)

    return asked


@contextmanager
def _unasked() -> Iterator[None]:
    _inside.depth = getattr(_inside, "depth", 0) + 1
    try:
        yield
    finally:
        _inside.depth -= 1


def _as_meant(name: str, rule: Rule, arguments: Mapping[str, Any]) -> Rule:
    """A draft that corrects a record shows it: that is a change, not something new."""
    return Rule(Act.CHANGE, rule.about) if name == "begin" and arguments.get("subject") else rule


def _subject(desk: Any, rule: Rule, arguments: Mapping[str, Any]) -> Subject:
    told = arguments.get(rule.named or rule.about)
    if rule.about == "register":
        return Subject(register=True)
    if rule.about == "kind":
        return Subject(register=told in REGISTER_KINDS)
    if rule.about == "form":
        return Subject(register=home_of(str(told).partition("@")[0]) == "centre")
    if rule.about == "record":
        return _record(desk, str(getattr(told, "id", told)))
    if rule.about in ("draft", "thing"):
        return _draft(desk, str(told))
    return Subject()


def _draft(desk: Any, draft: str) -> Subject:
    """A draft's place and owner; what is no draft is asked about as a record."""
    try:
        held = desk.store.drafts.get(draft)
    except UnknownRecord:
        return _record(desk, draft)
    own = desk.store.people.began(draft) == desk.me.person
    return Subject(home_of(held.form.partition("@")[0]) == "centre", own)


def _record(desk: Any, record: str) -> Subject:
    held = desk.store.records.get(record)
    if held is None:
        return Subject()
    own = held.version == 0 and bool(held.form) and desk.store.people.began(record) == desk.me.person
    return Subject(held.kind in REGISTER_KINDS, own)
