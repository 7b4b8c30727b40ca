"""A fieldkit that changes its keys without end and will be killed. Run by test_key_kills."""

from __future__ import annotations

import itertools
import sys
from pathlib import Path

from fieldkit import vault
from fieldkit.config import QUICK_KDF
from fieldkit.sealing import new_pair
from fieldkit.vault import recovery
from fieldkit.vault.council_key import CouncilKey
from tests.fieldkit.vault.words import BENS, PASSPHRASE


def say(number: int) -> None:
    """Acknowledge, and let it be heard before going on."""
    sys.stdout.write(f"{number}\n")
    sys.stdout.flush()


def recover(home: Path, opened: vault.Vault) -> None:
    """Lose the passphrase and get the device back, again and again."""
    council = new_pair()
    vault.add_council(opened, CouncilKey(council.public, 1), "d" * 32)
    opened.close()
    say(0)
    for number in itertools.count(1):
        content, code = recovery.answer(recovery.read_request(recovery.ask(home, QUICK_KDF)), council)
        new = BENS if number % 2 else PASSPHRASE
        recovery.accept(home, recovery.Accepted(content, code, new), QUICK_KDF, vault.Door("AP")).close()
        say(number)


def main() -> None:
    """Do one of these until killed."""
    home = Path(sys.argv[1])
    opened = vault.unlock(home, PASSPHRASE, QUICK_KDF, door=vault.Door("AP"))
    if sys.argv[2] == "recover":
        recover(home, opened)
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
