"""Scopes that are opened by name only: an address with its "who must not learn it", and material for named people.

No sweep hands them out. Who does not hold one is answered as if it were not there.
"""

import json
from datetime import datetime

from sync.changes import Change
from sync.merge import Merge
from sync.merge.allowed import Verb, may
from sync.server import audit, entitlement, workers
from sync.server.database import Connection, acting_as
from sync.server.errors import NotHeld
from sync.server.taking import Desk

BY_NAME = ("restricted:", "address:")
MUST_NOT_LEARN = "must_not_learn"


def is_by_name(scope: str) -> bool:
    """Whether a scope is opened to people one by one, by somebody who holds it."""
    return scope.startswith(BY_NAME)


def open_to(connection: Connection, worker: str, scope: str, by: str, reason: str, now: datetime) -> None:
    """Open such a scope to a worker. NotHeld, the same whether it is not there, not held, or must not be learnt."""
    held = entitlement.lasting_of(connection, by)
    gives = may(workers.role_of(connection, by), Verb.WRITE, scope, held)
    reads = may(workers.role_of(connection, worker), Verb.READ, scope, (scope,))
    if not is_by_name(scope) or not gives or not reads or worker in must_not_learn(connection, scope):
        raise NotHeld
    entitlement.grant(connection, worker, [scope], by, now)
    connection.execute(
        "insert into opened (worker, scope, by, reason, at) values (%s, %s, %s, %s, %s)",
        (worker, scope, by, reason, now),
    )
    audit.note(connection, now, "open-to", by, f"{worker} {scope}")


def must_not_learn(connection: Connection, scope: str) -> frozenset[str]:
    """The workers who must not learn an address."""
    acting_as(connection, "central")
    record = scope.removeprefix("address:")
    found = connection.execute("select state from record where id = %s and scope = %s", (record, scope)).fetchone()
    told = json.loads(found[0]).get(MUST_NOT_LEARN) if found else None
    return frozenset(map(str, told)) if isinstance(told, list) else frozenset()


def follow(desk: Desk, change: Change, made: Merge) -> None:
    """Who must not learn an address from now on loses it at once, whoever gave it."""
    told = made.head.state.get(MUST_NOT_LEARN)
    for person in told if isinstance(told, list) and MUST_NOT_LEARN in change.patch else ():
        if entitlement.withdraw(desk.connection, person, made.head.scope, desk.device.worker, desk.now):
            desk.scopes -= {made.head.scope} if person == desk.device.worker else set()
