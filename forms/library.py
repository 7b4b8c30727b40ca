"""Published forms: what travels to central and devices, and how it is read and checked again.

A published form is the compiled XForm with its policy table, and a hash over both. Signing it is central's work.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from importlib.resources import files
from typing import TypeAlias

from forms.definition import Form
from forms.errors import FormError
from forms.xform import load

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
    files: Mapping[str, str] = field(repr=False, default_factory=dict)
    """The lists beside the form, as text by file name: they are signed and travel with it."""

    def to_json(self) -> str:
        """The committed text: readable, and the same on every machine."""
        return json.dumps(self._parts() | {"hash": self.hash}, ensure_ascii=False, indent=1, sort_keys=True) + "\n"

    @classmethod
    def from_json(cls, text: str) -> Published:
        """A published form from its text. Raises NotPublished when it is none, HashDisagrees when it was altered."""
        try:
            told = json.loads(text)
            parts = {name: told[name] for name in ("id", "version", "title", "xml", "policies", "hash")}
            form = cls(**parts, files=told.get("files") or {})
        except (ValueError, TypeError, KeyError, RecursionError) as wrong:
            raise NotPublished from wrong
        if form.hash != form.computed_hash():
            raise HashDisagrees
        return form

    def computed_hash(self) -> str:
        """The SHA-256 of everything but the hash, as canonical JSON."""
        canonical = json.dumps(self._parts(), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(canonical.encode()).hexdigest()

    def _parts(self) -> dict[str, object]:
        parts: dict[str, object] = {
            "id": self.id,
            "version": self.version,
            "title": self.title,
            "xml": self.xml,
            "policies": {path: dict(policy) for path, policy in self.policies.items()},
        }
        return parts | ({"files": dict(self.files)} if self.files else {})

    def loaded(self) -> Form:
        """The form, ready to run, with the lists beside it. Raises FormError when it cannot be run."""
        return load(self.xml.encode(), files={name: text.encode() for name, text in self.files.items()})


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
    return replace(form, hash=form.computed_hash())


def shipped() -> dict[str, Published]:
    """The forms that come with the program, by id."""
    folder = files("forms") / "published"
    texts = (entry.read_text(encoding="utf-8") for entry in folder.iterdir() if entry.name.endswith(".json"))
    return {form.id: form for form in map(Published.from_json, texts)}
