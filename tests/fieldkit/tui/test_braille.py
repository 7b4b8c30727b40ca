"""Strokes as dots."""

from fieldkit.tui.widgets.braille import dots, draw


def test_one_touch_is_one_dot() -> None:
    assert draw([[(0.0, 0.0, 0.0)]], 2, 1) == ["\u2801 "]


def test_a_line_across_has_no_gaps() -> None:
    across = list(dots([(0.0, 0.0, 0.0), (9.0, 0.0, 0.2)]))
    assert [x for x, _ in across] == list(range(19))


def test_what_leaves_the_pad_is_kept_but_not_drawn() -> None:
    assert draw([[(-3.0, 0.0, 0.0), (30.0, 9.0, 0.1)]], 4, 2)[0] != "    "
    assert draw([[(30.0, 9.0, 0.0)]], 4, 2) == ["    ", "    "]


def test_eight_dots_fill_a_cell() -> None:
    every = [[(x / 2, y / 4, 0.0)] for x in range(2) for y in range(4)]
    assert draw(every, 1, 1) == ["\u28ff"]
