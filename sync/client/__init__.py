"""The device's half of sync: what it keeps (`replica`), how a sync runs (`exchange`), the line to central (`http`)."""

from sync.client.exchange import Central, Exchange, Page, Progress, Report, Traffic
from sync.client.memory import MemoryReplica
from sync.client.replica import Parked, Replica, Settlement, Standing
from sync.protocol import (
    MOST_BATCH,
    SENTENCES,
    Batch,
    Frame,
    Outcome,
    PageEnd,
    PushAnswer,
    Put,
    Reason,
    Receipt,
    ScopeLost,
    Tomb,
)

__all__ = [
    "MOST_BATCH",
    "SENTENCES",
    "Batch",
    "Central",
    "Exchange",
    "Frame",
    "MemoryReplica",
    "Outcome",
    "Page",
    "PageEnd",
    "Parked",
    "Progress",
    "PushAnswer",
    "Put",
    "Reason",
    "Receipt",
    "Replica",
    "Report",
    "ScopeLost",
    "Settlement",
    "Standing",
    "Tomb",
    "Traffic",
]
