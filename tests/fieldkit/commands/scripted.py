"""A conversation whose lines were written down beforehand."""

from __future__ import annotations

from collections.abc import Sequence

from fieldkit.commands.plain.talk import Left, Talk


class Scripted(Talk):
    """Lines that were written down beforehand; what was said is kept."""

    def __init__(self, lines: Sequence[str]) -> None:
        super().__init__()
        self.lines = list(lines)
        self.said: list[str] = []

    def say(self, *texts: str) -> None:
        self.said += texts

    def ask(self, *, hidden: bool = False) -> str:
        if not self.lines:
            raise Left
        return self.lines.pop(0)

    @property
    def text(self) -> str:
        return "\n".join(self.said)
