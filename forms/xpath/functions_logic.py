"""Functions of truth and choice. `if` and `coalesce` run only the branch they need."""

from __future__ import annotations

from forms.xpath.code import Code, as_boolean, as_number, as_text
from forms.xpath.context import Context, XPathValue
from forms.xpath.registry import Function, plain, refused
from forms.xpath.syntax import Call
from forms.xpath.values import node_text, number_of_text, to_boolean, to_number


def _if(arguments: tuple[Code, ...], _: Call) -> Code:
    asked, yes, no = as_boolean(arguments[0]), arguments[1], arguments[2]
    run_yes, run_no = yes.run, no.run
    kind = yes.kind if yes.kind == no.kind else "any"
    return Code(kind, lambda ctx: run_yes(ctx) if asked(ctx) else run_no(ctx))


def _coalesce(arguments: tuple[Code, ...], _: Call) -> Code:
    first, second = as_text(arguments[0]), as_text(arguments[1])
    return Code("text", lambda ctx: first(ctx) or second(ctx))


def _once(arguments: tuple[Code, ...], _: Call) -> Code:
    fresh = as_text(arguments[0])
    return Code("text", lambda ctx: node_text(ctx.node) or fresh(ctx))


def _ticked(value: XPathValue) -> list[bool]:
    """Each node of a node-set on its own, else the value."""
    if isinstance(value, list):
        return [node_text(node).strip() != "" for node in value]
    return [to_boolean(value)]


def _within(least: float, most: float, total: float) -> bool:
    return (least == -1 or total >= least) and (most == -1 or total <= most)


def _checklist(arguments: tuple[Code, ...], _: Call) -> Code:
    least, most = as_number(arguments[0]), as_number(arguments[1])
    items = [code.run for code in arguments[2:]]
    return Code("boolean", lambda ctx: _within(least(ctx), most(ctx), sum(sum(_ticked(run(ctx))) for run in items)))


def _weights(value: XPathValue, ctx: Context) -> list[float]:
    if isinstance(value, list):
        return [number_of_text(node_text(node), ctx.world) for node in value]
    return [to_number(value, ctx.world)]


def _weighted_checklist(arguments: tuple[Code, ...], call: Call) -> Code:
    if len(arguments) % 2:
        raise refused(call, "weighted-checklist() needs a weight for each value.")
    least, most = as_number(arguments[0]), as_number(arguments[1])
    pairs = [(arguments[at].run, arguments[at + 1].run) for at in range(2, len(arguments), 2)]

    def total(ctx: Context) -> float:
        return sum(
            weight
            for value, weights in pairs
            for ticked, weight in zip(_ticked(value(ctx)), _weights(weights(ctx), ctx), strict=False)
            if ticked
        )

    return Code("boolean", lambda ctx: _within(least(ctx), most(ctx), total(ctx)))


LOGIC: dict[str, Function] = {
    "if": Function(3, 3, _if),
    "coalesce": Function(2, 2, _coalesce),
    "once": Function(1, 1, _once),
    "true": plain("boolean", "", lambda: True),
    "false": plain("boolean", "", lambda: False),
    "boolean": plain("boolean", "b", lambda value: value),
    "boolean-from-string": plain("boolean", "t", lambda text: text in {"1", "true"}),
    "not": plain("boolean", "b", lambda value: not value),
    "checklist": Function(2, None, _checklist),
    "weighted-checklist": Function(2, None, _weighted_checklist),
}
