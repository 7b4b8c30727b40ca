"""What the fuzzers share: forms, lists and answers as somebody might break them, and the one thing that must hold.

Whatever is handed in, the engine answers with a value or with an error of its own family (`FormError`), in good time.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from functools import cache, partial
from typing import Any

from forms.errors import FormError
from forms.external import read_external
from forms.interview import Interview
from forms.library import shipped
from forms.submission import of_interview
from forms.xform import load
from tests.forms.conformance.xforms import listed, world, xform

PLACES = b'name,label,town\nelm1,Elm One,elm\noak1,"Oak, one",oak\n'
SMALL = xform(
    '<a>1</a><town/><q/><many/><kid jr:template=""><name/><age/></kid><n/><total/>'
    '<meta><entity xmlns="http://www.opendatakit.org/xforms/entities" dataset="d" id="" create="1"/></meta>',
    listed("l", "<item><name>x</name><itextId>t</itextId><town>elm</town></item>")
    + '<itext><translation lang="en"><text id="t"><value>T <output value="/data/a"/></value></text>'
    + "</translation></itext>"
    + '<instance id="places" src="jr://file-csv/places.csv"/>'
    + '<instance id="last-saved" src="jr://instance/last-saved"/>'
    + '<bind nodeset="/data/a" type="int" constraint=". &lt; 9" jr:constraintMsg="jr:itext(\'t\')"/>'
    + '<bind nodeset="/data/kid/age" type="decimal" relevant="../name != \'\'" required="true()"/>'
    + '<bind nodeset="/data/total" type="int" calculate="sum(/data/kid/age) + count(/data/kid)"/>'
    + '<bind nodeset="/data/n" jr:preload="uid"/>'
    + '<setvalue event="odk-instance-first-load" ref="/data/town" value="instance(\'last-saved\')/data/town"/>',
    '<input ref="/data/a"><label ref="jr:itext(\'t\')"/></input><input ref="/data/town"/>'
    '<select1 ref="/data/q"><itemset nodeset="instance(\'places\')/root/item[town = /data/town]">'
    '<value ref="name"/><label ref="label"/></itemset></select1>'
    '<select ref="/data/many"><itemset nodeset="randomize(instance(\'l\')/root/item, 3)">'
    '<value ref="name"/><label ref="jr:itext(itextId)"/></itemset></select>'
    '<group ref="/data/kid"><repeat nodeset="/data/kid"><input ref="/data/kid/name"/>'
    '<input ref="/data/kid/age"/></repeat></group>',
)


@cache
def seeds() -> tuple[bytes, ...]:
    """Forms to break: a small one with something of everything, and one that ships."""
    return SMALL, shipped()["visit"].xml.encode()


def changed(data: bytes, chance: random.Random) -> bytes:
    """A document with a few pieces cut, doubled, swapped or replaced."""
    made = bytearray(data)
    for _ in range(chance.randint(1, 6)):
        at = chance.randrange(len(made) or 1)
        until = min(len(made), at + chance.choice((1, 2, 8, 40, 200)))
        piece = bytes(made[at:until])
        made[at:until] = chance.choice((b"", piece * 2, piece[::-1], chance.choice(PIECES)))
    return bytes(made)


def changed_words(data: bytes, chance: random.Random) -> bytes:
    """A document that stays well-formed more often: attribute values and names are exchanged for one another."""
    parts = data.split(b'"')
    for _ in range(chance.randint(1, 8)):
        parts[chance.randrange(len(parts))] = chance.choice((*PIECES[:24], chance.choice(parts)))
    return b'"'.join(parts)


PIECES = (
    *(b"", b"/", b"/data", b"/data/a", "żółw".encode(), b"-1", b"jr:itext('t')", b"instance('l')/root/item", b"."),
    *(b"1 div 0", b"/data/kid/name", b"..", b"//*", b"true()", b"nonsense(", b"randomize(/data/kid)", b"/data/@id"),
    *(b"jr://file-csv/places.csv", b"jr://instance/last-saved", b"int", b"date", b"select1", b"9" * 400),
    *(b"<", b">", b"&", b"&amp;", b"]]>", b"<!--", b"\0", b"\xff", b"</data>", b"<data>", b"<item/>"),
)  # fmt: skip


def tried(run: Callable[[], Any]) -> Any:
    """The value, or the engine's own error; anything else is a fault of the engine."""
    try:
        return run()
    except FormError as refused:
        return refused


def worked(xml: bytes, answers: Mapping[str, Any] | None = None) -> None:
    """Load a form and do with it all that a device does."""
    form = load(xml, {"places.csv": PLACES})
    ids = iter(range(1, 100_000))
    sitting = Interview(form, world(), new_id=lambda: f"{next(ids)}", answers=answers)
    for path, kind in list(sitting.kinds.items())[:40]:
        kept = path.partition("/")[2].partition("/")[2]
        values: tuple[Any, ...] = ("3", ["x", "elm1"], None)
        for value in values if kind != "calculate" else ():
            tried(partial(sitting.answer, kept, value))
    for repeat in list(form.rows)[:4]:
        row = tried(partial(sitting.add_row, repeat.partition("/")[2].partition("/")[2]))
        if isinstance(row, str):
            tried(partial(sitting.answer, f"{row}/name", "x"))
    for language in sitting.languages[:2]:
        tried(partial(sitting.set_language, language))
    for look in (sitting.pages, sitting.outline, sitting.violations, sitting.values, sitting.filed):
        tried(look)
    tried(lambda: of_interview(sitting))


def listed_from(name: str, data: bytes) -> None:
    """Read a list and look something up in it."""
    read_external("x", f"jr://{'file-csv' if name.endswith('csv') else 'file'}/{name}", {name: data})
