"""Forms as central says them: read, and looked at before they are kept. Only what the council signed is a form."""

from __future__ import annotations

import json
from collections.abc import Mapping

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from forms.errors import FormError
from forms.library import HashDisagrees, NotPublished, Published
from sync.changes import Value

UNSIGNED = "This form is not signed by your council."
TEXTS = ("id", "version", "title", "xml", "hash")


def read(told: Mapping[str, Value]) -> Published:
    """A form from its record. Raises NotPublished, HashDisagrees."""
    try:
        policies, files = (json.loads(str(told.get(name) or "{}")) for name in ("policies", "files"))
        if not all(isinstance(told.get(name), str) for name in TEXTS) or not isinstance(policies, dict):
            raise NotPublished
        form = Published(**{name: str(told[name]) for name in TEXTS}, policies=policies, files=files)
        computed = form.computed_hash()
    except (ValueError, TypeError, AttributeError) as wrong:
        raise NotPublished from wrong
    if computed != form.hash:
        raise HashDisagrees
    return form


def is_signed(form: Published, signature: str, key: bytes) -> bool:
    """Whether the council signed this form, just as it stands."""
    try:
        Ed25519PublicKey.from_public_bytes(key).verify(bytes.fromhex(signature), bytes.fromhex(form.computed_hash()))
    except (InvalidSignature, ValueError):
        return False
    return True


def fault(told: Mapping[str, Value], key: bytes) -> str:
    """Why a form that came is not to be kept; blank when it may be."""
    try:
        form = read(told)
    except FormError as wrong:
        return wrong.said
    return "" if is_signed(form, str(told.get("signature") or ""), key) else UNSIGNED
