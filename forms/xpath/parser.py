"""Reads the whole XPath 1.0 grammar (without variables) into parts. What the parts mean is the compiler's business."""

from __future__ import annotations

from collections.abc import Callable

from forms.errors import XPathError
from forms.xpath.lexer import Word, words
from forms.xpath.syntax import Call, Chain, Expression, Filtered, Literal, Negation, Number, Path, Step

DEEPEST = 80
"""Brackets within brackets."""
RANKS: dict[str, int] = {
    sign: rank
    for rank, signs in enumerate(("or", "and", "= !=", "< <= > >=", "+ -", "* div mod"), 1)
    for sign in signs.split()
}
"""How tightly an operator binds; `|` binds tighter than a minus and is read apart."""
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
        self.word = self.words[0]
        self.depth = depth
        self.offset = offset

    def whole(self) -> Expression:
        expression = self.expression()
        if self.word.kind != "end":
            raise self.trouble("An expression goes on where it should end.")
        return expression

    def trouble(self, said: str) -> XPathError:
        return XPathError(said, place=self.word.place + self.offset)

    def place(self) -> int:
        return self.word.place + self.offset

    def take(self) -> Word:
        word = self.word
        self.at += 1
        self.word = self.words[self.at] if self.at < len(self.words) else word
        return word

    def found(self, text: str) -> bool:
        """Take a sign if it stands here."""
        kind, found, _ = self.word
        if found != text or (kind != "sign" and kind != "operator"):
            return False
        self.take()
        return True

    def need(self, text: str) -> None:
        if not self.found(text):
            raise self.trouble(f"An expression lacks a “{text}”.")

    def expression(self) -> Expression:
        self.depth += 1
        if self.depth > DEEPEST:
            raise self.trouble("An expression is nested too deeply.")
        expression = self.ranked(1)
        self.depth -= 1
        return expression

    def ranked(self, least: int) -> Expression:
        """Operands joined by operators of a rank or a tighter one; the tightest are gathered first."""
        place, first = self.place(), self.negation()
        rank = self.rank()
        while rank >= least:
            rest: list[tuple[str, Expression]] = []
            while self.rank() == rank:
                sign = self.take().text
                rest.append((sign, self.ranked(rank + 1)))
            first = Chain(first, tuple(rest), place)
            rank = self.rank()
        return first

    def rank(self) -> int:
        """Of the operator that stands here; 0 when none does."""
        return RANKS.get(self.word.text, 0) if self.word.kind == "operator" else 0

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
        kind, text, _ = self.word
        return kind == "name" or (kind == "sign" and text in _STEPS)

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
        if self.word.kind == "name":
            axis = self.axis()
            return Step(axis, self.test(), self.predicates(), place)
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
        if self.word.text != "[":
            return ()
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


_STEPS = frozenset({".", "..", "@"})
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
