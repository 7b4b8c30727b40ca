"""The opening words of what families sign, in another language, and who certified that translation."""

import unicodedata
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from sync.server import audit
from sync.server.clock import real_clock
from sync.server.database import one
from sync.server.desk import at_desk
from sync.server.own import Saying, say
from sync.server.publish import SETTINGS
from sync.server.verbs.core import given, verb

LONGEST = 8_000
"""Characters of an opening: it is read before every signature."""


@verb("translation")
@click.argument("language")
@click.argument("opening", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--certified-by", required=True, help="Who certified it, as families are told.")
@click.option("--on", "certified_on", type=click.DateTime(["%Y-%m-%d"]), required=True, help="When.")
def translation(
    data: Path, dsn: str | None, language: str, opening: Path, certified_by: str, certified_on: datetime
) -> dict[str, Any]:
    """Give every device a certified wording. A form is signed in it where the form has that language too."""
    patch = patch_for(language, given(opening, 8 * LONGEST), certified_by, certified_on)
    now = real_clock()
    with at_desk(data, dsn) as desk, one(desk.owner_dsn) as connection:
        say(connection, [Saying(SETTINGS, "settings", patch)], now)
        audit.note(connection, now, "translation", "desk", language)
    return {"language": language, "certified_on": f"{certified_on:%Y-%m-%d}"}


def patch_for(language: str, opening: bytes, certified_by: str, certified_on: datetime) -> dict[str, str]:
    """What is said of a translation. Raises click.UsageError."""
    if not (language.isascii() and language.isalpha() and language.islower() and 2 <= len(language) <= 3):
        raise click.UsageError("A language is its code of two or three small letters: pl, ur, ar.")
    try:
        text = opening.decode("utf-8").replace("\r\n", "\n").strip()
    except UnicodeDecodeError as wrong:
        raise click.UsageError("The wording must be UTF-8.") from wrong
    certifier = " ".join(certified_by.split())
    if not text or not certifier or len(text) > LONGEST or len(certifier) > 200:
        raise click.UsageError(f"The wording has at most {LONGEST:,} characters, the certifier 200; neither is empty.")
    if any(unicodedata.category(letter) in ("Cc", "Cs") for letter in (text + certifier).replace("\n", "")):
        raise click.UsageError("There are hidden control characters in it.")
    told = {"opening": text, "certifier": certifier, "certified_on": f"{certified_on:%Y-%m-%d}"}
    return {f"translation/{language}/{name}": value for name, value in told.items()}
