"""What the authorisation matrix is made of: roles, standings, classes of records, and what every cell must answer.

The table is data: one `Cell` rule a route. A route of the app that is not in `EXPECTED` fails the test.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

ROLES = ("worker", "centre", "lead", "ig", "admin")
WRITERS, READERS = frozenset({"worker", "centre", "lead"}), frozenset({"worker", "centre", "lead", "ig"})
STANDINGS = ("holds", "never held", "lost")


@dataclass(frozen=True)
class Sort:
    """A class of record, the scope it lies in, and the answer in it that is edited."""

    name: str
    kind: str
    scope: str
    path: str = "note"
    record: str = ""


FAMILY = "family:" + "f" * 32
SORTS = (
    Sort("family", "family", FAMILY, "note", "f" * 32),
    Sort("person", "person", FAMILY, "note", "01" * 16),
    Sort("concern", "concern", FAMILY, "words", "02" * 16),
    Sort("signature", "signature", FAMILY, "text", "03" * 16),
    Sort("conflict", "conflict", FAMILY, "status"),
    Sort("attachment", "visit", FAMILY, "d/done/work", "04" * 16),
    Sort("restricted", "visit", "restricted:" + "5" * 32, "d/done/work", "05" * 16),
    Sort("address", "person", "address:" + "6" * 32, "note", "06" * 16),
    Sort("centre registration", "registration", "centre:" + "7" * 32, "note", "07" * 16),
    Sort("form", "form", "ref", "title"),
)
BY_NAME = {sort.name: sort for sort in SORTS}


def reads(role: str, standing: str, sort: Sort) -> bool:
    """Whether this role sees such a record at all."""
    return sort.scope == "ref" or (role in READERS and standing == "holds")


def writes(role: str, standing: str) -> str:
    """Why this role may not write into a scope; empty when it may."""
    if standing == "never held":
        return "not there"
    if role not in WRITERS:
        return "not-your-role"
    return "moved" if standing == "lost" else ""


def sent(role: str, standing: str, sort: Sort) -> str:
    """A pull, and a comparison of sums: the record or nothing."""
    return "sent" if reads(role, standing, sort) else "nothing"


def edited(role: str, standing: str, sort: Sort) -> str:
    """A push of an edit."""
    if sort.kind == "form":
        return "unknown-record"
    barred = writes(role, standing)
    if barred:
        return "unknown-record" if barred == "not there" else barred
    return "immutable" if sort.kind in ("signature", "conflict") else "applied"


def made(role: str, standing: str, sort: Sort) -> str:
    """A push of a new record that happened just now."""
    if sort.kind == "form":
        return "unknown-kind"
    barred = writes(role, standing)
    if barred:
        return "not-entitled" if barred == "not there" else barred
    return "immutable" if sort.kind == "conflict" else "applied"


def late(role: str, standing: str, sort: Sort) -> str:
    """A push of a new record about something that happened before the scope was lost."""
    told = made(role, standing, sort)
    if told != "moved":
        return told
    return "immutable" if sort.kind == "conflict" else "late"


def file_put(role: str, standing: str, sort: Sort) -> str:
    """A piece of a file."""
    return "taken" if sort.name == "attachment" and not writes(role, standing) else "unknown-record"


def file_got(role: str, standing: str, sort: Sort) -> str:
    """A piece of a file back."""
    return "given" if sort.name == "attachment" and reads(role, standing, sort) else "unknown-record"


Cell = Callable[[str, str, Sort], str]
EXPECTED: Mapping[str, Mapping[str, Cell]] = {
    "/sync/push": {"edit": edited, "new": made, "late": late},
    "/sync/pull": {"pull": sent},
    "/sync/compare": {"compare": sent},
    "/sync/file/put": {"put": file_put},
    "/sync/file/get": {"get": file_got},
}
"""By route, what is asked there, and what each cell must answer."""
DRAFTS = frozenset({"/sync/draft/put", "/sync/draft/tell", "/sync/draft/list", "/sync/draft/get"})
"""Routes of a worker's own sealed copies (`test_draft_copies.py` shows who is told what)."""
SIGN_IN = frozenset({"/sign-in/session", "/sign-in/refresh", "/sign-in/end"})
DEVICES = DRAFTS | SIGN_IN | {"/sync/courier", "/sync/anchor", "/sync/keys"}
"""Routes for every device in use, whoever's it is; they hand out nobody's record."""
WITHOUT_ROLE = DEVICES | {"/enrol", "/sign-in/about", "/sync/shredded", "/health", "/ready", "/metrics"}
"""Routes that hand out nobody's record, whoever asks: they have tests of their own."""
