"""From version to version: what the plan says, and that no answer is ever dropped."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from functools import cache
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from forms.answers import Value
from forms.definition import Form
from forms.upgrade import CARRIED, MOVED, ORPHANED, PROPOSED, WIDENED, plan
from forms.upgrade_values import KEPT, Upgraded, apply, asked, is_kept, orphans
from forms.versions import version_key
from forms.xform import load

ROW, INNER = "0a1", "0b2"
KINDS = {"int": "input", "decimal": "input", "string": "input", "date": "input", "one": "select1", "many": "select"}


def made(version: str, lines: str, never: bool = False) -> Form:
    """A form of lines: `path type [was=old] [choices=a,b]`, types above, or group, repeat, calculate."""
    told = [line.split() for line in lines.strip().splitlines()]
    tree: dict[str, list[list[str]]] = {}
    for words in told:
        tree.setdefault(words[0].rpartition("/")[0], []).append(words)
    binds = "".join(map(_bind, told))
    mark = ' fp:upgrade="never"' if never else ""
    return load(
        f'<h:html xmlns="http://www.w3.org/2002/xforms" xmlns:h="http://www.w3.org/1999/xhtml" '
        f'xmlns:jr="http://openrosa.org/javarosa" xmlns:fp="urn:fieldkit:form"><h:head><h:title>Boats</h:title>'
        f'<model><instance><data id="boats" version="{version}"{mark}>{_model(tree, "")}</data></instance>{binds}'
        f"</model></h:head><h:body>{_body(tree, '')}</h:body></h:html>".encode()
    )


def _option(words: list[str], name: str) -> str:
    return next((word.partition("=")[2] for word in words if word.startswith(f"{name}=")), "")


def _bind(words: list[str]) -> str:
    kind = words[1] if words[1] in ("int", "decimal", "date") else "string"
    was, klass = _option(words, "was"), _option(words, "class")
    own = (f' fp:was="{was}"' if was else "") + (f' fp:class="{klass}"' if klass else "")
    worked_out = ' calculate="1 + 1"' if words[1] == "calculate" else ""
    return f'<bind nodeset="/data/{words[0]}" type="{kind}"{own}{worked_out}/>'


def _model(tree: dict[str, list[list[str]]], above: str) -> str:
    names = ((words[0], words[0].rpartition("/")[2]) for words in tree.get(above, []))
    return "".join(f"<{name}>{_model(tree, path)}</{name}>" for path, name in names)


def _body(tree: dict[str, list[list[str]]], above: str) -> Iterator[str] | str:
    return "".join(_control(tree, words) for words in tree.get(above, []) if words[1] != "calculate")


def _control(tree: dict[str, list[list[str]]], words: list[str]) -> str:
    path, kind = words[0], words[1]
    if kind in ("group", "repeat"):
        inside = _body(tree, path)
        rows = f'<repeat nodeset="/data/{path}">{inside}</repeat>' if kind == "repeat" else inside
        return f'<group ref="/data/{path}"><label>About {path}</label>{rows}</group>'
    items = "".join(
        f"<item><label>{one}</label><value>{one}</value></item>"
        for one in (_option(words, "choices") or "a,b").split(",")
    )
    element = KINDS[kind]
    chosen = items if element != "input" else ""
    return f'<{element} ref="/data/{path}"><label>Which {path}</label>{chosen}</{element}>'


@cache
def spring() -> Form:
    return made(
        "2026.1",
        """
        name string
        age int
        length decimal
        colour one choices=red,green,blue
        flags many choices=a,b
        launched date
        berth string
        notes string
        g group
        g/keel string
        g/mast string
        owner group
        owner/phone string
        crew repeat
        crew/who string
        crew/years int
        crew/trips repeat
        crew/trips/to string
        gone repeat
        gone/what string
        """,
    )


@cache
def autumn() -> Form:
    return made(
        "2026.2",
        """
        called string was=name
        age decimal
        length int
        colour many choices=red,green
        flags one choices=a,b
        launched calculate
        h group was=g
        h/keel string
        h/mast string
        more group
        more/berth string
        owner repeat
        owner/phone string
        people repeat was=crew
        people/who string
        people/years string
        people/trips repeat
        people/trips/to string
        extra string class=staff-only
        """,
    )


def filled() -> dict[str, Value]:
    return {
        "name": "Gull",
        "name@voice": "child",
        "age": "7",
        "length": "4.5",
        "colour": "blue",
        "flags": ["a", "b"],
        "launched": "2020-01-01",
        "berth": "12",
        "notes@not-recorded": "not-asked",
        "g/keel": "oak",
        "g/mast": "ash",
        "owner/phone": "0",
        f"crew/{ROW}/@order": "a0000001",
        f"crew/{ROW}/who": "Ro",
        f"crew/{ROW}/years": "3",
        f"crew/{ROW}/trips/{INNER}/@order": "a0000001",
        f"crew/{ROW}/trips/{INNER}/to": "Hull",
        f"gone/{ROW}/@order": "a0000001",
        f"gone/{ROW}/what": "rope",
    }


def test_the_plan_says_what_becomes_of_every_question() -> None:
    told = {step.path: (step.what, step.to) for step in plan(spring(), autumn()).steps}
    assert told == {
        "name": (MOVED, "called"),
        "age": (WIDENED, "age"),
        "length": (ORPHANED, ""),
        "colour": (WIDENED, "colour"),
        "flags": (ORPHANED, ""),
        "launched": (ORPHANED, ""),
        "berth": (PROPOSED, "more/berth"),
        "notes": (ORPHANED, ""),
        "g/keel": (MOVED, "h/keel"),
        "g/mast": (MOVED, "h/mast"),
        "owner/phone": (ORPHANED, ""),
        "crew": (MOVED, "people"),
        "crew/who": (MOVED, "people/who"),
        "crew/years": (WIDENED, "people/years"),
        "crew/trips": (MOVED, "people/trips"),
        "crew/trips/to": (MOVED, "people/trips/to"),
        "gone": (ORPHANED, ""),
        "gone/what": (ORPHANED, ""),
    }


def test_every_answer_that_loses_its_place_is_told_why_and_every_lost_choice_is_named() -> None:
    made_plan = plan(spring(), autumn())
    why = {step.path: step.why for step in made_plan.only(ORPHANED)}
    assert why["length"] == why["flags"] == "asked as another kind of answer"
    assert why["owner/phone"] == "asked for each row now, or no longer for each"
    assert why["launched"] == "worked out by the form now"
    assert why["notes"] == "no longer asked"
    assert {step.path: step.gone for step in made_plan.choices_gone} == {"colour": ("blue",)}
    assert [(step.path, step.safe) for step in made_plan.new] == [("more/berth", True), ("extra", False)]
    assert next(step.label for step in made_plan.steps if step.path == "name") == "Which name"


def test_answers_codes_voices_and_rows_go_where_the_plan_says() -> None:
    done = apply(plan(spring(), autumn()), {"berth"}, filled())
    assert done.values == {
        "called": "Gull",
        "called@voice": "child",
        "age": "7",
        "colour": ["blue"],
        "more/berth": "12",
        "h/keel": "oak",
        "h/mast": "ash",
        f"people/{ROW}/@order": "a0000001",
        f"people/{ROW}/who": "Ro",
        f"people/{ROW}/years": "3",
        f"people/{ROW}/trips/{INNER}/@order": "a0000001",
        f"people/{ROW}/trips/{INNER}/to": "Hull",
    }
    assert done.orphans == {
        f"{KEPT}v2026.1/{path}": filled()[path]
        for path in (
            "length",
            "flags",
            "launched",
            "notes@not-recorded",
            "owner/phone",
            f"gone/{ROW}/@order",
            f"gone/{ROW}/what",
        )
    }


def test_what_is_proposed_goes_only_when_somebody_ticks_it() -> None:
    done = apply(plan(spring(), autumn()), (), filled())
    assert "more/berth" not in done.values
    assert done.orphans[f"{KEPT}v2026.1/berth"] == "12"


def test_what_was_kept_goes_on_and_comes_back_when_its_place_is_there_again() -> None:
    first = apply(plan(spring(), autumn()), (), filled())
    winter = made("2026.3", "called string\nlength decimal\nnotes string\ngone repeat\ngone/what string")
    second = apply(plan(autumn(), winter), (), first.whole())
    assert second.values == {
        "called": "Gull",
        "called@voice": "child",
        "length": "4.5",
        "notes@not-recorded": "not-asked",
        f"gone/{ROW}/@order": "a0000001",
        f"gone/{ROW}/what": "rope",
    }
    assert second.orphans[f"{KEPT}v2026.1/owner/phone"] == "0"
    assert second.orphans[f"{KEPT}v2026.2/h/keel"] == "oak"


def test_what_was_kept_does_not_displace_what_was_said_since() -> None:
    kept = {f"{KEPT}v2025.9/age": "40", f"{KEPT}v2025.9/extra@not-recorded": "not-asked"}
    done = apply(plan(autumn(), spring()), (), {"age": "7", **kept})
    assert done.orphans == {**kept, f"{KEPT}v2026.2/age": "7"}
    later = made("2026.10", "age string\nextra string")
    again = apply(plan(spring(), later), (), {"extra": "said", **done.orphans})
    assert again.values == {"age": "7"}
    assert again.orphans == {**kept, f"{KEPT}v2026.1/extra": "said"}


def test_an_agreement_is_never_taken_over() -> None:
    assert plan(made("1", "a string", never=True), made("2", "a string")).never
    assert plan(made("1", "a string"), made("2", "a string", never=True)).never
    assert not plan(made("1", "a string"), made("2", "a string")).never


def test_swapped_names_are_followed() -> None:
    before, after = made("1", "a string\nb string"), made("2", "a string was=b\nb string was=/data/a")
    assert apply(plan(before, after), (), {"a": "1", "b": "2"}).values == {"b": "1", "a": "2"}


PATHS = ("name", "age", "colour", "g", "g/x", "g/y", "r", "r/x", "r/s", "r/s/x", "x", "y")


@st.composite
def forms(draw: st.DrawFn, version: str) -> Form:
    """Small forms that share names, so that everything moves, changes its kind, or goes."""
    lines, repeats = [], ("repeat", "group")
    present: set[str] = {""}
    for path in PATHS:
        above = path.rpartition("/")[0]
        if above not in present or not draw(st.booleans()):
            continue
        present.add(path)
        kind = draw(st.sampled_from(repeats if path in ("g", "r", "r/s") else (*KINDS, "calculate")))
        was = draw(st.sampled_from(("", "", *PATHS)))
        lines.append(f"{path} {kind}" + (f" was={was}" if was else ""))
    return made(version, "\n".join(["always string", *lines]))


SAID: tuple[str | list[str], ...] = ("1", "a", "2.5", ["a", "b"], "2026-01-01")


@st.composite
def values_of(draw: st.DrawFn, form: Form) -> dict[str, Value]:
    rows = {template.removeprefix("/data/") for template in form.rows}
    found: dict[str, Value] = {}
    for template in form.places:
        names, paths = template.split("/")[2:], [""]
        for place, name in enumerate(names):
            paths = [f"{path}/{name}".strip("/") for path in paths]
            if "/".join(names[: place + 1]) in rows:
                paths = [f"{path}/{row}" for path in paths for row in ("0a", "0b")]
                found |= {f"{path}/@order": "a0000001" for path in paths}
        for path in paths if template in form.controls else ():
            mark = draw(st.sampled_from(("", "", "@voice", "@not-recorded")))
            said: Value = draw(st.sampled_from(SAID))
            found[path + mark] = said
    return found


def bag(values: dict[str, Value]) -> Counter[str]:
    return Counter(str([value] if isinstance(value, str) else value) for value in values.values())


@settings(max_examples=150, deadline=None, derandomize=True)
@given(st.data())
def test_nothing_is_ever_dropped_over_two_upgrades(data: st.DataObject) -> None:
    versions = [data.draw(forms(str(number))) for number in (1, 2, 3)]
    values = data.draw(values_of(versions[0]))
    for before, after in pairwise(versions):
        made_plan = plan(before, after)
        ticked = {step.path for step in made_plan.only(PROPOSED) if data.draw(st.booleans())}
        done: Upgraded = apply(made_plan, ticked, values)
        assert bag(done.whole()) == bag(values)
        assert not any(map(is_kept, done.values))
        assert all(map(is_kept, done.orphans))
        assert asked(done.whole()) == done.values
        values = done.whole()


def test_a_version_that_changed_nothing_changes_nothing() -> None:
    again = plan(spring(), spring())
    assert not [step for step in again.steps if step.what != CARRIED]
    assert apply(again, (), filled()) == Upgraded(filled(), {})


@pytest.mark.parametrize(("path", "told"), [(f"{KEPT}v2026.1/a/b", ("2026.1", "a/b")), (f"{KEPT}v1/a+", ("1", "a"))])
def test_a_kept_answer_knows_its_version_and_place(path: str, told: tuple[str, str]) -> None:
    assert [(each.version, each.path) for each in orphans({path: "x"})] == [told]


def test_versions_are_counted_and_not_spelled() -> None:
    told = ["2026.1", "2026.2", "2026.10", "2027", "2027.1", "2027.1rc"]
    assert sorted(sorted(told), key=version_key) == told
