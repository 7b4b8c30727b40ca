"""A paper for people to read: headings and answers below their questions, whatever file they go in; and as HTML."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from html import escape

PLAIN, LARGE = 12, 20
"""Points of the print."""


@dataclass(frozen=True, slots=True)
class Block:
    """A piece of the page: `H1`, `H2`, `P`, or `LI`, an answer below its question."""

    kind: str
    text: str = field(repr=False)
    label: str = field(default="", repr=False)
    """Of an `LI`: the question."""


@dataclass(frozen=True, slots=True)
class Paper:
    """A whole document."""

    title: str
    language: str
    blocks: Sequence[Block] = field(repr=False)
    large: bool = False


def as_html(paper: Paper) -> bytes:
    """The same as one page without scripts, pictures or addresses."""
    size = LARGE if paper.large else PLAIN
    style = f"body{{font:{size}pt/1.5 Arial,sans-serif;max-width:38em;margin:2em}}dt{{font-weight:bold}}"
    body, listed = "", False
    for block in paper.blocks:
        if (block.kind == "LI") != listed:
            body, listed = body + ("</dl>" if listed else "<dl>"), not listed
        text = escape(block.text).replace("\n", "<br>")
        tag = block.kind.lower()
        body += f"<dt>{escape(block.label)}</dt><dd>{text}</dd>" if listed else f"<{tag}>{text}</{tag}>"
    body += "</dl>" if listed else ""
    head = f'<meta charset="utf-8"><title>{escape(paper.title)}</title><style>{style}</style>'
    whole = f'<!doctype html><html lang="{paper.language}"><head>{head}</head><body><main>{body}</main></body></html>\n'
    return whole.encode()
