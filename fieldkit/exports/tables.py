"""A record as a table: CSV and a page of HTML, for people. No cell of either does anything, and one answer is one row.

A spreadsheet runs what begins like a formula and rewrites what looks like a number; so such a cell begins with an
apostrophe that can be seen. A line end inside an answer is `⏎`, what a terminal or an eye would obey is its picture.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Mapping, Sequence
from html import escape

from fieldkit.casework.text import BIDI
from forms.answers import Value

HEADINGS = ("place", "question", "answer", "why there is none", "whose words", "changed after signing")
MARKS = ("not-recorded", "voice")
LIVE = re.compile(r"[\s\W]*?[=+\-@|%＝＋－＠]")
"""What a spreadsheet may take for a formula or a command, behind whatever blanks and signs."""
REWRITTEN = re.compile(r"\s*(0\d|\d{12})")
"""What it would write differently: leading zeros, numbers that are too long for it."""
_LINE_END = re.compile("\r\n|[\n\r\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")
_OBEYED = re.compile(f"[\x00-\x1f\x7f-\x9f{BIDI}\ud800-\udfff\ufeff\ufffe\uffff]")


def rows(values: Mapping[str, Value], words: Mapping[str, tuple[str, str]], moved: Sequence[str]) -> list[list[str]]:
    """One row for each answer, in the order of `words`: path, question and what was said, as people read them."""
    answers: dict[str, list[str]] = {}
    places = {path: number for number, path in enumerate(words)}
    for path, value in sorted(values.items(), key=lambda each: places.get(each[0].partition("@")[0], len(places))):
        base, _, mark = path.partition("@")
        if mark == "order" or base.startswith("meta/"):
            continue
        if mark and mark not in MARKS:
            base, mark = path, ""
        question, said = words.get(base, (base, ""))
        row = answers.setdefault(base, [base, question, "", "", "", ""])
        row[HEADINGS.index("changed after signing")] = "yes" if base in moved else ""
        row[3 + MARKS.index(mark) if mark else 2] = _text(value) if mark else said or _text(value)
    return list(answers.values())


def as_csv(table: Sequence[Sequence[str]]) -> bytes:
    """The table as RFC 4180 has it: every cell quoted, in UTF-8 with the mark by which a spreadsheet knows it."""
    made = io.StringIO()
    csv.writer(made, quoting=csv.QUOTE_ALL).writerows([HEADINGS, *([cell(each) for each in row] for row in table)])
    return made.getvalue().encode("utf-8-sig")


def as_html(title: str, table: Sequence[Sequence[str]]) -> bytes:
    """One page without scripts, pictures or addresses; each answer turns its own way and no other's."""
    head = "".join(f'<th scope="col">{escape(each)}</th>' for each in HEADINGS)
    body = "".join(f"<tr>{''.join(f'<td><bdi>{_quiet(each)}</bdi></td>' for each in row)}</tr>\n" for row in table)
    style = "body{font:13pt/1.5 Arial,sans-serif}td,th{border:1px solid;padding:.2em;text-align:left}"
    policy = "default-src 'none'; style-src 'unsafe-inline'"
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{_quiet(title)}</title>'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}"><style>{style}</style></head><body>'
        f"<h1>{_quiet(title)}</h1><table><thead><tr>{head}</tr></thead><tbody>\n{body}</tbody></table></body></html>\n"
    ).encode()


def cell(text: str) -> str:
    """Text that a spreadsheet shows as it is, on one line."""
    seen = quiet(text)
    return f"'{seen}" if LIVE.match(seen) or REWRITTEN.match(seen) else seen


def quiet(text: str) -> str:
    """Text on one line, with pictures in place of what a terminal or an eye would obey."""
    return _OBEYED.sub(lambda found: _picture(ord(found[0])), _LINE_END.sub("⏎", text))


def _picture(code: int) -> str:
    return chr(0x2400 + code) if code < 0x20 else "\u241b"


def _quiet(text: str) -> str:
    return "<br>".join(escape(quiet(line)) for line in _LINE_END.split(text))


def _text(value: Value) -> str:
    if isinstance(value, dict) and "name" in value:
        return str(value["name"])
    if isinstance(value, list) and all(isinstance(each, str) for each in value):
        return ", ".join(value)
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
