"""What every fieldkit process keeps to itself: no core dump is written, no other program looks in."""

from __future__ import annotations

import sys

_SET_DUMPABLE = 4
"""PR_SET_DUMPABLE of Linux's prctl."""


def close_off() -> None:
    """Called first by every process; what the system does not offer is passed over (Windows keeps no core files)."""
    if sys.platform == "win32":
        return
    import resource

    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if sys.platform == "linux":
        import ctypes

        ctypes.CDLL(None, use_errno=True).prctl(_SET_DUMPABLE, 0, 0, 0, 0)
