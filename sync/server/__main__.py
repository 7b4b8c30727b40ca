"""`fieldkit-central`: every family of verbs, hung on one group."""

from sync.server.verbs import (
    anchoring,
    backups,
    cases,
    council_key,
    councils,
    describing,
    device_audit,
    devices,
    drafts,
    duty,
    files,
    keeping,
    keys,
    people,
    running,
    signin,
    translating,
)
from sync.server.verbs.core import central

__all__ = [
    "anchoring",
    "backups",
    "cases",
    "central",
    "council_key",
    "councils",
    "describing",
    "device_audit",
    "devices",
    "drafts",
    "duty",
    "files",
    "keeping",
    "keys",
    "main",
    "people",
    "running",
    "signin",
    "translating",
]
# Importing a family hangs its verbs on the group.


def main() -> None:
    """The console script."""
    central()


if __name__ == "__main__":
    main()
