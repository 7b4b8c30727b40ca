"""A fieldkit that types what its terminal sends into a draft, key by key, until it is killed. Run by test_typing."""

from __future__ import annotations

import os
import sys
import tty
from pathlib import Path

from fieldkit.config import QUICK_KDF, SystemClock
from fieldkit.workspace import open_workspace
from tests.faults.bases import PASSPHRASE

PLACE = "a/when/purpose"


def main() -> None:
    """Take each key into the draft as the screen does: answer, and go on without waiting for the disk."""
    home, draft = Path(sys.argv[1]), sys.argv[2]
    tty.setraw(0)
    workspace = open_workspace(home, PASSPHRASE, clock=SystemClock(), kdf=QUICK_KDF)
    opened, text = workspace.draft(draft), ""
    os.write(1, b"!")
    while keys := os.read(0, 1):
        text += keys.decode("ascii")
        opened.answer(PLACE, text)


if __name__ == "__main__":
    main()
