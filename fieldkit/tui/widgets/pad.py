"""A place to sign with a mouse, a pen or a touchpad: strokes are kept as points and times, not as a picture."""

from __future__ import annotations

from textual import events
from textual.content import Content
from textual.message import Message
from textual.widget import Widget

from fieldkit.tui.widgets.braille import Point, draw


class SignaturePad(Widget, can_focus=True):
    """Draws what the pointer does while a button is down."""

    DEFAULT_CSS = """
    SignaturePad { height: 1fr; min-height: 5; border: round $border-blurred; }
    SignaturePad:focus { border: round $border; }
    """

    class Drawn(Message):
        """The strokes are other ones now."""

        def __init__(self, strokes: tuple[tuple[Point, ...], ...]) -> None:
            super().__init__()
            self.strokes = strokes

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._strokes: list[list[Point]] = []
        self._began: float | None = None
        self._down = False

    @property
    def strokes(self) -> tuple[tuple[Point, ...], ...]:
        """What was drawn: (x, y) in cells of this pad, t in seconds since the first touch."""
        return tuple(tuple(stroke) for stroke in self._strokes)

    def again(self) -> None:
        """Take the last stroke back."""
        if self._strokes:
            self._strokes.pop()
            self._changed()

    def render(self) -> Content:
        """The strokes over a line to sign on."""
        width, height = self.size
        lines = draw(self._strokes, width, height)
        base = max(height - 2, 0)
        rule = " ×" + "─" * max(width - 3, 0) + " "
        if lines:
            lines[base] = "".join(dot if dot != " " else dash for dot, dash in zip(lines[base], rule, strict=False))
        return Content("\n".join(lines))

    def on_mouse_down(self, event: events.MouseDown) -> None:
        """A stroke begins."""
        self.capture_mouse()
        self.focus()
        self._down = True
        self._strokes.append([])
        self._add(event)

    def on_mouse_move(self, event: events.MouseMove) -> None:
        """The stroke goes on."""
        if self._down:
            self._add(event)

    def on_mouse_up(self, event: events.MouseUp) -> None:
        """The stroke ends."""
        if self._down:
            self._add(event)
            self._down = False
            self.release_mouse()
            self.post_message(self.Drawn(self.strokes))

    def _add(self, event: events.MouseEvent) -> None:
        if self._began is None:
            self._began = event.time
        inside = event.get_content_offset_capture(self)
        x, y = inside.x + event.pointer_x % 1, inside.y + event.pointer_y % 1
        point = (round(float(x), 2), round(float(y), 2), round(event.time - self._began, 3))
        stroke = self._strokes[-1]
        if not stroke or stroke[-1][:2] != point[:2]:
            stroke.append(point)
            self.refresh()

    def _changed(self) -> None:
        self.refresh()
        self.post_message(self.Drawn(self.strokes))
