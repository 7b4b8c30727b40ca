"""The folders of this machine to pick a file from: names of files are text of strangers too."""

from __future__ import annotations

from rich.text import Text, TextType
from textual.widgets import DirectoryTree

from fieldkit.tui.plain import one_line


class Folders(DirectoryTree):
    """Textual's tree of folders, with names shown letter for letter."""

    def process_label(self, label: TextType) -> Text:
        """A name as one line of plain text."""
        return Text(one_line(label if isinstance(label, str) else label.plain))
