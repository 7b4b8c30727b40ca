"""Whether a base backup is as PostgreSQL wrote it, by the manifest in it.

What pg_verifybackup does; the wheel's own one (18.4) dies while it is being loaded.
"""

import hashlib
import json
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sync.server.embedded import environment, find_programs

NAME = "backup_manifest"
SEALED = b'"Manifest-Checksum"'
LOG = "pg_wal"
"""Its files are not in the manifest: they are read as a log instead."""


def wrong_file(postgres: Path) -> str:
    """The first file that is missing, altered or too many; blank when the backup is whole."""
    try:
        manifest = _read(postgres / NAME)
        listed = {str(each["Path"]): (int(each["Size"]), str(each["Checksum"])) for each in manifest["Files"]}
        ranges = [(each["Timeline"], each["Start-LSN"], each["End-LSN"]) for each in manifest["WAL-Ranges"]]
    except (OSError, ValueError, KeyError, TypeError):
        return NAME
    wrong = next((name for name, known in sorted(listed.items()) if _facts(postgres / name) != known), "")
    strange = sorted(set(_names(postgres)) - listed.keys())
    if wrong or strange:
        return wrong or strange[0]
    return "" if all(_is_a_log(postgres / LOG, *map(str, each)) for each in ranges) else LOG


def _read(file: Path) -> dict[str, Any]:
    """The manifest; ValueError when it is not as it was sealed."""
    raw = file.read_bytes()
    before = raw[: raw.rindex(SEALED)]
    told = json.loads(raw)
    if hashlib.sha256(before).hexdigest() != told["Manifest-Checksum"]:
        raise ValueError("altered")
    return dict(told)


def _facts(file: Path) -> tuple[int, str]:
    """Size and seal of a file; of one that is not there neither."""
    try:
        with file.open("rb") as open_file:
            return file.stat().st_size, hashlib.file_digest(open_file, "sha256").hexdigest()
    except OSError:
        return -1, ""


def _names(postgres: Path) -> Iterator[str]:
    for file in postgres.rglob("*"):
        name = file.relative_to(postgres).as_posix()
        if file.is_file() and name != NAME and not name.startswith(f"{LOG}/"):
            yield name


def _is_a_log(folder: Path, timeline: str, start: str, end: str) -> bool:
    """Whether every record of the log between two places can be read and holds its own checksum."""
    done = subprocess.run(
        [find_programs().path("pg_waldump"), "--quiet", "-p", str(folder), "-t", timeline, "-s", start, "-e", end],
        env=environment(),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        check=False,
    )
    return done.returncode == 0
