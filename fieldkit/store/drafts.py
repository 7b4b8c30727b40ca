"""Drafts and their journal: what is being typed, revision by revision, until it is filed or thrown away."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from fieldkit.errors import UnknownRecord
from sync.changes import Value, apply

if TYPE_CHECKING:
    from fieldkit.store.store import Store

_COLUMNS = "id, form, family, record, trunk, was, begun_at, saved_at, part, answered, total, missing, room"


@dataclass(frozen=True, slots=True)
class Draft:
    """A draft without its answers: what it is for, what its author had seen, how far it has come."""

    id: str
    form: str
    """Form and version, `eha@2026.1`: a draft keeps to the version it was begun with."""
    family: str
    record: str | None
    trunk: tuple[int, str]
    was: Mapping[str, Value] = field(repr=False)
    begun_at: str
    saved_at: str
    part: str = ""
    answered: int = 0
    total: int = 0
    missing: int = 0
    room: tuple[str, ...] = field(default=(), repr=False)
    """Who was present when it was begun."""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a draft has come, for lists."""

    part: str
    answered: int
    total: int
    missing: int


@dataclass(frozen=True, slots=True)
class Typed:
    """One revision of a draft: the paths that changed (None: cleared), to be journalled."""

    draft: str
    revision: int
    entries: Mapping[str, Value] = field(repr=False)
    progress: Progress | None = None


@dataclass(frozen=True, slots=True)
class Migration:
    """A draft's step from one version of its form to another, and what it held on both sides."""

    draft: str
    revision: int
    form_before: str
    form_after: str
    before: Mapping[str, Value] = field(repr=False)
    after: Mapping[str, Value] = field(repr=False)


class Drafts:
    """The tables of drafts and their journal."""

    def __init__(self, store: Store) -> None:
        self.store = store

    def begin(self, draft: Draft) -> None:
        """Keep a new draft."""
        head = (draft.id, draft.form, draft.family, draft.record, json.dumps(draft.trunk), json.dumps(dict(draft.was)))
        tail = (draft.begun_at, draft.saved_at, draft.part, draft.answered, draft.total, draft.missing)
        with self.store.transaction() as connection:
            connection.execute(
                f"insert into draft ({_COLUMNS}) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",  # noqa: S608
                (*head, *tail, json.dumps(draft.room)),
            )

    def get(self, draft: str) -> Draft:
        """One draft; UnknownRecord when there is none."""
        found = self.store.connection.execute(f"select {_COLUMNS} from draft where id = ?", (draft,)).fetchone()  # noqa: S608
        if found is None:
            raise UnknownRecord
        return _draft(found)

    def all(self) -> list[Draft]:
        """Every draft, the latest saved first."""
        query = f"select {_COLUMNS} from draft order by saved_at desc, id"  # noqa: S608
        return [_draft(row) for row in self.store.connection.execute(query)]

    def journal(self, typed: Sequence[Typed]) -> str:
        """Keep what was typed; durable when this returns. Answers the instant of the save."""
        at = self.store.now()
        with self.store.transaction() as connection:
            for each in typed:
                values = (each.draft, each.revision, at, json.dumps(dict(each.entries), ensure_ascii=False))
                connection.execute(
                    "insert into journal (draft, revision, at, entries)"
                    " select ?, ?, ?, ? where exists (select 1 from draft where id = ?) on conflict do nothing",
                    (*values, each.draft),
                )
                self._supersede(each)
                self._saved(each, at)
        return at

    def _supersede(self, typed: Typed) -> None:
        """Drop the revision just before, when it said only what this one says anew: a long note is kept once, not once
        for every key."""
        paths = json.dumps(sorted(typed.entries), ensure_ascii=False, separators=(",", ":"))
        self.store.connection.execute(
            "delete from journal where draft = ? and revision = ?"
            " and (select json_group_array(key) from (select key from json_each(entries) order by key)) = ?",
            (typed.draft, typed.revision - 1, paths),
        )

    def _saved(self, typed: Typed, at: str) -> None:
        if typed.progress is None:
            self.store.connection.execute("update draft set saved_at = ? where id = ?", (at, typed.draft))
            return
        how = typed.progress
        self.store.connection.execute(
            "update draft set saved_at = ?, part = ?, answered = ?, total = ?, missing = ? where id = ?",
            (at, how.part, how.answered, how.total, how.missing, typed.draft),
        )

    def about(self, record: str) -> list[str]:
        """The drafts that are about a record: for it as a family, or as the record that it adds to."""
        query = "select id from draft where family = ? or record = ? order by id"
        return [str(row[0]) for row in self.store.connection.execute(query, (record, record))]

    def restore(self, draft: str) -> tuple[dict[str, Value], int]:
        """What was typed so far (its journal folded in order), and the last revision."""
        state: dict[str, Value] = {}
        revision = 0
        query = "select revision, entries from journal where draft = ? order by revision"
        for number, entries in self.store.connection.execute(query, (draft,)):
            state, revision = apply(state, json.loads(entries)), int(number)
        return state, revision

    def migrate(self, step: Migration, progress: Progress) -> None:
        """Go over to another version: values, version and the way back in one transaction, or nothing of it."""
        with self.store.transaction() as connection:
            values = (step.draft, step.revision, self.store.now(), step.form_before, step.form_after)
            connection.execute(
                "insert into draft_upgrade (draft, revision, at, form_before, form_after, before, after)"
                " values (?, ?, ?, ?, ?, ?, ?)",
                (*values, _text(step.before), _text(step.after)),
            )
            self._turn(step.draft, step.form_after, Typed(step.draft, step.revision, _moved(step), progress))

    def migrated(self, draft: str) -> Migration | None:
        """The last step that a draft made and has not taken back."""
        query = (
            "select revision, form_before, form_after, before, after from draft_upgrade"
            " where draft = ? order by revision desc limit 1"
        )
        found = self.store.connection.execute(query, (draft,)).fetchone()
        if found is None:
            return None
        revision, form_before, form_after, before, after = found
        return Migration(draft, revision, form_before, form_after, json.loads(before), json.loads(after))

    def unmigrate(self, step: Migration, typed: Typed) -> None:
        """Take a step back, with what the draft is to hold then, in one transaction."""
        with self.store.transaction() as connection:
            query = "delete from draft_upgrade where draft = ? and revision = ?"
            connection.execute(query, (step.draft, step.revision))
            self._turn(step.draft, step.form_before, typed)

    def _turn(self, draft: str, form: str, typed: Typed) -> None:
        self.store.connection.execute("update draft set form = ? where id = ?", (form, draft))
        self.journal([typed])

    def end(self, draft: str) -> None:
        """Destroy a draft and its journal (filed or thrown away); call it inside the verb's transaction.

        Its copies at central are destroyed with the next sync.
        """
        with self.store.transaction() as connection:
            self.store.copies.end(draft)
            connection.execute("delete from journal where draft = ?", (draft,))
            connection.execute("delete from draft_upgrade where draft = ?", (draft,))
            connection.execute("delete from draft where id = ?", (draft,))
            self.store.forget_with_commit()


def _text(values: Mapping[str, Value]) -> str:
    return json.dumps(dict(values), ensure_ascii=False)


def _moved(step: Migration) -> dict[str, Value]:
    return difference(step.before, step.after)


def difference(before: Mapping[str, Value], after: Mapping[str, Value]) -> dict[str, Value]:
    """What a journal has to say so that the one becomes the other."""
    entries: dict[str, Value] = {path: value for path, value in after.items() if before.get(path) != value}
    return entries | dict.fromkeys(path for path in before if path not in after)


def _draft(row: tuple[Any, ...]) -> Draft:
    draft, form, family, record, trunk, was, begun, saved, part, answered, total, missing, room = row
    version, known = json.loads(trunk)
    head = (draft, form, family, record, (int(version), str(known)), json.loads(was), begun, saved)
    return Draft(*head, part, answered, total, missing, tuple(json.loads(room)))
