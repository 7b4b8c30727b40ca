"""`fieldkit-central`: every family of verbs, hung on one group."""

from sync.server.verbs import devices, keeping, people, running
from sync.server.verbs.core import central

__all__ = ["central", "devices", "keeping", "main", "people", "running"]
# Importing a family hangs its verbs on the group.


def main() -> None:
    """The console script."""
    central()


if __name__ == "__main__":
    main()
