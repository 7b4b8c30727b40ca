"""The workers central knows: each has an id made from the name, and a role."""

from datetime import datetime
from uuid import NAMESPACE_URL, uuid5

from sync.server import audit
from sync.server.database import Connection
from sync.server.errors import NoSuchWorker
from sync.server.own import Saying, say, shared

NAMESPACE = uuid5(NAMESPACE_URL, "urn:fieldkit:worker")


def worker_id(name: str) -> str:
    """The id of a worker of that name, the same on every central where nothing else has that place."""
    return uuid5(NAMESPACE, name.strip()).hex


def make_known(connection: Connection, name: str, role: str, now: datetime) -> str:
    """Add a worker, or give a known one another role; the id."""
    known = connection.execute("select id from worker where name = %s", (name.strip(),)).fetchone()
    person = str(known[0]) if known else shared(connection, worker_id(name), "worker", now)[0]
    connection.execute(
        "insert into worker (id, name, role) values (%s, %s, %s) on conflict (id) do update set role = excluded.role",
        (person, name.strip(), role),
    )
    say(connection, [Saying(person, "worker", {"name": name.strip(), "role": role})], now)
    audit.note(connection, now, "worker", "desk", f"{person} {role}")
    return person


def has_another_role(connection: Connection, name: str, role: str) -> bool:
    """Whether somebody of this name is known, in another role."""
    found = connection.execute("select role from worker where name = %s", (name.strip(),)).fetchone()
    return found is not None and found[0] != role


def find(connection: Connection, name_or_id: str) -> str:
    """The id of a known worker."""
    found = connection.execute(
        "select id from worker where id = %(given)s or name = %(given)s", {"given": name_or_id}
    ).fetchone()
    if found is None:
        raise NoSuchWorker
    return str(found[0])


def role_of(connection: Connection, worker: str) -> str:
    """What a worker may decide."""
    found = connection.execute("select role from worker where id = %s", (worker,)).fetchone()
    if found is None:
        raise NoSuchWorker
    return str(found[0])


def let_go(connection: Connection, worker: str, now: datetime) -> list[str]:
    """Take no sign-in and no code of a worker any more; the devices that are still in use."""
    # Devices and sessions are held before the audit's head is: a push or a renewal takes them in that order.
    statement = "select id from device where worker = %s and state <> 'revoked' order by id for update"
    found = connection.execute(statement, (worker,)).fetchall()
    connection.execute("select 1 from session where worker = %s order by family for update", (worker,))
    connection.execute("insert into worker_end (worker, at) values (%s, %s) on conflict do nothing", (worker, now))
    connection.execute("delete from code where worker = %s", (worker,))
    audit.note(connection, now, "worker-end", "desk", worker)
    return [str(device) for (device,) in found]


def take_back(connection: Connection, worker: str, now: datetime) -> None:
    """Take sign-ins of a worker again."""
    connection.execute("delete from worker_end where worker = %s", (worker,))
    audit.note(connection, now, "worker-again", "desk", worker)
