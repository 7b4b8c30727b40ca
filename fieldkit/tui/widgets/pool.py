"""Editors and lines of words that are kept and bound again: a page is turned without making widgets anew."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from typing import Any, TypeVar

from textual.content import Content
from textual.widget import Widget

from fieldkit.tui.widgets.answered import Now
from fieldkit.tui.widgets.words import Words

Kept = TypeVar("Kept", bound=Widget)


class Pool:
    """What lies on the page and what is spare, by kind."""

    def __init__(self) -> None:
        self._used: dict[Any, list[Widget]] = defaultdict(list)
        self._spare: dict[Any, list[Widget]] = defaultdict(list)
        self._once: list[Widget] = []

    def editor(self, make: Callable[[Any, Now], Widget], view: Any, now: Now) -> Widget:
        """An editor of a kind, bound to a question; the one that served this question last when it can be had."""
        spare: list[Any] = self._spare[make]
        if not spare:
            made: Widget = make(view, now)
        else:
            same = next((at for at, each in enumerate(spare) if each.path == view.path), 0)
            kept = spare.pop(same)
            kept.rebind(view)
            made = kept
        return self._use(make, made)

    def words(self, kind: str, said: Content) -> Words:
        """A line of words of a kind."""
        if not self._spare[kind]:
            return self._use(kind, Words(said, classes=kind))
        kept = self._spare[kind].pop(0)
        assert isinstance(kept, Words)
        kept.say(said)
        return self._use(kind, kept)

    def once(self, widget: Widget) -> Widget:
        """A widget that goes when the page is turned."""
        self._once.append(widget)
        return widget

    def _use(self, kind: Any, widget: Kept) -> Kept:
        self._used[kind].append(widget)
        widget.display = True
        return widget

    def take_back(self) -> None:
        """The page is over: everything may serve again."""
        for kind, widgets in self._used.items():
            self._spare[kind] = [*widgets, *self._spare[kind]]
        self._used.clear()
        for each in self._once:
            each.remove()
        self._once.clear()

    def give_back(self, widget: Widget) -> None:
        """One is no longer wanted on this page."""
        for kind, widgets in self._used.items():
            if widget in widgets:
                widgets.remove(widget)
                self._spare[kind].append(widget)
                widget.display = False
                return

    def hide_spare(self) -> None:
        """What does not serve is not drawn."""
        for widgets in self._spare.values():
            for each in widgets:
                each.display = False
