"""Is this sealed bundle as it was sealed? Written from the evidence section of fieldkit/README.md and nothing else.

    python verify_evidence.py BUNDLE [--receipt FILE] [--device-key HEX] [--central-key HEX]

It needs Python and `cryptography`, no part of fieldkit. Exit 0: everything holds; 1: something does not, and which.
Without the keys it shows that nothing was changed since *some* key sealed it; with them, that it was theirs.
"""

import argparse
import hashlib
import json
import sys
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

V1: dict[str, Any] = {"bundle": "int", "answers": "dict", "strokes": "list"} | dict.fromkeys(
    "form text text_hash answers_hash method name role capacity statement witness place interpreter worker device at"
    " zone last_central_time previous public_key seal".split(),
    "str",
)
V2: dict[str, Any] = dict.fromkeys("record answers_hash public_key seal".split(), "str") | {
    "bundle": "int",
    "answers": "dict",
    "form": dict.fromkeys("id version hash".split(), "str"),
    "shown": dict.fromkeys("text text_hash language read_out".split(), "str") | {"bytes": "int", "read_to": "int"},
    "signer": dict.fromkeys("name role capacity person responsibility competence judged_by".split(), "str"),
    "help": dict.fromkeys("interpreter interpreter_language supporter only_spoken".split(), "str")
    | {"read_back": "bool"},
    "said": dict.fromkeys("method statement witness place".split(), "str") | {"agreed": "bool", "strokes": "list"},
    "worker": {"id": "str", "role": "str"},
    "device": {"id": "str", "app": "str"},
    "time": dict.fromkeys("at local zone running boot central_at".split(), "str")
    | {"central_offset": "int", "doubts": "list", "clock_unverified": "bool"},
    "previous": {"number": "int", "hash": "str"},
}
RECEIPT: dict[str, Any] = dict.fromkeys(
    "record bundle_hash device change received_at public_key seal".split(), "str"
) | {
    "receipt": "int",
    "number": "int",
    "clock": "list",
}
METHODS = set("drawn typed paper witnessed phone participation referral refused not-today".split())


class Wrong(Exception):
    """What does not hold."""


def must(holds: bool, said: str) -> None:
    if not holds:
        raise Wrong(said)


def canonical(value: object) -> bytes:
    """RFC 8785 for what is in here: text, whole numbers, true, false, lists, objects with names in ASCII."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode("utf-8")


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def shaped(value: Any, shape: dict[str, Any], where: str) -> None:
    must(isinstance(value, dict) and set(value) == set(shape), f"{where} has other members than its version has")
    for name, kind in shape.items():
        if isinstance(kind, dict):
            shaped(value[name], kind, name)
        else:
            must(type(value[name]).__name__ == kind, f"{where}: {name} is not of its kind")


def read(data: bytes, shapes: dict[int, Any], version: str) -> dict[str, Any]:
    """The object in these bytes, which must be written the one canonical way and sealed by the key that it names."""
    try:
        told: dict[str, Any] = json.loads(data.decode("utf-8"))
        must(isinstance(told, dict) and canonical(told) == data, "not written as canonical JSON")
        must(type(told.get(version)) is int and told[version] in shapes, "of a version that is not known here")
        shaped(told, shapes[told[version]], version)
        seal, key = bytes.fromhex(told["seal"]), bytes.fromhex(told["public_key"])
        must((seal.hex(), key.hex()) == (told["seal"], told["public_key"]), "key or seal is not in lower case")
        signed = {name: value for name, value in told.items() if name != "seal"}
        Ed25519PublicKey.from_public_bytes(key).verify(seal, canonical(signed))
    except InvalidSignature:
        raise Wrong(f"the seal of the {version} is not over these bytes") from None
    except (ValueError, RecursionError) as wrong:
        raise Wrong(f"the {version} cannot be read") from wrong
    return told


def check_bundle(data: bytes, device_key: str = "") -> dict[str, Any]:
    """The bundle, when it is whole; Wrong says what is not."""
    told = read(data, {1: V1, 2: V2}, "bundle")
    first = told["bundle"] == 1
    shown, said, device = (told, told, told["device"]) if first else (told["shown"], told["said"], told["device"]["id"])
    text = shown["text"].encode("utf-8")
    must(sha256(text) == shown["text_hash"], "the text is not the one that was hashed")
    must(first or len(text) == shown["bytes"], "the text has another length")
    must(sha256(canonical(told["answers"])) == told["answers_hash"], "the answers are not those that were hashed")
    must(sha256(bytes.fromhex(told["public_key"]))[:32] == device, "the key is not the one of the device named")
    must(device_key in ("", told["public_key"]), "sealed by another device's key than the one given")
    must(said["method"] in METHODS, "a kind of evidence that is not known")
    must(first or said["agreed"] == (said["method"] not in ("refused", "not-today")), "agreed against its own method")
    must(first or told["time"]["clock_unverified"] == bool(told["time"]["doubts"]), "its clock is doubted and not")
    return told


def check_receipt(data: bytes, bundle: bytes, central_key: str = "") -> dict[str, Any]:
    """Central's receipt for these bytes of a bundle."""
    told = read(data, {1: RECEIPT}, "receipt")
    must(told["bundle_hash"] == sha256(bundle), "the receipt is for another bundle")
    device = json.loads(bundle)["device"]
    must(told["device"] == (device if isinstance(device, str) else device["id"]), "the receipt names another device")
    must(central_key in ("", told["public_key"]), "the receipt is by another central than the one given")
    return told


def main() -> None:
    """One line of what was found."""
    asked = argparse.ArgumentParser(description="Check a sealed bundle and central's receipt for it.")
    asked.add_argument("bundle", type=Path)
    asked.add_argument("--receipt", type=Path)
    asked.add_argument("--device-key", default="")
    asked.add_argument("--central-key", default="")
    given = asked.parse_args()
    try:
        bundle = given.bundle.read_bytes()
        told = check_bundle(bundle, given.device_key)
        print(f"whole: bundle version {told['bundle']}, sealed by {told['public_key']}")
        if given.receipt:
            receipt = check_receipt(given.receipt.read_bytes(), bundle, given.central_key)
            print(f"received {receipt['received_at']} as number {receipt['number']}, signed by {receipt['public_key']}")
    except (Wrong, OSError) as wrong:
        sys.exit(f"NOT WHOLE: {wrong}")


if __name__ == "__main__":
    main()
