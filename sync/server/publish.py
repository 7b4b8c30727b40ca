"""What central says itself, into scope `ref`: the shipped forms (signed), the council's settings, its workers."""

import hashlib
import json
import secrets
from dataclasses import dataclass
from datetime import datetime
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from sync.changes import canonical
from sync.errors import MISSHAPEN
from sync.server.database import Connection
from sync.server.errors import NotAForm, VersionTaken
from sync.server.keys import Keys
from sync.server.own import Saying, say, shared

NAMESPACE = uuid5(NAMESPACE_URL, "urn:fieldkit:ref")
ZONE = "Europe/London"
SETTINGS = uuid5(NAMESPACE, "settings").hex


@dataclass(frozen=True, slots=True)
class Council:
    """The settings every device shows."""

    council: str
    duty_day: str | None = None
    duty_night: str | None = None
    zone: str = ZONE

    def patch(self) -> dict[str, Any]:
        """The settings as paths."""
        named = {"council/name": self.council, "duty/day": self.duty_day, "duty/night": self.duty_night}
        return {path: value for path, value in {**named, "zone": self.zone}.items() if value}


def begin(connection: Connection, keys: Keys, council: Council, now: datetime) -> list[str]:
    """Open an empty central: its epoch, the settings, the shipped forms; the names of the forms."""
    connection.execute("insert into counter (epoch) values (%s)", (secrets.token_hex(16),))
    forms = [json.loads(file.read_text(encoding="utf-8")) for file in _shipped()]
    sayings = [Saying(SETTINGS, "settings", council.patch())]
    sayings += [Saying(form_record(form), "form", _signed(form, keys)) for form in forms]
    say(connection, sayings, now)
    return [f"{form['id']}@{form['version']}" for form in forms]


def add_form(connection: Connection, keys: Keys, text: str, now: datetime) -> str:
    """Sign a published form and say it to every device; its name. Raises NotAForm, VersionTaken."""
    form = _read(text)
    name = f"{form['id']}@{form['version']}"
    _, before = shared(connection, form_record(form), "form", now)
    if before is not None and before.state["hash"] != form["hash"]:
        raise VersionTaken
    say(connection, [Saying(form_record(form), "form", _signed(form, keys))], now)
    return name


def zone(connection: Connection) -> str:
    """The council's time zone, as its settings say."""
    found = connection.execute("select state from record where id = %s", (SETTINGS,)).fetchone()
    return str(json.loads(found[0]).get("zone", "")) or ZONE if found else ZONE


def _read(text: str) -> dict[str, Any]:
    """A published form as `fieldkit forms publish` writes it, its hash checked again."""
    try:
        form = json.loads(text)
        rest = {name: value for name, value in form.items() if name != "hash"}
        whole = {"id", "version", "title", "xml", "policies"} <= rest.keys() and all(
            isinstance(rest[name], str) for name in ("id", "version", "title", "xml")
        )
        plain = json.dumps(rest, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        agrees = whole and hashlib.sha256(plain.encode()).hexdigest() == form["hash"]
    except MISSHAPEN as wrong:
        raise NotAForm from wrong
    if not agrees:
        raise NotAForm
    return dict(form)


def form_record(form: dict[str, Any]) -> str:
    """The record id of one version of a form."""
    return uuid5(NAMESPACE, f"form {form['id']}@{form['version']}").hex


def _signed(form: dict[str, Any], keys: Keys) -> dict[str, Any]:
    texts = {name: form[name] for name in ("id", "version", "title", "xml", "hash")}
    texts |= {"files": canonical(form["files"]).decode()} if form.get("files") else {}
    signature = keys.forms.sign(bytes.fromhex(form["hash"])).hex()
    return {**texts, "policies": canonical(form["policies"]).decode(), "signature": signature}


def _shipped() -> list[Path]:
    # Found, not imported: sync does not know forms (STYLE, Floors).
    spec = find_spec("forms")
    if spec is None or spec.origin is None:
        return []
    return sorted((Path(spec.origin).parent / "published").glob("*.json"))
