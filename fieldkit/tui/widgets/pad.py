"""A place to sign with a mouse, a pen, a touchpad or the arrow keys: strokes as points and times, not as a picture."""

from __future__ import annotations

from collections.abc import Mapping

from textual import events
from textual.content import Content
from textual.message import Message
from textual.widget import Widget

from fieldkit.tui.widgets.braille import Point, draw, rounded, smaller

STEPS: Mapping[str, tuple[int, int]] = {
    "left": (-1, 0),
    "right": (1, 0),
    "up": (0, -1),
    "down": (0, 1),
    "home": (-1, -1),
    "pageup": (1, -1),
    "end": (-1, 1),
    "pagedown": (1, 1),
}
"""Where a key moves the pen; the four beside the arrows go slanting."""
STEP = (1.0, 0.5)
"""How far, in cells across and down: as far down as across, to the eye."""
COARSE = "This terminal tells whole cells only, so the line is smoothed."


class SignaturePad(Widget, can_focus=True):
    """Draws what the pointer does while a button is down, and what the pen does that the arrow keys move."""

    DEFAULT_CSS = """
    SignaturePad { height: 1fr; min-height: 5; border: round $border-blurred; }
    SignaturePad:focus { border: round $border; }
    """

    class Drawn(Message):
        """The strokes are other ones now."""

        def __init__(self, strokes: tuple[tuple[Point, ...], ...]) -> None:
            super().__init__()
            self.strokes = strokes

    class CellsOnly(Message):
        """A stroke was drawn with a pointer of which the terminal tells only whole cells."""

    class PenTold(Message):
        """The pen of the arrow keys was put down, or lifted."""

        def __init__(self, down: bool) -> None:
            super().__init__()
            self.down = down

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._strokes: list[list[Point]] = []
        self._began: float | None = None
        self._down = False
        self._pen: tuple[float, float] | None = None
        """Where the keyboard's pen is; nowhere before the first arrow."""
        self._pen_down = False
        self._fine = False
        """Whether the pointer was ever told between two cells."""
        self._scale = 1.0

    @property
    def strokes(self) -> tuple[tuple[Point, ...], ...]:
        """What was drawn: (x, y) in cells of the pad it was begun on, t in seconds since the first touch."""
        return tuple(tuple(stroke) for stroke in self._strokes if stroke)

    def again(self) -> None:
        """Take the last stroke back."""
        self._let_go()
        if self._strokes:
            self._strokes.pop()
            self._changed()

    def blank(self) -> None:
        """Take everything back."""
        self._let_go()
        self._strokes.clear()
        self._pen, self._began, self._scale = None, None, 1.0
        self._changed()

    def on_mount(self) -> None:
        """Where the terminal tells pixels it says so at the start."""
        self._fine = self.app.supports_smooth_scrolling

    # -- how it looks

    def render(self) -> Content:
        """The strokes over a line to sign on."""
        width, height = self.size
        shown = [self._as_drawn(stroke) for stroke in self._strokes]
        lines = draw(shown, width, height)
        base = max(height - 3, 0)
        rule = " ×" + "─" * max(width - 3, 0) + " "
        if lines:
            lines[base] = "".join(dot if dot != " " else dash for dot, dash in zip(lines[base], rule, strict=False))
        text, at = self._with_pen("\n".join(lines), width, height)
        return Content(text).stylize("bold", at, at + 1) if at >= 0 else Content(text)

    def _as_drawn(self, stroke: list[Point]) -> list[Point]:
        curve = stroke if self._fine else rounded(stroke)
        return [(x * self._scale, y * self._scale, t) for x, y, t in curve]

    def _with_pen(self, text: str, width: int, height: int) -> tuple[str, int]:
        """The pen of the arrow keys in its cell (full while it writes, a ring while not), and where; -1: nowhere."""
        if self._pen is None or not self.has_focus or not text:
            return text, -1
        column = min(max(int(self._pen[0] * self._scale), 0), width - 1)
        row = min(max(int(self._pen[1] * self._scale), 0), height - 1)
        at = row * (width + 1) + column
        return f"{text[:at]}{'●' if self._pen_down else '○'}{text[at + 1 :]}", at

    def on_resize(self) -> None:
        """Another size: what was drawn stays whole, smaller where it must be."""
        self._scale = smaller(self._strokes, self.size.width, self.size.height)
        self.refresh()

    # -- mouse, pen, touchpad

    def on_mouse_down(self, event: events.MouseDown) -> None:
        """A stroke begins."""
        self.capture_mouse()
        self.focus()
        self._lift()
        self._down = True
        self._strokes.append([])
        self._add_pointer(event)

    def on_mouse_move(self, event: events.MouseMove) -> None:
        """The stroke goes on."""
        if self._down:
            self._add_pointer(event)

    def on_mouse_up(self, event: events.MouseUp) -> None:
        """The stroke ends."""
        if self._down:
            self._add_pointer(event)
            self._down = False
            self.release_mouse()
            self.post_message(self.Drawn(self.strokes))
            if not self._fine:
                self.post_message(self.CellsOnly())

    def _add_pointer(self, event: events.MouseEvent) -> None:
        x, y = event.pointer_x - self.gutter.left, event.pointer_y - self.gutter.top
        self._fine = self._fine or x % 1 != 0 or y % 1 != 0
        if not self._fine:  # a whole cell was told: its middle is the likeliest
            x, y = x + 0.5, y + 0.5
        self._add(x / self._scale, y / self._scale, event.time)

    # -- the arrow keys

    def on_key(self, event: events.Key) -> None:
        """The pen moves, is put down, or is lifted."""
        if event.key in STEPS:
            self._move(STEPS[event.key], event.time)
        elif event.key == "space":
            self._put_down_or_lift(event.time)
        else:
            return
        event.stop()
        event.prevent_default()

    def _move(self, step: tuple[int, int], at: float) -> None:
        width, height = self.size.width / self._scale, self.size.height / self._scale
        x, y = self._pen or self._start()
        x, y = x + step[0] * STEP[0], y + step[1] * STEP[1]
        self._pen = min(max(x, 0.25), width - 0.25), min(max(y, 0.125), height - 0.125)
        if self._pen_down:
            self._add(*self._pen, at)
            self.post_message(self.Drawn(self.strokes))
        self.refresh()

    def _start(self) -> tuple[float, float]:
        """Where the pen stands first: at the beginning of the line to sign on."""
        return 4.25, max(self.size.height - 4, 1) + 0.125

    def _put_down_or_lift(self, at: float) -> None:
        self._pen = self._pen or self._start()
        self._pen_down = not self._pen_down
        if self._pen_down:
            self._strokes.append([])
            self._add(*self._pen, at)
        self.post_message(self.PenTold(self._pen_down))
        self.refresh()

    def _let_go(self) -> None:
        """No stroke is going on any more, whoever was drawing it."""
        self._lift()
        if self._down:
            self._down = False
            self.release_mouse()

    def _lift(self) -> None:
        if self._pen_down:
            self._pen_down = False
            self.post_message(self.PenTold(False))

    def _add(self, x: float, y: float, at: float) -> None:
        if self._began is None:
            self._began = at
        point = (round(float(x), 2), round(float(y), 2), round(at - self._began, 3))
        stroke = self._strokes[-1]
        if not stroke or stroke[-1][:2] != point[:2]:
            stroke.append(point)
            self.refresh()

    def _changed(self) -> None:
        self.refresh()
        self.post_message(self.Drawn(self.strokes))
