"""How far somebody has come with the practice council's first day: told by what is on the device, nothing else."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from fieldkit.casework import first_day
from fieldkit.casework.first_day import Day
from fieldkit.workspace.deciding import Deciding

if TYPE_CHECKING:
    from fieldkit.store.records import Record

REASON, VOICE = "@not-recorded", "@voice"


class Learning(Deciding):
    """The verb of somebody who learns."""

    def first_day(self) -> Day:
        """Every step of the first day, and whether the store says that it was done here."""
        entries = [(each.what, each.about.split(" ")[0]) for each in self.store.audit.entries()]
        noted = Counter(what for what, _ in entries)
        filed = [record for what, about in entries if what == "file" if (record := self.store.records.get(about))]
        there = len(self.store.records.of_kind("conflict"))
        waits = sum(self.conflict(each).proposed_by != self.me.worker for each in self._undecided())
        facts = {
            "synced": noted["sync"] > 0,
            "decided": there > waits,
            "briefed": noted["brief"] > 0,
            "visited": any(record.kind == "visit" for record in filed),
            "unanswered": _has(filed, REASON),
            "voiced": _has(filed, VOICE),
            "left": noted["begin"] > noted["file"] + noted["discard"],
            "signed": bool(self.store.records.of_kind("signature")),
            "raised": bool(self.store.records.of_kind("concern")),
        }
        facts["sent"] = bool(filed) and noted["sync"] > 1 and self.store.outbox.counts().waiting == 0
        return first_day.day(facts, there - waits, there)


def _has(filed: list[Record], mark: str) -> bool:
    return any(path.endswith(mark) and value for record in filed for path, value in record.state.items())
