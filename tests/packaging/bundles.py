"""Bundles of every method as the device makes them, the same each time: a fixed key, a fixed hour, fictional people."""

from __future__ import annotations

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from fieldkit.casework import agreement, evidence
from fieldkit.casework.evidence import Moment, Said, Sealing, Seen, Standing, Support
from sync.changes import Value, digest

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
SCHOOL = "Mill School – “Ńūž” 🙂"
STROKES = (((1.0, 2.0, 0.0), (3.5, 4.25, 0.1)), ((9.0, 2.0, 0.4), (3.5, 4.25, 0.523)))
MOMENT = Moment(
    at="2026-10-25T01:30:00.000+00:00",
    local="2026-10-25T01:30:00.000+00:00",
    zone="Europe/London",
    running="5123.250",
    boot="0b3f5a52-7a53-4a6a-9d5e-6f4c0e8a1b2c",
    central_at="2026-10-24T17:00:00.000+00:00",
    central_offset=-3,
    doubts=("started anew since the last sync",),
)
STANDING = Standing("0" + "a" * 31, "court order", "understands retains weighs communicates: yes", "w-asha")


def seen() -> Seen:
    """An agreement in words of several alphabets."""
    lines = [agreement.Line("Name", "Ngozi Okafor"), agreement.Line("Agency", SCHOOL)]
    text = agreement.text_to_sign("Agreement and permission to share", "Ngozi Okafor", lines)
    told: dict[str, Value] = {
        "a/giver/giver_name": "Ngozi Okafor",
        "c/agencies/01/agency/agency_name": SCHOOL,
        "c/agencies/01/agency/topics": ["education", "housing"],
    }
    return Seen("0" + "b" * 31, "agreement@2026.1", "cd" * 32, text, "en", told)


def said(method: str) -> Said:
    """What somebody did, whole for its method."""
    spoken = method in ("witnessed", "phone")
    return Said(
        method,
        "Ngozi Okafor",
        "mother",
        "parent",
        "" if method == "drawn" else "I have read it\nand I “agree”.",
        STROKES if method == "drawn" else (),
        "Carys Evans" if spoken else "",
        "locked cabinet 3" if method == "paper" else "at home",
        "Leyla Aydin" if spoken else "",
        STANDING,
        Support("Turkish", True, "her sister", "no hands free", 100, "interpreter") if spoken else Support(read_to=80),
    )


def bundle(method: str, key: Ed25519PrivateKey = KEY, moment: Moment = MOMENT) -> str:
    """One sealed bundle."""
    device = digest(key.public_key().public_bytes_raw())[:32]
    sealing = Sealing("w-asha", "worker", device, "fieldkit 0.1.0", moment, 41, "ab" * 32)
    return evidence.seal(evidence.bundle(seen(), said(method), sealing), key)
