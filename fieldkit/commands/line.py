"""The command line as a whole: one group, every verb."""

from __future__ import annotations

import os
import platform
import sys
from importlib import metadata
from pathlib import Path
from typing import Any

import click

from fieldkit.commands import (
    attending,
    authoring,
    carrying,
    choosing,
    closing,
    council_key,
    deciding,
    demo,
    device,
    exporting,
    household,
    leading,
    learning,
    mending,
    papers,
    people,
    proving,
    reading,
    recovering,
    restoring,
    sharing,
    signing_in,
    upgrading,
    writing,
)
from fieldkit.commands.edge import as_person, tell
from fieldkit.config import VERSION
from fieldkit.settings import THEME_VARIABLE, THEMES


@click.group(invoke_without_command=True)
@click.option("--home", type=click.Path(path_type=Path), help="The device's folder (else FIELDKIT_HOME).")
@click.option("--passphrase-file", type=click.Path(path_type=Path), help="Read the passphrase from this file.")
@as_person
@click.option("--theme", type=click.Choice(THEMES), help="The app's colours this time.")
@click.option("--version", is_flag=True, help="Which fieldkit this is; with --json also of what it is made.")
@click.option("--json", "as_json", is_flag=True, help="With --version: print JSON.")
@click.pass_context
def fieldkit(context: click.Context, /, home: Path | None, theme: str | None, version: bool, **given: Any) -> None:
    """Offline-first toolkit for family workers, centres and team leads. Practice only, no real family."""
    if version:
        tell(parts() if given["as_json"] else {}, given["as_json"], lambda: [f"fieldkit, version {VERSION}"])
        context.exit()
    if theme:
        os.environ[THEME_VARIABLE] = theme  # the app is a process of its own
    if context.invoked_subcommand is None:
        from fieldkit.config import home_folder
        from fieldkit.launcher import on_a_terminal

        sys.exit(on_a_terminal(home_folder(home)))


def parts() -> dict[str, str]:
    """Which fieldkit this is and what it is made of."""
    made_of = {name: metadata.version(name) for name in ("textual", "sqlcipher3", "cryptography", "httpx", "pydantic")}
    return {"fieldkit": VERSION, "python": platform.python_version(), "system": platform.system(), **made_of}


for _module in (
    device,
    council_key,
    closing,
    mending,
    people,
    recovering,
    signing_in,
    reading,
    writing,
    upgrading,
    deciding,
    exporting,
    sharing,
    proving,
    carrying,
    restoring,
    attending,
    leading,
    papers,
    authoring,
    household,
    demo,
    choosing,
    learning,
):
    for _command in _module.COMMANDS:
        fieldkit.add_command(_command)
