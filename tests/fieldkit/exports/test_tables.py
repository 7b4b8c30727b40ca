"""A table leaves with every letter that was said, and with nothing that a spreadsheet, a browser or an eye obeys."""

from __future__ import annotations

import csv
import io
from html.parser import HTMLParser

import pytest

from fieldkit.exports import tables
from forms.answers import Value

LIVE = (
    "=1+1", "+441234", "-5", "@SUM(A1)", "  =cmd|' /C calc'!A0", "\t=1", "\n=HYPERLINK(\"http://x\")", "|calc", "%0a=1",
    "＝1+1", "\ufeff=1", "\u00a0=1", "\"=1", "'=1", "\u200b=1", "\x00=1", "\r\n-1",
)  # fmt: skip
REWRITTEN = ("007", "0161 496 0000", "9991234567890", " 012")
HOSTILE = (
    "<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "</td></table><h1>", "&lt;b&gt;", "\x1b]0;owned\x07",
    "a\u202eb", "one\ntwo\r\nthree\u2028four\x0bfive", 'a","b";c\td', "\ud800", "[link](javascript:alert(1))",
)  # fmt: skip
PLAIN = ("Ngozi Okafor", "Siân O’Brien-Łukasz", "محمد", 'two, or three; "quoted"', "12 May", "a=b", "9 o'clock")
PARTS = {"html", "head", "meta", "title", "style", "body", "h1"}
TAGS = PARTS | {"table", "thead", "tbody", "tr", "th", "td", "bdi", "br"}


def values(said: tuple[str, ...]) -> dict[str, Value]:
    return {f"b/note/{number}/said": each for number, each in enumerate(said)}


def read(content: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""), strict=True))


class Page(HTMLParser):
    """What a browser would make of a page."""

    def __init__(self, content: bytes) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.cells: list[str] = []
        self.feed(content.decode())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}
        if tag == "td":
            self.cells.append("")
        elif tag == "br":
            self.cells[-1] += "\n"

    def handle_data(self, data: str) -> None:
        if self.cells:
            self.cells[-1] += data.rstrip("\n")


@pytest.mark.parametrize("said", [*LIVE, *REWRITTEN], ids=ascii)
def test_a_cell_that_a_spreadsheet_would_run_or_rewrite_begins_with_an_apostrophe_that_is_seen(said: str) -> None:
    cell = tables.cell(said)
    assert cell.startswith("'")
    assert not set(cell) & set("\n\r\t\x00\ufeff")


@pytest.mark.parametrize("said", PLAIN)
def test_ordinary_words_and_names_are_letter_for_letter_what_was_said(said: str) -> None:
    assert tables.cell(said) == said
    assert read(tables.as_csv(tables.rows({"name": said}, {}, ())))[1][2] == said


def test_no_answer_shifts_a_row_or_a_column() -> None:
    said = (*LIVE, *REWRITTEN, *HOSTILE, *PLAIN)
    content = tables.as_csv(tables.rows(values(said), {}, ()))
    found = read(content)
    assert [len(row) for row in found] == [len(tables.HEADINGS)] * (len(said) + 1)
    assert len(content.decode("utf-8-sig").splitlines()) == len(said) + 1, "also for who reads it line by line"
    assert not [row[2] for row in found[1:] if row[2][:1] in tuple("=+-@\t\r")]
    assert not set(content.decode()) & set("\x00\x07\x1b\u202e\x0b")


def test_a_page_holds_the_words_and_no_markup_of_theirs() -> None:
    said = (*LIVE, *REWRITTEN, *HOSTILE, *PLAIN)
    page = Page(tables.as_html("<b>Visit</b>", tables.rows(values(said), {}, ())))
    assert not page.tags - TAGS
    assert not page.attributes - {"lang", "charset", "http-equiv", "content", "scope"}
    assert len(page.cells) == len(tables.HEADINGS) * len(said)
    assert "<script>alert(1)</script>" in page.cells
    assert "one\ntwo\nthree\nfour\nfive" in page.cells


def test_a_row_tells_the_question_the_answer_why_there_is_none_whose_words_and_what_moved() -> None:
    said: dict[str, Value] = {
        "a/who": ["home", "school"], "a/who@voice": "child", "a/when@not-recorded": "not-asked", "a/@order": "a0",
        "a/photo": {"name": "door.jpg", "size": 3}, "a/x@other": "kept", "meta/instanceID": "uuid:1",
        "a/before": "asked first",
    }  # fmt: skip
    words = {"a/before": ("What came first?", "asked first"), "a/who": ("Who was told?", "At home, At school")}
    assert tables.rows(said, words, ("a/who",)) == [
        ["a/before", "What came first?", "asked first", "", "", ""],
        ["a/who", "Who was told?", "At home, At school", "", "child", "yes"],
        ["a/when", "a/when", "", "not-asked", "", ""],
        ["a/photo", "a/photo", "door.jpg", "", "", ""],
        ["a/x@other", "a/x@other", "kept", "", "", ""],
    ]
