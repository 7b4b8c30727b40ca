"""What central tells those who run it: figures for Prometheus, one line of JSON a request, and who asks too often.

Ids and numbers only. Kept in this process: each of several has its own figures and its own count of who asks.
"""

from __future__ import annotations

import json
import sys
import threading
from collections import OrderedDict, defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field

BOUNDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
"""Seconds; the buckets of the histogram."""
BURST = 600
"""Requests that one asker may send at once."""
PACE = 20.0
"""Requests a second after that."""
ASKERS = 20_000
"""How many askers are remembered, the latest."""


@dataclass(frozen=True, slots=True)
class Answered:
    """One request, as it may be told."""

    route: str
    status: int
    seconds: float
    device: str
    """The id it claims, believed or not; empty when it claims none."""
    bytes_in: int
    bytes_out: int


@dataclass(slots=True)
class Watch:
    """Counts requests, and refuses who asks too often."""

    log: Callable[[str], None] | None = None
    """Where a line for each request goes; None: nowhere."""
    leaving: bool = False
    """Whether this process was told to end: it still answers, and a balancer should send elsewhere."""
    _counts: dict[tuple[str, int], int] = field(default_factory=lambda: defaultdict(int))
    _times: dict[str, list[int]] = field(default_factory=dict)
    _sums: dict[str, float] = field(default_factory=lambda: defaultdict(float))
    _askers: OrderedDict[str, tuple[float, float]] = field(default_factory=OrderedDict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def may_ask(self, asker: str, now: float) -> bool:
        """Take one from what an asker has left; False when nothing is."""
        with self._lock:
            left, at = self._askers.pop(asker, (float(BURST), now))
            left = min(BURST, left + max(0.0, now - at) * PACE)
            self._askers[asker] = (max(0.0, left - 1), now)
            while len(self._askers) > ASKERS:
                self._askers.popitem(last=False)
        return left >= 1

    def note(self, answered: Answered) -> None:
        """Count a request and tell of it."""
        with self._lock:
            self._counts[answered.route, answered.status] += 1
            times = self._times.setdefault(answered.route, [0] * (len(BOUNDS) + 1))
            times[sum(answered.seconds > bound for bound in BOUNDS)] += 1
            self._sums[answered.route] += answered.seconds
        if self.log is not None:
            told = {
                "route": answered.route,
                "status": answered.status,
                "ms": round(answered.seconds * 1000, 1),
                "device": answered.device,
                "in": answered.bytes_in,
                "out": answered.bytes_out,
            }
            self.log(json.dumps(told))

    def page(self, gauges: dict[str, float]) -> str:
        """The figures in Prometheus' text format."""
        with self._lock:
            lines = ["# TYPE fieldkit_requests_total counter"]
            lines += [
                f'fieldkit_requests_total{{route="{route}",status="{status}"}} {count}'
                for (route, status), count in sorted(self._counts.items())
            ]
            lines.append("# TYPE fieldkit_request_seconds histogram")
            for route, times in sorted(self._times.items()):
                lines += self._histogram(route, times)
        for name, value in sorted(gauges.items()):
            lines += [f"# TYPE fieldkit_{name} gauge", f"fieldkit_{name} {value:g}"]
        return "\n".join(lines) + "\n"

    def _histogram(self, route: str, times: list[int]) -> list[str]:
        lines, so_far = [], 0
        for bound, count in zip((*BOUNDS, "+Inf"), times, strict=True):
            so_far += count
            lines.append(f'fieldkit_request_seconds_bucket{{route="{route}",le="{bound}"}} {so_far}')
        lines.append(f'fieldkit_request_seconds_sum{{route="{route}"}} {self._sums[route]:.6f}')
        return [*lines, f'fieldkit_request_seconds_count{{route="{route}"}} {so_far}']


def to_stderr(line: str) -> None:
    """A line of the log, at once."""
    sys.stderr.write(f"{line}\n")
    sys.stderr.flush()
