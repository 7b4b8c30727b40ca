"""A form with every type and appearance that is rendered, as XForm text; and how each is answered by keys alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from textual.widget import Widget

from fieldkit.tui.widgets import picks, texts
from fieldkit.tui.widgets.attaching import FileLine
from fieldkit.tui.widgets.editors import ScaleLine

ITEMS = "".join(f"<item><label>{label}</label><value>{label[0]}</value></item>" for label in ("ant", "bee", "cat"))
MANY = "".join(f"<item><label>Place {at}</label><value>p{at}</value></item>" for at in range(60))
LONG = "".join(f"<item><label>{at} {'word ' * 6}</label><value>v{at}</value></item>" for at in range(4))
SPACE = {" ": "space", "-": "minus", "/": "slash", ":": "colon", ".": "full_stop", ",": "comma"}


def typed(words: str) -> list[str]:
    """The keys of some words."""
    return [SPACE.get(letter, letter) for letter in words]


@dataclass(frozen=True)
class Case:
    """One question: its bind, its control, the editor it gets, the keys, what is kept."""

    name: str
    control: str
    editor: type[Widget] | None
    keys: list[str]
    kept: Any
    type: str = "string"
    look: str = ""
    inside: str = ""
    more: str = ""


CASES = (
    Case("text", "input", texts.TextLine, typed("plain words"), "plain words"),
    Case("several", "input", texts.Paragraphs, ["a", "enter", "b"], "a\nb", look="multiline"),
    Case("numbers", "input", texts.DigitsLine, typed("01223 x000000"), "01223 000000", look="numbers"),
    Case("url", "input", texts.TextLine, typed("https://a.example"), "https://a.example", look="url"),
    Case("masked", "input", texts.MaskedLine, typed("hush"), "hush", look="masked"),
    Case("whole", "input", texts.TextLine, typed("1234567"), "1234567", "int", "thousands-sep"),
    Case("part", "input", texts.TextLine, typed("1.5"), "1.5", "decimal"),
    Case("day", "input", texts.DateLine, typed("last friday"), "2026-11-20", "date"),
    Case("walked", "input", texts.DateLine, ["up", "up", "down"], "2026-11-23", "date", "no-calendar"),
    Case("month", "input", texts.MonthLine, typed("may 2026"), "2026-05-01", "date", "month-year"),
    Case("year", "input", texts.YearLine, [*typed("2020"), "up"], "2021-01-01", "date", "year"),
    Case("time", "input", texts.TimeLine, typed("1405"), "14:05", "time"),
    Case("moment", "input", texts.MomentLine, typed("today 14:05"), "2026-11-23T14:05:00+00:00", "dateTime"),
    Case("point", "input", texts.PointLine, typed("52.2, 0.12"), "52.2 0.12", "geopoint"),
    Case("scanned", "input", texts.TextLine, typed("5012345678900"), "5012345678900", "barcode"),
    Case("one", "select1", picks.PickOne, ["2"], "b", inside=ITEMS),
    Case("minimal", "select1", picks.PickFromMany, [*typed("cat"), "enter"], "c", look="minimal", inside=ITEMS),
    Case("auto", "select1", picks.PickFromMany, [*typed("bee"), "enter"], "b", look="autocomplete", inside=ITEMS),
    Case("search", "select1", picks.PickFromMany, [*typed("place 59"), "enter"], "p59", look="search", inside=MANY),
    Case("many", "select1", picks.PickFromMany, [*typed("42"), "enter"], "p42", inside=MANY),
    Case("likert", "select1", picks.PickAcross, ["right", "space"], "b", look="likert", inside=ITEMS),
    Case("likert_long", "select1", picks.PickOne, ["3"], "v2", look="likert", inside=LONG),
    Case("columns", "select1", picks.PickAcross, ["3"], "c", look="columns-2", inside=ITEMS),
    Case("head", "select1", None, [], None, look="label", inside=ITEMS),
    Case("bare", "select1", picks.PickAcross, ["1"], "a", look="list-nolabel", inside=ITEMS),
    Case("quick", "select1", picks.PickOne, ["1"], "a", look="quick", inside=ITEMS),
    Case("some", "select", picks.PickSeveral, ["1", "3"], ["a", "c"], inside=ITEMS),
    Case("some_across", "select", picks.PickSeveralAcross, ["3", "2"], ["b", "c"], look="columns", inside=ITEMS),
    Case("some_of_many", "select", picks.PickSeveralFromMany, [*typed("59"), "enter"], ["p59"], inside=MANY),
    Case("rank", "rank", picks.Ranking, ["down", "alt+up"], ["b", "a", "c"], "odk:rank", inside=ITEMS),
    Case("scale", "range", ScaleLine, ["1", "0"], "10", "int", more='start="0" end="10" step="1"'),
    Case("halves", "range", ScaleLine, ["right", "right"], "0.5", "decimal", more='start="0" end="2" step="0.5"'),
    Case("stars", "range", ScaleLine, ["4"], "4", "int", "rating", more='start="1" end="5" step="1"'),
    Case("upright", "range", ScaleLine, ["up", "up"], "1", "int", "vertical", more='start="0" end="4" step="1"'),
    Case("smooth", "range", ScaleLine, ["end"], "100", "int", "no-ticks", more='start="0" end="100" step="5"'),
    Case("picker", "range", ScaleLine, ["3", "5"], "35", "int", "picker", more='start="0" end="100" step="5"'),
    Case("done", "trigger", picks.Tick, ["space"], "OK"),
    Case("image", "upload", FileLine, [], None, "binary", more='mediatype="image/*"'),
    Case("audio", "upload", FileLine, [], None, "binary", more='mediatype="audio/*"'),
    Case("video", "upload", FileLine, [], None, "binary", more='mediatype="video/*"'),
    Case("file", "upload", FileLine, [], None, "binary", more='mediatype="application/*"'),
)

SILENT = "<bind nodeset='/data/note' readonly='true()'/><bind nodeset='/data/sum' calculate='1 + 1'/>"
ANCHORS = "fp:anchors='never | always'"


def xform() -> bytes:
    """The form: a page of its own for every twelve questions; a note, a calculation, a signature, a nested repeat."""
    leaves = "".join(f"<{case.name}/>" for case in CASES)
    binds = "".join(
        f"<bind nodeset='/data/{case.name}' type='{case.type}' {ANCHORS if case.control == 'range' else ''}/>"
        for case in CASES
    )
    return (
        "<h:html xmlns='http://www.w3.org/2002/xforms' xmlns:h='http://www.w3.org/1999/xhtml'"
        " xmlns:fp='urn:fieldkit:form' xmlns:jr='http://openrosa.org/javarosa'><h:head><h:title>Every type</h:title>"
        f"<model><instance><data id='every' version='1'>{leaves}<note/><sum/><sig/>"
        "<kid jr:template=''><name/><toy jr:template=''><what/><part jr:template=''><size/></part></toy></kid>"
        f"</data></instance>{binds}{SILENT}<bind nodeset='/data/sig' type='binary'/></model></h:head><h:body>"
        f"{''.join(map(_control, CASES))}<input ref='/data/note'><label>A note to read</label></input>"
        "<upload ref='/data/sig' appearance='signature' mediatype='image/*'><label>Sign</label></upload>"
        "<group ref='/data/kid'><label>Kid</label><repeat nodeset='/data/kid'><input ref='/data/kid/name'>"
        "<label>Name</label></input><group ref='/data/kid/toy'><label>Toy</label><repeat nodeset='/data/kid/toy'>"
        "<input ref='/data/kid/toy/what'><label>What</label></input><group ref='/data/kid/toy/part'><label>Part</label>"
        "<repeat nodeset='/data/kid/toy/part'><input ref='/data/kid/toy/part/size'><label>Size</label></input></repeat>"
        "</group></repeat></group></repeat></group></h:body></h:html>"
    ).encode()


def _control(case: Case) -> str:
    look = f"appearance='{case.look}'" if case.look else ""
    words = f"<label>Say {case.name}</label><hint>About {case.name}</hint>"
    return f"<{case.control} ref='/data/{case.name}' {look} {case.more}>{words}{case.inside}</{case.control}>"
