"""What somebody who has opened a vault may change in its key file: passphrases, people, the council's slot."""

from __future__ import annotations

import secrets
from dataclasses import replace

from fieldkit.config import REAL_KDF, KdfPolicy
from fieldkit.errors import DiskTrouble, Refused, UnknownPerson
from fieldkit.vault import key_file, slots
from fieldkit.vault.council_key import CouncilKey
from fieldkit.vault.key_file import MOST_PEOPLE, KeyFile
from fieldkit.vault.opening import Vault, device_secret
from fieldkit.vault.slots import ROLES, Keys, Person, Secret

LONGEST_HANDLE = 40


def change_passphrase(vault: Vault, old: str, new: str, kdf: KdfPolicy = REAL_KDF) -> None:
    """Wrap the same keys anew; the old key file stays whole until the new one is on the disk. WrongPassphrase."""
    slot, file_id = vault.slot, vault.file.id
    keys = slots.opened(slot, file_id, Secret(old, device_secret(slot, file_id, vault.keyring)))
    vault.private = keys.private
    choose_passphrase(vault, new, kdf)


def choose_passphrase(vault: Vault, new: str, kdf: KdfPolicy = REAL_KDF) -> None:
    """The same for a vault that was opened with the passphrase of before just now."""
    slot, file_id = vault.slot, vault.file.id
    keys = Keys(vault.key, vault.file_key, private=vault.private)
    secret = Secret(new, device_secret(slot, file_id, vault.keyring))
    _write(vault, vault.file.with_slot(slots.rewrapped(slot, file_id, keys, secret, same_cost(vault, kdf))))


def same_cost(vault: Vault, kdf: KdfPolicy) -> KdfPolicy:
    """What the slot that was opened costs: it was measured on this machine."""
    said = {name: vault.slot.said[name] for name in ("memory_kib", "time_cost", "lanes")}
    return replace(kdf, **said) if kdf.is_content_with(said["memory_kib"], said["time_cost"]) else kdf


def add_person(vault: Vault, person: Person, passphrase: str, kdf: KdfPolicy = REAL_KDF) -> Person:
    """A slot for somebody else, under their own passphrase; the person with an id of their own."""
    handle = person.handle.strip()
    if not handle or len(handle) > LONGEST_HANDLE or not handle.isprintable():
        raise Refused(f"A handle is 1 to {LONGEST_HANDLE} letters.", "Initials do: it stands in the clear.")
    if handle in {each.person.handle for each in vault.file.people}:
        raise Refused("Somebody on this device is called that already.", "Choose another handle.")
    if person.role not in ROLES:
        raise Refused("There is no such role.", f"Choose {' or '.join(ROLES)}.")
    if len(vault.file.people) >= MOST_PEOPLE:
        raise Refused("There is no room for another person on this device.", "Remove somebody who has left.")
    made = replace(person, id=secrets.token_hex(8), handle=handle)
    device = vault.keyring.get(vault.file.id) if vault.slot.device_secret else None
    keys = Keys(vault.key, vault.file_key)
    slot = slots.new_slot(vault.file.id, made, Secret(passphrase, device or b""), keys, same_cost(vault, kdf))
    _write(vault, vault.file.with_slot(slot))
    return made


def remove_person(vault: Vault, person: str) -> Person:
    """Take somebody's slot away; not one's own, so that somebody can always open.

    The keyring's secret is one for the device: it goes with the last slot that needs it.
    """
    found = next((each.person for each in vault.file.people if person in (each.person.id, each.person.handle)), None)
    if found is None:
        raise UnknownPerson(tuple(each.person.handle for each in vault.file.people))
    if found.id == vault.person.id:
        raise Refused("You cannot remove yourself.", "Somebody else who can open this device must do it.")
    kept = any(each.device_secret for each in vault.file.people)
    _write(vault, vault.file.without(found.id))
    if kept and not any(each.device_secret for each in vault.file.people):
        vault.keyring.drop(vault.file.id)
    return found


def add_council(vault: Vault, council: CouncilKey, device: str) -> bool:
    """A slot for the council's key as it is now, in place of the one before; whether anything was to be done."""
    held = vault.file.council
    if held is not None and (held.public, held.number, held.device) == (council.public.hex(), council.number, device):
        return False
    keys = Keys(vault.key, vault.file_key)
    slot = slots.new_council_slot(vault.file.id, council.public, council.number, device, keys)
    _write(vault, replace(vault.file, council=slot))
    return True


def _write(vault: Vault, file: KeyFile) -> None:
    try:
        vault.file = key_file.write(vault.home, file, vault.file_key)
    except OSError:
        raise DiskTrouble from None
