"""A kept value as an editor shows it."""

from __future__ import annotations

from typing import Any

from fieldkit.casework.text import clean
from fieldkit.tui.plain import STAND_INS


def text_of(value: Any) -> str:
    """A value as the text an editor begins with."""
    return value if isinstance(value, str) else ""


def list_of(value: Any) -> tuple[str, ...]:
    """A value as the choices made."""
    if isinstance(value, str):
        return (value,) if value else ()
    return tuple(value) if isinstance(value, (list, tuple)) else ()


def acts(value: Any) -> bool:
    """Whether kept text holds what a terminal could obey: then it is shown and not typed into (DESIGN decision 6)."""
    return bool(clean(text_of(value)).changed)


def words_of(value: Any) -> str:
    """Kept text as an editor shows it: letter for letter, with pictures of what could act."""
    return text_of(value).translate(STAND_INS) if acts(value) else text_of(value)
