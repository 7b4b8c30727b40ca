"""Facts that travel between floors: what a person asked for, what a worker found out. Past tense, no widgets."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from textual.message import Message


class Go(Message):
    """A person asked for another screen; the app knows which file draws it."""

    def __init__(self, place: str, with_: dict[str, Any], instead: bool = False, alone: bool = False) -> None:
        super().__init__()
        self.place = place
        self.with_ = with_
        self.instead = instead
        """Take the place of the screen that asked."""
        self.alone = alone
        """Whether everything else is closed, but Today: what lay open may not be for who came into the room."""


class Told(Message):
    """Something went wrong that a person should read: said and cure, no values."""

    def __init__(self, said: str, cure: str) -> None:
        super().__init__()
        self.said = said
        self.cure = cure


class Learned(Message):
    """A worker found something out; its number tells whether it is still wanted."""

    def __init__(self, what: str, number: int, value: Any, then: Callable[[Any], Any]) -> None:
        super().__init__()
        self.what = what
        self.number = number
        self.value = value
        self.then = then


class WhoAsked(Message):
    """Several people work on this device, and the door does not know yet who this is."""

    def __init__(self, handles: tuple[str, ...]) -> None:
        super().__init__()
        self.handles = handles


class Unlocked(Message):
    """The vault opened; the desk is ready."""

    def __init__(self, desk: Any) -> None:
        super().__init__()
        self.desk = desk


class LockAsked(Message):
    """The app is to end now, keeping everything: too many wrong PINs, or a person asked."""


class StatusTold(Message):
    """The device's state was asked for: numbers and a time, no name."""

    def __init__(self, facts: dict[str, Any]) -> None:
        super().__init__()
        self.facts = facts
