"""What was there before, answer by answer: who changed it and when, and putting one answer back as an ordinary edit."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from fieldkit.casework import room as in_the_room
from fieldkit.errors import FieldkitError, Refused
from fieldkit.store.records import Record
from fieldkit.workspace.drafting import Drafting
from forms.errors import FormError
from sync.changes import Change, State, Value

ELSEWHERE = "elsewhere"
"""What a row is called that stands for a change of another laptop, of which only who and when is here."""


@dataclass(frozen=True, slots=True)
class ChangeRow:
    """One answer that was changed."""

    id: str
    """The change and the place in it: what is put back by."""
    at: datetime
    who: str
    label: str
    before: str = field(repr=False)
    after: str = field(repr=False)
    can_restore: bool
    """Whether what was there before is here, and is not what stands there now."""


class History(Drafting):
    """The verb that tells what a record said before."""

    def history(self, record: str) -> tuple[ChangeRow, ...]:
        """Every change of an answer that this laptop knows the words of, the latest first.

        What was changed on other laptops is told by who and when: their words before are at central. With others in
        the room only answers that may be shown.
        """
        found = self.record(record)
        rows = [row for change in self.store.outbox.of_record(record) for row in self._rows(found, change)]
        if found.device and found.device != self.identity.device and found.version:
            who, told = self.worker_name(found.actor), "changed on another laptop; what was there before is at central"
            rows.append(ChangeRow(ELSEWHERE, self.when(found.at), who, told, "", "", False))
        return tuple(sorted(rows, key=lambda row: (row.at, row.id), reverse=True))

    def _replaced(self, record: str, change: str) -> tuple[str, Value]:
        """The place that a change was about, and what stood there before it."""
        seq, _, path = change.partition(":")
        held = {str(each.seq): each for each in self.store.outbox.of_record(record)}.get(seq)
        if held is None or path not in held.patch or held.kind == "create":
            raise Refused("What was there before is not on this laptop.", "Look at `fieldkit history`.")
        return path, held.was.get(path)

    def _rows(self, record: Record, change: Change) -> Iterator[ChangeRow]:
        who, at = self.worker_name(change.actor), self.when(change.recorded_at)
        if change.kind == "create":
            yield ChangeRow(f"{change.seq}:", at, who, "written", "", "", False)
            return
        for path, after in sorted(change.patch.items()):
            asked = self._asked_at(record.form, record.state, path)
            if path.startswith("@") or asked is None:
                continue
            label, called = asked
            before = change.was.get(path)
            can = before != record.state.get(path)
            yield ChangeRow(
                f"{change.seq}:{path}", at, who, label, words_of(before, called), words_of(after, called), can
            )

    def _asked_at(self, form: str, state: State, path: str) -> tuple[str, Mapping[str, str]] | None:
        """What a place asks and how its choices are called; None where it may not be shown now."""
        plain = path.partition("@")[0]
        name = plain.rpartition("/")[2].replace("_", " ")
        if form:
            try:
                view = self.interview(form, dict(state)).question(plain)
            except (FormError, FieldkitError):
                return None if self.room.safe else (name, {})
            shown = in_the_room.may_show(view.klass, view.safe_in_room, self.room.present)
            return (view.label, dict(view.choices)) if shown else None
        return None if self.room.safe else (name, {})


def words_of(value: Value, called: Mapping[str, str]) -> str:
    """An answer in words: its choices as the form calls them."""
    if value is None:
        return ""
    told = value if isinstance(value, list) else [str(value)]
    return ", ".join(called.get(str(each), str(each)) for each in told)
