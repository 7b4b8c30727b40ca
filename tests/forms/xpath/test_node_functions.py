"""Functions of nodes, repeats, choices and the world, over a tree as an interview has it."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from forms.nodes import Node
from forms.xpath import Context, World, XPathError, XPathValue, compile_expression, evaluate, node_text
from forms.xpath.axes import descendant_or_self
from forms.xpath.functions import FUNCTIONS
from forms.xpath.outside import tree
from tests.forms.xpath.judging import DOCUMENT, NAN, same, told

CASES: list[tuple[str, str, object]] = [
    ("count-non-empty(child/need)", "/data", 2.0),
    ("count-non-empty(child/age)", "/data", 3.0),
    ("count-non-empty(missing)", "/data", 0.0),
    ("count-non-empty(child)", "/data", 3.0),
    ("position(child[2])", "/data", 2.0),
    ("position(..)", "/data/child[3]/age", 3.0),
    ("position(../..)", "/data/child[2]/toy/kind", 2.0),
    ("position(.)", "/data/home", 1.0),
    ("position(missing)", "/data", NAN),
    ("position()", "/data", 1.0),
    ("last()", "/data", 1.0),
    ("child[position() = last()]/given", "/data", ["Cem"]),
    ("child[last() - 1]/given", "/data", ["Ben"]),
    ("/data/child[position() = position(current()/..)]/given", "/data/child[2]/age", ["Ben"]),
    ("indexed-repeat(/data/child/given, /data/child, 2)", "/data", ["Ben"]),
    ("indexed-repeat(/data/child/given, /data/child, 9)", "/data", []),
    ("indexed-repeat(/data/child/given, /data/child, 0)", "/data", []),
    ("indexed-repeat(/data/child/given, /data/child, blank)", "/data", []),
    ("indexed-repeat(/data/child/given, /data/child, 1.5)", "/data", []),
    ("indexed-repeat(/data/child/given, /data/child, position(..) + 1)", "/data/child[1]/age", ["Ben"]),
    ("indexed-repeat(/data/child/toy/kind, /data/child, 1, /data/child/toy, 2)", "/data", ["kite"]),
    ("indexed-repeat(/data/child/toy/kind, /data/child/toy, 2, /data/child, 1)", "/data", ["kite"]),
    ("indexed-repeat(/data/child/toy/kind, /data/child, 2, /data/child/toy, 2)", "/data", []),
    ("string(indexed-repeat(/data/child/age, /data/child, 3)) + 1", "/data", 5.0),
    ("pulldata('towns', 'label', 'name', 'york')", "/data", "York"),
    ("pulldata('towns', 'label', 'name', 'paris')", "/data", ""),
    ("pulldata('towns', 'none', 'name', 'york')", "/data", ""),
    ("pulldata('towns', 'label', 'none', 'york')", "/data", ""),
    ("pulldata('elsewhere', 'label', 'name', 'york')", "/data", ""),
    ("once('fresh')", "/data/blank", "fresh"),
    ("once('fresh')", "/data/name", "Maud Ferrow"),
    ("not-recorded(age)", "/data", ""),
    ("lang('en')", "/data", False),
    ("count(randomize(child))", "/data", 3.0),
    ("sum(randomize(child/age, 7))", "/data", 25.0),
    ("name(child[1]/@*)", "/data", ""),
]


@pytest.mark.parametrize(("expression", "at", "expected"), CASES)
def test_a_function_of_nodes_gives_what_the_specification_says(expression: str, at: str, expected: object) -> None:
    assert same(told(expression, at), expected)


LETTERS = "<r><l>A</l><l>B</l><l>C</l><l>D</l><l>E</l><l>F</l><p>1</p><p>2</p><w>words</w><e/></r>"


@pytest.mark.parametrize(
    ("seed", "expected"),
    [
        ("42", "AFCBDE"),
        ("'42'", "AFCBDE"),
        ("-42", "EDAFBC"),
        ("1", "BFEACD"),
        ("1.1", "BFEACD"),
        ("11111111", "ACDBFE"),
        ("0", "CBEAFD"),
        ("/r/e", "CBEAFD"),
        ("/r/p", "BFEACD"),
    ],
)
def test_a_seeded_shuffle_is_the_same_on_every_engine(seed: str, expected: str) -> None:
    nodes = evaluate(f"randomize(/r/l, {seed})", LETTERS)
    assert isinstance(nodes, list)
    assert "".join(node.text for node in nodes) == expected


def test_words_as_a_seed_shuffle_by_their_digest() -> None:
    number = int.from_bytes(hashlib.sha256(b"words").digest()[:8], "big", signed=True)
    assert evaluate("string(randomize(/r/l, /r/w))", LETTERS) in set("ABCDEF")
    assert number != 0


def world() -> World:
    """A world whose every answer can be told apart."""
    return World(
        today=datetime(2026, 7, 1).date(),
        now=datetime(2026, 7, 1, 9, 30, tzinfo=UTC),
        zone=ZoneInfo("Europe/London"),
        lang="cy",
        choice_label=lambda node, value: f"{node.name}:{value}",
        random=lambda: 0.25,
        uuid=lambda: "0123",
        pulldata=lambda *asked: "/".join(asked),
        itext=lambda name: f"text of {name}",
    )


def answered(expression: str, at: str = "/data", hidden: tuple[str, ...] = ()) -> XPathValue:
    """The value over the document as an interview has it, with some nodes not asked now."""
    top = tree(DOCUMENT)
    root = top.children[0]
    context = Context(
        root, root, root, 1, 1, {"towns": next(each for each in root.children if each.name == "instance")}, world()
    )
    for path in hidden:
        for node in compile_expression(path).nodes(context):
            for below in descendant_or_self(node):
                below.relevant = False
    context.node = context.current = compile_expression(at).nodes(context)[0]
    return compile_expression(expression).evaluate(context)


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("random()", 0.25),
        ("uuid()", "0123"),
        ("uuid(6)", "012301"),
        ("jr:itext('q1')", "text of q1"),
        ("jr:choice-name(needs, '/data/needs')", "needs:food rent school"),
        ("jr:choice-name('rent', ' /data/child/need ')", "need:rent"),
        ("jr:choice-name('rent', /data/needs)", "needs:rent"),
        ("pulldata('far', 'label', 'name', 'york')", "far/label/name/york"),
        ("string(randomize(/data/child/given))", "Cem"),
    ],
)
def test_the_world_is_asked_and_nothing_else(expression: str, expected: object) -> None:
    assert same(answered(expression), expected)


@pytest.mark.parametrize(
    ("expression", "hidden", "expected"),
    [
        ("age = ''", ("/data/age",), True),
        ("age + 1", ("/data/age",), NAN),
        ("coalesce(name, 'nobody')", ("/data/name",), "nobody"),
        ("count(child)", ("/data/child[2]",), 3.0),
        ("count-non-empty(child/given)", ("/data/child[2]",), 2.0),
        ("string(home)", ("/data/home",), ""),
        ("string(home)", ("/data/home/street",), "7"),
        ("count(child[age > 5])", ("/data/child[2]/age",), 1.0),
        ("selected(needs, 'rent')", ("/data/needs",), False),
        ("join('+', child/given)", ("/data/child[1]/given",), "+Ben+Cem"),
    ],
)
def test_what_is_not_asked_now_reads_as_blank(expression: str, hidden: tuple[str, ...], expected: object) -> None:
    assert same(answered(expression, hidden=hidden), expected)


def test_the_reason_why_an_answer_was_not_recorded_can_be_read() -> None:
    node = Node("q", text="", attributes={"not-recorded": "not-safe-to-ask-now"})
    root = Node("data", children=[node])
    node.parent = root
    context = Context(root, root, root, 1, 1, {}, world())
    assert compile_expression("not-recorded(q)").string(context) == "not-safe-to-ask-now"
    assert compile_expression("fk:not-recorded(/data/q) = 'not-safe-to-ask-now'").boolean(context)
    assert compile_expression("q = ''").boolean(context)


def test_an_instance_may_be_given_as_its_element_or_as_what_is_in_it() -> None:
    top = tree("<root><item><name>york</name></item></root>")
    root = Node("data")
    for held in (top.children[0], Node("instance", children=top.children)):
        context = Context(root, root, root, 1, 1, {"towns": held}, world())
        nodes = compile_expression("instance('towns')/root/item/name").nodes(context)
        assert [node_text(node) for node in nodes] == ["york"]


SPECIFICATION = """string concat join substr substring-before substring-after translate string-length normalize-space
contains starts-with ends-with uuid digest pulldata if coalesce once true false boolean boolean-from-string not regex
checklist weighted-checklist number random int sum max min round pow log log10 abs sin cos tan asin acos atan atan2 sqrt
exp exp10 pi count count-non-empty position instance current randomize today now format-date format-date-time date
decimal-date-time decimal-time selected selected-at
count-selected jr:choice-name jr:itext indexed-repeat area distance"""
MORE = "substring floor ceiling last name local-name base64-decode geofence"


def test_every_function_of_the_specification_is_there() -> None:
    assert len(SPECIFICATION.split()) == 69
    assert set(SPECIFICATION.split()) | set(MORE.split()) <= set(FUNCTIONS)


def test_a_value_where_nodes_are_needed_is_an_error() -> None:
    for expression in ("count('a')", "sum(1)", "(1 + 1)/name", "'a' | name", "randomize(1, 2)", "count(if(1, 1, 'a'))"):
        with pytest.raises(XPathError):
            told(expression)
