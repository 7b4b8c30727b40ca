"""What may stand in an expression of a form, and what engines disagree about.

The words are judged here from the sheet; whether an expression can be run at all is asked of the engine's own compiler.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from forms.authoring_errors import Finding
from forms.sheets import Line
from forms.vocabulary import EXPRESSIONS
from forms.xlsform import ROOT
from forms.xpath import Compiled, XPathError, compile_expression

WORD_LENGTH = 40
_WORD = re.compile(r"[\w.$'\"/-]+")
_PLACE = re.compile(r" *\(at character \d+\)")
_STRINGS = re.compile(r"'[^']*'|\"[^\"]*\"")
_REFERENCE = re.compile(r"\$\{(last-saved#)?([^}]+)\}")
_ABSOLUTE = re.compile(rf"/{ROOT}(?:/[\w.-]+)+")
_TAKES_ALL_ROWS = re.compile(r"\b(?:indexed-repeat|count)\s*\([^()]*$")
_OWN_ROW_ONLY = re.compile(r"\b(sum|min|max|join)\s*\(\s*(?:'[^']*'\s*,\s*)?\$\{([^}]+)\}\s*\)")
_MOVING = re.compile(r"\b(now|today|random|uuid)\s*\(")
_REGEX_CALL = re.compile(r"\bregex\s*\([^,]+,\s*('[^']*'|\"[^\"]*\")")
_UNSAFE_REGEX = re.compile(r"\(\?(?:[=!]|<[=!])|\\[1-9]")
_WEAK_DIGEST = re.compile(r"\bdigest\s*\([^)]*['\"](MD5|SHA-1)['\"]", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Expression:
    """One expression in its cell."""

    line: Line
    column: str
    text: str
    named: Mapping[str, Line]
    """The lines of the form by name."""
    known: frozenset[str]
    """Every path of the form."""

    @property
    def bare(self) -> str:
        """The expression with every string in it emptied."""
        return _STRINGS.sub("''", self.text)

    def finding(self, word: str, why: str, instead: str) -> Finding:
        """Something found in this cell."""
        return Finding("survey", self.line.number, word, f"{why} (in {self.column})", instead)


def expressions(survey: Sequence[Line]) -> Iterator[Expression]:
    """Every expression of the survey sheet; a default only where it computes."""
    named = {line.name: line for line in survey}
    known = frozenset(f"/{ROOT}/" + "/".join(line.path) for line in survey)
    for line in survey:
        for column in EXPRESSIONS:
            text = line.cell(column)
            if text and text.lower() not in {"yes", "no", "true", "false"}:
                yield Expression(line, column, text, named, known)
        if "(" in line.cell("default") and line.kind in {"date", "dateTime", "time", "integer", "decimal", "calculate"}:
            yield Expression(line, "default", line.cell("default"), named, known)


def expression_rules(survey: Sequence[Line]) -> list[Finding]:
    """Everything found in expressions."""
    return [finding for each in expressions(survey) for rule in RULES for finding in rule(each)]


def refused_words(expression: Expression) -> Iterator[Finding]:
    """Variables, the namespace axis, id() and version()."""
    for pattern, word, instead in REFUSED:
        if re.search(pattern, expression.bare):
            yield expression.finding(word, "this is not supported", instead)


REFUSED = (
    (r"\$(?!\{)[A-Za-z_]", "$variable", "write ${name} for the answer to a question"),
    (r"\bnamespace\s*::", "namespace::", "name the question itself"),
    (r"(?<![\w.-])id\s*\(", "id(", "choose by a predicate, as count(${x}[. = 'y'])"),
    (r"(?<![\w.-])version\s*\(", "version(", "write the version as text"),
)


def own_repeat(expression: Expression) -> Iterator[Finding]:
    """An absolute path into its own repeat: engines disagree which row it means."""
    for found in _ABSOLUTE.finditer(expression.bare):
        steps = tuple(found.group().split("/")[2:])
        inside = any(steps[: len(repeat)] == repeat and len(steps) > len(repeat) for repeat in expression.line.repeats)
        if inside and not _TAKES_ALL_ROWS.search(expression.bare[: found.start()]):
            yield expression.finding(
                found.group(), "an absolute path into its own repeat", "write ${name}: it stays in its row"
            )


def one_row_only(expression: Expression) -> Iterator[Finding]:
    """`sum(${x})` beside x adds up one row only."""
    for function, name in _OWN_ROW_ONLY.findall(expression.text):
        other = expression.named.get(name)
        if other and other.repeats and other.repeats == expression.line.repeats:
            yield expression.finding(
                f"{function}(${{{name}}})",
                "inside its own repeat this sees one row only",
                "compute it outside the repeat",
            ).told()


def double_slash(expression: Expression) -> Iterator[Finding]:
    """`//` walks the whole form at every answer."""
    if "//" in expression.bare:
        yield expression.finding("//", "this walks the whole form at every answer", "name the question: ${name}").told()


def moving_values(expression: Expression) -> Iterator[Finding]:
    """A calculate with now(), today() or random() that is not once() moves between openings."""
    moving = _MOVING.search(expression.bare)
    if (
        moving
        and expression.column == "calculation"
        and not expression.line.cell("trigger")
        and "once(" not in expression.bare
    ):
        yield expression.finding(
            f"{moving.group(1)}()", "the value moves between openings", "wrap it in once(), or give it a trigger"
        ).told()


def regexes(expression: Expression) -> Iterator[Finding]:
    """Look-around and back-references can run for ever; the engine's regular expressions have neither."""
    for pattern in _REGEX_CALL.findall(expression.text):
        unsafe = _UNSAFE_REGEX.search(pattern)
        if unsafe:
            yield expression.finding(
                unsafe.group(), "look-around and back-references are not supported", "use several constraints"
            )


def weak_digests(expression: Expression) -> Iterator[Finding]:
    """Digests that no longer prove anything."""
    weak = _WEAK_DIGEST.search(expression.text)
    if weak:
        yield expression.finding(weak.group(1), "this digest proves nothing today", "use SHA-256").told()


def runnable(expression: Expression) -> Iterator[Finding]:
    """What the engine's own compiler cannot read: syntax, unknown functions, wrong numbers of arguments."""
    text = as_path(expression)
    try:
        compiled = compile_expression(text)
    except XPathError as wrong:
        yield expression.finding(_around(text, wrong.place), _reason(wrong), "correct the expression")
        return
    yield from _missing(expression, compiled)


def _missing(expression: Expression, compiled: Compiled) -> Iterator[Finding]:
    """Paths to nothing: the engine would read a blank for ever."""
    written = {found.group() for found in _ABSOLUTE.finditer(_STRINGS.sub("''", expression.text))}
    here = f"/{ROOT}/" + "/".join(expression.line.path)
    for reference in compiled.references(here):
        if reference.instance is None and reference.template in written - expression.known:
            yield expression.finding(
                reference.template, "there is no such question", "write ${name} of one that is there"
            )


def _around(text: str, place: int) -> str:
    """The word where the trouble begins, or the whole of a short expression."""
    word = _WORD.match(text[place:].lstrip())
    return word.group() if word else text.strip()[-WORD_LENGTH:]


def _reason(wrong: XPathError) -> str:
    # The place counts in the expression as rewritten, not as its author sees it; the word tells it better.
    return _PLACE.sub("", wrong.said).rstrip(".")


def as_path(expression: Expression) -> str:
    """The expression as the engine will read it, each ${name} a path."""

    def path(found: re.Match[str]) -> str:
        line = expression.named.get(found.group(2).strip())
        return f" /{ROOT}/" + "/".join(line.path if line else (found.group(2).strip(),)) + " "

    return _REFERENCE.sub(path, expression.text)


RULES: tuple[Callable[[Expression], Iterator[Finding]], ...] = (
    refused_words,
    own_repeat,
    one_row_only,
    double_slash,
    moving_values,
    regexes,
    weak_digests,
    runnable,
)
