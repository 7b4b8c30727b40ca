"""What an expression reads, told before it runs: templates, rows, instances."""

from __future__ import annotations

import pytest

from forms.xpath import compile_expression

OWNER = "/data/b/child/dob"
"""Where most of these expressions stand: `child` repeats."""

OWN_ROW, EVERY_ROW = True, False
CASES: list[tuple[str, str, set[tuple[str, bool]]]] = [
    (".", OWNER, {(OWNER, OWN_ROW)}),
    ("1 + 1", OWNER, set()),
    ("'/data/a'", OWNER, set()),
    ("../given", OWNER, {("/data/b/child/given", OWN_ROW)}),
    (" ../given  = 'x'", OWNER, {("/data/b/child/given", OWN_ROW)}),
    ("./../given", OWNER, {("/data/b/child/given", OWN_ROW)}),
    ("../who/born", OWNER, {("/data/b/child/who/born", OWN_ROW)}),
    ("../../note", OWNER, {("/data/b/note", OWN_ROW)}),
    ("../../../a/when", OWNER, {("/data/a/when", OWN_ROW)}),
    ("..", OWNER, {("/data/b/child", OWN_ROW)}),
    ("position(..)", OWNER, {("/data/b/child", OWN_ROW)}),
    ("../../child/given", OWNER, {("/data/b/child/given", EVERY_ROW)}),
    ("../../child", OWNER, {("/data/b/child", EVERY_ROW)}),
    ("count(../../child)", OWNER, {("/data/b/child", EVERY_ROW)}),
    ("/data/b/child/given", OWNER, {("/data/b/child/given", EVERY_ROW)}),
    ("/data/a/when", OWNER, {("/data/a/when", EVERY_ROW)}),
    ("../toy/kind", OWNER, {("/data/b/child/toy/kind", OWN_ROW)}),
    ("../../kind", "/data/b/child/toy/kind", {("/data/b/child/kind", OWN_ROW)}),
    ("../../toy/kind", "/data/b/child/toy/kind", {("/data/b/child/toy/kind", EVERY_ROW)}),
    ("../../../given/../child/x", "/data/b/child/toy/kind", {("/data/b/child/x", EVERY_ROW)}),
    ("given", "/data/b/child", {("/data/b/child/given", OWN_ROW)}),
    ("child/given", "/data/b", {("/data/b/child/given", OWN_ROW)}),
    ("sum(child/age)", "/data/b", {("/data/b/child/age", OWN_ROW)}),
    ("../b/child/age", "/data/total", {("/data/b/child/age", OWN_ROW)}),
    ("if(../a, ../c, ../d)", OWNER, {("/data/b/child/a", True), ("/data/b/child/c", True), ("/data/b/child/d", True)}),
    ("../a + ../c", OWNER, {("/data/b/child/a", True), ("/data/b/child/c", True)}),
    ("-../a", OWNER, {("/data/b/child/a", True)}),
    ("../a | ../c", OWNER, {("/data/b/child/a", True), ("/data/b/child/c", True)}),
    (
        "(../a | ../c)/x",
        OWNER,
        {
            ("/data/b/child/a", True),
            ("/data/b/child/c", True),
            ("/data/b/child/a/x", True),
            ("/data/b/child/c/x", True),
        },
    ),
    ("../@id", OWNER, {("/data/b/child", True)}),
    ("../given/text()", OWNER, {("/data/b/child/given", True)}),
    (
        "count(/data/b/child[. != ''])",
        "/data/total",
        {("/data/b/child", EVERY_ROW)},
    ),
    (
        "/data/b/child[given = 'Jo']/dob",
        "/data/total",
        {("/data/b/child", False), ("/data/b/child/given", False), ("/data/b/child/dob", False)},
    ),
    (
        "../../child[given = current()/../name]/age",
        OWNER,
        {
            ("/data/b/child", False),
            ("/data/b/child/given", False),
            ("/data/b/child/name", True),
            ("/data/b/child/age", False),
        },
    ),
    (
        "/data/b/child[../note = '']/age",
        "/data/total",
        {("/data/b/child", False), ("/data/b/note", False), ("/data/b/child/age", False)},
    ),
    (
        "/data/b/child[/data/a = 1][2]/age",
        "/data/total",
        {("/data/b/child", False), ("/data/a", False), ("/data/b/child/age", False)},
    ),
    (
        "indexed-repeat(/data/b/child/age, /data/b/child, ../n)",
        "/data/t",
        {("/data/b/child/age", False), ("/data/b/child", False), ("/data/n", True)},
    ),
    ("jr:choice-name(../need, ' ../need ')", OWNER, {("/data/b/child/need", True)}),
    ("jr:choice-name('x', '/data/need')", OWNER, {("/data/need", False)}),
    ("current()", OWNER, {(OWNER, True)}),
    ("current()/../given", OWNER, {("/data/b/child/given", True)}),
    ("string()", OWNER, {(OWNER, True)}),
    ("once(../a)", OWNER, {("/data/b/child/a", True)}),
    ("once(random())", OWNER, set()),
    ("today()", OWNER, set()),
    ("ancestor::child/given", "/data/b/child/toy/kind", {("/data/b/child/given", True)}),
    ("following-sibling::given", OWNER, {("/data/b/child/given", False)}),
    ("preceding-sibling::child/given", "/data/b/child", {("/data/b/child/given", False)}),
    ("self::node()", OWNER, {(OWNER, True)}),
    ("regex(., '^[0-9]+$') and string-length(.) = 11", OWNER, {(OWNER, True)}),
    ("randomize(/data/a, ../seed)", OWNER, {("/data/a", False), ("/data/b/child/seed", True)}),
    ("not-recorded(../given)", OWNER, {("/data/b/child/given", True)}),
]


@pytest.mark.parametrize(("expression", "owner", "expected"), CASES)
def test_every_node_an_expression_reads_is_known(expression: str, owner: str, expected: set[tuple[str, bool]]) -> None:
    found = compile_expression(expression).references(owner)
    assert {(each.template, each.relative) for each in found} == expected
    assert not any(each.instance or each.deep for each in found)


@pytest.mark.parametrize(
    ("expression", "owner", "template"),
    [
        ("//given", OWNER, "/data"),
        ("../*", OWNER, "/data/b/child"),
        ("/data/b//kind", OWNER, "/data/b"),
        (".//kind", "/data/b/child", "/data/b/child"),
        ("descendant::kind", "/data/b", "/data/b"),
        ("following::x", OWNER, "/data"),
        ("ancestor::nowhere", OWNER, "/data"),
        ("count(/)", OWNER, "/data"),
    ],
)
def test_a_wide_step_reads_everything_below(expression: str, owner: str, template: str) -> None:
    (found,) = compile_expression(expression).references(owner)
    assert (found.template, found.deep, found.relative) == (template, True, False)


def test_a_secondary_instance_is_told_apart_from_the_answers() -> None:
    found = compile_expression("instance('towns')/root/item[county = current()/../county]/label").references(OWNER)
    assert {(each.template, each.instance) for each in found} == {
        ("/root/item", "towns"),
        ("/root/item/county", "towns"),
        ("/data/b/child/county", None),
        ("/root/item/label", "towns"),
    }


def test_an_absolute_path_in_the_predicate_of_an_instance_means_the_answers() -> None:
    found = compile_expression("instance('towns')/root/item[county = /data/county]").references(OWNER)
    assert ("/data/county", None) in {(each.template, each.instance) for each in found}


def test_pulldata_reads_its_list() -> None:
    found = compile_expression("pulldata('towns', 'label', 'name', ../town)").references(OWNER)
    assert {(each.template, each.instance) for each in found} == {("", "towns"), ("/data/b/child/town", None)}


def test_a_reference_is_told_once() -> None:
    assert len(compile_expression("../a = 1 or ../a = 2 or ../a = 3").references(OWNER)) == 1
