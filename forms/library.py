"""Published forms: what travels to central and devices, and how it is read and checked again.

A published form is the compiled XForm with its policy table, and a hash over both. Signing it is central's work.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib.resources import files
from typing import TypeAlias

from forms.errors import FormError

Policy: TypeAlias = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Published:
    """A form as published: its XForm, the policy of each of its paths, and the hash of the rest."""

    id: str
    version: str
    title: str
    xml: str = field(repr=False)
    policies: Mapping[str, Policy] = field(repr=False)
    hash: str = ""

    def to_json(self) -> str:
        """The committed text: readable, and the same on every machine."""
        return json.dumps(self._parts() | {"hash": self.hash}, ensure_ascii=False, indent=1, sort_keys=True) + "\n"

    @classmethod
    def from_json(cls, text: str) -> Published:
        """A published form from its text. Raises NotPublished when it is none, HashDisagrees when it was altered."""
        try:
            told = json.loads(text)
            form = cls(**{name: told[name] for name in ("id", "version", "title", "xml", "policies", "hash")})
        except (ValueError, TypeError, KeyError) as wrong:
            raise NotPublished from wrong
        if form.hash != form.computed_hash():
            raise HashDisagrees
        return form

    def computed_hash(self) -> str:
        """The SHA-256 of everything but the hash, as canonical JSON."""
        canonical = json.dumps(self._parts(), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(canonical.encode()).hexdigest()

    def _parts(self) -> dict[str, object]:
        return {
            "id": self.id,
            "version": self.version,
            "title": self.title,
            "xml": self.xml,
            "policies": {path: dict(policy) for path, policy in self.policies.items()},
        }


class HashDisagrees(FormError):
    """A published form is not what its hash says."""

    said = "This form was altered after it was published."
    cure = "Sync again, or publish it anew."


class NotPublished(FormError):
    """A text that is no published form."""

    said = "This is not a published form."
    cure = "Publish the form first, then use the file that publishing writes."


def sealed(form: Published) -> Published:
    """The same form with its hash filled in."""
    return Published(form.id, form.version, form.title, form.xml, form.policies, form.computed_hash())


def shipped() -> dict[str, Published]:
    """The forms that come with the program, by id."""
    folder = files("forms") / "published"
    texts = (entry.read_text(encoding="utf-8") for entry in folder.iterdir() if entry.name.endswith(".json"))
    return {form.id: form for form in map(Published.from_json, texts)}
