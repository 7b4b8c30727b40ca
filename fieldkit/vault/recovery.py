"""A way in for a device whose passphrase is lost: the two who hold the council's key open it, for this device only.

The device writes a request: its council slot, and a public key made for this one answer. Elsewhere the two open the
slot and seal what was in it to that key, under a code that they read out. The answer opens with the code, on the device
that asked, once; it then gets a new passphrase and a new store key, so that what the two had in their hands opens
nothing that is written later.
"""

from __future__ import annotations

import json
import secrets
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from fieldkit.config import REAL_KDF, KdfPolicy
from fieldkit.errors import DiskTrouble, FieldkitError, NotSealedForThis, Refused, StoreDamaged
from fieldkit.sealing import Pair, new_pair, open_with, seal_to
from fieldkit.store.database import connect
from fieldkit.vault import files, key_file, lock, rotation, slots, stretching
from fieldkit.vault.files import KEPT_FILE, KEY_FILE, RECOVERY_FILE, STORE_FILE, as_bytes, as_text
from fieldkit.vault.key_file import LARGEST, LONGEST_TEXT, KeyFile
from fieldkit.vault.opening import Door, Vault, chosen
from fieldkit.vault.slots import FILE_KEY_BYTES, KEY_BYTES, Keys, Secret, canonical

VERSION = 1
REQUEST, ANSWER = "fieldkit recovery request", "fieldkit recovery answer"
CODE_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
CODE_LENGTH = 16
"""80 bits: the code is not guessed, so that nothing slow is needed to protect it."""


class NoCouncilSlot(FieldkitError):
    """The device has no council slot."""

    said = "This device has no slot for your council's key, so the council cannot open it."
    cure = "Only a passphrase opens it. What was synced is at central; a new device gets it from there."


class NotARecovery(FieldkitError):
    """A file that is no request or answer, or not for this device or this key."""

    said = "This recovery file is not for this device and this key, or it was altered."
    cure = "Nothing has been changed. Make a new request with `fieldkit recover`, and have that one answered."


class WrongCode(FieldkitError):
    """The code that the two persons read out is another one."""

    said = "That is not the code of this answer."
    cure = "Have it read out again. Nothing has been changed."
    exit_code = 3


@dataclass(frozen=True, slots=True)
class Request:
    """What a device asks the two persons for."""

    device: str
    file_id: str
    number: int
    public: str
    """The council's key that the slot is sealed to."""
    slot: str
    sealed: str = field(repr=False)
    following: str = field(repr=False)
    answer_to: str


KEY_OF_BEFORE = (
    "The store could not be given a new key: the disk is full or failing. Your new passphrase opens it. Free some "
    "space and run `fieldkit passphrase --new-key`: the two who hold the council's key could open it as it is."
)


def ask(home: Path, kdf: KdfPolicy = REAL_KDF) -> bytes:
    """A new request of this device; an earlier one is void from now on. NoCouncilSlot."""
    file = _file(home, kdf)
    council, once = file.council, new_pair()
    if council is None:
        raise NoCouncilSlot
    request = Request(
        council.device, file.id, council.number, council.public, council.id, council.sealed, council.following,
        once.public.hex(),
    )  # fmt: skip
    try:
        files.write_whole(home / RECOVERY_FILE, {"private": once.private.hex(), "public": once.public.hex()})
    except OSError:
        raise DiskTrouble from None
    return _packed(REQUEST, {name: getattr(request, name) for name in Request.__dataclass_fields__})


def read_request(content: bytes) -> Request:
    """What a request says; NotARecovery."""
    told = _unpacked(REQUEST, content)
    number = told.get("number")
    texts = [told.get(name) for name in Request.__dataclass_fields__ if name != "number"]
    if type(number) is not int or not all(isinstance(each, str) and len(each) <= LONGEST_TEXT for each in texts):
        raise NotARecovery
    return Request(**{name: told[name] for name in Request.__dataclass_fields__})


def answer(request: Request, council: Pair) -> tuple[bytes, str]:
    """The answer for the device that asked, and the code to read out. NotARecovery when it is another key's slot."""
    if council.public.hex() != request.public:
        raise NotARecovery
    where = slots.place(request.file_id, request.slot, request.device)
    try:
        content = open_with(council.private, as_bytes(request.sealed), where)
        following = open_with(council.private, as_bytes(request.following), where) if request.following else b""
        code = "".join(secrets.choice(CODE_LETTERS) for _ in range(CODE_LENGTH))
        nonce = secrets.token_bytes(12)
        inner = AESGCM(_code_key(code)).encrypt(nonce, content + following, _bound(request.answer_to, request.file_id))
        sealed = seal_to(bytes.fromhex(request.answer_to), nonce + inner, _bound(request.answer_to, request.file_id))
    except (NotSealedForThis, ValueError, TypeError):
        raise NotARecovery from None
    told = {"file_id": request.file_id, "answer_to": request.answer_to, "sealed": as_text(sealed)}
    return _packed(ANSWER, told), "-".join(code[at : at + 4] for at in range(0, CODE_LENGTH, 4))


@dataclass(frozen=True, slots=True)
class Accepted:
    """An answer, the code that was read out, and the passphrase from now on."""

    content: bytes = field(repr=False)
    code: str = field(repr=False)
    passphrase: str = field(repr=False)


def accept(home: Path, given: Accepted, kdf: KdfPolicy = REAL_KDF, door: Door | None = None) -> Vault:
    """Open the device with the answer, under a new passphrase and a new store key; WrongCode, NotARecovery."""
    held = lock.take(home)
    try:
        return _accepted(home, given, kdf, (door or Door(), held))
    except BaseException:
        held.close()
        raise


def _accepted(home: Path, given: Accepted, kdf: KdfPolicy, at: tuple[Door, Any]) -> Vault:
    door, held = at
    file = _file(home, kdf)
    slot = chosen(file, door.person)
    keys = _keys(home, file, given)
    vault = Vault(home, keys.store, held, keys.file, file, slot.person, door.keyring)
    rotation.settle(vault, keys.following)
    if not keys.following:
        connect(home / STORE_FILE, keys.store).close()
    device = door.keyring.get(file.id) if slot.device_secret else None
    secret = Secret(given.passphrase, device or b"")
    keys = Keys(vault.key, keys.file)
    fresh = slots.new_slot(file.id, slot.person, secret, keys, stretching.calibrated(kdf))
    try:
        vault.file = key_file.write(home, vault.file.without(slot.person.id).with_slot(fresh), keys.file)
    except OSError:
        raise DiskTrouble from None
    try:
        rotation.new_key(vault)
    except DiskTrouble:
        vault.told = (KEY_OF_BEFORE,)  # open it is all the same, under the new passphrase: that is noted and told
    with suppress(OSError):
        (home / RECOVERY_FILE).unlink()
    return vault


def _keys(home: Path, file: KeyFile, given: Accepted) -> Keys:
    told, mine = _unpacked(ANSWER, given.content), _mine(home)
    where = _bound(mine.public.hex(), file.id)
    try:
        whole = open_with(mine.private, as_bytes(told["sealed"]), where)
    except (NotSealedForThis, KeyError, ValueError, TypeError):
        raise NotARecovery from None
    code = "".join(each for each in given.code.upper() if each in CODE_LETTERS)
    try:
        content = AESGCM(_code_key(code)).decrypt(whole[:12], whole[12:], where)
    except (InvalidTag, ValueError):
        raise WrongCode from None
    step = KEY_BYTES + FILE_KEY_BYTES
    if len(content) not in (step, 2 * step):
        raise NotARecovery
    keys = Keys(content[:KEY_BYTES], content[KEY_BYTES:step], content[step : step + KEY_BYTES])
    file.check(keys.file)
    return keys


def _mine(home: Path) -> Pair:
    try:
        raw = files.read(home / RECOVERY_FILE, LARGEST)
        return Pair(bytes.fromhex(raw["public"]), bytes.fromhex(raw["private"]))
    except (StoreDamaged, KeyError, ValueError, TypeError):
        raise Refused(
            "This device has asked for no recovery.", "Begin with `fieldkit recover --request FILE`."
        ) from None


def _file(home: Path, kdf: KdfPolicy) -> KeyFile:
    files.refuse_open(home, *(file for file in (home / KEY_FILE, home / KEPT_FILE) if file.exists()))
    found = key_file.read(home, kdf).file
    if found is None:
        raise NoCouncilSlot
    return found


def _code_key(code: str) -> bytes:
    return stretching.derived(code.encode("ascii"), b"fieldkit recovery code 1")


def _bound(answer_to: str, file_id: str) -> bytes:
    return canonical([ANSWER, VERSION, file_id, answer_to])


def _packed(what: str, told: dict[str, Any]) -> bytes:
    return json.dumps({"what": what, "version": VERSION, **told}, indent=1).encode("ascii") + b"\n"


def _unpacked(what: str, content: bytes) -> dict[str, Any]:
    try:
        told = json.loads(content.decode("ascii")) if len(content) <= LARGEST else None
    except (ValueError, RecursionError):
        raise NotARecovery from None
    if not isinstance(told, dict) or told.get("what") != what or told.get("version") != VERSION:
        raise NotARecovery
    return told
