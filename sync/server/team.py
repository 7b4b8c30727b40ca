"""What a lead is told of the team: who holds what the lead holds too, when each last synced, what waited then.

Ids, names, numbers and times. Nothing of a family but its scope, which the lead holds as well; nothing of anybody with
whom the lead shares no scope.
"""

import json
from datetime import datetime
from typing import Any

from sync.server import audit
from sync.server.clock import stamp
from sync.server.database import Connection
from sync.server.devices import Device

MOST_SCOPES = 500
"""Scopes named of one person; more are counted only."""


def people(connection: Connection, lead: Device, now: datetime) -> list[dict[str, Any]]:
    """Everybody who works with families or centres of this lead, by name. Noted in the audit."""
    found = connection.execute(_SHARED, {"lead": lead.worker, "now": now}).fetchall()
    waits = _waiting(connection, [str(worker) for worker, *_ in found])
    audit.note(connection, now, "team-read", lead.worker, str(len(found)))
    return [
        {
            "worker": worker,
            "name": name,
            "role": role,
            "last_sync": stamp(at) if at else "",
            "waiting": waits.get(worker, 0),
            "scopes": scopes[:MOST_SCOPES],
            "held": len(scopes),
            "lent": lent,
        }
        for worker, name, role, at, scopes, lent in found
    ]


def _waiting(connection: Connection, workers: list[str]) -> dict[str, int]:
    """How many changes each one's devices had not sent when they last spoke."""
    found = connection.execute(
        "select d.worker, s.told from device_standing s join device d on d.id = s.device"
        " where d.worker = any(%s) and d.state = 'active'",
        (workers,),
    ).fetchall()
    counted: dict[str, int] = {}
    for worker, told in found:
        said = json.loads(told).get("waiting")
        counted[worker] = counted.get(worker, 0) + (said if isinstance(said, int) else 0)
    return counted


_SHARED = """
    with mine as (
        select scope from entitlement where worker = %(lead)s and held and (expires is null or expires > %(now)s)
            and (scope like 'family:%%' or scope like 'centre:%%')
    )
    select w.id, w.name, w.role,
        (select max(c.at) from contact c join device d on d.id = c.device where d.worker = w.id),
        array_agg(e.scope order by e.scope), count(e.expires)
    from worker w join entitlement e on e.worker = w.id and e.held and (e.expires is null or e.expires > %(now)s)
        join mine on mine.scope = e.scope
    where w.role in ('worker', 'centre', 'lead')
    group by w.id, w.name, w.role order by w.name, w.id
"""
