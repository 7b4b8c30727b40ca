"""What an expression may see of the instance: its elements and attributes, never the marks the engine keeps there."""

from __future__ import annotations

from forms.headless import open_form
from tests.forms.conformance.xforms import xform


def test_the_engines_own_marks_are_no_attributes_of_the_form() -> None:
    rules = "<bind nodeset='/data/a' type='int'/><bind nodeset='/data/b' relevant='/data/a = 1'/>"
    body = "<input ref='/data/a'/><input ref='/data/b'/><repeat nodeset='/data/r'><input ref='/data/r/q'/></repeat>"
    sitting = open_form(xform("<a kept='yes'/><b/><r><q/></r>", rules, body))
    sitting.answer("/data/a", "lots")
    sitting.add_row("/data/r")
    sitting.interview.not_recorded("b", "not-known")
    sitting.interview.voice("a", "child")
    assert sitting.evaluate("count(/data/*/@*)") == 1
    assert sitting.evaluate("string(/data/a/@kept)") == "yes"
    assert sitting.evaluate("count(/data/r[@order])") == 0


def test_attributes_that_stand_in_the_form_are_read() -> None:
    sitting = open_form(xform("<a order='3'/><t/>", "<bind nodeset='/data/t' calculate='/data/a/@order + 1'/>", ""))
    assert sitting.value("/data/t") == "4"
    assert sitting.evaluate("string(/data/@id)") == "trial"
