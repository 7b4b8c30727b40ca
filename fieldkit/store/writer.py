"""The one writer thread: what is typed reaches the journal in order, off the keyboard's path.

Everything that waits is written in one transaction, so a fast typist on a slow disk never builds a queue. What could
not be written (a full disk) is owed: told at once, tried again with the next key, and never passed over in silence.
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable
from enum import Enum, auto
from typing import TYPE_CHECKING

from fieldkit.errors import FieldkitError, StoreFault
from fieldkit.store.drafts import Typed

if TYPE_CHECKING:
    from fieldkit.store.store import Store

Saved = Callable[[str, int, str], None]
"""Told after a save: draft, revision, instant (ISO)."""
Failed = Callable[[FieldkitError], None]


class _Word(Enum):
    """What the thread can be asked besides saving."""

    DRAIN = auto()
    END = auto()


class Writer:
    """First in, first out; `drain` waits until everything is on the disk."""

    def __init__(self, store: Store, saved: Saved, failed: Failed) -> None:
        self.store = store
        self.saved = saved
        self.failed = failed
        self._queue: queue.Queue[Typed | _Word] = queue.Queue()
        self._door = threading.Lock()
        self._wrong: FieldkitError | None = None
        self._ended = False
        self._thread = threading.Thread(target=self._run, name="fieldkit writer", daemon=True)
        self._thread.start()

    def put(self, typed: Typed) -> None:
        """Hand over one revision; returns at once."""
        self._ask(typed)

    def drain(self) -> None:
        """Wait until everything handed over is on the disk; raises why it is not."""
        self._ask(_Word.DRAIN)
        self._queue.join()
        if self._wrong is not None:
            raise self._wrong

    def close(self) -> None:
        """Try once more to save what is owed, then end the thread. A failure is told, not raised."""
        with self._door:
            if not self._ended:
                self._queue.put(_Word.END)
        self._thread.join()

    def _ask(self, asked: Typed | _Word) -> None:
        with self._door:
            if self._ended:
                raise self._wrong or StoreFault
            self._queue.put(asked)

    def _run(self) -> None:
        owed: list[Typed] = []
        ends = False
        try:
            while not ends:
                batch = self._take()
                owed = self._write(owed + [each for each in batch if isinstance(each, Typed)])
                ends = batch[-1] is _Word.END
                self._done(len(batch))
        except BaseException:  # a mistake in the program: nobody may go on typing into nothing, or wait for ever
            self._wrong = StoreFault()
            self.failed(self._wrong)
            raise
        finally:
            self._leave()

    def _leave(self) -> None:
        with self._door:
            self._ended = True
            self._done(self._queue.unfinished_tasks)

    def _done(self, many: int) -> None:
        for _ in range(many):
            self._queue.task_done()

    def _take(self) -> list[Typed | _Word]:
        batch = [self._queue.get()]
        while batch[-1] is not _Word.END:
            try:
                batch.append(self._queue.get_nowait())
            except queue.Empty:
                break
        return batch

    def _write(self, typed: list[Typed]) -> list[Typed]:
        """Save; what is still owed after that."""
        self._wrong = None
        if not typed:
            return []
        try:
            at = self.store.drafts.journal(typed)
        except FieldkitError as wrong:
            self._wrong = wrong
            self.failed(wrong)
            return typed
        self._tell({each.draft: each.revision for each in typed}, at)
        return []

    def _tell(self, revisions: dict[str, int], at: str) -> None:
        for draft, revision in revisions.items():
            try:
                self.saved(draft, revision, at)
            except RuntimeError:  # the screen that listened has gone; what is typed is saved all the same
                continue
