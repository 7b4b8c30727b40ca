"""The device's half of sync: what it keeps (`replica`), how a sync runs (`exchange`), the line to central (`http`)."""

from sync.client.exchange import Central, Exchange, Page, Progress, Report, Traffic
from sync.client.memory import MemoryReplica
from sync.client.replica import Parked, Replica, Settlement, Standing
from sync.protocol import (
    MOST_BATCH,
    SENTENCES,
    Batch,
    Frame,
    Held,
    Outcome,
    PageEnd,
    PushAnswer,
    Put,
    Reason,
    Receipt,
    Retold,
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
    "PageEnd",
    "Parked",
    "Piece",
    "Progress",
    "PushAnswer",
    "Put",
    "Reason",
    "Receipt",
    "Replica",
    "Report",
    "Retold",
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
