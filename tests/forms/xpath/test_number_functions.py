"""Functions of numbers, truth and places."""

from __future__ import annotations

import math

import pytest

from tests.forms.xpath.judging import NAN, same, told

INF = math.inf
NUMBERS: list[tuple[str, float]] = [
    ("int(2.9)", 2.0),
    ("int(-2.9)", -2.0),
    ("int('')", NAN),
    ("int('7.5')", 7.0),
    ("int(1 div 0)", INF),
    ("floor(-1.55)", -2.0),
    ("floor(2.44)", 2.0),
    ("floor('x')", NAN),
    ("ceiling(-1.55)", -1.0),
    ("ceiling(2.44)", 3.0),
    ("ceiling(1 div 0)", INF),
    ("round(1.5)", 2.0),
    ("round(2.5)", 3.0),
    ("round(-1.5)", -2.0),
    ("round(-1.05)", -1.0),
    ("round(1.234, 2)", 1.23),
    ("round('23.7825', '1')", 23.8),
    ("round(2.15, 1)", 2.2),
    ("round(-1.475, 2)", -1.48),
    ("round(23.7825, -1)", 20.0),
    ("round(626.3, -3)", 1000.0),
    ("round(-50.55, -2)", -100.0),
    ("round(5, 0)", 5.0),
    ("round('a')", NAN),
    ("round(1, 'a')", NAN),
    ("round(1 div 0)", INF),
    ("round(1.5, 400)", 1.5),
    ("round(1 div 47999799999)", 0.0),
    ("sum(child/age)", 25.0),
    ("sum(missing)", 0.0),
    ("sum(child/need)", NAN),
    ("sum(child[toy]/age)", 21.0),
    ("max(child/age)", 12.0),
    ("min(child/age)", 4.0),
    ("max(1, 7, 3)", 7.0),
    ("min(1, -7, 3)", -7.0),
    ("max(child/age, 40, age)", 41.0),
    ("max('3', '20')", 20.0),
    ("max(missing)", NAN),
    ("min(child/need)", NAN),
    ("max(1, 'x')", NAN),
    ("pow(2, 10)", 1024.0),
    ("pow(9, 0.5)", 3.0),
    ("pow(-8, 0.5)", NAN),
    ("pow(0, -1)", INF),
    ("pow(10, 400)", INF),
    ("pow(-10, 401)", -INF),
    ("pow('x', 2)", NAN),
    ("pow(2, '')", NAN),
    ("log(1)", 0.0),
    ("log(0)", -INF),
    ("log(-1)", NAN),
    ("log10(1000)", 3.0),
    ("log10(0)", -INF),
    ("abs(-3)", 3.0),
    ("abs('x')", NAN),
    ("sqrt(16)", 4.0),
    ("sqrt(-1)", NAN),
    ("exp(0)", 1.0),
    ("exp(1)", math.e),
    ("exp(1000)", INF),
    ("exp10(3)", 1000.0),
    ("exp10(-2)", 0.01),
    ("pi()", math.pi),
    ("sin(0)", 0.0),
    ("sin(pi() div 2)", 1.0),
    ("cos(0)", 1.0),
    ("tan(0)", 0.0),
    ("tan(1 div 0)", NAN),
    ("asin(1)", math.pi / 2),
    ("asin(2)", NAN),
    ("acos(1)", 0.0),
    ("acos(-2)", NAN),
    ("atan(1)", math.pi / 4),
    ("atan2(1, 1)", math.pi / 4),
    ("atan2(-1, 0)", -math.pi / 2),
    ("number(random() >= 0 and random() < 1)", 1.0),
    ("sum(child/age) div count(child)", 25 / 3),
]
TRUTHS: list[tuple[str, object]] = [
    ("true()", True),
    ("false()", False),
    ("not(true())", False),
    ("not('')", True),
    ("not(child)", False),
    ("boolean-from-string('1')", True),
    ("boolean-from-string('true')", True),
    ("boolean-from-string('yes')", False),
    ("boolean-from-string('')", False),
    ("boolean-from-string(1)", True),
    ("boolean-from-string(true())", True),
    ("if(true(), 'a', 'b')", "a"),
    ("if(blank = '', 1, 2)", 1.0),
    ("if(missing, 1, 'b')", "b"),
    ("if(1, if(0, 'x', 'y'), 'z')", "y"),
    ("count(if(true(), child, missing))", 3.0),
    ("if(true(), child, missing)/given", ["Ada", "Ben", "Cem"]),
    ("coalesce('', 'b')", "b"),
    ("coalesce('a', 'b')", "a"),
    ("coalesce(blank, name)", "Maud Ferrow"),
    ("coalesce(missing, blank)", ""),
    ("coalesce(blank, 7)", "7"),
    ("checklist(-1, 2, 2 > 1)", True),
    ("checklist(-1, 2, 1 = 1, 2 = 2, 3 = 3)", False),
    ("checklist(1, -1, 1 = 2)", False),
    ("checklist(1, 1, true(), false(), false())", True),
    ("checklist(2, 2, child/need)", True),
    ("checklist(-1, -1)", True),
    ("weighted-checklist(-1, 2, true(), 2)", True),
    ("weighted-checklist(-1, 2, true(), 3)", False),
    ("weighted-checklist(5, 5, true(), 2, false(), 9, true(), 3)", True),
    ("weighted-checklist(9, -1, child/given, child/age)", True),
    ("weighted-checklist(26, -1, child/given, child/age)", False),
]
PLACES: list[tuple[str, object]] = [
    ("distance('0 0; 0 1')", 111318.85),
    ("distance('0 0', '0 1')", 111318.85),
    ("distance('0 0;0 1;0 0')", 222637.7),
    ("distance(spot)", NAN),
    ("distance(spot, spot)", 0.0),
    ("distance('91 0; 0 0')", NAN),
    ("distance('x y; 0 0')", NAN),
    ("distance('')", NAN),
    ("area('0 0; 0 1; 1 1; 1 0; 0 0')", 6378100.0**2 * math.radians(1) * math.sin(math.radians(1))),
    ("area('0 0; 0 1; 1 1; 1 0')", 6378100.0**2 * math.radians(1) * math.sin(math.radians(1))),
    ("area('0 0; 1 1')", 0.0),
    ("area('x')", NAN),
    ("geofence('0.5 0.5', '0 0; 0 1; 1 1; 1 0; 0 0')", True),
    ("geofence('1.5 0.5', '0 0; 0 1; 1 1; 1 0; 0 0')", False),
    ("geofence(spot, '50 -1; 50 1; 52 1; 52 -1; 50 -1')", True),
    ("geofence('0.5 0.5', '0 0; 0 1; 1 1')", False),
    ("geofence('', '')", False),
    ("geofence('1 1; 2 2', '0 0; 0 1; 1 1; 0 0')", False),
]


@pytest.mark.parametrize(("expression", "expected"), NUMBERS)
def test_a_function_of_numbers_never_raises(expression: str, expected: float) -> None:
    assert same(told(expression), expected)


@pytest.mark.parametrize(("expression", "expected"), TRUTHS)
def test_a_function_of_truth_chooses(expression: str, expected: object) -> None:
    assert same(told(expression), expected)


@pytest.mark.parametrize(("expression", "expected"), PLACES)
def test_a_function_of_places_measures_on_the_sphere(expression: str, expected: object) -> None:
    value = told(expression)
    if isinstance(expected, float) and isinstance(value, float) and expected == expected:
        assert value == pytest.approx(expected, rel=1e-6)
    else:
        assert same(value, expected)
