"""What a lost device held: for whoever must decide within 72 hours. Names go to who asks, and nowhere else."""

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sync.merge.allowed import SHARED, readable
from sync.server import audit, key_events
from sync.server.clock import stamp
from sync.server.database import Connection, acting_as
from sync.server.errors import NotKnown

LEASE_DAYS = 7
"""How long a device shows carried records after its last sync, unless the council has set another time."""
WHAT_TO_DO = (
    "Now: revoke the device (`fieldkit-central revoke DEVICE --shred`), so that it is refused and destroys its keys.",
    "Now: note when it was lost and when you learned of it. The 72 hours run from when you learned of it.",
    "Ask the worker: was it locked or off, was the passphrase with it, what had been written and not synced?",
    "Ask of each family below: could anybody be in danger from who may have the device? Act on that first.",
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
    kinds: dict[str, int]
    """How many records of each kind are in it now: what came since the last contact is counted, so it is never less."""


def report(connection: Connection, device: str, by: str, now: datetime) -> dict[str, Any]:
    """All that central knows of what a device holds. NotKnown for a device that it does not know."""
    found = connection.execute(_DEVICE.encode(), (device,)).fetchone()
    if found is None:
        raise NotKnown
    label, state, worker, role, enrolled, last_seq, heard, cursor, ev, ordered, shredded = found
    acting_as(connection, "central")
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
        "shows_records_until": stamp(heard + _lease(connection)) if heard else "unknown",
        "keys": key_events.of_device(connection, device),
        "not_synced": "unknown: what was written since the last contact is on the device only",
        "shred": "confirmed " + stamp(shredded)
        if shredded
        else "ordered " + stamp(ordered)
        if ordered
        else "not ordered",
        "families": [_told(each) for each in carried if each.scope.startswith("family:")],
        "other_scopes": [_told(each) for each in carried if not each.scope.startswith("family:")],
        "what_to_do": list(WHAT_TO_DO),
    }


_DEVICE = """
    select d.label, d.state, d.worker, w.role, d.enrolled_at, d.last_seq, c.at, c.cursor, c.ev, s.ordered_at, s.done_at
    from device d join worker w on w.id = d.worker
    left join contact c on c.device = d.id left join shredding s on s.device = d.id
    where d.id = %s
"""


def _lease(connection: Connection) -> timedelta:
    found = connection.execute("select state from record where kind = 'settings' and scope = 'ref' limit 1").fetchone()
    told = str(json.loads(found[0]).get("lease/days") or "") if found else ""
    return timedelta(days=int(told) if told.isdecimal() else LEASE_DAYS)


def _carried(
    connection: Connection, device: str, who: tuple[str, str], told: tuple[datetime | None, int]
) -> list[Carried]:
    worker, role = who
    rows = connection.execute(
        "select e.scope, e.since, e.until, e.held, e.ev, max(p.done_at) from entitlement e"
        " left join purge p on p.device = %s and p.scope = e.scope and p.ev >= e.ev"
        " where e.worker = %s group by e.scope, e.since, e.until, e.held, e.ev order by e.scope",
        (device, worker),
    ).fetchall()
    rows = [row for row in rows if row[0] in readable(role, (row[0],))]
    scopes = [str(row[0]) for row in rows]
    kinds, names = _kinds(connection, [*scopes, SHARED]), _names(connection, scopes)
    shared = Carried(SHARED, "", "", "", "yes" if told[0] else "no", kinds.get(SHARED, {}))
    return [
        *(
            Carried(
                scope, names.get(scope, ""), stamp(since), stamp(until) if until else "", where, kinds.get(scope, {})
            )
            for scope, since, until, held, ev, purged in rows
            for where in [on_device(held, since, purged, int(ev) <= told[1], told[0])]
        ),
        shared,
    ]


def on_device(held: bool, since: datetime, purged: datetime | None, was_told: bool, heard: datetime | None) -> str:
    """Whether a scope is on a device, as far as central can know; in doubt it is."""
    if heard is None or heard < since:
        # Never asked after it was given: nothing of it was sent, unless the device itself wrote it.
        return "perhaps" if was_told else "no"
    if held:
        return "yes"
    return "no" if purged else "perhaps"


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


def _told(carried: Carried) -> dict[str, Any]:
    return {
        "scope": carried.scope,
        "name": carried.name,
        "since": carried.since,
        "lost": carried.lost,
        "on_device": carried.on_device,
        "records": carried.kinds,
    }
