"""A central that is put back to how it was: the tables as they were copied, as from a backup."""

from __future__ import annotations

from tests.central_fixture import RunningCentral

TABLES = (
    "counter", "worker", "code", "device", "scope", "entitlement", "record", "digest", "version", "ledger", "receipt",
    "conflict", "quarantine", "held", "gone", "audit", "audit_head", "consent", "clock",
)  # fmt: skip


def copy(central: RunningCentral) -> None:
    """Keep the tables as they are now."""
    with central.rows() as connection:
        for table in TABLES:
            connection.execute(f"create table copy_{table} as select * from {table}".encode())


def put_back(central: RunningCentral) -> None:
    """Make the tables what they were, and forget the copy."""
    with central.rows() as connection:
        connection.execute("alter table record disable row level security")
        for table in reversed(TABLES):
            connection.execute(f"delete from {table}".encode())
        for table in TABLES:
            connection.execute(f"insert into {table} select * from copy_{table}".encode())
            connection.execute(f"drop table copy_{table}".encode())
        connection.execute("alter table record enable row level security")
