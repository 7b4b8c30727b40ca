"""Any values of any form, its rows among them: what exports are tested with."""

from __future__ import annotations

from datetime import datetime
from functools import cache
from itertools import count
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from forms import asking
from forms.answers import LISTS, NOT_RECORDED, Value
from forms.definition import Form
from forms.fhir import OF_BIND
from forms.fhir_words import Words
from forms.interview import Interview
from forms.library import shipped
from forms.xform import load
from forms.xpath import World

ZONE = ZoneInfo("Europe/London")
NOW = datetime(2026, 11, 22, 12, 0, tzinfo=ZONE)
ID = "uuid:00000000-0000-4000-8000-000000000001"

NESTED = b"""<h:html xmlns="http://www.w3.org/2002/xforms" xmlns:h="http://www.w3.org/1999/xhtml"
 xmlns:jr="http://openrosa.org/javarosa" xmlns:orx="http://openrosa.org/xforms" xmlns:fp="urn:fieldkit:form">
<h:head><h:title>Houses</h:title><model><instance><data id="houses" version="3">
 <street/><house jr:template=""><number/><room jr:template=""><use/><window jr:template=""><glass/><sorts/></window>
 </room><note/></house><after/><photo/>
 <orx:meta><orx:instanceID/></orx:meta></data></instance>
 <bind nodeset="/data/street" type="string"/><bind nodeset="/data/house/number" type="int"/>
 <bind nodeset="/data/house/room/use" type="string"/><bind nodeset="/data/house/note" type="string"/>
 <bind nodeset="/data/house/room/window/glass" type="string" relevant="../../use != 'cellar'"/>
 <bind nodeset="/data/house/room/window/sorts" type="string"/>
 <bind nodeset="/data/after" type="string" relevant="/data/street != ''"/><bind nodeset="/data/photo" type="binary"/>
</model></h:head><h:body><input ref="/data/street"><label>Street</label></input>
<group ref="/data/house"><label>House</label><repeat nodeset="/data/house"><input ref="/data/house/number"/>
 <group ref="/data/house/room"><label>Room</label><repeat nodeset="/data/house/room"><input ref="/data/house/room/use"/>
 <group ref="/data/house/room/window"><label>W</label><repeat nodeset="/data/house/room/window">
 <input ref="/data/house/room/window/glass"/>
 <select ref="/data/house/room/window/sorts"><item><label>A</label><value>a</value></item></select>
 </repeat></group></repeat></group><input ref="/data/house/note"/></repeat></group>
 <input ref="/data/after"/><upload ref="/data/photo" mediatype="image/*"/></h:body></h:html>"""


@cache
def nested() -> Form:
    return load(NESTED)


@cache
def every_form() -> dict[str, Form]:
    return {id: load(published.xml.encode()) for id, published in shipped().items()} | {"houses": nested()}


def opened(form: Form, answers: dict[str, Value] | None = None) -> Interview:
    ids = count(1)
    world = World(NOW.date(), NOW, ZONE, "default", lambda _, value: value, lambda: 0.5, lambda: ID[5:], lambda *_: "")
    return Interview(form, world, new_id=lambda: f"{next(ids)}n", answers=answers, begins_empty=True)


TEXTS = st.text(max_size=12) | st.sampled_from(
    ["]]>", "a\r\nb", " x ", "\t", "\x00\x1b", "\ud800", "👩‍👧", "שלום", "&<'\""]
)
WORDS = st.lists(st.sampled_from(["a", "b", "two words", "\x07", ""]), min_size=1, max_size=3)
ATTACHMENTS = st.fixed_dictionaries({"hash": st.text("0123456789abcdef", min_size=4, max_size=4), "name": TEXTS})


RIGHT: dict[str, Value] = {
    "integer": "4",
    "decimal": "1.50",
    "date": "2026-11-02",
    "time": "14:30",
    "dateTime": "2026-11-02T14:30",
    "range": "7",
    "acknowledge": "OK",
    "geopoint": "52.1 0.2",
}


def filled(form: Form) -> dict[str, Value]:
    """Every question of a form answered rightly by its type, with two rows in every repeat."""
    kinds = asking.kinds(form)
    paths = {form.model.template: [""]}
    values: dict[str, Value] = {}
    for template in form.places:
        if template == form.model.template:
            continue
        above, _, name = template.rpartition("/")
        spots = [f"{up}/{name}" if up else name for up in paths.get(above, ())]
        if template in form.rows:
            spots = [f"{spot}/{row}r" for spot in spots for row in (1, 2)]
            values |= {f"{path}/@order": f"a000000{path[-2]}" for path in spots}
        paths[template] = spots
        if template in kinds:
            values |= dict.fromkeys(spots, _right(form, template, kinds[template]))
    return values


def _right(form: Form, template: str, kind: str) -> Value:
    if kind in ("select_one", "select_multiple", "rank"):
        codes = list(Words(form).codings(template)) or ["a"]
        return codes[:1][0] if kind == "select_one" else codes[:2]
    if kind in ("image", "audio", "video", "file", "signature"):
        return {"hash": "ab12", "name": "seen.png"}
    of_bind = OF_BIND.get(form.binds[template].type, "") if template in form.binds else ""
    return RIGHT.get(kind) or RIGHT.get(of_bind) or "Said in so many words"


@st.composite
def flat_values(draw: st.DrawFn, form: Form) -> dict[str, Value]:
    """Any values at any of a form's places, its rows among them, and some at places it does not have."""
    values: dict[str, Value] = {}
    paths = {form.model.template: [""]}
    kinds = asking.kinds(form)
    for template in form.places:
        if template == form.model.template:
            continue
        above, _, name = template.rpartition("/")
        spots = [f"{up}/{name}" if up else name for up in paths.get(above, ())]
        if template in form.rows:
            rows = draw(st.lists(st.integers(1, 30), unique=True, max_size=2))
            ordered = [(f"{spot}/{row}x", f"a{at:07d}") for spot in spots for at, row in enumerate(rows, 1)]
            values |= {f"{path}/@order": order for path, order in ordered}
            spots = [path for path, _ in ordered]
        paths[template] = spots
    leaves = [(path, template) for template, spots in paths.items() if template in kinds for path in spots]
    chosen = draw(st.lists(st.sampled_from(leaves), max_size=8, unique=True)) if leaves else []
    for path, template in chosen:
        listed = kinds[template] in LISTS
        value: Any = draw(ATTACHMENTS | (WORDS if listed else TEXTS) | (TEXTS if listed else WORDS))
        if value:
            values[path] = value
        if draw(st.booleans()):
            values[f"{path}@voice"] = draw(st.sampled_from(["child", "a\r\n\x00 parent \ud800"]))
        if draw(st.booleans()):
            values[f"{path}@not-recorded"] = draw(st.sampled_from(NOT_RECORDED))
    elsewhere = draw(
        st.dictionaries(st.sampled_from(["gone/x", "old", "gone/1/@order"]), TEXTS.filter(bool), max_size=2)
    )
    return values | elsewhere
