"""Text on the screen: the only widget through which words are drawn. Markup is off, everything passes ``plain``."""

from __future__ import annotations

from textual.content import Content
from textual.widgets import Static

from fieldkit.tui.plain import plain


class Words(Static):
    """Lines of text, shown letter for letter."""

    def __init__(self, text: str | Content = "", *, id: str | None = None, classes: str | None = None) -> None:
        self._said = _content(text)
        super().__init__(self._said, markup=False, id=id, classes=classes)

    def say(self, text: str | Content) -> None:
        """Show other words; the same ones again cost nothing."""
        self._change(_content(text), layout=True)

    def say_in_place(self, text: str | Content) -> None:
        """Show other words where the place stays as large as it is, so that nothing else is laid out anew."""
        self._change(_content(text), layout=False)

    def _change(self, content: Content, *, layout: bool) -> None:
        if not content.is_same(self._said):
            self._said = content
            self.update(content, layout=layout)


def _content(text: str | Content) -> Content:
    return plain(text) if isinstance(text, str) else text
