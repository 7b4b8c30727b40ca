"""Three-way merge of long text by whole paragraphs: no sentence comes out that nobody wrote."""

from __future__ import annotations

import re
from difflib import SequenceMatcher

_BREAK = re.compile(r"(\n{2,})")


def merge_text(base: str, ours: str, theirs: str) -> str | None:
    """Both edits in one text, or None where they meet in one paragraph."""
    if ours in (base, theirs):
        return theirs
    if theirs == base:
        return ours
    before = _parts(base)
    mine, yours = _edits(before, _parts(ours)), _edits(before, _parts(theirs))
    if any(_meet(one, other) for one in mine for other in yours):
        return None
    after, place = [], 0
    for start, end, words in sorted(mine + yours):
        after += [*before[place:start], *words]
        place = end
    return "\n\n".join([*after, *before[place:]])


def _parts(text: str) -> list[str]:
    return [part for part in _BREAK.split(text) if part.strip("\n")]


def _edits(before: list[str], after: list[str]) -> list[tuple[int, int, list[str]]]:
    steps = SequenceMatcher(None, before, after, autojunk=False).get_opcodes()
    return [(start, end, after[low:high]) for tag, start, end, low, high in steps if tag != "equal"]


def _meet(one: tuple[int, int, list[str]], other: tuple[int, int, list[str]]) -> bool:
    """Whether two edits touch the same place; two that only stand side by side do not, unless both insert there."""
    if one[0] == one[1] or other[0] == other[1]:
        return one[0] <= other[1] and other[0] <= one[1]
    return one[0] < other[1] and other[0] < one[1]
