"""Whatever an author writes: a value or an XPathError, never anything else."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from forms.xpath import XPathError, compile_expression, to_boolean, to_text
from forms.xpath.functions import FUNCTIONS
from tests.forms.xpath.judging import ask

ATOMS = [
    *[
        "1",
        "0",
        "-1",
        "1.5",
        "1 div 0",
        "0 div 0",
        "99999999999999999999",
        "2932896.999",
        "-719162",
        "''",
        "'x'",
        "'('",
    ],
    *[
        "'2026-07-01'",
        "'0001-01-01'",
        "'9999-12-31'",
        "'51 0; 52 1'",
        "' a b '",
        "true()",
        "false()",
        "today()",
        "now()",
    ],
    *["name", "age", "blank", "missing", "child", "child/age", "visit", "needs", ".", "..", "@id", "/", "//kind", "*"],
    *["instance('towns')/root/item[name = 'york']"],
]
SIGNS = ["+", "-", "*", "div", "mod", "=", "!=", "<", "<=", ">", ">=", "and", "or", "|"]


def _grown(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    calls = st.tuples(st.sampled_from(sorted(FUNCTIONS)), st.lists(inner, max_size=4))
    return st.one_of(
        st.tuples(inner, st.sampled_from(SIGNS), inner).map(lambda parts: "({}) {} ({})".format(*parts)),
        calls.map(lambda call: f"{call[0]}({', '.join(call[1])})"),
        st.tuples(inner, inner).map(lambda parts: f"({parts[0]})[{parts[1]}]"),
        inner.map(lambda part: f"-({part})"),
        inner.map(lambda part: f"({part})/.."),
    )


EXPRESSIONS = st.recursive(st.sampled_from(ATOMS), _grown, max_leaves=8)


@settings(max_examples=400, deadline=None)
@given(EXPRESSIONS)
def test_an_expression_gives_a_value_or_an_xpath_error(expression: str) -> None:
    try:
        value = ask(expression)
    except XPathError:
        return
    assert isinstance(value, (str, float, bool, list))
    assert isinstance(to_text(value), str)
    assert isinstance(to_boolean(value), bool)
    assert isinstance(compile_expression(expression).references("/data/b/q"), tuple)


@settings(max_examples=400, deadline=None)
@given(EXPRESSIONS)
def test_the_quick_ways_to_a_kind_agree_with_the_slow_one(expression: str) -> None:
    if any(word in expression for word in ("random", "uuid")):
        return
    try:
        text, truth = ask(f"string({expression})"), ask(f"boolean({expression})")
        value = ask(expression)
    except XPathError:
        return
    assert (text, truth) == (to_text(value), to_boolean(value))


@settings(max_examples=600, deadline=None)
@given(st.text(alphabet="ab1 .'\"()[]/@,|+-=!<>*:$\n\x00é", max_size=30))
def test_any_text_is_read_or_refused_with_a_place(text: str) -> None:
    try:
        compile_expression(text)
        place = 0
    except XPathError as refused:
        place = refused.place
    assert 0 <= place <= len(text)


@pytest.mark.parametrize(
    "expression", ["pow(1e3, 2)", "substr('a', 1 div 0, 0 div 0)", "uuid(0 div 0)", "selected-at('a', 1 div 0)"]
)
def test_the_edges_of_numbers_end_nothing(expression: str) -> None:
    try:
        ask(expression)
    except XPathError:
        assert "1e3" in expression
