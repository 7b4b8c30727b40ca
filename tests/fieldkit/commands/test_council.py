"""The practice council is large enough, awkward enough, and holds nobody real."""

from __future__ import annotations

import json
import re
import unicodedata
from datetime import date

import pytest

from fieldkit.commands.practice.council import DATA, answers, council
from tests.forms.definitions.sitting import Sitting

EVERYONE = [person for family in council().families for person in family.people]


def test_there_are_enough_families_people_agencies_and_three_workers() -> None:
    assert len(council().families) >= 200
    assert len(EVERYONE) >= 800
    assert {who.role for who in council().staff} == {"worker", "centre", "lead"}
    assert len(council().agencies) >= 25


def test_the_names_are_those_on_which_software_breaks() -> None:
    names = {f"{person['given']} {person['surname']}".strip() for person in EVERYONE}
    assert any("O'Brien-Núñez" in name for name in names)
    assert "Unborn [Smith]" in names
    assert any(len(name) >= 40 for name in names)
    assert any(not person["surname"] for person in EVERYONE)
    assert any(unicodedata.bidirectional(name[0]) in ("R", "AL") for name in names)
    assert any(unicodedata.normalize("NFC", name) != name for name in names)


def test_telephone_numbers_and_nhs_numbers_are_from_the_ranges_kept_free_for_fiction() -> None:
    phones = [person["phone"] for person in EVERYONE if "phone" in person]
    assert phones
    assert all(re.fullmatch(r"07700 900\d{3}", phone) for phone in phones)
    numbers = [person["nhs_number"] for person in EVERYONE if "nhs_number" in person]
    assert numbers
    assert all(number.startswith("999") and right_check_digit(number) for number in numbers)


def test_an_unborn_child_has_an_expected_date_and_no_date_of_birth() -> None:
    unborn = [person for person in EVERYONE if person["given"] == "Unborn"]
    assert unborn
    assert all("expected" in person and "dob" not in person for person in unborn)


def right_check_digit(number: str) -> bool:
    total = sum(int(digit) * weight for digit, weight in zip(number, range(10, 1, -1), strict=False))
    return (11 - total % 11) % 11 == int(number[9])


@pytest.mark.parametrize("name", sorted(each.name.removesuffix(".json") for each in (DATA / "answers").iterdir()))
def test_every_answer_file_fills_its_form_with_nothing_missing(name: str) -> None:
    sitting = Sitting(name.partition("-")[0], today=date(2026, 11, 23))
    for path, answer in json.loads(answers(name)).items():
        if isinstance(answer, list) and isinstance(answer[0], dict):
            for row in answer:
                sitting.row(path, row)
        else:
            sitting.say({path: answer})
    assert sitting.interview.violations() == ()
