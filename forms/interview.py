"""One sitting with a form: answers go in, what changed comes out. The engine's door for screens and commands.

What is typed is never thrown away: a wrong answer is kept and told as a violation, an answer to a question that is no
longer asked stays in the draft. Only `filed` leaves those out (but never a safeguarding answer).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace

from forms import asking, paging, preloads
from forms.answers import (
    ATTACHED,
    CODE,
    LISTS,
    NOT_RECORDED,
    ORDER,
    VOICE,
    Value,
    flat,
    next_order,
    order_at,
    path_of,
    rows_in,
    text_for,
)
from forms.definition import Form, SetValue
from forms.errors import FormError
from forms.instance import Instance, walk
from forms.nodes import Node
from forms.views import OutlineRow, Page, QuestionView, Reaction, Violation
from forms.xpath import World

FIRST_LOAD = "odk-instance-first-load"
EVERY_LOAD = "odk-instance-load"
CHANGED = "xforms-value-changed"
NEW_ROW = "odk-new-repeat"


class UnknownPath(FormError):
    """There is no question, repeat or row at that path."""

    said = "The form has no such place."
    cure = "Check the path."


class Interview:
    """A form being filled in."""

    def __init__(
        self,
        form: Form,
        world: World,
        *,
        new_id: Callable[[], str],
        answers: Mapping[str, Value] | None = None,
        lang: str = "default",
        begins_empty: bool = False,
    ) -> None:
        """Open a form, or take up `answers` again. `begins_empty`: every repeat begins with no row."""
        self.form = form
        self.languages = form.languages
        self.lang = lang if lang in form.languages else form.languages[0]
        self.world = replace(world, lang=self.lang, choice_label=self._choice_label, itext=self._itext)
        self.instance = Instance(form, self.world, new_id, empty=begins_empty or answers is not None)
        self.instance.whole = not begins_empty
        self.instance.new_row = self._begin_row
        self.kinds = asking.kinds(form)
        self._computed = {bind.template for bind in form.binds.values() if bind.calculate is not None}
        self._begin(answers)

    def _begin(self, answers: Mapping[str, Value] | None) -> None:
        for node in walk(self.instance.root):
            if node.text and node.template in self._computed:
                node.text = ""
        self.instance.take_defaults(self.instance.root)
        if answers is None:
            preloads.fill(self.instance, self.form)
        else:
            self._restore(answers)
        self.instance.run_all()
        self.instance.run()
        # Actions come last: they read what is worked out, and what they set in such a place stands until it moves.
        self._act(EVERY_LOAD, "", None)
        if answers is None:
            self._act(FIRST_LOAD, "", None)
        self.instance.settle()

    # -- answering

    def answer(self, path: str, raw: Value) -> Reaction:
        """Keep an answer (text, choices, an attachment; None clears) and run what depends on it."""
        node = self._question(path)
        if node.template in self._computed:
            raise FormError("That is worked out by the form.", "Answer what it is worked out from.")
        node.attributes.pop(CODE, None)
        self._put(node, raw)
        return self._react(node)

    def not_recorded(self, path: str, code: str) -> Reaction:
        """Say why there is no answer, with one of the five codes; an empty code takes it back."""
        if code and code not in NOT_RECORDED:
            raise FormError("That is none of the five reasons for no answer.")
        node = self._question(path)
        if code:
            self._put(node, None)
            node.attributes[CODE] = code
        else:
            node.attributes.pop(CODE, None)
        self.instance.moved(node)
        return self._react(node)

    def voice(self, path: str, who: str) -> Reaction:
        """Say whose words an answer is."""
        node = self._question(path)
        if who:
            node.attributes[VOICE] = who
        else:
            node.attributes.pop(VOICE, None)
        return Reaction((path,))

    def _put(self, node: Node, raw: Value) -> None:
        text = text_for(raw)
        node.attributes.pop(ATTACHED, None)
        if isinstance(raw, dict):
            node.attributes[ATTACHED] = asking.attachment(raw)
        before = node.text
        self.instance.put(node, text, typed=True)
        if before != node.text:
            self._act_on_change(node)

    def _act_on_change(self, node: Node) -> None:
        """What an answer brings about sees all that was worked out from it."""
        if any(action.event == CHANGED and action.source == node.template for action in self.form.actions):
            self.instance.run()
            self._act(CHANGED, node.template, node)

    def _react(self, node: Node) -> Reaction:
        changed = self.instance.settle()
        paths = dict.fromkeys(path_of(each) for each in changed)
        return Reaction((*(paths or {path_of(node): None}),), tuple(self._violations_of(node)))

    # -- rows

    def add_row(self, path: str, at: int | None = None, row: str = "") -> str:
        """Add a row to a repeat, as its `at`-th (from 1) or behind the last; the path of the row.

        `row` is its id, where it has one already; else it gets a new one.
        """
        parent, repeat = self._repeat(path)
        self._refuse_counted(repeat)
        self._order_rows()
        rows = [child for child in parent.children if child.template == repeat]
        node = self.instance.add_row(repeat, parent, row or self.instance.new_id(), at=at, whole=self.instance.whole)
        node.attributes[ORDER] = order_at(rows, at)
        self._begin_row(node)
        self._order_rows()
        self.instance.settle()
        return path_of(node)

    def _begin_row(self, node: Node) -> None:
        """A row was added, by hand or by a count: the rows in it were too."""
        for each in [each for each in walk(node) if each.row is not None]:
            self._act(NEW_ROW, each.template, each)

    def remove_row(self, path: str) -> Reaction:
        """Take out a row with everything in it."""
        node = self.instance.find(path)
        if node is None or node.row is None:
            raise UnknownPath
        self._refuse_counted(node.template)
        self.instance.remove_row(node)
        changed = self.instance.settle()
        return Reaction(tuple(dict.fromkeys(path_of(each) for each in changed)))

    def _refuse_counted(self, repeat: str) -> None:
        if self.form.groups[repeat].count is not None or self.form.groups[repeat].closed:
            raise FormError("The form itself decides how many of these there are.", "Change what it counts.")

    def _order_rows(self) -> None:
        """Rows that a count made get their order too."""
        for node in walk(self.instance.root):
            if node.row is not None and ORDER not in node.attributes and node.parent is not None:
                rows = [c for c in node.parent.children if c.template == node.template and ORDER in c.attributes]
                node.attributes[ORDER] = next_order(rows)

    # -- what there is

    def values(self) -> dict[str, Value]:
        """Everything people said, asked now or not: what a draft keeps."""
        self._order_rows()
        said = {path: value for node, path, value in self._flat() if node.template not in self._computed}
        return said | dict(self._given_attributes())

    def _given_attributes(self) -> Iterator[tuple[str, Value]]:
        """Attributes that an action gave once and a draft has to keep: an entity's id."""
        for owner in {action.target.rpartition("/@")[0] for action in self.form.actions if "/@" in action.target}:
            names = {action.target.rpartition("/@")[2] for action in self.form.actions if f"{owner}/@" in action.target}
            for node in self.instance.nodes(owner):
                yield from ((f"{path_of(node)}@{name}", node.attributes[name]) for name in names & {*node.attributes})

    def hidden(self) -> dict[str, Value]:
        """What was said to questions that are not asked now."""
        return {path: value for node, path, value in self._flat() if not node.relevant and node.row is None}

    def filed(self) -> dict[str, Value]:
        """What a record is made of: what is asked now, what is computed, and every safeguarding answer."""
        self._order_rows()
        kept = self._flat()
        return {path: value for node, path, value in kept if node.relevant or self._is_guarded(node)}

    def _is_guarded(self, node: Node) -> bool:
        bind = self.form.binds.get(node.template)
        return bind is not None and bind.own.get("merge") == "ask"

    def _flat(self) -> Iterator[tuple[Node, str, Value]]:
        return flat(self.instance, self.kinds)

    # -- what is shown

    def question(self, path: str) -> QuestionView:
        """A question as it stands."""
        return self._view(self._question(path))

    def _view(self, node: Node) -> QuestionView:
        return asking.view(self, node, next(iter(self._violations_of(node)), None))

    def pages(self) -> tuple[Page, ...]:
        """The pages of the form as it stands: only what is asked."""
        return tuple(paging.pages(self, self._view))

    def outline(self) -> tuple[OutlineRow, ...]:
        """The parts of the form and how far each has come."""
        return tuple(paging.outline(self))

    def missing(self) -> tuple[Violation, ...]:
        """What must still be answered, in form order."""
        return tuple(each for each in self._all_violations() if each.why == "required")

    def violations(self) -> tuple[Violation, ...]:
        """What may not stand as it is (and what is missing)."""
        return tuple(self._all_violations())

    def _all_violations(self) -> Iterator[Violation]:
        for node in walk(self.instance.root):
            if node.relevant and node.template in self.kinds:
                yield from self._violations_of(node)

    def _violations_of(self, node: Node) -> Iterator[Violation]:
        return asking.violations(self, node)

    # -- languages

    def set_language(self, code: str) -> None:
        """Show the form in another of its languages."""
        if code not in self.languages:
            raise FormError("The form is not translated into that language.")
        self.lang = code
        self.world = replace(self.world, lang=code)
        self.instance.world = self.world
        self.instance.speak()

    def _itext(self, text: str) -> str:
        return asking.translated(self, text, "long", self.instance.root)

    def _choice_label(self, node: Node, value: str) -> str:
        return asking.label_of(self, node, value) or value

    # -- inside

    def _question(self, path: str) -> Node:
        node = self.instance.find(path)
        if node is None or node.template not in self.kinds:
            raise UnknownPath
        return node

    def _repeat(self, path: str) -> tuple[Node, str]:
        above, _, name = path.rpartition("/")
        parent = self.instance.find(above)
        repeat = f"{parent.template}/{name}" if parent is not None else ""
        if parent is None or repeat not in self.form.rows:
            raise UnknownPath
        return parent, repeat

    def _act(self, event: str, source: str, node: Node | None) -> None:
        for action in self.form.actions:
            if action.event == event and (event in (FIRST_LOAD, EVERY_LOAD) or action.source == source):
                self._set(action, node)

    def _set(self, action: SetValue, node: Node | None) -> None:
        for target in self._targets(action, node):
            told = action.value.string(self.instance.context(target)) if action.value is not None else action.text
            before = target.text
            self.instance.put(target, told)
            if before != target.text and action.event == CHANGED:
                self._act_on_change(target)

    def _targets(self, action: SetValue, node: Node | None) -> list[Node]:
        """What an action sets: in the row it was brought about in, else everywhere."""
        if action.place is None:
            found = list(self.instance.nodes(action.target, asking.row_around(node, action.target)))
            if action.event == CHANGED and len(found) > 1 and self.instance.whole:
                raise FormError(f"An action cannot tell which {action.target} it is for.")
            return found
        sources = [node] if node is not None else list(self.instance.nodes(action.source)) or [self.instance.root]
        return [each for source in sources for each in action.place.nodes(self.instance.context(source))]

    def _restore(self, answers: Mapping[str, Value]) -> None:
        for repeat, row, order in rows_in(answers):
            parent, template = self._repeat(repeat)
            self.instance.add_row(template, parent, row).attributes[ORDER] = order
        for path, value in answers.items():
            if not path.endswith("/@order"):
                self._restore_one(path, value)

    def _restore_one(self, path: str, value: Value) -> None:
        base, _, mark = path.partition("@")
        node = self.instance.find(base)
        if node is not None and any(action.target == f"{node.template}/@{mark}" for action in self.form.actions):
            node.attributes[mark] = str(value)
            return
        if node is None or node.template not in self.kinds or node.template in self._computed:
            return
        if mark:
            if mark in (CODE, VOICE):
                node.attributes[mark] = str(value)
            return
        node.text = self.instance.read(node, text_for(value), typed=True)
        if isinstance(value, dict):
            node.attributes[ATTACHED] = asking.attachment(value)


__all__ = ["LISTS", "Interview", "UnknownPath"]
