"""What a lost device held: for whoever must decide within 72 hours. Names go to who asks, and nowhere else."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sync.merge.allowed import SHARED, readable
from sync.server import audit, draft_copies, key_events, standing
from sync.server.clock import stamp
from sync.server.database import Connection, acting_as
from sync.server.errors import NoSuchDevice

LEASE_DAYS = 7
"""How long a device shows carried records after its last sync, unless the council has set another time."""
DATA = {
    "family": "name, address, who lives there",
    "person": "names, dates of birth, NHS numbers, relations, telephone",
    "eha": "assessment: health, development, family life, money, housing, worries",
    "visit": "what was seen and said at home, a child's own words",
    "plan": "needs and what is done about them",
    "review": "progress, scores, worries",
    "agreement": "who agreed to what, and who did not",
    "signature": "signatures with the text that was signed",
    "referral": "harm or risk of harm, third parties",
    "concern": "harm or risk of harm, third parties",
    "supervision": "a manager's view of the work with the family",
    "registration": "a child's attendance at a centre, health, contacts",
    "closure": "how it ended, what is still a worry",
}
"""By kind of record: what sort of personal data is in it, for the notification (UK GDPR Article 33(3)(a))."""
HIGH = frozenset({"high", "immediate"})
WHAT_TO_DO = (
    "Now: revoke the device (`fieldkit-central revoke DEVICE --shred`), so that it is refused and destroys its keys.",
    "Now: note when it was lost and when you learned of it. The 72 hours run from when you learned of it.",
    "Ask the worker: was it locked or off, was the passphrase with it, what had been written and not synced?",
    "Ask of each family below, those marked first: could anybody be in danger from who may have the device, above all"
    " where an address is confidential? The team lead of each family decides and acts on that before anything else.",
    "Information governance decides whether the ICO and the families are told, and writes down why; the data protection"
    " officer is asked. Nobody waits for the laptop to come back.",
    "Change the passwords that the worker may have kept with it; end the worker's sessions (`sessions --end WORKER`).",
    "Within 72 hours: tell the ICO, unless a risk to people is unlikely (UK GDPR Article 33). The store is encrypted:"
    " say so, and say whether the passphrase may be known.",
    "Where the risk to people is high: tell them too, without delay and in plain words (UK GDPR Article 34).",
    "In every case: write down the facts, the effects and what was done (UK GDPR Article 33(5)).",
)


@dataclass(frozen=True, slots=True)
class Carried:
    """One scope that was on the device, or may have been."""

    scope: str
    name: str = field(repr=False)
    """The family's, from its record; blank for other scopes."""
    since: str
    lost: str
    """When the worker ceased to hold it; blank while it is held."""
    on_device: str
    """`yes`, `no` (purged, or never sent), or `perhaps` (lost, and the purge not confirmed)."""
    risk: tuple[str, ...]
    """Why harm may come to somebody of it: see to these first."""
    kinds: dict[str, int]
    """How many records of each kind are in it now: what came since the last contact is counted, so it is never less."""


def report(connection: Connection, device: str, by: str, now: datetime) -> dict[str, Any]:
    """All that central knows of what a device holds. NotKnown for a device that it does not know."""
    found = connection.execute(_DEVICE.encode(), (device,)).fetchone()
    if found is None:
        raise NoSuchDevice
    label, state, worker, role, enrolled, last_seq, heard, cursor, ev, ordered, shredded = found
    acting_as(connection, "central")
    said, lease = standing.last(connection, device), timedelta(days=_lease_days(connection))
    copies, newest = draft_copies.of_device(connection, device)
    carried = _carried(connection, device, (str(worker), str(role)), (heard, int(ev or 0)))
    audit.note(connection, now, "breach-report", by, device)
    return {
        "device": device,
        "label": label,
        "worker": worker,
        "state": state,
        "enrolled": stamp(enrolled),
        "last_contact": stamp(heard) if heard else "never",
        "told_up_to": int(cursor or 0),
        "changes_received": int(last_seq),
        "shows_records_until": stamp(heard + lease) if heard else "unknown",
        "lock": _lock(said, heard),
        "key_slots": said.get("slots", "unknown"),
        "keys": key_events.of_device(connection, device),
        "not_synced": "unknown: what was written since the last contact is on the device only",
        "waited_at_last_contact": said.get("waiting", "unknown"),
        "drafts_at_last_contact": said.get("drafts", "unknown"),
        "draft_copies": copies,
        "newest_draft_copy": newest,
        "shred": "confirmed " + stamp(shredded)
        if shredded
        else "ordered " + stamp(ordered)
        if ordered
        else "not ordered",
        "kinds_of_data": _data(carried),
        "families": [_told(each) for each in carried if each.scope.startswith("family:")],
        "other_scopes": [_told(each) for each in carried if not each.scope.startswith("family:")],
        "what_to_do": list(WHAT_TO_DO),
    }


def _lock(said: Mapping[str, Any], heard: datetime | None) -> str:
    """How it was locked, as far as anybody but the worker can know."""
    if heard is None:
        return "unknown: it was never heard"
    minutes = said.get("locks_after_minutes")
    after = f"; it locks itself after {minutes} minutes without a key" if minutes else ""
    return f"unlocked at its last contact (a sync needs that){after}. Ask the worker: locked, asleep or open since?"


def _lease_days(connection: Connection) -> int:
    found = connection.execute("select state from record where kind = 'settings' and scope = 'ref' limit 1").fetchone()
    told = str(json.loads(found[0]).get("lease/days", "")) if found else ""
    return int(told) if told.isdecimal() and len(told) < 4 else LEASE_DAYS


_DEVICE = """
    select d.label, d.state, d.worker, w.role, d.enrolled_at, d.last_seq, c.at, c.cursor, c.ev, s.ordered_at, s.done_at
    from device d join worker w on w.id = d.worker
    left join contact c on c.device = d.id left join shredding s on s.device = d.id
    where d.id = %s
"""


def _carried(
    connection: Connection, device: str, who: tuple[str, str], told: tuple[datetime | None, int]
) -> list[Carried]:
    worker, role = who
    rows = connection.execute(_HELD.encode(), {"device": device, "worker": worker}).fetchall()
    rows = [row for row in rows if row[0] in readable(role, (row[0],))]
    scopes = [str(row[0]) for row in rows]
    kinds, names, risks = _kinds(connection, [*scopes, SHARED]), _names(connection, scopes), _risks(connection, scopes)
    shared = Carried(SHARED, "", "", "", "yes" if told[0] else "no", (), kinds.get(SHARED, {}))
    return [
        *(
            Carried(scope, names.get(scope, ""), stamp(since), lost, where, risks.get(scope, ()), kinds.get(scope, {}))
            for scope, since, until, held, ev, purged, before in rows
            for where, lost in [
                (
                    on_device(held, since, purged, int(ev) <= told[1] or before, told[0]),
                    stamp(until) if until else "",
                )
            ]
        ),
        shared,
    ]


_HELD = """
    select e.scope, e.since, e.until, e.held, e.ev,
        (select max(p.done_at) from purge p where p.device = %(device)s and p.scope = e.scope and p.ev >= e.ev),
        -- Held once before, and not surely gone: what was removed since it was last heard is.
        e.first_since < e.since and e.first_since <= c.at and not exists (
            select from purge p where p.device = %(device)s and p.scope = e.scope and p.done_at >= c.at)
    from entitlement e left join contact c on c.device = %(device)s
    where e.worker = %(worker)s order by e.scope
"""


def on_device(held: bool, since: datetime, purged: datetime | None, was_told: bool, heard: datetime | None) -> str:
    """Whether a scope is on a device, as far as central can know; in doubt it is."""
    if heard is None or heard < since:
        # Never asked after it was given: nothing of it was sent, unless the device itself wrote it.
        return "perhaps" if was_told else "no"
    if held:
        return "yes"
    return "no" if purged else "perhaps"


def _data(carried: Iterable[Carried]) -> dict[str, str]:
    """The sorts of personal data that were on it, by kind of record."""
    there = {kind for each in carried if each.on_device != "no" for kind in each.kinds}
    return {kind: DATA[kind] for kind in DATA if kind in there}


def _kinds(connection: Connection, scopes: list[str]) -> dict[str, dict[str, int]]:
    found: dict[str, dict[str, int]] = {}
    for scope, kind, count in connection.execute(
        "select scope, kind, count(*) from record where scope = any(%s) and not deleted"
        " group by scope, kind order by scope, kind",
        (scopes,),
    ).fetchall():
        found.setdefault(str(scope), {})[str(kind)] = int(count)
    return found


def _names(connection: Connection, scopes: Iterable[str]) -> dict[str, str]:
    families = [scope.partition(":")[2] for scope in scopes if scope.startswith("family:")]
    found = connection.execute(
        "select scope, state from record where id = any(%s) and kind = 'family'", (families,)
    ).fetchall()
    return {str(scope): str(json.loads(state).get("name") or "") for scope, state in found}


def _risks(connection: Connection, scopes: list[str]) -> dict[str, tuple[str, ...]]:
    """Of each scope, why somebody of it may come to harm: what the records say, and what kind of scope it is."""
    found = {scope: {"confidential address"} for scope in scopes if scope.startswith("address:")}
    found |= {scope: {"restricted"} for scope in scopes if scope.startswith("restricted:")}
    for scope, kind, state in connection.execute(
        "select scope, kind, state from record where scope = any(%s) and not deleted"
        " and kind in ('family', 'person', 'concern', 'referral')",
        (scopes,),
    ).fetchall():
        found.setdefault(str(scope), set()).update(_risk(str(kind), json.loads(state)))
    return {scope: tuple(sorted(risks)) for scope, risks in found.items()}


def _risk(kind: str, state: Mapping[str, Any]) -> set[str]:
    if kind in ("concern", "referral"):
        return {kind}
    flags = {"confidential address": "address_confidential", "safety flag": "safety_flag"}
    found = {name for name, path in flags.items() if state.get(path) not in (None, "", "no", [])}
    return found | ({f"risk {state['risk_level']}"} if state.get("risk_level") in HIGH else set())


def _told(carried: Carried) -> dict[str, Any]:
    return {
        "scope": carried.scope,
        "name": carried.name,
        "since": carried.since,
        "lost": carried.lost,
        "on_device": carried.on_device,
        "see_to_first": list(carried.risk),
        "records": carried.kinds,
    }
