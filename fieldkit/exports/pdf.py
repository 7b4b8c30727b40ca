"""A tagged PDF of plain words (ISO 32000-1, 14.8): headings and paragraphs that a screen reader can walk.

Helvetica is one of the fourteen fonts that every reader has, and is not embedded: so this is no PDF/UA, and letters
that WinAnsi does not have cannot be shown. They are refused, never replaced: the page of HTML shows them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from fieldkit.errors import FieldkitError

PAGE, MARGIN = (595.0, 842.0), 56.0
"""A4 in points."""
LARGE, USUAL = 18.0, 12.0
"""Points: large print, as sight charities ask for it, and the usual."""
_SCALE = {"H1": 1.5, "H2": 1.15, "P": 1.0}
_WIDTHS = """
278 278 355 556 556 889 667 191 333 333 389 584 278 333 278 278 556 556 556 556 556 556 556 556 556 556 278 278 584 584
584 556 1015 667 667 722 722 667 611 778 722 278 500 667 556 833 722 778 667 778 722 667 611 722 667 944 667 667 611
278 278 278 469 556 333 556 556 500 556 556 278 556 556 222 222 500 222 833 556 556 556 556 333 500 278 556 500 722 500
500 500 334 260 334 584
"""
WIDTHS = [int(each) for each in _WIDTHS.split()]
"""Of Helvetica, from the blank on, in thousandths (Adobe's core font metrics)."""
WIDE = 722
"""What any other letter of WinAnsi takes at most, as far as wrapping is concerned."""


class NoSuchLetter(FieldkitError):
    """The text has a letter that the font of a PDF made here does not have."""

    said = "This text has letters that a PDF made here cannot show."
    cure = "Export it as html: that shows every letter, and prints as well."


@dataclass(frozen=True, slots=True)
class Block:
    """A heading (H1, H2) or a paragraph (P)."""

    tag: str
    text: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class _Line:
    block: int
    size: float
    text: bytes
    at: float


def document(title: str, language: str, blocks: Sequence[Block], size: float = USUAL) -> bytes:
    """The PDF's bytes; NoSuchLetter where a letter cannot be shown."""
    pages = list(_pages(list(_lines(blocks, size))))
    return _Writer(title, language, blocks, pages).made()


def _encoded(text: str) -> bytes:
    try:
        return text.encode("cp1252")
    except UnicodeEncodeError:
        raise NoSuchLetter from None


def width(text: bytes, size: float) -> float:
    """Points that a line takes."""
    return sum(WIDTHS[code - 32] if 32 <= code < 127 else WIDE for code in text) * size / 1000


def _lines(blocks: Sequence[Block], size: float) -> Iterator[_Line]:
    for number, block in enumerate(blocks):
        points = size * _SCALE[block.tag]
        words = " ".join(block.text.split())
        for place, line in enumerate(_wrapped(_encoded(words), points, PAGE[0] - 2 * MARGIN)):
            yield _Line(number, points, line, points * (1.9 if place == 0 else 1.4))


def _wrapped(text: bytes, size: float, room: float) -> Iterator[bytes]:
    line = b""
    for word in text.split(b" "):
        longer = line + b" " + word if line else word
        if line and width(longer, size) > room:
            yield line
            longer = word
        while width(longer, size) > room:
            fits = next(n for n in range(len(longer), 0, -1) if n == 1 or width(longer[:n], size) <= room)
            yield longer[:fits]
            longer = longer[fits:]
        line = longer
    yield line


def _pages(lines: Iterable[_Line]) -> Iterator[list[_Line]]:
    page: list[_Line] = []
    left = PAGE[1] - 2 * MARGIN
    for line in lines:
        if line.at > left and page:
            yield page
            page, left = [], PAGE[1] - 2 * MARGIN
        page.append(line)
        left -= line.at
    yield page


class _Writer:
    """Numbers objects and writes them, with the table that says where each begins."""

    def __init__(self, title: str, language: str, blocks: Sequence[Block], pages: Sequence[list[_Line]]) -> None:
        self.title, self.language, self.blocks, self.pages = title, language, blocks, pages
        self.objects: list[bytes] = []

    def made(self) -> bytes:
        catalog, tree, root, font, parents, info = (self._take() for _ in range(6))
        elements = [self._take() for _ in self.blocks]
        page_ids = [self._take() for _ in self.pages]
        kids: dict[int, list[str]] = {}
        rows = []
        for number, (page, lines) in enumerate(zip(page_ids, self.pages, strict=True)):
            content, marked = self._content(lines)
            stream = self._add(b"<< /Length %d >>\nstream\n%s\nendstream" % (len(content), content))
            self._put(page, self._page(tree, font, stream, number))
            for place, block in enumerate(marked):
                kids.setdefault(block, []).append(f"<< /Type /MCR /Pg {page} 0 R /MCID {place} >>")
            rows.append(f"{number} [{' '.join(f'{elements[block]} 0 R' for block in marked)}]")
        for number, (element, told) in enumerate(zip(elements, self.blocks, strict=True)):
            inside = " ".join(kids.get(number, []))
            self._put(element, f"<< /Type /StructElem /S /{told.tag} /P {root} 0 R /K [{inside}] >>".encode())
        refs = " ".join(f"{each} 0 R" for each in elements)
        document_ = self._add(f"<< /Type /StructElem /S /Document /P {root} 0 R /K [{refs}] >>".encode())
        for number in elements:
            self.objects[number - 1] = self.objects[number - 1].replace(
                f"/P {root} 0 R".encode(), f"/P {document_} 0 R".encode()
            )
        self._put(root, f"<< /Type /StructTreeRoot /K {document_} 0 R /ParentTree {parents} 0 R >>".encode())
        self._put(parents, f"<< /Nums [{' '.join(rows)}] >>".encode())
        pages = " ".join(f"{each} 0 R" for each in page_ids)
        self._put(tree, f"<< /Type /Pages /Count {len(page_ids)} /Kids [{pages}] >>".encode())
        self._put(font, b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>")
        self._put(info, b"<< /Title " + _text(self.title) + b" >>")
        self._put(catalog, self._catalog(tree, root))
        return self._file(catalog, info)

    def _catalog(self, tree: int, root: int) -> bytes:
        return (
            f"<< /Type /Catalog /Pages {tree} 0 R /StructTreeRoot {root} 0 R /MarkInfo << /Marked true >>"
            f" /Lang ({self.language}) /ViewerPreferences << /DisplayDocTitle true >> >>"
        ).encode("ascii", "replace")

    def _page(self, tree: int, font: int, stream: int, number: int) -> bytes:
        return (
            f"<< /Type /Page /Parent {tree} 0 R /MediaBox [0 0 {PAGE[0]:g} {PAGE[1]:g}] /StructParents {number}"
            f" /Tabs /S /Resources << /Font << /F1 {font} 0 R >> >> /Contents {stream} 0 R >>"
        ).encode()

    def _content(self, lines: Sequence[_Line]) -> tuple[bytes, list[int]]:
        """A page's drawing, and which block each marked piece of it belongs to."""
        out, marked, down = [], list[int](), PAGE[1] - MARGIN
        for line in lines:
            down -= line.at
            if not marked or marked[-1] != line.block:
                if marked:
                    out.append(b"EMC")
                out.append(f"/{self.blocks[line.block].tag} << /MCID {len(marked)} >> BDC".encode())
                marked.append(line.block)
            where = f"BT /F1 {line.size:g} Tf {MARGIN:g} {down:.2f} Td "
            out.append(where.encode() + _literal(line.text + b" ") + b" Tj ET")
        return b"\n".join([*out, *([b"EMC"] if marked else [])]), marked

    def _take(self) -> int:
        self.objects.append(b"")
        return len(self.objects)

    def _add(self, content: bytes) -> int:
        number = self._take()
        self._put(number, content)
        return number

    def _put(self, number: int, content: bytes) -> None:
        self.objects[number - 1] = content

    def _file(self, catalog: int, info: int) -> bytes:
        out, places = bytearray(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n"), []
        for number, content in enumerate(self.objects, 1):
            places.append(len(out))
            out += b"%d 0 obj\n%s\nendobj\n" % (number, content)
        begun = len(out)
        out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(places) + 1)
        out += b"".join(b"%010d 00000 n \n" % place for place in places)
        told = (len(places) + 1, catalog, info, begun)
        return bytes(out + b"trailer\n<< /Size %d /Root %d 0 R /Info %d 0 R >>\nstartxref\n%d\n%%%%EOF\n" % told)


def _literal(text: bytes) -> bytes:
    for letter in (b"\\", b"(", b")"):
        text = text.replace(letter, b"\\" + letter)
    return b"(" + text + b")"


def _text(words: str) -> bytes:
    """Words outside of a page: UTF-16, as hexadecimal digits."""
    return b"<FEFF" + words.encode("utf-16-be").hex().upper().encode() + b">"
