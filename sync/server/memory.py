"""How central keeps its memory flat: what a page or a push took goes back to the system when it is answered.

The C library's own ways are the trouble: a heap for each thread that only grows, and a threshold for large blocks that
rises with every large one that is freed, so that bodies end up in those heaps.
"""

import ctypes
import sys
import threading
import traceback
from collections.abc import Iterator
from contextlib import contextmanager

import anyio.to_thread

from sync.protocol import unfolds_to

THREADS = 10
"""Requests at work at once: as many as there are connections, and two for those who ask how central is."""
_TRIM, _MMAP, _HEAPS = -1, -3, -8
"""M_TRIM_THRESHOLD, M_MMAP_THRESHOLD, M_ARENA_MAX of glibc's mallopt."""
LARGE = 3 << 20
"""Bytes beyond which a body is read alone: an honest one comes to that only with a very long text."""
_ALONE = threading.Lock()
SETTINGS = ((_HEAPS, 2), (_MMAP, 128 << 10), (_TRIM, 256 << 10))


def hold_little() -> bool:
    """Let the C library give back what is freed; whether it could be told (glibc only). Before any thread begins."""
    told = getattr(ctypes.CDLL(None), "mallopt", None) if sys.platform == "linux" else None
    return told is not None and all(told(name, value) for name, value in SETTINGS)


def few_at_once() -> None:
    """Work on as many requests at once as there are connections: more would only hold their bodies and wait."""
    anyio.to_thread.current_default_thread_limiter().total_tokens = THREADS


@contextmanager
def in_turn(body: bytes) -> Iterator[None]:
    """One body at a time where it unfolds to much: as objects it may come to twenty times its bytes."""
    if unfolds_to(body) <= LARGE:
        yield
        return
    with _ALONE:
        yield


def let_go(wrong: BaseException | None) -> None:
    """Let go of what the functions held that an error went through: it is in a ring with them, and outlives the answer
    until somebody looks for rings, which is seldom."""
    while wrong is not None:
        traceback.clear_frames(wrong.__traceback__)
        wrong = wrong.__cause__ or wrong.__context__
