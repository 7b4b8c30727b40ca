"""A fieldkit that changes its keys without end and will be killed. Run by test_key_kills."""

from __future__ import annotations

import itertools
import sys
from pathlib import Path

from fieldkit import vault
from fieldkit.config import QUICK_KDF
from fieldkit.sealing import new_pair
from fieldkit.vault.council_key import CouncilKey
from tests.fieldkit.vault.words import BENS, PASSPHRASE


def say(number: int) -> None:
    """Acknowledge, and let it be heard before going on."""
    sys.stdout.write(f"{number}\n")
    sys.stdout.flush()


def main() -> None:
    """Do one of these until killed."""
    opened = vault.unlock(Path(sys.argv[1]), PASSPHRASE, QUICK_KDF, door=vault.Door("AP"))
    say(0)
    for number in itertools.count(1):
        match sys.argv[2]:
            case "people":
                vault.add_person(opened, vault.Person("", "BC"), BENS, QUICK_KDF)
                vault.remove_person(opened, "BC")
            case "council":
                vault.add_council(opened, CouncilKey(new_pair().public, number), "d" * 32)
            case "new-key":
                vault.new_key(opened)
            case "passphrase":
                old, new = (PASSPHRASE, BENS) if number % 2 else (BENS, PASSPHRASE)
                vault.change_passphrase(opened, old, new, QUICK_KDF)
        say(number)


if __name__ == "__main__":
    main()
