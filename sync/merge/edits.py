"""Deciding one change: what may stand, what is merged, what people must look at (SYNC section 6). No clock is asked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from sync.changes import RESERVED, Change, Policies, Policy, Value, apply, row_of, template
from sync.merge.conflicts import Contest, opened, row_of_device
from sync.merge.heads import CREATED, DELETED, Decision, Head, Merge, Touch
from sync.merge.kinds import IMMUTABLE, OF_CENTRAL, URGENT
from sync.merge.policies import ALWAYS, Sides, asks, could_lower, decide, more_protective, rank, strictest
from sync.merge.sayings import moved_unseen, said, unheard

PLAIN = Policy()
UNIT_ALWAYS = frozenset({"first"})
"""Of a unit, the policies that hold even for an author who had seen everything: a group has no join and no sum."""
RESTORED_ORDER = "z"
"""Where a removed row stands again when somebody wrote in it without knowing: at the end."""


@dataclass(frozen=True, slots=True)
class Place:
    """The paths that are decided together: one path, or the members of a unit that the patch names."""

    key: str
    paths: tuple[str, ...]
    policy: Policy
    is_unit: bool = False


@dataclass(slots=True)
class _Draft:
    """The outcome while it is made."""

    patch: dict[str, Value] = field(default_factory=dict, repr=False)
    contests: list[Contest] = field(default_factory=list)
    merged: bool = False
    rules: dict[str, Policy] = field(default_factory=dict)
    """By which policy each path was decided: members of a unit by the unit's."""


def merge(change: Change, head: Head | None, policies: Policies, at: str) -> Merge:
    """Part what may stand from what a person must look at. Pure; `at` only dates a conflict.

    `head.known` must hold central's hash of the version the change names as trunk (if central has it),
    `head.conflicts` the record's open conflicts. A `resolve` goes to `resolve`.
    """
    if head is None:
        return _create(change, policies)
    if refusal := _refusal(change, head):
        return Merge("refused", head, refusal)
    if change.kind == "delete":
        return _delete(change, head, at)
    return _edit(change, head, policies, at)


def _refusal(change: Change, head: Head) -> str:
    if change.kind == "create" and not _same_place(change, head):
        return "exists"
    if head.kind in IMMUTABLE or head.kind == "conflict" or change.kind == "resolve":
        return "immutable"
    return "own-concern" if _reads_own(change, head) else ""


def _reads_own(change: Change, head: Head) -> bool:
    """Whether somebody says of the own concern that it was read, on whatever laptop: nobody else has read it then."""
    authors = {said.actor for said in head.touched.get(CREATED, ())}
    says_so = bool(change.patch.get("acknowledged_by")) or change.patch.get("state") == "read"
    return head.kind == "concern" and says_so and change.actor in authors


def _same_place(change: Change, head: Head) -> bool:
    return change.patch.get("@kind") == head.kind and change.patch.get("@scope") == head.scope


def _create(change: Change, policies: Policies) -> Merge:
    kind, scope, form = (str(change.patch.get(name) or "") for name in RESERVED)
    bare = Head(change.record, kind, scope, form)
    if change.kind != "create":
        return Merge("refused", bare, "unknown-record")
    if not kind or not scope:
        return Merge("refused", bare, "malformed")
    if kind in OF_CENTRAL:
        return Merge("refused", bare, "immutable")
    if kind == "concern" and change.patch.get("acknowledged_by"):
        return Merge("refused", bare, "own-concern")
    state = {
        path: value
        for path, value in change.patch.items()
        if value is not None and path[0] != "@" and policies.get(template(path), PLAIN).merge != "local"
    }
    return Merge("applied", bare.at(1, state, {CREATED: (Touch.of(change, 1),)}), urgent=kind in URGENT)


def _delete(change: Change, head: Head, at: str) -> Merge:
    """A deletion by who had seen the last version; else the record stays, and people are asked about it."""
    said_so = {DELETED: said(change, head, DELETED, PLAIN)}
    edits = replace(head, touched={path: said for path, said in head.touched.items() if path != DELETED})
    written = edits if head.deleted else head  # Two deletions agree.
    unseen = not head.has_seen(change.trunk) or written.last_of_others(change.device) > change.trunk[0]
    if head.conflicts and not unseen and DELETED not in head.conflicts:
        return Merge("refused", head, "unseen-delete")
    after = replace(_after(head, head.state, said_so), deleted=True, echo=_echo(change, head))
    if not (unseen or head.conflicts):
        return Merge("applied", after, urgent=head.kind in URGENT)
    also = opened(change, head, _kept(change, head), at)
    after = replace(after, deleted=False, conflicts={**head.conflicts, DELETED: also}, echo=True)
    return Merge("conflict", after, "unseen-delete", also=(also,), urgent=head.kind in URGENT)


def _edit(change: Change, head: Head, policies: Policies, at: str) -> Merge:
    draft = _Draft()
    for place in _places(change, head, policies):
        _decide_place(change, head, place, draft)
    if head.deleted and change.kind != "restore":
        draft.contests.append(_undeleted(head))
    _restore_rows(head, draft)
    _keep_class_a(change, head, policies, draft)
    also = tuple(opened(change, head, contest, at) for contest in draft.contests)
    touched = {path: said(change, head, path, draft.rules.get(path, PLAIN)) for path in draft.patch}
    if head.deleted:
        touched[DELETED] = said(change, head, DELETED, PLAIN)
    after = _after(head, apply(head.state, draft.patch), touched)
    same = all(after.state.get(path) == value for path, value in change.patch.items() if path[0] != "@")
    same = same and draft.patch.keys() <= change.patch.keys()
    after = replace(
        after,
        form=str(change.patch.get("@form") or head.form),
        conflicts={**head.conflicts, **{str(each.state["path"]): each for each in also}},
        deleted=False,
        echo=_echo(change, head) or bool(also) or draft.merged or not same,
    )
    outcome = "conflict" if also else "merged" if draft.merged or not same else "applied"
    return Merge(outcome, after, also=also, urgent=_urgent(head, also))


def _urgent(head: Head, also: tuple[Head, ...]) -> bool:
    return head.kind in URGENT or any(each.state["class"] == "A" for each in also)


def _echo(change: Change, head: Head) -> bool:
    if not head.has_seen(change.trunk) or head.last_of_others(change.device) > change.trunk[0]:
        return True
    return head.echo and head.version > change.trunk[0]


def _after(head: Head, state: Mapping[str, Value], touched: Mapping[str, tuple[Touch, ...]]) -> Head:
    return head.at(head.version + 1, state, {**head.touched, **touched})


def _places(change: Change, head: Head, policies: Policies) -> list[Place]:
    units: dict[str, list[str]] = {}
    places = []
    for path in change.patch:
        policy = policies.get(template(path), PLAIN)
        if path[0] == "@" or policy.merge == "local":
            continue
        if not _is_news(change, path, policy, policies) and not _is_another_claim(change, head, path, policy):
            continue
        if policy.unit is None:
            places.append(Place(path, (path,), policy))
        else:
            units.setdefault(_unit_key(path, policy.unit), []).append(path)
    return places + [_unit(key, paths, head, policies) for key, paths in units.items()]


def _is_another_claim(change: Change, head: Head, path: str, policy: Policy) -> bool:
    """Whether this device claims something else of it in an open conflict, and takes that back by saying this."""
    conflict = head.conflicts.get(path if policy.unit is None else _unit_key(path, policy.unit))
    row = f"siblings/{row_of_device(change.device)}"
    if conflict is None or f"{row}/change" not in conflict.state:
        return False
    claim = conflict.state.get(f"{row}/value")
    if policy.unit is not None:
        claim = claim.get(path) if isinstance(claim, dict) else None
    return claim != change.patch[path]


def _is_news(change: Change, path: str, policy: Policy, policies: Policies) -> bool:
    """Whether its author changed this, or another member of its unit: what is only said again is no change."""
    if change.patch[path] != change.was.get(path):
        return True
    return policy.unit is not None and any(
        value != change.was.get(each)
        for each, value in change.patch.items()
        if policies.get(template(each), PLAIN).unit == policy.unit
        and _unit_key(each, policy.unit) == _unit_key(path, policy.unit)
    )


def _unit(key: str, paths: list[str], head: Head, policies: Policies) -> Place:
    unit = policies[template(paths[0])].unit
    members = dict.fromkeys(paths)
    for path in (*head.state, *head.touched):
        policy = policies.get(template(path), PLAIN)
        if policy.unit == unit and _unit_key(path, str(unit)) == key:
            members[path] = None
    rules = [policies[template(path)] for path in members]
    return Place(key, tuple(members), strictest(rules), is_unit=True)


def _unit_key(path: str, unit: str) -> str:
    """The group's own path with its rows where the unit is named by a template, else the unit's name."""
    if not template(path).startswith(f"{unit}/"):
        return unit
    return "/".join(path.split("/")[: unit.count("/") + 1])


def _decide_place(change: Change, head: Head, place: Place, draft: _Draft) -> None:
    if place.is_unit:
        sides = _unit_sides(change, head, place)
    else:
        path = place.key
        sides = Sides(change.was.get(path), head.state.get(path), change.patch[path], *moved_unseen(change, head, path))
    others = unheard(change, head, place.paths, is_unit=place.is_unit) if asks(place.policy) else ()
    if others:
        sides = replace(sides, unheard=tuple(word for each in others for word in each.words))
    standing = head.conflicts.get(place.key)
    if standing is not None:
        decision = replace(_joined(sides, place), contested=True)
    elif sides.now == sides.said and all(word == sides.said for word in sides.unheard):
        decision = Decision(sides.said)
    elif others or _is_unseen(change, head, place, sides) or _is_never_free(place, sides):
        decision = _unit_decision(sides, place.policy) if place.is_unit else decide(sides, place.policy)
    else:
        decision = Decision(sides.said)
    draft.rules |= dict.fromkeys(place.paths, place.policy)
    _note(head, place, sides, decision, draft)
    if decision.contested:
        claimed = tuple((each.by, _blankless(each.words[-1])) for each in others)
        draft.contests[-1] = replace(draft.contests[-1], others=claimed)


def _is_never_free(place: Place, sides: Sides) -> bool:
    always = UNIT_ALWAYS if place.is_unit else ALWAYS
    return place.policy.merge in always or could_lower(sides, place.policy)


def _note(head: Head, place: Place, sides: Sides, decision: Decision, draft: _Draft) -> None:
    if place.is_unit and isinstance(decision.value, dict):
        draft.patch |= {path: decision.value.get(path) for path in place.paths}
    else:
        draft.patch[place.key] = decision.value
    draft.merged = draft.merged or (decision.merged and decision.value != sides.said)
    if decision.contested:
        was, now, said = (_blankless(value) for value in (sides.was, sides.now, sides.said))
        by = _speaker(head, place)
        draft.contests.append(Contest(place.key, place.policy, was, now, said, _blankless(decision.value), by))


def _blankless(value: Value) -> Value:
    return {path: said for path, said in value.items() if said is not None} if isinstance(value, dict) else value


def _speaker(head: Head, place: Place) -> Touch | None:
    sayings = [said for path in place.paths for said in head.sayings(path)[:1]]
    return max(sayings, default=None, key=lambda touch: touch.version)


def _is_unseen(change: Change, head: Head, place: Place, sides: Sides) -> bool:
    """Whether the author wrote without having seen what another device said here."""
    if not head.has_seen(change.trunk):
        return sides.now != sides.was
    others = (head.last_by_other(path, change.device) for path in _watched(head, place, sides))
    return any(said is not None and said.version > change.trunk[0] for said in others)


def _watched(head: Head, place: Place, sides: Sides) -> list[str]:
    """The paths whose sayings count: for the removal of a row everything in it."""
    if sides.said is not None or not place.key.endswith("/@order"):
        return list(place.paths)
    row = place.key.removesuffix("@order")
    return [path for path in {**head.state, **head.touched} if path.startswith(row)]


def _joined(sides: Sides, place: Place) -> Decision:
    """With a conflict open, what is shown of an `ask` never gets less protective; of others what the policy shows."""
    policy = place.policy
    if place.is_unit:
        return _unit_decision(sides, policy)
    if policy.merge != "set" and (policy.merge == "ask" or policy.klass == "A"):
        return Decision(more_protective(sides.now, sides.said, policy))
    if policy.merge == "text":
        return Decision(sides.now if sides.said is None else sides.said)
    return decide(sides, policy)


def _unit_sides(change: Change, head: Head, place: Place) -> Sides:
    now = {path: head.state.get(path) for path in place.paths}
    was = {path: change.was.get(path, None if path in change.patch else now[path]) for path in place.paths}
    said = {path: change.patch[path] if path in change.patch else was[path] for path in place.paths}
    return Sides(was, now, said)


def _unit_decision(sides: Sides, policy: Policy) -> Decision:
    if policy.merge != "ask" and policy.klass != "A":
        stays = policy.merge == "first" and bool(_blankless(sides.now))
        first = policy.merge == "first" and not stays
        return Decision(sides.now if stays else sides.said, contested=not first)
    sayings = (sides.now, sides.said, *sides.unheard)
    return Decision(max(sayings, key=lambda value: _protection(value, policy)), contested=True)


def _protection(value: Value, policy: Policy) -> int:
    members = value.values() if isinstance(value, dict) else ()
    return max((known for member in members if (known := rank(member, policy)) is not None), default=-1)


def _undeleted(head: Head) -> Contest:
    by = next(iter(head.touched.get(DELETED, ())), None)
    return Contest(DELETED, PLAIN, None, "deleted", "kept", "kept", by)


def _kept(change: Change, head: Head) -> Contest:
    """Who else wrote last in the record claims it against a deletion that did not know of that."""
    spoken = [touch for touches in head.touched.values() for touch in touches if touch.device != change.device]
    by = max(spoken, default=None, key=lambda touch: touch.version)
    return Contest(DELETED, PLAIN, None, "kept", "deleted", "kept", by)


def _restore_rows(head: Head, draft: _Draft) -> None:
    """A row that somebody removed stands again, for somebody else wrote in it without knowing."""
    for contest in tuple(draft.contests):
        row = row_of(contest.path)
        order = f"{row}/@order"
        if row and contest.now is None and order not in head.state and not draft.patch.get(order):
            draft.patch[order] = RESTORED_ORDER


def _keep_class_a(change: Change, head: Head, policies: Policies, draft: _Draft) -> None:
    """Relevance never removes a class A answer of a form: it stays, marked as not asked this time."""
    if not head.form:
        return
    for path, value in tuple(draft.patch.items()):
        code = f"{path}@not-recorded"
        asked = value is not None or path not in head.state or "@" in path or change.patch.get(code)
        if asked or policies.get(template(path), PLAIN).klass != "A" or _row_removed(change, path):
            continue
        draft.patch[path] = head.state[path]
        draft.patch[code] = "not-asked"


def _row_removed(change: Change, path: str) -> bool:
    row = row_of(path)
    order = f"{row}/@order"
    return row is not None and order in change.patch and change.patch[order] is None
