"""The outer edge: opening the device for one verb, printing, and turning every failure into a sentence and a code."""

from __future__ import annotations

import json
import secrets
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, is_dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any, TypeVar

import click

from fieldkit import vault
from fieldkit.config import REAL_KDF, SystemClock, home_folder
from fieldkit.errors import FieldkitError, Refused
from fieldkit.vault import advice
from fieldkit.workspace import Workspace, open_workspace
from forms.errors import FormError

PERSON = "fieldkit.person"
SECRET_BYTES, WORDS_BYTES = 64 << 10, 64 << 20
"""The most bytes of a file with a passphrase, and of one with answers or a document."""
F = TypeVar("F", bound=Callable[..., Any])


class Cost:
    """What a passphrase costs to guess. Set in code only; not reachable from configuration or environment."""

    kdf = REAL_KDF
    keyring: Callable[[Path], vault.Keyring] = staticmethod(vault.of_this_machine)


@dataclass(frozen=True, slots=True)
class Place:
    """Which device, and where its passphrase comes from."""

    home: Path
    passphrase_file: Path | None

    def passphrase(self, *, new: bool = False) -> str:
        """The passphrase: the first line of the file, else asked for on the terminal; never an argument."""
        if self.passphrase_file is not None:
            return read_secret(self.passphrase_file)
        return str(click.prompt("Passphrase", hide_input=True, confirmation_prompt=new, err=True))


def who_asks(home: Path) -> vault.Door:
    """Who asks to be let in: named with --as, else asked for where several people work here."""
    context = click.get_current_context().find_root()
    person = str(context.meta.get(PERSON, ""))
    handles = [each.handle for each in vault.people(home, Cost.kdf)] if not person else []
    if len(handles) > 1 and sys.stdin.isatty():
        person = str(click.prompt("Who are you", type=click.Choice(handles), err=True))
    return vault.Door(person, Cost.keyring(home))


def new_passphrase(file: Path | None, about: Iterable[str] = (), words: str = "New passphrase") -> str:
    """A new passphrase, from its file or asked for twice; Refused, with advice, when it is easily guessed."""
    asked = read_secret(file) if file else str(click.prompt(words, hide_input=True, confirmation_prompt=True, err=True))
    advice.refuse(asked, about)
    return asked


def read_secret(file: Path) -> str:
    """The first line of a file; `-` is standard input."""
    if str(file) == "-":
        try:
            text = sys.stdin.readline()
        except UnicodeDecodeError:
            raise Refused("What came is no text in UTF-8.", "Write it anew as plain text.") from None
    else:
        text = read_words(file, SECRET_BYTES)
    return text.split("\n", 1)[0].rstrip("\r")


def read_words(file: Path, most: int = WORDS_BYTES) -> str:
    """The text of a file that somebody named; Refused, with the cause, where there is none. Its name is not told."""
    try:
        return read_file(file, most).decode("utf-8-sig")
    except UnicodeDecodeError:
        raise Refused("That file holds no text in UTF-8.", "Check its name, or save it as plain text.") from None


def read_file(file: Path, most: int = WORDS_BYTES) -> bytes:
    """The bytes of a file that somebody named, as many as may be; Refused, with the cause, where that cannot be."""
    try:
        with file.open("rb") as opened_:
            content = opened_.read(most + 1)
    except (OSError, ValueError) as wrong:
        why = "is a folder" if isinstance(wrong, IsADirectoryError) else "could not be read"
        raise Refused(f"That file {why}.", "Check its name, and that it is yours to read.") from None
    if len(content) > most:
        raise Refused(f"That file has more than {most >> 10} KiB.", "Check its name.")
    return content


def read_json(file: Path) -> Any:
    """What a JSON file says; Refused where it says nothing that can be read."""
    try:
        return json.loads(read_words(file))
    except (ValueError, RecursionError):
        raise Refused("That file is not JSON.", "Check it with any JSON tool. Nothing was changed.") from None


def as_person(function: F) -> F:
    """--as: who it is, where several people work on a device."""
    words = "Who you are, where several people work here."
    return click.option("--as", "person", expose_value=False, callback=_who, help=words)(function)


def device_verb(function: F) -> F:
    """--home, --passphrase-file, --as: for every verb that opens the device."""
    path = click.Path(path_type=Path)
    function = click.option("--passphrase-file", type=path, help="Read the passphrase from this file.")(function)
    if not any("--as" in each.opts for each in getattr(function, "__click_params__", ())):
        # Where `--as` says something else (export), who it is stands before the verb.
        function = as_person(function)
    return click.option("--home", type=path, help="The device's folder (else FIELDKIT_HOME).")(function)


def _who(context: click.Context, _option: click.Parameter, given: str | None) -> None:
    if given is not None:
        context.find_root().meta[PERSON] = given


def json_flag(function: F) -> F:
    """--json on a read."""
    return click.option("--json", "as_json", is_flag=True, help="Print JSON.")(function)


def place(home: Path | None, passphrase_file: Path | None) -> Place:
    """The device that was named on the verb, before it, or in FIELDKIT_HOME."""
    before = click.get_current_context().find_root().params
    return Place(home_folder(home or before.get("home")), passphrase_file or before.get("passphrase_file"))


@contextmanager
def opened(home: Path | None, passphrase_file: Path | None) -> Iterator[Workspace]:
    """The device, opened for one verb and closed again."""
    at = place(home, passphrase_file)
    who = who_asks(at.home)
    workspace = open_workspace(at.home, at.passphrase(), clock=SystemClock(), kdf=Cost.kdf, door=who)
    for sentence in workspace.vault.told:
        click.echo(sentence, err=True)
    try:
        workspace.mind_the_disk()
        yield workspace
    finally:
        workspace.close()


def tell(data: Any, as_json: bool, lines: Callable[[], Any] | None = None) -> None:
    """Data on stdout: one JSON document, or lines for people."""
    if as_json or lines is None:
        click.echo(json.dumps(plain(data), ensure_ascii=False, indent=None if as_json else 1))
        return
    for line in lines():
        click.echo(shown(str(line)))


def plain(data: Any) -> Any:
    """Views as plain JSON."""
    if is_dataclass(data) and not isinstance(data, type):
        return plain(asdict(data))
    if isinstance(data, dict):
        return {key: plain(value) for key, value in data.items()}
    if isinstance(data, list | tuple):
        return [plain(each) for each in data]
    return data.isoformat() if isinstance(data, date | datetime) else data


def shown(text: str) -> str:
    """Text for a terminal: what a terminal could obey is shown as its picture, never sent."""
    return "".join(_picture(each) for each in text)


def _picture(character: str) -> str:
    code = ord(character)
    if code < 0x20 and character not in "\t":
        return chr(0x2400 + code)
    controls = 0x7F <= code < 0xA0 or 0x200E <= code <= 0x200F or 0x202A <= code <= 0x202E or 0x2066 <= code <= 0x2069
    return "\u241b" if controls or 0xD800 <= code < 0xE000 or code == 0x061C else character


def _lines(sentences: str) -> str:
    """Our own line ends stand; a word of a form or a file never makes one (`Finding` shows it on its line)."""
    return "\n".join(shown(line) for line in sentences.split("\n"))


def guarded(run: Callable[[], Any]) -> int:
    """Run the command line; the exit code. The one broad except of the program: no value ever reaches the screen."""
    try:
        left_with = run()
    except click.ClickException as wrong:
        wrong.show()
        return wrong.exit_code
    except click.exceptions.Exit as left:
        return left.exit_code
    except (click.Abort, KeyboardInterrupt):
        return 130
    except FieldkitError as wrong:
        click.echo(_lines(f"{wrong.said}\n{wrong.cure}"), err=True)
        return wrong.exit_code
    except FormError as wrong:
        click.echo(_lines(str(wrong)), err=True)
        return 1
    except BrokenPipeError:
        return 1
    except Exception as bug:  # noqa: BLE001 - the app's outer edge (STYLE section 7)
        number = secrets.token_hex(4)
        trace = bug.__traceback__
        while trace is not None and trace.tb_next is not None:
            trace = trace.tb_next
        where = f"{Path(trace.tb_frame.f_code.co_filename).name}:{trace.tb_lineno}" if trace else "?"
        click.echo(f"Error {number}: {type(bug).__name__} at {where}. Nothing acknowledged is lost.", err=True)
        return 1
    return left_with if isinstance(left_with, int) else 0
