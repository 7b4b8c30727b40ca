"""Mistakes in an expression: each an error that names its place, however large or deep the expression."""

from __future__ import annotations

import time

import pytest

from forms.xpath import XPathError, compile_expression
from forms.xpath.lexer import LONGEST
from tests.forms.xpath.judging import ask

MISTAKES: list[tuple[str, int]] = [
    ("", 0),
    ("   ", 3),
    ("1 +", 3),
    ("(1 +", 4),
    ("(1", 2),
    ("1)", 1),
    ("1 2", 2),
    ("+ 1", 0),
    ("a b", 2),
    ("a and", 5),
    ("and and", 7),
    ("a/", 2),
    ("a//", 3),
    ("//", 2),
    ("a[", 2),
    ("a[]", 2),
    ("a[1", 3),
    ("'open", 0),
    ('"open', 0),
    ("a = 'it''s", 8),
    ("$name", 0),
    ("a + $b", 4),
    ("a # b", 2),
    ("a ! b", 2),
    ("a == b", 3),
    ("a && b", 2),
    ("wrong::x", 0),
    ("child::", 7),
    ("@", 1),
    ("@'x'", 1),
    ("f(", 2),
    ("unknown()", 0),
    ("1 + unknown()", 4),
    ("if(true(), unknown(), 1)", 11),
    ("version()", 0),
    ("count()", 0),
    ("count(a, b)", 0),
    ("not()", 0),
    ("if(1, 2)", 0),
    ("if(1, 2, 3, 4)", 0),
    ("true(1)", 0),
    ("concat('a' 'b')", 11),
    ("concat(,)", 7),
    ("concat('a',)", 11),
    ("substr('a')", 0),
    ("substring('a', 1, 2, 3)", 0),
    ("selected(a)", 0),
    ("round()", 0),
    ("round(1, 2, 3)", 0),
    ("coalesce('a')", 0),
    ("today(1)", 0),
    ("regex('a')", 0),
    ("position(1, 2)", 0),
    ("weighted-checklist(1, 2, 3)", 0),
    ("indexed-repeat(a, b, 1, c)", 0),
    ("jr:choice-name(a, '/data/(')", 25),
    ("a/b()", 3),
    ("text()()", 6),
    ("1/a", 0),
    ("count(1)", 0),
    ("a | 1", 0),
    ("..a", 2),
    ("1.2.3", 3),
    ("a/@", 3),
]


@pytest.mark.parametrize(("expression", "place"), MISTAKES)
def test_a_mistake_is_told_with_its_place(expression: str, place: int) -> None:
    with pytest.raises(XPathError) as refused:
        compile_expression(expression)
    assert refused.value.place == place
    assert f"character {place + 1}" in str(refused.value)
    assert refused.value.cure


@pytest.mark.parametrize(
    "bomb",
    [
        "(" * 5000,
        "(" * 5000 + "1" + ")" * 5000,
        "not(" * 3000 + "1" + ")" * 3000,
        "a[" * 3000 + "1" + "]" * 3000,
        "if(1, " * 500 + "1" + ", 2)" * 500,
        "1 + " * 25_000 + "1",
        "'" + "x" * 100_000 + "'",
        "x" * 100_000,
        'jr:choice-name(a, "' + "(" * 5000 + '")',
    ],
    ids=["open", "brackets", "calls", "predicates", "ifs", "sum", "text", "name", "quoted"],
)
def test_a_bomb_is_refused_calmly_and_at_once(bomb: str) -> None:
    began = time.process_time()
    with pytest.raises(XPathError):
        compile_expression(bomb)
    assert time.process_time() - began < 1


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        (" + ".join(["1"] * 5000), 5000.0),
        (" or ".join(["false()"] * 2000 + ["true()"]), True),
        ("-" * 4000 + "1", 1.0),
        ("if(false(), 0, " * 60 + "7" + ")" * 60, 7.0),
        ("(" * 75 + "1" + ")" * 75, 1.0),
        ("count(" + " | ".join(["."] * 1000) + ")", 1.0),
        ("count(" + "/".join(["."] * 5000) + ")", 1.0),
        ("'" + "x" * (LONGEST - 2) + "' = ''", None),
    ],
    ids=["sum", "ors", "minuses", "ifs", "brackets", "union", "steps", "too-long"],
)
def test_a_long_expression_that_is_not_deep_runs(expression: str, expected: object) -> None:
    if expected is None:
        with pytest.raises(XPathError):
            ask(expression)
    else:
        assert ask(expression) == expected


def test_an_expression_is_compiled_once_and_says_itself() -> None:
    assert compile_expression("1 + 1") is compile_expression("1 + 1")
    assert repr(compile_expression("1 + 1")) == "Compiled('1 + 1')"


@pytest.mark.parametrize(
    ("expression", "volatile"),
    [
        ("today()", True),
        ("if(/data/a = 1, now(), '')", True),
        ("/data/a[. < today()]", True),
        ("once(random())", True),
        ("uuid()", True),
        ("randomize(/data/a)", True),
        ("randomize(/data/a, 7)", False),
        ("/data/today", False),
        ("'today()'", False),
        ("date('2026-01-01')", False),
    ],
)
def test_an_expression_knows_whether_it_moves_by_itself(expression: str, volatile: bool) -> None:
    assert compile_expression(expression).volatile is volatile
