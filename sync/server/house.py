"""Routes for those who run central: alive, ready, figures. The last two answer only on this machine itself."""

from collections.abc import Callable
from ipaddress import ip_address

from fastapi import FastAPI, Request, Response
from psycopg import Error as DatabaseError
from psycopg_pool import ConnectionPool, PoolTimeout
from starlette.exceptions import HTTPException

from sync.protocol import JSON, SPEAKS, VERSION
from sync.server import awaited, durable, escalation
from sync.server.database import Connection, acting_as, row
from sync.server.watching import Watch

TEXT = "text/plain; version=0.0.4"


def add_house_routes(app: FastAPI, pool: ConnectionPool[Connection], watch: Watch) -> None:
    """`/health` for a balancer; `/ready` and `/metrics` for the machine's own watchers."""

    @app.get("/health", include_in_schema=False)
    def health() -> Response:
        """Whether devices should be sent here: a leading database answers, and this process is not about to end."""
        return _told(lambda: not watch.leaving and _answers(pool))

    @app.get("/ready", include_in_schema=False)
    def ready(request: Request) -> Response:
        """Whether devices can be answered: the same, the database takes writes and has been opened by `init`."""
        if not _is_here(request):
            raise HTTPException(404)
        return _told(lambda: not watch.leaving and _takes_writes(pool))

    @app.get("/metrics", include_in_schema=False)
    def metrics(request: Request) -> Response:
        """Figures for Prometheus."""
        if not _is_here(request):
            raise HTTPException(404)
        try:
            gauges = _gauges(pool)
        except (DatabaseError, PoolTimeout):
            gauges = {"database_up": 0}
        return Response(watch.page(gauges), headers={"content-type": TEXT})


def _is_here(request: Request) -> bool:
    """From this machine, and not handed on by a proxy that stands on it."""
    if request.client is None or "x-forwarded-for" in request.headers or "forwarded" in request.headers:
        return False
    return ip_address(request.client.host).is_loopback


def _told(asks: Callable[[], bool]) -> Response:
    try:
        well = asks()
    except (DatabaseError, PoolTimeout):
        well = False
    return Response(b"{}", 200 if well else 503, headers={SPEAKS: VERSION, "content-type": JSON})


def _answers(pool: ConnectionPool[Connection]) -> bool:
    with pool.connection(timeout=5) as connection:
        return bool(row(connection, "select true")[0])


def _takes_writes(pool: ConnectionPool[Connection]) -> bool:
    with pool.connection(timeout=5) as connection:
        return bool(row(connection, "select not pg_is_in_recovery() and exists (select from counter)")[0])


def _gauges(pool: ConnectionPool[Connection]) -> dict[str, float]:
    with pool.connection(timeout=5) as connection:
        acting_as(connection, "central")
        number, kept = row(connection, "select number, durable from counter")
        ages = {f"{what}_age_seconds": age for what, age in durable.ages(connection).items()}
        waiting, overdue = row(
            connection,
            "select count(*), count(*) filter (where due < to_char(now() at time zone 'utc', 'YYYY-MM-DD\"T\"HH24:MI'))"
            " from conflict c where is_open and exists (select from record r where r.id = c.id"
            " and not starts_with(r.scope, 'restricted:') and not starts_with(r.scope, 'address:'))",
        )
        aside = row(connection, "select count(*) from quarantine where settled is null")[0]
        glass = row(connection, "select count(*) from glass where reviewed_by is null")[0]
        clocks = escalation.gauges(connection)
        files = awaited.count(connection)
        devices = row(connection, "select count(*) from device where state = 'active' and worker is not null")[0]
    stats = pool.get_stats()
    return {
        "database_up": 1,
        "ledger_number": number,
        "ledger_durable_number": kept,
        **ages,
        "conflicts_open": waiting,
        "conflicts_overdue": overdue,
        "quarantine_changes": aside,
        "glass_unreviewed": glass,
        **clocks,
        "devices_active": devices,
        "files_awaited": files,
        "pool_size": stats.get("pool_size", 0),
        "pool_waiting": stats.get("requests_waiting", 0),
    }
