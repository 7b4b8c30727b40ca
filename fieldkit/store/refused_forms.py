"""A form that came from central and that this device does not keep: what may be said of it."""

from __future__ import annotations

import re
from dataclasses import dataclass

from sync.client import Put

PLAIN = re.compile(r"[\w.-]{1,40} [\w.-]{1,40}")


@dataclass(frozen=True, slots=True)
class RefusedForm:
    """A form that came from central and was not kept."""

    record: str
    name: str
    """Its id and version, when they are plain words: nobody has vouched for them."""
    why: str


def refused_form(put: Put, why: str) -> RefusedForm:
    """What is told of it: the name only where it is plain words."""
    name = f"{put.state.get('id')} {put.state.get('version')}"
    return RefusedForm(put.record, name if PLAIN.fullmatch(name) else "without a name", why)
