"""`fieldkit-central`: every family of verbs, hung on one group."""

from sync.server.verbs import describing, keeping, people, running
from sync.server.verbs.core import central

__all__ = ["central", "describing", "keeping", "main", "people", "running"]
# Importing a family hangs its verbs on the group.


def main() -> None:
    """The console script."""
    central()


if __name__ == "__main__":
    main()
