"""Records that leave the device as documents, and submissions that come in as drafts."""

from __future__ import annotations

import os
from collections import Counter
from dataclasses import dataclass, field, replace
from pathlib import Path
from uuid import UUID
from zoneinfo import ZoneInfo

from fieldkit.errors import FieldkitError, Refused, UnknownRecord
from fieldkit.exports.audience import AUDIENCES, Going, going, template_of
from fieldkit.exports.documents import IN_WORDS, KINDS, Filed, document
from fieldkit.store.exports_made import ExportMade
from fieldkit.workspace.drafting import OpenDraft
from fieldkit.workspace.signing import Signing
from fieldkit.workspace.words import said_reason
from forms.answers import Value, rows_in
from forms.definition import Form
from forms.errors import FormError
from forms.instance import MOST_ROWS
from forms.submission import planted
from forms.submission_reading import Submission, read


class NotTakenIn(FieldkitError):
    """A submission that cannot become a draft; the places are named, never what is said there."""

    said = "The submission could not be taken in."
    exit_code = 6

    def __init__(self, said: str, cure: str) -> None:
        super().__init__("not taken in")
        self.said = said
        self.cure = cure


@dataclass(frozen=True, slots=True)
class Exported:
    """A document ready to leave, and how many answers stayed, by reason."""

    record: str
    kind: str
    audience: str
    left_out: dict[str, int]
    moved: int
    """How many of the answers that go are not as they were signed."""
    content: bytes = field(repr=False)


class Exporting(Signing):
    """The verbs about documents."""

    def export(self, record: str, kind: str, audience: str, reason: str) -> Exported:
        """A record as a document for somebody. Refused without a reason; audited before it is handed out."""
        if kind not in KINDS or audience not in AUDIENCES:
            raise Refused("There is no such export.", f"As {', '.join(KINDS)}; for {', '.join(AUDIENCES)}.")
        why = said_reason(reason)
        found = self.record(record)
        if not found.form:
            raise Refused("Only what was filled in with a form is exported.", "Choose an assessment or a note.")
        form = self.loaded(found.form)
        goes = going(form, found.state, audience)
        moved = sorted(self.moved_since_signing(record) & set(goes.values))
        filed = self._as_filed(form, record, dict(found.state), found.at)
        words = self._in_words(form, goes) if kind in IN_WORDS else {}
        content = document(kind, form, goes, replace(filed, moved=tuple(moved), words=words))
        self.store.audit.note("export", f"{record} as {kind} for {audience}: {why}")
        left_out = {} if kind == "fhir-questionnaire" else dict(goes.left_out)
        return Exported(record, kind, audience, left_out, len(moved), content)

    def left_in_file(self, made: Exported, file: Path) -> None:
        """A document was written to a file in plain: the worker is reminded until it is gone."""
        self.store.exports.keep(made.record, made.kind, made.audience, str(file.absolute()))

    def exports_left(self) -> list[ExportMade]:
        """The plain documents that still lie in files, the oldest first; a file that is gone is remembered as gone."""
        left = []
        for each in self.store.exports.left():
            if os.path.lexists(each.file):
                left.append(each)
            else:
                self._export_gone(each.number, each.record)
        return left

    def forget_export(self, number: int) -> None:
        """Nobody is to be reminded of this file any more: it was moved or handed over. Audited."""
        found = next((each for each in self.store.exports.left() if each.number == number), None)
        if found is None:
            raise UnknownRecord
        self._export_gone(number, found.record)

    def _export_gone(self, number: int, record: str) -> None:
        with self.store.transaction():
            if self.store.exports.gone(number):
                self.store.audit.note("export-gone", record)

    def _as_filed(self, form: Form, record: str, state: dict[str, Value], at: str) -> Filed:
        _, homeless = planted(form, state)
        answers = {path: value for path, value in state.items() if path not in homeless}
        instance = self.interview(form.name, answers).instance

        def asked(path: str) -> bool:
            node = instance.find(path)
            return node is None or node.relevant

        return Filed(f"uuid:{UUID(record)}", self.when(at).astimezone(ZoneInfo(self.zone)), asked)

    def _in_words(self, form: Form, goes: Going) -> dict[str, tuple[str, str]]:
        """Questions and answers as people read them, drawn from what goes: a question may quote what stays."""
        _, homeless = planted(form, goes.values)
        answers = {path: value for path, value in goes.values.items() if path not in homeless}
        found: dict[str, tuple[str, str]] = {}
        for page in self.interview(form.name, answers).pages():
            for view in page.questions:
                if view.value is not None and view.path in goes.values:
                    names, told = dict(view.choices), view.value if isinstance(view.value, list) else [str(view.value)]
                    found[view.path] = (view.label, ", ".join(names.get(each, each) for each in told))
        return found

    def take_in(self, form: str, xml: bytes, family: str) -> str:
        """A submission of another program as a draft of this family; its id. Nothing is made when it does not fit."""
        loaded = self.loaded(form)
        try:
            sent = read(loaded, xml, new_id=self.new_id)
        except FormError as wrong:
            raise NotTakenIn(wrong.said, wrong.cure) from wrong
        if max(Counter(repeat for repeat, _, _ in rows_in(sent.values)).values(), default=0) > MOST_ROWS:
            raise NotTakenIn("The submission has more rows of one kind than a form may have.", "Nothing was made.")
        made = self.begin(loaded.name, family, carry=False)
        try:
            self._take_over(self.draft(made), sent, loaded)
        except FormError as wrong:
            self.discard(made, "a submission that does not fit")
            raise NotTakenIn(NotTakenIn.said, "The form has no place for some of it. Nothing was made.") from wrong
        return made

    def _take_over(self, draft: OpenDraft, sent: Submission, form: Form) -> None:
        """First what stands by itself, then the rows that the form counts, which are there only now."""
        counted = [each.template for each in form.groups.values() if each.repeat and each.count is not None]
        computed = {bind.template for bind in form.binds.values() if bind.calculate is not None}
        rows = _Rows(draft, form)
        for late in (False, True):
            for repeat, row, _ in rows_in(sent.values):
                if _lies_in(template_of(form, repeat), counted) == late:
                    rows.make(repeat, row)
            for path, value in sent.restoring.items():
                template = template_of(form, path)
                if _lies_in(template, counted) == late and template not in computed and not path.endswith("/@order"):
                    _answer(draft, rows.here(path), value)
        draft.keep_progress()
        draft.drain()


def _lies_in(template: str, repeats: list[str]) -> bool:
    return any(f"{template}/".startswith(f"{repeat}/") for repeat in repeats)


def _answer(draft: OpenDraft, path: str, value: Value) -> None:
    base, _, mark = path.partition("@")
    if base == "meta/instanceID":
        return
    if mark == "not-recorded":
        draft.not_recorded(base, str(value))
    elif mark == "voice":
        draft.voice(base, str(value))
    else:
        # The file of an attachment does not travel in a submission: its name is kept, its seal is not believed.
        draft.answer(base, str(value.get("name", "")) if isinstance(value, dict) else value)


class _Rows:
    """Rows of a submission as rows of a draft: new ones, in order; where the form counts, the ones that stand."""

    def __init__(self, draft: OpenDraft, form: Form) -> None:
        self.draft = draft
        self.form = form
        self.made: dict[str, str] = {}

    def make(self, repeat: str, row: str) -> None:
        at = self.here(repeat)
        group = self.form.groups.get(template_of(self.form, repeat))
        if group is None or group.count is None:
            self.made[f"{repeat}/{row}"] = self.draft.add_row(at)
            return
        parent = self.draft.interview.instance.find(at.rpartition("/")[0])
        standing = [each for each in (parent.children if parent is not None else []) if each.template == group.template]
        number = sum(1 for told in self.made if told.rpartition("/")[0] == repeat)
        if number >= len(standing):
            raise FormError("The submission has more rows than the form counts.")
        self.made[f"{repeat}/{row}"] = f"{at}/{standing[number].row}"

    def here(self, path: str) -> str:
        """A path of the submission as it is in the draft."""
        for told in sorted(self.made, key=len, reverse=True):
            if path == told or path.startswith(f"{told}/"):
                return self.made[told] + path[len(told) :]
        return path


__all__ = ["Exported", "Exporting", "NotTakenIn"]
