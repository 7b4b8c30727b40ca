"""The workspace: an opened device and every verb a worker has. Screens and commands know nothing below it."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from fieldkit import vault
from fieldkit.config import REAL_KDF, Clock, KdfPolicy
from fieldkit.errors import SlotRemoved
from fieldkit.machine import refuse_others
from fieldkit.store.people import Known
from fieldkit.store.store import Store
from fieldkit.vault import REGISTER, Door, Vault
from fieldkit.vault.recovery import Accepted, accept
from fieldkit.workspace import draft_key
from fieldkit.workspace.checking import Workspace
from fieldkit.workspace.core import DEVICE_KEY, Parts
from fieldkit.workspace.draft_key import Opener
from fieldkit.workspace.key_keeping import GENERATION

OLDER_FILE = "An older key file was put in place of the last one. Tell whoever looks after your laptops."


@dataclass(frozen=True, slots=True)
class NewPassphrase:
    """A passphrase in place of another."""

    old: str = field(repr=False)
    new: str = field(repr=False)
    new_key: bool = False
    """Whether the store gets a new key too."""


def create_workspace(
    home: Path, passphrase: str, *, clock: Clock, kdf: KdfPolicy = REAL_KDF, door: Door | None = None
) -> Workspace:
    """Make a device: key file, encrypted store, and the device's own Ed25519 key inside it."""
    opened = vault.create(home, passphrase, kdf, door)
    return _workspace(opened, clock, (passphrase, kdf), "init")


def open_workspace(
    home: Path, passphrase: str, *, clock: Clock, kdf: KdfPolicy = REAL_KDF, door: Door | None = None
) -> Workspace:
    """Open a device; WrongPassphrase, WhoIsIt, StoreDamaged, NewerSchema, AlreadyOpen … with nothing changed."""
    refuse_others(home)
    made = _workspace(vault.unlock(home, passphrase, kdf, clock, door), clock, (passphrase, kdf), "unlock")
    made.forgive_pin()
    return made


def recover_workspace(
    home: Path, given: Accepted, *, clock: Clock, kdf: KdfPolicy = REAL_KDF, door: Door | None = None
) -> Workspace:
    """Open a device with the council's answer, under a new passphrase; noted here, and at central by the next sync."""
    opened = _workspace(accept(home, given, kdf, door), clock, (given.passphrase, kdf), "unlock")
    held = opened.vault.file.council
    opened.note_keys("recovered", f"{opened.vault.person.id} {held.number if held else 0}")
    return opened


def change_passphrase(home: Path, change: NewPassphrase, *, clock: Clock, kdf: KdfPolicy, door: Door) -> None:
    """Change the passphrase of who asks and, where that is wanted, the store's key; noted here and at central."""
    held = vault.unlock(home, change.old, kdf, clock, door)
    try:
        if change.new_key:
            vault.new_key(held)  # first: where the disk has no room for it, the passphrase is still the one of before
        vault.choose_passphrase(held, change.new, kdf)
    except BaseException:
        held.close()
        raise
    opened = _workspace(held, clock, (change.new, kdf), "unlock")
    opened.note_keys("new-key" if change.new_key else "passphrase", held.person.id)
    opened.close()


def _workspace(opened: Vault, clock: Clock, means: tuple[str, KdfPolicy], what: str) -> Workspace:
    """`means`: the passphrase that has just opened it, and what one costs."""
    passphrase, kdf = means
    try:
        store = Store(opened.store_path, opened.key, clock)
        key = _device_key(store)
        _admit(store, opened)
        if opened.person.role != REGISTER:
            key_file = (opened.home / vault.KEY_FILE).read_bytes()
            draft_key.settle(store, Opener(key_file, passphrase, opened.person.id), kdf)
        made = Workspace(Parts(opened, store, clock, key, kdf))
        store.audit.note(what)
    except BaseException:
        opened.close()
        raise
    return made


def _admit(store: Store, opened: Vault) -> None:
    """Let in whoever the store knows, or does not know yet; a slot that was taken away stays away."""
    person = opened.person
    known = store.people.get(person.id)
    if known is None:
        store.people.add(Known(person.id, person.handle, person.role, person.worker, store.now()))
    elif known.until:
        store.audit.note("removed-slot", person.id)
        raise SlotRemoved
    last = int(store.meta(GENERATION) or 0)
    if opened.file.generation < last:
        store.audit.note("older-key-file", f"{opened.file.generation} {last}")
        opened.told = (*opened.told, OLDER_FILE)
    else:
        store.set_meta(GENERATION, str(opened.file.generation))


def _device_key(store: Store) -> Ed25519PrivateKey:
    """The device's own key; made when there is none yet, also after an `init` that was cut short."""
    kept = store.meta(DEVICE_KEY)
    if kept is not None:
        return Ed25519PrivateKey.from_private_bytes(bytes.fromhex(kept))
    key = Ed25519PrivateKey.generate()
    store.set_meta(DEVICE_KEY, key.private_bytes_raw().hex())
    return key


__all__ = [
    "NewPassphrase",
    "Workspace",
    "change_passphrase",
    "create_workspace",
    "open_workspace",
    "recover_workspace",
]
