"""Who may do what: the one policy of central, as a table. Row security beneath it is the second net."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import StrEnum

SHARED = "ref"
"""Held by everyone, changed by central only."""


class Verb(StrEnum):
    """What somebody wants to do with a record."""

    READ = "read"
    WRITE = "write"


VERBS: Mapping[str, frozenset[Verb]] = {
    "worker": frozenset(Verb),
    "centre": frozenset(Verb),
    "lead": frozenset(Verb),
    "ig": frozenset({Verb.READ}),
    "admin": frozenset(),
}
"""By role: what it may do in a scope it holds. Information governance looks and does not write; who looks after the
machines reads nobody's record. What a scope holds is seen whole or not at all."""
OPENS: Mapping[str, frozenset[str]] = {
    "family": frozenset({"worker", "centre", "lead"}),
    "centre": frozenset({"centre", "lead"}),
    "handover": frozenset({"worker", "centre", "lead"}),
    "address": frozenset({"worker", "lead"}),
    "restricted": frozenset({"lead"}),
}
"""By kind: the roles whose first record of it opens a scope of its own."""


def may(role: str, verb: Verb, scope: str, held: Iterable[str]) -> bool:
    """Whether this role may do this in this scope, holding these scopes."""
    if scope == SHARED:
        return verb is Verb.READ
    return scope in held and verb in VERBS.get(role, frozenset())


def readable(role: str, held: Iterable[str]) -> frozenset[str]:
    """The scopes a role may read, of those it holds."""
    return frozenset({SHARED}) | {scope for scope in held if may(role, Verb.READ, scope, (scope,))}
