"""A draft's values taken over to another version of its form, by a plan. Every value before is there after.

What has no place goes to `~kept/<version>/<its path>`; what was kept before comes back where its place is there again
and free.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field

from forms.answers import CODE, LISTS, VOICE, Value
from forms.question_types import fault
from forms.upgrade import MARKED, ORPHANED, PROPOSED, Plan, Step
from forms.versions import version_key

KEPT = "~kept/"
"""Where answers without a place are kept: no form can have a path that begins with it."""
ATTACHMENTS = frozenset({"image", "audio", "video", "file", "signature"})


@dataclass(frozen=True, slots=True)
class Upgraded:
    """A draft's values in another version: what is asked there, and what is kept beside it."""

    values: Mapping[str, Value] = field(repr=False)
    orphans: Mapping[str, Value] = field(repr=False)

    def whole(self) -> dict[str, Value]:
        """All of it, as the draft keeps it."""
        return {**self.values, **self.orphans}


@dataclass(frozen=True, slots=True)
class Orphan:
    """An answer that is no longer asked for."""

    version: str
    """The version it was given in."""
    path: str
    value: Value = field(repr=False)


def is_kept(path: str) -> bool:
    """Whether a path is that of an answer without a place."""
    return path.startswith(KEPT)


def kept_path(version: str, path: str) -> str:
    """Where an answer that loses its place is kept."""
    return f"{KEPT}v{version}/{path}"


def orphans(values: Mapping[str, Value]) -> tuple[Orphan, ...]:
    """The answers without a place among a draft's or a record's values; orders of rows are not told."""
    found = ((*_told(path), value) for path, value in values.items() if is_kept(path))
    return tuple(Orphan(*each) for each in found if not each[1].endswith("/@order"))


def asked(values: Mapping[str, Value]) -> dict[str, Value]:
    """The values without those that have no place: what an interview can be opened with."""
    return {path: value for path, value in values.items() if not is_kept(path)}


def apply(plan: Plan, ticked: Collection[str], values: Mapping[str, Value]) -> Upgraded:
    """Take values over; `ticked` are the paths of the proposed steps that a person agreed to."""
    steps = {step.path: step for step in plan.steps if step.what != PROPOSED or step.path in ticked}
    going: dict[str, Value] = {}
    kept = {path: value for path, value in values.items() if is_kept(path)}
    for path, value in asked(values).items():
        to = _place(steps, plan, path)
        if to and to not in going:
            going[to] = _wider(steps, plan, path, value)
        else:
            kept[_free(kept, kept_path(plan.before, path))] = value
    return _come_back(plan, going, kept)


def _free(kept: Mapping[str, Value], path: str) -> str:
    """A place that holds nothing yet: a draft that went back to a version and left it again keeps both."""
    while path in kept:
        path += "+"
    return path


def _told(path: str) -> tuple[str, str]:
    version, _, told = path.removeprefix(KEPT).partition("/")
    return version[1:], told.rstrip("+")


def _parts(path: str) -> tuple[str, str, list[str]]:
    """A kept path's question without rows, its mark (`@voice`, `/@order`), and its rows."""
    mark = "/@order" if path.endswith("/@order") else "".join(path.partition("@")[1:])
    names = path.removesuffix(mark).split("/")
    rows = [name for name in names if name[:1].isdigit()]
    return "/".join(name for name in names if not name[:1].isdigit()), mark, rows


def _place(steps: Mapping[str, Step], plan: Plan, path: str) -> str:
    """Where a value goes; empty when nowhere."""
    base, mark, rows = _parts(path)
    step = steps.get(base)
    if step is None and mark and plan.places.get(base) == MARKED:
        return _with_rows(plan, base, mark, rows)
    if step is None or step.what == ORPHANED:
        return ""
    return _with_rows(plan, step.to, mark, rows)


def _with_rows(plan: Plan, base: str, mark: str, rows: list[str]) -> str:
    """A path with its rows put behind the repeats in it; empty when they do not fit."""
    left, made, at = list(rows), [], ""
    for name in base.split("/"):
        at = f"{at}/{name}" if at else name
        made.append(name)
        if plan.places.get(at) == "rows" and left:
            made.append(left.pop(0))
        elif plan.places.get(at) == "rows":
            return ""
    return "" if left else "/".join(made) + mark


def _wider(steps: Mapping[str, Step], plan: Plan, path: str, value: Value) -> Value:
    """One choice is a list of one where several may be chosen."""
    base, mark, _ = _parts(path)
    many = not mark and plan.places.get(steps[base].to) in LISTS
    return [value] if many and isinstance(value, str) else value


def _come_back(plan: Plan, going: dict[str, Value], kept: dict[str, Value]) -> Upgraded:
    """What was kept and has its place again, when nothing is there: rows first, then their answers."""
    left = dict(kept)
    for path in sorted(_latest(kept), key=_in_turn):
        version, told = _told(path)
        if version != plan.before and told not in going and _may_stand(plan, going, told, kept[path]):
            going[told] = left.pop(path)
    return Upgraded(going, left)


def _latest(kept: Mapping[str, Value]) -> list[str]:
    """Of all that was kept of one place, the latest: an older answer never stands for a newer one."""
    latest: dict[str, str] = {}
    for path in sorted(kept, key=lambda each: version_key(_told(each)[0])):
        latest[_told(path)[1].partition("@")[0]] = _told(path)[0]
    return [path for path in kept if latest[_told(path)[1].partition("@")[0]] == _told(path)[0]]


def _in_turn(path: str) -> tuple[bool, int, bool, str]:
    """Rows before answers, outer before inner, an answer before whose words it is."""
    return not path.endswith("/@order"), path.count("/") if path.endswith("/@order") else 0, "@" in path, path


def _may_stand(plan: Plan, going: Mapping[str, Value], path: str, value: Value) -> bool:
    base, mark, rows = _parts(path)
    kind = plan.places.get(base, "")
    if not kind or (kind == "rows") != (mark == "/@order") or _with_rows(plan, base, mark, rows) != path:
        return False
    if any(f"{row}/@order" not in going for row in _rows_around(path.removesuffix("/@order"), mark)):
        return False
    answer, code = path.partition("@")[0], f"{path.partition('@')[0]}@{CODE}"
    if mark == f"@{VOICE}":
        return answer in going or code in going
    if mark == f"@{CODE}":
        return answer not in going
    return bool(mark) or (code not in going and _fits(kind, plan.types.get(base, "string"), value))


def _rows_around(path: str, mark: str) -> Iterator[str]:
    """The rows that a path lies in; of a row's own order only those around it."""
    parts = path.split("/")
    for place, part in enumerate(parts):
        if part[:1].isdigit() and not (mark == "/@order" and place == len(parts) - 1):
            yield "/".join(parts[: place + 1])


def _fits(kind: str, type_name: str, value: Value) -> bool:
    if isinstance(value, list):
        return kind in LISTS
    if isinstance(value, dict):
        return kind in ATTACHMENTS
    return kind not in LISTS and kind not in ATTACHMENTS and not fault(type_name, value or "")
