"""Words around a question that screens and line mode share: why there is no answer, what was told before. Pure."""

from __future__ import annotations

from typing import Any

NOT_RECORDED = {
    "not-asked": "not asked",
    "not-known": "not known",
    "prefers-not-to-say": "prefers not to say",
    "not-applicable": "does not apply",
    "not-safe-to-ask-now": "not safe to ask now",
}
"""The five ways of having no answer, in words."""
MEDIA = {"image": "picture", "big-image": "picture", "audio": "sound", "video": "film"}
"""What stands beside a question on other devices, named where it cannot be shown."""
ALONE = "Something is asked here when you are alone."


def may_be_carried(view: Any) -> bool:
    """Whether what was told before may be said again: never what is computed, and nothing that is never echoed."""
    return view.kind not in ("note", "calculate") and "masked" not in view.appearance.split()


def carried_words(carried: Any) -> str:
    """What was told before, with who and when."""
    if carried is None:
        return ""
    who = getattr(carried, "who", "") or "You"
    when = getattr(carried, "on", None)
    told = f" on {when.day} {when:%B}" if when else ""
    return f'{who} told us{told}: "{getattr(carried, "value_text", "") or carried.value}". Still right?'
