"""The fictional council as data: staff, agencies, families and people, read from `data/`."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

DATA = files(__package__) / "data"


@dataclass(frozen=True, slots=True)
class Staff:
    """One member of staff: name, role (worker, centre, lead) and team."""

    name: str
    role: str
    team: str


@dataclass(frozen=True, slots=True)
class Family:
    """One family: its own fields, and the fields of each person in it."""

    fields: Mapping[str, str]
    people: tuple[Mapping[str, str], ...]

    @property
    def name(self) -> str:
        """What the family is called."""
        return self.fields["name"]


@dataclass(frozen=True, slots=True)
class Council:
    """The whole practice council."""

    name: str
    duty: Mapping[str, str]
    staff: tuple[Staff, ...]
    centre: Mapping[str, str]
    agencies: tuple[Mapping[str, str], ...]
    families: tuple[Family, ...]

    def named(self, name: str) -> Family:
        """The first family of that name; KeyError when there is none."""
        for family in self.families:
            if family.name == name:
                return family
        raise KeyError("no practice family of that name")


@cache
def council() -> Council:
    """The council of `data/council.json`."""
    raw: dict[str, Any] = json.loads((DATA / "council.json").read_text("utf-8"))
    return Council(
        name=raw["council"],
        duty=raw["duty"],
        staff=tuple(Staff(**who) for who in raw["workers"]),
        centre=raw["centre"],
        agencies=tuple(raw["agencies"]),
        families=tuple(_family(each) for each in raw["families"]),
    )


def answers(name: str) -> str:
    """The answer file `data/answers/<name>.json`, as text: what `fieldkit capture --answers` takes."""
    return (DATA / "answers" / f"{name}.json").read_text("utf-8")


def _family(raw: dict[str, Any]) -> Family:
    own = {key: value for key, value in raw.items() if key not in ("id", "people")}
    people = tuple({key: value for key, value in each.items() if key != "id"} for each in raw["people"])
    return Family(fields=own, people=people)
