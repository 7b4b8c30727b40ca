"""Enrolment and sync: the only part of the workspace that talks to central."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import NoReturn

from fieldkit.errors import CentralAway, Refused, Shredded, SignInNeeded
from fieldkit.vault import shred
from fieldkit.workspace.key_keeping import KeyKeeping
from fieldkit.workspace.views import Status, SyncReport
from sync.client import SENTENCES, Exchange, Progress, Reason, Report, courier
from sync.client.http import Enrolment, HttpCentral, Identity
from sync.client.patience import Retrying
from sync.errors import NotCentral, OlderCopy, Rejected, SyncError, Unreachable


class Syncing(KeyKeeping):
    """The verbs about central."""

    def enrol(self, url: str, code: str, label: str) -> None:
        """Spend a one-time code: central knows this device from now on, and this device central's public keys."""
        if self.me.enrolled:
            raise Refused("This device is enrolled already.")
        with translated(), HttpCentral(url, Identity(self._key, now=self._central_seconds)) as central:
            told = central.enrol(code, label)
        self._keep(url, told)
        self.sync()

    def _keep(self, url: str, told: Enrolment) -> None:
        with self.store.transaction():
            facts = {"worker": told.worker, "central_keys": told.keys, "duty": told.duty}
            for name, fact in facts.items():
                self.store.set_meta(name, json.dumps(dict(fact)))
            self.store.set_meta("council", told.council)
            self.store.set_meta("central_url", url)
            self.store.audit.note("enrol", told.device)
        self.identity = self._identified()

    def sync(self, report: Callable[[Progress], None] | None = None) -> SyncReport:
        """Push all, pull to the head; tried again for a while when central changes its leader.

        CentralAway when it cannot be reached: what was not confirmed waits as it was.
        """
        self.must_be_enrolled()
        self.writer.drain()
        tries = Tries(report or (lambda _step: None))
        with translated():
            last = Retrying(self.pause).run(lambda: self._once(tries), tries.again)
        done = tries.all_told(last)
        with self.store.transaction():
            self.store.set_meta("last_sync", self.store.now())
            self.store.set_meta("last_central_time", self.store.now())
            self._heard_central()
            self.store.audit.note("sync", f"{done.pushed} up {done.pulled} down")
        added = self.council_slot()
        self.tell_keys()
        words = (*self._not_kept(), *([added] if added else []))
        return replace(told := _told(done), reasons=(*told.reasons, *words))

    def _once(self, tries: Tries) -> Report:
        with HttpCentral(self.store.meta("central_url") or "", self.identity) as central:
            try:
                return Exchange(self.replica, central).run(tries.tell)
            except OlderCopy:
                self.store.audit.note("older-copy", self.identity.device)
                raise
            except Rejected as refused:
                if refused.reason == Reason.REVOKED and central.ordered_to_shred():
                    self._shred(central)
                raise

    def _shred(self, central: HttpCentral) -> NoReturn:
        """Central's signed order: the keys are destroyed, central is told, and nothing here opens again."""
        self.store.audit.note("shred", self.identity.device)
        shred(self.vault.home)
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
        with translated(), HttpCentral(self.store.meta("central_url") or "", self.identity) as central:
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
        )


@dataclass(slots=True)
class Tries:
    """What the tries before the last one of a sync had done already: it counts too."""

    report: Callable[[Progress], None]
    _so_far: dict[str, int] = field(default_factory=dict)
    _before: dict[str, int] = field(default_factory=dict)

    def tell(self, step: Progress) -> None:
        """A step of this try."""
        self._so_far[step.step] = step.done
        self.report(step)

    def again(self, seconds: float) -> None:
        """This try failed, and the next is that far away."""
        for step, done in self._so_far.items():
            self._before[step] = self._before.get(step, 0) + done
        self._so_far.clear()
        self.report(Progress("wait", round(seconds)))

    def all_told(self, last: Report) -> Report:
        """The last try's report with what came before."""
        pushed, pulled = (self._before.get(step, 0) for step in ("push", "pull"))
        return replace(last, pushed=last.pushed + pushed, pulled=last.pulled + pulled)


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
        raise Refused(refused.said, refused.cure) from refused
    except SyncError as wrong:
        raise Refused(wrong.said, wrong.cure) from wrong


def _told(done: Report) -> SyncReport:
    sentences = tuple(
        SENTENCES.get(Reason(reason), reason) if reason in list(Reason) else reason for reason in done.reasons
    )
    traffic = (done.bytes_up, done.bytes_down, done.requests)
    return SyncReport(done.pushed, done.pulled, done.conflicts, done.parked, *traffic, sentences)
