"""Forms and responses made to harm: refused with a named reason, or contained, within a second."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from forms.answers import TooManyRows
from forms.errors import FormError, XPathError
from forms.headless import open_form
from forms.interview import Interview
from forms.xform import LARGEST, MOST_BINDS, MOST_PARTS, load
from forms.xpath import evaluate
from forms.xpath.patience import TOGETHER
from tests.forms.conformance.xforms import HEAD, listed, read, sit, xform


@contextmanager
def promptly(seconds: float = 1.0) -> Iterator[None]:
    """What is done inside takes no more work than this many seconds; what else the machine does is not counted."""
    begun = time.process_time()
    yield
    assert time.process_time() - begun < seconds


def calculated(expression: str) -> bytes:
    """A form that works something out."""
    return xform("<q/><n>1</n>", f'<bind nodeset="/data/q" calculate="{expression}"/>')


LAUGHS = "".join(f'<!ENTITY l{at} "{f"&l{at - 1};" * 10 if at else "ha"}">' for at in range(10))
DEEP = 10_000
ATTRIBUTES = " ".join(f'a{at}=""' for at in range(50_000))
REFUSED = {
    "nothing": b"",
    "no XML": b"\x00\x01\x02",
    "half a form": xform("<q/>")[:200],
    "another document": b"<svg/>",
    "no instance": f"{HEAD}</model></h:head></h:html>".encode(),
    "an empty instance": f"{HEAD}<instance/></model></h:head></h:html>".encode(),
    "no title": xform("<q/>").replace(b"<h:title>Trial</h:title>", b""),
    "an entity": b'<!DOCTYPE a [<!ENTITY b "c">]>' + xform("<q>&b;</q>"),
    "a file as an entity": b'<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/hostname">]>' + xform("<q>&b;</q>"),
    "a billion laughs": f"<!DOCTYPE a [{LAUGHS}]>".encode() + xform("<q>&l9;</q>"),
    "a document type from elsewhere": b'<!DOCTYPE a SYSTEM "http://192.0.2.1/a.dtd">' + xform("<q/>"),
    "an unbound prefix": xform("<odd:q/>"),
    "a hundred megabytes": b" " * 100_000_000,
    "too deep an instance": xform("<q>" * DEEP + "</q>" * DEEP),
    "too deep for fieldkit": xform("<q>" * 100 + "</q>" * 100),
    "too deep a body": xform("<q/>", "", "<group>" * DEEP + "</group>" * DEEP),
    "too many parts": xform("<q/>", listed("l", "<i/>" * (MOST_PARTS + 1))),
    "too many attributes": xform(f"<q {ATTRIBUTES}/>"),
    "too many questions": xform("".join(f"<q{at}/>" for at in range(MOST_BINDS + 1))),
    "too many rules": xform("<q/>", '<bind nodeset="/data/q"/>' * (MOST_BINDS + 1)),
    "a repeat that is nowhere": xform("<q/>", "", '<group><repeat nodeset="/data/kid"/></group>'),
    "two that wait for each other": xform(
        "<a/><b/>", '<bind nodeset="/data/a" calculate="/data/b"/><bind nodeset="/data/b" calculate="/data/a"/>'
    ),
    "a ring through relevance": xform(
        "<a/><b/>", '<bind nodeset="/data/a" relevant="/data/b = 1"/><bind nodeset="/data/b" calculate="/data/a"/>'
    ),
    "no expression": calculated("1 +"),
    "an unknown function": calculated("no-such-thing()"),
    "too many arguments": calculated("today(1)"),
    "an unknown axis": calculated("sideways::q"),
    "a hundred kilobytes of brackets": calculated("(" * 50_000 + "1" + ")" * 50_000),
    "a hundred kilobytes of nothing": calculated("not(" * 25_000),
    "a hundred kilobytes of a list from elsewhere": xform(
        "<q/>", f'<instance id="l" src="https://{"a" * 100_000}.example/x.csv"/>'
    ),
    "a list from the machine": xform("<q/>", '<instance id="l" src="file:///etc/passwd"/>'),
    "a list beside the form that climbs": xform("<q/>", '<instance id="l" src="jr://file/../../x.xml"/>'),
}


@pytest.mark.parametrize("name", sorted(REFUSED))
def test_a_hostile_form_is_refused_with_a_reason(name: str) -> None:
    with promptly(), pytest.raises(FormError) as refused:
        load(REFUSED[name])
    assert len(refused.value.said) < 400
    assert refused.value.cure


def test_the_largest_form_is_named_before_it_is_read() -> None:
    with promptly(0.1), pytest.raises(FormError):
        load(b"<" * (LARGEST + 1))


HEAVY = [
    "1 + " * 25_000 + "1",
    "'" + "x" * 100_000 + "'",
    "concat(" + ",".join(["'x'"] * 20_000) + ")",
    "/data/n" + " | /data/n" * 5_000,
    "regex('" + "a" * 30 + "', '(a+)+b')",
    "count(//*[count(//*) > 0][count(//*) > 0])",
]


@pytest.mark.parametrize("expression", HEAVY, ids=range(len(HEAVY)))
def test_a_heavy_expression_is_worked_out_or_refused_in_time(expression: str) -> None:
    with promptly():
        try:
            sit(calculated(expression.replace("<", "&lt;")))
        except XPathError as refused:
            assert refused.cure  # noqa: PT017 - either answer is right


def test_a_count_of_a_million_rows_is_held_at_what_a_device_can_hold() -> None:
    repeat = '<repeat nodeset="/data/kid" jr:count="/data/n"><input ref="/data/kid/a"/></repeat>'
    body = f'<input ref="/data/n"/><group ref="/data/kid">{repeat}</group>'
    with promptly():
        sitting = sit(xform('<n>1</n><kid jr:template=""><a/></kid>', "", body))
        sitting.answer("n", "1000000")
    assert sum(child.name == "kid" for child in sitting.instance.root.children) == 200


def test_a_response_of_another_version_is_taken_up_as_far_as_it_fits() -> None:
    kept = {"q": "yes", "gone": "x", "gone/deep/er": "y", "q@nothing": "z", "q@not-recorded": "not-known"}
    assert read(sit(xform("<q/>", "", '<input ref="/data/q"/>'), answers=kept), "q") == "yes"


def test_rows_of_a_repeat_that_is_not_there_are_refused_and_the_draft_is_untouched() -> None:
    kept = {"kid/1/@order": "a0000001", "kid/1/name": "Bea"}
    before = dict(kept)
    with pytest.raises(FormError):
        sit(xform("<q/>", "", '<input ref="/data/q"/>'), answers=kept)
    assert kept == before


def test_a_number_without_end_counts_no_row_and_picks_none() -> None:
    repeat = '<repeat nodeset="/data/kid" jr:count="0 - 1 div 0"><input ref="/data/kid/n"/></repeat>'
    sitting = open_form(xform("<kid><n/></kid>", "", f'<group ref="/data/kid">{repeat}</group>'))
    assert sitting.count("/data/kid") == 0
    assert open_form(calculated("indexed-repeat(/data/n, /data/n, 1 div 0)")).value("/data/q") == ""


def searching(questions: int, rules: int, expression: str) -> bytes:
    """A form with many rules of the same words."""
    told = "".join(f'<bind nodeset="/data/q{at}" relevant="{expression}"/>' for at in range(rules))
    return xform("".join(f"<q{at}/>" for at in range(questions)), told)


def test_rules_that_each_read_everything_are_refused_at_loading() -> None:
    with promptly(3), pytest.raises(FormError, match="read more questions"):
        load(searching(2_000, 2_000, "count(//*) = 1"))


def test_many_slow_searches_are_ended_together() -> None:
    form = searching(400, 200, "count(//*[count(//*) = 1]) = 1")
    with promptly(TOGETHER + 2), pytest.raises(XPathError):
        open_form(form)


def test_a_search_too_long_for_a_device_is_refused() -> None:
    with promptly(), pytest.raises(FormError):
        load(calculated(f"regex(/data/n, '{'(' * 10_000}{')' * 10_000}')"))
    with promptly(), pytest.raises(XPathError):
        evaluate(f"regex('{'a' * 200_000}', '((a?){{50}}){{15}}b')", "<a/>")


def test_a_document_of_more_parts_than_fieldkit_reads_is_refused() -> None:
    with pytest.raises(FormError):
        evaluate("count(//*)", "<a>" + "<b/>" * (MOST_PARTS + 1) + "</a>")


def test_odd_names_of_attributes_do_no_harm() -> None:
    odd = 'irrelevant="" typed="x" order="zzz" not-recorded="no" attached="{" row="7" __class__="y"'
    sitting = sit(xform(f"<q {odd}>1</q>", '<bind nodeset="/data/q" type="int"/>', '<input ref="/data/q"/>'))
    assert isinstance(sitting, Interview)
    sitting.answer("q", "4")
    assert read(sitting, "q") == "4"
    assert sitting.values()["q"] == "4"
    assert sitting.violations() == ()


def test_choices_that_loop_through_their_own_words_are_contained() -> None:
    texts = '<text id="t"><value><output value="jr:itext(\'t\')"/></value></text>'
    model = f'<itext><translation lang="en">{texts}</translation></itext>'
    sitting = sit(xform("<q/>", model, '<input ref="/data/q"><label ref="jr:itext(\'t\')"/></input>'))
    with promptly(), pytest.raises(FormError):
        sitting.question("q")


def test_a_response_of_countless_rows_is_refused_and_kept_as_it_is() -> None:
    kept = {f"kid/{at}/@order": f"a{at:07d}" for at in range(50_000)}
    body = '<group ref="/data/kid"><repeat nodeset="/data/kid"><input ref="/data/kid/a"/></repeat></group>'
    with promptly(), pytest.raises(TooManyRows):
        sit(xform('<kid jr:template=""><a/></kid>', "", body), answers=kept)
    assert len(kept) == 50_000
