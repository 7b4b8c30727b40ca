"""Small XForms written by hand for the tables of this folder: a model, some body, an interview over it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from itertools import count
from zoneinfo import ZoneInfo

from forms.external import Files, with_last_saved
from forms.interview import Interview
from forms.xform import load
from forms.xpath import World, node_text

NOW = datetime(2026, 3, 2, 9, 15, tzinfo=UTC)
HEAD = (
    '<h:html xmlns="http://www.w3.org/2002/xforms" xmlns:h="http://www.w3.org/1999/xhtml" '
    'xmlns:jr="http://openrosa.org/javarosa" xmlns:entities="http://www.opendatakit.org/xforms/entities" '
    'xmlns:orx="http://openrosa.org/xforms"><h:head><h:title>Trial</h:title><model>'
)


def xform(instance: str, model: str = "", body: str = "") -> bytes:
    """An XForm: what stands in its instance, the rest of its model, its body."""
    data = f'<instance><data id="trial" version="1">{instance}</data></instance>'
    return f"{HEAD}{data}{model}</model></h:head><h:body>{body}</h:body></h:html>".encode()


def world(properties: Mapping[str, str] | None = None) -> World:
    """The world as these forms see it: one moment, one zone, one id."""
    return World(
        today=NOW.date(),
        now=NOW,
        zone=ZoneInfo("Europe/London"),
        lang="default",
        choice_label=lambda _, value: value,
        random=lambda: 0.5,
        uuid=lambda: "6f2c",
        pulldata=lambda *_: "",
        properties=properties or {},
    )


def sit(
    xml: bytes,
    *,
    answers: Mapping[str, object] | None = None,
    files: Files | None = None,
    last_saved: bytes | None = None,
    properties: Mapping[str, str] | None = None,
) -> Interview:
    """A sitting with a form."""
    ids = count(1)
    form = with_last_saved(load(xml, files), last_saved)
    return Interview(form, world(properties), new_id=lambda: f"{next(ids)}", answers=answers)  # type: ignore[arg-type]


def read(sitting: Interview, path: str) -> str:
    """What XPath reads at a kept path."""
    node = sitting.instance.find(path)
    assert node is not None
    return node_text(node)


def items(*pairs: tuple[str, str]) -> str:
    """Rows of a list: name and label."""
    return "".join(f"<item><name>{name}</name><label>{label}</label></item>" for name, label in pairs)


def listed(name: str, rows: str) -> str:
    """A list in the model."""
    return f'<instance id="{name}"><root>{rows}</root></instance>'
