"""The place to sign: the mouse, a pen that tells pixels and the arrow keys draw the same strokes."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from textual import events
from textual.app import App, ComposeResult
from textual.pilot import Pilot

from fieldkit.tui.widgets.braille import draw, rounded, smaller
from fieldkit.tui.widgets.pad import SignaturePad
from tests.fieldkit.tui.brisk import running


class Table(App[None]):
    """A pad and what it told."""

    def __init__(self) -> None:
        super().__init__()
        self.told: list[str] = []

    def compose(self) -> ComposeResult:
        yield SignaturePad(id="pad")

    def on_signature_pad_cells_only(self) -> None:
        self.told.append("cells only")

    def on_signature_pad_pen_told(self, event: SignaturePad.PenTold) -> None:
        self.told.append("down" if event.down else "up")


@asynccontextmanager
async def laid(size: tuple[int, int] = (80, 24)) -> AsyncIterator[tuple[Pilot[Any], SignaturePad, list[str]]]:
    app = Table()
    async with running(app, size) as pilot:
        pad = app.query_one(SignaturePad)
        pad.focus()
        await pilot.pause()
        yield pilot, pad, app.told


def mouse(kind: type[events.MouseEvent], pad: SignaturePad, x: float, y: float) -> events.MouseEvent:
    """What a driver would post, also between two cells."""
    return kind(
        pad, x=x, y=y, delta_x=0, delta_y=0, button=1, shift=False, meta=False, ctrl=False, screen_x=x, screen_y=y
    )


async def drag(pilot: Pilot[Any], pad: SignaturePad, places: list[tuple[float, float]], up: bool = True) -> None:
    pilot.app.screen._forward_event(mouse(events.MouseDown, pad, *places[0]))
    await pilot.pause()
    for place in places[1:]:
        pilot.app.screen._forward_event(mouse(events.MouseMove, pad, *place))
    if up:
        pilot.app.screen._forward_event(mouse(events.MouseUp, pad, *places[-1]))
    await pilot.pause()


def braille(pad: SignaturePad) -> int:
    """How many cells have dots in them."""
    return sum("\u2800" < letter <= "\u28ff" for letter in str(pad.render()))


async def test_the_arrow_keys_draw_what_the_mouse_would_have_drawn() -> None:
    async with laid() as (pilot, pad, told):
        await pilot.press("right", "right", "space", *["right"] * 6, *["pageup"] * 4, "space", *["right"] * 3, "space")
        await pilot.press("down", "down", "end", "left", "home", "up")
        first, second = pad.strokes
        assert len(first) == 11
        assert (first[-1][0] - first[0][0], first[-1][1] - first[0][1]) == (10, -2)
        assert second[0][0] == first[-1][0] + 3
        times = [point[2] for stroke in pad.strokes for point in stroke]
        assert times == sorted(times)
        assert times[0] == 0
        assert told == ["down", "up", "down"]
        assert braille(pad) > 8


async def test_the_pen_stays_on_the_pad_however_long_a_key_is_held() -> None:
    async with laid((40, 10)) as (pilot, pad, _):
        for key in ("space", *["right"] * 60, *["down"] * 60, *["left"] * 80, *["up"] * 60):
            pad.post_message(events.Key(key, None))
        await pilot.pause()
        assert all(0 <= x < pad.size.width and 0 <= y < pad.size.height for x, y, _ in pad.strokes[0])


async def test_the_pen_is_seen_and_says_whether_it_writes() -> None:
    async with laid() as (pilot, pad, _):
        assert "○" not in str(pad.render())
        await pilot.press("right")
        assert "○" in str(pad.render())
        await pilot.press("space")
        assert "●" in str(pad.render())


async def test_the_last_stroke_is_taken_back_or_all_of_them() -> None:
    async with laid() as (pilot, pad, _):
        for row in (3, 6, 9):
            await drag(pilot, pad, [(5, row), (20, row)])
        pad.again()
        assert [stroke[0][1] for stroke in pad.strokes] == [2.5, 5.5]
        pad.blank()
        assert not any(pad.strokes)
        assert braille(pad) == 0
        pad.again()
        await drag(pilot, pad, [(5, 5), (9, 5)])
        begun = [stroke[0][2] for stroke in pad.strokes]
        assert begun == [0], "the time begins anew with it"


async def test_taking_back_in_the_middle_of_a_stroke_ends_it() -> None:
    async with laid() as (pilot, pad, _):
        await drag(pilot, pad, [(5, 5), (9, 5)], up=False)
        pad.again()
        pilot.app.screen._forward_event(mouse(events.MouseMove, pad, 12, 5))
        pilot.app.screen._forward_event(mouse(events.MouseUp, pad, 12, 5))
        await pilot.press("space", "right")
        pad.again()
        await pilot.press("right", "right")
        assert not any(pad.strokes)


async def test_a_terminal_that_tells_pixels_draws_between_the_cells_and_no_hint_is_given() -> None:
    async with laid() as (pilot, pad, told):
        await drag(pilot, pad, [(5.25, 4.5), (5.5, 4.75), (6.1, 5.33)])
        assert [point[:2] for point in pad.strokes[0]] == [(4.25, 3.5), (4.5, 3.75), (5.1, 4.33)]
        assert told == []


async def test_a_terminal_that_tells_cells_is_told_of_and_a_cells_middle_is_meant() -> None:
    async with laid() as (pilot, pad, told):
        await drag(pilot, pad, [(5, 4), (9, 7)])
        assert [point[:2] for point in pad.strokes[0]] == [(4.5, 3.5), (8.5, 6.5)]
        assert told == ["cells only"]


async def test_a_stroke_that_leaves_the_pad_is_kept_as_it_was_drawn() -> None:
    async with laid() as (pilot, pad, _):
        pad.styles.margin = (3, 6)
        await pilot.pause()
        await drag(pilot, pad, [(15.5, 8.5), (2.75, 1.5), (78.5, 22.5), (20.5, 9.5)])
        assert [point[:2] for point in pad.strokes[0]] == [(8.5, 4.5), (-4.25, -2.5), (71.5, 18.5), (13.5, 5.5)]


async def test_another_size_in_the_middle_of_a_stroke_keeps_every_stroke_and_shows_it_whole() -> None:
    async with laid((120, 40)) as (pilot, pad, _):
        await drag(pilot, pad, [(5, 5), (100, 5), (100, 35)])
        await drag(pilot, pad, [(20, 20), (90, 30)], up=False)
        before = pad.strokes
        await pilot.resize_terminal(40, 12)
        await pilot.pause()
        assert pad.strokes == before
        assert braille(pad) > 20
        assert any("\u2800" < letter <= "\u28ff" for letter in str(pad.render()).split("\n")[-1]), "down to the lowest"
        pilot.app.screen._forward_event(mouse(events.MouseMove, pad, 11, 6))
        pilot.app.screen._forward_event(mouse(events.MouseUp, pad, 11, 6))
        await pilot.pause()
        assert pad.strokes[0] == before[0]
        grown = pad.strokes[1]
        assert grown[:2] == before[1]
        assert 10.5 < grown[-1][0] < 100, "where the hand was, in the measure it was begun with"
        await pilot.resize_terminal(120, 40)
        await pilot.pause()
        assert pad.strokes[1] == grown


def test_a_line_of_whole_cells_is_rounded_and_begins_and_ends_where_it_did() -> None:
    corner = [(0.5, 0.5, 0.0), (5.5, 0.5, 0.1), (5.5, 5.5, 0.2)]
    curve = rounded(corner)
    assert (curve[0], curve[-1]) == (corner[0], corner[-1])
    assert len(curve) > len(corner)
    assert corner[1] not in curve
    assert rounded(corner[:2]) == corner[:2]
    assert draw([curve], 7, 7) != draw([corner], 7, 7)


def test_what_fits_is_drawn_as_large_as_it_is() -> None:
    assert smaller([], 10, 5) == 1
    assert smaller([[(9.0, 4.0, 0.0)]], 10, 5) == 1
    assert smaller([[(19.0, 4.0, 0.0)]], 10, 5) == 0.5
    assert smaller([[(-3.0, 0.0, 0.0)]], 10, 5) == 1
