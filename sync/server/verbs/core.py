"""What every verb of `fieldkit-central` shares: the group, where central lies, how facts and failures are told.

Data on stdout, talk on stderr. Each file beside this one holds one family of verbs.
"""

import json
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from difflib import get_close_matches
from functools import wraps
from pathlib import Path
from typing import Any, NoReturn
from zoneinfo import available_timezones

import click
import psycopg
from platformdirs import user_data_path

from sync.server.desk_errors import named
from sync.server.errors import CentralError, NotPossible, TooMuch

Verb = Callable[..., dict[str, Any]]
LONGEST_GIVEN = 2_000
"""Letters that anything given may have."""
MOST_NUMBER = 2**63 - 1
LARGEST = 64 << 20
"""Bytes of the largest file that a verb reads."""


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


class Zone(click.ParamType[str]):
    """A time zone that this machine knows: each device reckons days by it."""

    name = "zone"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """The name as it was given; UsageError for one that is in no list."""
        known = available_timezones()
        if value not in known:
            near = get_close_matches(value[:60], sorted(known), 3)
            hint = f" Perhaps {' or '.join(near)}." if near else ""
            self.fail(f"There is no such time zone.{hint} --zones prints all names.", param, ctx)
        return value


NAME, REASON, TELEPHONE = Words(120), Words(2_000), Words(60)
COUNT = click.IntRange(1, MOST_NUMBER)
FOLDER = click.Path(path_type=Path, file_okay=False)
FILE = click.Path(path_type=Path, exists=True, dir_okay=False)


class Checked(click.Command):
    """A verb that looks at the letters of all it is given before it opens anything."""

    def invoke(self, ctx: click.Context) -> Any:
        """Do it; UsageError for what is endless or what a terminal would obey, never saying it again."""
        for param in self.get_params(ctx):
            if not all(map(_is_plain, _texts(ctx.params.get(param.name or "")))):
                problem = f"It takes plain letters without control characters, {LONGEST_GIVEN} at most."
                raise click.BadParameter(problem, ctx, param)
        return super().invoke(ctx)


def _texts(given: Any) -> Iterator[str]:
    if isinstance(given, str):
        yield given
    elif isinstance(given, tuple | Mapping):
        for each in given.items() if isinstance(given, Mapping) else given:
            yield from _texts(each)


def _is_plain(text: str) -> bool:
    return text.isprintable() and len(text) <= LONGEST_GIVEN


def verb(name: str, under: click.Group | None = None) -> Callable[[Verb], click.Command]:
    """A command with --data, --dsn and --json whose facts are printed, and whose failure is told with its cure."""

    def wrap(do: Verb) -> click.Command:
        @wraps(do)
        def run(as_json: bool, **given: Any) -> None:
            with telling():
                facts = do(**given)
            click.echo(json.dumps(facts) if as_json else "\n".join(f"{key}: {value}" for key, value in facts.items()))

        command: Any = click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")(run)
        return (under or central).command(name, cls=Checked)(located(command))

    return wrap


def located(command: Any) -> Any:
    """The same command with the two options that say where central lies."""
    home = user_data_path("fieldkit-central")
    command = click.option("--dsn", help="An own PostgreSQL instead of the embedded one.")(command)
    return click.option("--data", type=FOLDER, default=home, help="Central's folder: keys and database.")(command)


def settled(command: Any) -> Any:
    """The same command with what a council says of itself when it begins; only what was said is handed on."""
    listed = click.option(
        "--zones", is_flag=True, expose_value=False, is_eager=True, callback=_print_zones, help="Print all time zones."
    )
    zone = click.option("--zone", type=Zone(), default="Europe/London", help="The time zone of the council.")
    night = click.option("--duty-night", type=TELEPHONE, help="The duty number out of hours.")
    day = click.option("--duty-day", type=TELEPHONE, help="The duty number by day.")
    return day(night(zone(listed(command))))


def _print_zones(ctx: click.Context, _option: click.Parameter, wanted: bool) -> None:
    if wanted:
        click.echo("\n".join(sorted(available_timezones())))
        ctx.exit()


def given(file: Path, most: int = LARGEST) -> bytes:
    """What a named file holds, which is never read beyond what it may. Raises TooMuch, OSError."""
    with file.open("rb") as source:
        content = source.read(most + 1)
    if len(content) > most:
        raise TooMuch
    return content


def given_text(file: Path, most: int = LARGEST) -> str:
    """The same as text. Raises also UnicodeError."""
    return given(file, most).decode("utf-8")


def given_phrase(file: Path) -> str:
    """A passphrase: one line, or some. Raises also NotPossible for none."""
    phrase = given_text(file, LONGEST_GIVEN).rstrip("\r\n")
    if not phrase.strip():
        raise NotPossible("There is no passphrase in that file.")
    return phrase


@contextmanager
def telling() -> Iterator[None]:
    """Tell what goes wrong inside with its cure, and end: never a traceback for what was given."""
    try:
        yield
    except CentralError as trouble:
        fail(trouble)
    except UnicodeError:
        fail(NotPossible("That file is not text."))
    except OSError as wrong:
        fail(NotPossible(f"{wrong.strerror or type(wrong).__name__}."))
    except psycopg.Error as wrong:
        # Never its own words: they may hold the address, which may hold a password.
        fail(named(wrong) or NotPossible(f"({type(wrong).__name__})"))
    except (OverflowError, RecursionError) as wrong:
        fail(NotPossible(f"({type(wrong).__name__})"))


def fail(trouble: CentralError) -> NoReturn:
    """Tell what went wrong and the cure, and end."""
    click.echo(f"{trouble}\n{trouble.cure}", err=True)
    sys.exit(trouble.code)


class Desk(click.Group):
    """The group whose verbs are all checked alike."""

    command_class = Checked


@click.group(cls=Desk)
def central() -> None:
    """The council's end of fieldkit."""
