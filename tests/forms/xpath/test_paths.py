"""Paths: axes, tests, predicates, unions, and where they start."""

from __future__ import annotations

import pytest

from forms.xpath import evaluate
from tests.forms.xpath.judging import ask, names, told

ADA = "/data/child[1]"
TEXTS: list[tuple[str, str, list[str]]] = [
    ("/data/name", "/data", ["Maud Ferrow"]),
    ("name", "/data", ["Maud Ferrow"]),
    ("./name", "/data", ["Maud Ferrow"]),
    (".", "/data/age", ["41"]),
    ("../name", "/data/age", ["Maud Ferrow"]),
    ("../../name", "/data/home/street", ["Maud Ferrow"]),
    ("../number", "/data/home/street", ["7"]),
    ("./../number", "/data/home/street", ["7"]),
    ("../../missing", "/data/home/street", []),
    ("../../../..", "/data/age", []),
    ("child/given", "/data", ["Ada", "Ben", "Cem"]),
    ("/data/child/given", "/data/age", ["Ada", "Ben", "Cem"]),
    ("/other/child", "/data", []),
    ("child/toy/kind", "/data", ["ball", "kite", "book"]),
    ("child[1]/given", "/data", ["Ada"]),
    ("child[2]/toy/kind", "/data", ["book"]),
    ("child[last()]/given", "/data", ["Cem"]),
    ("child[position() = 2]/given", "/data", ["Ben"]),
    ("child[position() < 3]/given", "/data", ["Ada", "Ben"]),
    ("child[position() mod 2 = 1]/given", "/data", ["Ada", "Cem"]),
    ("child[age > 5]/given", "/data", ["Ada", "Ben"]),
    ("child[age > 5][2]/given", "/data", ["Ben"]),
    ("child[2][age > 5]/given", "/data", ["Ben"]),
    ("child[2][age > 50]/given", "/data", []),
    ("child[need = '']/given", "/data", ["Ben"]),
    ("child[need]/given", "/data", ["Ada", "Ben", "Cem"]),
    ("child[toy]/given", "/data", ["Ada", "Ben"]),
    ("child[not(toy)]/given", "/data", ["Cem"]),
    ("child[toy/kind = 'kite']/given", "/data", ["Ada"]),
    ("child[age = ../home/number + 2]/given", "/data", ["Ada"]),
    ("child[0]/given", "/data", []),
    ("child[4]/given", "/data", []),
    ("child[1.5]/given", "/data", []),
    ("child[if(true(), 2, 1)]/given", "/data", ["Ben"]),
    ("child/toy[1]/kind", "/data", ["ball", "book"]),
    ("(child/toy)[1]/kind", "/data", ["ball"]),
    ("(child/toy)[last()]/kind", "/data", ["book"]),
    ("child/toy[last()]/kind", "/data", ["kite", "book"]),
    ("//kind", "/data", ["ball", "kite", "book"]),
    ("//toy/kind", "/data", ["ball", "kite", "book"]),
    ("child//kind", "/data", ["ball", "kite", "book"]),
    (".//kind", ADA, ["ball", "kite"]),
    ("//toy[1]/kind", "/data", ["ball", "book"]),
    ("//child[given = 'Ben']//kind", "/data", ["book"]),
    ("home/*", "/data", ["Mill Lane", "7"]),
    ("*/street", "/data", ["Mill Lane"]),
    ("home/node()", "/data", ["Mill Lane", "7"]),
    ("name/text()", "/data", ["Maud Ferrow"]),
    ("blank/text()", "/data", []),
    ("@id", "/data", ["eha"]),
    ("@*", "/data", ["eha", "3"]),
    ("attribute::version", "/data", ["3"]),
    ("/data/@version", "/data/age", ["3"]),
    ("@missing", "/data", []),
    ("self::node()", "/data/age", ["41"]),
    ("self::age", "/data/age", ["41"]),
    ("self::name", "/data/age", []),
    ("parent::home/number", "/data/home/street", ["7"]),
    ("parent::data/age", "/data/home/street", []),
    ("descendant::kind", ADA, ["ball", "kite"]),
    ("descendant-or-self::given", "/data", ["Ada", "Ben", "Cem"]),
    ("ancestor::data/name", "/data/child[1]/toy[1]/kind", ["Maud Ferrow"]),
    ("ancestor::child/given", "/data/child[2]/toy/kind", ["Ben"]),
    ("ancestor-or-self::kind", "/data/child[2]/toy/kind", ["book"]),
    ("following-sibling::child/given", ADA, ["Ben", "Cem"]),
    ("following-sibling::child[1]/given", ADA, ["Ben"]),
    ("preceding-sibling::child/given", "/data/child[3]", ["Ada", "Ben"]),
    ("preceding-sibling::child[1]/given", "/data/child[3]", ["Ben"]),
    ("following::given", "/data/child[1]/toy[1]", ["Ben", "Cem"]),
    ("preceding::kind", "/data/child[2]/toy", ["ball", "kite"]),
    ("preceding::kind[1]", "/data/child[2]/toy", ["kite"]),
    ("name | age", "/data", ["Maud Ferrow", "41"]),
    ("age | name", "/data", ["Maud Ferrow", "41"]),
    ("age | age", "/data", ["41"]),
    ("child/age | child[1]/given", "/data", ["Ada", "9", "12", "4"]),
    ("(age | home)/number", "/data", ["7"]),
    ("child/../name", "/data", ["Maud Ferrow"]),
    ("child/toy/../given", "/data", ["Ada", "Ben"]),
    ("current()", "/data/age", ["41"]),
    ("current()/../name", "/data/age", ["Maud Ferrow"]),
    ("../../child[age < current()]/given", "/data/child[1]/age", ["Cem"]),
    ("instance('towns')/root/item/label", "/data", ["Derby", "Leeds", "York"]),
    ("instance('towns')/root/item[name = 'york']/label", "/data", ["York"]),
    ("instance('towns')/root/item/[name = 'york']/label", "/data", ["York"]),
    ("instance('towns')/root/item[2]/name", "/data", ["leeds"]),
    ("instance('towns')/root/item[name = /data/blank]/label", "/data", []),
    ("instance('none')/root/item", "/data", []),
    ("child [ age > 5 ] / given", "/data", ["Ada", "Ben"]),
    ("child[\n  age > 5\t]/given", "/data", ["Ada", "Ben"]),
]


@pytest.mark.parametrize(("expression", "at", "expected"), TEXTS)
def test_a_path_finds_its_nodes_in_document_order(expression: str, at: str, expected: list[str]) -> None:
    assert told(expression, at) == expected


NUMBERS: list[tuple[str, float]] = [
    ("count(child)", 3.0),
    ("count(child/toy)", 3.0),
    ("count(//*[self::kind])", 3.0),
    ("count(child/..)", 1.0),
    ("count(missing)", 0.0),
    ("count(/)", 1.0),
    ("count(/data)", 1.0),
    ("count(child | child/toy | child)", 6.0),
    ("count(@*)", 2.0),
    ("count(@* | @id)", 2.0),
    ("count(child[age > ../child[3]/age])", 2.0),
    ("count(child[count(toy) = 2])", 1.0),
    ("count(child[count(toy[kind != 'ball']) = 1])", 2.0),
    ("count(instance('towns')/root/item[county != 'dbs'])", 2.0),
]


@pytest.mark.parametrize(("expression", "expected"), NUMBERS)
def test_a_node_set_holds_each_node_once(expression: str, expected: float) -> None:
    assert told(expression) == expected


WORDS_AS_NAMES = (
    "<div><div>1</div><mod>2</mod><and>3</and><or>4</or><if>5</if><text>6</text><a-b>7</a-b><a.b>8</a.b></div>"
)


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("div div div", 1.0),
        ("mod mod mod", 0.0),
        ("and + or", 7.0),
        ("and and or", True),
        ("or or and", True),
        ("if * 2", 10.0),
        ("* * *", 1.0),
        ("div * mod", 2.0),
        ("a-b - 1", 6.0),
        ("a-b -1", 6.0),
        ("a.b", "8"),
        ("text + 0", 6.0),
        ("/div/div + 0", 1.0),
    ],
)
def test_the_words_of_operators_may_be_names(expression: str, expected: object) -> None:
    value = evaluate(expression, WORDS_AS_NAMES)
    assert (value[0].text if isinstance(value, list) else value) == expected


def test_a_step_by_prefix_finds_the_element_with_or_without_it() -> None:
    xml = '<data xmlns:orx="urn:orx"><orx:meta><orx:id>u1</orx:id></orx:meta></data>'
    assert names(evaluate("orx:meta/orx:id", xml)) == ["orx:id"]
    assert names(evaluate("orx:*", xml)) == ["orx:meta"]


def test_a_text_between_elements_belongs_to_its_parent() -> None:
    assert evaluate("string(/p)", "<p>one <b>two</b> three</p>") == "one two three"
    assert names(evaluate("/p/*", "<p>one <b>two</b> three</p>")) == ["b"]


def test_the_context_of_a_predicate_does_not_move_the_current_node() -> None:
    assert names(ask("../child[given = current()/../name]", "/data/age")) == []
    assert told("../child[current()/../age = 41]/given", "/data/age") == ["Ada", "Ben", "Cem"]
