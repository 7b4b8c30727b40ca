"""A sitting with one of the shipped forms: the real engine, a fixed day, ids that count up."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from functools import cache
from zoneinfo import ZoneInfo

from forms.definition import Form
from forms.interview import Interview
from forms.library import shipped
from forms.nodes import Node
from forms.xform import load
from forms.xpath import World

TODAY = date(2026, 3, 2)
"""A Monday; the school year began in September 2025."""


@cache
def form(name: str) -> Form:
    """A shipped form, loaded once."""
    return load(shipped()[name].xml.encode())


def row_ids() -> Iterator[str]:
    """Row ids that start with a digit and never repeat."""
    number = 0
    while True:
        number += 1
        yield f"{number:032x}"


class Sitting:
    """One interview, driven by the paths that are stored and sent."""

    def __init__(self, name: str, *, today: date = TODAY) -> None:
        """Open the form on a day."""
        ids = row_ids()
        self.interview = Interview(form(name), world(today), new_id=lambda: next(ids), begins_empty=True)

    def say(self, answers: dict[str, str | list[str]]) -> Sitting:
        """Answer several questions in order."""
        for path, raw in answers.items():
            self.interview.answer(path, raw)
        return self

    def row(self, repeat: str, answers: dict[str, str | list[str]]) -> str:
        """Add a row, answer in it, and return its path."""
        row = self.interview.add_row(repeat)
        self.say({f"{row}/{path}": raw for path, raw in answers.items()})
        return row

    def shows(self, path: str) -> bool:
        """Whether the question is asked now."""
        return self.interview.question(path).relevant

    def value(self, path: str) -> object:
        """The answer or computed value, or nothing."""
        return (self.interview.filed() | self.interview.values()).get(path)

    def missing(self) -> set[str]:
        """The paths of what must still be answered."""
        return {each.path for each in self.interview.missing()}

    def wrong(self) -> dict[str, str]:
        """The message of each constraint that does not hold."""
        return {each.path: each.message for each in self.interview.violations() if each.why == "constraint"}


def world(today: date) -> World:
    """The world as an interview may see it."""
    return World(
        today=today,
        now=datetime(today.year, today.month, today.day, 15, 30, tzinfo=UTC),
        zone=ZoneInfo("Europe/London"),
        lang="default",
        choice_label=_no_label,
        random=lambda: 0.5,
        uuid=lambda: "00000000-0000-4000-8000-000000000000",
        pulldata=lambda *_: "",
    )


def _no_label(_: Node, value: str) -> str:
    return value


NOTICE: dict[str, str | list[str]] = {
    "a/notice/version": "2026-1",
    "a/notice/to_whom": "Maud Ferrow",
    "a/notice/language": "en",
    "a/notice/explained": ["record", "who", "keep", "rights", "limit"],
    "a/notice/explained_on": "2026-03-02",
}
AGREED: dict[str, str | list[str]] = NOTICE | {
    "a/begin/agree": "yes",
    "a/begin/agreed_by": "Maud Ferrow",
    "a/begin/how": "participation",
    "a/front/started": "2026-03-02",
}


def assessment() -> Sitting:
    """An Early Help Assessment that the family has agreed to begin."""
    return Sitting("eha").say(AGREED)


def child(sitting: Sitting, given: str, dob: str, **more: str | list[str]) -> str:
    """A child in the assessment."""
    answers: dict[str, str | list[str]] = {
        "who/given": given,
        "who/surname": "Ferrow",
        "who/born": "born",
        "who/dob": dob,
        "home/homes": "one",
    }
    return sitting.row("b/children", answers | {name.replace("__", "/"): raw for name, raw in more.items()})


def adult(sitting: Sitting, name: str, relation: str, lives: str, pr: str) -> str:
    """An adult in the assessment."""
    return sitting.row("c/adults", {"id/adult_name": name, "id/relation": relation, "id/lives": lives, "id/pr": pr})
