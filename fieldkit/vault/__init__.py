"""The vault: a passphrase opens a slot of the key file, the slot the store's key. One fieldkit at a time.

passphrase → Argon2id, beside the device's secret where there is one → HKDF → AES-256-GCM unwraps a private key of this
person's own and the key that seals the file; the private key opens the 48 random bytes of SQLCipher: raw key (32) and
salt (16). Every parameter is authenticated, so that a weakened one fails. Changing a passphrase wraps the same keys
anew; the store is not touched. The key file takes its name only when the store stands, so that a device is made wholly
or not at all.
"""

from fieldkit.vault.changing import add_council, add_person, change_passphrase, choose_passphrase, remove_person
from fieldkit.vault.files import KEPT_FILE, KEY_FILE, LOCK_FILE, SHREDDED, STORE_FILE, TRIES_FILE, UNFINISHED
from fieldkit.vault.keyring import Keyring, NoKeyring, of_this_machine
from fieldkit.vault.opening import Door, Vault, create, people, refuse_made, shred, unlock
from fieldkit.vault.rotation import new_key
from fieldkit.vault.slots import KEY_BYTES, REGISTER, ROLES, VERSION, WORKER, Person
from fieldkit.vault.tries import FREE_TRIES, LONGEST_WAIT, wait

__all__ = [
    "FREE_TRIES",
    "KEPT_FILE",
    "KEY_BYTES",
    "KEY_FILE",
    "LOCK_FILE",
    "LONGEST_WAIT",
    "REGISTER",
    "ROLES",
    "SHREDDED",
    "STORE_FILE",
    "TRIES_FILE",
    "UNFINISHED",
    "VERSION",
    "WORKER",
    "Door",
    "Keyring",
    "NoKeyring",
    "Person",
    "Vault",
    "add_council",
    "add_person",
    "change_passphrase",
    "choose_passphrase",
    "create",
    "new_key",
    "of_this_machine",
    "people",
    "refuse_made",
    "remove_person",
    "shred",
    "unlock",
    "wait",
]
