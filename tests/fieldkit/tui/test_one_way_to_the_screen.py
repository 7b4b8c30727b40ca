"""Text of people reaches the screen through `plain` alone: the code of every screen and widget is read, and any other
way fails here, before anybody sees it."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import fieldkit.tui

ROOT = Path(fieldkit.tui.__file__).parent
WIDGETS = {"Input", "TextArea", "OptionList", "ProgressBar"}
"""What may be taken from Textual; everything else reads markup in strings, or would be one more place to look after."""
ONLY_IN = {"Static": "words.py", "DirectoryTree": "folders.py", "Text": "folders.py", "TextType": "folders.py"}
FORBIDDEN_NAMES = {
    "from_markup",
    "notify",
    "border_title",
    "border_subtitle",
    "tooltip",
    "sub_title",
    "Markdown",
    "Text",
}
MAKES_SAFE = {"plain", "one_line", "shown", "len", "int", "_content"}
"""What these answer may be shown."""
OURS = {"long_day", "day", "moment", "names_of", "range", "title_of"}
"""Words of the program's own: days, numbers, its tables."""
EXEMPT = {
    ("widgets/words.py", "say"): "the one widget that draws words: `_content` passes strings through `plain`",
    ("app.py", "_fatal_error"): "a fault's number and places, made of our own code",
    ("palette.py", "discover"): "the program's own verbs",
    ("palette.py", "search"): "the program's own verbs",
    ("widgets/lines.py", "_width"): "measured, not shown",
    ("widgets/pad.py", "render"): "braille of strokes",
    ("widgets/secret.py", "render"): "dots",
    ("widgets/rows.py", "columns"): "a gap of blanks",
    ("widgets/scale.py", "_line"): "stars, bars and marks that passed `one_line`",
    ("widgets/scale.py", "render"): "marks and ends that passed `one_line`",
    ("widgets/scale.py", "_mark"): "a mark that passed `one_line`",
}


class Reader(ast.NodeVisitor):
    """Reads one file and tells where text could reach the screen another way."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.found: list[str] = []
        self.function: list[ast.FunctionDef | ast.AsyncFunctionDef] = []

    def tell(self, node: ast.AST, why: str) -> None:
        where = self.function[-1].name if self.function else ""
        if (self.file, where) not in EXEMPT:
            self.found.append(f"{self.file}:{getattr(node, 'lineno', 0)} {why}")

    def visit_FunctionDef(self, node: ast.FunctionDef) -> None:
        self.function.append(node)
        self.generic_visit(node)
        self.function.pop()

    visit_AsyncFunctionDef = visit_FunctionDef  # type: ignore[assignment] # noqa: N815 - ast's name

    def visit_ImportFrom(self, node: ast.ImportFrom) -> None:
        if (node.module or "").startswith(("textual.widgets", "rich.text", "rich.markdown")):
            for name in (each.name for each in node.names):
                allowed = name in WIDGETS or ONLY_IN.get(name) == Path(self.file).name
                inner = node.module == "textual.widgets.option_list"
                if not (allowed or inner):
                    self.tell(node, f"{name} of {node.module}")

    def visit_Attribute(self, node: ast.Attribute) -> None:
        if node.attr in FORBIDDEN_NAMES:
            self.tell(node, f".{node.attr}")
        self.generic_visit(node)

    def visit_Call(self, node: ast.Call) -> None:
        name = called(node)
        if name in ("Content", "Segment", "styled") and node.args and not self.safe(node.args[0]):
            self.tell(node, f"{name} of something that did not pass plain")
        if name == "Option" and not (isinstance(node.args[0], ast.Attribute | ast.Call) or self.safe(node.args[0])):
            self.tell(node, "Option of a bare text")
        for word in node.keywords:
            if word.arg == "markup" and not (isinstance(word.value, ast.Constant) and word.value.value is False):
                self.tell(node, "markup is on")
            if word.arg in ("placeholder", "title", "label", "prompt") and not self.safe(word.value):
                self.tell(node, f"{word.arg} of something that did not pass plain")
        self.generic_visit(node)

    # -- what may be shown

    def safe(self, node: ast.expr) -> bool:
        """Whether an expression can hold only our own words, numbers, or text that passed `plain`."""
        match node:
            case ast.Constant():
                return True
            case ast.JoinedStr(values=parts):
                return all(self.safe(part) for part in parts)
            case ast.FormattedValue(value=value):
                return self.safe(value)
            case ast.BinOp(left=left, right=right):
                return self.safe(left) and self.safe(right)
            case ast.IfExp(body=body, orelse=other):
                return self.safe(body) and self.safe(other)
            case ast.BoolOp(values=values) | ast.Tuple(elts=values) | ast.List(elts=values):
                return all(self.safe(each) for each in values)
            case ast.Starred(value=value) | ast.Subscript(value=value):
                return self.safe(value)
            case ast.ListComp(elt=each) | ast.GeneratorExp(elt=each):
                return self.safe(each)
            case ast.Attribute(attr=attr):
                return attr.isupper()
            case ast.Name(id=name):
                return name.strip("_").isupper() or self._assigned_safe(name)
            case ast.Call():
                return self._call_safe(node)
        return False

    def _call_safe(self, node: ast.Call) -> bool:
        name = called(node)
        if name in MAKES_SAFE | OURS:
            return True
        if isinstance(node.func, ast.Attribute) and name in ("join", "split", "translate", "pop"):
            return self.safe(node.func.value) and all(self.safe(each) for each in node.args)
        return name == "map" and isinstance(node.args[0], ast.Name) and node.args[0].id in MAKES_SAFE

    def _assigned_safe(self, name: str) -> bool:
        if not self.function:
            return False
        values = list(assigned(self.function[-1], name))
        return bool(values) and all(self.safe(each) for each in values)


def assigned(function: ast.FunctionDef | ast.AsyncFunctionDef, name: str) -> Iterator[ast.expr]:
    """What a name is given inside a function; a parameter, or what a loop gives, counts as unknown."""
    for node in ast.walk(function):
        match node:
            case ast.Assign(targets=targets, value=value):
                if any(isinstance(each, ast.Name) and each.id == name for each in targets):
                    yield value
                for each in targets:
                    if isinstance(each, ast.Tuple) and isinstance(value, ast.Tuple):
                        pairs = zip(each.elts, value.elts, strict=False)
                        yield from (v for t, v in pairs if isinstance(t, ast.Name) and t.id == name)
            case ast.AugAssign(target=ast.Name(id=found), value=value) if found == name:
                yield value


def called(node: ast.Call) -> str:
    """The last word of what is called."""
    function = node.func
    return (
        function.attr if isinstance(function, ast.Attribute) else function.id if isinstance(function, ast.Name) else ""
    )


def read(file: str, source: str) -> list[str]:
    """What is wrong in a file."""
    reader = Reader(file)
    reader.visit(ast.parse(source))
    return reader.found


def test_every_screen_and_widget_shows_text_through_plain_alone() -> None:
    found = []
    for file in sorted(ROOT.rglob("*.py")):
        name = file.relative_to(ROOT).as_posix()
        if name not in ("plain.py", "guard.py"):
            found += read(name, file.read_text("utf-8"))
    assert found == []


@pytest.mark.parametrize(
    "slip",
    [
        "from textual.widgets import Label",
        "from textual.widgets import Static",
        "from rich.text import Text",
        "def f(name): return Content(name)",
        "def f(row): return Content(f'Family {row.name}')",
        "def f(row):\n    words = row.name\n    return Content(words)",
        "def f(self, row): self.notify(row.name)",
        "def f(self, row): self.border_title = row.name",
        "def f(row): return Content.from_markup(row.name)",
        "def f(row): return LineEntry(placeholder=row.name)",
        "def f(row): return OptionList(row.name, markup=True)",
        "def f(name): return Option(name)",
        "def f(rows): return Content(', '.join(row.name for row in rows))",
    ],
)
def test_any_other_way_is_found(slip: str) -> None:
    assert read("screens/new.py", slip) != []


@pytest.mark.parametrize(
    "right",
    [
        "def f(row): return Content(one_line(row.name))",
        "def f(row):\n    words = one_line(row.name)\n    return Content(f'Family {words}')",
        "def f(row): return Content(' · ').join([plain(row.name)])",
        "def f(rows): return Content(', '.join(one_line(row.name) for row in rows))",
    ],
)
def test_the_one_way_is_not(right: str) -> None:
    assert read("screens/new.py", right) == []
