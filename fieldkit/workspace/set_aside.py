"""What central did not take: each change with the reason and the words that were written, for who wrote them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

from fieldkit.casework.kinds import TITLES
from fieldkit.workspace.history import History, words_of
from sync.changes import Change, apply, is_erased
from sync.client import SENTENCES, Reason
from sync.client.replica import Parked

SEALED = "Its words were sealed to central when the family left this laptop; your lead can see to them."


@dataclass(frozen=True, slots=True)
class AsideRow:
    """One change that stands apart."""

    record: str
    at: datetime
    about: str = field(repr=False)
    """What kind of record, and of which family."""
    why: str
    """Central's reason in a sentence, with what is done about it."""
    answers: tuple[tuple[str, str], ...] = field(repr=False)
    """What was written: each place by what it asks, and the answer in words."""


class SetAside(History):
    """The verb that shows what central did not take."""

    def set_aside(self) -> tuple[AsideRow, ...]:
        """Every change that was not taken, the earliest first; none while somebody else is in the room."""
        return () if self.room.safe else tuple(self._aside(each) for each in self.replica.parked())

    def _aside(self, parked: Parked) -> AsideRow:
        change, held = parked.change, self.store.records.get(parked.change.record)
        kind = held.kind if held else str(change.patch.get("@kind") or "")
        scope = held.scope if held else str(change.patch.get("@scope") or "")
        home = self.store.records.get(scope.partition(":")[2])
        name = str(home.state.get("name") or "") if home else ""
        about = f"{TITLES.get(kind, kind.replace('_', ' ').capitalize() or 'Record')}{f' of {name}' if name else ''}"
        why = SENTENCES[Reason(parked.reason)] if parked.reason in list(Reason) else parked.reason
        why = f"{why} {SEALED}" if is_erased(change.line) else why
        return AsideRow(change.record, self.when(change.recorded_at), about, why, tuple(self._answers(change)))

    def _answers(self, change: Change) -> Iterator[tuple[str, str]]:
        held = self.store.records.get(change.record)
        plain = {path: value for path, value in change.patch.items() if path[:1] != "@"}
        form, state = (held.form, held.state) if held else (str(change.patch.get("@form") or ""), {})
        for path, value in sorted(plain.items()):
            label, called = self._asked_at(form, apply(state, plain), path) or (path, {})
            yield label, words_of(value, called)
