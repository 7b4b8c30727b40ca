"""Laptops in a story: each a replica with a line to one central."""

from dataclasses import dataclass, field

from sync.changes import Patch, Policies, Value
from sync.client import Exchange, MemoryReplica, Report
from sync.merge import Head, rows
from tests.sync.memory_central import Line, MemoryCentral

FAMILY = "fam1"
SCOPE = "family:fam1"


@dataclass
class Laptop:
    """A device, its worker, and its line."""

    name: str
    central: MemoryCentral
    replica: MemoryReplica = field(init=False)
    line: Line = field(init=False)

    def __post_init__(self) -> None:
        device = self.name.encode().hex().ljust(32, "0")
        self.replica = MemoryReplica(device, actor=self.name)
        self.line = Line(self.central, device)

    def create(self, record: str, kind: str = "family", form: str = "", **patch: Value) -> None:
        """Write a new record."""
        reserved: dict[str, Value] = {"@kind": kind, "@scope": SCOPE, "@form": form or None}
        self.replica.write(record, "create", reserved | patch)

    def set(self, record: str, patch: Patch | None = None, **more: Value) -> None:
        """Edit a record."""
        self.replica.write(record, "set", {**(patch or {}), **more})

    def delete(self, record: str) -> None:
        """Delete a record."""
        self.replica.write(record, "delete", {})

    def resolve(self, conflict: str, take: str, reason: str = "spoke to the family", **more: Value) -> None:
        """Decide a conflict as it is seen on this laptop."""
        state = self.replica.view(conflict)
        seen = [
            str(value) for path, value in state.items() if path.startswith("siblings/") and path.endswith("/change")
        ]
        self.replica.write(conflict, "resolve", {"take": take, "reason": reason, "seen": seen, **more})

    def sync(self) -> Report:
        """One sync."""
        return Exchange(self.replica, self.line).run()

    def reads(self, record: str, path: str) -> Value:
        """What the worker sees."""
        return self.replica.view(record).get(path)


def council(
    *names: str, roles: dict[str, str] | None = None, policies: dict[str, Policies] | None = None
) -> list[Laptop]:
    """Laptops around one empty central."""
    central = MemoryCentral(published=policies or {}, roles=roles or {})
    return [Laptop(name, central) for name in names]


def shared(*names: str, **patch: Value) -> list[Laptop]:
    """Laptops that all hold one family with these values."""
    laptops = council(*names)
    laptops[0].replica.write(FAMILY, "create", {"@kind": "family", "@scope": SCOPE, **patch})
    settle(laptops)
    return laptops


def settle(laptops: list[Laptop]) -> None:
    """Sync until everybody has everything."""
    for _ in range(2):
        for laptop in laptops:
            laptop.sync()


def claims(conflict: Head) -> list[Value]:
    """The values that devices claim in a conflict."""
    return [conflict.state.get(f"siblings/{row}/value") for row in rows(conflict)]
