"""What givers said about agencies, across records: kept by change, decided anew with each, told as `permission`s.

The deciding is `sync.merge.consent`. A permission is written with central's own hand; what people
must decide about it is an ordinary conflict of its record.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from uuid import UUID, uuid5

from sync.changes import NO_TRUNK, NOTHING_SEEN, SEEN_HASH, Change, Policy, Value
from sync.merge import Head, Merge, Touch
from sync.merge.conflicts import Contest, opened
from sync.merge.consent import Claim, Said, Stands, claims, decide, record_of
from sync.merge.kinds import CONSENT
from sync.merge.policies import entries
from sync.server.clock import stamp
from sync.server.database import Connection, row
from sync.server.own import Saying
from sync.server.shelf import entry, standing_of
from sync.server.taking import Desk

NAMESPACE = UUID("2d0b6a52-8f0e-5c39-9c7b-0f5c1f6e7a90")
ASK_RISK_WITHIN = timedelta(hours=24)
PLACE = "decision"
"""The path of a permission that people decide about."""
COLUMNS = "c.record, c.place, c.giver, c.agency, c.decision, c.change, c.device, c.seq, c.actor, c.occurred_at,"
READ = (
    f"select {COLUMNS} c.recorded_at, c.version, c.saw, v.number from consent c"  # noqa: S608 - columns of this module
    " left join version v on v.record = c.record and v.version = c.version"
    " left join record r on r.id = c.record"
    " where coalesce(r.scope, c.scope) = %s and c.giver = any(%s) order by c.record, c.place"
)


@dataclass(frozen=True, slots=True)
class Kept:
    """One saying as central keeps it."""

    record: str
    place: str
    giver: str = field(repr=False)
    agency: str = field(repr=False)
    decision: str
    change: str
    device: str
    seq: int
    actor: str
    occurred_at: str
    recorded_at: str
    version: int
    saw: str
    number: int | None
    """Its place in the ledger; none while its own push is not done."""

    @property
    def said(self) -> Said:
        """As the decision sees it."""
        return Said(self.id, self.giver, self.agency, self.decision, frozenset(json.loads(self.saw)))

    @property
    def id(self) -> str:
        """What other sayings call it by."""
        return f"{self.change}|{self.place}"

    @property
    def touch(self) -> Touch:
        """Who said it, as a conflict tells."""
        when = (self.occurred_at, self.recorded_at)
        return Touch(self.version, self.device, self.actor, *when, self.change)


def follow(desk: Desk, change: Change, made: Merge) -> None:
    """After an agreement or a withdrawal: keep what is new, and say what stands now."""
    head = made.head
    told = {} if head.deleted else claims(head.kind, head.state)
    _lock(desk, head.scope)
    before = _of_record(desk, head.record)
    new = [each for place, each in told.items() if before.get(place) != (each.giver, each.agency, each.decision)]
    gone = [place for place in before if place not in told]
    givers = {each.giver for each in new} | {before[place][0] for place in gone}
    if not givers:
        return
    kept = _kept(desk, head.scope, givers)
    for place in gone:
        desk.connection.execute("delete from consent where record = %s and place = %s", (head.record, place))
    for each in new:
        _keep(desk, change, head, each, _seen_by(desk, change, kept, each))
    _say_what_stands(desk, change, head.scope, givers)
    if head.kind == "withdrawal" or any(each.decision == "withdrawn" for each in new):
        _tell_the_lead(desk, change, head)


def decided(desk: Desk, change: Change, made: Merge) -> None:
    """After people decided about a permission: their word is a saying that had seen all others."""
    state = made.head.state
    about = desk.shelf.heads.get(str(state.get("record")))
    if about is None or about.kind != "permission" or state.get("status") != "resolved":
        return
    giver, agency = str(about.state["giver"]), str(about.state["agency"])
    _lock(desk, about.scope)
    seen = {each.id for each in _kept(desk, about.scope, {giver})}
    claim = Claim("", giver, agency, str(state.get("resolved/value")))
    _keep(desk, change, made.head, claim, seen)
    # The push wrote the permission itself: central's hand goes on from there.
    desk.hand().written[about.record] = standing_of(about, change)


def forget(owner: Connection, records: Iterable[str]) -> None:
    """Take out what erased records said."""
    owner.execute("delete from consent where record = any(%s)", (sorted(records),))


def _lock(desk: Desk, scope: str) -> None:
    """One push at a time decides about a family's consent."""
    desk.connection.execute("select pg_advisory_xact_lock(hashtext('consent'), hashtext(%s))", (scope,))


def _of_record(desk: Desk, record: str) -> dict[str, tuple[str, str, str]]:
    statement = "select place, giver, agency, decision from consent where record = %s"
    found = desk.connection.execute(statement, (record,)).fetchall()
    return {place: (giver, agency, decision) for place, giver, agency, decision in found}


def _kept(desk: Desk, scope: str, givers: set[str]) -> list[Kept]:
    return [Kept(*line) for line in desk.connection.execute(READ, (scope, sorted(givers))).fetchall()]


def _keep(desk: Desk, change: Change, head: Head, claim: Claim, saw: set[str]) -> None:
    values = {
        **{name: getattr(change, name) for name in ("device", "seq", "actor", "occurred_at", "recorded_at")},
        **{name: getattr(claim, name) for name in ("place", "giver", "agency", "decision")},
        "record": head.record,
        "scope": head.scope,
        "version": head.version,
        "change": change.hash,
        "saw": json.dumps(sorted(saw)),
    }
    desk.connection.execute(
        "insert into consent (record, place, scope, giver, agency, decision, change, device, seq, actor, occurred_at,"
        " recorded_at, version, saw) values (%(record)s, %(place)s, %(scope)s, %(giver)s, %(agency)s, %(decision)s,"
        " %(change)s, %(device)s, %(seq)s, %(actor)s, %(occurred_at)s, %(recorded_at)s, %(version)s, %(saw)s)"
        " on conflict (record, place) do update set scope = excluded.scope, giver = excluded.giver,"
        " agency = excluded.agency, decision = excluded.decision, change = excluded.change, device = excluded.device,"
        " seq = excluded.seq, actor = excluded.actor, occurred_at = excluded.occurred_at,"
        " recorded_at = excluded.recorded_at, version = excluded.version, saw = excluded.saw",
        values,
    )


def _seen_by(desk: Desk, change: Change, kept: list[Kept], claim: Claim) -> set[str]:
    """Which of these its author had before their eyes: own earlier ones, what lay below the cursor, what it names."""
    read = _trusted(desk, change.seen)
    named = set(entries(change.patch.get("seen")))
    return {
        each.id
        for each in kept
        if each.giver == claim.giver
        and (
            (each.device == change.device and each.seq < change.seq)
            or (each.number is not None and each.number <= read)
            or (each.record == change.record and each.version <= change.trunk[0])
            or (bool(named) and _is_named(desk, each, named))
        )
    }


def _trusted(desk: Desk, seen: tuple[int, str]) -> int:
    """How far an author had read, when it is this ledger that they read: a restored one is another."""
    number, known = seen
    if seen == NOTHING_SEEN or len(known) != SEEN_HASH:
        return 0
    found = desk.connection.execute("select hash from ledger where number = %s", (number,)).fetchone()
    return number if found is not None and bytes(found[0]).hex().startswith(known) else 0


def _is_named(desk: Desk, each: Kept, named: set[str]) -> bool:
    """Whether a withdrawal names, by its hash, a version of the record that holds this saying already."""
    statement = "select exists (select from version where record = %s and version >= %s and version_hash = any(%s))"
    return bool(row(desk.connection, statement, (each.record, each.version, sorted(named)))[0])


def _say_what_stands(desk: Desk, change: Change, scope: str, givers: set[str]) -> None:
    kept = _kept(desk, scope, givers)
    by_id = {each.id: each for each in kept}
    for (giver, agency), stands in decide(each.said for each in kept).items():
        record, _ = desk.hand().place(record_of(scope, giver, agency), "permission")
        before = desk.shelf.fetch(desk.connection, record)
        if not stands.contested and before is not None and before.conflicts:
            # A machine ends no conflict: whoever decides it sees what was said since.
            continue
        head = _permission(desk, Saying(record, "permission", _told(giver, agency, stands, by_id), scope), before)
        if stands.contested:
            _ask_people(desk, change, head, stands, by_id)


def _told(giver: str, agency: str, stands: Stands, by_id: Mapping[str, Kept]) -> dict[str, Value]:
    return {
        "giver": giver,
        "agency": agency,
        PLACE: stands.decision,
        "why": stands.why,
        "rests_on": by_id[stands.by].change,
        "over": [by_id[each].change for each in stands.over] or None,
    }


def _permission(desk: Desk, saying: Saying, before: Head | None) -> Head:
    standing = desk.hand().standing([saying.record]).get(saying.record)
    desk.hand().say(saying, standing)
    return desk.shelf.renew(desk.hand().written.get(saying.record, standing), before)


def _ask_people(desk: Desk, change: Change, head: Head, stands: Stands, by_id: Mapping[str, Kept]) -> None:
    """Let people decide: each side is a claim, in the words of who said it; what is claimed already is left alone."""
    winner = by_id[stands.by]
    policy = Policy(CONSENT.merge, stands.klass, CONSENT.order)
    sides = [by_id[each] for each in stands.over] + ([winner] if PLACE in head.conflicts else [])
    for each in sides:
        conflict = head.conflicts.get(PLACE)
        if conflict is not None and each.change in conflict.state.values():
            continue
        contest = Contest(PLACE, policy, None, winner.decision, each.decision, stands.decision, winner.touch)
        conflict = opened(_as_change(each), head, contest, stamp(desk.now))
        desk.shelf.put(conflict)
        desk.entries.append(entry(conflict, change, urgent=stands.klass == "A"))
        head = desk.shelf.heads[head.record]


def _as_change(kept: Kept) -> Change:
    """A saying as the change that it came with, as far as a claim tells of it."""
    bare = Change(kept.device, kept.seq, kept.record, "set", NO_TRUNK, {}, {}, actor=kept.actor, hash=kept.change)
    return replace(bare, occurred_at=kept.occurred_at, recorded_at=kept.recorded_at)


def _tell_the_lead(desk: Desk, change: Change, head: Head) -> None:
    """The lead hears of every withdrawal, and somebody is asked whether it could raise risk."""
    hand = desk.hand()
    lead = desk.connection.execute(
        "select state from record where scope = %s and kind = 'family' order by number limit 1", (head.scope,)
    ).fetchone()
    to = str(json.loads(lead[0]).get("lead") or "") if lead else ""
    when: dict[str, dict[str, Value]] = {
        "notice": {"to": to or None, "since": stamp(desk.now)},
        "due": {"due": stamp(desk.now + ASK_RISK_WITHIN)},
    }
    for kind, what in (("notice", "withdrawal"), ("due", "risk-of-withdrawal")):
        record = uuid5(NAMESPACE, f"{kind}|{change.hash}").hex
        told: dict[str, Value] = {"what": what, "about": head.record, **when[kind]}
        hand.say(Saying(record, kind, told, head.scope), hand.standing([record]).get(record))
