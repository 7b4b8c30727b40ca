"""The device's half of sync: what it keeps (`replica`), how a sync runs (`exchange`), and the line to central (`http`)."""

from sync.client.exchange import Central, Exchange, Progress, Report
from sync.client.memory import MemoryReplica
from sync.client.replica import Parked, Replica, Settlement, Standing

__all__ = [
    "Central",
    "Exchange",
    "MemoryReplica",
    "Parked",
    "Progress",
    "Replica",
    "Report",
    "Settlement",
    "Standing",
]
