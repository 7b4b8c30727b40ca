"""A file as an answer: its path is typed or picked from a tree; what is kept is its name, size and seal (SHA-256)."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.message import Message
from textual.widgets import Input

from fieldkit.casework.text import file_name
from fieldkit.errors import Refused
from fieldkit.tui.widgets.answered import Answered, Finished, Now
from fieldkit.tui.widgets.entry import LineEntry
from fieldkit.tui.widgets.folders import Folders
from fieldkit.tui.widgets.words import Words

LARGEST = 10 * 2**20
"""Bytes that are read of one file; the store refuses more."""


class FileChosen(Message):
    """A person named a file for a question."""

    def __init__(self, editor: FileLine, path: str, file: Path) -> None:
        super().__init__()
        self.editor = editor
        self.path = path
        self.file = file


class PathEntry(LineEntry):
    """Where a path is typed; deleting in an empty line takes the file away."""

    class Emptied(Message):
        """A person deleted where nothing is typed."""

    def action_delete_right(self) -> None:
        """Delete a letter, or tell that there is none."""
        if self.value:
            super().action_delete_right()
        else:
            self.post_message(self.Emptied())


class FileLine(Vertical):
    """A line for the path of a file; down opens a tree of folders under it."""

    DEFAULT_CSS = """
    FileLine { height: auto; }
    FileLine Words { height: auto; }
    FileLine Folders { height: 8; border-left: outer $border; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down", "tree", "Pick from the folders", show=False),
    ]

    def __init__(self, view: Any, now: Now) -> None:  # noqa: ARG002
        super().__init__()
        self.path: str = view.path
        self.value = view.value
        self.disabled = view.readonly

    def compose(self) -> ComposeResult:
        """What is attached, and where to name a file."""
        yield Words(attached(self.value), classes="attached")
        yield PathEntry(placeholder="path of a file, Enter attaches; ↓ folders; del takes it away")

    def rebind(self, view: Any) -> None:
        """Show what a question holds now, this one or another."""
        if view.path != self.path:
            self.query_one(LineEntry).value = ""
            self.query(Folders).remove()
        self.path, self.value, self.disabled = view.path, view.value, view.readonly
        self.say(attached(self.value))

    def say(self, words: str) -> None:
        """What is attached, or why nothing is."""
        self.query_one(".attached", Words).say(words)

    def action_tree(self) -> None:
        """Open the folders, or go into them."""
        trees = self.query(Folders)
        if trees:
            trees.first().focus()
            return
        tree = Folders(Path.home())
        self.mount(tree)
        tree.focus()

    @on(PathEntry.Emptied)
    def _taken_away(self, event: PathEntry.Emptied) -> None:
        event.stop()
        if self.value is not None:
            self.post_message(Answered(self.path, None))

    @on(Input.Changed)
    def _typing(self, event: Input.Changed) -> None:
        event.stop()

    @on(Input.Submitted)
    def _named(self, event: Input.Submitted) -> None:
        event.stop()
        if event.value.strip():
            self.take(Path(event.value.strip()).expanduser())
        else:
            self.post_message(Finished())

    @on(Folders.FileSelected)
    def _picked(self, event: Folders.FileSelected) -> None:
        event.stop()
        event.control.remove()
        self.query_one(LineEntry).focus()
        self.take(Path(event.path))

    def take(self, file: Path) -> None:
        """Ask for a file to be attached."""
        self.post_message(FileChosen(self, self.path, file))


def read(file: Path) -> tuple[dict[str, Any], bytes]:
    """A file as an answer keeps it, and its bytes. Refused, without its name, when it cannot be."""
    try:
        if not file.is_file():
            raise Refused("There is no such file.", "Nothing was attached. Check the path, or press ↓ for the folders.")
        with file.open("rb") as source:
            bytes_ = source.read(LARGEST + 1)  # never more, whatever the file says of its size or grows to meanwhile
        if len(bytes_) > LARGEST:
            raise Refused(f"The file is larger than {LARGEST // 2**20} MB.", "Nothing was attached. Make it smaller.")
    except OSError as wrong:
        raise Refused("The file cannot be read.", "Nothing was attached. Check that it may be opened.") from wrong
    return {"hash": hashlib.sha256(bytes_).hexdigest(), "name": file_name(file.name), "size": len(bytes_)}, bytes_


def attached(value: Any) -> str:
    """What is attached, in words: a terminal shows no picture."""
    if not isinstance(value, dict):
        return str(value) if value else "nothing attached yet"
    size = value.get("size")
    told = f", {size / 1000:,.1f} kB" if isinstance(size, int) else ""
    return f"{value.get('name', '')}{told}, seal {str(value.get('hash', ''))[:12]}"
