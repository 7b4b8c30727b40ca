"""A tagged PDF that another reader reads back: its structure, title, language, and its words letter for letter."""

from __future__ import annotations

import io
from typing import Any

import pytest

from fieldkit.errors import Refused
from fieldkit.exports import pdf
from fieldkit.exports.paper import Block, Paper, as_html

WORDS = "Siobhán (mother) said: “He won't go in — since the fight.” \\ 50 % £3 Núñez"


def paper(*, large: bool = False, many: int = 3) -> Paper:
    answers = [
        Block("LI", f"{WORDS} {number}\nand a second line", f"What are we worried about? {number}")
        for number in range(many)
    ]
    blocks = [Block("H1", "Your assessment"), Block("H2", "What is happening"), *answers, Block("P", "The end.")]
    return Paper("Your assessment", "en-GB", blocks, large)


def opened(made: bytes) -> Any:
    pypdf = pytest.importorskip("pypdf")
    return pypdf.PdfReader(io.BytesIO(made), strict=True)


def tags(element: Any) -> list[Any]:
    """The tree of structure as nested lists of tags."""
    kids = element.get("/K", [])
    held = [each.get_object() for each in (kids if isinstance(kids, list) else [kids])]
    return [element["/S"], *(tags(each) for each in held if "/S" in each)]


def marked(element: Any) -> list[tuple[Any, int]]:
    kids = element.get("/K", [])
    held = [each.get_object() for each in (kids if isinstance(kids, list) else [kids])]
    here = [(each["/Pg"], int(each["/MCID"])) for each in held if "/MCID" in each]
    return here + [mark for each in held if "/S" in each for mark in marked(each)]


def test_it_is_tagged_has_a_title_and_a_language_and_headings_and_lists() -> None:
    read = opened(pdf.made(paper()))
    root = read.trailer["/Root"]
    assert (root["/Lang"], bool(root["/MarkInfo"]["/Marked"])) == ("en-GB", True)
    assert read.metadata.title == "Your assessment"
    assert bool(root["/ViewerPreferences"]["/DisplayDocTitle"])
    document = root["/StructTreeRoot"]["/K"].get_object()
    item = ["/LI", ["/Lbl"], ["/LBody"]]
    assert tags(document) == ["/Document", ["/H1"], ["/H2"], ["/L", item, item, item], ["/P"]]


@pytest.mark.parametrize("large", [False, True])
def test_every_word_comes_back_letter_for_letter_in_its_order(large: bool) -> None:
    told = paper(large=large, many=40)
    read = opened(pdf.made(told))
    text = " ".join(page.extract_text() for page in read.pages)
    wanted = " ".join(f"{each.label} {each.text}" for each in told.blocks)
    assert text.split() == wanted.split()
    assert len(read.pages) > 3


def test_every_mark_on_a_page_belongs_to_one_element_and_every_page_knows_it() -> None:
    read = opened(pdf.made(paper(many=60)))
    root = read.trailer["/Root"]["/StructTreeRoot"]
    numbers = root["/ParentTree"]["/Nums"]
    owners = [(int(page), len(held)) for page, held in zip(numbers[::2], numbers[1::2], strict=True)]
    known = {(page, mark) for page, many in owners for mark in range(many)}
    places = {page.indirect_reference.idnum: number for number, page in enumerate(read.pages)}
    found = [(places[page.indirect_reference.idnum], mark) for page, mark in marked(root["/K"].get_object())]
    assert len(found) == len(set(found))
    assert set(found) == known


@pytest.mark.parametrize("word", ["Żółć", "Дом", "نور", "a\x07", "e\u0301", "x\u202ey", "soft\xadhyphen"])
def test_a_letter_that_it_cannot_show_is_refused_and_html_shows_it(word: str) -> None:
    told = Paper("T", "en-GB", [Block("H1", word)])
    with pytest.raises(Refused) as refused:
        pdf.made(told)
    assert word not in refused.value.said + refused.value.cure
    assert "HTML" in refused.value.cure
    assert word in as_html(told).decode()


def test_a_word_that_is_wider_than_the_page_is_parted_and_nothing_runs_over_the_edge() -> None:
    word = "W" * 400
    assert max(map(pdf.wide, pdf._wrapped(f"a {word} b", 20))) <= 20
    assert "".join(pdf._wrapped(word, 20)) == word


def test_large_print_is_large_and_html_says_nothing_that_a_browser_obeys() -> None:
    assert b"/F1 20.0 Tf" in pdf.made(paper(large=True))
    assert b"/F1 12.0 Tf" in pdf.made(paper())
    page = as_html(Paper("<b>", "en-GB", [Block("LI", "<script>x</script>\ny", "<i>")], large=True)).decode()
    assert "<script" not in page
    assert "font:20pt" in page
    assert "x&lt;/script&gt;<br>y" in page
