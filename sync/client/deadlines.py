"""How long an answer may take, and what ends it: a stranger that never finishes must not hold a sync for ever."""

from __future__ import annotations

import contextlib
import math
import socket
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Deadline:
    """The time that an answer may take."""

    first: float = 60.0
    """Seconds before any pace is asked for."""
    pace: float = 1024.0
    """Bytes a second after that: a tenth of what the poorest mobile line gives."""
    most: float = 600.0
    """Seconds after which anything is given up, its head too."""

    def is_over(self, began: float, received: int) -> bool:
        """Whether an answer that began then (`time.monotonic`) has brought too little of its body until now."""
        return time.monotonic() - began > min(self.first + received / self.pace, self.most)


class Watchman:
    """Ends what takes too long: one thread for the whole process, asleep until something may be overdue."""

    def __init__(self) -> None:
        self._due: dict[object, tuple[float, Callable[[], None]]] = {}
        self._changed = threading.Condition()
        self._wakes: float | None = None
        """When the thread looks next; None while there is no thread."""

    @contextmanager
    def within(self, seconds: float, end: Callable[[], None]) -> Iterator[None]:
        """Call `end`, once, when the block lasts longer."""
        mark, due = object(), time.monotonic() + seconds
        with self._changed:
            self._due[mark] = (due, end)
            if self._wakes is None:
                self._wakes = due
                threading.Thread(target=self._walk, name="watchman", daemon=True).start()
            elif due < self._wakes:
                self._changed.notify()
        try:
            yield
        finally:
            with self._changed:
                self._due.pop(mark, None)

    def _walk(self) -> None:
        with self._changed:
            while True:
                now = time.monotonic()
                # Ended under the lock: what is finished meanwhile is not ended any more.
                for mark in [mark for mark, (due, _) in self._due.items() if due <= now]:
                    self._due.pop(mark)[1]()
                self._wakes = min((due for due, _ in self._due.values()), default=math.inf)
                self._changed.wait(None if self._wakes == math.inf else self._wakes - now)


WATCHMAN = Watchman()
"""The process's one watchman: a thread for each request would cost more than what it watches."""


class Breaker:
    """Cuts the connection of a request that takes too long, wherever it hangs.

    Time-outs count from one arriving byte to the next, so that neither a head that drips nor one that is announced
    again and again (`100 Continue`) would ever end.
    """

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._stream: Any = None

    def trace(self, event: str, told: Mapping[str, Any]) -> None:
        """Note the connection, as the HTTP library tells of it; it is used for the requests after this one too."""
        if event.endswith(("connect_tcp.complete", "start_tls.complete")):
            self._stream = told["return_value"]

    def armed(self) -> AbstractContextManager[None]:
        """Cut the line when the block lasts too long."""
        return WATCHMAN.within(self._seconds, self._cut)

    def _cut(self) -> None:
        if self._stream is not None:
            with contextlib.suppress(OSError):
                self._stream.get_extra_info("socket").shutdown(socket.SHUT_RDWR)
