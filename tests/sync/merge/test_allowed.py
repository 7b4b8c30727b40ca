"""Who may do what: every cell of role × verb × whose record it is, and who opens what."""

import pytest

from sync.merge.allowed import OPENS, VERBS, Verb, may, readable

HELD = ("family:1", "restricted:2")
CELLS = {
    # role: (read held, write held, read not held, write not held, read shared, write shared)
    "worker": (True, True, False, False, True, False),
    "centre": (True, True, False, False, True, False),
    "lead": (True, True, False, False, True, False),
    "ig": (True, False, False, False, True, False),
    "admin": (False, False, False, False, True, False),
    "nobody": (False, False, False, False, True, False),
}


@pytest.mark.parametrize(("role", "cells"), CELLS.items())
@pytest.mark.parametrize("scope", HELD)
def test_every_cell_of_the_policy(role: str, scope: str, cells: tuple[bool, ...]) -> None:
    told = tuple(may(role, verb, place, HELD) for place in (scope, "family:other", "ref") for verb in Verb)
    assert told == cells


def test_every_role_has_its_row_and_who_looks_after_machines_reads_nobodys_record() -> None:
    assert {*VERBS, "nobody"} == set(CELLS)
    assert readable("admin", HELD) == {"ref"}
    assert readable("ig", HELD) == {"ref", *HELD}
    assert all(VERBS[role] for roles in OPENS.values() for role in roles)
