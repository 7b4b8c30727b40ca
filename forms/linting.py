"""What may stand in a form, sheet by sheet: types, appearances, choices, settings, limits.

Policies are judged in `lint_policies`, expressions in `lint_expressions`. Every rule is a function from the form to
what it found; `lint` runs them all, so that an author sees everything at once.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from forms import vocabulary as words
from forms.authoring_errors import Finding
from forms.instance import MOST_ROWS
from forms.lint_expressions import expression_rules, reference_rules
from forms.lint_policies import policy_rules
from forms.policies import PREFIX, asks, order_of
from forms.sheets import SELECTS, Line, lines, plain
from forms.xlsform import Workbook

_PREFIXED = re.compile(r"^(?:bind|instance|body)::(?P<prefix>[\w-]+):")
_DECLARED = re.compile(r"([\w-]+)\s*=")
_ATTRIBUTE = re.compile(r"^attribute::(?P<prefix>[\w-]+):")
_IDENTITY = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]*")
_BUILT_IN_PREFIXES = frozenset({"jr", "odk", "orx", "ev", "xsd", "h"})


@dataclass(frozen=True, slots=True)
class Sheets:
    """A workbook with its survey lines in their places."""

    workbook: Workbook
    survey: tuple[Line, ...]


Rule = Callable[[Sheets], Iterator[Finding]]


@dataclass(frozen=True, slots=True)
class Lint:
    """What was found: what refuses the form, and what its author should know."""

    refused: tuple[Finding, ...]
    warned: tuple[Finding, ...]


def lint(workbook: Workbook) -> Lint:
    """Everything found in a form before it is compiled."""
    sheets = Sheets(plain(workbook), lines(workbook))
    found = [finding for rule in RULES for finding in rule(sheets)]
    found += policy_rules(sheets.survey) + expression_rules(sheets.survey, sheets.workbook.choices)
    found += reference_rules(sheets.survey, sheets.workbook.choices)
    found.sort(key=lambda finding: (finding.sheet, finding.row))
    return Lint(
        tuple(finding for finding in found if not finding.warning),
        tuple(finding for finding in found if finding.warning),
    )


def _at(line: Line, word: str, why: str, instead: str) -> Finding:
    return Finding("survey", line.number, word, why, instead)


def types(sheets: Sheets) -> Iterator[Finding]:
    """Question types that fieldkit does not run, or runs as something else."""
    for line in sheets.survey:
        if line.kind in words.REFUSED_TYPES:
            yield _at(line, line.kind, "this type is not supported", f"use {words.REFUSED_TYPES[line.kind]}")
        elif line.kind in words.WARNED_TYPES:
            yield _at(
                line, line.kind, "the device knows nothing to put here", f"use {words.WARNED_TYPES[line.kind]}"
            ).told()
        elif line.kind not in words.QUESTION_TYPES:
            yield _at(line, line.kind or "(no type)", "no such type", "use a type of the list in forms/README.md")


def appearances(sheets: Sheets) -> Iterator[Finding]:
    """Appearances that are refused, and unknown ones, which are ignored."""
    for line in sheets.survey:
        text = line.cell("appearance")
        if "search(" in text.replace(" ", ""):
            yield _at(line, "search(", "lists from other files are not searched this way", "use select_one_from_file")
            continue
        if text.startswith("ex:"):
            yield _at(line, "ex:", "other programs are never started", "use a text question")
            continue
        for word in line.appearances:
            if word in words.REFUSED_APPEARANCES:
                yield _at(line, word, "this appearance is not supported", f"use {words.REFUSED_APPEARANCES[word]}")
            elif word not in words.KNOWN_APPEARANCES:
                yield _at(line, word, "this appearance is not known and is ignored", "leave it out").told()


def columns(sheets: Sheets) -> Iterator[Finding]:
    """Columns that are refused, prefixes nobody declared, and own columns misspelt."""
    declared = _declared(sheets)
    seen: set[str] = set()
    for line in sheets.survey:
        for name in line.row.cells:
            if name in seen:
                continue
            seen.add(name)
            yield from _column(line, name, declared)


def _declared(sheets: Sheets) -> set[str]:
    return set(_DECLARED.findall(sheets.workbook.settings.get("namespaces", ""))) | _BUILT_IN_PREFIXES


def _undeclared(prefix: str) -> tuple[str, str]:
    return "its prefix is not declared", f'add {prefix}="…" to “namespaces” in the settings'


def _column(line: Line, name: str, declared: set[str]) -> Iterator[Finding]:
    prefixed = _PREFIXED.match(name)
    if name in words.REFUSED_COLUMNS:
        yield _at(line, name, "this column is not supported", f"use {words.REFUSED_COLUMNS[name]}")
    elif prefixed and prefixed["prefix"] not in declared:
        yield _at(line, name, *_undeclared(prefixed["prefix"]))
    elif name.startswith(PREFIX) and name.removeprefix(PREFIX) not in words.OWN_COLUMNS:
        yield _at(line, name, "no such column", "use one of " + ", ".join(sorted(words.OWN_COLUMNS)))


def settings(sheets: Sheets) -> Iterator[Finding]:
    """Settings that must stand, and those that are refused."""
    for name in ("form_id", "form_title", "version"):
        if not sheets.workbook.settings.get(name):
            yield Finding("settings", 2, name, "a form needs it", f"fill in {name}")
    for name, instead in words.REFUSED_SETTINGS.items():
        if sheets.workbook.settings.get(name):
            yield Finding("settings", 2, name, "this setting is not supported", f"use {instead}")
    for name in ("form_id", "version"):
        told = sheets.workbook.settings.get(name, "")
        if told and not _IDENTITY.fullmatch(told):
            yield Finding("settings", 2, told, f"{name} is letters, digits and . _ -", "write it without others")
    declared = _declared(sheets)
    for name in sheets.workbook.settings:
        prefixed = _ATTRIBUTE.match(name)
        if prefixed and prefixed["prefix"] not in declared:
            yield Finding("settings", 2, name, *_undeclared(prefixed["prefix"]))


def choices(sheets: Sheets) -> Iterator[Finding]:
    """Choices that stand twice, and lists too long to keep in a form."""
    rows = sheets.workbook.choices
    values = Counter((row.get("list_name"), row.get("name")) for row in rows)
    told: set[tuple[str, str]] = set()
    for row in rows:
        value = (row.get("list_name"), row.get("name"))
        if value in told:
            yield Finding(
                "choices",
                row.number,
                value[1],
                f"it stands twice in the list “{value[0]}”",
                "give each choice its own name",
            )
        if values[value] > 1:
            told.add(value)
    for name, size in Counter(row.get("list_name") for row in rows).items():
        yield from _size("choices", name, size, words.MOST_CHOICES, "use select_one_from_file")


def _size(sheet: str, word: str, size: int, most: int, instead: str) -> Iterator[Finding]:
    if size > most:
        yield Finding(sheet, 0, word, f"{size} are more than the {most} a form may hold", instead)
    elif size > most // 2:
        yield Finding(sheet, 0, word, f"{size} are more than half of the {most} a form may hold", instead, warning=True)


def limits(sheets: Sheets) -> Iterator[Finding]:
    """Forms that grow beyond what a small machine runs quickly."""
    vertices = sum(1 for line in sheets.survey for column in words.EXPRESSIONS if line.cell(column))
    yield from _size("survey", "expressions", vertices, words.MOST_VERTICES, "split the form")
    for line in sheets.survey:
        if line.kind == "begin_repeat" and len(line.repeats) > words.MOST_REPEAT_LEVELS:
            yield _at(
                line, line.name, f"repeats stand more than {words.MOST_REPEAT_LEVELS} deep", "bring it up a level"
            )


def spaces(sheets: Sheets) -> Iterator[Finding]:
    """Choices with a blank in their name: several choices are kept as words with blanks between."""
    for row in sheets.workbook.choices:
        name = row.get("name")
        if len(name.split()) > 1:
            yield Finding("choices", row.number, name, "a choice's name is one word", "write _ for each blank")


def counts(sheets: Sheets) -> Iterator[Finding]:
    """More rows than a device makes."""
    for line in sheets.survey:
        told = line.cell("repeat_count").strip()
        if told.isdecimal() and int(told) > MOST_ROWS:
            yield _at(line, told, f"a repeat has at most {MOST_ROWS} rows", "use a list beside the form")
        elif told.isdecimal() and int(told) > MOST_ROWS // 2:
            yield _at(line, told, f"more than half of the {MOST_ROWS} rows a repeat may have", "use fewer rows").told()


def something(sheets: Sheets) -> Iterator[Finding]:
    """A form that asks nobody anything."""
    if not any(asks(line) for line in sheets.survey):
        yield Finding("survey", 0, "type", "the form asks nothing", "add a question")


def orders(sheets: Sheets) -> Iterator[Finding]:
    """An order names each choice of its list once, or central could not tell which protects more."""
    listed: dict[str, set[str]] = {}
    for row in sheets.workbook.choices:
        listed.setdefault(row.get("list_name"), set()).add(row.get("name"))
    for line in sheets.survey:
        order = order_of(line)
        known = listed.get(line.listed, set())
        if order and line.kind == "select_one" and (set(order) != known or len(order) != len(known)):
            wrong = sorted(set(order) ^ known) or order
            yield _at(
                line, f"{PREFIX}order", "it does not name each choice of its list once", "look at: " + ", ".join(wrong)
            )


def scales(sheets: Sheets) -> Iterator[Finding]:
    """A scale that does not say what its ends mean reads upside down to a frightened parent."""
    for line in sheets.survey:
        if line.kind == "range" and not _anchored(line.cell(PREFIX + "anchors")):
            yield _at(
                line,
                line.name,
                "a scale says what both its ends mean",
                "fill in bind::fp:anchors, as “0 must act now|10 no worries”",
            )


def _anchored(text: str) -> bool:
    ends = text.split("|")
    return len(ends) == 2 and all(any(letter.isalpha() for letter in end) for end in ends)


def lists(sheets: Sheets) -> Iterator[Finding]:
    """Selects with `or_other` in a translated form: the added choice has no translation."""
    translated = any("::" in column for row in sheets.workbook.choices for column in row.cells)
    for line in sheets.survey:
        if line.kind in SELECTS and "or_other" in line.cell("type") and translated:
            yield _at(
                line, "or_other", "its added choice is not translated", "add the choice and a text question"
            ).told()


def pages(sheets: Sheets) -> Iterator[Finding]:
    """Pages longer than a small screen takes in one go."""
    for line in sheets.survey:
        if line.kind == "begin_group" and "field-list" in line.appearances:
            size = sum(
                1 for each in sheets.survey if each.path[:-1] == line.path and each.kind not in {"calculate", "hidden"}
            )
            if size > words.LONGEST_PAGE:
                yield _at(line, line.name, f"{size} lines on one page: it will scroll", "split the page").told()


def entities(sheets: Sheets) -> Iterator[Finding]:
    """Entities are kept; creating one is a proposal to the case list, not a deed."""
    if sheets.workbook.others:
        yield Finding(
            "entities",
            2,
            "entities",
            "creating or updating one is kept as a proposal only",
            "tell those who read it",
            warning=True,
        )


RULES: tuple[Rule, ...] = (
    types,
    appearances,
    columns,
    settings,
    choices,
    limits,
    spaces,
    counts,
    something,
    orders,
    scales,
    lists,
    pages,
    entities,
)
