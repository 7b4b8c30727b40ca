"""Progress is told in steps, counts, bytes and a rate, and not before there is something to tell."""

from __future__ import annotations

from fieldkit.casework.course import Course
from sync.client.reports import Progress


def test_each_step_is_a_line_and_the_one_going_on_has_a_rate() -> None:
    course = Course(100.0)
    course.heard(Progress("push", 2, 6, 1_000), 100.1)
    assert course.line(100.2) == ""
    course.heard(Progress("push", 6, 6, 3_000), 102.1)
    assert course.line(102.1) == "sending what was written here: 6 of 6 · 1 kB/s"
    course.heard(Progress("pull", 118, 0, 500, 12), 103.0)
    course.heard(Progress("pull", 640, 0, 92_500, 3), 104.0)
    assert course.lines(104.0) == [
        "✓ sending what was written here      6 of 6",
        "▸ fetching what is new               640 · 3 pages to come · 92 kB/s",
    ]
    assert course.share == (640, 0)


def test_a_second_file_begins_its_rate_anew() -> None:
    course = Course(0.0)
    course.heard(Progress("files", 900_000, 1_000_000), 1.0)
    course.heard(Progress("files", 100_000, 500_000), 2.0)
    assert course.rate(2.5) == ""
    assert course.line(2.5) == "photos and scans: 100 of 500 kB"
