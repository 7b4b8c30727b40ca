"""Agreement: freeze what is read, seal what was signed, and the PIN that ends a handover or a cover."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from zoneinfo import ZoneInfo

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error

from fieldkit.casework import agreement, clock_quality, evidence, people, translations
from fieldkit.config import build
from fieldkit.errors import PinSpent, Refused, UnknownRecord
from fieldkit.store.records import Record
from fieldkit.workspace.drafting import Drafting
from fieldkit.workspace.views import Evidence, Frozen, Giver
from forms.interview import Interview
from sync.changes import State, Value
from sync.merge.consent import name as name_key

COUNTERSIGNED = "countersigned"
"""The kind of central's receipts for bundles."""
NOT_TAKEN = 1 << 62
"""After every ledger number."""
TRIES = 5
PIN_LENGTH = 4
UNREAD = frozenset({"staff-only", "third-party", "restricted", "criminal", "childs-confidence"})
"""Sensitivities that are never part of a text that a family reads and signs."""


class Signing(Drafting):
    """The verbs about signatures and the PIN."""

    def freeze(self, record_or_draft: str, giver: Giver) -> Frozen:
        """The exact text and answers to be read and agreed to, with their hashes."""
        form, answers, family, record = self._to_sign(record_or_draft)
        told = agreement.giver_told(answers)
        languages = self.loaded(form).languages
        asked = giver.language or told.language
        settings = self._settings()
        language, name = agreement.written_in(languages, asked, translations.with_wording(settings))
        translation = translations.of_settings(settings, language)
        interview = self.interview(form, answers, name)
        shown, lines = self._readable(interview)
        text = agreement.text_to_sign(interview.form.title, giver.name, lines, language, translation)
        hashes = (evidence.text_hash(text), evidence.answers_hash(shown))
        whole = self._known_giver(giver, told, family)
        of_form = self.store.form_versions.get(form).hash
        about = translations.told(asked, language, translation)
        return Frozen(text, shown, *hashes, form, whole, record, family, of_form, language, about)

    def _settings(self) -> State:
        """What the council has set, as central said it."""
        settings = next(iter(self.store.records.of_kind("settings", 1)), None)
        return settings.state if settings else {}

    def _known_giver(self, giver: Giver, told: agreement.Told, family: str) -> Giver:
        """The giver with what form and family tell of them, where it is they of whom the form tells."""
        about = told if name_key(told.name) == name_key(giver.name) else agreement.giver_told({})
        stands = giver.standing
        person = stands.person or self._person_called(family, giver.name)
        competence = stands.competence or about.competence
        judged = stands.judged_by or (self.me.worker_id if competence else "")
        responsibility = stands.responsibility or about.responsibility or self._responsibility(person)
        standing = evidence.Standing(person, responsibility, competence, judged)
        language = giver.language or told.language
        return replace(giver, capacity=giver.capacity or about.capacity, standing=standing, language=language)

    def _person_called(self, family: str, called: str) -> str:
        """The one person of a family who has that name; empty when nobody has it, or two."""
        held = self.store.records.of_scope(self.record(family).scope, "person")
        found = [each.id for each in held if name_key(people.full_name(each.state)) == name_key(called)]
        return found[0] if len(found) == 1 else ""

    def _responsibility(self, person: str) -> str:
        state = self.record(person).state if person else {}
        if state.get("pr_source"):
            return str(state["pr_source"])
        return "birth mother" if state.get("relation") == "mother" and people.responsibility(state) else ""

    def _to_sign(self, thing: str) -> tuple[str, dict[str, Value], str, str]:
        self.writer.drain()
        record = self.store.records.get(thing)
        if record is not None and record.form:
            return record.form, dict(record.state), record.scope.removeprefix("family:"), record.id
        if record is not None:
            raise Refused("Only a filed form can be signed.")
        draft = self.store.drafts.get(thing)
        return draft.form, self.store.drafts.restore(thing)[0], draft.family, ""

    def _readable(self, interview: Interview) -> tuple[dict[str, Value], list[agreement.Line]]:
        shown: dict[str, Value] = {}
        lines: list[agreement.Line] = []
        for page in interview.pages():
            for view in page.questions:
                if view.value is None or view.klass in UNREAD or not view.safe_in_room or view.path in shown:
                    continue
                names = dict(view.choices)
                told = view.value if isinstance(view.value, list) else [str(view.value)]
                shown[view.path] = view.value
                words = ", ".join(names.get(each, each) for each in told)
                lines.append(agreement.Line(view.label, words, view.path))
        return shown, lines

    def sign(self, frozen: Frozen, given: Evidence) -> str:
        """Seal what was said to a frozen text; the id of the bundle. Refused when the evidence is not whole."""
        giver = frozen.giver
        words = (given.name or giver.name, given.role or giver.role, giver.capacity, given.statement)
        around = (given.strokes, given.witness, given.place, given.interpreter)
        said = evidence.Said(given.method, *words, *around, giver.standing, given.support)
        lacks = evidence.lacking(said)
        if lacks:
            raise Refused(lacks, "Nothing was sealed.")
        scope = self.record(frozen.family).scope
        language, answers = frozen.language, frozen.answers
        seen = evidence.Seen(frozen.record, frozen.form, frozen.form_hash, frozen.text, language, answers)
        with self.store.transaction():
            sealed = evidence.seal(evidence.bundle(seen, said, self._sealing()), self._key)
            patch = {
                "bundle": sealed,
                "record": frozen.record,
                "method": given.method,
                "agreed": "no" if given.method in evidence.NOT_AGREED else "yes",
                "giver": said.name,
            }
            return self.create("signature", scope, patch)

    def _sealing(self) -> evidence.Sealing:
        entry, previous = self.store.audit.head()
        me = self.me
        return evidence.Sealing(me.author, me.role, me.device, build(), self._moment(), entry, previous)

    def _moment(self) -> evidence.Moment:
        now = self.reading()
        heard = self.central_heard()
        local = now.wall.astimezone(ZoneInfo(self.zone)).isoformat(timespec="milliseconds")
        central = (heard.central.isoformat(timespec="milliseconds"), heard.offset) if heard else ("", 0)
        at = now.wall.isoformat(timespec="milliseconds")
        doubts = clock_quality.doubts(now, heard)
        return evidence.Moment(at, local, self.zone, f"{now.running:.3f}", now.boot, *central, doubts)

    def bundles_of(self, record: str) -> list[str]:
        """The sealed bundles about a record, in the order central took them; those it has not, after them as sealed."""
        return [str(each.state["bundle"]) for each in self.signatures_of(record)]

    def signatures_of(self, record: str) -> list[Record]:
        """The signatures about a record, in that order: no clock is asked, a laptop's may have been set back."""
        scope = self.record(record).scope
        numbers = {told["record"]: int(told["number"]) for told in map(json.loads, self._receipts(scope))}
        held = [each for each in self.store.records.of_scope(scope, "signature") if each.state.get("record") == record]

        def place(each: Record) -> tuple[int, int, str]:
            sealed_after = evidence.previous_of(str(each.state["bundle"]))[0]
            return numbers.get(each.id, NOT_TAKEN), sealed_after, each.at

        return sorted(held, key=place)

    def moved_since_signing(self, record: str) -> frozenset[str]:
        """The answers that are no longer, or were not yet, as anybody's latest signature about a record has them."""
        found, latest = self.record(record), {}
        for sealed in self.bundles_of(record):
            latest[name_key(evidence.signer_of(sealed)[1])] = sealed
        if not latest or not found.form:
            return frozenset()
        now, _ = self._readable(self.interview(found.form, dict(found.state)))
        return frozenset(path for sealed in latest.values() for path in evidence.changed_since(sealed, now))

    def _receipts(self, scope: str = "") -> Iterator[str]:
        """Central's receipts for bundles, of one scope or all."""
        records = self.store.records
        for each in records.of_scope(scope, COUNTERSIGNED) if scope else records.of_kind(COUNTERSIGNED):
            yield str(each.state["receipt"])

    # -- the PIN

    def pin_set(self) -> bool:
        """Whether a PIN has been chosen."""
        return self.store.meta("pin") is not None

    def set_pin(self, pin: str) -> None:
        """Choose the short PIN that ends a cover or a handover."""
        if len(pin) < PIN_LENGTH or not pin.isdigit():
            raise Refused(f"A PIN is at least {PIN_LENGTH} digits.", "Choose another.")
        self.store.set_meta("pin", PasswordHasher(time_cost=2, memory_cost=16 * 1024, parallelism=1).hash(pin))
        self.store.set_meta("pin_tries", "0")

    def forgive_pin(self) -> None:
        """The passphrase was right: wrong PINs before it count no more."""
        if self.store.meta("pin_tries") not in (None, "0"):
            self.store.set_meta("pin_tries", "0")

    def try_pin(self, pin: str) -> bool:
        """Whether this is the PIN; after five wrong tries PinSpent, and fieldkit locks."""
        kept = self.store.meta("pin")
        if kept is None:
            raise UnknownRecord
        tries = int(self.store.meta("pin_tries") or 0)
        if tries >= TRIES:
            raise PinSpent
        try:
            PasswordHasher().verify(kept, pin)
        except Argon2Error:
            self.store.set_meta("pin_tries", str(tries + 1))
            if tries + 1 >= TRIES:
                raise PinSpent from None
            return False
        self.store.set_meta("pin_tries", "0")
        return True
