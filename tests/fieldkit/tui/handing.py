"""A laptop in a family's hands, for tests."""

from __future__ import annotations

from typing import Any

from textual.pilot import Pilot

from fieldkit.tui.screens.handover import HandoverScreen
from fieldkit.workspace.views import Frozen, Giver

URDU = "ہم جو بات کرتے ہیں اسے لکھتے ہیں۔\nاسکول: ہاں\n"
LONG = "\n".join(f"{number}. We write down what we talk about, and you can see it." for number in range(60))


WORDS = "We write down what we talk about and what we plan together."


def in_hands(text_: str = "We write things down.\n\nSchool: yes\n", **more: Any) -> Any:
    """The laptop, handed over with a text."""
    frozen = Frozen(text_, {}, "a" * 64, "b" * 64, "agreement@1", Giver("Ngozi Okafor", "mother"), "r1", **more)
    return lambda kit: HandoverScreen(kit, frozen)


def names(pilot: Pilot[Any]) -> list[str]:
    return [type(screen).__name__ for screen in pilot.app.screen_stack]
