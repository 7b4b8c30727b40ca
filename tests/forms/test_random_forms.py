"""Whatever the form: what is run again after an edit is what a whole run gives, and what a new opening gives."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from forms import asking
from forms.answers import path_of
from forms.errors import FormError
from forms.instance import walk
from forms.interview import Interview
from forms.xform import load
from tests.forms.conformance.xforms import world
from tests.forms.definitions.sitting import row_ids
from tests.forms.random_forms import random_form

WORDS = ("", "0", "1", "2", "3", "5", "x")
ROWS = ("r", "s")
QUICK = settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
LONG = settings(max_examples=3_000, deadline=None, suppress_health_check=list(HealthCheck))


def opened(xml: bytes, answers: Any = None) -> Interview:
    ids = row_ids()
    return Interview(load(xml), world(), new_id=lambda: next(ids), answers=answers)


def state(interview: Interview) -> list[Any]:
    """Everything a person can see: values, relevance, what is wrong, read only, required, offered."""
    found: list[Any] = []
    for node in walk(interview.instance.root):
        bind = interview.form.binds.get(node.template, asking.NO_BIND)
        found.append((path_of(node), node.text, node.relevant, asking.readonly(interview, node)))
        found.append(asking.holds(interview, bind.required, node))
        found.append([choice.value for choice in asking.choices(interview, node)])
    return [*found, [(each.path, each.why) for each in interview.violations()]]


def edit(data: st.DataObject, interview: Interview) -> None:
    nodes = list(walk(interview.instance.root))
    verb = data.draw(st.sampled_from(("answer", "answer", "answer", "add", "remove")))
    rows = [node for node in nodes if node.row is not None and node.name in ROWS]
    if verb == "remove" and rows:
        interview.remove_row(path_of(data.draw(st.sampled_from(rows))))
    elif verb == "add" and len(rows) < 8:
        above = data.draw(st.sampled_from([node for node in nodes if node.parent is None or node.name == "r"]))
        at = data.draw(st.sampled_from((None, 1, 2)))
        interview.add_row(f"{path_of(above)}/s" if above.name == "r" else "r", at)
    else:
        asked = [n for n in nodes if not n.children and n.template in interview.kinds and not computed(interview, n)]
        if asked:
            interview.answer(path_of(data.draw(st.sampled_from(asked))), data.draw(st.sampled_from(WORDS)))


def computed(interview: Interview, node: Any) -> bool:
    bind = interview.form.binds.get(node.template)
    return bind is not None and bind.calculate is not None


def judged(data: st.DataObject) -> None:
    xml = data.draw(random_form())
    try:
        interview = opened(xml)
    except FormError:  # A cycle; the tables of cycles tell which are refused.
        assume(False)
        raise
    for _ in range(data.draw(st.integers(1, 8))):
        edit(data, interview)
    # An answer made of itself in the row that it names by number (“/data/r[2]/e” in r/e) has no end to compare.
    assume(not interview.instance.restless)
    now = state(interview)
    interview.instance.run_all()
    interview.instance.settle()
    assert state(interview) == now
    if not interview.form.graph.mutual:
        again = opened(xml, interview.values())
        assert state(again) == now


@QUICK
@given(st.data())
def test_every_form_is_the_same_run_in_part_run_whole_and_opened_anew(data: st.DataObject) -> None:
    judged(data)


@pytest.mark.long
@pytest.mark.timeout(1_800)
@LONG
@given(st.data())
def test_many_forms_are_the_same_run_in_part_run_whole_and_opened_anew(data: st.DataObject) -> None:
    judged(data)
