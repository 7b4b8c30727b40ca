"""The store's migrations: each number once and in order, so that a store killed between two goes on with the next."""

from __future__ import annotations

from fieldkit.store.migrate import steps


def test_migrations_have_numbers_of_their_own_and_begin_with_one() -> None:
    numbers = [number for number, _ in steps()]
    assert numbers[0] == 1
    assert numbers == sorted(set(numbers))
