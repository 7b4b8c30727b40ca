"""A long list is looked up by an index, and gives what walking it would."""

from __future__ import annotations

import pytest

from forms.xpath import evaluate, node_text

ITEMS = "".join(
    f"<item><name>n{at % 40}</name><group>g{at % 3}</group><label>L{at}</label>"
    f"<alias>n{at}</alias><alias>m{at}</alias></item>"
    for at in range(90)
)
DOCUMENT = (
    f"<data><want>n7</want><many>n7</many><many>n8</many><number>7</number>"
    f'<instance id="list"><root>{ITEMS}<other><name>n7</name></other></root></instance></data>'
)
CASES = [
    ("[name = 'n7']", ["L7", "L47", "L87"]),
    ("['n7' = name]", ["L7", "L47", "L87"]),
    ("[name = /data/want]", ["L7", "L47", "L87"]),
    ("[name = current()/want]", ["L7", "L47", "L87"]),
    ("[name = /data/many]", ["L7", "L8", "L47", "L48", "L87", "L88"]),
    ("[name = concat('n', /data/number)]", ["L7", "L47", "L87"]),
    ("[name = /data/missing]", []),
    ("[name = '']", []),
    ("[name = 'nowhere']", []),
    ("[name = 'n7'][2]", ["L47"]),
    ("[name = 'n7'][group = 'g2']", ["L47"]),
    ("[name = 'n7'][last()]", ["L87"]),
    ("[alias = 'm5']", ["L5"]),
    ("[alias = 'n5']", ["L5"]),
    ("[name = 7]", []),
    ("[label = concat('L', position())]", []),
    ("[name = ../other/name]", ["L7", "L47", "L87"]),
    ("[name = 'n7' and group = 'g0']", ["L87"]),
    ("[name != 'n7'][1]", ["L0"]),
]


@pytest.mark.parametrize(("predicate", "expected"), CASES)
def test_a_lookup_gives_what_a_walk_gives(predicate: str, expected: list[str]) -> None:
    looked = evaluate(f"instance('list')/root/item{predicate}/label", DOCUMENT)
    walked = evaluate(f"/data/instance[@id = 'list']/root/item{predicate}/label", DOCUMENT)
    assert isinstance(looked, list)
    assert isinstance(walked, list)
    assert [node_text(node) for node in looked] == [node_text(node) for node in walked] == expected
