"""How far something long is: steps, counts, bytes and a rate, in lines. Pure; the time is handed in."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

STEPS = {
    "push": "sending what was written here",
    "pull": "fetching what is new",
    "files": "photos and scans",
    "wait": "central does not answer yet: seconds to wait",
}
"""What sync calls its steps, in words."""
SOON = 1.0
"""Seconds before anything is shown: what is done by then needs no progress."""


@dataclass(slots=True)
class Course:
    """What was heard of a sync so far."""

    began: float
    steps: dict[str, str] = field(default_factory=dict)
    at: str = ""
    """The step it is at."""
    share: tuple[int, int] = (0, 0)
    """Done, of how much; of 0: nobody knows."""
    bytes: int = 0
    _since: float = 0.0
    """When this step began, and what had gone by then."""
    _before: int = 0

    def heard(self, progress: Any, now: float) -> None:
        """It went on."""
        step = STEPS.get(progress.step, progress.step)
        gone = int(progress.done if progress.step == "files" else getattr(progress, "bytes", 0))
        if step != self.at or gone < self._before:
            self.at, self._since, self._before = step, now, gone
        self.bytes, self.share = gone, (int(progress.done), int(progress.of or 0))
        self.steps[step] = _count(progress)

    def rate(self, now: float) -> str:
        """How fast this step goes; empty where nothing can be said yet."""
        passed = now - self._since
        return f"{(self.bytes - self._before) / passed / 1000:,.0f} kB/s" if passed >= SOON and self.bytes else ""

    def lines(self, now: float) -> list[str]:
        """Every step there was: done, or going on."""
        return [
            f"{'▸' if name == self.at else '✓'} {name:<34} {count}" + (f" · {rate}" if rate and name == self.at else "")
            for name, count in self.steps.items()
            for rate in (self.rate(now),)
        ]

    def line(self, now: float) -> str:
        """The step it is at, in one line; empty while it is too early to say anything."""
        if not self.at or now - self.began < SOON:
            return ""
        rate = self.rate(now)
        return f"{self.at}: {self.steps[self.at]}" + (f" · {rate}" if rate else "")


def _count(progress: Any) -> str:
    done, of = int(progress.done), int(progress.of or 0)
    if progress.step == "files":
        return f"{done / 1000:,.0f} of {of / 1000:,.0f} kB"
    pages = int(getattr(progress, "pages", 0))
    return (f"{done} of {of}" if of else str(done)) + (f" · {pages} pages to come" if pages else "")
