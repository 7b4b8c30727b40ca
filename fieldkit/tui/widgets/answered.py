"""What an editor tells the form: an answer as it stands, or that a person is done here."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any, TypeAlias

from textual.message import Message

Now: TypeAlias = Callable[[], datetime]
"""The clock on the wall, in the council's zone."""


class Answered(Message):
    """A person changed an answer; raw is what stands in the editor."""

    def __init__(self, path: str, raw: Any, done: bool = False) -> None:
        super().__init__()
        self.path = path
        self.raw = raw
        self.done = done
        """The next question is wanted at once (`quick`)."""


class Finished(Message):
    """Enter in a line: on to the next question."""
