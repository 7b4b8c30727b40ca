"""Every verb of the desk with every kind of wrong input: told with cause and cure, by no verb with a traceback.

One call of each verb that would do stands in `CALLS`; what is wrong is put into its places one by one. Of each kind the
quick suite takes a share, the long one all.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import count
from pathlib import Path

import click
import pytest
from click.testing import CliRunner
from psycopg import sql
from psycopg.conninfo import make_conninfo

from sync.server.__main__ import central as desk
from sync.server.database import has_database, make_database, one
from sync.server.embedded import OWNER
from tests.central_fixture import Ground, RunningCentral, StillClock
from tests.sync.server.laptop import FAMILY, SCOPE, Laptop

SECRET = "Zimnavoda"
"""A word that must never be said again."""
CALLS: dict[str, tuple[str, ...]] = {
    "anchor": ("--to", "{out}"),
    "anchor-check": ("{file}",),
    "archive": ("--to", "{folder}"),
    "backup": ("--to", "{folder}", "--with-keys", "{file}"),
    "breach-report": ("{device}", "--by", "Lena Hart"),
    "code": ("--worker", "Ben Cole"),
    "code-approve": ("AAAA", "--by", "Lena Hart"),
    "council-add": ("newtown",),
    "council-key set": ("ab" * 32, "--by", "Lena Hart", "--second", "Ada Moor"),
    "council-key show": (),
    "courier": ("{file}", "--out", "{out}"),
    "cover": ("Ben Cole", "--for", "Asha Patel", "--until", "2999-01-01", "--by", "Lena Hart"),
    "device-audit": ("{device}", "--check", "{file}"),
    "device-person": ("{device}", "Ben Cole"),
    "devices": ("Asha Patel",),
    "drafts": (),
    "drafts-destroy": ("{device}", "--by", "Lena Hart", "--reason", "lost"),
    "drafts-open": (
        *("Asha Patel", "--to", "Ben Cole", "--by", "Lena Hart"),
        *("--second", "Ada Moor", "--reason", "left"),
    ),
    "drill": ("--from", "{folder}"),
    "durable": ("--number", "1"),
    "erase": ("{note}", "--by", "Lena Hart", "--reason", "asked for"),
    "escalate": (),
    "files-awaited": ("--hours", "1"),
    "glass": ("Ben Cole", "{scope}", "--reason", "fire"),
    "glass-review": ("1", "--by", "Ada Moor"),
    "grant": ("Ben Cole", "{scope}"),
    "held": ("--try",),
    "hours": ("--day", "mon"),
    "init": (),
    "key-events": ("{device}",),
    "lease": ("7",),
    "migrate": (),
    "open-to": ("Ben Cole", "{scope}", "--by", "Lena Hart", "--reason", "panel"),
    "openapi": (),
    "publish": ("{file}",),
    "purges": (),
    "quarantine": ("{device}", "1", "--by", "Lena Hart"),
    "quarantine-settle": ("{device}", "1", "--take", "--by", "Lena Hart", "--reason", "looked at"),
    "restore": ("--from", "{folder}", "--passphrase-file", "{file}"),
    "restored": ("--from", "{folder}"),
    "revoke": ("{device}",),
    "rota": ("Ben Cole", "--part", "day", "--from", "2999-01-01", "--until", "2999-01-02"),
    "serve": ("--port-file", "{out}", "--port", "1"),
    "sessions": ("--end", "Ben Cole"),
    "signin-set": ("--issuer", "https://id.example", "--client-id", "c"),
    "signin-show": (),
    "split": (
        *("{family}", "--date", "2026-01-01", "--move", "{note}", "--to", "Ben Cole"),
        *("--by", "Lena Hart", "--reason", "refuge"),
    ),
    "translation": ("pl", "{file}", "--certified-by", "Ada Moor", "--on", "2026-01-01"),
    "verify": (),
    "worker-end": ("Ben Cole",),
}
WITHOUT_DATABASE = {"openapi", "restore"}
GOES_ON = {"serve", "archive"}
"""Verbs that do not end by themselves."""
WRONG_FILES: dict[str, Callable[[Path], object]] = {
    "missing": lambda _file: None,
    "folder": lambda file: file.mkdir(),
    "empty": lambda file: file.write_bytes(b""),
    "not text": lambda file: file.write_bytes(b"\xff\xfe\x00\xd8" * 9),
    "deep": lambda file: file.write_bytes(b"[" * 100_000),
    "another shape": lambda file: file.write_text('{"hash": 1e999, "id": [], "number": {}}', "utf-8"),
    "endless": lambda file: file.symlink_to("/dev/zero"),
    "a loop": lambda file: file.symlink_to(file),
}
WRONG_FOLDERS: dict[str, Callable[[Path], object]] = {
    "missing": lambda _data: None,
    "empty": lambda data: data.mkdir(),
    "a file": lambda data: data.write_text("no folder", "utf-8"),
    "keys cut": lambda data: keys_of(data, "ab"),
    "keys no text": lambda data: keys_of(data, "\x00\x7f" * 32),
    "a key short": lambda data: keys_of(data, "ab" * 32, "forms"),
}
STRANGE = ("", " ", "%s", "{0}", "' or 1=1 --", "f" * 32, "family:", "Ünï ☃", "-", "ref", "0", "2000-01-01", "\u202e")
"""Words that name nothing here."""


def keys_of(data: Path, text: str, *names: str) -> None:
    """A data folder whose keys are no keys."""
    (data / "keys").mkdir(parents=True)
    for name in names or ("forms", "receipt", "seal"):
        (data / "keys" / name).write_text(text, "utf-8")


@dataclass
class Told:
    """What a verb ended with and said."""

    code: int
    said: str


class Walk:
    """A council with a family and a laptop, and calls of its desk."""

    def __init__(self, central: RunningCentral, soil: Ground, folder: Path) -> None:
        self.central, self.soil, self.folder = central, soil, folder
        asha = Laptop(central, "Asha Patel")
        for name, role in (("Lena Hart", "lead"), ("Ada Moor", "ig"), ("Ben Cole", "worker")):
            central.code(name, role)
        asha.family(name=SECRET)
        self.note = "0190000000007000800000000000000b"
        asha.replica.write(self.note, "create", {"@kind": "note", "@scope": SCOPE, "text": SECRET}, at="2026-11-23")
        asha.sync()
        central.grant("Lena Hart", SCOPE)
        self.device, self.numbers = asha.identity.device, count()
        with one(soil.embedded.dsn("postgres", OWNER)) as _:
            pass
        if not has_database(soil.embedded.dsn("postgres", OWNER), "empty"):
            make_database(soil.embedded.dsn("postgres", OWNER), "empty")

    def words(self, name: str) -> list[str]:
        """The call of a verb that would do, with files and folders of its own."""
        own = self.folder / str(next(self.numbers))
        (own / "folder").mkdir(parents=True)
        (own / "file").write_text("nothing that is worth a file", "utf-8")
        known = {"device": self.device, "note": self.note, "family": FAMILY, "scope": SCOPE}
        places = {"file": own / "file", "folder": own / "folder", "out": own / "out"}
        return [*name.split(), *(word.format(**known, **places) for word in CALLS[name])]

    def run(self, words: list[str], data: Path | None = None, dsn: str | None = None) -> Told:
        """What comes of it; never anything but an end that was meant, and never a secret."""
        place = ["--data", str(data or self.central.data)] if words[0] != "openapi" else []
        place += ["--dsn", dsn] if dsn is not None and words[0] != "openapi" else []
        done = CliRunner().invoke(desk, [*words, *place])
        assert done.exception is None or isinstance(done.exception, SystemExit), (words, done.exception)
        assert SECRET not in done.stderr, (words, done.stderr)
        assert "Traceback" not in done.output
        assert done.exit_code == 0 or done.stderr.strip(), words
        return Told(done.exit_code, done.stderr)

    def state(self) -> list[tuple[str, int]]:
        """A sum over every table, to see that nothing was changed."""
        with self.central.rows() as rows:
            names = rows.execute("select tablename from pg_tables where schemaname = 'public' order by 1").fetchall()
            summed = sql.SQL(" union all ").join(
                sql.SQL("select {}, coalesce(sum(hashtext(t::text)), 0)::bigint from {} t").format(
                    sql.Literal(name), sql.Identifier(name)
                )
                for (name,) in names
            )
            return [(str(name), int(total)) for name, total in rows.execute(summed).fetchall()]


@pytest.fixture(scope="module")
def walk(central_ground: Ground, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Walk]:
    """One council for all: what is refused changes nothing."""
    running = RunningCentral(central_ground, StillClock())
    yield Walk(running, central_ground, tmp_path_factory.mktemp("desk"))
    running.close()


def verbs(group: click.Group = desk, before: tuple[str, ...] = ()) -> Iterator[tuple[str, click.Command]]:
    """Every verb by its full name."""
    for name, command in sorted(group.commands.items()):
        if isinstance(command, click.Group):
            yield from verbs(command, (*before, name))
        else:
            yield " ".join((*before, name)), command


def share(kinds: Iterable[str], quick: str) -> list[object]:
    """One of a table for the quick suite, all others for the long one."""
    return [pytest.param(each, marks=() if each == quick else pytest.mark.long) for each in kinds]


def test_every_verb_is_walked() -> None:
    assert set(CALLS) == {name for name, _ in verbs()}


@pytest.mark.parametrize("kind", share(WRONG_FILES, "not text"))
def test_no_wrong_file_is_more_than_refused(walk: Walk, kind: str) -> None:
    walked, before = 0, walk.state()
    for name in CALLS:
        for at, word in enumerate(walk.words(name)):
            if not word.endswith(("/file", "/folder", "/out")) or name in GOES_ON:
                continue
            words = walk.words(name)
            file = walk.folder / f"wrong {next(walk.numbers)}"
            WRONG_FILES[kind](file)
            words[at] = str(file)
            data = walk.folder / "new" if name == "restore" else None
            told = walk.run(words, data, walk.central.owner_dsn if name != "restore" else None)
            walked += 1
            assert told.code in (0, 1, 2), (words, told)
            before = walk.state() if told.code == 0 else before
            assert data is None or not data.exists()
    assert (walked > 12, walk.state()) == (True, before)


def addresses(walk: Walk) -> dict[str, str]:
    """Addresses that lead nowhere, or not as they should."""
    owner = walk.central.owner_dsn
    return {
        "down": f"host=127.0.0.1 port=1 user={SECRET} password={SECRET}",
        "no address": f"this is no address {SECRET}",
        "no tables": make_conninfo(owner, dbname="empty"),
        "wrong password": make_conninfo(owner, password=SECRET),
        "no database": make_conninfo(owner, dbname=SECRET),
        "no service": f"service={SECRET}",
        "a link": f"postgresql://{SECRET}:{SECRET}@127.0.0.1:1/central",
        "not the owner": walk.central.dsn,
    }


ENDS = {"down": {4}, "no address": {2}, "wrong password": {4}, "no database": {4}, "no service": {1, 4}, "a link": {4}}
NOT_WALKED = {"no tables": {"init", "migrate", "council-add"}, "not the owner": {"council-add", *GOES_ON}}
"""What would be done."""


@pytest.mark.parametrize("kind", share([*ENDS, "no tables", "not the owner"], "down"))
def test_no_wrong_address_is_more_than_refused(walk: Walk, kind: str) -> None:
    before = walk.state()
    for name in sorted(CALLS.keys() - WITHOUT_DATABASE):
        if kind not in ENDS and name in NOT_WALKED[kind]:
            continue
        data = walk.folder / f"{kind} {name}"
        told = walk.run(walk.words(name), data if name == "council-add" else None, addresses(walk)[kind])
        assert told.code in ENDS.get(kind, {0, 1, 2}), (name, told)
        if told.code == 0:
            before = walk.state()
    assert walk.state() == before


@pytest.mark.parametrize("kind", share(WRONG_FOLDERS, "keys cut"))
def test_no_wrong_data_folder_is_more_than_refused(walk: Walk, kind: str) -> None:
    begins, before = {"init", "council-add", "migrate"}, walk.state()
    for name in sorted(CALLS.keys() - WITHOUT_DATABASE - begins):
        data = walk.folder / f"data {next(walk.numbers)}"
        WRONG_FOLDERS[kind](data)
        there = sorted(data.rglob("*"))
        told = walk.run(walk.words(name), data, walk.central.owner_dsn)
        assert told.code == (7 if "key" in kind else 2 if kind == "a file" else 1), (name, told)
        assert sorted(data.rglob("*")) == there, name
    assert walk.state() == before


def said(command: click.Command, words: list[str]) -> list[int]:
    """Where in a call words stand that somebody could write otherwise; never the names of options."""
    free = {opt for each in command.params if isinstance(each, click.Option) for opt in each.opts}
    return [at for at, word in enumerate(words) if word not in free and not word.startswith("/")]


@pytest.mark.parametrize("strange", share(STRANGE, "none"))
def test_no_strange_word_is_more_than_refused(walk: Walk, strange: str) -> None:
    commands, before = dict(verbs()), walk.state()
    for name in sorted(CALLS.keys() - WITHOUT_DATABASE - GOES_ON - {"init", "migrate", "council-add"}):
        for at in said(commands[name], walk.words(name))[len(name.split()) :]:
            words = walk.words(name)
            words[at] = strange
            told = walk.run(words, dsn=walk.central.owner_dsn)
            assert told.code in (0, 1, 2), (words, told)
            before = walk.state() if told.code == 0 else before
        assert walk.state() == before, name


NOBODY = ("Ben Cole", "Nobody At All")
"""A worker without a role that decides, and somebody central does not know."""


MAY = {("breach-report", who) for who in NOBODY} | {
    (name, "Ben Cole") for name in ("erase", "glass-review", "drafts-destroy")
}
"""Names that are noted, not asked for a right: the desk itself decides."""


@pytest.mark.parametrize("who", NOBODY)
def test_who_may_not_decide_is_refused_and_nothing_is_changed(walk: Walk, who: str) -> None:
    walked = 0
    for name in sorted(CALLS):
        for option in {"--by", "--second"} & set(CALLS[name]):
            words, before = walk.words(name), walk.state()
            words[words.index(option) + 1] = who
            told = walk.run(words, dsn=walk.central.owner_dsn)
            walked += 1
            if (name, who) not in MAY:
                assert (told.code, walk.state() == before) == (1, True), (words, told)
    assert walked > 12


@pytest.mark.long
def test_what_is_said_twice_is_done_once_or_refused(walk: Walk) -> None:
    for name in sorted(CALLS.keys() - GOES_ON - WITHOUT_DATABASE - {"init", "council-add", "migrate", "backup"}):
        words = walk.words(name)
        first, again = (walk.run(words, dsn=walk.central.owner_dsn) for _ in range(2))
        assert first.code in (0, 1), (words, first)
        # An answer is written beside the first one, never over it; all else is the same again.
        assert again.code in {first.code, 1}, (words, again)
