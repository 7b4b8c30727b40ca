"""Power cuts: from a record of what was written, the states that a disk may be found in when the current goes.

A write that was not synced may be there, be lost or be torn by sectors; a new, renamed or removed name may be there or
not until its folder was synced. This is stricter than most disks and file systems are.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

SECTOR = 512


@dataclass(frozen=True, slots=True)
class Call:
    """One call of the record."""

    what: str
    path: str
    other: str = ""
    offset: int = 0
    data: bytes = field(default=b"", repr=False)


def calls(record: bytes) -> Iterator[Call]:
    """The record, call by call."""
    at = 0
    while at < len(record):
        end = record.index(b"\n", at)
        what, path, other, offset, size = record[at:end].decode().split("\t")
        at = end + 1 + int(size)
        yield Call(what, path, other, int(offset), record[end + 1 : at])


@dataclass(slots=True, eq=False)
class Content:
    """What one file holds for sure, and what was written since it was synced."""

    sure: bytearray
    since: list[Call] = field(default_factory=list)

    def sync(self) -> None:
        """All of it is for sure."""
        for call in self.since:
            _apply(self.sure, call)
        self.since.clear()

    def found(self, chance: Random) -> bytes:
        """What a power cut may leave of it."""
        left = bytearray(self.sure)
        for call in self.since:
            for part in _survives(call, chance):
                _apply(left, part)
        return bytes(left)


def _apply(content: bytearray, call: Call) -> None:
    if call.what == "cut":
        del content[call.offset :]
        content.extend(bytes(call.offset - len(content)))
        return
    if len(content) < call.offset:
        content.extend(bytes(call.offset - len(content)))
    content[call.offset : call.offset + len(call.data)] = call.data


def _survives(call: Call, chance: Random) -> Iterator[Call]:
    """The parts of a write that reached the disk: all, nothing, or some sectors."""
    lot = chance.random()
    if lot < 0.4:
        yield call
    elif lot > 0.75 and call.what == "write":
        for start in range(0, len(call.data), SECTOR):
            if chance.random() < 0.5:
                yield Call("write", call.path, "", call.offset + start, call.data[start : start + SECTOR])


@dataclass(slots=True)
class Disk:
    """Names and contents, for sure and as they were last seen."""

    names: dict[str, Content]
    """The names that are there for sure."""
    seen: dict[str, Content] = field(default_factory=dict)
    since: list[Call] = field(default_factory=list)
    """What happened to names since their folder was synced."""
    made: dict[int, Content] = field(default_factory=dict)

    @classmethod
    def of(cls, folder: Path) -> Disk:
        """A folder as it stands, all of it durable."""
        files = {str(each): Content(bytearray(each.read_bytes())) for each in folder.rglob("*") if each.is_file()}
        return cls(dict(files), dict(files))

    def take(self, call: Call, deaf: Sequence[str] = ()) -> None:
        """One more call; `deaf`: ends of paths whose syncs do nothing."""
        if call.what in ("write", "cut"):
            if call.path in self.seen:
                self.seen[call.path].since.append(call)
        elif call.what == "sync":
            if not any(call.path.endswith(end) for end in deaf):
                self._sync(call.path)
        elif call.what != "mark":
            self.since.append(call)
            content = self.seen.get(call.path) if call.what != "create" else Content(bytearray())
            if content is not None:
                self.made[id(call)] = content
                _name(self.seen, call, content)

    def _sync(self, path: str) -> None:
        if path in self.seen:
            self.seen[path].sync()
            return
        kept: list[Call] = []
        for call in self.since:
            if str(Path(call.path).parent) == path and id(call) in self.made:
                _name(self.names, call, self.made[id(call)])
            else:
                kept.append(call)
        self.since = kept

    def found(self, chance: Random, into: Path, base: Path) -> None:
        """Write one state that a power cut may leave."""
        names = dict(self.names)
        in_order = chance.random() < 0.5
        many = chance.randrange(len(self.since) + 1)
        for place, call in enumerate(self.since):
            stays = place < many if in_order else chance.random() < 0.5
            if stays and id(call) in self.made:
                _name(names, call, self.made[id(call)])
        for name, content in names.items():
            file = into / Path(name).relative_to(base)
            file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            file.write_bytes(content.found(chance))
            file.chmod(0o600)


def _name(names: dict[str, Content], call: Call, content: Content) -> None:
    if call.what in ("rename", "unlink"):
        names.pop(call.path, None)
    if call.what == "create":
        names[call.path] = content
    elif call.what in ("rename", "link"):
        names[call.other] = content


@dataclass(frozen=True, slots=True)
class Cut:
    """A power cut after so many calls: what had been acknowledged until then, and the state that it left."""

    after: int
    acknowledged: frozenset[str]


def power_cuts(disk: Disk, record: bytes, states: int, chance: Random, deaf: Sequence[str] = ()) -> Iterator[Cut]:
    """So many cuts, spread by chance over the record; the disk stands as each found it while it is looked at."""
    all_calls = list(calls(record))
    moments = sorted(chance.randrange(1, len(all_calls) + 1) for _ in range(states))
    acknowledged: set[str] = set()
    done = 0
    for moment in moments:
        for call in all_calls[done:moment]:
            disk.take(call, deaf)
            if call.what == "mark":
                acknowledged.add(call.path)
        done = moment
        yield Cut(moment, frozenset(acknowledged))
