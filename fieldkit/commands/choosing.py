"""Settings, keys, completion and the man page: what is around the work. None of it opens the device."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping
from typing import Any

import click

from fieldkit.commands.edge import json_flag, tell
from fieldkit.commands.shells import SHELLS, man, places
from fieldkit.errors import Refused
from fieldkit.settings import THEMES, Settings, choose_theme, config_file, settings
from fieldkit.workspace.views import Finding

APP_KEYS = ("-m", "fieldkit", "app-keys")
"""The app tells its own keys, in a process of its own: the command line never loads a screen."""
CURE = "`fieldkit config path` says where the file is. Everything else in it counts."


@click.group()
def config() -> None:
    """What was chosen of colours and keys, and where: a flag counts before the environment, that before the file."""


@config.command()
def path() -> None:
    """Where the file of settings is, or would be."""
    click.echo(str(config_file()))


@config.command()
@json_flag
@click.option("--origin", is_flag=True, help="Say of each where it was chosen.")
def show(as_json: bool, origin: bool) -> None:
    """What counts now; what is wrong with the file goes to standard error."""
    now = chosen()
    told = {
        "theme": {"value": now.theme.value, "origin": now.theme.origin},
        "key_set": {"value": now.key_set.value, "origin": now.key_set.origin},
        "keys": {name: list(keys) for name, keys in (now.keys or {}).items()},
        "faults": list(now.faults),
    }
    lines = [f"{name} = {one.value}" + (f"  ({one.origin})" if origin else "") for name, one in _choices(now)]
    lines += [f"keys.{name} = {', '.join(keys)}" for name, keys in (now.keys or {}).items()]
    tell(told, as_json, lambda: lines)
    for fault in now.faults:
        click.echo(f"! {fault}", err=True)


def _choices(now: Settings) -> tuple[tuple[str, Any], ...]:
    return ("theme", now.theme), ("key_set", now.key_set)


@config.command()
@click.argument("name", type=click.Choice(THEMES))
def theme(name: str) -> None:
    """Keep a choice of colours in the file."""
    file = config_file()
    try:
        choose_theme(name, file)
    except (OSError, UnicodeError) as wrong:
        raise Refused("The file of settings cannot be written.", "Check that it is yours.") from wrong
    click.echo(f"Kept in {file}.", err=True)


def chosen() -> Settings:
    """What counts for this run of the command line: its flag first."""
    return settings(theme=str(click.get_current_context().find_root().params.get("theme") or ""))


@click.command()
@json_flag
@click.argument("words", nargs=-1)
def keys(as_json: bool, words: tuple[str, ...]) -> None:
    """Every key of the app by the name under which another can be chosen; with words, those that have them."""
    told = app_keys()
    wanted = " ".join(words).casefold()
    rows = [each for each in told["keys"] if wanted in f"{each['name']} {each['what']} {each['keys']}".casefold()]
    lines = [f"{', '.join(each['keys']):<16} {each['name']:<30} {each['what']}" for each in rows]
    tell({"keys": rows, "faults": told["faults"]}, as_json, lambda: lines or ["No key does that."])


def app_keys() -> Mapping[str, Any]:
    """What the app says of its keys; Refused when it does not start."""
    said = subprocess.run([sys.executable, *APP_KEYS], capture_output=True, text=True, timeout=60, check=False)
    if said.returncode:
        raise Refused("The app did not tell its keys.", "`fieldkit doctor` says what is wrong with this machine.")
    told: Mapping[str, Any] = json.loads(said.stdout)
    return told


def wrong_settings() -> list[Finding]:
    """For `doctor`: what is wrong with the settings; the app is asked about keys only where some were chosen."""
    now = settings()
    faults = [*now.faults, *(app_keys()["faults"] if now.keys else ())]
    return [Finding("settings", fault, CURE) for fault in faults]


@click.command()
@click.argument("shell", type=click.Choice(sorted(SHELLS)))
def completion(shell: str) -> None:
    """What a shell needs to complete fieldkit's words: write it where its first line says."""
    click.echo(SHELLS[shell](list(places(click.get_current_context().find_root().command))), nl=False)


@click.command(name="man")
def man_page() -> None:
    """The man page, as roff: `fieldkit man | man -l -`."""
    click.echo(man(list(places(click.get_current_context().find_root().command))), nl=False)


COMMANDS = (config, keys, completion, man_page)
