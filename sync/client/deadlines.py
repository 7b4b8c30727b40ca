"""How long an answer may take, and what ends it: a stranger that never finishes must not hold a sync for ever."""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
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

    @contextmanager
    def armed(self) -> Iterator[None]:
        """Cut the line when the block lasts too long."""
        timer = threading.Timer(self._seconds, self._cut)
        timer.daemon = True
        timer.start()
        try:
            yield
        finally:
            timer.cancel()

    def _cut(self) -> None:
        if self._stream is not None:
            with contextlib.suppress(OSError):
                self._stream.get_extra_info("socket").shutdown(socket.SHUT_RDWR)
