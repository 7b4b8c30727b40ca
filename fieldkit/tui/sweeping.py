"""When memory is swept: while nobody types.

Python looks through everything it holds when enough has been made, for a tenth of a second and more, and a key that is
pressed then waits. So what stays for good is taken out of the search, and the rest is looked through in a pause.
"""

from __future__ import annotations

import gc
import sys

PAUSE = 1.0
"""Seconds without a key that make a pause."""
LATEST = 60.0
"""Seconds after which it is done without a pause."""
LITTLE = 10.0
"""Seconds before which it is not worth doing again."""
_YOUNG, _MIDDLE, _NEVER = 2_000, 10, 1_000_000
_HAND_OVER = 0.001


def is_due(since_key: float, since_swept: float) -> bool:
    """Whether to sweep now."""
    return since_swept >= LATEST or (since_key >= PAUSE and since_swept >= LITTLE)


def begin() -> None:
    """Leave the great searches to ``sweep``, and let a thread that reckons hand over to the keyboard sooner."""
    gc.set_threshold(_YOUNG, _MIDDLE, _NEVER)
    sys.setswitchinterval(_HAND_OVER)


def settle() -> None:
    """What is there now stays: it is not looked through again."""
    gc.freeze()


def sweep() -> None:
    """Give back what nobody holds any more."""
    gc.collect()
