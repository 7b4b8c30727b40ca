"""Agreement: freeze what is read, seal what was signed, and the PIN that ends a handover or a cover."""

from __future__ import annotations

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error

from fieldkit.casework import agreement, evidence
from fieldkit.errors import PinSpent, Refused, UnknownRecord
from fieldkit.workspace.drafting import Drafting
from fieldkit.workspace.views import Evidence, Frozen, Giver
from forms.interview import Interview
from sync.changes import Value

TRIES = 5
PIN_LENGTH = 4
UNREAD = frozenset({"staff-only", "third-party", "restricted", "criminal", "childs-confidence"})
"""Sensitivities that are never part of a text that a family reads and signs."""


class Signing(Drafting):
    """The verbs about signatures and the PIN."""

    def freeze(self, record_or_draft: str, giver: Giver) -> Frozen:
        """The exact text and answers to be read and agreed to, with their hashes."""
        form, answers, family, record = self._to_sign(record_or_draft)
        interview = self.interview(form, answers)
        shown, lines = self._readable(interview)
        text = agreement.text_to_sign(interview.form.title, giver.name, lines)
        hashes = (evidence.text_hash(text), evidence.answers_hash(shown))
        return Frozen(text, shown, *hashes, form, giver, record, family)

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
                lines.append(agreement.Line(view.label, ", ".join(names.get(each, each) for each in told)))
        return shown, lines

    def sign(self, frozen: Frozen, given: Evidence) -> str:
        """Seal what was said to a frozen text; the id of the bundle. Refused when the evidence is not whole."""
        said = evidence.Said(
            given.method,
            given.name or frozen.giver.name,
            given.role or frozen.giver.role,
            frozen.giver.capacity,
            given.statement,
            given.strokes,
            given.witness,
            given.place,
            given.interpreter,
        )
        lacks = evidence.lacking(said)
        if lacks:
            raise Refused(lacks, "Nothing was sealed.")
        scope = self.record(frozen.family).scope
        with self.store.transaction():
            made = evidence.bundle(frozen.text, frozen.answers, frozen.form, said, self._sealing())
            sealed = evidence.seal(made, self._key)
            patch = {
                "bundle": sealed,
                "record": frozen.record,
                "method": given.method,
                "agreed": "no" if given.method in evidence.NOT_AGREED else "yes",
                "giver": said.name,
            }
            return self.create("signature", scope, patch)

    def _sealing(self) -> evidence.Sealing:
        _, previous = self.store.audit.head()
        central = self.store.meta("last_central_time") or ""
        me = self.me
        return evidence.Sealing(me.author, me.device, self.store.now(), self.zone, central, previous)

    def bundles_of(self, record: str) -> list[str]:
        """The sealed bundles about a record, oldest first."""
        held = self.store.records.of_scope(self.record(record).scope, "signature")
        return [str(each.state["bundle"]) for each in held if each.state.get("record") == record]

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
