"""Sharing and taking back: what is to go to an agency waits, is looked at again when it leaves, and stops at a word."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime

from fieldkit.casework import sharing
from fieldkit.casework.kinds import TITLES
from fieldkit.casework.sharing import Gate, Word
from fieldkit.errors import Refused
from fieldkit.store.records import Record
from fieldkit.workspace.exporting import Exported, Exporting
from fieldkit.workspace.syncing import Syncing
from fieldkit.workspace.views import SyncReport
from fieldkit.workspace.words import refuse_controls, said_reason
from sync.changes import Value
from sync.client import Progress
from sync.merge.consent import ALL, SERVICE
from sync.merge.consent import name as name_key

QUEUED, STOPPED, LEFT = "queued", "stopped", "left"


@dataclass(frozen=True, slots=True)
class ShareRow:
    """Something that is to go to an agency, has gone, or was stopped."""

    id: str
    record: str
    title: str
    agency: str = field(repr=False)
    state: str
    why: str
    at: str


class Sharing(Exporting, Syncing):
    """The verbs about what goes to others by permission, and about taking permission back."""

    def share(self, record: str, agency: str, reason: str, basis: str = "") -> str:
        """Queue a record for an agency; the id of the share. Refused when it may not go there."""
        found, called = self.record(record), refuse_controls(agency)
        if not found.form or not called:
            raise Refused("Only a filed form is shared, and with an agency that has a name.")
        if basis and self.me.role != "lead":
            cure = "Ask your lead; if somebody is in danger, ring."
            raise Refused("A lead decides to share without permission.", cure)
        gate = self._gate(found.scope, called, basis)
        if not gate.open:
            raise Refused(gate.why, "Nothing was queued.")
        why = said_reason(reason)
        patch: dict[str, Value] = {"record": record, "agency": called, "reason": why, "basis": basis or None}
        with self.store.transaction():
            made = self.create("share", found.scope, {**patch, "status": QUEUED, "givers": list(gate.givers) or None})
            self.store.audit.note("share", f"{made} of {record}")
        return made

    def release(self, share: str, kind: str) -> Exported:
        """The document of a queued share, for it to leave now. Central is asked first, and the gate once more.

        CentralAway when it cannot be asked, and nothing leaves: a word against it may lie there.
        """
        self.sync()
        found = self.record(share)
        if found.kind != "share" or found.state.get("status") != QUEUED:
            raise Refused("That share is not waiting.", str(found.state.get("why") or "Look at `fieldkit shares`."))
        gate = self._gate(found.scope, str(found.state["agency"]), str(found.state.get("basis") or ""))
        if not gate.open:
            self._stop(found, gate)
            raise Refused(gate.why, "It was stopped; nothing left this laptop.")
        reason = str(found.state["reason"])
        # Marked before it leaves: what may have gone is told of, and is never thought to have stayed.
        with self.store.transaction():
            made = super().export(str(found.state["record"]), kind, "outside", reason)
            given: dict[str, Value] = {"givers": list(gate.givers) or None}
            self.change(found, {**given, "status": LEFT, "left_at": self.store.now()})
            self.store.audit.note("share-left", f"{share} of {found.state['record']}")
        return made

    def shares(self, family: str) -> list[ShareRow]:
        """What is to go, has gone or was stopped of a family, in order."""
        return self._shares_in(self.record(family).scope)

    def _shares_in(self, scope: str) -> list[ShareRow]:
        held = self.store.records.of_scope(scope, "share")
        return sorted((self._share_row(each) for each in held), key=lambda row: (row.at, row.id))

    def _share_row(self, each: Record) -> ShareRow:
        state = each.state
        told = {name: str(state.get(name) or "") for name in ("record", "agency", "status", "why")}
        about = self.store.records.get(told["record"])
        title = TITLES.get(about.kind, about.kind) if about else "something that is not here any more"
        place = (title, told["agency"], told["status"], told["why"], str(state.get("left_at") or each.at))
        return ShareRow(each.id, told["record"], *place)

    def withdraw(self, family: str, giver: str, agency: str, how: str, since: str = "") -> str:
        """Note that somebody takes a permission back: one agency's, every agency's, or the help itself; its id.

        It stops what waits here at once, and everywhere else when it arrives. What has gone is listed, and told of.
        """
        home = self.record(family)
        said = {"giver": refuse_controls(giver), "agency": refuse_controls(agency), "how": refuse_controls(how)}
        if not said["giver"] or not said["agency"]:
            cure = f"Name the giver and the agency; {ALL} is every one, {SERVICE} the help."
            raise Refused("Who takes back what?", cure)
        at = _instant(since) or self.store.now()
        seen = [each.version_hash for each in self.store.records.of_scope(home.scope, "agreement") if each.version_hash]
        with self.store.transaction():
            made = self.create("withdrawal", home.scope, {**said, "effective": at, "seen": seen or None})
            self._stop_shares(home.scope)
        return made

    def export(self, record: str, kind: str, audience: str, reason: str) -> Exported:
        """A record as a document. For outside: not where somebody has taken back, for then the agency must be named."""
        if audience == "outside" and any(self.taken_back(self.record(record).scope)):
            raise Refused("In this family a permission was taken back.", "Name the agency: `fieldkit share`.")
        return super().export(record, kind, audience, reason)

    def sync(self, report: Callable[[Progress], None] | None = None) -> SyncReport:
        """A sync, after which nothing waits that somebody has taken back."""
        done = super().sync(report)
        for scope in {each.scope for each in self.store.records.of_kind("share")}:
            self._stop_shares(scope)
        return done

    def taken_back(self, scope: str) -> Iterator[str]:
        """In plain words: what was taken back in a family and stands so, and where it had gone before."""
        effective = {}
        for each in self.store.records.of_scope(scope, "withdrawal"):
            place = (name_key(each.state.get("giver")), name_key(each.state.get("agency")))
            effective[place] = (str(each.state["giver"]), str(each.state.get("effective") or each.at))
        went = [row for row in self._shares_in(scope) if row.state == LEFT]
        for word in self._said_in(scope):
            if word.decision == "withdrawn":
                giver, at = effective.get((word.giver, word.agency), effective.get((word.giver, ALL), (word.giver, "")))
                since = f" since {self.when(at):%d %B %Y}" if at else ""
                yield f"TAKEN BACK by {giver}: {_CALLED.get(word.agency, word.agency)}{since}. Do not share."
                gone = [row for row in went if word.agency in (ALL, name_key(row.agency))]
                yield from (f"It had gone to {row.agency} on {self.when(row.at):%d %B %Y}: tell them." for row in gone)

    # -- the gate

    def _said_in(self, scope: str) -> list[Word]:
        records, outbox = self.store.records, self.store.outbox
        said = [each for kind in ("agreement", "withdrawal") for each in records.of_scope(scope, kind)]
        unsent = [(each.kind, each.state) for each in said if outbox.state_of(each.id) != "confirmed"]
        return sharing.words((each.state for each in records.of_scope(scope, "permission")), unsent)

    def _gate(self, scope: str, agency: str, basis: str) -> Gate:
        return sharing.gate(self._said_in(scope), agency, basis)

    def _stop_shares(self, scope: str) -> None:
        for each in self.store.records.of_scope(scope, "share"):
            if each.state.get("status") == QUEUED and not each.state.get("basis"):
                gate = self._gate(scope, str(each.state["agency"]), "")
                if not gate.open:
                    self._stop(each, gate)

    def _stop(self, share: Record, gate: Gate) -> None:
        with self.store.transaction():
            self.change(share, {"status": STOPPED, "why": gate.why})
            self.store.audit.note("share-stopped", share.id)


_CALLED = {ALL: "everything", SERVICE: "the help itself"}


def _instant(told: str) -> str:
    if not told:
        return ""
    try:
        return datetime.fromisoformat(told).isoformat()
    except ValueError as wrong:
        raise Refused("That is no day.", "Write it as 2026-11-23.") from wrong
