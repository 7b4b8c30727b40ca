"""How central keeps its memory flat: what a page or a push took goes back to the system when it is answered.

The C library's own ways are the trouble: a heap for each thread that only grows, and a threshold for large blocks that
rises with every large one that is freed, so that bodies end up in those heaps.
"""

import ctypes
import sys

import anyio.to_thread

THREADS = 10
"""Requests at work at once: as many as there are connections, and two for those who ask how central is."""
_TRIM, _MMAP, _HEAPS = -1, -3, -8
"""M_TRIM_THRESHOLD, M_MMAP_THRESHOLD, M_ARENA_MAX of glibc's mallopt."""
SETTINGS = ((_HEAPS, 2), (_MMAP, 128 << 10), (_TRIM, 256 << 10))


def hold_little() -> bool:
    """Let the C library give back what is freed; whether it could be told (glibc only). Before any thread begins."""
    told = getattr(ctypes.CDLL(None), "mallopt", None) if sys.platform == "linux" else None
    return told is not None and all(told(name, value) for name, value in SETTINGS)


def few_at_once() -> None:
    """Work on as many requests at once as there are connections: more would only hold their bodies and wait."""
    anyio.to_thread.current_default_thread_limiter().total_tokens = THREADS
