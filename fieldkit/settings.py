"""What somebody may choose of how fieldkit looks and which keys it takes: by a flag, else the environment, else a file.

Nothing that protects anybody can be chosen here. A file that is wrong stops nothing: what is wrong with it is told,
and what is right in it still counts.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from platformdirs import user_config_path

FILE_VARIABLE, THEME_VARIABLE = "FIELDKIT_CONFIG", "FIELDKIT_THEME"
THEMES = ("dark", "light", "contrast-dark", "contrast-light")
KEY_SETS = ("arrows", "hjkl")
LARGEST = 64 << 10
DEFAULT = "default"
FLAG = "flag"


@dataclass(frozen=True, slots=True)
class Choice:
    """One thing that was chosen, and where."""

    value: str
    origin: str = DEFAULT


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything that can be chosen, and what is wrong with how it was."""

    theme: Choice = Choice(THEMES[0])
    key_set: Choice = Choice(KEY_SETS[0])
    keys: Mapping[str, tuple[str, ...]] | None = None
    """Name of an action to the keys that were chosen for it; which names there are, the app knows."""
    faults: tuple[str, ...] = ()
    file: Path = Path()


DEFAULTS = Settings()


def config_file(environ: Mapping[str, str] = os.environ) -> Path:
    """Where the file is: as FIELDKIT_CONFIG names it, else the platform's place for settings."""
    named = environ.get(FILE_VARIABLE)
    return Path(named) if named else user_config_path("fieldkit", appauthor=False) / "config.toml"


def settings(environ: Mapping[str, str] = os.environ, theme: str = "") -> Settings:
    """What counts now: the flag, else the environment, else the file, else what it is when nobody chose."""
    file = config_file(environ)
    told, faults = _read(file)
    origin = str(file)
    asked = [Choice(theme, FLAG)] if theme else []
    asked += [Choice(environ[THEME_VARIABLE], THEME_VARIABLE)] if environ.get(THEME_VARIABLE) else []
    asked += [Choice(str(told["theme"]), origin)] if "theme" in told else []
    sets = [Choice(str(told["key_set"]), origin)] if "key_set" in told else []
    keys, wrong = _keys(told.get("keys", {}))
    faults += [f"{name}: fieldkit does not know this setting" for name in told if name not in NAMES]
    return Settings(
        _first(asked, THEMES, "theme", faults),
        _first(sets, KEY_SETS, "key_set", faults),
        keys,
        tuple(faults + wrong),
        file,
    )


NAMES = ("theme", "key_set", "keys")


def _read(file: Path) -> tuple[Mapping[str, Any], list[str]]:
    """What the file says, and why nothing of it counts where it cannot be read."""
    try:
        with file.open("rb") as opened:
            content = opened.read(LARGEST + 1)
    except FileNotFoundError:
        return {}, []
    except (OSError, ValueError):
        return {}, ["the file cannot be read, so nothing in it counts"]
    if len(content) > LARGEST:
        return {}, [f"the file is larger than {LARGEST >> 10} KiB, so nothing in it counts"]
    import tomllib  # only who has a file waits for it

    try:
        return tomllib.loads(content.decode("utf-8-sig")), []
    except UnicodeDecodeError:
        return {}, ["the file is no text in UTF-8, so nothing in it counts"]
    except (tomllib.TOMLDecodeError, RecursionError) as wrong:
        return {}, [f"the file is not TOML, so nothing in it counts: {wrong}"]


def _first(asked: list[Choice], known: tuple[str, ...], name: str, faults: list[str]) -> Choice:
    """The first that is known; the others are faults."""
    for choice in asked:
        if choice.value in known:
            return choice
        faults.append(f"{name}: {choice.value[:40]} is none of {', '.join(known)} ({choice.origin})")
    return Choice(known[0])


def _keys(told: Any) -> tuple[Mapping[str, tuple[str, ...]], list[str]]:
    if not isinstance(told, dict):
        return {}, ["keys: it must be a table, [keys]"]
    found: dict[str, tuple[str, ...]] = {}
    wrong = []
    for name, keys in told.items():
        listed = [keys] if isinstance(keys, str) else keys
        if isinstance(listed, list) and listed and all(isinstance(each, str) and each.strip() for each in listed):
            found[name] = tuple(each.strip() for each in listed)
        else:
            wrong.append(f'keys: {name[:40]} needs a key or a list of keys, as "ctrl+g"')
    return found, wrong


def with_theme(text: str, theme: str) -> str:
    """The file's text with another theme chosen; everything else stays as it was written."""
    lines = text.splitlines()
    for place, line in enumerate(lines):
        if line.lstrip().startswith("["):
            return "\n".join([*lines[:place], f'theme = "{theme}"', "", *lines[place:]]) + "\n"
        if line.split("=")[0].strip() == "theme":
            return "\n".join([*lines[:place], f'theme = "{theme}"', *lines[place + 1 :]]) + "\n"
    return "\n".join([*lines, f'theme = "{theme}"']) + "\n"


def choose_theme(theme: str, file: Path) -> None:
    """Keep the choice of a theme in the file, which is made when there is none. OSError where that cannot be."""
    file.parent.mkdir(parents=True, exist_ok=True)
    before = file.read_text("utf-8") if file.exists() else ""
    beside = file.with_name(f"{file.name}.new")
    beside.write_text(with_theme(before, theme), "utf-8")
    beside.replace(file)
