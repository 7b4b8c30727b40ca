"""Conflicts: the card a person decides by, and the decision as an ordinary change."""

from __future__ import annotations

import json
from collections.abc import Mapping

from fieldkit.errors import FieldkitError, Refused, UnknownRecord
from fieldkit.store.records import Record
from fieldkit.workspace.drafting import Drafting
from fieldkit.workspace.views import ConflictCard, ConflictRow, Resolution, Side
from forms.errors import FormError
from sync.changes import Value
from sync.merge import LEAD, PROPOSED, RESOLVED, Head, needs_second, rows, withdrawn

HARMLESS = "C"
"""The class of conflicts that may be decided by the armful: facts like an address's spelling, nobody's safety."""
NAMES = {
    "risk_level": "Risk level",
    "status": "Open or closed",
    "lead": "Lead professional",
    "pr": "Parental responsibility",
    "safe_to_contact": "Safe to contact",
    "summary": "Summary",
    "place": "Address",
    "next_visit": "Next visit",
}


class Deciding(Drafting):
    """The verbs about conflicts."""

    def conflicts(self) -> list[ConflictRow]:
        """Every open conflict: those about safety first, then by family, those of one record in the form's order."""
        held = [self.record(conflict) for conflict in self._undecided()]
        place = _Places(self).of
        rows = [(self._conflict_row(each), place(each)) for each in held]
        return [row for row, _ in sorted(rows, key=lambda each: (each[0].klass, each[0].family_name, *each[1]))]

    def _undecided(self) -> list[str]:
        """Open conflicts that nobody has decided on this laptop since the last sync."""
        found = [each.id for each in self.store.conflicts.open()]
        decided = self.store.outbox.unsettled_by_record(found)
        return [conflict for conflict in found if conflict not in decided]

    def _conflict_row(self, conflict: Record) -> ConflictRow:
        state = conflict.state
        family = conflict.scope.removeprefix("family:")
        due, opened = self.when(state.get("due")), self.when(state.get("opened"))
        klass = str(state.get("class") or "C")
        label = self._asked(conflict)[0]
        return ConflictRow(conflict.id, family, self._family_name(family), label, klass, due, opened)

    def _family_name(self, family: str) -> str:
        found = self.store.records.get(family)
        return str(found.state.get("name") or "") if found else ""

    def _asked(self, conflict: Record) -> tuple[str, Mapping[str, str]]:
        """What the question is called, and what its choices are called."""
        path = str(conflict.state.get("path") or "")
        name = path.rpartition("/")[2]
        about = self.store.records.get(str(conflict.state.get("record") or ""))
        if about is not None and about.form:
            try:
                view = self.interview(about.form, dict(about.state)).question(path)
            except (FormError, FieldkitError):
                return name, {}  # of another version of the form, or of none that is here
            return view.label, dict(view.choices)
        return NAMES.get(name, name.replace("_", " ").capitalize()), {}

    def conflict(self, id: str) -> ConflictCard:
        """The card: was, every side with who and when, what is shown meanwhile and why."""
        conflict = self._open(id)
        state = conflict.state
        head = _head(conflict)
        row, called = self._conflict_row(conflict), self._asked(conflict)[1]
        sides = tuple(self._side(state, each, called) for each in rows(head))
        values = {each: state.get(f"siblings/{each}/value") for each in rows(head)}
        guarded = state.get("class") == "A"
        return ConflictCard(
            id=id,
            family=row.family,
            family_name=row.family_name,
            record=str(state.get("record") or ""),
            field_label=row.field_label,
            klass=row.klass,
            due=row.due,
            was=_words(state.get("trunk"), called),
            sides=tuple(sorted(sides, key=lambda side: (not side.mine, side.row))),
            shown=_words(state.get("shown"), called),
            shown_why="the safer, until people decide" if guarded else "central's order, until people decide",
            less_protective=tuple(each for each, value in values.items() if needs_second(head, value)),
            proposed_by=self._proposer(state),
            also_changed=(),
            blocked_by_room=bool(self.room.present),
            withdrawn=tuple(self._withdrawn(told, called) for told in withdrawn(head)),
            proposed=_proposed(state, called),
        )

    def _open(self, id: str) -> Record:
        conflict = self.record(id)
        if conflict.kind != "conflict":
            raise UnknownRecord
        return conflict

    def _proposer(self, state: Mapping[str, Value]) -> str | None:
        actor = state.get("proposed/actor")
        return self.worker_name(str(actor)) if actor else None

    def _withdrawn(self, told: Mapping[str, Value], called: Mapping[str, str]) -> str:
        who, when = self.worker_name(str(told.get("actor") or "")), self.when(told.get("at"))
        return f"{_words(told.get('value'), called)}, proposed by {who}, {when:%d %b %H:%M}; another value came since"

    def _side(self, state: Mapping[str, Value], row: str, called: Mapping[str, str]) -> Side:
        told = {part: state.get(f"siblings/{row}/{part}") for part in ("value", "actor", "device", "recorded_at")}
        mine = told["device"] == self.identity.device
        where = "this laptop" if mine else "another laptop"
        who = self.worker_name(str(told["actor"] or ""))
        return Side(row, mine, _words(told["value"], called), who, self.when(told["recorded_at"]), where)

    def resolve(self, id: str, take: str, reason: str) -> Resolution:
        """Decide: mine, theirs, both, or a row; with a reason. Lowering a safeguarding value waits for a team lead."""
        if self.room.present:
            raise Refused("Conflicts are not decided while somebody else is in the room.", "End the visit first.")
        if not reason.strip():
            raise Refused("A decision needs a reason.", "Write why; it is kept with the decision.")
        conflict = self._open(id)
        if conflict.state.get("status") == RESOLVED:
            raise Refused("This conflict has been decided already.")
        if self.store.outbox.unsettled_by_record([id]):
            raise Refused(
                "This was decided on this laptop and waits to be sent.", "Sync; central says what came of it."
            )
        head = _head(conflict)
        row = self._taken(conflict, head, take)
        patch: dict[str, Value] = {
            "take": take if take == "both" else row,
            "reason": reason.strip(),
            "seen": [str(conflict.state[f"siblings/{each}/change"]) for each in rows(head)],
        }
        value = conflict.state.get(f"siblings/{row}/value")
        if take == "both":
            value = self._both(conflict, head)
            patch["value"] = value
        self.save(conflict.id, "resolve", patch, {}, (conflict.version, conflict.version_hash))
        alone = needs_second(head, value) and not self._seconds(conflict, value)
        return Resolution("proposed" if alone else "applied")

    def resolve_harmless(self, reason: str) -> int:
        """Decide every conflict of class C at once for what is shown now, with one reason; how many.

        Nothing about safety or agreement is among them; what was not chosen stays in each record's history.
        """
        rows_ = [row for row in self.conflicts() if row.klass == HARMLESS]
        with self.store.transaction():
            for row in rows_:
                state = self.record(row.id).state
                taken = [
                    each
                    for each in rows(_head(self._open(row.id)))
                    if state.get(f"siblings/{each}/value") == state.get("shown")
                ]
                self.resolve(row.id, taken[0] if taken else "mine", reason)
        return len(rows_)

    def _seconds(self, conflict: Record, value: Value) -> bool:
        """Whether this is the second person's word on what another proposed."""
        state, me = conflict.state, self.me
        proposed = state.get("status") == PROPOSED and state.get("proposed/value") == value
        return proposed and me.role == LEAD and state.get("proposed/actor") != me.worker_id

    def _taken(self, conflict: Record, head: Head, take: str) -> str:
        if take in rows(head):
            return take
        mine = [row for row in rows(head) if conflict.state.get(f"siblings/{row}/device") == self.identity.device]
        others = [row for row in rows(head) if row not in mine]
        found = {"mine": mine, "theirs": others, "both": rows(head)}.get(take, [])
        if take == "both" and found:
            return found[0]
        if len(found) != 1:
            raise Refused("Say which value to take.", "Name its row: `fieldkit conflicts --json` shows them.")
        return found[0]

    def _both(self, conflict: Record, head: Head) -> Value:
        """Both as dated statements: only words can be joined so."""
        if conflict.state.get("policy") not in ("text", "append"):
            raise Refused("Only words can be kept side by side.", "Take one; the other stays in the history.")
        said = []
        for row in rows(head):
            side = self._side(conflict.state, row, {})
            said.append(f"{side.who}, {side.when:%d %B %Y %H:%M}: {side.value_text}")
        return "\n\n".join(said)


class _Places:
    """Where a conflict's question stands in its form; each record is opened once."""

    def __init__(self, desk: Deciding) -> None:
        self.desk = desk
        self._opened: dict[str, Mapping[str, int]] = {}

    def of(self, conflict: Record) -> tuple[str, int, str]:
        """The record, the question's number in it, its path."""
        record, path = str(conflict.state.get("record") or ""), str(conflict.state.get("path") or "")
        if record not in self._opened:
            self._opened[record] = self._paths(record)
        return record, self._opened[record].get(path, 1 << 20), path

    def _paths(self, record: str) -> Mapping[str, int]:
        found = self.desk.store.records.get(record)
        if found is None or not found.form:
            return {}
        try:
            pages = self.desk.interview(found.form, dict(found.state)).pages()
        except (FormError, FieldkitError):
            return {}
        return {view.path: number for number, view in enumerate(view for page in pages for view in page.questions)}


def _head(conflict: Record) -> Head:
    return Head(
        conflict.id,
        "conflict",
        conflict.scope,
        version=conflict.version,
        version_hash=conflict.version_hash,
        state=dict(conflict.state),
    )


def _proposed(state: Mapping[str, Value], called: Mapping[str, str]) -> str:
    """The value that waits for a second person, and its reason; blank when there is none."""
    if not state.get("proposed/actor"):
        return ""
    return f"{_words(state.get('proposed/value'), called)} (“{state.get('proposed/reason') or ''}”)"


def _words(value: Value, called: Mapping[str, str]) -> str:
    if value is None:
        return "blank"
    if isinstance(value, list):
        return ", ".join(called.get(each, each) for each in value)
    return called.get(value, value) if isinstance(value, str) else json.dumps(value)
