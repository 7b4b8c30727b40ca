"""The last guard before the terminal."""

import pytest
from rich.segment import Segment
from textual.color import Color

from fieldkit.tui.guard import NoControls, only_allowed

BLACK = Color(0, 0, 0)


@pytest.mark.parametrize(
    "sequence",
    [
        "\x1b[1;38;5;253;48;5;233m",
        "\x1b[12;40H",
        "\x1b[?1049h",
        "\x1b[?25l",
        "\x1b[?2026$p",
        "\x1b[>25u",
        "\x1b[<u",
        "\x1b]22;default\x07",
        "\x1b[2J",
    ],
)
def test_what_drawing_needs_goes_through(sequence: str) -> None:
    assert only_allowed(f"a{sequence}b") == f"a{sequence}b"


@pytest.mark.parametrize(
    "sequence",
    [
        "\x1b]52;c;aGVsbG8=\x07",
        "\x1b]0;title\x07",
        "\x1b]8;;http://example.org\x1b\\",
        "\x1b[6n",
        "\x1b[c",
        "\x1b[?1337h",
        "\x1bP+q544e\x1b\\",
        "\x1bc",
        "\x9b31m",
        "\x1b[5i",
        "\x1b]52;c;never ended",
    ],
)
def test_everything_else_stops_here(sequence: str) -> None:
    assert "\x1b" not in only_allowed(f"a{sequence}")
    assert "\x9b" not in only_allowed(f"a{sequence}")


def test_a_line_with_controls_is_cleaned_and_keeps_its_width() -> None:
    line = [Segment("ab\x1b[2J"), Segment("\x07cd")]
    cleaned = NoControls().apply(line, BLACK)
    assert "\x1b" not in "".join(segment.text for segment in cleaned)
    assert sum(segment.cell_length for segment in cleaned) == sum(segment.cell_length for segment in line)


def test_a_clean_line_is_left_as_it_is() -> None:
    line = [Segment("Okafor")]
    assert NoControls().apply(line, BLACK) is line
