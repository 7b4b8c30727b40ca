"""Functions of numbers. Nothing here raises: what cannot be computed is not a number."""

from __future__ import annotations

import math
from collections.abc import Callable

from forms.nodes import Node
from forms.xpath.context import Context, XPathValue
from forms.xpath.dates import Moment, looks_like_date
from forms.xpath.registry import Function, moving, plain, seeing
from forms.xpath.values import NAN, node_text, number_of_text, text_of_number, to_number, to_text


def _safe(compute: Callable[..., float]) -> Callable[..., float]:
    """The same, giving what is not a number outside its domain and infinity beyond its range."""

    def computed(*numbers: float) -> float:
        try:
            return float(compute(*numbers))
        except ValueError:
            return NAN
        except OverflowError:
            return math.inf

    return computed


def _log(number: float) -> float:
    return -math.inf if number == 0 else math.log(number)


def _log10(number: float) -> float:
    return -math.inf if number == 0 else math.log10(number)


def _pow(base: float, power: float) -> float:
    if base == 0 and power < 0:
        return math.inf
    if abs(base) == 1 and not math.isfinite(power):
        return NAN
    if power != power:
        return NAN
    try:
        return math.pow(base, power)
    except OverflowError:
        return -math.inf if base < 0 and math.fmod(power, 2) else math.inf


def _int(number: float) -> float:
    return float(math.trunc(number)) if math.isfinite(number) else number


def _floor(number: float) -> float:
    return float(math.floor(number)) if math.isfinite(number) else number


def _ceiling(number: float) -> float:
    return float(math.ceil(number)) if math.isfinite(number) else number


def round_number(number: float, decimals: float = 0.0) -> float:
    """Half away from zero, to so many decimals; negative ones round to tens and hundreds."""
    if not math.isfinite(number) or decimals != decimals:
        return number if decimals == decimals else NAN
    places = int(min(max(decimals, -300), 300))
    shifted = abs(number) * 10.0**places
    if not math.isfinite(shifted):
        return number
    whole = math.floor(shifted)
    rounded = whole + (shifted - whole >= 0.5)
    result = rounded / 10**places if places >= 0 else rounded * 10.0**-places
    return math.copysign(float(result), number)


def _number(ctx: Context, *value: XPathValue) -> float:
    """As XPath 1.0; of a date text a number of days that is told as ODK's engines tell it."""
    given = value[0] if value else node_text(ctx.node)
    number = to_number(given, ctx.world)
    if isinstance(given, (bool, float)) or number != number:
        return number
    text = to_text(given)
    if not looks_like_date(text):
        return number
    return Moment(number, text_of_number(float(math.floor(number))) if "T" in text else text)


def numbers(ctx: Context, values: tuple[XPathValue, ...]) -> list[float]:
    """Every number, and every node of every node-set as a number."""
    found: list[float] = []
    for value in values:
        if isinstance(value, list):
            found += [number_of_text(node_text(node), ctx.world) for node in value]
        else:
            found.append(to_number(value, ctx.world))
    return found


def _extreme(choose: Callable[[list[float]], float]) -> Callable[..., float]:
    def extreme(ctx: Context, *values: XPathValue) -> float:
        found = numbers(ctx, values)
        return NAN if not found or any(each != each for each in found) else float(choose(found))

    return extreme


def _sum(ctx: Context, nodes: list[Node]) -> float:
    # fsum: a column of pence adds up to what people expect.
    found = numbers(ctx, (nodes,))
    return math.fsum(found) if all(map(math.isfinite, found)) else sum(found)


def _one(compute: Callable[[float], float]) -> Function:
    return plain("number", "n", _safe(compute))


NUMBER: dict[str, Function] = {
    "number": seeing("number", "v?", _number),
    "random": moving(seeing("number", "", lambda ctx: ctx.world.random())),
    "int": plain("number", "n", _int),
    "floor": plain("number", "n", _floor),
    "ceiling": plain("number", "n", _ceiling),
    "round": plain("number", "nn?", round_number),
    "sum": seeing("number", "s", _sum),
    "max": Function(1, None, seeing("number", "v*", _extreme(max)).build),
    "min": Function(1, None, seeing("number", "v*", _extreme(min)).build),
    "pow": plain("number", "nn", _safe(_pow)),
    "log": _one(_log),
    "log10": _one(_log10),
    "abs": _one(abs),
    "sin": _one(math.sin),
    "cos": _one(math.cos),
    "tan": _one(math.tan),
    "asin": _one(math.asin),
    "acos": _one(math.acos),
    "atan": _one(math.atan),
    "atan2": plain("number", "nn", _safe(math.atan2)),
    "sqrt": _one(math.sqrt),
    "exp": _one(math.exp),
    "exp10": _one(lambda number: math.pow(10.0, number)),
    "pi": plain("number", "", lambda: math.pi),
}
