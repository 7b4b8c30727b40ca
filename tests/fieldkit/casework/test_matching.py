"""Whether two who are written down are one: reasons field by field, and nobody warned of brothers, sisters or twins."""

from __future__ import annotations

import json
from collections import defaultdict
from dataclasses import replace
from itertools import combinations
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import fieldkit.commands.practice
from fieldkit.casework import sounds
from fieldkit.casework.matching import LEVELS, WEIGHTS, Card, compare, reasons

ADA = Card("Ada", "Okafor", "", "2024-08-01", "", "999 000 0018", "07700 900636", "CB4 1AA", "f1")
TWIN = Card("Tia", "Hill", dob="2020-01-01", postcode="X", family="f")
JOHN = Card("John", "Hill", dob="1980-01-01", phone="07700900111", postcode="X")
COUNCIL = Path(fieldkit.commands.practice.__file__).parent / "data" / "council.json"


def council() -> list[Card]:
    """Everybody of the practice council: all of them different people."""
    families = json.loads(COUNCIL.read_text("utf-8"))["families"]
    names = ("given", "surname", "known_as", "dob", "expected", "nhs_number", "phone")
    return [
        Card(**{name: person.get(name, "") for name in names}, postcode=each.get("postcode", ""), family=each["id"])
        for each in families
        for person in each["people"]
    ]


@pytest.mark.parametrize(
    ("other", "level", "told"),
    [
        (ADA, "very likely", "NHS number agrees"),
        (replace(ADA, nhs_number="", family="f2"), "very likely", "not known of one of them: NHS number"),
        (replace(ADA, nhs_number="", dob="2024-01-08", family="f2"), "very likely", "day and month swapped"),
        (replace(ADA, nhs_number="", dob="2024-08-07", postcode="", phone=""), "may be", "one digit apart"),
        (replace(ADA, given="Adah", nhs_number="", phone="", family=""), "very likely", "sounds the same"),
        (replace(ADA, given="Okafor", surname="Ada", nhs_number="", family=""), "very likely", "swapped"),
        (replace(ADA, given="Zoe", nhs_number=""), "", "given name differs"),
        (replace(ADA, dob="1990-02-11", nhs_number=""), "", "date of birth differs"),
        (replace(ADA, given="Aga", nhs_number=""), "", ""),
        (Card("Ada", "Okafor"), "", "given name agrees"),
        (Card("Ada", "Okafor", postcode="CB4 1AA"), "may be", "postcode agrees"),
        (Card("Ida", "Obi", nhs_number="9990000018"), "", "NHS number agrees"),
        (replace(ADA, given="Zoe", surname="Obi"), "very likely", "given name differs"),
    ],
)
def test_two_cards_are_weighed_field_by_field(other: Card, level: str, told: str) -> None:
    found = compare(ADA, other)
    assert found.level.startswith(level)
    assert bool(found.level) == bool(level)
    assert told in "; ".join(reasons(found))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (TWIN, replace(TWIN, given="Mia")),
        (replace(TWIN, given="Jayden"), replace(TWIN, given="Kayden")),
        (JOHN, replace(JOHN, dob="2010-05-06")),
        (replace(JOHN, dob=""), replace(JOHN, given="Tom", dob="")),
        (Card("Unborn", "Hill", expected="2027-01-01", postcode="X"), TWIN),
    ],
    ids=["twins", "twins spelt alike", "father and son", "brother and sister", "expected and born"],
)
def test_brothers_sisters_twins_and_father_and_son_are_two(one: Card, other: Card) -> None:
    assert compare(one, other).level == ""
    assert compare(other, one).level == ""


def test_in_the_practice_council_nobody_is_warned_of_somebody_else() -> None:
    """Of one family everybody against everybody; of others those whose names begin alike: what a warning asks about."""
    blocks: dict[str, list[Card]] = defaultdict(list)
    for card in council():
        for block in (card.family, sounds.key(card.surname.split(" ")[0]), f"{card.given[:3]}"):
            blocks[block].append(card)
    pairs = {frozenset((id(a), id(b))): (a, b) for cards in blocks.values() for a, b in combinations(cards, 2)}
    warned = [(a, b) for a, b in pairs.values() if compare(a, b).level]
    assert len(pairs) > 2_000
    assert warned == []


names = st.sampled_from(["Ada", "Siobhán", "Mohammed", "Zoë-Ann", "Li", "", "Unborn", "ŻÓŁKIEWSKA", "عائشة"])
dates = st.sampled_from(["", "2024-08-01", "2024-01-08", "not a day", "1990-12-31"])
cards = st.builds(Card, names, names, names, dates, dates, st.sampled_from(["", "9990000018", "9990000081"]))


@given(cards, cards)
def test_the_order_of_the_two_changes_nothing(one: Card, other: Card) -> None:
    there, back = compare(one, other), compare(other, one)
    assert (there.sum, there.level, there.rule) == (back.sum, back.level, back.rule)
    assert reasons(there) == reasons(back)


@given(cards)
def test_more_of_the_same_never_weighs_less(card: Card) -> None:
    assert compare(card, card).sum >= compare(card, replace(card, dob="")).sum
    assert all(each.verdict in ("agrees", "missing") for each in compare(card, card).verdicts)


def test_a_name_alone_is_no_warning_and_name_and_birthday_are() -> None:
    name = WEIGHTS["given"].agrees + WEIGHTS["surname"].agrees
    assert name < LEVELS[1][0] <= name + min(WEIGHTS["postcode"].agrees, WEIGHTS["phone"].agrees)
    assert name + WEIGHTS["dob"].agrees >= LEVELS[0][0]
    assert all(weight.agrees > weight.alike >= 0 >= weight.differs and weight.why for weight in WEIGHTS.values())


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Catherine", "Kathryn"),
        ("Stephen", "Steven"),
        ("Seán", "Shaun"),
        ("Siobhán", "Shevaun"),
        ("Smith", "Smyth"),
        ("Niamh", "Neve"),
        ("Sara", "Sarah"),
        ("Geoffrey", "Jeffrey"),
        ("Philip", "Phillip"),
        ("Mohammed", "Muhammad"),
        ("Aisha", "Ayesha"),
        ("Nowak", "Novak"),
        ("Aoife", "Eefa"),
        ("Brennan", "Brenan"),
    ],
)
def test_spellings_of_one_sound_have_one_key(one: str, other: str) -> None:
    assert sounds.alike(one, other)


@pytest.mark.parametrize(
    ("one", "other"), [("Liam", "Leo"), ("Amy", "Emma"), ("Chidi", "Chike"), ("Ada", "Ida"), ("Li", "Lu")]
)
def test_other_names_sound_otherwise(one: str, other: str) -> None:
    assert not sounds.alike(one, other)
