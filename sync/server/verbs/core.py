"""What every verb of `fieldkit-central` shares: the group, where central lies, how facts and failures are told.

Data on stdout, talk on stderr. Each file beside this one holds one family of verbs.
"""

import json
import sys
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any, NoReturn

import click
from platformdirs import user_data_path

from sync.server.errors import CentralError

Verb = Callable[..., dict[str, Any]]
FOLDER = click.Path(path_type=Path, file_okay=False)
FILE = click.Path(path_type=Path, exists=True, dir_okay=False)


def verb(name: str) -> Callable[[Verb], click.Command]:
    """A command with --data, --dsn and --json whose facts are printed, and whose failure is told with its cure."""

    def wrap(do: Verb) -> click.Command:
        @wraps(do)
        def run(as_json: bool, **given: Any) -> None:
            try:
                facts = do(**given)
            except CentralError as trouble:
                fail(trouble)
            click.echo(json.dumps(facts) if as_json else "\n".join(f"{key}: {value}" for key, value in facts.items()))

        command: Any = click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")(run)
        return central.command(name)(located(command))

    return wrap


def located(command: Any) -> Any:
    """The same command with the two options that say where central lies."""
    home = user_data_path("fieldkit-central")
    command = click.option("--dsn", help="An own PostgreSQL instead of the embedded one.")(command)
    return click.option("--data", type=FOLDER, default=home, help="Central's folder: keys and database.")(command)


def fail(trouble: CentralError) -> NoReturn:
    """Tell what went wrong and the cure, and end."""
    click.echo(f"{trouble}\n{trouble.cure}", err=True)
    sys.exit(1)


@click.group()
def central() -> None:
    """The council's end of fieldkit."""
