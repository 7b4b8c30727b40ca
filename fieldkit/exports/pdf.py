"""A page to read as a tagged PDF: what a screen reader is told is what stands there, in its order.

Written here because no library of ours makes *tagged* PDFs. It uses one of the fonts that every reader has, in Windows'
Western letters; a text with any other letter is refused, for a paper that shows a name wrongly is worse than none
(HTML shows every letter). Fonts are not embedded, so it is tagged PDF 1.7 and not PDF/UA.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from fieldkit.errors import Refused
from fieldkit.exports.paper import LARGE, PLAIN, Block, Paper

WIDTH, HEIGHT, MARGIN = 595, 842, 57
"""A4 in points, and two centimetres around."""
_AFM = """
278 278 355 556 556 889 667 191 333 333 389 584 278 333 278 278 556 556 556 556 556 556 556 556 556 556 278 278
584 584 584 556 1015 667 667 722 722 667 611 778 722 278 500 667 556 833 722 778 667 778 722 667 611 722 667 944 667
667 611 278 278 278 469 556 333 556 556 500 556 556 278 556 556 222 222 500 222 833 556 556 556 556 333 500 278 556
500 722 500 500 500 334 260 334 584
"""
_WIDTHS = tuple(int(each) for each in _AFM.split())
"""Of the letters from the blank to the tilde, in thousandths of the print's size."""


@dataclass(frozen=True, slots=True)
class _Line:
    """A line on a page: of which element, how large, how far down."""

    element: int
    size: float
    indent: int
    text: str = field(repr=False)


def made(paper: Paper) -> bytes:
    """The document. Refused when a letter in it cannot be shown."""
    _refuse_unshowable(paper)
    elements = list(_elements(paper.blocks))
    pages = list(_pages(_lines(elements, LARGE if paper.large else PLAIN)))
    return _Writer(paper, elements, pages).written()


def unshowable(text: str) -> int:
    """How many letters of a text this font does not have."""
    return sum(not _shows(letter) for letter in text if letter != "\n")


def _shows(letter: str) -> bool:
    if letter == "\xad" or unicodedata.category(letter) in ("Cc", "Cf", "Cs", "Zl", "Zp"):
        return False
    try:
        letter.encode("cp1252")
    except UnicodeEncodeError:
        return False
    return True


def _refuse_unshowable(paper: Paper) -> None:
    many = sum(unshowable(each) for block in paper.blocks for each in (block.text, block.label))
    if many + unshowable(paper.title):
        said = f"{many} letters in it cannot be shown in a PDF of this kind."
        raise Refused(said, "Make it as HTML, which shows every letter. Nothing was written.")


@dataclass(frozen=True, slots=True)
class _Element:
    """An element of the structure that has words: its tag, and whether a list holds it."""

    tag: str
    text: str = field(repr=False)


def _elements(blocks: Sequence[Block]) -> Iterator[_Element]:
    for block in blocks:
        if block.kind == "LI":
            yield _Element("Lbl", block.label)
            yield _Element("LBody", block.text)
        else:
            yield _Element(block.kind, block.text)


_LOOKS = {"H1": (1.5, 0, 0.4), "H2": (1.2, 0, 1.0), "P": (1.0, 0, 0.4), "Lbl": (1.0, 0, 0.5), "LBody": (1.0, 18, 0.0)}
"""By tag: how large, how far in, how much air above, in parts of the print."""


def _lines(elements: Sequence[_Element], size: int) -> Iterator[_Line]:
    for number, element in enumerate(elements):
        much, indent, air = _LOOKS[element.tag]
        if air:
            yield _Line(-1, size * air, 0, "")
        for told in element.text.split("\n"):
            for line in _wrapped(told, (WIDTH - 2 * MARGIN - indent) / (size * much)):
                yield _Line(number, size * much, indent, line)


def _wrapped(text: str, room: float) -> Iterator[str]:
    """A paragraph in lines that fit; a word that is too long for one is parted."""
    line = ""
    for word in text.split():
        for piece in _fitting(word, room):
            if line and wide(f"{line} {piece}") > room:
                yield line
                line = piece
            else:
                line = f"{line} {piece}" if line else piece
    if line:
        yield line


def _fitting(word: str, room: float) -> Iterator[str]:
    while wide(word) > room:
        many = next(count for count in range(len(word), 0, -1) if wide(word[:count]) <= room or count == 1)
        yield word[:many]
        word = word[many:]
    yield word


def wide(text: str) -> float:
    """How wide a text is, in parts of the print's size."""
    return sum(_width(letter) for letter in text) / 1000


def _width(letter: str) -> int:
    place = ord(unicodedata.normalize("NFD", letter)[0]) - 32
    return _WIDTHS[place] if 0 <= place < len(_WIDTHS) else 1000


def _pages(lines: Iterator[_Line]) -> Iterator[list[tuple[_Line, float]]]:
    """The lines with their height on the page, a page at a time."""
    page: list[tuple[_Line, float]] = []
    down = float(HEIGHT - MARGIN)
    for line in lines:
        high = line.size if line.element < 0 else line.size * 1.4
        if down - high < MARGIN and page:
            yield page
            page, down = [], float(HEIGHT - MARGIN)
        down -= high
        if line.element >= 0:
            page.append((line, down))
    yield page


class _Writer:
    """Objects by number, then the file with its table of places."""

    def __init__(
        self, paper: Paper, elements: Sequence[_Element], pages: Sequence[Sequence[tuple[_Line, float]]]
    ) -> None:
        self.paper, self.elements, self.pages = paper, elements, pages
        self.objects: dict[int, bytes] = {}
        self.marks: dict[int, list[tuple[int, int]]] = {number: [] for number in range(len(elements))}
        """By element: on which page, under which number there."""

    CATALOG, INFO, FONT, PAGES, ROOT, DOCUMENT, PARENTS, FIRST = 1, 2, 3, 4, 5, 6, 7, 8

    def _page(self, number: int) -> int:
        return self.FIRST + 2 * number

    def _element(self, number: int) -> int:
        return self.FIRST + 2 * len(self.pages) + number

    def written(self) -> bytes:
        """The whole file."""
        parents = [self._add_page(number, page) for number, page in enumerate(self.pages)]
        top = self._add_structure()
        self._add_heads(top, parents)
        out = bytearray(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n")
        places = {}
        for number in sorted(self.objects):
            places[number] = len(out)
            out += b"%d 0 obj\n%s\nendobj\n" % (number, self.objects[number])
        table = len(out)
        out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(places) + 1)
        for number in range(1, len(places) + 1):
            out += b"%010d 00000 n \n" % places[number]
        out += b"trailer\n<< /Size %d /Root 1 0 R /Info 2 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(places) + 1, table)
        return bytes(out)

    def _add_page(self, number: int, page: Sequence[tuple[_Line, float]]) -> list[int]:
        """A page and its words; the elements of its marks, in order."""
        drawn, owners = [], list[int]()
        for line, down in page:
            if not owners or owners[-1] != line.element:
                drawn += [b"EMC"] if owners else []
                drawn.append(b"/%s << /MCID %d >> BDC" % (self.elements[line.element].tag.encode(), len(owners)))
                self.marks[line.element].append((number, len(owners)))
                owners.append(line.element)
            across = MARGIN + line.indent
            words = _text(f"{line.text} ")
            drawn.append(b"BT /F1 %.1f Tf %d %.1f Td %s Tj ET" % (line.size, across, down, words))
        content = b"\n".join([*drawn, *([b"EMC"] if owners else [])])
        self.objects[self._page(number) + 1] = b"<< /Length %d >>\nstream\n%s\nendstream" % (len(content), content)
        self.objects[self._page(number)] = (
            b"<< /Type /Page /Parent 4 0 R /MediaBox [0 0 %d %d] /Resources << /Font << /F1 3 0 R >> >>"
            b" /Contents %d 0 R /StructParents %d /Tabs /S >>" % (WIDTH, HEIGHT, self._page(number) + 1, number)
        )
        return owners

    def _add_structure(self) -> list[int]:
        """Every element, lists around their items; what stands below the document, in order."""
        top, listed, following = list[int](), list[int](), self._element(len(self.elements))
        number = 0
        while number < len(self.elements):
            if self.elements[number].tag != "Lbl":
                top.append(self._add_element(number, self.DOCUMENT))
                listed, number = [], number + 1
                continue
            if not listed:
                whole, following = following, following + 1
                top.append(whole)
            item, following = following, following + 1
            kids = [self._add_element(each, item) for each in (number, number + 1)]
            self.objects[item] = b"<< /Type /StructElem /S /LI /P %d 0 R /K [%s] >>" % (whole, _refs(kids))
            listed.append(item)
            self.objects[whole] = b"<< /Type /StructElem /S /L /P 6 0 R /K [%s] >>" % _refs(listed)
            number += 2
        return top

    def _add_element(self, number: int, parent: int) -> int:
        kids = b" ".join(
            b"<< /Type /MCR /Pg %d 0 R /MCID %d >>" % (self._page(page), mark) for page, mark in self.marks[number]
        )
        tag, said = self.elements[number].tag.encode(), self._element(number)
        self.objects[said] = b"<< /Type /StructElem /S /%s /P %d 0 R /K [%s] >>" % (tag, parent, kids)
        return said

    def _add_heads(self, top: Sequence[int], parents: Sequence[Sequence[int]]) -> None:
        language, title = _text(self.paper.language), _text(self.paper.title)
        numbers = b" ".join(
            b"%d [%s]" % (page, _refs([self._element(each) for each in owners])) for page, owners in enumerate(parents)
        )
        pages = _refs([self._page(number) for number in range(len(self.pages))])
        self.objects |= {
            self.CATALOG: b"<< /Type /Catalog /Pages 4 0 R /Lang %s /MarkInfo << /Marked true >> /StructTreeRoot 5 0 R"
            b" /ViewerPreferences << /DisplayDocTitle true >> >>" % language,
            self.INFO: b"<< /Title %s /Producer (fieldkit) >>" % title,
            self.FONT: b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
            self.PAGES: b"<< /Type /Pages /Count %d /Kids [%s] >>" % (len(self.pages), pages),
            self.ROOT: b"<< /Type /StructTreeRoot /K 6 0 R /ParentTree 7 0 R /ParentTreeNextKey %d >>"
            % len(self.pages),
            self.DOCUMENT: b"<< /Type /StructElem /S /Document /P 5 0 R /Lang %s /K [%s] >>" % (language, _refs(top)),
            self.PARENTS: b"<< /Nums [%s] >>" % numbers,
        }


def _refs(numbers: Sequence[int]) -> bytes:
    return b" ".join(b"%d 0 R" % number for number in numbers)


def _text(text: str) -> bytes:
    """A text as the font's bytes between brackets, with what would end it escaped."""
    told = text.encode("cp1252").replace(b"\\", b"\\\\").replace(b"(", b"\\(").replace(b")", b"\\)")
    return b"(%s)" % told


__all__ = ["made", "unshowable", "wide"]
