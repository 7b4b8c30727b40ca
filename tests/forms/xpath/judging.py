"""What the tables of this folder share: one small document, one fixed moment, and how a value is told."""

from __future__ import annotations

import math
from datetime import UTC, datetime

from forms.nodes import Node
from forms.xpath import XPathValue, evaluate, node_text

NOW = datetime(2026, 7, 1, 9, 30, tzinfo=UTC)
"""A Wednesday in British Summer Time."""
NAN = math.nan
DOCUMENT = """
<data id="eha" version="3">
  <name>Maud Ferrow</name>
  <age>41</age>
  <blank/>
  <visit>2026-07-01</visit>
  <moment>2026-07-01T10:30:00.000+01:00</moment>
  <needs>food rent school</needs>
  <home><street>Mill Lane</street><number>7</number></home>
  <child><given>Ada</given><age>9</age><need>food</need><toy><kind>ball</kind></toy><toy><kind>kite</kind></toy></child>
  <child><given>Ben</given><age>12</age><need/><toy><kind>book</kind></toy></child>
  <child><given>Cem</given><age>4</age><need>rent</need></child>
  <spot>51.5 -0.1 0 0</spot>
  <instance id="towns"><root>
    <item><name>derby</name><label>Derby</label><county>dbs</county></item>
    <item><name>leeds</name><label>Leeds</label><county>wyk</county></item>
    <item><name>york</name><label>York</label><county>nyk</county></item>
  </root></instance>
</data>
"""


def ask(expression: str, at: str = "/data", zone: str = "UTC") -> XPathValue:
    """The value of an expression over the document."""
    return evaluate(expression, DOCUMENT, now=NOW, zone=zone, context=at)


def told(expression: str, at: str = "/data", zone: str = "UTC") -> str | float | bool | list[str]:
    """The value, with the texts of nodes for the nodes."""
    value = ask(expression, at, zone)
    return [node_text(node) for node in value] if isinstance(value, list) else value


def same(value: object, expected: object) -> bool:
    """Equal in kind and value; what is not a number equals itself; figures to nine places."""
    if isinstance(expected, float):
        if not isinstance(value, float):
            return False
        return (value != value and expected != expected) or math.isclose(value, expected, rel_tol=1e-9, abs_tol=1e-9)
    return type(value) is type(expected) and value == expected


def names(nodes: XPathValue) -> list[str]:
    """The names of the nodes of a node-set."""
    assert isinstance(nodes, list)
    assert all(isinstance(node, Node) for node in nodes)
    return [node.name for node in nodes]
