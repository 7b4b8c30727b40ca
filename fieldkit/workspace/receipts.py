"""A person's own copy of what they agreed to: only when it is safe to leave or send, and only their own lines."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from zoneinfo import ZoneInfo

from fieldkit.casework import agreement, evidence, people
from fieldkit.casework.translations import certifier_in, with_wording
from fieldkit.errors import Refused
from fieldkit.exports.personal import WAYS, Copy, as_document, own_paths, text
from fieldkit.store.records import Record
from fieldkit.workspace.new_file import NewFile
from fieldkit.workspace.proving import Proving
from fieldkit.workspace.sharing import Sharing
from sync.changes import digest, row_of
from sync.merge.consent import ALL, SERVICE
from sync.merge.consent import name as name_key


@dataclass(frozen=True, slots=True)
class Wanted:
    """A copy somebody asks for: of which record, whose, how it looks."""

    record: str
    person: str
    way: str = "html"
    large: bool = False


@dataclass(frozen=True, slots=True)
class Left:
    """What became of it."""

    asked: str
    """The record that keeps the answer to "safe to leave or send?"."""
    left: bool
    content: bytes = field(default=b"", repr=False)
    told: str = field(default="", repr=False)
    """The same in plain words, to be shown."""


class Receipts(Proving, Sharing):
    """The verb about a person's own copy."""

    def personal_receipt(self, wanted: Wanted, safe: bool) -> Left:
        """One person's copy. When it is not safe to leave or send it nothing is made; the answer is kept either way."""
        signature = self._signature_by(wanted)
        if wanted.way not in WAYS:
            raise Refused("There is no such copy.", f"As {', '.join(WAYS)}.")
        copy = self._copy_for(wanted, signature) if safe else None
        content = as_document(copy, wanted.way, wanted.large) if copy else b""
        scope = self.record(wanted.record).scope
        answer = {"record": wanted.record, "person": wanted.person, "safe": "yes" if safe else "no"}
        with self.store.transaction():
            asked = self.create("copy-asked", scope, {**answer, "at": self.store.now(), "as": wanted.way})
            self.store.audit.note("receipt", f"{wanted.record} for {wanted.person} {'left' if safe else 'not safe'}")
        return Left(asked, safe, content, text(copy) if copy else "")

    def leave_copy(self, wanted: Wanted, out: Path | None) -> Left:
        """One person's copy as a new file; without a file it was not safe, and only the answer is kept."""
        if out is None:
            return self.personal_receipt(wanted, safe=False)
        with NewFile(out) as file:
            made = self.personal_receipt(wanted, safe=True)
            file.write(made.content)
        return made

    def signers(self, record: str) -> tuple[tuple[str, str], ...]:
        """Who has signed a record and is one of the family's people: id and name as stated, each once."""
        found = dict(evidence.signer_of(str(each.state["bundle"])) for each in self.signatures_of(record))
        return tuple((person, name) for person, name in found.items() if person)

    def _signature_by(self, wanted: Wanted) -> Record:
        """The latest signature of a person about a record; Refused when there is none."""
        called = name_key(people.full_name(self.record(wanted.person).state))
        for each in reversed(self.signatures_of(wanted.record)):
            person, name = evidence.signer_of(str(each.state["bundle"]))
            if person == wanted.person or (not person and name_key(name) == called):
                return each
        raise Refused("They have signed nothing there.", "Each person gets only a copy of what they said themselves.")

    def _copy_for(self, wanted: Wanted, signature: Record) -> Copy:
        sealed, record = str(signature.state["bundle"]), self.record(wanted.record)
        raw, giver = json.loads(sealed), evidence.signer_of(sealed)[1]
        at, method, place = _moment_of(raw)
        contact = str(self._settings().get("council/contact") or "")
        lines, agencies = self._own_lines(record, sealed, giver)
        return Copy(
            id=self.new_id(),
            record=wanted.record,
            person=wanted.person,
            giver=giver,
            title=self.loaded(record.form).title,
            council=self.store.meta("council") or "",
            contact=contact,
            on=f"{self.when(at).astimezone(ZoneInfo(self.zone)):%d.%m.%Y %H:%M}",
            at=at,
            method=method,
            agreed=method not in evidence.NOT_AGREED,
            place=place,
            language=evidence.language_of(sealed),
            translation=certifier_in(evidence.shown_text(sealed), evidence.language_of(sealed)),
            form=record.form,
            bundle_hash=digest(sealed.encode("utf-8")),
            made_at=self.store.now(),
            lines=tuple(lines),
            agencies=tuple(agencies),
            taken_back=tuple(self._took_back(record.scope, giver, {name_key(a) for a, _ in agencies})),
        )

    def _own_lines(
        self, record: Record, sealed: str, giver: str
    ) -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
        """What this person said, as it was signed, in the language it was signed in; and the agencies they spoke of."""
        signed = dict(evidence.signed_answers(sealed))
        all_theirs = name_key(agreement.giver_told(signed).name) == name_key(giver)

        def is_own(path: str) -> bool:
            return all_theirs or name_key(record.state.get(f"{path}@voice")) == name_key(giver)

        form = self.loaded(record.form)
        own = own_paths(form, {**record.state, **signed}, signed, is_own)
        wordings = with_wording(self._settings())
        name = agreement.written_in(form.languages, evidence.language_of(sealed), wordings)[1]
        _, lines = self._readable(self.interview(record.form, {**record.state, **signed}, name))
        told = [(line.label, line.value) for line in lines if line.path in own]
        rows = sorted({row for row in map(row_of, own) if row is not None})
        found = agreement.permissions({path: signed[path] for path in signed if row_of(path) in rows})
        return told, [(agency, decision) for agency, decision, _ in found]

    def _took_back(self, scope: str, giver: str, spoken_of: set[str]) -> Iterator[tuple[str, str]]:
        """What they took back and stands so: of agencies that are on the paper already, and of all of them at once."""
        standing = {
            word.agency
            for word in self._said_in(scope)
            if word.giver == name_key(giver)
            and word.decision == "withdrawn"
            and word.agency in spoken_of | {ALL, SERVICE}
        }
        for each in self.store.records.of_scope(scope, "withdrawal"):
            theirs = name_key(each.state.get("giver")) == name_key(giver)
            if theirs and name_key(each.state.get("agency")) in standing:
                yield str(each.state["agency"]), str(each.state.get("effective") or each.at)


def _moment_of(raw: dict[str, object]) -> tuple[str, str, str]:
    """When, how and where a bundle was sealed."""
    if raw["bundle"] == 1:
        return str(raw["at"]), str(raw["method"]), str(raw["place"])
    time, said = raw["time"], raw["said"]
    assert isinstance(time, dict)
    assert isinstance(said, dict)
    return str(time["at"]), str(said["method"]), str(said["place"])
