"""The device's half of sync: what it keeps (`replica`), how a sync runs (`exchange`), the line to central (`http`)."""

from sync.client.exchange import Central, Exchange, Page, Traffic
from sync.client.memory import MemoryReplica
from sync.client.replica import Parked, Replica, Settlement, Standing
from sync.client.reports import Progress, Report
from sync.protocol import (
    MOST_BATCH,
    SENTENCES,
    Batch,
    Frame,
    Held,
    Outcome,
    PageBegins,
    PageEnd,
    Purged,
    PushAnswer,
    Put,
    Reason,
    Receipt,
    Retold,
    ScopeGained,
    ScopeLost,
    Tomb,
)
from sync.protocol.attachments import Named, Piece, seals_in
from sync.protocol.digests import MODULUS, bucket, by_bucket, element

__all__ = [
    "MODULUS",
    "MOST_BATCH",
    "SENTENCES",
    "Batch",
    "Central",
    "Exchange",
    "Frame",
    "Held",
    "MemoryReplica",
    "Named",
    "Outcome",
    "Page",
    "PageBegins",
    "PageEnd",
    "Parked",
    "Piece",
    "Progress",
    "Purged",
    "PushAnswer",
    "Put",
    "Reason",
    "Receipt",
    "Replica",
    "Report",
    "Retold",
    "ScopeGained",
    "ScopeLost",
    "Settlement",
    "Standing",
    "Tomb",
    "Traffic",
    "bucket",
    "by_bucket",
    "element",
    "seals_in",
]
