"""The device's half of sync: what it keeps (`replica`), how a sync runs (`exchange`), the line to central (`http`)."""

from sync.client.exchange import Central, Exchange, Page, Progress, Report, Traffic
from sync.client.memory import MemoryReplica
from sync.client.replica import Parked, Replica, Settlement, Standing

__all__ = [
    "Central",
    "Exchange",
    "MemoryReplica",
    "Page",
    "Parked",
    "Progress",
    "Replica",
    "Report",
    "Settlement",
    "Standing",
    "Traffic",
]
