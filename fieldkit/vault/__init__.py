"""The vault: a passphrase opens a key file, the key opens the store. One fieldkit at a time.

passphrase → Argon2id → HKDF → AES-256-GCM unwraps 48 random bytes: SQLCipher's raw key (32) and salt (16). Every
parameter of the key file is authenticated, so that a weakened one fails. Changing the passphrase wraps the same key
anew; the store is not touched. The key file takes its name only when the store stands, so that a device is made wholly
or not at all.
"""

from fieldkit.vault.files import KEY_FILE, LOCK_FILE, SHREDDED, STORE_FILE, TRIES_FILE, UNFINISHED
from fieldkit.vault.opening import Vault, change_passphrase, create, shred, unlock
from fieldkit.vault.slots import KEY_BYTES, VERSION
from fieldkit.vault.tries import FREE_TRIES, LONGEST_WAIT, wait

__all__ = [
    "FREE_TRIES",
    "KEY_BYTES",
    "KEY_FILE",
    "LOCK_FILE",
    "LONGEST_WAIT",
    "SHREDDED",
    "STORE_FILE",
    "TRIES_FILE",
    "UNFINISHED",
    "VERSION",
    "Vault",
    "change_passphrase",
    "create",
    "shred",
    "unlock",
    "wait",
]
