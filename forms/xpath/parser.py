"""Reads the whole XPath 1.0 grammar (without variables) into parts. What the parts mean is the compiler's business."""

from __future__ import annotations

from collections.abc import Callable

from forms.errors import XPathError
from forms.xpath.lexer import Word, words
from forms.xpath.syntax import Call, Chain, Expression, Filtered, Literal, Negation, Number, Path, Step

DEEPEST = 80
"""Brackets within brackets."""
RANKS: tuple[frozenset[str], ...] = (
    frozenset({"or"}),
    frozenset({"and"}),
    frozenset({"=", "!="}),
    frozenset({"<", "<=", ">", ">="}),
    frozenset({"+", "-"}),
    frozenset({"*", "div", "mod"}),
)
AXES = frozenset(
    {
        "child",
        "parent",
        "self",
        "attribute",
        "descendant",
        "descendant-or-self",
        "ancestor",
        "ancestor-or-self",
        "following",
        "following-sibling",
        "namespace",
        "preceding",
        "preceding-sibling",
    }
)
KINDS = frozenset({"node", "text", "comment", "processing-instruction"})
CHOICE_NAME = "jr:choice-name"


def parse(text: str) -> Expression:
    """The parts of an expression. Raises XPathError with the place of the trouble."""
    try:
        return _Reader(text).whole()
    except RecursionError:
        raise XPathError("An expression is nested too deeply.") from None


class _Reader:
    """Reads one expression from left to right."""

    def __init__(self, text: str, depth: int = 0, offset: int = 0) -> None:
        self.words = words(text)
        self.at = 0
        self.depth = depth
        self.offset = offset

    def whole(self) -> Expression:
        expression = self.expression()
        if self.word.kind != "end":
            raise self.trouble("An expression goes on where it should end.")
        return expression

    @property
    def word(self) -> Word:
        return self.words[self.at]

    def trouble(self, said: str) -> XPathError:
        return XPathError(said, place=self.word.place + self.offset)

    def place(self) -> int:
        return self.word.place + self.offset

    def take(self) -> Word:
        word = self.word
        self.at += 1
        return word

    def found(self, text: str) -> bool:
        """Take a sign if it stands here."""
        if self.word.text == text and self.word.kind in {"sign", "operator"}:
            self.at += 1
            return True
        return False

    def need(self, text: str) -> None:
        if not self.found(text):
            raise self.trouble(f"An expression lacks a “{text}”.")

    def expression(self) -> Expression:
        self.depth += 1
        if self.depth > DEEPEST:
            raise self.trouble("An expression is nested too deeply.")
        expression = self.ranked(0)
        self.depth -= 1
        return expression

    def ranked(self, rank: int) -> Expression:
        """Operands joined by operators of a rank or a tighter one; the tightest are gathered first."""
        place, first = self.place(), self.negation()
        for each in range(len(RANKS) - 1, rank - 1, -1):
            rest: list[tuple[str, Expression]] = []
            while self.word.kind == "operator" and self.word.text in RANKS[each]:
                sign = self.take().text
                rest.append((sign, self.ranked(each + 1)))
            if rest:
                first = Chain(first, tuple(rest), place)
        return first

    def negation(self) -> Expression:
        minuses = 0
        while self.found("-"):
            minuses += 1
        operand = self.union()
        if not minuses:
            return operand
        negated = Negation(operand)
        return negated if minuses % 2 else Negation(negated)

    def union(self) -> Expression:
        place, first = self.place(), self.path()
        rest: list[tuple[str, Expression]] = []
        while self.found("|"):
            rest.append(("|", self.path()))
        return Chain(first, tuple(rest), place) if rest else first

    def path(self) -> Expression:
        place = self.place()
        if self.found("//"):
            return Path(None, True, (_any_depth(place), *self.steps()), place)
        if self.found("/"):
            return Path(None, True, self.steps() if self.starts_step() else (), place)
        if self.starts_step() and not self.starts_call():
            return Path(None, False, self.steps(), place)
        return self.filtered(place)

    def filtered(self, place: int) -> Expression:
        base = self.primary()
        predicates = self.predicates()
        if predicates:
            base = Filtered(base, predicates, place)
        if self.found("//"):
            return Path(base, False, (_any_depth(place), *self.steps()), place)
        if self.found("/"):
            return Path(base, False, self.steps(), place)
        return base

    def starts_step(self) -> bool:
        return self.word.kind == "name" or (self.word.kind == "sign" and self.word.text in {".", "..", "@"})

    def starts_call(self) -> bool:
        after = self.words[self.at + 1] if self.word.kind == "name" else None
        return after is not None and after.text == "(" and after.kind == "sign" and self.word.text not in KINDS

    def steps(self) -> tuple[Step, ...]:
        steps = [self.step()]
        while True:
            place = self.place()
            if self.found("//"):
                steps.append(_any_depth(place))
            elif not self.found("/"):
                return tuple(steps)
            elif self.word.text == "[" and self.word.kind == "sign":
                # `item/[x = 1]` stands in the specification's own example.
                steps[-1] = _filtered_step(steps[-1], self.predicates())
                continue
            steps.append(self.step())

    def step(self) -> Step:
        place = self.place()
        if self.found("."):
            return Step("self", "node()", self.predicates(), place)
        if self.found(".."):
            return Step("parent", "node()", self.predicates(), place)
        axis = "attribute" if self.found("@") else self.axis()
        return Step(axis, self.test(), self.predicates(), place)

    def axis(self) -> str:
        after = self.words[min(self.at + 1, len(self.words) - 1)]
        if after.text != "::" or after.kind != "sign":
            return "child"
        if self.word.text not in AXES:
            raise self.trouble("An expression names an axis that is not supported.")
        axis = self.take().text
        self.take()
        return axis

    def test(self) -> str:
        if self.word.kind != "name":
            raise self.trouble("An expression lacks the name of a node.")
        name = self.take().text
        if name not in KINDS or not self.found("("):
            return name
        target = ""
        if name == "processing-instruction" and self.word.kind == "literal":
            target = self.take().text[1:-1]
        self.need(")")
        return f"{name}({target})"

    def predicates(self) -> tuple[Expression, ...]:
        predicates: list[Expression] = []
        while self.found("["):
            predicates.append(self.expression())
            self.need("]")
        return tuple(predicates)

    def primary(self) -> Expression:
        word = self.word
        reader = _PRIMARIES.get(word.kind if word.kind != "sign" else word.text)
        if reader is None or (word.kind == "name" and not self.starts_call()):
            raise self.trouble("An expression lacks an operand.")
        return reader(self)

    def number(self) -> Expression:
        return Number(float(self.take().text))

    def literal(self) -> Expression:
        return Literal(self.take().text[1:-1])

    def bracket(self) -> Expression:
        self.need("(")
        inside = self.expression()
        self.need(")")
        return inside

    def call(self) -> Expression:
        place, name = self.place(), self.take().text
        self.need("(")
        arguments: list[Expression] = []
        while not self.found(")"):
            if arguments:
                self.need(",")
            arguments.append(self.argument(name, len(arguments)))
        return Call(name, tuple(arguments), place)

    def argument(self, name: str, index: int) -> Expression:
        """An argument; the question of a choice's name stands in quotes and is read as a path."""
        if name != CHOICE_NAME or index != 1 or self.word.kind != "literal":
            return self.expression()
        quoted = self.take()
        return _Reader(quoted.text[1:-1], self.depth, quoted.place + self.offset + 1).whole()


_PRIMARIES: dict[str, Callable[[_Reader], Expression]] = {
    "number": _Reader.number,
    "literal": _Reader.literal,
    "(": _Reader.bracket,
    "name": _Reader.call,
}


def _any_depth(place: int) -> Step:
    return Step("descendant-or-self", "node()", (), place)


def _filtered_step(step: Step, predicates: tuple[Expression, ...]) -> Step:
    return Step(step.axis, step.test, step.predicates + predicates, step.place)
