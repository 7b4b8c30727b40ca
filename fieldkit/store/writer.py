"""The one writer thread: what is typed reaches the journal in order, off the keyboard's path.

Everything that waits is written in one transaction, so a fast typist on a slow disk never builds a queue.
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING

from fieldkit.errors import FieldkitError
from fieldkit.store.drafts import Typed

if TYPE_CHECKING:
    from fieldkit.store.store import Store

Saved = Callable[[str, int, str], None]
"""Told after a save: draft, revision, instant (ISO)."""
Failed = Callable[[FieldkitError], None]


class Writer:
    """First in, first out; `drain` waits until everything is on the disk."""

    def __init__(self, store: Store, saved: Saved, failed: Failed) -> None:
        self.store = store
        self.saved = saved
        self.failed = failed
        self._queue: queue.Queue[Typed | None] = queue.Queue()
        self._thread = threading.Thread(target=self._run, name="fieldkit writer", daemon=True)
        self._thread.start()

    def put(self, typed: Typed) -> None:
        """Hand over one revision; returns at once."""
        self._queue.put(typed)

    def drain(self) -> None:
        """Wait until everything handed over is saved, or its failure told."""
        self._queue.join()

    def close(self) -> None:
        """Drain, then end the thread."""
        self._queue.join()
        self._queue.put(None)
        self._thread.join()

    def _run(self) -> None:
        while True:
            batch = self._take()
            typed = [each for each in batch if each is not None]
            try:
                if typed:
                    self._write(typed)
            finally:
                for _ in batch:
                    self._queue.task_done()
            if len(typed) < len(batch):
                return

    def _take(self) -> list[Typed | None]:
        batch = [self._queue.get()]
        while batch[-1] is not None:
            try:
                batch.append(self._queue.get_nowait())
            except queue.Empty:
                break
        return batch

    def _write(self, typed: list[Typed]) -> None:
        try:
            at = self.store.drafts.journal(typed)
        except FieldkitError as wrong:
            self.failed(wrong)
            return
        for each in {one.draft: one for one in typed}.values():
            self.saved(each.draft, each.revision, at)
