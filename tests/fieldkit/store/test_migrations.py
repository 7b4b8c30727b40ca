"""The store's migrations: each number once, none left out, so that a store killed between two goes on with the next."""

from __future__ import annotations

from fieldkit.store.migrate import steps


def test_migrations_are_numbered_from_one_each_once() -> None:
    assert [number for number, _ in steps()] == list(range(1, len(steps()) + 1))
