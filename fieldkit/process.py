"""What every fieldkit process keeps to itself: no core dump, no other program looks in, no fault is quoted."""

from __future__ import annotations

import sys
import threading
from types import TracebackType

_SET_DUMPABLE = 4
"""PR_SET_DUMPABLE of Linux's prctl."""


def close_off() -> None:
    """Called first by every process; what the system does not offer is passed over (Windows keeps no core files)."""
    sys.excepthook = _told
    threading.excepthook = lambda fault: _told(fault.exc_type, fault.exc_value, fault.exc_traceback)
    sys.unraisablehook = lambda fault: _told(fault.exc_type, fault.exc_value, fault.exc_traceback)
    if sys.platform == "win32":
        return
    import resource

    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if sys.platform == "linux":
        import ctypes

        ctypes.CDLL(None, use_errno=True).prctl(_SET_DUMPABLE, 0, 0, 0, 0)


def _told(kind: type[BaseException], _value: BaseException | None, trace: TracebackType | None) -> None:
    """A fault that nobody caught: its kind and its place. Python would print its message, which may hold an answer."""
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    where = f"{trace.tb_frame.f_code.co_filename.rpartition('/')[2]}:{trace.tb_lineno}" if trace else "?"
    if sys.stderr is not None:
        sys.stderr.write(f"fieldkit: {kind.__name__} at {where}\n")
