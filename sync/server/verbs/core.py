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
import psycopg
from platformdirs import user_data_path

from sync.server.errors import CentralError, NotPossible

Verb = Callable[..., dict[str, Any]]


class Words(click.ParamType[str]):
    """A name or a reason: some letters, no controls, not endless."""

    name = "text"

    def __init__(self, most: int) -> None:
        self.most = most

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """The words without blanks around them; UsageError for none, too many, or what a terminal would obey."""
        words = value.strip()
        if not words or len(words) > self.most or not words.isprintable():
            self.fail(f"Say it in plain words, at most {self.most} letters.", param, ctx)
        return words


NAME, REASON = Words(120), Words(2_000)
FOLDER = click.Path(path_type=Path, file_okay=False)
FILE = click.Path(path_type=Path, exists=True, dir_okay=False)


def verb(name: str, under: click.Group | None = None) -> Callable[[Verb], click.Command]:
    """A command with --data, --dsn and --json whose facts are printed, and whose failure is told with its cure."""

    def wrap(do: Verb) -> click.Command:
        @wraps(do)
        def run(as_json: bool, **given: Any) -> None:
            try:
                facts = do(**given)
            except CentralError as trouble:
                fail(trouble)
            except (OSError, psycopg.Error, OverflowError, RecursionError) as wrong:
                # What was given, not what is wrong with us: and never the address, which may hold a password.
                fail(NotPossible(f"That could not be done ({type(wrong).__name__})."))
            click.echo(json.dumps(facts) if as_json else "\n".join(f"{key}: {value}" for key, value in facts.items()))

        command: Any = click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")(run)
        return (under or central).command(name)(located(command))

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
