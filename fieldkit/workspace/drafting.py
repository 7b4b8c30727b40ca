"""Forms on this device: begin, type, resume, file. What is typed goes through the one writer into the journal."""

from __future__ import annotations

import json
import random
import uuid
from collections.abc import Callable, Mapping
from datetime import datetime
from functools import cached_property
from zoneinfo import ZoneInfo

from fieldkit.casework import quality
from fieldkit.casework import room as in_the_room
from fieldkit.casework.kinds import home_of
from fieldkit.casework.quality import Quality
from fieldkit.casework.text import clean
from fieldkit.errors import Refused
from fieldkit.store.drafts import Draft, Typed
from fieldkit.store.records import Record
from fieldkit.workspace import signed_forms
from fieldkit.workspace.answering import cleaned, progress, refuse_wrong
from fieldkit.workspace.core import Core
from fieldkit.workspace.telling import Ask, ToldBefore
from fieldkit.workspace.views import Carried, FormRow
from forms import load_policy, upgrade_values
from forms.answers import Value
from forms.definition import Form
from forms.errors import FormError
from forms.interview import Interview
from forms.nodes import Node
from forms.views import QuestionView, Reaction
from forms.xpath import World
from sync.changes import NO_TRUNK

ASSESSMENT = "eha"
ASKS_WHO = (
    "a/front/assessor",
    "a/when/workers",
    "a/referrer/worker",
    "a/ending/worker",
    "a/meeting/minutes",
    "a/talk/supervisor",
    "a/session/leader",
    "a/before/by",
    "a/about/worker",
)
"""Where the shipped forms ask who is writing: filled in, and free to be changed."""


class OpenDraft:
    """A draft being typed into: its interview, and the journal behind every verb."""

    def __init__(self, desk: Drafting, draft: Draft, interview: Interview, revision: int) -> None:
        self.desk = desk
        self.draft = draft
        self.interview = interview
        self.revision = revision
        self._kept = interview.values()

    @property
    def id(self) -> str:
        """The draft's id."""
        return self.draft.id

    @property
    def form_title(self) -> str:
        """What the form is called."""
        return self.interview.form.title

    @property
    def family(self) -> str:
        """The family's record id."""
        return self.draft.family

    @property
    def family_name(self) -> str:
        """What the family is called."""
        found = self.desk.store.records.get(self.draft.family)
        return str(found.state.get("name") or "") if found else ""

    def answer(self, path: str, raw: Value) -> Reaction:
        """Keep an answer, cleaned at entry, and journal it."""
        return self._journalled(self.interview.answer(path, cleaned(raw)), path)

    def not_recorded(self, path: str, code: str) -> Reaction:
        """Say why there is no answer."""
        return self._journalled(self.interview.not_recorded(path, code), path)

    def voice(self, path: str, who: str) -> Reaction:
        """Say whose words an answer is."""
        return self._journalled(self.interview.voice(path, clean(who).text), path)

    def add_row(self, path: str) -> str:
        """Add a row; its path."""
        row = self.interview.add_row(path)
        self._journal()
        return row

    def remove_row(self, path: str) -> Reaction:
        """Take a row out."""
        return self._journalled(self.interview.remove_row(path), path)

    def visible(self, question: QuestionView) -> bool:
        """Whether a question may be on the screen with those who are in the room."""
        return in_the_room.may_show(question.klass, question.safe_in_room, self.desk.room.present)

    def carried(self, path: str) -> Carried | None:
        """What was told before at this place, when it may be shown; None otherwise."""
        question = self.interview.question(path)
        found = self.desk.told_before(self.draft, question) if question.value is None else None
        if found is None:
            return None
        classes = (question.klass, found.klass)
        present = self.desk.room.present
        return found if all(in_the_room.may_carry(klass, found.who, present) for klass in classes) else None

    def on_saved(self, callback: Callable[[int, datetime], None]) -> None:
        """Be told after each save: revision and instant."""
        self.desk.listen(self.draft.id, callback)

    def keep_file(self, seal: str, content: bytes) -> None:
        """Keep the bytes of a file that becomes an answer, encrypted; they go with the draft."""
        self.desk.store.attachments.keep(self.draft.id, seal, content)

    def drain(self) -> None:
        """Wait until everything typed is on the disk."""
        self.desk.writer.drain()

    def _journalled(self, reaction: Reaction, _path: str) -> Reaction:
        self._journal()
        return reaction

    def _journal(self) -> None:
        now = self.interview.values()
        before, self._kept = self._kept, now
        entries: dict[str, Value] = {path: value for path, value in now.items() if before.get(path) != value}
        entries |= dict.fromkeys(path for path in before if path not in now)
        if entries:
            self.revision += 1
            self.desk.writer.put(Typed(self.draft.id, self.revision, entries))

    def keep_progress(self) -> None:
        """Journal how far the draft has come, for lists: on leaving a page, not at every key."""
        self.revision += 1
        self.desk.writer.put(Typed(self.draft.id, self.revision, {}, progress(self.interview)))


class Drafting(Core):
    """The verbs about forms and drafts."""

    @cached_property
    def _told_before(self) -> ToldBefore:
        return ToldBefore(self.store.records, self.interview, lambda told: self.when(told).date())

    def forms(self) -> tuple[FormRow, ...]:
        """The forms that can be begun."""
        found = ((each, json.loads(each.published)) for each in self.store.form_versions.current())
        return tuple(FormRow(each.id, str(told["title"]), each.version, home_of(each.id)) for each, told in found)

    def _said_form(self, form: str) -> dict[str, Value]:
        told: dict[str, Value] = json.loads(self.store.form_versions.get(form).published)
        return told

    def _form_title(self, form: str) -> str:
        """What a form is called, by its id or by its id and version."""
        return str(self._said_form(form).get("title") or form)

    def loaded(self, form: str) -> Form:
        """A form ready to run; loaded once. Refused when central did not sign it or it is not one for devices."""
        version = self.store.form_versions.get(form)
        name = f"{version.id}@{version.version}"
        if name not in self.loaded_forms:
            self._refuse_unsigned(name)
            try:
                opened = signed_forms.read(self._said_form(name)).loaded()
                load_policy.refuse(opened)
            except FormError as wrong:
                raise Refused(wrong.said, wrong.cure) from wrong
            self.loaded_forms[name] = opened
        found: Form = self.loaded_forms[name]
        return found

    def _refuse_unsigned(self, form: str) -> None:
        wrong = signed_forms.fault(self._said_form(form), self._central_key("forms"))
        if wrong:
            raise Refused(wrong, "Sync again; if it stays, tell your lead.")

    def interview(self, form: str, answers: Mapping[str, Value] | None = None, lang: str = "default") -> Interview:
        """A form opened now, with the council's day and zone."""
        said = upgrade_values.asked(answers) if answers is not None else None
        opened = self.loaded(form)
        return Interview(opened, self._world(), new_id=self.new_id, answers=said, lang=lang, begins_empty=True)

    def _world(self) -> World:
        zone = ZoneInfo(self.zone)
        now = self.clock.now().astimezone(zone)
        chance = random.SystemRandom()
        return World(
            today=now.date(),
            now=now,
            zone=zone,
            lang="default",
            choice_label=_no_label,
            random=chance.random,
            uuid=lambda: str(uuid.uuid4()),
            pulldata=lambda *_: "",
        )

    def begin(self, form: str, family: str, subject: str | None = None, *, carry: bool = True) -> str:
        """Begin a draft for a family; its id. `subject`: the record it adds to, pinned as seen now.

        With the rows that other forms of the family tell of, unless `carry` says that all answers are there already.
        """
        self.must_be_enrolled()
        home = self.record(family)
        about = self.record(subject) if subject else None
        filed_with = about.form if about is not None and about.form.partition("@")[0] == form else ""
        loaded = self.loaded(filed_with or form)  # what is filed stays with its version
        self._refuse_elsewhere(loaded, home.kind)
        trunk = (about.version, about.version_hash) if about and about.version else NO_TRUNK
        now = self.store.now()
        was = dict(about.state) if about else {}
        record = about.id if about else None
        draft = Draft(self.new_id(), loaded.name, home.id, record, trunk, was, now, now, room=self.room.present)
        interview = self.interview(loaded.name, was if about else None)
        self._prefill(interview)
        if carry and about is None and not self.standing.lease_over:
            self._begin_rows(interview, home)
        with self.store.transaction():
            self.store.drafts.begin(draft)
            self.store.people.begins(draft.id, self.me.person)
            self.store.drafts.journal([Typed(draft.id, 1, interview.values(), progress(interview))])
            self.store.audit.note("begin", draft.id)
        return draft.id

    def trial(self, form: str, kind: str) -> Interview:
        """A form as it begins for a family or centre that is not there yet: nothing of it is kept."""
        self.must_be_enrolled()
        loaded = self.loaded(form)
        self._refuse_elsewhere(loaded, kind)
        interview = self.interview(loaded.name)
        self._prefill(interview)
        return interview

    def _refuse_elsewhere(self, form: Form, kind: str) -> None:
        wanted = home_of(form.id)
        if kind != wanted:
            raise Refused(f"This form is about a {wanted}, and that is a {kind}.", f"Begin it for a {wanted}.")

    def _begin_rows(self, interview: Interview, home: Record) -> None:
        """A row for each that other forms of the family tell of, where this version has that repeat uncounted."""
        groups, root = interview.form.groups, interview.form.model.template
        for repeat, row in self._told_before.rows(interview.form.id, home.scope):
            group = groups.get(f"{root}/{repeat}")
            if group is not None and group.repeat and group.count is None:
                interview.add_row(repeat, row=row)

    def _prefill(self, interview: Interview) -> None:
        for path in ASKS_WHO:
            if interview.instance.find(path) is not None:
                interview.answer(path, self.me.worker)

    def draft(self, id: str) -> OpenDraft:
        """Open a draft as it was left, with the version of its form it was begun with."""
        self.writer.drain()
        draft = self.store.drafts.get(id)
        answers, revision = self.store.drafts.restore(id)
        return OpenDraft(self, draft, self.interview(draft.form, answers), revision)

    def quality(self, thing: str) -> Quality:
        """The quality meter of a draft or of a filed form; words only from places that may be shown now."""
        record = self.store.records.get(thing)
        filed = record if record is not None and record.form else None
        read = self.interview(filed.form or "", dict(filed.state)) if filed else self.draft(thing).interview
        found = quality.read(read)
        places = {label.path: read.question(label.path) for label in found.labels}
        seen = {p for p, q in places.items() if in_the_room.may_show(q.klass, q.safe_in_room, self.room.present)}
        return Quality(found.items, tuple(label for label in found.labels if label.path in seen))

    def file(self, draft_id: str) -> str:
        """Turn a finished draft into a record; its id. AnswersNotValid names the places, never the answers."""
        opened = self.draft(draft_id)
        refuse_wrong(opened.interview)
        draft = opened.draft
        answers = opened.interview.filed() | self._kept_beside(draft)
        with self.store.transaction():
            record = self._file(draft, answers)
            self.store.attachments.hand_over(draft_id, record, seals_in(answers))
            self.store.drafts.end(draft_id)
            self.store.audit.note("file", record)
        return record

    def _kept_beside(self, draft: Draft) -> dict[str, Value]:
        """The answers that lost their place on the way: filed with the rest."""
        held = {**draft.was, **self.store.drafts.restore(draft.id)[0]}
        return {path: value for path, value in held.items() if upgrade_values.is_kept(path)}

    def _file(self, draft: Draft, answers: Mapping[str, Value]) -> str:
        if draft.record is None:
            scope, kind = self.record(draft.family).scope, draft.form.partition("@")[0]
            if kind == "closure" and self.store.conflicts.bars_closing(scope):
                raise Refused("A safeguarding question about this family is open.", "Decide it first; the draft stays.")
            # Under the draft's own id: a copy of it that is restored later is seen to be filed, and never filed twice.
            return self.create(kind, scope, answers, draft.form, draft.id)
        patch: dict[str, Value] = {path: v for path, v in answers.items() if draft.was.get(path) != v}
        patch |= dict.fromkeys(path for path in draft.was if path not in answers)
        if patch:
            was = {path: draft.was[path] for path in patch if path in draft.was}
            self.save(draft.record, "set", patch, was, draft.trunk)
        return draft.record

    def discard(self, draft_id: str, reason: str) -> None:
        """Throw a draft and its journal away; the audit keeps that it was done."""
        self.store.drafts.get(draft_id)
        if not reason.strip():
            raise Refused("Say why it is thrown away.", "Nothing has been thrown away.")
        self.writer.drain()
        with self.store.transaction():
            self.store.attachments.destroy(draft_id)
            self.store.drafts.end(draft_id)
            self.store.audit.note("discard", draft_id)

    def told_before(self, draft: Draft, question: QuestionView) -> Carried | None:
        """The latest filed answer of this family to a question, from the same form or one that asks the same."""
        if self.standing.lease_over:
            return None
        form, scope = draft.form.partition("@")[0], self.record(draft.family).scope
        return self._told_before.at(Ask(form, scope, question.path, draft.record), question)


def seals_in(answers: Mapping[str, Value]) -> tuple[str, ...]:
    """The seals of the files that are answers."""
    return tuple(str(value["hash"]) for value in answers.values() if isinstance(value, dict) and "hash" in value)


def _no_label(_: Node, value: str) -> str:
    return value
