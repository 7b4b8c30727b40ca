"""What waits for what: which forms are refused because they wait in a ring, and which only look as if they did."""

from __future__ import annotations

import pytest

from forms.errors import FormError
from forms.headless import open_form
from tests.forms.conformance.xforms import xform

INSTANCE = "<a/><b/><c/><g><d/><e/></g><r><f/><h/><s><k/><m/></s></r>"
BODY = (
    "<input ref='/data/a'/><input ref='/data/b'/><group ref='/data/g'><input ref='/data/g/d'/></group>"
    "<group ref='/data/r'><repeat nodeset='/data/r'><input ref='/data/r/f'/><repeat nodeset='/data/r/s'>"
    "<input ref='/data/r/s/k'/></repeat></repeat></group>"
)
Rules = dict[str, tuple[str, str]]
RINGS: list[tuple[Rules, str, str]] = [
    ({"a": ("calculate", ". + 1")}, "/data/a", "/data/a"),
    ({"a": ("calculate", "/data/a + 1")}, "/data/a", "/data/a"),
    ({"a": ("calculate", "../a + 1")}, "/data/a", "/data/a"),
    ({"a": ("calculate", "if(/data/b = 1, /data/a, 2)")}, "/data/a", "/data/a"),
    ({"a": ("relevant", ". > 0")}, "/data/a", "/data/a"),
    ({"a": ("relevant", "/data/a = 'x'")}, "/data/a", "/data/a"),
    ({"a": ("readonly", ". > 10")}, "/data/a", "/data/a"),
    ({"a": ("required", ". > 10")}, "/data/a", "/data/a"),
    ({"a": ("calculate", "//a + 1")}, "/data/a", "/data/a"),
    ({"a": ("calculate", "sum(/data/*)")}, "/data/a", "/data/a"),
    ({"g/d": ("calculate", "sum(../*)")}, "/data/g/d", "/data/g/d"),
    ({"g/d": ("calculate", "string(/data/g)")}, "/data/g/d", "/data/g/d"),
    ({"r/f": ("calculate", "../f + 1")}, "/data/r/f", "/data/r/f"),
    ({"r/f": ("calculate", "sum(/data/r/f)")}, "/data/r/f", "/data/r/f"),
    ({"r/s/k": ("calculate", "sum(../../s/k)")}, "/data/r/s/k", "/data/r/s/k"),
    ({"a": ("calculate", "/data/b"), "b": ("calculate", "/data/a")}, "/data/a", "/data/b"),
    ({"a": ("calculate", "//b"), "b": ("calculate", "/data/a")}, "/data/a", "/data/b"),
    ({"a": ("calculate", "count(//b)"), "b": ("calculate", "//a")}, "/data/a", "/data/b"),
    ({"a": ("calculate", "/data/b"), "b": ("relevant", "/data/a > 1")}, "/data/a", "/data/b"),
    ({"r/f": ("calculate", "../h"), "r/h": ("calculate", "../f")}, "/data/r/f", "/data/r/h"),
    ({"r/f": ("calculate", "/data/a"), "a": ("calculate", "/data/r[1]/f")}, "/data/r/f", "/data/a"),
    ({"r/f": ("calculate", "sum(../s/k)"), "r/s/k": ("calculate", "../../f")}, "/data/r/f", "/data/r/s/k"),
    ({"g": ("relevant", "/data/g/d = 'x'")}, "/data/g", "/data/g/d"),
    ({"g": ("relevant", "d = 'x'")}, "/data/g", "/data/g/d"),
    ({"r": ("relevant", "f > 1")}, "/data/r", "/data/r/f"),
    ({"g": ("relevant", "/data/a > 1"), "a": ("calculate", "/data/g/d")}, "/data/g", "/data/a"),
    ({"r": ("relevant", "/data/a > 1"), "a": ("calculate", "count(/data/r)")}, "/data/r", "/data/a"),
]
STRAIGHT: list[Rules] = [
    {"a": ("constraint", ". > 10")},
    {"a": ("constraint", "/data/a > /data/b"), "b": ("constraint", ". < /data/a")},
    {"a": ("relevant", "/data/b > 0"), "b": ("relevant", "/data/a > 0")},
    {"a": ("required", "/data/b > 0"), "b": ("required", "/data/a > 0")},
    {"a": ("readonly", "/data/b > 0"), "b": ("readonly", "/data/a > 0")},
    {"a": ("calculate", "once(random())")},
    {"a": ("calculate", "count(/data/*)")},
    {"a": ("calculate", "//b"), "b": ("calculate", "/data/c")},
    {"a": ("calculate", "count(//k)")},
    {"g/d": ("relevant", "../e > 1")},
    {"g/d": ("calculate", "count(../*)")},
    {"g": ("relevant", "/data/a = 1"), "g/d": ("calculate", "../e")},
    {"r/f": ("calculate", "/data/r[position() = position(current()/..) - 1]/f + 1")},
    {"r/f": ("calculate", "/data/r[position() = (position(current()) - 1)]/f + 1")},
    {"r/f": ("calculate", "../preceding-sibling::r[1]/f + 1")},
    {"r/f": ("calculate", "indexed-repeat(/data/r/f, /data/r, position(..) - 1) + 1")},
    {"r/f": ("calculate", "sum(/data/r/h)"), "r/h": ("calculate", "position(..)")},
    {"r/f": ("calculate", "count(../../r)")},
    {"r/f": ("calculate", "sum(../s/k)"), "r/s/m": ("calculate", "../../f")},
    {"r/s/k": ("calculate", "count(../../s)")},
    {"a": ("calculate", "sum(/data/r/f)"), "r/h": ("calculate", "../f div /data/a")},
    {"r": ("relevant", "/data/a > 1"), "b": ("calculate", "count(/data/r)")},
]


def model(rules: Rules) -> bytes:
    told = "".join(
        f'<bind nodeset="/data/{node}" {rule}="{said.replace("<", "&lt;").replace(">", "&gt;")}"/>'
        for node, (rule, said) in rules.items()
    )
    return xform(INSTANCE, told, BODY)


@pytest.mark.parametrize(("rules", "one", "other"), RINGS, ids=[str(rules) for rules, _, _ in RINGS])
def test_a_ring_is_refused_by_naming_both_nodes(rules: Rules, one: str, other: str) -> None:
    with pytest.raises(FormError) as refused:
        open_form(model(rules))
    said = refused.value.said
    assert f"{one} and {other} wait" in said or f"{other} and {one} wait" in said


@pytest.mark.parametrize("rules", STRAIGHT, ids=map(str, STRAIGHT))
def test_what_only_looks_like_a_ring_is_opened(rules: Rules) -> None:
    sitting = open_form(model(rules))
    sitting.add_row("/data/r")
    sitting.answer("/data/g/d", "1") if "g/d" not in rules else None
    assert sitting.count("/data/r") == 2


def test_each_row_may_go_on_from_the_row_before() -> None:
    rules = {"r/h": ("calculate", "../f + coalesce(../preceding-sibling::r[1]/h, 0)")}
    sitting = open_form(model(rules))
    for row, said in ((1, "2"), (2, "3"), (3, "5")):
        if row > 1:
            sitting.add_row("/data/r")
        sitting.answer(f"/data/r[{row}]/f", said)
    assert [sitting.value(f"/data/r[{row}]/h") for row in (1, 2, 3)] == ["2", "5", "10"]
    sitting.answer("/data/r[1]/f", "10")
    assert sitting.value("/data/r[3]/h") == "18"
    sitting.remove_row("/data/r[2]")
    assert sitting.value("/data/r[2]/h") == "15"


def test_a_count_of_all_of_its_own_name_is_worked_out_anew_when_a_row_goes() -> None:
    sitting = open_form(model({"r/s/k": ("calculate", "count(//k)")}))
    sitting.add_row("/data/r")
    whole = sitting.value("/data/r[1]/s[1]/k")
    sitting.remove_row("/data/r[2]")
    assert (whole, sitting.value("/data/r[1]/s[1]/k")) == ("2", "1")
