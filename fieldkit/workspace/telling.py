"""What the family has told before: looked up in its filed forms, the latest first, and asked again: still right?"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from fieldkit.casework import carrying
from fieldkit.casework.carrying import Source, Told
from fieldkit.store.records import Record, Records
from fieldkit.workspace.views import Carried
from forms.answers import Value
from forms.errors import FormError
from forms.interview import Interview
from forms.views import QuestionView

UNKNOWN = "restricted"
"""How a place is classed that its form does not ask about any more."""

KEPT_OPEN = 4
"""How many filed forms are kept open for the next question."""


@dataclass(frozen=True, slots=True)
class Ask:
    """A place of a form that is being filled for a family."""

    form: str
    scope: str
    path: str
    record: str | None = None
    """The record that is being corrected: it does not tell itself."""


class ToldBefore:
    """Reads the filed forms of a family for the one that is being filled."""

    def __init__(
        self, records: Records, opened: Callable[[str, Mapping[str, Value]], Interview], day: Callable[[Value], date]
    ) -> None:
        self.records = records
        self.opened = opened
        self.day = day
        self._open: dict[str, tuple[Record, Interview]] = {}

    def rows(self, form: str, scope: str) -> Iterator[tuple[str, str]]:
        """The rows that a new form begins with: repeat and row id, from the latest filed form that tells of them."""
        for repeat in carrying.repeats_of(form):
            found = (carrying.rows_from(form, repeat, _told(record)) for record in self._filed(form, scope))
            yield from ((repeat, row) for row in next((rows for rows in found if rows is not None), []))

    def at(self, ask: Ask, question: QuestionView) -> Carried | None:
        """The latest thing told that answers a question, when it can still be an answer there."""
        for record in self._filed(ask.form, ask.scope):
            source = carrying.source_of(ask.form, ask.path, _told(record)) if record.id != ask.record else None
            if source is not None and record.state.get(source.path) is not None:
                return self._carried(record, source, question)
        return None

    def _filed(self, form: str, scope: str) -> list[Record]:
        filed = [each for kind in carrying.sources(form) for each in self.records.of_scope(scope, kind) if each.form]
        return sorted(filed, key=lambda each: (each.at, each.id), reverse=True)

    def _carried(self, record: Record, source: Source, question: QuestionView) -> Carried | None:
        view = self._asked(record, source.path)
        value: Value = source.choice or record.state[source.path]
        labels = {choice.value: choice.label for choice in (*question.choices, *(view.choices if view else ()))}
        said = [str(each) for each in value] if isinstance(value, list) else [_text(value)]
        words = ", ".join(labels.get(each, each) for each in said)
        if question.choices and not {each.value for each in question.choices} >= set(said):
            return None
        if question.kind == "text" and view is not None and view.choices:
            value = words
        who = str(record.state.get(f"{source.path}@voice") or "")
        return Carried(value, words, who, self.day(record.at), view.klass if view is not None else UNKNOWN)

    def _asked(self, record: Record, path: str) -> QuestionView | None:
        """The question as the filed form asked it."""
        held = self._open.get(record.id)
        if held is None or held[0] != record:
            held = (record, self.opened(record.form, record.state))
            self._open = {**(self._open if len(self._open) < KEPT_OPEN else {}), record.id: held}
        try:
            return held[1].question(path)
        except FormError:
            return None


def _told(record: Record) -> Told:
    return Told(record.kind, record.id, record.state)


def _text(value: Value) -> str:
    return str(value.get("name", "")) if isinstance(value, dict) else str(value)
