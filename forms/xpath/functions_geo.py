"""Functions of places: distance, area, and whether a point lies within a shape."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from itertools import pairwise

from forms.xpath.context import XPathValue
from forms.xpath.registry import Function, plain
from forms.xpath.values import NAN, node_text, to_text

EARTH_RADIUS = 6_378_100.0
"""Metres at the equator, as every ODK engine has it."""
_DEGREES = re.compile(r"[-+]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)")


class NoPoint(ValueError):
    """A text that is no point on Earth."""


@dataclass(frozen=True, slots=True)
class Point:
    """A place in degrees."""

    latitude: float
    longitude: float


def points(*values: XPathValue) -> list[Point]:
    """Every point of texts and node-sets, in order. Raises NoPoint."""
    texts: list[str] = []
    for value in values:
        texts += map(node_text, value) if isinstance(value, list) else [to_text(value)]
    return [_point(part) for text in texts for part in text.strip().rstrip(";").split(";")]


def _point(text: str) -> Point:
    parts = text.split()
    if not 2 <= len(parts) <= 4 or not all(map(_DEGREES.fullmatch, parts[:2])):
        raise NoPoint
    point = Point(float(parts[0]), float(parts[1]))
    if abs(point.latitude) > 90 or abs(point.longitude) > 180:
        raise NoPoint
    return point


def _distance(*values: XPathValue) -> float:
    try:
        along = points(*values)
    except NoPoint:
        return NAN
    return NAN if len(along) < 2 else round(sum(_between(a, b) for a, b in pairwise(along)), 2)


def _between(start: Point, end: Point) -> float:
    turn = math.radians(start.longitude - end.longitude)
    south, north = math.radians(start.latitude), math.radians(end.latitude)
    cosine = math.sin(south) * math.sin(north) + math.cos(south) * math.cos(north) * math.cos(turn)
    return math.acos(min(1.0, max(-1.0, cosine))) * EARTH_RADIUS


def _area(value: XPathValue) -> float:
    try:
        along = points(value)
    except NoPoint:
        return NAN
    if len(along) < 2:
        return NAN
    ring = along if along[0] == along[-1] else [*along, along[0]]
    if len(ring) < 4:
        return 0.0
    total = sum(
        math.radians(end.longitude - start.longitude)
        * (2 + math.sin(math.radians(end.latitude)) + math.sin(math.radians(start.latitude)))
        for start, end in pairwise(ring)
    )
    return round(abs(total * EARTH_RADIUS**2 / 2), 2)


def _geofence(place: str, shape: str) -> bool:
    """Whether a point lies within a closed shape; false when either is none."""
    try:
        (point,), ring = points(place), points(shape)
    except ValueError:
        return False
    if len(ring) < 4 or ring[0] != ring[-1]:
        return False
    return sum(_crosses(point, start, end) for start, end in pairwise(ring)) % 2 == 1


def _crosses(point: Point, start: Point, end: Point) -> bool:
    if (start.latitude > point.latitude) == (end.latitude > point.latitude):
        return False
    share = (point.latitude - start.latitude) / (end.latitude - start.latitude)
    return point.longitude < start.longitude + share * (end.longitude - start.longitude)


GEO: dict[str, Function] = {
    "area": plain("number", "v", _area),
    "distance": Function(1, None, plain("number", "v*", _distance).build),
    "geofence": plain("boolean", "tt", _geofence),
}
