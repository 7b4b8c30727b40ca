"""Copies of drafts: a sealed one of each that moved on goes to central with every sync."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from fieldkit.config import IDLE_MINUTES
from fieldkit.errors import FieldkitError, SignInNeeded, UnknownRecord
from fieldkit.sealing import Pair
from fieldkit.store.copies import Due
from fieldkit.vault import KEY_FILE
from fieldkit.vault.council_key import council_public_key
from fieldkit.workspace import draft_key, sealed_drafts
from fieldkit.workspace.device_views import Status
from fieldkit.workspace.sealed_drafts import Kept, Place
from fieldkit.workspace.signing_in import SigningIn
from fieldkit.workspace.syncing import translated
from fieldkit.workspace.views import Progress, SyncReport
from sync.client import copies
from sync.client.http import HttpCentral
from sync.client.patience import Patience, Retrying
from sync.errors import TooLarge

TEAM_EVERY = timedelta(hours=1)
"""How often a lead's device asks about the team where a sync brings nothing new; where it does, each time."""
KEY_TOLD, COUNCIL_TOLD, TEAM, TEAM_AT = "draft_key_told", "draft_council_told", "draft_team", "draft_team_at"
PEOPLE = "team_people"
"""The fact that tells a lead who is in the team, as central told it."""
STANDING_TOLD = "standing_told"
SOON = Patience(whole=10.0)
"""A cut line is no reason to tell a worker of copies; what lasts longer is, and they go with the next sync."""


@dataclass(frozen=True, slots=True)
class TeamRow:
    """How many drafts of a worker have a copy at central, and how old: all that anybody else is told."""

    name: str
    drafts: int
    oldest: datetime
    newest: datetime


class Copying(SigningIn):
    """The verbs about copies of drafts."""

    def sync(self, report: Callable[[Progress], None] | None = None) -> SyncReport:
        """As ever; then a sealed copy of each draft that moved on, and the end of those that are done with."""
        try:
            done = super().sync(report)
        except SignInNeeded:
            self._copy_drafts()  # like what is unsent, copies may go where nothing new is fetched
            raise
        return replace(done, reasons=(*done.reasons, *self._copy_drafts(moved=bool(done.pulled))))

    def status(self) -> Status:
        """The honest state of this device, and how well its drafts are covered."""
        cover = self.store.copies.cover()
        newest = datetime.fromisoformat(cover.newest) if cover.newest else None
        return replace(super().status(), drafts_uncopied=cover.uncopied, newest_copy=newest)

    def copies_told(self) -> str:
        """A sentence when work here has no copy younger than a day; blank otherwise."""
        now = self.status()
        if not now.drafts_uncopied or not self.me.enrolled:
            return ""
        if now.newest_copy is None:
            return "No copy of your drafts is at central yet. Sync, so that a lost laptop loses nothing."
        days = (self.clock.now() - now.newest_copy) // timedelta(days=1)
        if not days:
            return ""
        return f"The newest copy of your drafts is {days} day{'s' if days > 1 else ''} old. Sync when you can."

    @property
    def _copied_for(self) -> str:
        """The worker whom this device was enrolled for: copies lie with that account, whoever of the device typed."""
        return str(self._fact("worker").get("id", ""))

    # -- to central

    def _copy_drafts(self, *, moved: bool = False) -> list[str]:
        pair, council = draft_key.kept(self.store), council_public_key(self.store)
        if pair is None:
            return []
        if council is not None and self.store.meta(COUNCIL_TOLD) != council.hex():
            with self.store.transaction():
                self.store.copies.all_due()
                self.store.set_meta(COUNCIL_TOLD, council.hex())
        team = self.me.role == "lead" and (moved or self._team_is_old())
        if not (self.store.copies.is_due() or self._key_to_tell() or team or self._standing_to_tell()):
            return []
        try:
            with translated():
                return Retrying(self.pause, SOON).run(lambda: self._sent(pair, team))
        except FieldkitError as wrong:
            # What was asked of this sync is done; the copies go with the next one.
            return [f"Copies of drafts could not be sent. {wrong.said}"]

    def _sent(self, pair: Pair, team: bool) -> list[str]:
        with self._reach() as line:
            return self._send(line, pair, team)

    def _send(self, line: HttpCentral, pair: Pair, team: bool) -> list[str]:
        done = [self._copy(line, pair, due) for due in self.store.copies.due()]
        wrapped, ended, standing = self._key_to_tell(), self.store.copies.ended(), self._standing_to_tell()
        if wrapped or ended or standing or team:
            for at in range(0, max(len(ended), 1), copies.MOST_ENDED):
                some = ended[at : at + copies.MOST_ENDED]
                key = (pair.public.hex(), wrapped) if wrapped else None
                told = copies.tell(line, copies.Told(key, some, team, standing))
                self.store.copies.told(some)
            self._central_told(wrapped, told if team else None)
            if standing:
                self.store.set_meta(STANDING_TOLD, json.dumps(standing))
        self.store.audit.note("draft-copies", f"{done.count('')} kept {len(ended)} ended")
        return sorted({each for each in done if each})

    def _key_to_tell(self) -> str:
        """The wrapped key, when central has not this one."""
        wrapped = draft_key.for_central(self.store)
        return wrapped if self.store.meta(KEY_TOLD) != hashlib.sha256(wrapped.encode()).hexdigest() else ""

    def _standing_to_tell(self) -> dict[str, Any] | None:
        """What a breach report needs from here, when central has not just this: kinds and numbers only."""
        slots = draft_key.kinds_of_slots((self.vault.home / KEY_FILE).read_bytes())
        drafts, waits = len(self.store.drafts.all()), self.store.outbox.counts().waiting
        said = {"slots": slots, "locks_after_minutes": IDLE_MINUTES, "drafts": drafts, "waiting": waits}
        return said if self.store.meta(STANDING_TOLD) != json.dumps(said) else None

    def _team_is_old(self) -> bool:
        asked = self.store.meta(TEAM_AT)
        return asked is None or self.clock.now() - self.when(asked) > TEAM_EVERY

    def _central_told(self, wrapped: str, team: copies.Answered | None) -> None:
        with self.store.transaction():
            if wrapped:
                self.store.set_meta(KEY_TOLD, hashlib.sha256(wrapped.encode()).hexdigest())
            if team is not None:
                self.store.set_meta(TEAM, json.dumps(team.drafts))
                self.store.set_meta(PEOPLE, json.dumps(team.people))
                self.store.set_meta(TEAM_AT, self.store.now())

    def _copy(self, line: HttpCentral, pair: Pair, due: Due) -> str:
        """Send a copy of one draft; what to tell the worker when it was not taken."""
        try:
            kept = self._kept(due.draft)
        except UnknownRecord:
            return ""  # filed or thrown away while we were sending: it is ended with the next sync
        content = sealed_drafts.to_bytes(kept)
        became = self._put(line, pair, replace(due, revision=kept.revision), content)
        if became == copies.OTHER:
            aside = self.store.copies.stepped_aside(due)
            became = self._put(line, pair, replace(aside, revision=kept.revision), content)
        return {copies.KEPT: "", copies.GONE: ""}.get(
            became, "A draft has no room at central: file what is done, or throw away what is not needed."
        )

    def _put(self, line: HttpCentral, pair: Pair, due: Due, content: bytes) -> str:
        place = Place(self._copied_for, due.copy, due.revision)
        block = sealed_drafts.seal(content, pair, council_public_key(self.store), place)
        if len(block) > copies.LARGEST_COPY:
            return ""
        told = sealed_drafts.mark(pair, due.copy, content)
        # Noted before it leaves: if the answer is lost, central may have it, and the next version may replace it.
        self.store.copies.sending(due.copy, due.revision, told)
        label = copies.label(self.identity.device, self._about(due.draft), self._central_key("seal"))
        copy = copies.Copy(due.copy, due.revision, told, due.before, pair.public.hex(), label, block)
        try:
            became = copies.put(line, copy)
        except TooLarge:
            return ""  # there is no room for it at central; what is done with is still told
        if became in (copies.KEPT, copies.GONE):
            self.store.copies.kept(due.copy, due.revision, told)
        return became

    def _kept(self, draft: str) -> Kept:
        with self.store.transaction():
            values, revision = self.store.drafts.restore(draft)
            return Kept(self.store.drafts.get(draft), values, revision)

    def _about(self, draft: str) -> tuple[str, ...]:
        """What central must know, under its seal, to destroy the copy when that is erased."""
        about = self.store.drafts.get(draft)
        home = self.store.records.get(about.family)
        return (home.scope if home else f"family:{about.family}", about.family, about.record or "")

    def team_drafts(self) -> tuple[TeamRow, ...]:
        """For a lead: that there are drafts, how many and how old, as of the last hour's sync."""
        told = json.loads(self.store.meta(TEAM) or "[]")
        return tuple(
            TeamRow(str(each["name"]), int(each["drafts"]), self.when(each["oldest"]), self.when(each["newest"]))
            for each in told
        )
