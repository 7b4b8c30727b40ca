"""A new key for the store, without losing a record, and with a way in at every moment.

First the key file gets the new key beside the old one, in every slot; then SQLCipher writes all pages anew in one
transaction; then the old key goes from the file. A kill leaves the store under the old key or the new one, and both
slots open either: `settle` tries which it is, and ends what was begun. What a thief copied before stays readable with
the old key and a passphrase of then; the new key is for what is written after, and for a slot that was removed.
"""

from __future__ import annotations

import secrets
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from fieldkit.errors import DiskTrouble, StoreDamaged
from fieldkit.store.database import connect, rekey
from fieldkit.store.witness import call_off
from fieldkit.vault import key_file, slots
from fieldkit.vault.key_file import KeyFile
from fieldkit.vault.slots import KEY_BYTES, Keys

if TYPE_CHECKING:
    from fieldkit.vault.opening import Vault


def new_key(vault: Vault) -> None:
    """Change the store's key; nobody may have it open. DiskTrouble leaves it under the old one or the new one."""
    following = secrets.token_bytes(KEY_BYTES)
    try:
        vault.file = _written(vault, Keys(vault.key, vault.file_key, following))
        call_off(vault.store_path)
        rekey(vault.store_path, vault.key, following)
        vault.key = following
        vault.file = _written(vault, Keys(following, vault.file_key))
    except OSError:
        raise DiskTrouble from None


def settle(vault: Vault, following: bytes) -> None:
    """After a kill: find out which of the two keys the store has, and let the other go."""
    if not following:
        return
    call_off(vault.store_path)
    vault.key = next((key for key in (following, vault.key) if _opens(vault.store_path, key)), b"")
    if not vault.key:
        raise StoreDamaged
    with suppress(OSError):
        vault.file = _written(vault, Keys(vault.key, vault.file_key))


def _written(vault: Vault, keys: Keys) -> KeyFile:
    return key_file.write(vault.home, resealed(vault.file, keys), vault.file_key)


def resealed(file: KeyFile, keys: Keys) -> KeyFile:
    """The file with these keys in every slot: that needs nobody's passphrase."""
    people = tuple(slots.sealed_for(slot, file.id, keys) for slot in file.people)
    council = slots.sealed_for_council(file.council, file.id, keys) if file.council else None
    return replace(file, people=people, council=council)


def _opens(store: Path, key: bytes) -> bool:
    try:
        connect(store, key).close()
    except StoreDamaged:
        return False
    return True
