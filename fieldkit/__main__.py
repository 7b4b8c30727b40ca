"""`fieldkit`: the app, or one verb of the command line."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from fieldkit.commands.edge import guarded


@click.group(invoke_without_command=True)
@click.option("--home", type=click.Path(path_type=Path), help="The device's folder (else FIELDKIT_HOME).")
@click.option("--passphrase-file", type=click.Path(path_type=Path), help="Read the passphrase from this file.")
@click.version_option(package_name=None, version="0.1.0", prog_name="fieldkit")
@click.pass_context
def fieldkit(context: click.Context, home: Path | None, passphrase_file: Path | None) -> None:  # noqa: ARG001
    """Offline-first toolkit for family workers, centres and team leads. Practice only, no real family."""
    if context.invoked_subcommand is None:
        from fieldkit.config import home_folder
        from fieldkit.launcher import launch

        sys.exit(launch(home_folder(home)))


@fieldkit.command(hidden=True)
@click.argument("home", type=click.Path(path_type=Path))
def app(home: Path) -> None:
    """The app itself, in the process that holds the key; the launcher starts it."""
    from fieldkit.tui.app import run

    sys.exit(run(home))


def _gather() -> None:
    from fieldkit.commands import authoring, deciding, demo, device, reading, writing

    for module in (device, reading, writing, deciding, authoring, demo):
        for command in module.COMMANDS:
            fieldkit.add_command(command)


def main() -> None:
    """The console script."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="replace")
    _gather()
    sys.exit(guarded(lambda: fieldkit(standalone_mode=False)))


if __name__ == "__main__":
    main()
