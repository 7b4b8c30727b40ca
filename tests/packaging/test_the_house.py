"""The house: what may stand at the top, what may be named, and that the locks hold no address."""

from __future__ import annotations

import re
import subprocess
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
ROOMS = {"pyproject.toml", "README.md", "CHANGELOG.md", "LICENSE", "fieldkit", "sync", "forms", "tests", "packaging"}
REGISTRIES = re.compile(
    "|".join(("py" + r"pi\.org", "python" + r"hosted\.org", r"registry\.npm" + "js", "--index" + "-url "))
)
SIZE_LIMIT = 350


def tracked() -> list[Path]:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return [ROOT / name for name in listed.split("\0") if name and (ROOT / name).is_file()]


def sources() -> list[Path]:
    return [p for p in tracked() if p.suffix == ".py" and p.relative_to(ROOT).parts[0] in {"fieldkit", "forms", "sync"}]


def test_nothing_stands_at_the_top_beside_the_five_rooms() -> None:
    tops = {path.relative_to(ROOT).parts[0] for path in tracked()}
    assert {top for top in tops if not top.startswith(".")} <= ROOMS


def test_no_committed_file_names_a_package_registry() -> None:
    texts = ((p, p.read_text("utf-8", errors="replace")) for p in tracked() if p.stat().st_size < 2_000_000)
    assert [str(p.relative_to(ROOT)) for p, text in texts if REGISTRIES.search(text)] == []


def test_every_locked_package_has_a_hash_and_no_lock_an_address() -> None:
    for lock in (ROOT / "packaging").glob("requirements*.txt"):
        text = lock.read_text("utf-8")
        names = re.findall(r"^[a-z0-9][\w.\[\],-]*==", text, re.MULTILINE | re.IGNORECASE)
        blocks = re.findall(r"^[a-z0-9].*?\\\n(?:\s+--hash=sha256:[0-9a-f]{64}(?: \\)?\n)+", text, re.MULTILINE | re.I)
        assert len(names) == len(blocks) > 20
        assert "://" not in text


def test_the_locks_hold_every_package_that_pyproject_asks_for() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    locked = (ROOT / "packaging" / "requirements.txt").read_text("utf-8")
    wanted = [re.split(r"[\[<>=;\s]", need)[0].replace(".", "-") for need in project["dependencies"]]
    assert [name for name in wanted if not re.search(rf"^{re.escape(name)}==", locked, re.MULTILINE | re.I)] == []
    assert {"central", "trial", "author", "pdf", "xlsx"} <= set(project["optional-dependencies"])


def test_no_source_file_has_outgrown_its_room() -> None:
    sizes = {str(p.relative_to(ROOT)): len(p.read_text("utf-8").splitlines()) for p in sources()}
    assert {name: size for name, size in sizes.items() if size > SIZE_LIMIT} == {}
