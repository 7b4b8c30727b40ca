"""Drafts over form versions: a draft opens with the form it was begun with; a newer version is offered, never forced.

An answer that loses its place stays in the draft under `~kept/<version>/<path>` (`forms.upgrade_values`), is filed with
the record under that same path, and so travels, merges (latest wins) and comes back like every other answer: central
and the merge need to know nothing of it. A filed record never changes its version, nor does a draft that corrects one.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from fieldkit.casework import room as in_the_room
from fieldkit.errors import Refused, UnknownRecord
from fieldkit.store.drafts import Draft, Migration, Typed, difference
from fieldkit.workspace.answering import progress
from fieldkit.workspace.drafting import Drafting
from fieldkit.workspace.views import NewerRow
from forms.answers import Value
from forms.asking import HIDDEN_FROM_OTHERS
from forms.definition import Form
from forms.interview import Interview
from forms.upgrade import ORPHANED, PROPOSED, Plan, Step, back, never, plan
from forms.upgrade_values import apply, asked, is_kept, kept_path, orphans
from forms.versions import version_key


@dataclass(frozen=True, slots=True)
class Line:
    """One line of an offered plan: a question, what becomes of it, and whether the draft has an answer there."""

    what: str
    """carried, moved, proposed, widened, orphaned, new."""
    path: str
    to: str
    label: str
    why: str
    gone: tuple[str, ...]
    answered: int
    """How many answers the draft has there."""


@dataclass(frozen=True, slots=True)
class Offer:
    """A newer version of a draft's form, and what would change."""

    draft: str
    form_title: str
    before: str
    after: str
    lines: tuple[Line, ...]
    unshown: int = 0
    """Lines about questions that may not be on the screen with those who are in the room."""

    def only(self, what: str) -> tuple[Line, ...]:
        """The lines of one kind."""
        return tuple(line for line in self.lines if line.what == what)


@dataclass(frozen=True, slots=True)
class DraftVersion:
    """A draft in a list: its form and version, and the newer version that it may go to."""

    id: str
    form: str
    answered: int
    total: int
    newer: str


@dataclass(frozen=True, slots=True)
class KeptAnswer:
    """An answer that is no longer asked for: read-only."""

    version: str
    path: str
    label: str
    value_text: str = field(repr=False)


class Upgrading(Drafting):
    """The verbs about a draft and the versions of its form."""

    def draft_versions(self) -> tuple[DraftVersion, ...]:
        """Every draft with its version, and the newer one that it may go to; the latest saved first."""
        self.writer.drain()
        return tuple(
            DraftVersion(each.id, each.form, each.answered, each.total, self.newer_version(each.id))
            for each in self.store.drafts.all()
        )

    def newer_version(self, draft: str) -> str:
        """The newer version that a draft may go to; blank when there is none."""
        return self._may_go_to(self.store.drafts.get(draft))

    def newer_forms(self) -> tuple[NewerRow, ...]:
        """The forms of which a newer version is here than the one that drafts were begun with."""
        found: dict[str, list[str]] = {}
        for each in self.store.drafts.all():
            if self._may_go_to(each):
                found.setdefault(each.form.partition("@")[0], []).append(each.id)
        return tuple(NewerRow(self._form_title(form), tuple(drafts)) for form, drafts in found.items())

    def upgrade_offered(self, draft: str) -> Offer | None:
        """What would change if the draft went on with the newest version here; None when there is none for it."""
        self.writer.drain()
        found = self.store.drafts.get(draft)
        made = self._plan(found)
        if made is None:
            return None
        values, _ = self.store.drafts.restore(draft)
        steps = [*made.steps, *made.new]
        shown = [step for step in steps if step.safe or not self.room.present]
        lines = tuple(_line(step, _counted(values, step.path)) for step in shown)
        title = self.loaded(f"{made.form}@{made.after}").title
        return Offer(draft, title, made.before, made.after, lines, len(steps) - len(shown))

    def _plan(self, draft: Draft) -> Plan | None:
        """The plan to the newest version, when there is one that this draft may go to."""
        name, newest = draft.form.partition("@")[0], self._may_go_to(draft)
        return plan(self.loaded(draft.form), self.loaded(f"{name}@{newest}")) if newest else None

    def _may_go_to(self, draft: Draft) -> str:
        """The newest version, when this draft may go to it; else blank."""
        name, _, version = draft.form.partition("@")
        newest = self.store.form_versions.get(name).version
        if draft.record is not None or version_key(newest) <= version_key(version):
            return ""
        try:
            stays = never(self.loaded(draft.form)) or never(self.loaded(f"{name}@{newest}"))
        except Refused:  # a version that this device cannot open is none to go to
            return ""
        return "" if stays else newest

    def upgrade(self, draft: str, ticked: Collection[str] = ()) -> Offer:
        """Go on with the newest version; `ticked` names the proposed places to take over. What was done, as told."""
        offer = self.upgrade_offered(draft)
        found = self.store.drafts.get(draft)
        made = self._plan(found)
        if offer is None or made is None:
            raise Refused(*self._why_not(found))
        unknown = set(ticked) - {step.path for step in made.only(PROPOSED)}
        if unknown:
            raise Refused("Not everything that was ticked is proposed.", "Look at the plan again; nothing was changed.")
        before, revision = self.store.drafts.restore(draft)
        after = f"{made.form}@{made.after}"
        opened, whole = self._settled(after, made.before, apply(made, ticked, before).whole())
        step = Migration(draft, revision + 1, found.form, after, before, whole)
        with self.store.transaction():
            self.store.drafts.migrate(step, progress(opened))
            self.store.audit.note("upgrade", draft)
        return offer

    def _why_not(self, draft: Draft) -> tuple[str, str]:
        form = self.loaded(draft.form)
        if draft.record is not None:
            return "What is filed stays with its version.", "Correct it as it is, or begin a new one."
        newest = self.store.form_versions.get(form.id)
        if newest.version == form.version:
            return "This draft has the newest version of its form.", "There is nothing to do."
        return "This form is never taken over to a new version.", "Finish it as it is, or begin a new one."

    def _settled(self, form: str, version: str, values: dict[str, Value]) -> tuple[Interview, dict[str, Value]]:
        """The draft opened in its new version, and its values: what that form could not hold is kept beside it."""
        opened = self.interview(form, values)
        held = opened.values()
        lost = {path: value for path, value in asked(values).items() if path not in held}
        kept = {path: value for path, value in values.items() if is_kept(path)}
        return opened, {**held, **kept, **{kept_path(version, path): value for path, value in lost.items()}}

    def undo_upgrade(self, draft: str) -> str:
        """Go back to the version before, exactly as it was; what was typed since is kept too. The form's name."""
        self.writer.drain()
        self.store.drafts.get(draft)
        step = self.store.drafts.migrated(draft)
        if step is None:
            raise Refused("There is nothing to undo.", "This draft has the version it was begun with.")
        now, revision = self.store.drafts.restore(draft)
        values = self._back(step, difference(step.after, now))
        done = progress(self.interview(step.form_before, values))
        typed = Typed(draft, revision + 1, difference(now, values), done)
        with self.store.transaction():
            self.store.drafts.unmigrate(step, typed)
            self.store.audit.note("undo-upgrade", draft)
        return step.form_before

    def _back(self, step: Migration, since: Mapping[str, Value]) -> dict[str, Value]:
        """What was before, with what was typed since: where it came from, or beside the form."""
        old = self.loaded(step.form_before)
        way = back(plan(old, self.loaded(step.form_after)), old)
        values = dict(step.before)
        said = apply(way, (), {path: value for path, value in asked(since).items() if value is not None})
        cleared = apply(way, (), {path: "" for path, value in asked(since).items() if value is None})
        for path in cleared.values:
            values.pop(path, None)
        return {**values, **said.whole()}

    def can_undo_upgrade(self, draft: str) -> bool:
        """Whether the draft went over to a newer version and can go back."""
        return self.store.drafts.migrated(draft) is not None

    def kept_answers(self, thing: str) -> tuple[KeptAnswer, ...]:
        """The answers of a draft or a record that are no longer asked for, as may be shown now."""
        record = self.store.records.get(thing)
        if record is not None:
            form, values = record.form, record.state
        else:
            form = self.store.drafts.get(thing).form
            values = self.store.drafts.restore(thing)[0]
        return tuple(self._kept_answers(form.partition("@")[0], values))

    def _kept_answers(self, form: str, values: Mapping[str, Value]) -> list[KeptAnswer]:
        told = []
        for each in orphans(values):
            if "@" in each.path and not each.path.endswith("@not-recorded"):
                continue
            label, klass, safe = self._asked_as(f"{form}@{each.version}", each.path)
            if in_the_room.may_show(klass, safe, self.room.present):
                text = ", ".join(each.value) if isinstance(each.value, list) else _text(each.value)
                told.append(KeptAnswer(each.version, each.path, label, text))
        return told

    def _asked_as(self, form: str, path: str) -> tuple[str, str, bool]:
        """Label, sensitivity and whether anybody may see it, as the version said that asked it; else nobody may."""
        try:
            loaded = self.loaded(form)
        except UnknownRecord:
            return path, "restricted", False
        base = "/".join(part for part in path.partition("@")[0].split("/") if not part[:1].isdigit())
        labels = {step.path: step for step in self._own_plan(loaded).steps}
        step = labels.get(base)
        bind = loaded.binds.get(f"{loaded.model.template}/{base}")
        klass = bind.own.get("class", "ordinary") if bind is not None else "restricted"
        safe = step is not None and step.safe and klass not in HIDDEN_FROM_OTHERS
        return (step.label if step is not None else path), klass, safe

    def _own_plan(self, form: Form) -> Plan:
        """A form against itself: its questions with their labels."""
        key = f"labels of {form.name}"
        if key not in self.loaded_forms:
            self.loaded_forms[key] = plan(form, form)
        found: Plan = self.loaded_forms[key]
        return found


def _counted(values: Mapping[str, Value], path: str) -> int:
    return sum(1 for each in values if not is_kept(each) and _plain(each) == path)


def _plain(path: str) -> str:
    base = path.removesuffix("/@order").removesuffix("@not-recorded")
    return "/".join(part for part in base.split("/") if not part[:1].isdigit())


def _line(step: Step, answered: int) -> Line:
    why = step.why if step.what == ORPHANED else ""
    return Line(step.what, step.path, step.to, step.label, why, step.gone, answered)


def _text(value: Value) -> str:
    return str(value.get("name", "")) if isinstance(value, dict) else str(value or "")
