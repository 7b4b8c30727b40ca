"""The quality meter: what a good assessment holds, and where this one is still thin. Pure: a form being filled, read.

An author marks questions with the column `bind::fp:quality`; what is marked alike is one line of the meter. It never
blocks, never counts up to a number, and speaks of the writing, never of the family. Words between quotation marks and
a child's own words are left alone.

A mark is a name, and may go on: `childs-voice:5` wants five words, `seen-alone=alone,with_adult` wants one of these
answers, `father@relation=father` counts only in rows whose `relation` says so. `father-because` is a reason: it
explains a gap in its row and does not fill it. Several marks stand with a blank between them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from forms.answers import CODE, path_of
from forms.definition import Form
from forms.instance import walk
from forms.interview import Interview
from forms.nodes import Node

MET, PARTLY, MISSING = "met", "partly", "missing"
BECAUSE = "-because"
COLUMN = "quality"
TITLES: Mapping[str, tuple[str, str]] = {
    "own-details": ("Your own details", "Whoever reads this must be able to ring you."),
    "childs-voice": ("Each child's own voice", "What a child says, in their words, changes what we do."),
    "seen-alone": ("Children seen, and alone", "Some things are only said when nobody else hears."),
    "father": ("Fathers and other parents", "Whoever is left out is left out of the help too."),
    "extended-family": ("Wider family and friends", "They are there when we are not."),
    "evidence": ("What shows each need", "Say what was seen or heard, by whom, and when."),
    "analysis": ("What it means", "Facts alone do not say what life is like for a child."),
    "plan-for-need": ("A plan for each need", "A need without an action stays a need."),
}
"""What each line of the meter is called, and why it matters; in the order they are shown."""
WORDS_FOR: Mapping[str, str] = {
    "attention-seeking": "What does the child do, and what might they be asking for?",
    "attention seeking": "What does the child do, and what might they be asking for?",
    "chaotic": "What did you see? Times, rooms, who did what.",
    "did not attend": "A child is brought or not brought: who was to bring them, and what stood in the way?",
    "difficult family": "What is difficult, for whom, and when?",
    "dirty": "What did you see, in which room?",
    "disengaged": "What was offered, when, and what did they answer?",
    "dysfunctional": "What happens between whom, and how often?",
    "failed to engage": "What was offered, when, and what did they answer?",
    "hard to reach": "How did we try to reach them, and when?",
    "hostile": "What was said or done, in their words?",
    "in denial": "What do they say about it, in their words?",
    "lacks insight": "What do they say about it, in their words?",
    "lifestyle choice": "Who else is involved, and what hold do they have?",
    "manipulative": "What was said or done, and what came of it?",
    "neglectful": "What did the child go without, how often, and what came of it?",
    "non-compliant": "What was agreed, with whom, and what happened?",
    "poor parenting": "What did you see a parent do or not do?",
    "promiscuous": "A child cannot choose this: who harms them?",
    "refuses to engage": "What was offered, when, and what did they answer?",
    "unkempt": "What did you see?",
}
"""Labels that free text tends to carry, and the question that brings out the fact."""
_LABELS = re.compile(
    r"\b(" + "|".join(map(re.escape, sorted(WORDS_FOR, key=len, reverse=True))) + r")\b", re.IGNORECASE
)
_QUOTED = re.compile(r"“[^”]*”|\"[^\"]*\"|‘[^’]*’")
_MARK = re.compile(r"(?P<name>[a-z-]+)(@(?P<beside>\w+)=(?P<says>[\w,]+))?(=(?P<wants>[\w,]+))?(:(?P<words>\d+))?")


@dataclass(frozen=True, slots=True)
class Item:
    """One line of the meter."""

    name: str
    title: str
    state: str
    """met, partly, missing."""
    why: str
    """What is there and what is not, and why it matters."""
    go: str
    """Where to write it; the first gap, or the first place."""


@dataclass(frozen=True, slots=True)
class Label:
    """A word that judges where a fact would tell."""

    path: str
    word: str = field(repr=False)
    ask: str
    """The question that brings out the fact."""


@dataclass(frozen=True, slots=True)
class Quality:
    """The meter as it stands."""

    items: tuple[Item, ...]
    labels: tuple[Label, ...] = ()

    def line(self) -> str:
        """The meter in one line; empty when the form has no marks."""
        thin = [item.title for item in self.items if item.state != MET]
        if not self.items:
            return ""
        return f"Still thin: {', '.join(thin)}" if thin else "Nothing is thin."


class Mark(NamedTuple):
    """One mark of a question, as its author wrote it."""

    name: str
    reason: bool
    beside: str
    says: tuple[str, ...]
    wants: tuple[str, ...]
    words: int


class Place(NamedTuple):
    """A marked question where it stands, with its state; `row` is the row it stands in."""

    node: Node
    state: str
    row: Node | None
    reason: bool


def read(interview: Interview) -> Quality:
    """The meter of a form being filled."""
    marked = marks(interview.form)
    nodes = list(walk(interview.instance.root))
    held = [node for node in nodes if node.template in marked]
    found = {name: _places(name, marked, held) for name in TITLES}
    lines = (_item(name, places) or _unwritten(name, marked, nodes) for name, places in found.items())
    return Quality(tuple(line for line in lines if line is not None), tuple(_labels(interview, nodes)))


def marks(form: Form) -> dict[str, tuple[Mark, ...]]:
    """The marks of a form, by template."""
    found = {bind.template: bind.own.get(COLUMN, "") for bind in form.binds.values()}
    return {template: tuple(map(_mark, said.split())) for template, said in found.items() if said}


def _mark(said: str) -> Mark:
    found = _MARK.fullmatch(said)
    told = found.groupdict() if found else {"name": said}
    name = told["name"] or ""
    says, wants = (tuple((told.get(part) or "").split(",")) for part in ("says", "wants"))
    words = int(told.get("words") or 1)
    return Mark(name.removesuffix(BECAUSE), name.endswith(BECAUSE), told.get("beside") or "", says, wants, words)


def _places(name: str, marked: Mapping[str, tuple[Mark, ...]], nodes: Iterable[Node]) -> list[Place]:
    return [
        Place(node, _state(node, mark), _row(node), mark.reason)
        for node in nodes
        if node.relevant
        for mark in marked.get(node.template, ())
        if mark.name == name and _counts(node, mark)
    ]


def _counts(node: Node, mark: Mark) -> bool:
    row = _row(node)
    if not mark.beside or row is None:
        return not mark.beside
    return any(each.name == mark.beside and each.text in mark.says for each in walk(row))


def _state(node: Node, mark: Mark) -> str:
    if not node.text.strip():
        return PARTLY if node.attributes.get(CODE) else MISSING
    if mark.wants != ("",) and not set(node.text.split()) & set(mark.wants):
        return PARTLY
    return MET if len(node.text.split()) >= mark.words or mark.wants != ("",) else PARTLY


def _row(node: Node) -> Node | None:
    above: Node | None = node
    while above is not None and above.row is None:
        above = above.parent
    return above


def _unwritten(name: str, marked: Mapping[str, tuple[Mark, ...]], nodes: list[Node]) -> Item | None:
    """A line that no row holds yet: it leads to the part whose repeat it waits for. None when it is not asked."""
    named = {template for template, told in marked.items() if any(mark.name == name for mark in told)}
    wanted = named - {node.template for node in nodes if not node.relevant}
    above = {template.rsplit("/", up)[0] for template in wanted for up in range(1, template.count("/"))}
    parts = [node for node in nodes if node.relevant and node.template in above]
    go = path_of(max(parts, key=lambda node: node.template.count("/"))) if parts else ""
    title, matters = TITLES[name]
    return Item(name, title, MISSING, f"Nothing is written yet. {matters}", go) if go else None


def _item(name: str, places: list[Place]) -> Item | None:
    title, matters = TITLES[name]
    asked = [place for place in places if not place.reason]
    if not asked:
        return None
    excused = {id(place.row) for place in places if place.reason and place.state == MET}
    states = [PARTLY if p.state == MISSING and id(p.row) in excused else p.state for p in asked]
    gap = next((p.node for p, state in zip(asked, states, strict=True) if state != MET), asked[0].node)
    return Item(name, title, _together(states), _why(states, matters), path_of(gap))


def _together(states: list[str]) -> str:
    return states[0] if len(set(states)) == 1 else PARTLY


def _why(states: list[str], matters: str) -> str:
    told, blank = states.count(MET), states.count(MISSING)
    if told == len(states):
        return "It is written."
    thin = len(states) - told - blank
    parts = [f"{told} of {len(states)} written"]
    parts += [f"{thin} only in part, or with a reason"] if thin else []
    parts += [f"{blank} not yet"] if blank else []
    return f"{'; '.join(parts)}. {matters}"


def _labels(interview: Interview, nodes: Iterable[Node]) -> Iterator[Label]:
    """Labels in free text that a worker wrote: not in quotations, not in a child's words."""
    for node in nodes:
        control = interview.form.controls.get(node.template)
        bind = interview.form.binds.get(node.template)
        if not node.relevant or control is None or control.kind != "text" or bind is None:
            continue
        if bind.type == "string" and bind.own.get("class") != "childs-confidence":
            for word in dict.fromkeys(each.lower() for each in _LABELS.findall(_QUOTED.sub(" ", node.text))):
                yield Label(path_of(node), word, WORDS_FOR[word])


__all__ = ["MET", "MISSING", "PARTLY", "TITLES", "Item", "Label", "Mark", "Quality", "marks", "read"]
