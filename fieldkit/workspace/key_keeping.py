"""Who can open this device: people and their slots, the council's slot, a new store key, and what central is told."""

from __future__ import annotations

import json
import secrets
from contextlib import suppress

from fieldkit import vault
from fieldkit.errors import Refused
from fieldkit.store.people import Known
from fieldkit.vault import Person
from fieldkit.vault.council_key import council_key, fingerprint
from fieldkit.workspace import draft_key
from fieldkit.workspace.core import Core
from fieldkit.workspace.words import refuse_controls
from sync.client.http import HttpCentral
from sync.errors import SyncError

GENERATION = "key_generation"
"""The fact that tells how often the key file had been written when it was last seen."""
EVENTS = "key_events"
"""The fact that keeps what central has not heard yet of the keys of this device."""


class KeyKeeping(Core):
    """The verbs about keys."""

    def people_here(self) -> tuple[Known, ...]:
        """Everybody who has a slot on this device, or had one."""
        return tuple(self.store.people.all())

    def add_person_here(self, person: Person, passphrase: str) -> str:
        """Give somebody a slot of their own; their id. They choose the passphrase; nobody else learns it."""
        account = self._account(person.worker)
        meant = Person("", refuse_controls(person.handle), person.role, account)
        made = vault.add_person(self.vault, meant, passphrase, self.kdf)
        self._knows(made)
        self.note_keys("person-added", f"{made.id} {made.role}")
        return made.id

    def remove_person_here(self, handle: str) -> str:
        """Take somebody's slot away; their id. An older key file that is put back does not bring it back here."""
        gone = next((each for each in self.people_here() if handle in (each.id, each.handle) and not each.until), None)
        if gone is not None and gone.id != self.vault.person.id:
            self.store.people.end(gone.id)
            draft_key.forget(self.store, gone.id)
        removed = vault.remove_person(self.vault, handle)
        self.note_keys("person-removed", removed.id)
        return removed.id

    def _account(self, worker: str) -> str:
        """The id of an account at central, by id or name; empty for none."""
        if not worker:
            return ""
        known = self.store.records.of_kind("worker")
        found = [each.id for each in known if worker in (each.id, str(each.state.get("name") or ""))]
        if len(found) != 1:
            raise Refused("Central has told this device of no such worker.", "Sync, or leave --worker out.")
        return found[0]

    def _knows(self, person: Person) -> None:
        known = Known(person.id, person.handle, person.role, person.worker, self.store.now())
        self.store.people.add(known)

    # -- the council

    def council_slot(self) -> str:
        """Bring the council's slot up to date; what was done in a sentence, or nothing."""
        held = council_key(self.store)
        if held is None or not vault.add_council(self.vault, held, self.identity.device):
            return ""
        self.note_keys("council-slot", str(held.number))
        return f"Your council can open this device with its key {fingerprint(held.public)}, two persons together."

    # -- what central hears

    def note_keys(self, what: str, about: str = "") -> None:
        """Keep in the audit what was done with keys, and for central until it has heard of it. Ids only."""
        with self.store.transaction():
            self.store.audit.note(what, about)
            told = json.loads(self.store.meta(EVENTS) or "[]")
            told.append({"id": secrets.token_hex(16), "what": what, "about": about, "at": self.store.now()})
            self.store.set_meta(EVENTS, json.dumps(told))
            self.store.set_meta(GENERATION, str(self.vault.file.generation))

    def tell_keys(self) -> None:
        """Tell central what it has not heard; an older central that does not listen is asked again next time."""
        told = json.loads(self.store.meta(EVENTS) or "[]")
        if not told:
            return
        with suppress(SyncError), HttpCentral(self.store.meta("central_url") or "", self.identity) as central:
            heard = set(central.tell("/sync/keys", {"events": told}).get("heard", ()))
            with self.store.transaction():
                now = json.loads(self.store.meta(EVENTS) or "[]")
                self.store.set_meta(EVENTS, json.dumps([each for each in now if each["id"] not in heard]))
