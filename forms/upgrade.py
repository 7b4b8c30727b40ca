"""From one version of a form to the next: what a draft begun with the first would become. Pure; nothing is dropped.

`plan` compares two forms; `apply` takes a draft's values over and keeps what has no place any more under `~kept/`:
`~kept/v2026.1/b/where` is the answer that `b/where` had when the draft left version 2026.1. Such an answer is
read-only, is filed and sent with the rest, goes on with every further version, and comes back to its place when a
later version has that place again.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from forms.asking import HIDDEN_FROM_OTHERS, kinds
from forms.definition import Form, Itemset, Text, short
from forms.question_types import KIND_OF_TYPE

OWN = "{urn:fieldkit:form}"
CARRIED, MOVED, PROPOSED, WIDENED, ORPHANED = "carried", "moved", "proposed", "widened", "orphaned"
NEW, MARKED = "new", "marked"
GONE = "no longer asked"
NARROWED = "asked as another kind of answer"
REPEATED = "asked for each row now, or no longer for each"
WORKED_OUT = "worked out by the form now"
WIDER = {"integer": ("decimal", "text"), "decimal": ("text",), "select_one": ("select_multiple",)}
"""What every answer of a kind still is when it is asked as the other."""
_LIST = re.compile(r"\s*instance\(\s*(['\"])(?P<name>.+?)\1\s*\)")


@dataclass(frozen=True, slots=True)
class Step:
    """What becomes of the answers to one question, or of the rows of one repeat."""

    what: str
    """carried, moved, proposed (taken over only when ticked), widened, orphaned."""
    path: str
    """Where it was, without rows."""
    to: str = ""
    """Where it goes; empty: nowhere, it is kept beside the form."""
    label: str = ""
    why: str = ""
    gone: tuple[str, ...] = ()
    """Choices that are no longer offered: an answer that is one of them is kept, and shown as not right."""
    rows: bool = False
    """The rows of a repeat, and their order."""
    safe: bool = True
    """False: not even its label is shown while anybody but the worker is in the room."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What would change if a draft went on with another version of its form."""

    form: str
    before: str
    after: str
    """Versions."""
    steps: tuple[Step, ...]
    new: tuple[Step, ...] = ()
    """Questions that the version before did not have."""
    never: bool = False
    """The form says that its drafts stay with their version: a new text needs a new agreement."""
    places: Mapping[str, str] = field(default_factory=dict, repr=False)
    """Kind by path of everything that the later version asks; `rows` for a repeat, `marked` for an entity."""
    types: Mapping[str, str] = field(default_factory=dict, repr=False)
    """The bind's type by path, in the later version."""

    def only(self, what: str) -> tuple[Step, ...]:
        """The steps of one kind."""
        return tuple(step for step in self.steps if step.what == what)

    @property
    def choices_gone(self) -> tuple[Step, ...]:
        """The questions that offer fewer choices than before."""
        return tuple(step for step in self.steps if step.gone)


def never(form: Form) -> bool:
    """Whether drafts of this form stay with the version they were begun with: `fp:upgrade = never`."""
    marks = (bind.own.get("upgrade") for bind in form.binds.values())
    return form.model.attributes.get(f"{OWN}upgrade") == "never" or "never" in marks


def plan(before: Form, after: Form) -> Plan:
    """What becomes of everything that `before` asks, when a draft of it goes on with `after`."""
    old, new = _Asked(before), _Asked(after)
    froms = _sources(old, new)
    rows = _repeats(old, new, froms)
    steps = [_rows_step(old, repeat, rows) for repeat in old.repeats]
    steps += [_step(_Pair(old, new, path, froms.get(path, "")), rows) for path in old.kinds]
    made = _proposals(steps, old, new, rows)
    taken = {step.to for step in made if step.what != PROPOSED}
    fresh = [path for path in new.kinds if path not in taken and path not in old.kinds]
    return Plan(
        form=before.id,
        before=before.version,
        after=after.version,
        steps=tuple(made),
        new=tuple(Step(NEW, path, path, new.label(path), safe=new.safe(path)) for path in fresh),
        never=never(before) or never(after),
        places={**_marked(after), **new.kinds, **dict.fromkeys(new.repeats, "rows")},
        types={short(bind.template): bind.type for bind in after.binds.values()},
    )


def back(made: Plan, before: Form) -> Plan:
    """The way back for what was typed since: only places that were carried or moved as they are."""
    old = _Asked(before)
    turned = (replace(step, path=step.to, to=step.path, gone=()) for step in made.steps)
    return replace(
        made,
        before=made.after,
        after=made.before,
        steps=tuple(step for step in turned if step.what in (CARRIED, MOVED)),
        new=(),
        places={**_marked(before), **old.kinds, **dict.fromkeys(old.repeats, "rows")},
        types={short(bind.template): bind.type for bind in before.binds.values()},
    )


class _Asked:
    """What one version asks: kinds by path in form order, repeats, the rows around each."""

    def __init__(self, form: Form) -> None:
        self.form = form
        found = {short(template): _kind(form, template, kind) for template, kind in kinds(form).items()}
        self.computed = {path for path, kind in found.items() if kind == "calculate"}
        self.kinds = {path: kind for path, kind in found.items() if kind not in ("calculate", "note")}
        self.repeats = tuple(sorted(map(short, form.rows), key=lambda path: (path.count("/"), path)))

    def around(self, path: str) -> tuple[str, ...]:
        """The repeats that a path lies in, outermost first."""
        return tuple(repeat for repeat in self.repeats if path.startswith(f"{repeat}/"))

    def label(self, path: str) -> str:
        """Its words in the form's first language, without what is computed; else its name."""
        template = f"{self.form.model.template}/{path}"
        asked = self.form.controls.get(template) or self.form.groups.get(template)
        return (_plain(self.form, asked.label) if asked is not None else "") or path.rpartition("/")[2]

    def safe(self, path: str) -> bool:
        """Whether its label may be on the screen while somebody else is in the room."""
        bind = self.form.binds.get(f"{self.form.model.template}/{path}")
        own = bind.own if bind is not None else {}
        above = path.rpartition("/")[0]
        return own.get("class") not in HIDDEN_FROM_OTHERS and "room" not in own and (not above or self.safe(above))

    def was(self, path: str) -> str:
        """The path it says it had before, or that a group around it says it had; else its own."""
        bind = self.form.binds.get(f"{self.form.model.template}/{path}")
        told = bind.own.get("was", "") if bind is not None else ""
        if told:
            return self._plain(told)
        above, between, name = path.rpartition("/")
        return f"{self.was(above)}/{name}" if between else path

    def _plain(self, told: str) -> str:
        parts = [part for part in told.strip().split("/") if part]
        rooted = told.strip().startswith("/") and len(parts) > 1
        return "/".join(parts[1:] if rooted else parts)


def _marked(form: Form) -> dict[str, str]:
    """The nodes whose attributes an action gives once: an entity's id goes along with its draft."""
    targets = (action.target for action in form.actions if "/@" in action.target)
    return {short(target.rpartition("/@")[0]): MARKED for target in targets}


def _plain(form: Form, text: Text) -> str:
    """Words without a sitting: what is computed in them is left as dots."""
    if text.id:
        found = (form.texts.get(language, {}).get(text.id, {}).get("long") for language in form.languages)
        text = next((each for each in found if each is not None), Text())
    return "".join(piece if isinstance(piece, str) else "…" for piece in text.pieces).strip()


def _kind(form: Form, template: str, kind: str) -> str:
    bind = form.binds.get(template)
    if kind in ("range", "hidden") and bind is not None:
        return KIND_OF_TYPE.get(bind.type, "text")
    return kind


def _sources(old: _Asked, new: _Asked) -> dict[str, str]:
    """Old path → new path, for what has a place: what says where it was goes first, then what is where it was."""
    found: dict[str, str] = {}
    every = [*new.repeats, *new.kinds, *sorted(new.computed)]
    known = {*old.repeats, *old.kinds}
    for path in every:
        was = new.was(path)
        if was != path and was in known:
            found.setdefault(was, path)
    taken = set(found.values())
    for path in every:
        if path in known and path not in taken:
            found.setdefault(path, path)
    return found


def _repeats(old: _Asked, new: _Asked, froms: Mapping[str, str]) -> dict[str, str]:
    """Old repeat → new repeat, where its rows stay rows at the same depth in rows that stay."""
    found: dict[str, str] = {}
    for repeat in old.repeats:
        to = froms.get(repeat, "")
        if to in new.repeats and new.around(to) == tuple(found.get(each, "?") for each in old.around(repeat)):
            found[repeat] = to
    return found


def _rows_step(old: _Asked, repeat: str, rows: Mapping[str, str]) -> Step:
    to = rows.get(repeat, "")
    what = (CARRIED if to == repeat else MOVED) if to else ORPHANED
    return Step(what, repeat, to, old.label(repeat), "" if to else GONE, rows=True, safe=old.safe(repeat))


@dataclass(frozen=True, slots=True)
class _Pair:
    """A question of the version before, and its place in the one after."""

    old: _Asked
    new: _Asked
    path: str
    to: str


def _step(pair: _Pair, rows: Mapping[str, str]) -> Step:
    safe = pair.old.safe(pair.path) and (not pair.to or pair.new.safe(pair.to))
    step = Step(ORPHANED, pair.path, label=pair.old.label(pair.path), why=_why_not(pair, rows), safe=safe)
    if step.why:
        return step
    kind, asked = pair.old.kinds[pair.path], pair.new.kinds[pair.to]
    what = WIDENED if kind != asked else CARRIED if pair.to == pair.path else MOVED
    return replace(step, what=what, to=pair.to, gone=_gone(pair))


def _why_not(pair: _Pair, rows: Mapping[str, str]) -> str:
    if not pair.to:
        return GONE
    if pair.to in pair.new.repeats or not _same_rows(pair, rows):
        return REPEATED
    if pair.to in pair.new.computed:
        return WORKED_OUT
    kind, asked = pair.old.kinds[pair.path], pair.new.kinds[pair.to]
    return "" if asked == kind or asked in WIDER.get(kind, ()) else NARROWED


def _same_rows(pair: _Pair, rows: Mapping[str, str]) -> bool:
    return pair.new.around(pair.to) == tuple(rows.get(each, "?") for each in pair.old.around(pair.path))


def _gone(pair: _Pair) -> tuple[str, ...]:
    offered = dict.fromkeys(_choices(pair.new, pair.to))
    return tuple(value for value in _choices(pair.old, pair.path) if offered and value not in offered)


def _choices(asked: _Asked, path: str) -> Iterator[str]:
    control = asked.form.controls.get(f"{asked.form.model.template}/{path}")
    if control is not None and control.choices is not None:
        yield from _values(asked.form, control.choices)


def _values(form: Form, itemset: Itemset) -> Iterator[str]:
    yield from (value for value, _ in itemset.fixed)
    found = _LIST.match(itemset.nodes.text) if itemset.nodes is not None else None
    instance = form.instances.get(found["name"]) if found else None
    for item in instance.children if instance is not None else ():
        yield from (cell.text for cell in item.children if cell.name == itemset.value)


def _proposals(steps: list[Step], old: _Asked, new: _Asked, rows: Mapping[str, str]) -> list[Step]:
    """What went, and whose name and kind are found once elsewhere: proposed, for a person to tick."""
    taken = {step.to for step in steps}
    names = Counter(path.rpartition("/")[2] for path in new.kinds)
    before = Counter(path.rpartition("/")[2] for path in old.kinds)
    free = {path.rpartition("/")[2]: path for path in new.kinds if path not in taken and path not in old.kinds}

    def judged(step: Step) -> Step:
        name = step.path.rpartition("/")[2]
        to = free.get(name, "")
        unique = names[name] == 1 and before[name] == 1
        if step.rows or step.why != GONE or not to or not unique or old.kinds[step.path] != new.kinds[to]:
            return step
        pair = _Pair(old, new, step.path, to)
        return replace(step, what=PROPOSED, to=to, gone=_gone(pair)) if _same_rows(pair, rows) else step

    return [judged(step) for step in steps]
