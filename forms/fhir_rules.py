"""Which of a form's XPath rules FHIR can say exactly. What is not certainly the same is left to an extension."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from forms.definition import Form, short

_PATH = r"(?P<path>(?:/|\.\./)[\w./-]+)"
_LITERAL = r"(?:'(?P<single>[^']*)'|\"(?P<double>[^\"]*)\"|(?P<number>-?\d+(?:\.\d+)?))"
_COMPARED = re.compile(rf"{_PATH}\s*(?P<operator>!=|<=|>=|=|<|>)\s*{_LITERAL}")
_SELECTED = re.compile(rf"selected\(\s*{_PATH}\s*,\s*(?:'(?P<single>[^']+)'|\"(?P<double>[^\"]+)\")\s*\)")
_BOUND = re.compile(r"\.\s*(?P<operator><=|>=)\s*(?:(?P<number>-?\d+(?:\.\d+)?)|date\(\s*'(?P<date>[\d-]+)'\s*\))")
_QUOTED = re.compile(r"'[^']*'|\"[^\"]*\"")
_WORD = re.compile(r"(?<=[\s)'\"])(and|or)(?=[\s('\"])")


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of the questions a rule may ask about: kind, FHIR type and choices, by template."""

    form: Form
    kinds: Mapping[str, str]
    types: Mapping[str, str]
    codings: Callable[[str], Mapping[str, Mapping[str, Any]]]


def enable_when(known: Known, template: str, text: str) -> dict[str, Any]:
    """A relevance as enableWhen and enableBehavior; nothing when they would not mean exactly the same."""
    atoms, word = _atoms(text)
    if not atoms:
        return {}
    made = [_condition(known, template, atom) for atom in atoms]
    if any(condition is None for condition in made):
        return {}
    behaviour = {"enableBehavior": "any" if word == "or" else "all"} if len(made) > 1 else {}
    return {"enableWhen": made, **behaviour}


def bounds(text: str) -> list[tuple[str, str]]:
    """The smallest and largest value a constraint names, when all of it is `. >= a and . <= b`."""
    atoms, word = _atoms(text)
    found = [_BOUND.fullmatch(atom) for atom in atoms]
    if word == "or" or not all(found):
        return []
    names = {"<=": "maxValue", ">=": "minValue"}
    told = [(names[each["operator"]], each["number"] or each["date"]) for each in found if each is not None]
    return told if len({name for name, _ in told}) == len(told) else []


def _atoms(text: str) -> tuple[list[str], str]:
    """The parts of an expression that one word joins, and the word; no parts when both words or brackets are used."""
    bare = _QUOTED.sub(lambda found: "'" + "x" * (len(found[0]) - 2) + "'", text)
    words = {found[1] for found in _WORD.finditer(bare)}
    if len(words) > 1:
        return [], ""
    cuts = [0, *(place for found in _WORD.finditer(bare) for place in found.span()), len(text)]
    return [text[a:b].strip() for a, b in zip(cuts[::2], cuts[1::2], strict=True)], next(iter(words), "")


def _condition(known: Known, template: str, atom: str) -> dict[str, Any] | None:
    found, compared = _SELECTED.fullmatch(atom), _COMPARED.fullmatch(atom)
    told = found or compared
    target = _target(template, told["path"]) if told is not None else ""
    askable = known.types.get(target, "display") != "display" and _in_reach(known.form, template, target)
    if told is None or not askable:
        return None
    text = told["single"] if told["single"] is not None else told["double"]
    if found is not None:
        return _chosen(known, target, text) if known.kinds[target] in ("select_one", "select_multiple") else None
    if text is not None:
        return _said(known, target, told["operator"], text)
    return _counted(target, known.types[target], told["operator"], told["number"])


def _target(template: str, path: str) -> str:
    if path.startswith("/"):
        return path
    parts = [*template.split("/"), *path.split("/")]
    kept: list[str] = []
    for part in parts:
        if part == "..":
            kept = kept[:-1]
        elif part != ".":
            kept.append(part)
    return "/".join(kept)


def _in_reach(form: Form, template: str, target: str) -> bool:
    """Whether every repeat around the question that is asked about is around this one too."""
    return all(template.startswith(f"{repeat}/") for repeat in form.rows if target.startswith(f"{repeat}/"))


def _said(known: Known, target: str, operator: str, text: str) -> dict[str, Any] | None:
    if text == "" and operator in ("=", "!="):
        return {"question": short(target), "operator": "exists", "answerBoolean": operator == "!="}
    if operator != "=":
        return None
    if known.kinds[target] == "select_one":
        return _chosen(known, target, text)
    if known.types[target] in ("string", "text") and text.strip() == text:
        return {"question": short(target), "operator": "=", "answerString": text}
    return None


def _chosen(known: Known, target: str, text: str) -> dict[str, Any] | None:
    coding = known.codings(target).get(text)
    if known.types[target] != "choice" or coding is None:
        return None
    asked = {"system": coding["system"], "code": coding["code"]}
    return {"question": short(target), "operator": "=", "answerCoding": asked}


def _counted(target: str, kind: str, operator: str, number: str) -> dict[str, Any] | None:
    whole = re.fullmatch(r"-?\d{1,9}", number) is not None
    if operator == "!=" or kind not in ("integer", "decimal") or (kind == "integer" and not whole):
        return None
    answer = {"answerInteger": int(number)} if kind == "integer" else {"answerDecimal": float(number)}
    return {"question": short(target), "operator": operator, **answer}
