"""A form opened without a screen, for judges and other programs: places named by XPath, answers as text.

It runs the specification to the letter: rows that stand in the model stand at opening, a node that is not asked reads
as blank, only the bind's own rules make an answer invalid. The product's habits (`forms.interview`) stay beside it.
"""

from __future__ import annotations

import random
import uuid
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from zoneinfo import ZoneInfo

from forms import asking, submission
from forms.answers import path_of
from forms.definition import Bind
from forms.errors import FormError
from forms.external import with_last_saved
from forms.instance import walk
from forms.interview import Interview, UnknownPath
from forms.nodes import Node
from forms.places import without_prefixes
from forms.preloads import fill_at_end
from forms.submission_reading import read
from forms.views import Violation
from forms.xform import load
from forms.xpath import World, XPathValue, compile_expression, node_text

NO_BIND = Bind("")


class Sitting:
    """One form being filled in. A place is an XPath reference (`/data/kid[2]/age`) or a kept path."""

    def __init__(self, interview: Interview) -> None:
        """Sit down with an interview."""
        self.interview = interview

    def answer(self, ref: str, value: str | list[str] | None) -> None:
        """Answer a question; None clears it."""
        self.interview.answer(path_of(self._node(ref)), value)

    def add_row(self, ref: str, at: int | None = None) -> str:
        """Add a row to a repeat, as its `at`-th (from 1) or behind the last; the path of the row."""
        above, _, name = ref.rpartition("/")
        parent = self._node(above) if above or not ref.startswith("/") else self.interview.instance.root
        return self.interview.add_row(f"{path_of(parent)}/{name}".lstrip("/"), at)

    def remove_row(self, ref: str) -> None:
        """Take a row out."""
        self.interview.remove_row(path_of(self._node(ref)))

    def value(self, ref: str) -> str:
        """What XPath reads at a place: blank when it is not asked."""
        return node_text(self._node(ref))

    def relevant(self, ref: str) -> bool:
        """Whether it is asked, and all it lies in."""
        return self._node(ref).relevant

    def readonly(self, ref: str) -> bool:
        """Whether it, or something it lies in, is read only."""
        return asking.readonly(self.interview, self._node(ref))

    def required(self, ref: str) -> bool:
        """Whether it must be answered."""
        node = self._node(ref)
        return asking.holds(self.interview, self._bind(node).required, node)

    def constraint(self, ref: str) -> str:
        """`violated` when an answer does not hold to its constraint, else `ok`; blank is never tested."""
        return "violated" if self._violated(self._node(ref)) else "ok"

    def valid(self, ref: str) -> bool:
        """Whether nothing is wrong at a place or below it."""
        return not any(True for node in walk(self._node(ref)) for _ in self._faults(node))

    def violations(self) -> tuple[Violation, ...]:
        """Everything wrong in the form, in its order."""
        return tuple(each for node in walk(self.interview.instance.root) for each in self._faults(node))

    def choices(self, ref: str) -> tuple[tuple[str, str], ...]:
        """Value and label of every choice offered now."""
        return tuple((choice.value, choice.label) for choice in asking.choices(self.interview, self._node(ref)))

    def label(self, ref: str) -> str:
        """The label of a question or group, in the language shown."""
        node = self._node(ref)
        form = self.interview.form
        told = form.controls.get(node.template) or form.groups.get(node.template)
        return asking.words(self.interview, told.label, node) if told is not None else ""

    def hint(self, ref: str) -> str:
        """The hint of a question, in the language shown."""
        node = self._node(ref)
        control = self.interview.form.controls.get(node.template)
        return asking.words(self.interview, control.hint, node) if control is not None else ""

    def count(self, ref: str) -> int:
        """How many nodes there are: rows of a repeat, asked or not."""
        return len(self._nodes(ref))

    @property
    def languages(self) -> tuple[str, ...]:
        """The languages of the form, its own first."""
        return self.interview.languages

    def set_language(self, lang: str) -> None:
        """Show the form in another of its languages."""
        self.interview.set_language(lang)

    def submission(self) -> bytes:
        """The submission as ODK clients send it."""
        fill_at_end(self.interview.instance, self.interview.form, self.interview.world.now)
        return submission.of_interview(self.interview, marks=False).xml

    def evaluate(self, expression: str, ref: str = "") -> XPathValue:
        """The value of an expression seen from a place; from the instance's root when none is named."""
        node = self._node(ref) if ref else self.interview.instance.root
        return compile_expression(expression).evaluate(self.interview.instance.context(node))

    def _faults(self, node: Node) -> Iterator[Violation]:
        bind = self._bind(node)
        if node.relevant and not node.children and not node.text:
            if bind.required is not None and asking.holds(self.interview, bind.required, node):
                yield asking.violation(self.interview, node, "required", bind.required_message, asking.REQUIRED)
        elif self._violated(node):
            yield asking.violation(self.interview, node, "constraint", bind.constraint_message, asking.NOT_RIGHT)

    def _violated(self, node: Node) -> bool:
        rule = self._bind(node).constraint
        tested = rule is not None and node.relevant and node.text != ""
        return tested and not asking.holds(self.interview, rule, node)

    def _bind(self, node: Node) -> Bind:
        return self.interview.form.binds.get(node.template, NO_BIND)

    def _nodes(self, ref: str) -> list[Node]:
        if not ref.startswith("/"):
            found = self.interview.instance.find(ref)
            return [] if found is None else [found]
        return compile_expression(without_prefixes(ref)).nodes(
            self.interview.instance.context(self.interview.instance.root)
        )

    def _node(self, ref: str) -> Node:
        found = self._nodes(ref)
        if not found:
            raise UnknownPath
        return found[0]


def open_form(  # noqa: PLR0913 (what a judge may set, each by name)
    xform: bytes | str | Path,
    *,
    now: datetime | None = None,
    zone: str = "UTC",
    lang: str | None = None,
    files: Mapping[str, bytes] | Path | None = None,
    last_saved: bytes | None = None,
    submission: bytes | None = None,
    new_id: Callable[[], str] | None = None,
) -> Sitting:
    """Open an XForm (its XML or its file) with the lists beside it; `submission` opens what was sent once more.

    Raises FormError, or one of its kinds, when it cannot be read or run.
    """
    form = load(_bytes(xform), _files(files))
    ids = new_id or map(str, count(1)).__next__
    answers = None if submission is None else read(form, submission, new_id=ids, keep_unknown=True).restoring
    form = with_last_saved(form, last_saved)
    world = _world(now or datetime.now(UTC), ZoneInfo(zone))
    return Sitting(Interview(form, world, new_id=ids, answers=answers, lang=lang or "default"))


def _bytes(xform: bytes | str | Path) -> bytes:
    if isinstance(xform, Path):
        try:
            return xform.read_bytes()
        except OSError as wrong:
            raise FormError("The form's file cannot be read.", "Check the path.") from wrong
    return xform.encode() if isinstance(xform, str) else xform


def _files(files: Mapping[str, bytes] | Path | None) -> dict[str, bytes | str]:
    if isinstance(files, Path):
        return {each.name: each.read_bytes() for each in files.iterdir() if each.is_file()}
    return dict(files or {})


def _world(now: datetime, zone: ZoneInfo) -> World:
    return World(
        today=now.astimezone(zone).date(),
        now=now,
        zone=zone,
        lang="default",
        choice_label=lambda _, value: value,
        random=random.random,
        uuid=lambda: str(uuid.uuid4()),
        pulldata=lambda *_: "",
    )
