"""Pages and outline: what is asked at once, in form order, and how far each part has come."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from forms import asking
from forms.answers import CODE, path_of
from forms.definition import Control, Group
from forms.instance import walk
from forms.nodes import Node
from forms.views import OutlineRow, Page, QuestionView

if TYPE_CHECKING:
    from forms.interview import Interview

MOST = 12
"""Questions on one page; a longer group goes on on the next."""
SILENT = frozenset({"note", "calculate", "hidden"})
"""Kinds that ask nothing."""
View = Callable[[Node], QuestionView]


def pages(interview: Interview, view: View) -> Iterator[Page]:
    """Every page that is asked now, numbered from 1."""
    found = _of_body(interview, view, interview.form.body, interview.instance.root)
    for number, page in enumerate(found, 1):
        yield Page(page.path, number, page.title, page.questions, page.repeat, page.row)


def _of_body(
    interview: Interview, view: View, body: tuple[Control | Group, ...], above: Node, title: str = ""
) -> Iterator[Page]:
    loose: list[Control] = []
    for part in body:
        if isinstance(part, Control):
            loose.append(part)
            continue
        yield from _of_controls(interview, view, loose, above, title)
        loose = []
        yield from _of_group(interview, view, part, above)
    yield from _of_controls(interview, view, loose, above, title)


def _of_controls(interview: Interview, view: View, loose: list[Control], above: Node, title: str) -> Iterator[Page]:
    asked = [node for control in loose for node in interview.instance.nodes(control.template, above) if node.relevant]
    row = _row(above)
    for start in range(0, len(asked), MOST):
        some = asked[start : start + MOST]
        path = path_of(above) if start == 0 and len(asked) == len(loose) else path_of(some[0])
        repeat = path_of(row).rpartition("/")[0] if row is not None else ""
        words = title or _title(interview, above)
        yield Page(path, 0, words, tuple(map(view, some)), repeat, path_of(row) if row is not None else "")


def _of_group(interview: Interview, view: View, group: Group, above: Node) -> Iterator[Page]:
    if group.repeat:
        yield from _of_repeat(interview, view, group, above)
        return
    for node in interview.instance.nodes(group.template, above):
        if node.relevant:
            title = asking.words(interview, group.label, node)
            yield from _of_body(interview, view, group.children, node, title)


def _of_repeat(interview: Interview, view: View, group: Group, above: Node) -> Iterator[Page]:
    parents = [node for node in interview.instance.nodes(group.template.rpartition("/")[0], above) if node.relevant]
    for parent in parents:
        path = f"{path_of(parent)}/{group.template.rpartition('/')[2]}".lstrip("/")
        title = asking.words(interview, group.label, parent)
        rows = [node for node in parent.children if node.template == group.template]
        if group.count is None:
            yield Page(path, 0, f"{title} ({len(rows)})", (), path)
        for place, row in enumerate(rows, 1):
            if row.relevant:
                yield from _of_body(interview, view, group.children, row, row_title(row, title, place))


def row_title(row: Node, title: str, place: int) -> str:
    """What a row is called: by a name in it, else by its place."""
    named = next((node.text for node in walk(row) if node.name in ("name", "given", "adult_name") and node.text), "")
    return f"{title} {place}" + (f": {named}" if named else "")


def _title(interview: Interview, node: Node) -> str:
    group = interview.form.groups.get(node.template)
    return asking.words(interview, group.label, node) if group else interview.form.title


def _row(node: Node | None) -> Node | None:
    while node is not None and node.row is None:
        node = node.parent
    return node


def outline(interview: Interview) -> Iterator[OutlineRow]:
    """The parts of the form, with the groups and rows in each."""
    faults = {violation.path for violation in interview.violations()}
    for part in interview.form.body:
        if isinstance(part, Group):
            for node in interview.instance.nodes(part.template):
                yield _line(interview, part, node, 0, faults)
                yield from _below(interview, part, node, faults)


def _below(interview: Interview, part: Group, above: Node, faults: set[str]) -> Iterator[OutlineRow]:
    for child in part.children:
        if not isinstance(child, Group):
            continue
        for place, node in enumerate(interview.instance.nodes(child.template, above), 1):
            line = _line(interview, child, node, 1, faults)
            if child.repeat:
                title = row_title(node, line.title, place)
                line = OutlineRow(line.path, "", title, 1, line.state, line.answered, line.total)
            yield line


def _line(interview: Interview, group: Group, node: Node, depth: int, faults: set[str]) -> OutlineRow:
    asked = [each for each in walk(node) if each.relevant and _asks(interview, each)]
    answered = sum(bool(each.text) or CODE in each.attributes for each in asked)
    label = asking.words(interview, group.label, node)
    letter, _, rest = label.partition(" ")
    lettered = depth == 0 and len(letter) == 1
    wrong = any(path_of(each) in faults for each in asked if each.text)
    left = any(path_of(each) in faults for each in asked)
    return OutlineRow(
        path=path_of(node),
        letter=letter if lettered else "",
        title=rest.strip() if lettered else label,
        depth=depth,
        state=_state(node.relevant and bool(asked), wrong, left, answered),
        answered=answered,
        total=len(asked),
    )


def _asks(interview: Interview, node: Node) -> bool:
    kind = interview.kinds.get(node.template)
    bind = interview.form.binds.get(node.template)
    return kind is not None and kind not in SILENT and (bind is None or bind.calculate is None)


def _state(shown: bool, wrong: bool, left: bool, answered: int) -> str:
    if not shown:
        return "hidden"
    if wrong:
        return "error"
    return "done" if answered and not left else "part" if answered else "todo"
