"""Choices: what is offered, in which order and words, and what becomes of a choice that is no longer offered."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from forms.interview import Interview
from tests.forms.conformance.xforms import items, listed, read, sit, xform

PLACES = "".join(
    f"<item><name>{town}{at}</name><label>{town.title()} {at}</label><town>{town}</town><size>{at}</size></item>"
    for town in ("elm", "oak", "ash")
    for at in (1, 2, 3)
)
MODEL = listed("places", PLACES) + listed("towns", items(("elm", "Elm"), ("oak", "Oak"), ("ash", "Ash")))
KINDS = {"select1": "select_one", "select": "select_multiple", "rank": "rank"}


def asked(ref: str, nodeset: str, kind: str = "select1", value: str = "name", label: str = "label") -> str:
    """A question that chooses from a list."""
    odd = "odk:" if kind == "rank" else ""
    space = ' xmlns:odk="http://www.opendatakit.org/xforms"' if odd else ""
    told = nodeset.replace("'", "&apos;").replace("<", "&lt;")
    inside = f'<itemset nodeset="{told}"><value ref="{value}"/><label ref="{label}"/></itemset>'
    return f'<{odd}{kind}{space} ref="{ref}">{inside}</{odd}{kind}>'


def offered(sitting: Interview, path: str = "q") -> list[str]:
    """The values a question offers."""
    return [choice.value for choice in sitting.question(path).choices]


def narrowed(nodeset: str, kind: str = "select1", instance: str = "<town/><size/><q/>") -> Interview:
    """A question whose choices a town and a size narrow."""
    body = '<input ref="/data/town"/><input ref="/data/size"/>' + asked("/data/q", nodeset, kind)
    return sit(xform(instance, MODEL, body))


ALL = [f"{town}{at}" for town in ("elm", "oak", "ash") for at in (1, 2, 3)]
FROM = "instance('places')/root/item"
FILTERS = [
    ("", {}, ALL),
    ("[town = /data/town]", {}, []),
    ("[town = /data/town]", {"town": "oak"}, ["oak1", "oak2", "oak3"]),
    ("[town = ../town]", {"town": "oak"}, []),
    ("[town = current()/../town]", {"town": "oak"}, ["oak1", "oak2", "oak3"]),
    ("[town != /data/town]", {"town": "oak"}, [each for each in ALL if not each.startswith("oak")]),
    ("[town = /data/town and size > /data/size]", {"town": "oak", "size": "1"}, ["oak2", "oak3"]),
    ("[town = /data/town and size = /data/size]", {"town": "oak", "size": "2"}, ["oak2"]),
    ("[town = /data/town][size = /data/size]", {"town": "ash", "size": "3"}, ["ash3"]),
    ("[town = /data/town or size = 1]", {"town": "oak"}, ["elm1", "oak1", "oak2", "oak3", "ash1"]),
    ("[starts-with(name, /data/town)]", {}, ALL),
    ("[starts-with(name, /data/town)]", {"town": "a"}, ["ash1", "ash2", "ash3"]),
    ("[contains(label, /data/size)]", {"size": "2"}, ["elm2", "oak2", "ash2"]),
    ("[selected(/data/town, town)]", {"town": "elm ash"}, ["elm1", "elm2", "elm3", "ash1", "ash2", "ash3"]),
    ("[not(selected(/data/town, town))]", {"town": "elm ash"}, ["oak1", "oak2", "oak3"]),
    ("[position() <= 2]", {}, ["elm1", "elm2"]),
    ("[position() = last()]", {}, ["ash3"]),
    ("[3]", {}, ["elm3"]),
    ("[size = 1 or /data/size = 'all']", {"size": "all"}, ALL),
    ("[if(/data/town = '', true(), town = /data/town)]", {}, ALL),
    ("[if(/data/town = '', true(), town = /data/town)]", {"town": "elm"}, ["elm1", "elm2", "elm3"]),
    ("[size mod 2 = 0]", {}, ["elm2", "oak2", "ash2"]),
    ("[regex(name, '^o')]", {}, ["oak1", "oak2", "oak3"]),
    ("[false()]", {}, []),
    ("[none = '']", {}, []),
    ("[not(none)]", {}, ALL),
    ("[size = max(/data/size | instance('places')/root/item/size)]", {"size": "3"}, ["elm3", "oak3", "ash3"]),
    ("[string-length(name) > 3 and size < 2]", {}, ["elm1", "oak1", "ash1"]),
]


@pytest.mark.parametrize(("predicate", "answers", "expected"), FILTERS)
def test_a_filter_offers_what_it_is_true_for(predicate: str, answers: dict[str, str], expected: list[str]) -> None:
    sitting = narrowed(FROM + predicate)
    for path, answer in answers.items():
        sitting.answer(path, answer)
    assert offered(sitting) == expected
    many = narrowed(FROM + predicate, kind="select")
    for path, answer in answers.items():
        many.answer(path, answer)
    assert offered(many) == expected


LOST = [
    # kind, chosen with town = elm, then the town, what XPath reads, whether it is told
    ("select1", "elm1", "elm", "elm1", False),
    ("select1", "elm1", "oak", "", True),
    ("select1", "elm1", "", "", True),
    ("select", "elm1 elm2", "elm", "elm1 elm2", False),
    ("select", "elm2 elm1", "elm", "elm1 elm2", False),
    ("select", "elm1 elm2", "oak", "", True),
    ("select", "elm1 elm1", "elm", "elm1", False),
    ("rank", "elm3 elm1 elm2", "elm", "elm3 elm1 elm2", False),
    ("rank", "elm3 elm1 elm2", "oak", "oak1 oak2 oak3", False),
    ("rank", "elm3 elm1 elm2", "", "", True),
    ("rank", "elm3", "elm", "elm3 elm1 elm2", False),
]


@pytest.mark.parametrize(("kind", "chosen", "then", "expected", "told"), LOST)
def test_a_choice_that_is_no_longer_offered_reads_blank_is_told_and_comes_back(
    kind: str, chosen: str, then: str, expected: str, told: bool
) -> None:
    sitting = narrowed(f"{FROM}[town = /data/town]", kind)
    sitting.answer("town", "elm")
    sitting.answer("q", chosen)
    begun = read(sitting, "q")
    sitting.answer("town", then)
    assert read(sitting, "q") == expected
    assert bool(sitting.violations()) == told
    kept = sitting.values()
    if told:
        assert kept["q"] == (chosen if kind == "select1" else chosen.split())
    again = Interview(sitting.form, sitting.world, new_id=lambda: "1", answers=kept)
    assert (read(again, "q"), bool(again.violations())) == (expected, told)
    sitting.answer("town", "elm")
    assert (read(sitting, "q"), sitting.violations()) == (begun, ())


NEVER = [
    ("select1", "nowhere", ""),
    ("select1", "elm1 elm2", ""),
    ("select1", "ELM1", ""),
    ("select1", " elm1", ""),
    ("select", "elm1 nowhere", "elm1"),
    ("select", "nowhere elsewhere", ""),
    ("select", " elm2  elm1 ", "elm1 elm2"),
]


@pytest.mark.parametrize(("kind", "chosen", "expected"), NEVER)
def test_a_choice_that_was_never_offered_reads_blank_and_is_kept(kind: str, chosen: str, expected: str) -> None:
    sitting = narrowed(FROM, kind)
    told = sitting.answer("q", chosen).violations
    assert read(sitting, "q") == expected
    if expected != " ".join(sorted(chosen.split())):
        assert told
        assert sitting.values()["q"] == (chosen if kind == "select1" else chosen.split())


def test_what_depends_on_a_choice_follows_when_it_goes() -> None:
    model = MODEL + '<bind nodeset="/data/seen" calculate="count-selected(/data/q)"/>'
    model += '<bind nodeset="/data/more" relevant="/data/q != \'\'"/>'
    body = '<input ref="/data/town"/><input ref="/data/more"/>' + asked(
        "/data/q", f"{FROM}[town = /data/town]", "select"
    )
    sitting = sit(xform("<town/><q/><seen/><more/>", model, body))
    sitting.answer("town", "oak")
    sitting.answer("q", ["oak3", "oak1"])
    assert (read(sitting, "seen"), sitting.question("more").relevant) == ("2", True)
    sitting.answer("town", "ash")
    assert (read(sitting, "seen"), sitting.question("more").relevant) == ("0", False)


CASCADE = [
    ({"a": "elm"}, {"b": ["elm1", "elm2", "elm3"], "c": []}),
    ({"a": "elm", "b": "elm2"}, {"c": ["elm2x", "elm2y"]}),
    ({"a": "elm", "b": "elm2", "c": "elm2x"}, {"c": ["elm2x", "elm2y"]}),
    ({"a": "elm", "b": ""}, {"c": []}),
]
STREETS = "".join(
    f"<item><name>{place}{end}</name><label>{place}{end}</label><place>{place}</place></item>"
    for place in ALL
    for end in "xy"
)


def cascade() -> Interview:
    """Three questions, each narrowed by the one before."""
    body = asked("/data/a", "instance('towns')/root/item") + asked("/data/b", f"{FROM}[town = /data/a]")
    body += asked("/data/c", "instance('streets')/root/item[place = /data/b]")
    return sit(xform("<a/><b/><c/>", MODEL + listed("streets", STREETS), body))


@pytest.mark.parametrize(("answers", "expected"), CASCADE)
def test_a_cascade_narrows_level_by_level(answers: dict[str, str], expected: dict[str, list[str]]) -> None:
    sitting = cascade()
    for path, answer in answers.items():
        sitting.answer(path, answer)
    assert {path: offered(sitting, path) for path in expected} == expected


def test_clearing_the_first_level_clears_all_below_and_restoring_it_brings_them_back() -> None:
    sitting = cascade()
    for path, answer in (("a", "elm"), ("b", "elm2"), ("c", "elm2x")):
        sitting.answer(path, answer)
    sitting.answer("a", "oak")
    assert [read(sitting, path) for path in ("a", "b", "c")] == ["oak", "", ""]
    assert [each.path for each in sitting.violations()] == ["b", "c"]
    sitting.answer("b", "oak1")
    assert [read(sitting, path) for path in ("a", "b", "c")] == ["oak", "oak1", ""]
    sitting.answer("a", "elm")
    sitting.answer("b", "elm2")
    assert [read(sitting, path) for path in ("a", "b", "c")] == ["elm", "elm2", "elm2x"]


SEEDED = [
    ("randomize(instance('places')/root/item, 42)", "seeded"),
    ("randomize(instance('places')/root/item, /data/size)", "by answer"),
    ("randomize(instance('places')/root/item[town = 'elm'], 7)", "filtered"),
    ("randomize(instance('places')/root/item)", "by chance"),
]


@pytest.mark.parametrize(("nodeset", "_why"), SEEDED)
def test_shuffled_choices_are_the_same_choices(nodeset: str, _why: str) -> None:
    sitting = narrowed(nodeset)
    sitting.answer("size", "3")
    expected = [each for each in ALL if "elm" in each or "town" not in nodeset]
    assert sorted(offered(sitting)) == sorted(expected)
    assert offered(sitting) == offered(sitting)
    sitting.answer("q", "elm2")
    assert (read(sitting, "q"), sitting.violations()) == ("elm2", ())


def test_a_seed_from_an_answer_shuffles_anew_and_keeps_the_choice() -> None:
    sitting = narrowed(SEEDED[1][0])
    sitting.answer("size", "3")
    sitting.answer("q", "oak2")
    first = offered(sitting)
    sitting.answer("size", "4")
    assert offered(sitting) != first
    assert read(sitting, "q") == "oak2"


KIDS = (
    '<group ref="/data/kid"><repeat nodeset="/data/kid"><input ref="/data/kid/name"/>'
    '<input ref="/data/kid/age"/>{0}</repeat></group>'
)


def family(nodeset: str, label: str = "name", kind: str = "select1") -> Interview:
    """A question that chooses among the rows of a repeat; three rows."""
    body = KIDS.format("") + asked("/data/q", nodeset, kind, "name", label)
    sitting = sit(xform('<kid jr:template=""><name/><age/></kid><q/>', "", body), answers={})
    for name, age in (("bea", "3"), ("cal", "9"), ("dot", "12")):
        row = sitting.add_row("kid")
        sitting.answer(f"{row}/name", name)
        sitting.answer(f"{row}/age", age)
    return sitting


REPEATS = [
    ("/data/kid", ["bea", "cal", "dot"]),
    ("../kid", ["bea", "cal", "dot"]),
    ("/data/kid[age > 5]", ["cal", "dot"]),
    ("/data/kid[./age > 5]", ["cal", "dot"]),
    ("/data/kid[name != 'cal']", ["bea", "dot"]),
    ("/data/kid[position() > 1]", ["cal", "dot"]),
    ("randomize(/data/kid, 3)", ["bea", "cal", "dot"]),
]


@pytest.mark.parametrize(("nodeset", "expected"), REPEATS)
def test_rows_of_a_repeat_are_choices(nodeset: str, expected: list[str]) -> None:
    assert sorted(offered(family(nodeset))) == expected


def test_a_row_that_goes_or_changes_takes_its_choice_with_it() -> None:
    sitting = family("/data/kid", label="age")
    assert [tuple(each) for each in sitting.question("q").choices] == [("bea", "3"), ("cal", "9"), ("dot", "12")]
    sitting.answer("q", "cal")
    rows = [child.row for child in sitting.instance.root.children if child.row]
    sitting.answer(f"kid/{rows[0]}/name", "ben")
    assert (offered(sitting), read(sitting, "q")) == (["ben", "cal", "dot"], "cal")
    sitting.remove_row(f"kid/{rows[1]}")
    assert (offered(sitting), read(sitting, "q"), sitting.values()["q"]) == (["ben", "dot"], "", "cal")
    assert [each.why for each in sitting.violations()] == ["constraint"]


def test_each_row_narrows_its_own_choices() -> None:
    inner = asked("/data/kid/q", f"{FROM}[town = current()/../name]")
    sitting = sit(xform('<kid jr:template=""><name/><age/><q/></kid>', MODEL, KIDS.format(inner)), answers={})
    one, two = sitting.add_row("kid"), sitting.add_row("kid")
    sitting.answer(f"{one}/name", "elm")
    sitting.answer(f"{two}/name", "oak")
    sitting.answer(f"{one}/q", "elm1")
    sitting.answer(f"{two}/q", "elm1")
    assert [read(sitting, f"{row}/q") for row in (one, two)] == ["elm1", ""]
    sitting.answer(f"{two}/name", "elm")
    assert [read(sitting, f"{row}/q") for row in (one, two)] == ["elm1", "elm1"]


def test_choices_that_wait_for_their_own_answer_clear_nothing_and_refuse_nothing() -> None:
    model = MODEL + '<bind nodeset="/data/seen" calculate="substring(/data/q, 1, 3)"/>'
    body = asked("/data/q", f"{FROM}[/data/seen = '' or town = /data/seen]")
    sitting = sit(xform("<q/><seen/>", model, body))
    sitting.answer("q", "oak1")
    assert (read(sitting, "q"), offered(sitting)) == ("oak1", ["oak1", "oak2", "oak3"])


NAMES = [
    ("jr:choice-name(/data/q, '/data/q')", "elm1", "Elm 1"),
    ("jr:choice-name('oak2', '/data/q')", "elm1", "Oak 2"),
    ("jr:choice-name('nowhere', '/data/q')", "elm1", "nowhere"),
    ("jr:choice-name('', '/data/q')", "elm1", ""),
    ("jr:choice-name(selected-at(/data/many, 1), '/data/many')", "elm1", "Oak"),
    ("instance('places')/root/item[name = /data/q]/label", "ash3", "Ash 3"),
    ("instance('places')/root/item[name = current()/../q]/town", "ash3", "ash"),
    ("pulldata('places', 'label', 'name', /data/q)", "ash3", "Ash 3"),
    ("pulldata('places', 'town', 'label', 'Oak 2')", "ash3", "oak"),
    ("pulldata('places', 'none', 'name', /data/q)", "ash3", ""),
    ("pulldata('places', 'label', 'name', 'nowhere')", "ash3", ""),
    ("pulldata('places', 'label', 'none', '')", "ash3", ""),
    ("pulldata('places', 'name', 'town', 'oak')", "ash3", "oak1"),
    ("count(instance('places')/root/item[town = 'oak'])", "ash3", "3"),
    ("sum(instance('places')/root/item/size)", "ash3", "18"),
    ("join(' ', instance('towns')/root/item/name)", "ash3", "elm oak ash"),
    ("count(instance('nowhere')/root/item)", "ash3", "0"),
    ("count-selected(/data/many)", "ash3", "2"),
    ("selected(/data/many, 'oak')", "ash3", "true"),
    ("selected-at(/data/many, 0)", "ash3", "elm"),
]


@pytest.mark.parametrize(("expression", "chosen", "expected"), NAMES)
def test_a_choice_is_looked_up_in_its_list(expression: str, chosen: str, expected: str) -> None:
    told = expression.replace("'", "&apos;")
    model = MODEL + f'<bind nodeset="/data/said" calculate="{told}"/>'
    body = asked("/data/q", FROM) + asked("/data/many", "instance('towns')/root/item", "select")
    sitting = sit(xform("<q/><many/><said/>", model, body))
    sitting.answer("q", chosen)
    sitting.answer("many", ["oak", "elm"])
    assert read(sitting, "said") == expected


TWICE = items(("a", "First"), ("a", "Second"), ("b", "B"))


def test_a_value_that_stands_twice_is_offered_twice_and_named_by_the_first() -> None:
    model = listed("l", TWICE) + '<bind nodeset="/data/said" calculate="jr:choice-name(/data/q, \'/data/q\')"/>'
    sitting = sit(xform("<q/><said/>", model, asked("/data/q", "instance('l')/root/item")))
    assert offered(sitting) == ["a", "a", "b"]
    sitting.answer("q", "a")
    assert (read(sitting, "said"), sitting.violations()) == ("First", ())


FIXED = [
    ("<item><value>a</value><label>A</label></item><item><value>b</value><label>B</label></item>", ["a", "b"]),
    ("<item><label>A</label><value> a </value></item>", ["a"]),
    ("<item><value>a b</value><label>Two words</label></item>", ["a b"]),
    ("<item><value>1.5</value><label>One and a half</label></item>", ["1.5"]),
    ("", []),
]


@pytest.mark.parametrize(("written", "expected"), FIXED)
def test_choices_written_beside_a_question(written: str, expected: list[str]) -> None:
    sitting = sit(xform("<q/>", "", f'<select1 ref="/data/q">{written}</select1>'))
    assert offered(sitting) == expected
    for value in expected:
        sitting.answer("q", value)
        assert (read(sitting, "q"), sitting.violations()) == (value, ())


REFS = [
    ("name", "label", [("a", "A")]),
    ("./name", "./label", [("a", "A")]),
    ("@id", "name", [("i1", "a")]),
    ("more/code", "more/said", [("c", "S")]),
    ("name", "concat(name, ': ', label)", [("a", "a: A")]),
    ("none", "label", [("", "A")]),
]


@pytest.mark.parametrize(("value", "label", "expected"), REFS)
def test_values_and_labels_are_found_by_any_reference(value: str, label: str, expected: list[tuple[str, str]]) -> None:
    row = '<item id="i1"><name>a</name><label>A</label><more><code>c</code><said>S</said></more></item>'
    body = asked("/data/q", "instance('l')/root/item", "select1", value, label.replace("'", "&apos;"))
    sitting = sit(xform("<q/>", listed("l", row), body))
    assert [tuple(each) for each in sitting.question("q").choices] == expected


FILES = {
    "places.csv": "name,label,town\nelm1,Elm One,elm\noak1,Oak One,oak\n",
    "places.xml": "<root><item><name>elm1</name><label>Elm One</label><town>elm</town></item>"
    "<item><name>oak1</name><label>Oak One</label><town>oak</town></item></root>",
    "places.geojson": '{"type":"FeatureCollection","features":['
    '{"type":"Feature","id":"elm1","geometry":{"type":"Point","coordinates":[1,2]},'
    '"properties":{"name":"elm1","label":"Elm One","town":"elm"}},'
    '{"type":"Feature","id":"oak1","geometry":{"type":"Point","coordinates":[3,4]},'
    '"properties":{"name":"oak1","label":"Oak One","town":"oak"}}]}',
}


@pytest.mark.parametrize("file", sorted(FILES))
def test_choices_come_from_a_file_of_any_kind(file: str) -> None:
    where = f"jr://file-csv/{file}" if file.endswith("csv") else f"jr://file/{file}"
    model = f'<instance id="places" src="{where}"/>'
    model += "<bind nodeset=\"/data/said\" calculate=\"pulldata('places', 'label', 'name', /data/q)\"/>"
    body = '<input ref="/data/town"/>' + asked("/data/q", f"{FROM}[town = /data/town]")
    sitting = sit(xform("<town/><q/><said/>", model, body), files=FILES)
    sitting.answer("town", "oak")
    assert [tuple(each) for each in sitting.question("q").choices] == [("oak1", "Oak One")]
    sitting.answer("q", "oak1")
    assert read(sitting, "said") == "Oak One"


EDITS = st.lists(
    st.tuples(
        st.sampled_from(("a", "b", "c", "many", "row", "gone", "name")),
        st.sampled_from(("", "elm", "oak", "elm2", "oak1", "elm2x", "elm2y oak1x", "elm oak", "nowhere")),
    ),
    max_size=14,
)


@settings(max_examples=60, deadline=None)
@given(edits=EDITS)
def test_whatever_is_chosen_running_everything_again_changes_nothing(edits: list[tuple[str, str]]) -> None:
    many = asked("/data/many", "instance('streets')/root/item[place = /data/b or place = /data/kid/name]", "select")
    body = asked("/data/a", "instance('towns')/root/item") + asked("/data/b", f"{FROM}[town = /data/a]")
    body += asked("/data/c", "instance('streets')/root/item[place = /data/b]") + many
    body += KIDS.format(asked("/data/kid/q", "/data/kid[name != current()/../name]", "select1", "name", "name"))
    model = MODEL + listed("streets", STREETS) + '<bind nodeset="/data/b" relevant="/data/many != \'elm2x\'"/>'
    sitting = sit(xform("<a/><b/><c/><many/><kid jr:template=''><name/><age/><q/></kid>", model, body), answers={})
    for path, answer in edits:
        rows = [f"kid/{child.row}" for child in sitting.instance.root.children if child.row]
        if path == "row":
            sitting.add_row("kid")
        elif path == "gone" and rows:
            sitting.remove_row(rows[0])
        elif path == "name" and rows:
            sitting.answer(f"{rows[-1]}/name", answer)
            sitting.answer(f"{rows[0]}/q", answer)
        elif path in ("a", "b", "c", "many"):
            sitting.answer(path, answer)
        sitting.instance.run_all()
        assert sitting.instance.settle() == ()
