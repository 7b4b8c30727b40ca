"""The register at the door: letters and cards find families, digits untick, nobody is counted twice."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fieldkit.casework import registers
from fieldkit.casework.finding import SOUNDS_LIKE, Finder, perhaps_known, perhaps_the_same
from fieldkit.casework.registers import (
    Attender,
    Book,
    Headcount,
    Party,
    both_ways,
    counts,
    expected,
    must_not_meet,
    reach,
)


def person(id: str, given: str, surname: str, age: int | None = 30, **more: object) -> Attender:
    adult = age is None or age >= 18
    return Attender(id, f"f-{surname}", given, surname, age, adult, **more)  # type: ignore[arg-type]


NGOZI, CHIDI, ADA = (
    person("1", "Ngozi", "Okafor", 34),
    person("2", "Chidi", "Okafor", 9),
    person("3", "Ada", "Okafor", 2),
)
YUKI, REN = person("4", "ゆき", "山田", 28), person("5", "Ren", "山田", 1)
MALGORZATA = person("6", "Małgorzata", "Żółkiewska-Błaszczyk", 41, card="CFC-0077")
HIDDEN = person("7", "Sara", "Oakes", 26, protected=True, alias="Robin", apart=frozenset({"1"}))
NOBODY = Book({})
ALL = (NGOZI, CHIDI, ADA, YUKI, REN, MALGORZATA, HIDDEN)


def found(typed: str, people: Sequence[Attender], book: Book) -> list[Party]:
    return Finder(people).found(typed, book)


def party(people: Sequence[Attender], book: Book) -> Party:
    return registers.party(registers.in_order(people), book)


def names(typed: str, book: Book = NOBODY) -> list[str]:
    return [each.names for each in found(typed, ALL, book)]


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("oka", ["Ngozi + Chidi + Ada"]),
        ("ada", ["Ngozi + Chidi + Ada"]),
        ("okafor ada", ["Ngozi + Chidi + Ada"]),
        ("zolk", ["Małgorzata"]),
        ("blasz", ["Małgorzata"]),
        ("cfc-0077", ["Małgorzata"]),
        ("山", ["ゆき + Ren"]),
        ("okaphor", ["Ngozi + Chidi + Ada"]),
        ("oak", ["Robin"]),
        ("robin", ["Robin"]),
        ("xx", []),
        ("", []),
        ("  ", []),
    ],
)
def test_letters_or_a_card_find_the_family(typed: str, meant: list[str]) -> None:
    assert names(typed) == meant


def test_a_protected_name_is_found_by_its_letters_and_never_shown() -> None:
    (robin,) = found("sara", ALL, NOBODY)
    assert (robin.names, "Sara" in robin.names) == ("Robin", False)
    assert person("8", "Sara", "Oakes", protected=True).name == "S.O."


def test_ticked_are_the_booked_else_those_of_last_time_else_one_adult_and_the_small() -> None:
    family = [NGOZI, CHIDI, ADA]
    assert party(family, NOBODY).ticked == {"1", "3"}
    last = party(family, Book({}, frozenset({"1", "2"})))
    assert (sorted(last.ticked), last.why) == (["1", "2"], registers.LAST_TIME)
    booked = party(family, Book({"2": "booked"}, frozenset({"1"})))
    assert (sorted(booked.ticked), booked.why) == (["2"], "booked")


def test_digits_untick_and_tick_again_and_a_digit_of_nobody_changes_nothing() -> None:
    one = party([NGOZI, CHIDI, ADA], NOBODY)
    assert one.toggled(1).ticked == {"3"}
    assert one.toggled(1).toggled(1) == one
    assert one.toggled(9) == one


def test_the_booked_come_before_others_with_the_same_letters() -> None:
    other = person("9", "Okan", "Demir", 33)
    shown = found("oka", (*ALL, other), Book({"9": "booked"}))
    assert [each.names for each in shown] == ["Okan", "Ngozi + Chidi + Ada"]


def test_two_who_must_not_meet_are_a_silent_mark_once_one_of_them_is_in() -> None:
    assert not party([HIDDEN], Book({"1": "booked"})).see_lead
    assert party([HIDDEN], Book({"1": "present"})).see_lead
    assert not party([HIDDEN], Book({"1": "left"})).see_lead


def test_numbers_count_each_person_once_and_add_the_headcounts_of_all_laptops() -> None:
    book = Book({"1": "present", "2": "undone", "3": "late", "6": "booked"}, ever=frozenset({"1"}))
    told = counts(ALL, book, [Headcount(1, 2), Headcount(0, 3)])
    assert (told.came, told.of, told.adults, told.children) == (2, 3, 2, 6)
    assert (told.under_fives, told.first_time, told.unnamed) == (1, 1, 6)


def test_the_list_behind_tab_holds_who_is_expected_or_here_and_nobody_else() -> None:
    shown = expected(ALL, Book({"6": "booked"}, frozenset({"3"})))
    assert [each.names for each in shown] == ["Małgorzata", "Ngozi + Chidi + Ada"]


def test_walk_ins_that_two_laptops_wrote_for_one_person_are_shown_as_a_pair_and_not_joined() -> None:
    one, same, child = (
        person("a", "Sofia", "", 30, walk_in=True),
        person("b", "Sophia", "", 31, walk_in=True),
        person("c", "Sofia", "", 3, walk_in=True),
    )
    assert perhaps_the_same([child, same, one, NGOZI]) == [(one, same)]


def test_reach_counts_each_child_once_a_month_and_says_who_is_new_and_who_keeps_coming() -> None:
    born = {"ada": date(2024, 3, 1), "old": date(2019, 1, 1), "kim": date(2025, 1, 1)}
    contacts = [(date(2026, 9, 1), "ada"), *((date(2026, 10, day), "ada") for day in (1, 8, 15))]
    contacts += [(date(2026, 10, 1), "old"), (date(2026, 11, 2), "kim"), (date(2026, 11, 2), "nobody knows")]
    october, november, whole = reach(contacts, born, date(2026, 10, 1), date(2026, 11, 30))
    assert (october.month, october.children, october.new, october.sustained) == ("2026-10", 1, 0, 1)
    assert (november.children, november.new, november.sustained) == (1, 1, 0)
    assert (whole.month, whole.children, whole.new, whole.sustained) == ("all", 2, 1, 1)


def test_a_child_who_has_the_fifth_birthday_is_small_no_more_from_that_day() -> None:
    born = {"a": date(2021, 11, 2)}
    told = reach([(date(2026, 11, 1), "a"), (date(2026, 11, 2), "a")], born, date(2026, 11, 1), date(2026, 11, 30))
    assert [(each.month, each.children, each.sustained) for each in told] == [("2026-11", 1, 0), ("all", 1, 0)]


@given(st.text(max_size=40))
def test_whatever_is_typed_at_the_door_finds_people_or_nobody(typed: str) -> None:
    for each in found(typed, ALL, NOBODY):
        assert each.people


def test_a_name_that_only_sounds_alike_says_so_and_is_not_meant_by_itself() -> None:
    (near,) = found("okaphor", ALL, NOBODY)
    assert (near.near, near.why) == (True, SOUNDS_LIKE)
    assert not found("oka", ALL, NOBODY)[0].near


def test_the_rest_of_a_family_that_comes_later_is_ticked_and_who_is_in_is_not() -> None:
    family = [NGOZI, CHIDI, ADA]
    some = party(family, Book({"1": "late", "2": "booked", "3": "left"}))
    assert (sorted(some.ticked), some.why) == (["2"], "booked")
    assert party(family, Book({"1": "late", "3": "left"})).ticked == {"1"}
    assert party(family, Book({"3": "left"})).why == registers.GONE
    assert party(family, Book({"1": "undone"})).why == registers.NOT_BOOKED


def test_who_must_not_meet_somebody_is_kept_from_them_in_both_directions_and_with_the_whole_family() -> None:
    ngozi, _, ada, hidden = both_ways([NGOZI, CHIDI, ADA, HIDDEN])
    assert [sorted(each.apart) for each in (ngozi, ada, hidden)] == [["7"], [], ["1"]]
    assert registers.party((ngozi,), Book({"7": "present"})).see_lead
    of_all = both_ways([NGOZI, ADA, person("8", "Al", "Obi", apart=frozenset({"f-Okafor"}))])
    assert [sorted(each.apart) for each in of_all] == [["8"], ["8"], ["1", "3"]]


def test_two_who_must_not_meet_and_are_booked_for_one_day_are_told_beforehand() -> None:
    people = both_ways(ALL)
    assert must_not_meet(people, Book({"1": "booked", "7": "booked"}))
    assert not must_not_meet(people, Book({"1": "booked", "7": "undone"}))


def test_who_was_marked_by_mistake_stands_on_no_list() -> None:
    assert expected(ALL, Book({"6": "undone"})) == []


def test_who_may_be_a_walk_in_is_somebody_with_a_family_as_grown_and_of_a_like_name() -> None:
    new = person("w", "Ngosi", "", 30, walk_in=True)
    assert perhaps_known(new, ALL) == [NGOZI]
    assert perhaps_known(person("w", "Ngosi", "", 3), ALL) == []
    assert perhaps_known(person("w", "Ngosi Hill", "", 30), ALL) == []


def test_a_child_first_seen_before_the_period_is_not_new_in_it_and_an_unknown_age_is_told_apart() -> None:
    born = {"ada": date(2024, 3, 1)}
    contacts = [(date(2026, 10, 2), "ada"), (date(2026, 10, 20), "ada"), (date(2026, 10, 20), "who")]
    month, whole = reach(contacts, born, date(2026, 10, 10), date(2026, 10, 31), {"who", "never came"})
    assert (month.children, month.new, month.ageless) == (1, 0, 1)
    assert (whole.children, whole.new, whole.ageless) == (1, 0, 1)


def test_of_thousands_with_the_same_letter_the_expected_come_first_and_six_are_shown() -> None:
    many = [person(f"{n}", f"A{n:04}", f"An{n // 3:04}", n % 60) for n in range(6000)]
    shown = Finder(many).found("a", Book({"5999": "booked"}, frozenset({"3000"})))
    assert ([each.why for each in shown[:3]], len(shown)) == (["booked", registers.LAST_TIME, registers.NOT_BOOKED], 6)


NASTY = ("A" * 40, "‮dlrow", "[@click=x]", "é", "ليلى", "", " ", "-1", "=Sum", "O’Neill")


@pytest.mark.parametrize("given_name", NASTY)
@pytest.mark.parametrize("surname", NASTY)
def test_any_name_is_found_by_its_beginning_and_counted(given_name: str, surname: str) -> None:
    who = person("x", given_name, surname, 2)
    for words in (given_name, surname):
        if any(letter.isalnum() for letter in words):
            assert found(words[:3], [who], NOBODY)[0].people == (who,)
    assert counts([who], Book({"x": "present"})).came == 1
