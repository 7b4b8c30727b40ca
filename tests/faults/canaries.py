"""Words that must be found nowhere: each in every form in which a program could leave it behind."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

IN_MEMORY = ("plain", "hex", "HEX", "utf-16-le", "utf-32-le")
"""The forms that are looked for in memory: as Python and C keep text and bytes."""


@dataclass(frozen=True, slots=True)
class Canaries:
    """What each secret is called, and what it is."""

    secrets: Mapping[str, bytes]

    def forms(self) -> dict[str, bytes]:
        """`name form` → bytes to look for."""
        return {f"{name} {form}": bytes_ for name, raw in self.secrets.items() for form, bytes_ in forms(raw).items()}

    def found_in(self, content: bytes) -> list[str]:
        """Which of them are in there, and in which form."""
        return sorted(name for name, wanted in self.forms().items() if wanted in content)


def forms(raw: bytes) -> dict[str, bytes]:
    """One secret as plain bytes, in the encodings of text, in hex and in base64 at each of its three places."""
    made = {"plain": raw, "hex": raw.hex().encode(), "HEX": raw.hex().upper().encode(), "reversed": raw[::-1]}
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError:
        pass
    else:
        made |= {f"utf-{bits}": text.encode(f"utf-{bits}") for bits in ("16-le", "16-be", "32-le", "32-be")}
    for place in range(3):
        whole = base64.b64encode(b"\0" * place + raw)
        made[f"base64+{place}"] = whole[4 * (place > 0) : len(whole) - 4]  # without what the neighbours decide
    return made


def in_files(canaries: Canaries, *folders: Path) -> list[str]:
    """`file: secret form` for every find in any file below the folders; names of files are looked at too."""
    found = []
    for file in _files(folders):
        try:
            content = file.read_bytes()
        except FileNotFoundError:  # gone between listing and reading, as a WAL does
            continue
        found += [f"{file.name}: {what}" for what in canaries.found_in(content + b"\0" + str(file).encode())]
    return found


def _files(folders: Iterable[Path]) -> Iterable[Path]:
    for folder in folders:
        yield from (file for file in folder.rglob("*") if file.is_file() and not file.is_symlink())


def in_memory(canaries: Canaries, pid: int) -> list[str]:
    """Which secrets are in the memory of a process now (Linux, as root: fieldkit lets nobody else look)."""
    found: set[str] = set()
    wanted = {name: raw for name, raw in canaries.forms().items() if name.rpartition(" ")[2] in IN_MEMORY}
    longest = max(len(each) for each in wanted.values())
    with Path(f"/proc/{pid}/maps").open() as maps, Path(f"/proc/{pid}/mem").open("rb", 0) as memory:
        for line in maps:
            span, rights = line.split()[:2]
            begin, end = (int(side, 16) for side in span.split("-"))
            if rights.startswith("rw") and "[v" not in line:
                found |= _in_span(memory, begin, end, (wanted, longest))
    return sorted(found)


def _in_span(memory: object, begin: int, end: int, look: tuple[Mapping[str, bytes], int]) -> set[str]:
    wanted, longest = look
    found: set[str] = set()
    step, at = 1 << 24, begin
    while at < end:
        try:
            memory.seek(at)  # type: ignore[attr-defined]
            content = memory.read(min(step + longest, end - at))  # type: ignore[attr-defined]
        except (OSError, ValueError, OverflowError):
            break
        found |= {name for name, each in wanted.items() if each in content}
        at += step
    return found
