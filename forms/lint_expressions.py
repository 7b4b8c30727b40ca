"""What may stand in an expression of a form, and what engines disagree about.

The words are judged here from the sheet; whether an expression can be run at all is asked of the engine's own compiler.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from forms.authoring_errors import Finding
from forms.sheets import SELECTS, Line, files_of
from forms.vocabulary import EXPRESSIONS
from forms.xlsform import ROOT, Row, computes
from forms.xpath import Compiled, Reference, XPathError, compile_expression
from forms.xpath.functions import FUNCTIONS
from forms.xpath.functions_text import DIGESTS
from forms.xpath.references import parts
from forms.xpath.syntax import Call, Literal
from forms.xpath.syntax import Expression as Part

WORD_LENGTH = 40
_WORD = re.compile(r"[\w.$'\"/-]+")
_PLACE = re.compile(r" *\(at character \d+\)")
_STRINGS = re.compile(r"'[^']*'|\"[^\"]*\"")
_REFERENCE = re.compile(r"\$\{(last-saved#)?([^}]+)\}")
_ABSOLUTE = re.compile(rf"/{ROOT}(?:/[\w.-]+)+")
_TAKES_ALL_ROWS = re.compile(r"\b(?:indexed-repeat|count)\s*\([^()]*$")
_OWN_ROW_ONLY = re.compile(r"\b(sum|min|max|join|count|count-non-empty)\s*\(\s*(?:'[^']*'\s*,\s*)?\$\{([^}]+)\}\s*\)")
_REGEX_CALL = re.compile(r"\bregex\s*\([^,]+,\s*('[^']*'|\"[^\"]*\")")
_UNSAFE_REGEX = re.compile(r"\(\?(?:[=!]|<[=!])|\\[1-9]")
_WEAK_DIGESTS = frozenset({"MD5", "SHA-1"})


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
    lists: frozenset[str]
    """Every list there is, in the form or beside it."""
    columns: frozenset[str]
    """Every column of the choices sheet."""

    @property
    def bare(self) -> str:
        """The expression with every string in it emptied."""
        return _STRINGS.sub("''", self.text)

    def finding(self, word: str, why: str, instead: str) -> Finding:
        """Something found in this cell."""
        return Finding("survey", self.line.number, word, f"{why} (in {self.column})", instead)


def expressions(survey: Sequence[Line], choices: Sequence[Row]) -> Iterator[Expression]:
    """Every expression of the survey sheet; a default only where it computes."""
    named = {line.name: line for line in survey}
    known = frozenset(f"/{ROOT}/" + "/".join(line.path) for line in survey)
    lists = {row.get("list_name") for row in choices} | {"last-saved", "__last-saved"}
    lists |= {name.rpartition(".")[0] for line in survey for name in files_of(line)}
    columns = frozenset(column for row in choices for column in row.cells)
    for line in survey:
        for column in EXPRESSIONS:
            text = line.cell(column)
            if text and text.lower() not in {"yes", "no", "true", "false"}:
                yield Expression(line, column, text, named, known, frozenset(lists), columns)
        default = line.cell("default")
        if default and computes(default, line.kind):
            yield Expression(line, "default", default, named, known, frozenset(lists), columns)


def expression_rules(survey: Sequence[Line], choices: Sequence[Row]) -> list[Finding]:
    """Everything found in expressions."""
    return [finding for each in expressions(survey, choices) for rule in RULES for finding in rule(each)]


def reference_rules(survey: Sequence[Line], choices: Sequence[Row]) -> list[Finding]:
    """Each ${name} in any cell, label and message too, of which there is no line."""
    named = {line.name for line in survey}
    rows = [("survey", line.row) for line in survey] + [("choices", row) for row in choices]
    return [
        Finding(sheet, row.number, name, f"there is no such question (in {column})", "name a line of the survey sheet")
        for sheet, row in rows
        for column, text in row.cells.items()
        for name in dict.fromkeys(found.group(2).strip() for found in _REFERENCE.finditer(text))
        if name not in named
    ]


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
        if other and other.repeats and expression.line.repeats[: len(other.repeats)] == other.repeats:
            yield expression.finding(
                f"{function}(${{{name}}})",
                "inside its own repeat this sees one row only",
                "compute it outside the repeat",
            ).told()


def double_slash(expression: Expression) -> Iterator[Finding]:
    """`//` walks the whole form at every answer."""
    if "//" in expression.bare:
        yield expression.finding("//", "this walks the whole form at every answer", "name the question: ${name}").told()


def moving_values(expression: Expression, compiled: Compiled) -> Iterator[Finding]:
    """A calculate with now(), today() or random() that is not once() moves between openings."""
    if expression.column == "calculation" and not expression.line.cell("trigger"):
        for name in dict.fromkeys(_moving(compiled.expression)):
            yield expression.finding(
                f"{name}()", "the value moves between openings", "wrap it in once(), or give it a trigger"
            ).told()


def _moving(part: Part) -> Iterator[str]:
    """The functions of clock and chance that stand outside of every once()."""
    kept = {id(inner) for call in _calls(part) if call.name == "once" for inner in parts(call)}
    yield from (call.name for call in _calls(part) if FUNCTIONS[call.name].changing and id(call) not in kept)


def _calls(part: Part) -> Iterator[Call]:
    return (each for each in parts(part) if isinstance(each, Call))


def regexes(expression: Expression) -> Iterator[Finding]:
    """Look-around and back-references can run for ever; the engine's regular expressions have neither."""
    for pattern in _REGEX_CALL.findall(expression.text):
        unsafe = _UNSAFE_REGEX.search(pattern)
        if unsafe:
            yield expression.finding(
                unsafe.group(), "look-around and back-references are not supported", "use several constraints"
            )


def weak_digests(expression: Expression, compiled: Compiled) -> Iterator[Finding]:
    """Digests that no longer prove anything, and those that nobody knows."""
    for call in _calls(compiled.expression):
        named = call.arguments[1] if call.name == "digest" else None
        if isinstance(named, Literal) and named.text not in DIGESTS:
            yield expression.finding(named.text, "there is no such digest", "use SHA-256")
        elif isinstance(named, Literal) and named.text in _WEAK_DIGESTS:
            yield expression.finding(named.text, "this digest proves nothing today", "use SHA-256").told()


def runnable(expression: Expression) -> Iterator[Finding]:
    """What the engine's own compiler cannot read, and what is found in what it can."""
    text = as_path(expression)
    try:
        compiled = compile_expression(text)
    except XPathError as wrong:
        if any([*refused_words(expression), *regexes(expression)]):
            return  # told already, in plainer words
        yield expression.finding(_around(expression, text, wrong.place), _reason(wrong), "correct the expression")
        return
    for rule in COMPILED_RULES:
        yield from rule(expression, compiled)


def nowhere(expression: Expression, compiled: Compiled) -> Iterator[Finding]:
    """Paths, lists and columns that are not there: the engine would read a blank for ever."""
    here = f"/{ROOT}/" + "/".join(expression.line.path)
    written = {found.group() for found in _ABSOLUTE.finditer(expression.bare)}
    for reference in compiled.references(here):
        if reference.instance is not None:
            if reference.instance not in expression.lists and _in_sight(expression, reference.instance):
                yield expression.finding(reference.instance, "there is no such list", "name a list that is there")
        elif expression.column != "choice_filter" or reference.template in written:
            if _is_nowhere(expression, reference):
                yield expression.finding(
                    reference.template, "there is no such question", "write ${name} of one that is there"
                )
        elif reference.template.startswith(f"{here}/"):
            yield from _no_column(expression, reference.template.removeprefix(f"{here}/"))


def _in_sight(expression: Expression, name: str) -> bool:
    return f"'{name}'" in expression.text or f'"{name}"' in expression.text


def _is_nowhere(expression: Expression, reference: Reference) -> bool:
    told = reference.template
    made = told.startswith(f"/{ROOT}/meta") or "@" in told or told.removesuffix("_count") in expression.known
    # A ${name} without a line is told by its name, not by the path it would have had.
    named = f"${{{told.removeprefix(f'/{ROOT}/')}}}" in expression.text
    return not (reference.deep or made or named or told in {"", "/", f"/{ROOT}"} or told in expression.known)


def _no_column(expression: Expression, name: str) -> Iterator[Finding]:
    """A filter of choices in the form reads the columns of their sheet."""
    inside = expression.line.kind in SELECTS and not files_of(expression.line)
    if inside and "/" not in name and name not in expression.columns | {"*"} and "${" not in expression.line.listed:
        yield expression.finding(name, "the choices have no such column", "name a column of the choices sheet")


def _around(expression: Expression, text: str, place: int) -> str:
    """The word where the trouble begins, or the end of the expression as its author wrote it."""
    word = _WORD.match(text[place:].lstrip())
    return word.group() if word else expression.text.strip()[-WORD_LENGTH:]


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
    regexes,
    runnable,
)
COMPILED_RULES: tuple[Callable[[Expression, Compiled], Iterator[Finding]], ...] = (
    nowhere,
    moving_values,
    weak_digests,
)
