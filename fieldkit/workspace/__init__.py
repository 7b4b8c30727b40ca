"""The workspace: an opened device and every verb a worker has. Screens and commands know nothing below it."""

from __future__ import annotations

from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from fieldkit import vault
from fieldkit.config import REAL_KDF, Clock, KdfPolicy
from fieldkit.machine import refuse_others
from fieldkit.store.store import Store
from fieldkit.workspace import draft_key
from fieldkit.workspace.checking import Workspace
from fieldkit.workspace.core import DEVICE_KEY, Parts
from fieldkit.workspace.draft_key import Opener


def create_workspace(home: Path, passphrase: str, *, clock: Clock, kdf: KdfPolicy = REAL_KDF) -> Workspace:
    """Make a device: key file, encrypted store, and the device's own Ed25519 key inside it."""
    opened = vault.create(home, passphrase, kdf)
    store = Store(opened.store_path, opened.key, clock)
    store.audit.note("init")
    draft_key.settle(store, Opener((home / vault.KEY_FILE).read_bytes(), passphrase, opened.person.id), kdf)
    return Workspace(Parts(opened, store, clock, _device_key(store)))


def open_workspace(home: Path, passphrase: str, *, clock: Clock, kdf: KdfPolicy = REAL_KDF) -> Workspace:
    """Open a device; WrongPassphrase, StoreDamaged, NewerSchema, AlreadyOpen … with nothing changed."""
    refuse_others(home)
    opened = vault.unlock(home, passphrase, kdf, clock)
    try:
        store = Store(opened.store_path, opened.key, clock)
        key = _device_key(store)
        store.audit.note("unlock")
        draft_key.settle(store, Opener((home / vault.KEY_FILE).read_bytes(), passphrase, opened.person.id), kdf)
    except BaseException:
        opened.close()
        raise
    workspace = Workspace(Parts(opened, store, clock, key))
    workspace.forgive_pin()
    return workspace


def _device_key(store: Store) -> Ed25519PrivateKey:
    """The device's own key; made when there is none yet, also after an `init` that was cut short."""
    kept = store.meta(DEVICE_KEY)
    if kept is not None:
        return Ed25519PrivateKey.from_private_bytes(bytes.fromhex(kept))
    key = Ed25519PrivateKey.generate()
    store.set_meta(DEVICE_KEY, key.private_bytes_raw().hex())
    return key


__all__ = ["Workspace", "create_workspace", "open_workspace"]
