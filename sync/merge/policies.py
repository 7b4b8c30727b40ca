"""What each merge policy does with two values that do not know of each other. One table, no branches elsewhere."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from sync.changes import Policy, Value
from sync.merge.heads import Decision
from sync.merge.paragraphs import merge_text


@dataclass(frozen=True, slots=True)
class Sides:
    """The three values of one path."""

    was: Value = field(repr=False)
    """What the author of the change saw."""
    now: Value = field(repr=False)
    """What central shows."""
    said: Value = field(repr=False)
    """What the change says."""
    put_in: frozenset[str] = field(default=frozenset(), repr=False)
    """Of a set: what others put in without the author knowing."""
    taken_out: frozenset[str] = field(default=frozenset(), repr=False)
    """Of a set: what others took out without the author knowing."""
    unheard: tuple[Value, ...] = field(default=(), repr=False)
    """Of a safeguarding value: all that others said without the author knowing, also what they took back."""


def _last(sides: Sides, _policy: Policy) -> Decision:
    # A value is never hidden by a removal that did not know of it.
    return Decision(sides.now if sides.said is None else sides.said, contested=True)


def _ask(sides: Sides, policy: Policy) -> Decision:
    if not policy.order:
        return Decision(sides.now if sides.was is None else sides.was, contested=True)
    sayings = (sides.now, sides.said, *sides.unheard)
    # A value that the order does not know is no reason to show less protection than was shown.
    kept = () if None not in (rank(value, policy) for value in sayings[:2]) else (sides.was,)
    known = [value for value in (*sayings, *kept) if rank(value, policy) is not None]
    return Decision(max(known, key=lambda value: rank(value, policy) or 0, default=sides.now), contested=True)


def _text(sides: Sides, policy: Policy) -> Decision:
    texts = (sides.was or "", sides.now or "", sides.said or "")
    if sides.said is None or sides.now is None or not all(isinstance(text, str) for text in texts):
        return _last(sides, policy)
    merged = merge_text(*map(str, texts))
    return _last(sides, policy) if merged is None else Decision(merged, merged=True)


def _set(sides: Sides, _policy: Policy) -> Decision:
    was, now, said = map(entries, (sides.was, sides.now, sides.said))
    gone = [entry for entry in was if entry not in said]
    new = [entry for entry in said if entry not in was]
    kept = [entry for entry in now if entry not in gone or entry in sides.put_in]
    joined = kept + [entry for entry in new if entry not in kept]
    # What one put in while another took it out stays, and people look, whoever came first.
    contested = not (sides.put_in.isdisjoint(gone) and sides.taken_out.isdisjoint(new))
    return Decision(joined or None, merged=True, contested=contested)


def _append(sides: Sides, policy: Policy) -> Decision:
    """Of a list the union, in order of its entries (each begins with its instant); an entry never changes or goes."""
    if not isinstance(sides.now, list) or not isinstance(sides.said, list):
        return _first(sides, policy)
    return Decision(sorted({*sides.now, *sides.said}), merged=True)


def _max(sides: Sides, policy: Policy) -> Decision:
    return Decision(_most(sides, policy, 1), merged=True)


def _min(sides: Sides, policy: Policy) -> Decision:
    return Decision(_most(sides, policy, -1), merged=True)


def _first(sides: Sides, _policy: Policy) -> Decision:
    return Decision(sides.said) if sides.now in (None, sides.said) else Decision(sides.now, contested=True)


POLICIES: Mapping[str, Callable[[Sides, Policy], Decision]] = {
    "last": _last,
    "ask": _ask,
    "text": _text,
    "set": _set,
    "append": _append,
    "max": _max,
    "min": _min,
    "first": _first,
}
ALWAYS = frozenset({"max", "min", "first", "append"})
"""Policies that hold even for a change whose author had seen everything."""
STRICTEST = ("ask", "text", "last", "first", "set", "append", "max", "min", "local")


def asks(policy: Policy) -> bool:
    """Whether people decide between two values, and never a machine."""
    return policy.merge == "ask" or (policy.klass == "A" and policy.merge in ("last", "first"))


def decide(sides: Sides, policy: Policy) -> Decision:
    """The decision for values that did not know of each other; class A is never decided by a machine."""
    name = "ask" if asks(policy) else policy.merge
    return POLICIES.get(name, _last)(sides, policy)


def rank(value: Value, policy: Policy) -> int | None:
    """How protective a value is; a blank is the least, None where the order does not know it."""
    if not policy.order:
        return None
    if value is None:
        return -1
    return policy.order.index(value) if isinstance(value, str) and value in policy.order else None


def more_protective(one: Value, other: Value, policy: Policy) -> Value:
    """The more protective of two values, the first when neither is known to be."""
    low, high = rank(one, policy), rank(other, policy)
    return other if low is not None and high is not None and high > low else one


def could_lower(sides: Sides, policy: Policy) -> bool:
    """Whether a word that the order does not know would replace one it knows: nobody can say that it is safer.

    A newer form may have it; then it is a claim, and people decide.
    """
    if not (asks(policy) and policy.order):
        return False
    pairs = [(sides.now, sides.said)]
    if isinstance(sides.now, dict) and isinstance(sides.said, dict):
        pairs = [(sides.now.get(path), value) for path, value in sides.said.items()]
    ranks = [(rank(now, policy), rank(said, policy)) for now, said in pairs]
    return any(said is None and now is not None and now >= 0 for now, said in ranks)


def strictest(policies: Sequence[Policy]) -> Policy:
    """The policy of a unit: the strictest of its members, with the strictest class."""
    first = min(policies, key=lambda policy: STRICTEST.index(policy.merge) if policy.merge in STRICTEST else 2)
    return Policy(first.merge, min(policy.klass for policy in policies), first.order, first.unit, first.type)


def entries(value: Value) -> list[str]:
    """A value as the list of its entries."""
    if value is None:
        return []
    return list(value) if isinstance(value, list) else [str(value)]


def _most(sides: Sides, policy: Policy, sign: int) -> Value:
    if sides.now is None or sides.said is None:
        return sides.said if sides.now is None else sides.now
    return sides.said if sign * _compare(sides.said, sides.now, policy) > 0 else sides.now


def _compare(one: Value, other: Value, policy: Policy) -> float:
    low, high = rank(one, policy), rank(other, policy)
    if low is not None and high is not None:
        return low - high
    try:
        return float(str(one)) - float(str(other))
    except ValueError:
        return (str(one) > str(other)) - (str(one) < str(other))
