"""Forms made for measuring: so many questions, expressions and repeats, as XForm text. No form that anybody fills."""

from __future__ import annotations

HEAD = (
    '<h:html xmlns="http://www.w3.org/2002/xforms" xmlns:h="http://www.w3.org/1999/xhtml"'
    ' xmlns:jr="http://openrosa.org/javarosa"><h:head><h:title>Made</h:title><model>'
)
KINDS = ("string", "int", "date", "select1", "string", "decimal")
PAGE = 10
IN_ROW = 19
"""Questions in each row of the repeat, as a child of an assessment has."""
LIST = "".join(f"<item><name>c{at}</name><label>Choice {at}</label></item>" for at in range(6))


def made(questions: int, *, rows: bool = True, extra: int = 0) -> bytes:
    """A form of so many questions in field-list pages of ten, every third one with a rule.

    `rows` puts `IN_ROW` of them into a repeat; `extra` adds calculates that read their neighbours in chains of ten.
    """
    outside = questions - (IN_ROW if rows else 0)
    names = [f"g{at // PAGE}/q{at}" for at in range(outside)]
    groups = [names[at : at + PAGE] for at in range(0, outside, PAGE)]
    inside = [f"r{at}" for at in range(IN_ROW)] if rows else []
    instance = "".join(f"<g{at}>{''.join(map(_leaf, group))}</g{at}>" for at, group in enumerate(groups))
    row = f"<kids jr:template=''>{''.join(f'<{name}/>' for name in inside)}</kids>" if rows else ""
    chains = "".join(f"<x{at}/>" for at in range(extra))
    binds = [*(_bind(f"/data/{name}", at, names) for at, name in enumerate(names))]
    binds += [_row_bind(name, at) for at, name in enumerate(inside)]
    binds += [_chain(at, names) for at in range(extra)]
    body = "".join(_group(at, group) for at, group in enumerate(groups))
    repeat = "".join(f'<input ref="/data/kids/{name}"><label>Row question {name}</label></input>' for name in inside)
    asked = f'<group ref="/data/kids"><label>Kid</label><repeat nodeset="/data/kids">{repeat}</repeat></group>'
    return (
        f'{HEAD}<instance><data id="made" version="1">{instance}{row}{chains}</data></instance>'
        f'<instance id="list"><root>{LIST}</root></instance>{"".join(binds)}</model></h:head>'
        f"<h:body>{body}{asked if rows else ''}</h:body></h:html>"
    ).encode()


def _leaf(path: str) -> str:
    return f"<{path.rpartition('/')[2]}/>"


def _bind(path: str, at: int, names: list[str]) -> str:
    before = f"/data/{names[at - 1]}" if at else ""
    kind = KINDS[at % len(KINDS)]
    rules = ""
    if at % 6 == 3 and before:
        rules = f" relevant=\"{before} != 'never'\""
    elif at % 6 == 1:
        rules = ' constraint=". &lt; 1000 and . &gt; -1000"'
    elif at % 6 == 5:
        rules = f" required=\"{before} != ''\""
    return f'<bind nodeset="{path}" type="{"string" if kind == "select1" else kind}"{rules}/>'


def _row_bind(name: str, at: int) -> str:
    if at == IN_ROW - 1:
        return f'<bind nodeset="/data/kids/{name}" type="string" calculate="concat(../r0, position(..))"/>'
    rules = f" relevant=\"../r{at - 1} != 'never'\"" if at % 4 == 1 else ""
    return f'<bind nodeset="/data/kids/{name}" type="{"int" if at % 3 == 2 else "string"}"{rules}/>'


def _chain(at: int, names: list[str]) -> str:
    start = names[(at // 10) % len(names)]
    read = f"/data/x{at - 1}" if at % 10 else f"/data/{start}"
    return f'<bind nodeset="/data/x{at}" type="string" calculate="concat({read}, \'{at % 7}\')"/>'


def _group(at: int, names: list[str]) -> str:
    asked = "".join(_control(f"/data/{name}", at * PAGE + place) for place, name in enumerate(names))
    return f'<group ref="/data/g{at}" appearance="field-list"><label>Part {at}</label>{asked}</group>'


def _control(path: str, at: int) -> str:
    label = f"<label>Question {at} of the form, in a few plain words</label>"
    if KINDS[at % len(KINDS)] != "select1":
        return f'<input ref="{path}">{label}</input>'
    itemset = '<itemset nodeset="instance(\'list\')/root/item"><value ref="name"/><label ref="label"/></itemset>'
    return f'<select1 ref="{path}">{label}{itemset}</select1>'


def long_list(rows: int) -> bytes:
    """A CSV of places: name, label, region, kind."""
    lines = [f"p{at},Place {at} of the list,region{at % 250},kind{at % 7}" for at in range(rows)]
    return "\n".join(["name,label,region,kind", *lines]).encode()


LISTED = (
    f'{HEAD}<instance><data id="listed" version="1"><region/><kind/><place/></data></instance>'
    '<instance id="places" src="jr://file-csv/places.csv"/>'
    '<bind nodeset="/data/region" type="string"/><bind nodeset="/data/kind" type="string"/>'
    '<bind nodeset="/data/place" type="string"/></model></h:head><h:body>'
    '<input ref="/data/region"><label>Region</label></input><input ref="/data/kind"><label>Kind</label></input>'
    '<select1 ref="/data/place"><label>Place</label>'
    "<itemset nodeset=\"instance('places')/root/item[region = /data/region and kind = /data/kind]\">"
    '<value ref="name"/><label ref="label"/></itemset></select1></h:body></h:html>'
).encode()
"""A form that chooses from a long list outside it, by two conditions."""
