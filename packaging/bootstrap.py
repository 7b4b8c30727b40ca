"""Set fieldkit up on a machine with only Python and pip, then run one of its two commands.

    python packaging/bootstrap.py demo     the practice council, in the app
    python packaging/bootstrap.py test     the quick tests
    python packaging/bootstrap.py check    lint, types and import contracts
    python packaging/bootstrap.py run …    any other command inside the set-up, e.g. `run fieldkit --help`

Standard library only. A virtual environment is made in `.venv` beside pyproject.toml (or where FIELDKIT_VENV
says), the hashed lock is installed with pip, and the packages are made importable in place. Nothing is installed
again until a lock changes.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import sysconfig
import venv
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
OLDEST = (3, 11)
DEVICE_LOCK = ROOT / "packaging" / "requirements.txt"
TEST_LOCK = ROOT / "packaging" / "requirements-test.txt"
COMMANDS = {"fieldkit": "fieldkit", "fieldkit-central": "sync.server"}


class SetupFailed(Exception):
    """The set-up could not be finished; the text says why and what to do."""


def main(arguments: Sequence[str]) -> int:
    """Run the verb in `arguments`; answers the exit code of what was run, 2 for a wrong call."""
    verb, rest = (arguments[0], list(arguments[1:])) if arguments else ("", [])
    if verb not in VERBS or (verb == "run" and not rest):
        print(__doc__, file=sys.stderr)
        return 2
    try:
        return VERBS[verb](rest)
    except SetupFailed as failed:
        print(f"fieldkit set-up: {failed}", file=sys.stderr)
        return 1


def demo(rest: list[str]) -> int:
    """Open the practice council."""
    return run(ready(DEVICE_LOCK, TEST_LOCK), ["-m", "fieldkit", "demo", *rest])


def test(rest: list[str]) -> int:
    """Run the quick tests, or just those named in `rest`; four at once at least: they wait as often as they work."""
    workers = str(max(4, min(os.cpu_count() or 2, 8)))
    chosen = rest or ["-m", "not long and not browser"]
    return run(ready(TEST_LOCK), ["-m", "pytest", "-q", "-n", workers, "--dist", "worksteal", *chosen])


def check(rest: list[str]) -> int:
    """Lint, formatting, types, import contracts; the first that fails ends it."""
    python = ready(TEST_LOCK)
    steps = (
        ["-m", "ruff", "check", "."],
        ["-m", "ruff", "format", "--check", "."],
        ["-m", "mypy"],
        ["-c", "from importlinter.cli import lint_imports_command as go; go()"],
    )
    for step in steps:
        print("·", " ".join(step[:3]), flush=True)
        code = run(python, [*step, *rest])
        if code:
            return code
    return 0


def other(rest: list[str]) -> int:
    """Run one of our commands, or a Python module, inside the set-up."""
    return run(ready(DEVICE_LOCK, TEST_LOCK), ["-m", COMMANDS.get(rest[0], rest[0]), *rest[1:]])


VERBS = {"demo": demo, "test": test, "check": check, "run": other}


def ready(*locks: Path) -> Path:
    """A Python that has the packages of one of `locks`, made or brought up to date when needed."""
    if sys.version_info < OLDEST:
        raise SetupFailed(f"this Python is {sys.version.split()[0]}; fieldkit needs 3.11 or newer.")
    folder = Path(os.environ.get("FIELDKIT_VENV") or ROOT / ".venv")
    python = folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    stamp = folder / "fieldkit-setup"
    have = stamp.read_text("ascii").strip() if stamp.exists() and python.exists() else ""
    if have in {fingerprint(lock) for lock in locks}:
        return python
    install(folder, python, locks[0])
    stamp.write_text(fingerprint(locks[0]) + "\n", "ascii")
    return python


def fingerprint(lock: Path) -> str:
    """What must be the same for a set-up to be kept: the lock, this file, the Python, the place."""
    facts = lock.read_bytes() + Path(__file__).read_bytes() + f"{sys.version_info[:2]}{ROOT}".encode()
    return hashlib.sha256(facts).hexdigest()


def install(folder: Path, python: Path, lock: Path) -> None:
    """Make the virtual environment, install the lock by hash, and link the packages in."""
    print(f"fieldkit: setting up {folder.name} (once, about a minute) …", file=sys.stderr, flush=True)
    if not python.exists():
        make(folder)
    pip = ["-m", "pip", "--disable-pip-version-check", "--no-input", "install", "-qq", "--require-hashes"]
    if run(python, [*pip, "-r", str(lock)]):
        raise SetupFailed("pip could not install the packages. Look at its message above: is there a network?")
    link(folder)


def make(folder: Path) -> None:
    """A new virtual environment with pip."""
    try:
        venv.EnvBuilder(with_pip=True, clear=folder.exists(), symlinks=os.name != "nt").create(folder)
    except (OSError, subprocess.CalledProcessError) as failed:
        cure = "install your system's package python3-venv, or check that this folder can be written"
        raise SetupFailed(f"no virtual environment could be made ({type(failed).__name__}): {cure}.") from failed


def link(folder: Path) -> None:
    """Let the environment find fieldkit, forms and sync in place, and give our two commands their names."""
    scheme = {"base": str(folder), "platbase": str(folder)}
    kind = "nt" if os.name == "nt" else "posix_prefix"
    (Path(sysconfig.get_path("purelib", kind, scheme)) / "fieldkit.pth").write_text(f"{ROOT}\n", "utf-8")
    scripts = Path(sysconfig.get_path("scripts", kind, scheme))
    for name, module in COMMANDS.items():
        if os.name == "nt":
            (scripts / f"{name}.cmd").write_text(f'@"%~dp0python.exe" -m {module} %*\r\n', "utf-8")
        else:
            script = scripts / name
            script.write_text(f'#!/bin/sh\nexec "$(dirname "$0")/python" -m {module} "$@"\n', "utf-8")
            script.chmod(0o755)


def run(python: Path, arguments: Sequence[str]) -> int:
    """Run `arguments` with `python` from the project's folder; its exit code."""
    try:
        return subprocess.run([str(python), *arguments], cwd=ROOT, check=False).returncode
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
