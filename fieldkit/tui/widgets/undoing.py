"""Steps back and forward in a line of text. Pure: which text stands now, which stood before."""

from __future__ import annotations

MOST = 200
"""Steps that are kept of one line."""


class Steps:
    """What was typed, a word a step."""

    def __init__(self, value: str) -> None:
        self._steps = [value]
        self._at = 0

    def forget(self, value: str) -> None:
        """Another text stands here: nothing before it is brought back."""
        self._steps, self._at = [value], 0

    def typed(self, value: str) -> None:
        """The text is another one now."""
        if value == self._steps[self._at]:
            return
        del self._steps[self._at + 1 :]
        if self._at and _goes_on(self._steps[self._at - 1], self._steps[self._at], value):
            self._steps[self._at] = value
        else:
            self._steps = [*self._steps, value][-MOST:]
            self._at = len(self._steps) - 1

    def back(self) -> str:
        """The text one step before."""
        self._at = max(self._at - 1, 0)
        return self._steps[self._at]

    def forward(self) -> str:
        """The text one step on, where one was gone back."""
        self._at = min(self._at + 1, len(self._steps) - 1)
        return self._steps[self._at]


def _goes_on(before: str, last: str, value: str) -> bool:
    """Whether a letter more goes on with the word that is being typed."""
    grows = value[:-1] == last and last.startswith(before) and len(last) > len(before)
    return grows and not last.endswith(" ")
