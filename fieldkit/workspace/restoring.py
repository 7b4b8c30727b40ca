"""Drafts back from their copies: onto a worker's new laptop by the old passphrase, or by two persons' escrow."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from zoneinfo import ZoneInfo

from fieldkit.config import REAL_KDF, KdfPolicy
from fieldkit.errors import NotSealedForThis, Refused, UnknownRecord, WrongPassphrase
from fieldkit.sealing import Pair
from fieldkit.store.copies import Origin
from fieldkit.store.drafts import Typed
from fieldkit.workspace import draft_key, sealed_drafts
from fieldkit.workspace.copying import Copying
from fieldkit.workspace.drafting import seals_in
from fieldkit.workspace.sealed_drafts import Kept, Place
from fieldkit.workspace.syncing import translated
from sync.client import Reason, copies
from sync.client.http import HttpCentral
from sync.errors import Rejected


@dataclass(frozen=True, slots=True)
class RestoredDraft:
    """A draft that came back."""

    draft: str
    form_title: str
    copied_at: datetime
    device: str
    """What the laptop was called that it came from."""
    files_missing: int
    """Files that were on that laptop only; their names are in the answers."""


@dataclass(frozen=True, slots=True)
class LeftCopy:
    """A copy that was not brought back, and why."""

    device: str
    copied_at: datetime
    why: str


@dataclass(frozen=True, slots=True)
class Restoration:
    """What came of a restore."""

    restored: tuple[RestoredDraft, ...]
    left: tuple[LeftCopy, ...]


FILED = "It was filed meanwhile."
NO_FAMILY = "Its family is not on this laptop. Sync, or ask your lead for the family, then restore again."
NO_FORM = "Its form is not on this laptop. Sync, then restore again."
OTHER_LAPTOP = "It is from a laptop with another passphrase. Restore again with that one."
NOT_WHOLE = "It was altered, or is not one of yours. Tell whoever looks after central."
NOT_OPENED = "These drafts are not opened to you, or were for a day that is over."
NOT_OPENED_CURE = (
    "Central's desk opens them, on the word of two persons: `fieldkit-central drafts-open WORKER --to YOU …`."
)
NOT_ESCROWED = "It was made before the council had a key. Only its worker's passphrase opens it."
SAME = "It is here already."


class Restoring(Copying):
    """The verbs that bring drafts back."""

    def restored_from(self, draft: str) -> str:
        """Where a draft was restored from, in words; blank for one that was begun here."""
        found = self.store.copies.origin(draft)
        if found is None:
            return ""
        at = self.when(found.at).astimezone(ZoneInfo(self.zone))
        return f"restored from the copy of {at.day} {at:%B %Y %H:%M}"

    def copies_elsewhere(self) -> int:
        """How many drafts of this worker central has copies of, from other laptops, that are not here."""
        with translated(), self._reach() as line:
            found = copies.ask(line).copies
        here = self.identity.device
        return sum(each.device != here and not self.store.copies.knows(each.copy, each.version) for each in found)

    def restore_drafts(self, passphrase: str, kdf: KdfPolicy = REAL_KDF) -> Restoration:
        """Bring back the drafts of a laptop that is lost, with the passphrase it had. WrongPassphrase opens none."""
        self.sync()
        with translated(), self._reach() as line:
            listing = copies.ask(line, keys=True)
            wanted = self._wanted(listing.copies)
            pairs = _opened({each.key for each in wanted}, listing.keys, passphrase, kdf)
            return self._restore(wanted, lambda each: self._own(line, each, pairs))

    def restore_escrowed(self, worker: str, private: bytes, reason: str) -> Restoration:
        """Bring a worker's drafts onto this laptop by the council's key, which two persons opened."""
        if not reason.strip():
            raise Refused("Say why these drafts are opened.", "Nothing was opened.")
        self.sync()
        whose = self._colleague(worker)
        self.store.audit.note("restore-drafts-escrow", whose)
        with translated(), self._reach() as line:
            wanted = self._wanted(_opened_to_us(line, whose))
            return self._restore(wanted, lambda each: self._escrowed(line, each, whose, private))

    def _colleague(self, worker: str) -> str:
        known = self.store.records.of_kind("worker")
        found = [each.id for each in known if worker in (each.id, each.state.get("name"))]
        if not found:
            raise Refused("Central has told this device of no such worker.", "Check the name. Nothing was opened.")
        return found[0]

    def _wanted(self, found: tuple[copies.Listed, ...]) -> list[copies.Listed]:
        return [each for each in found if not self.store.copies.knows(each.copy, each.version)]

    def _own(self, line: HttpCentral, each: copies.Listed, pairs: dict[str, Pair]) -> Kept | str:
        if each.key not in pairs:
            return OTHER_LAPTOP
        block, place = copies.get(line, each.copy), Place(self._copied_for, each.copy, each.version)
        try:
            return sealed_drafts.from_bytes(sealed_drafts.opened(block, pairs[each.key], place))
        except NotSealedForThis:
            return NOT_WHOLE

    def _escrowed(self, line: HttpCentral, each: copies.Listed, worker: str, private: bytes) -> Kept | str:
        block, place = copies.get(line, each.copy), Place(worker, each.copy, each.version)
        try:
            return sealed_drafts.from_bytes(sealed_drafts.opened_by_council(block, private, place))
        except NotSealedForThis:
            return NOT_ESCROWED

    def _restore(self, wanted: list[copies.Listed], open_one: Callable[[copies.Listed], Kept | str]) -> Restoration:
        restored, left = [], []
        for each in wanted:
            kept = open_one(each)
            why = kept if isinstance(kept, str) else self._bar(kept)
            if isinstance(kept, str) or why:
                left.append(LeftCopy(each.label, self.when(each.at), str(why)))
            else:
                restored.append(self._bring_back(kept, each))
        return Restoration(tuple(restored), tuple(left))

    def _bar(self, kept: Kept) -> str:
        """Why a draft does not come back; blank when it does."""
        draft = kept.draft
        if self.store.records.get(draft.id) is not None:
            return FILED
        if self.store.records.get(draft.family) is None:
            return NO_FAMILY
        try:
            self.store.form_versions.get(draft.form)
        except UnknownRecord:
            return NO_FORM
        return SAME if self._stands(kept) else ""

    def _stands(self, kept: Kept) -> bool:
        try:
            self.store.drafts.get(kept.draft.id)
        except UnknownRecord:
            return False
        return self.store.drafts.restore(kept.draft.id)[0] == kept.values

    def _bring_back(self, kept: Kept, each: copies.Listed) -> RestoredDraft:
        draft = kept.draft
        try:
            self.store.drafts.get(draft.id)
            draft = replace(draft, id=self.new_id())  # another state of it is here: both are kept
        except UnknownRecord:
            pass
        with self.store.transaction():
            self.store.drafts.begin(draft)
            self.store.drafts.journal([Typed(draft.id, kept.revision, kept.values)])
            self.store.copies.came_from(draft.id, Origin(each.copy, each.version, each.at, each.label))
            self.store.audit.note("restore-draft", draft.id)
        missing = sum(not self._has_file(seal) for seal in seals_in(kept.values))
        return RestoredDraft(draft.id, self._form_called(draft.form), self.when(each.at), each.label, missing)

    def _form_called(self, form: str) -> str:
        told = json.loads(self.store.form_versions.get(form).published)
        return str(told.get("title") or form)

    def _has_file(self, seal: str) -> bool:
        try:
            self.store.attachments.content(seal)
        except UnknownRecord:
            return False
        return True


def _opened(wanted: set[str], keys: tuple[copies.WrappedKey, ...], passphrase: str, kdf: KdfPolicy) -> dict[str, Pair]:
    """The draft keys that a passphrase opens; WrongPassphrase when there are some and it opens none."""
    pairs: dict[str, Pair] = {}
    tried = [each for each in keys if each.public in wanted]
    for each in tried:
        try:
            pairs[each.public] = draft_key.unwrap(each.wrapped, each.public, passphrase, kdf)
        except WrongPassphrase:
            continue
    if tried and not pairs:
        raise WrongPassphrase
    return pairs


def _opened_to_us(line: HttpCentral, worker: str) -> tuple[copies.Listed, ...]:
    try:
        return copies.ask(line, worker).copies
    except Rejected as refused:
        if refused.reason == Reason.NOT_ENTITLED:
            raise Refused(NOT_OPENED, NOT_OPENED_CURE) from None
        raise
