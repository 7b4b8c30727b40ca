"""What a device fills in by itself (`jr:preload`): dates, times, an id, and what the caller lets a form know.

Nothing is asked of the machine: the time is the opening's, and a property (username, deviceid …) is only what the
caller handed in as `World.properties`. An unknown preload leaves its node as it is.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from forms.definition import Bind, Form
from forms.instance import Instance
from forms.xpath import World

_NAMES = {"phonenumber": ("phonenumber", "phoneNumber"), "deviceid": ("deviceid", "deviceID")}


def fill(instance: Instance, form: Form) -> None:
    """Fill in what a new response begins with."""
    for bind in form.binds.values():
        told = _PRELOADS.get(bind.preload[0]) if bind.preload[0] else None
        if told is not None:
            for node in list(instance.nodes(bind.template)):
                text = told(bind, instance.world)
                if text:
                    instance.put(node, text)


def fill_at_end(instance: Instance, form: Form, at: datetime) -> None:
    """Fill in what a response ends with: the time it was finished."""
    for bind in form.binds.values():
        if bind.preload == ("timestamp", "end"):
            for node in list(instance.nodes(bind.template)):
                instance.put(node, moment(at, instance.world))
    instance.settle()


def moment(at: datetime, world: World) -> str:
    """A moment as the specification writes it, in the form's zone."""
    return at.astimezone(world.zone).isoformat(timespec="milliseconds")


def _timestamp(bind: Bind, world: World) -> str:
    return moment(world.now, world) if bind.preload[1] == "start" else ""


def _property(bind: Bind, world: World) -> str:
    name = bind.preload[1]
    return next((world.properties[each] for each in _NAMES.get(name, (name,)) if each in world.properties), "")


_PRELOADS: dict[str, Callable[[Bind, World], str]] = {
    "uid": lambda _, world: f"uuid:{world.uuid()}",
    "date": lambda bind, world: world.today.isoformat() if bind.preload[1] == "today" else "",
    "timestamp": _timestamp,
    "property": _property,
}
