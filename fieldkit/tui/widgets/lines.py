"""The line on top (who, where, who is present, the honest state of sync) and the line of keys below."""

from __future__ import annotations

from dataclasses import dataclass

from textual.containers import Horizontal
from textual.content import Content
from textual.widget import Widget

from fieldkit.tui.plain import one_line, plain
from fieldkit.tui.widgets.words import Words


@dataclass(frozen=True, slots=True)
class Heading:
    """What the top line says."""

    where: str
    present: str = ""
    state: str = ""


class TopLine(Widget):
    """One line: fieldkit, where we are, who is with us; on the right the state."""

    def __init__(self, heading: Heading) -> None:
        super().__init__(id="top-line")
        self.heading = heading

    def say(self, heading: Heading) -> None:
        """Show another heading."""
        if heading != self.heading:
            self.heading = heading
            self.refresh()

    def render(self) -> Content:
        """The heading cut to the width: who is in the room matters more than the end of the state."""
        left = Content(f" fieldkit   {one_line(self.heading.where)}")
        if self.heading.present:
            left += Content(f"   with: {one_line(self.heading.present)}")
        parts = one_line(self.heading.state).split(" · ")
        while self.heading.present and len(parts) > 1 and left.cell_length + _width(parts) > self.size.width:
            parts.pop()
        room = max(self.size.width - _width(parts), 10)
        return Content.assemble(left.truncate(room, ellipsis=True, pad=True), " ", " · ".join(parts), " ")


def _width(parts: list[str]) -> int:
    return Content(" · ".join(parts)).cell_length + 2


class KeyLine(Horizontal):
    """The keys that matter here, as words."""

    def __init__(self, keys: str) -> None:
        super().__init__(Words(plain(keys), id="keys"), id="key-line")

    def say(self, keys: str) -> None:
        """Show other keys."""
        self.query_one("#keys", Words).say(keys)


class SayLine(Words):
    """The fixed place where something is announced; a rule while nothing is."""

    def __init__(self) -> None:
        super().__init__("", id="say-line")

    def on_mount(self) -> None:
        """Begin as a rule."""
        self.say("")

    def say(self, text: str | Content, *, fixed: bool = False) -> None:
        """Announce, or draw the rule again."""
        super().say(f" {text}" if text else "─" * 240, fixed=fixed)
        self.set_class(bool(text), "-said")
