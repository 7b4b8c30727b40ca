"""What a device does not take in a form, although the engine runs it."""

from __future__ import annotations

import pytest

from forms.library import shipped
from forms.load_policy import NotTaken, refuse
from forms.xform import load

HEAD = (
    '<h:html xmlns="http://www.w3.org/2002/xforms" xmlns:h="http://www.w3.org/1999/xhtml"'
    ' xmlns:jr="http://openrosa.org/javarosa"><h:head><h:title>T</h:title><model>'
)


def form(bind: str = "type='string'", control: str = "", deep: int = 0) -> bytes:
    inner = (
        "<q/>"
        if not deep
        else "".join(f"<r{n}>" for n in range(deep)) + "".join(f"</r{n}>" for n in reversed(range(deep)))
    )
    path = ["/data" + "".join(f"/r{n}" for n in range(depth + 1)) for depth in range(deep)]
    body = "".join(f"<repeat nodeset='{each}'>" for each in path) + "</repeat>" * deep
    asked = f"<input ref='/data/q' {control}><label>Q</label></input>"
    binds = f"<bind nodeset='/data/q' {bind}/>" if not deep else ""
    return (
        f"{HEAD}<instance><data id='t' version='1'>{inner}</data></instance>{binds}</model></h:head>"
        f"<h:body>{body or asked}</h:body></h:html>"
    ).encode()


@pytest.mark.parametrize(
    ("xml", "word"),
    [
        (form("type='geotrace'"), "geotrace at /data/q"),
        (form("type='geoshape'"), "geoshape at /data/q"),
        (form(control="appearance='annotate'"), "annotate at /data/q"),
        (form(control="appearance='ex:org.other.app(1)'"), "ex:org.other.app(1) at /data/q"),
        (form().replace(b"nodeset='/data/q'", b"nodeset='/data/gone'"), "/data/gone, which is not in its instance"),
        (form(deep=4), "more than 3 repeats in one another at /data/r0/r1/r2/r3"),
    ],
)
def test_a_device_refuses_by_name_what_publishing_would_have_refused(xml: bytes, word: str) -> None:
    with pytest.raises(NotTaken) as refused:
        refuse(load(xml))
    assert refused.value.found == (word,)
    assert word in refused.value.cure


def test_every_shipped_form_is_taken() -> None:
    for published in shipped().values():
        refuse(published.loaded())


def test_three_repeats_in_one_another_are_taken() -> None:
    refuse(load(form(deep=3)))
