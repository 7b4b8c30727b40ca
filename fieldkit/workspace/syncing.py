"""Enrolment and sync: the only part of the workspace that talks to central."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import NoReturn

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from fieldkit.casework.clock_quality import Reading
from fieldkit.errors import CentralAway, Refused, Shredded, SignInNeeded
from fieldkit.store.audit import Anchor
from fieldkit.store.rebuild import ENROL_AGAIN
from fieldkit.vault import shred
from fieldkit.workspace.core import DEVICE_KEY, FORMER_IDS
from fieldkit.workspace.device_views import Status
from fieldkit.workspace.key_keeping import KeyKeeping
from fieldkit.workspace.views import SyncReport
from sync.client import SENTENCES, Exchange, Progress, Reason, Report, courier
from sync.client.anchoring import ANCHORED, Claim, Claimed, Countersigned, Head, believe, countersign
from sync.client.enrolment import Enrolment
from sync.client.http import HttpCentral, Identity
from sync.client.patience import Retrying
from sync.errors import NotCentral, OlderCopy, Rejected, SyncError, Unreachable

ASKED_TO_SIGN_IN = "asked_to_sign_in"
"""Where it is kept that central's last word was to sign in first."""
ANCHOR_EVERY = timedelta(hours=1)
FORKED = "forked"
"""Where it is kept that this device cannot go on under its id: two speak under it, or this is an older copy."""
TAKE_A_NEW_ID = "Run `fieldkit enrol URL CODE` here with a new code: what was not sent goes along under a new id."


class Syncing(KeyKeeping):
    """The verbs about central."""

    def enrol(self, url: str, code: str, label: str) -> int:
        """Spend a one-time code: central knows this device from now on, and this device central's public keys.

        After a fork the same once more, under a new id: how many unsent changes went along into the new chain.
        """
        # A rebuilt laptop has its new key already, and its words on the new chain.
        anew = self.me.enrolled and not self.store.meta(ENROL_AGAIN)
        if anew and not self.store.meta(FORKED):
            raise Refused("This device is enrolled already.")
        key = Ed25519PrivateKey.generate() if anew else self._key
        with translated(), HttpCentral(url, Identity(key, now=self._central_seconds)) as central:
            told = central.enrol(code, label)
        made = self._begin_anew(url, told, key) if anew else self._keep(url, told)
        self.sync()
        return made

    def _begin_anew(self, url: str, told: Enrolment, key: Ed25519PrivateKey) -> int:
        """All of it in one transaction: a device that is cut off here is the old one still, with all its words."""
        self.writer.drain()
        if dict(told.keys) != self._fact("central_keys") or told.worker.get("id") != self.me.worker_id:
            raise Refused(
                "That code is another council's or another person's. This device stays as it was.",
                "Ask for a code for the worker whose device this is, and enrol again.",
            )
        old, self._key = self._key, key
        try:
            with self.store.transaction():
                self.store.set_meta(DEVICE_KEY, key.private_bytes_raw().hex())
                self.store.set_meta(FORMER_IDS, json.dumps([*self.former_ids(), self.identity.device]))
                made = self.replica.begin_anew(told.device)
                self.store.session.forget()
                self.store.set_meta(FORKED, "")
                self.store.audit.note("enrol-anew", f"{made} changes made anew")
                self._keep(url, told)
        except BaseException:
            self._key = old
            self.replica.device, self.identity = self.identity.device, self._identified()
            raise
        return made

    def _keep(self, url: str, told: Enrolment) -> int:
        with self.store.transaction():
            facts = {"worker": told.worker, "central_keys": told.keys, "duty": told.duty}
            for name, fact in facts.items():
                self.store.set_meta(name, json.dumps(dict(fact)))
            self.store.set_meta("council", told.council)
            self.store.set_meta("central_url", url)
            self.store.set_meta(ENROL_AGAIN, "")
            self.store.audit.note("enrol", told.device)
        self.identity = self._identified()
        return 0

    def sync(self, report: Callable[[Progress], None] | None = None) -> SyncReport:
        """Push all, pull to the head; tried again for a while when central changes its leader.

        CentralAway when it cannot be reached: what was not confirmed waits as it was.
        """
        self.must_be_enrolled()
        if self.store.meta(ENROL_AGAIN):
            raise Refused(
                "This laptop was rebuilt and has a new key.",
                "Ask for a code and run `fieldkit enrol URL CODE`; nothing that waits is lost.",
            )
        self.writer.drain()
        tries = Tries(report or (lambda _step: None))
        try:
            with translated():
                done = Retrying(self.pause).run(lambda: self._once(tries), tries.again)
        except SignInNeeded:
            self.store.set_meta(ASKED_TO_SIGN_IN, "yes")
            raise
        added = self.council_slot()
        self.tell_keys()
        words = (*self._not_kept(), *([added] if added else []))
        return replace(told := _told(done), reasons=(*told.reasons, *words))

    def _reach(self) -> HttpCentral:
        """A line of its own to central."""
        return HttpCentral(self.store.meta("central_url") or "", self.identity)

    def _note_sync(self, done: Report) -> None:
        with self.store.transaction():
            self.store.set_meta(ASKED_TO_SIGN_IN, "")
            self.store.set_meta("last_sync", self.store.now())
            self.store.set_meta("last_central_time", self.store.now())
            self._heard_central()
            self.store.audit.note("sync", f"{done.pushed} up {done.pulled} down")

    def anchor(self) -> None:
        """Have central countersign the audit chain, and note its clock. A sync without it is a whole sync."""
        with self._reach() as central:
            self._anchor_over(central)

    def _anchor_over(self, central: HttpCentral) -> None:
        """The same over a line that stands: after a sync the one that carried it."""
        with suppress(SyncError):
            last = self.store.audit.last_anchor()
            said = self._anchored(central, last)
            if said.state != ANCHORED:
                # An answer was lost, or central was put back: proved from the head that it does know.
                self._anchored(central, said.head.number)

    def _anchor_is_old(self) -> bool:
        """A sync with nothing to do is one request: it asks for no countersignature more than once in an hour."""
        heard = self.central_heard()
        return heard is None or not timedelta() <= self.clock.now() - heard.then.wall < ANCHOR_EVERY

    def _anchored(self, central: HttpCentral, known: int) -> Countersigned:
        before, claimed = self.reading(), self._claimed(known)
        said = countersign(central, self.identity, claimed)
        self._keep_anchor(said, before)
        return said

    def _claimed(self, known: int) -> Claimed:
        """The head of the audit chain, and what stands where central is thought to know it."""
        standing = self.store.audit.hash_at(known)
        return Claimed(Head(*self.store.audit.head()), Head(known, standing) if standing else Head(0, ""))

    def _keep_anchor(self, said: Countersigned, before: Reading) -> None:
        with self.store.transaction():
            self.store.audit.keep_anchor(Anchor(said.head.number, said.head.hash, said.at, said.signature))
            self._keep_heard(said.now, before)

    def _keep_heard(self, central_now: str, then: Reading) -> None:
        """Central's clock beside ours, as evidence tells it."""
        told = {"central": central_now, "wall": then.wall.isoformat(), "running": then.running, "boot": then.boot}
        with suppress(ValueError):
            datetime.fromisoformat(central_now)
            self.store.set_meta("central_heard", json.dumps(told))

    def _once(self, tries: Tries) -> Report:
        """One try over a line of its own, which carries the countersignature too; what all tries together did."""
        left: list[Reading] = []
        claim = Claim(self._claimed(self.store.audit.last_anchor()), lambda: left.append(self.reading()))
        with self._reach() as central:
            central.claim = claim
            done = tries.all_told(self._exchanged(central, tries))
            with self.store.transaction():
                self._note_sync(done)
                anchored = bool(claim.said) and self._keep_claim(claim, left[-1])
            if not anchored and (done.pushed or self._anchor_is_old()):
                self._anchor_over(central)
        return done

    def _keep_claim(self, claim: Claim, left: Reading) -> bool:
        """Keep what came back with the push; False where it is to be asked for, from the head that central knows."""
        with suppress(SyncError):
            said = believe(self.identity, claim.claimed, claim.said or {})
            self._keep_anchor(said, left)
            return said.state == ANCHORED
        return False

    def _exchanged(self, central: HttpCentral, tries: Tries) -> Report:
        exchange = Exchange(self.replica, central)
        try:
            done = exchange.run(tries.report)
            self.store.purges.hand_over(central.carry, self.identity.device, self.identity.receipt_key)
            return done
        except Unreachable:
            tries.cut(exchange.so_far())
            raise
        except OlderCopy:
            self.store.audit.note("older-copy", self.identity.device)
            # It may be a copy beside the true one: both can go on, but not under one id.
            self.store.set_meta(FORKED, "yes")
            raise
        except Rejected as refused:
            if refused.reason == Reason.FORKED:
                self.store.set_meta(FORKED, "yes")
            if refused.reason == Reason.REVOKED and central.ordered_to_shred():
                self._shred(central)
            raise

    def _shred(self, central: HttpCentral) -> NoReturn:
        """Central's signed order: the keys are destroyed, central is told, and nothing here opens again."""
        self.store.audit.note("shred", self.identity.device)
        shred(self.vault.home, self.vault.keyring)
        with suppress(SyncError):  # Central goes on asking; what counts is that the keys are gone.
            central.ordered_to_shred(done=True)
        self.close()
        raise Shredded

    def pack_courier(self) -> tuple[bytes, int]:
        """A file with all that waits, which only central can read, and how many changes are in it."""
        self.must_be_enrolled()
        self.writer.drain()
        packed, count = courier.pack(self.replica, self._key, self._central_key("seal"))
        if count:
            self.store.audit.note("courier-out", f"{count}")
        return packed, count

    def take_courier(self, file: bytes) -> tuple[int, tuple[str, ...]]:
        """Central's answers that came back: how many changes central has now, and what it said of the others."""
        self.must_be_enrolled()
        before = self.store.outbox.counts().waiting
        with translated():
            _, reasons = courier.unpack(self.replica, file, self._central_key("receipt"))
        taken = before - self.store.outbox.counts().waiting
        self.store.audit.note("courier-back", f"{taken}")
        return taken, tuple(SENTENCES[Reason(each)] for each in reasons)

    def carry_courier(self, file: bytes) -> bytes:
        """Hand a colleague's file on to central over this device's line, unread; central's answer for the colleague."""
        self.must_be_enrolled()
        with translated(), self._reach() as central:
            back = central.carry(file)
        self.store.audit.note("courier-carried", f"{len(file)}")
        return back

    def _not_kept(self) -> list[str]:
        """The forms that came and were not kept, each told once and noted in the audit."""
        refused, self.replica.refused_forms = self.replica.refused_forms, []
        for each in refused:
            self.store.audit.note("form-refused", each.record)
        return [f"A form from central was not kept ({each.name}). {each.why} Tell your lead." for each in refused]

    def status(self) -> Status:
        """The honest state of this device."""
        counts = self.store.outbox.counts()
        last = self.store.meta("last_sync")
        return Status(
            waiting=counts.waiting,
            parked=counts.parked,
            drafts=len(self.store.drafts.all()),
            conflicts=self.store.conflicts.count(),
            last_sync=datetime.fromisoformat(last) if last else None,
            enrolled=self.me.enrolled,
            practice=True,
            files=self.store.attachments.waiting(),
            enrol_again=bool(self.store.meta(FORKED)),
            sign_in=bool(self.store.meta(ASKED_TO_SIGN_IN)),
            free_mib=self.free_mib(),
        )


@dataclass(slots=True)
class Tries:
    """What the tries before the last one of a sync had done already: it counts too."""

    report: Callable[[Progress], None]
    _before: Report = field(default_factory=Report)

    def cut(self, done: Report) -> None:
        """This try failed after it had done so much: what was parked in it is told all the same."""
        self._before = done.with_earlier(self._before)

    def again(self, seconds: float) -> None:
        """The next try is that far away."""
        self.report(Progress("wait", round(seconds)))

    def all_told(self, last: Report) -> Report:
        """The last try's report with what came before."""
        return last.with_earlier(self._before)


@contextmanager
def translated() -> Iterator[None]:
    """Sync's errors as a device's: away, or refused with central's sentence."""
    try:
        yield
    except (Unreachable, NotCentral) as away:
        raise CentralAway(away.said, away.cure) from away
    except Rejected as refused:
        if refused.reason == Reason.SIGN_IN:
            raise SignInNeeded from refused
        if refused.reason == Reason.FORKED:
            raise Refused(refused.said, TAKE_A_NEW_ID) from refused
        raise Refused(refused.said, refused.cure) from refused
    except SyncError as wrong:
        raise Refused(wrong.said, wrong.cure) from wrong


def _told(done: Report) -> SyncReport:
    sentences = tuple(
        SENTENCES.get(Reason(reason), reason) if reason in list(Reason) else reason for reason in done.reasons
    )
    traffic = (done.bytes_up, done.bytes_down, done.requests)
    return SyncReport(done.pushed, done.pulled, done.conflicts, done.parked, *traffic, sentences)
