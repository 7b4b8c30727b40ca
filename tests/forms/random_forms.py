"""Small XForms made at random: groups, repeats in repeats, expressions that look up, down, aside and everywhere."""

from __future__ import annotations

from hypothesis import strategies as st

from tests.forms.conformance.xforms import xform

NODES = ("a", "b", "g/c", "g/d", "r/e", "r/f", "r/h", "r/s/k", "r/s/m", "n/p", "t/q", "t/u")
"""Questions; r and s in it are repeats, t is a counted one, n a group."""
INSTANCE = (
    "<a/><b/><g><c/><d/></g><r><e/><f/><h/><s><k/><m/></s></r><r><e>2</e><f/><h/><s><k>3</k><m/></s><s><k/><m/></s></r>"
    "<n><p/></n><t><q/><u/></t>"
)
LISTS = (
    "<instance id='l'><root>"
    + "".join(f"<i><name>{n}</name><x>{n % 3}</x></i>" for n in range(6))
    + "</root></instance>"
)
BODY = (
    "<input ref='/data/a'/><input ref='/data/b'/><group ref='/data/g'><input ref='/data/g/c'/><input ref='/data/g/d'/>"
    "</group><group ref='/data/r'><repeat nodeset='/data/r'><input ref='/data/r/e'/><input ref='/data/r/f'/>"
    "<input ref='/data/r/h'/><group ref='/data/r/s'><repeat nodeset='/data/r/s'><input ref='/data/r/s/k'/>"
    "<select1 ref='/data/r/s/m'><itemset nodeset=\"instance('l')/root/i[x = current()/../k]\"><value ref='name'/>"
    "<label ref='name'/></itemset></select1></repeat></group></repeat></group><input ref='/data/n/p'/>"
    "<group ref='/data/t'><repeat nodeset='/data/t' jr:count='{count}'><input ref='/data/t/q'/><input ref='/data/t/u'/>"
    "</repeat></group>"
)
READS = (
    "/data/a",
    "/data/b",
    "/data/g/c",
    "sum(/data/r/e)",
    "count(/data/r)",
    "count(/data/r/s)",
    "count(//k)",
    "count(/data/r[e > 1])",
    "sum(/data/r/s/k[. != ''])",
    "count(/data/n/*[. != ''])",
    "count(/data/g/*)",
    "/data/r[2]/e",
    "/data/r[position() = last()]/f",
    "indexed-repeat(/data/r/e, /data/r, 2)",
    "indexed-repeat(/data/r/s/k, /data/r, 1, /data/r/s, 1)",
    "concat(/data/r/e, '|', /data/t/q)",
    "join(' ', /data/r/s/k)",
    "count(/data/t)",
    "/data/n/p",
    "string(/data/g)",
)
NEAR = {
    "r": (
        "../e",
        "../f",
        "position(..)",
        "count(../s)",
        "sum(../s/k)",
        "count(../../r)",
        "../preceding-sibling::r[1]/e",
        "count(../following-sibling::*)",
        "../s[1]/k",
        "current()/../e",
        "/data/r[position() = position(current()/..) - 1]/f",
        "../../a",
        "count(..//k)",
    ),
    "r/s": (
        "../k",
        "position(..)",
        "../../e",
        "count(../../s)",
        "position(../..)",
        "../../../a",
        "../preceding-sibling::s[1]/k",
    ),
    "t": ("../q", "position(..)", "../../b", "count(../../r[e > 0])"),
    "g": ("../c", "../../a", "count(../*)"),
    "n": ("../../b",),
}
SHAPES = (
    "{0}",
    "{0} > 1",
    "{0} != ''",
    "if({0} > {1}, {0}, 'x')",
    "concat({0}, '-', {1})",
    "{0} = {1}",
    "{0} + 1",
    "not({0})",
)


@st.composite
def random_form(draw: st.DrawFn) -> bytes:
    """An XForm with up to nine rules; it may hold a cycle."""
    binds: dict[str, dict[str, str]] = {}
    for _ in range(draw(st.integers(1, 9))):
        node = draw(st.sampled_from((*NODES, "g", "r", "n", "r/s")))
        rules = (
            ("relevant",)
            if node in ("g", "r", "n", "r/s")
            else ("calculate", "relevant", "constraint", "required", "readonly")
        )
        binds.setdefault(node, {})[draw(st.sampled_from(rules))] = draw(expression(node))
    told = "".join(_bind(node, rules) for node, rules in binds.items())
    count = draw(st.sampled_from(("/data/b", "count(/data/r)", "2", "/data/a + 1", "count(/data/r/s)")))
    return xform(INSTANCE, LISTS + told, BODY.replace("{count}", _escaped(count)))


@st.composite
def expression(draw: st.DrawFn, node: str) -> str:
    """An expression as a node might have it."""
    near = NEAR.get(node.rpartition("/")[0], ())
    far = [read for read in READS if node != "n/p" or "/n/" not in read]
    reads = [draw(st.sampled_from((*far, *near, *near))) for _ in range(2)]
    return draw(st.sampled_from(SHAPES)).format(*reads)


def _bind(node: str, rules: dict[str, str]) -> str:
    said = "".join(f' {rule}="{_escaped(text)}"' for rule, text in rules.items())
    return f'<bind nodeset="/data/{node}"{said}/>'


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
