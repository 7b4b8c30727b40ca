"""The command line as a whole: one group, every verb."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from fieldkit.commands import (
    attending,
    authoring,
    carrying,
    closing,
    council_key,
    deciding,
    demo,
    device,
    exporting,
    leading,
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
from fieldkit.commands.edge import as_person
from fieldkit.config import VERSION


@click.group(invoke_without_command=True)
@click.option("--home", type=click.Path(path_type=Path), help="The device's folder (else FIELDKIT_HOME).")
@click.option("--passphrase-file", type=click.Path(path_type=Path), help="Read the passphrase from this file.")
@as_person
@click.version_option(package_name=None, version=VERSION, prog_name="fieldkit")
@click.pass_context
def fieldkit(context: click.Context, home: Path | None, passphrase_file: Path | None) -> None:  # noqa: ARG001
    """Offline-first toolkit for family workers, centres and team leads. Practice only, no real family."""
    if context.invoked_subcommand is None:
        from fieldkit.config import home_folder
        from fieldkit.launcher import launch

        sys.exit(launch(home_folder(home)))


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
    demo,
):
    for _command in _module.COMMANDS:
        fieldkit.add_command(_command)
