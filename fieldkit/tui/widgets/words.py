"""Text on the screen: the only widget through which words are drawn. Markup is off, everything passes ``plain``."""

from __future__ import annotations

from textual.content import Content
from textual.widgets import Static

from fieldkit.tui.plain import plain


class Words(Static):
    """Lines of text, shown letter for letter."""

    def __init__(self, text: str | Content = "", *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(_content(text), markup=False, id=id, classes=classes)

    def say(self, text: str | Content, *, fixed: bool = False) -> None:
        """Show other words. `fixed`: the place is as large as before, so that nothing else is laid out anew."""
        self.update(_content(text), layout=not fixed)


def _content(text: str | Content) -> Content:
    return plain(text) if isinstance(text, str) else text
