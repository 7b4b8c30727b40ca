"""The independent verifier: it accepts every good bundle, refuses any changed byte, and knows nothing of fieldkit."""

from __future__ import annotations

import ast
import json
import re
import runpy
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from fieldkit.casework import evidence
from sync.changes import canonical
from tests.packaging.bundles import KEY, bundle

ROOT = Path(__file__).resolve().parents[2]
SCRIPT = ROOT / "packaging" / "verify_evidence.py"
GOLDEN = sorted((Path(__file__).parent / "evidence").glob("v*.json"))
VERIFIER = runpy.run_path(str(SCRIPT))
WRONG: type[Exception] = VERIFIER["Wrong"]


def accepts(data: bytes) -> bool:
    try:
        VERIFIER["check_bundle"](data)
    except WRONG:
        return False
    return True


def resealed(told: dict[str, Any]) -> bytes:
    """A bundle altered by somebody who holds the device's key."""
    return evidence.seal({name: value for name, value in told.items() if name != "seal"}, KEY).encode()


def changed(data: bytes, place: int, ways: tuple[int, ...]) -> list[bytes]:
    """The same bytes with one of them another, taken out, or doubled."""
    byte = data[place]
    others = (bytes([byte ^ 0x01]), bytes([byte ^ 0x20]), b"", bytes([byte, byte]))
    return [data[:place] + others[way] + data[place + 1 :] for way in ways]


def test_the_verifier_knows_only_python_and_cryptography_and_is_short() -> None:
    source = SCRIPT.read_text("utf-8")
    found: set[str] = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found |= {name.name.partition(".")[0] for name in node.names}
        elif isinstance(node, ast.ImportFrom):
            found.add(str(node.module).partition(".")[0])
    assert found - set(sys.stdlib_module_names) == {"cryptography"}
    assert len(source.splitlines()) < 160


@pytest.mark.parametrize("file", GOLDEN, ids=lambda file: file.stem)
def test_every_committed_bundle_of_either_version_is_accepted(file: Path) -> None:
    data = file.read_bytes()
    assert accepts(data)
    assert evidence.is_whole(data.decode())


@pytest.mark.parametrize("method", evidence.METHODS)
def test_what_the_device_makes_today_is_accepted_and_is_the_committed_one_byte_for_byte(method: str) -> None:
    made = bundle(method).encode()
    assert accepts(made)
    assert made == (Path(__file__).parent / "evidence" / f"v2-{method}.json").read_bytes()


def flipped(name: str, every_way: bool = False) -> tuple[list[int], list[int]]:
    """The places where a changed byte is taken: by the verifier, and by the device."""
    data = (Path(__file__).parent / "evidence" / f"{name}.json").read_bytes()
    taken, held = [], []
    for place in range(len(data)):
        for other in changed(data, place, (0, 1, 2, 3) if every_way else (place % 4,)):
            if other == data:
                continue
            if accepts(other):
                taken.append(place)
            if evidence.is_whole(other.decode("utf-8", "replace")):
                held.append(place)
    return taken, held


def test_any_changed_byte_is_refused_by_both() -> None:
    assert flipped("v2-typed") == ([], [])


@pytest.mark.long
@pytest.mark.parametrize("file", GOLDEN, ids=lambda file: file.stem)
def test_any_byte_of_any_committed_bundle_changed_in_any_way_is_refused(file: Path) -> None:
    assert flipped(file.stem, every_way=True) == ([], [])


def test_the_same_value_written_in_another_way_is_refused() -> None:
    told = json.loads(bundle("typed"))
    for other in (
        json.dumps(told).encode(),
        canonical(told) + b"\n",
        json.dumps(told, sort_keys=True, separators=(",", ":")).encode(),
        canonical(told)[:-1] + b',"seal":"' + told["seal"].encode() + b'"}',
    ):
        assert json.loads(other) == told
        assert not accepts(other)
        assert not evidence.is_whole(other.decode())


@pytest.mark.parametrize(
    ("why", "alter"),
    [
        ("the text is not the one", lambda told: told["shown"].update(text=told["shown"]["text"] + "x")),
        ("the answers are not those", lambda told: told["answers"].update(more="x")),
        ("another length", lambda told: told["shown"].update(bytes=1)),
        ("not the one of the device", lambda told: told["device"].update(id="0" * 32)),
        ("other members", lambda told: told["said"].pop("witness")),
        ("other members", lambda told: told.update(note="x")),
        ("not of its kind", lambda told: told["said"].update(agreed="yes")),
        ("version that is not known", lambda told: told.update(bundle=3)),
        ("agreed against", lambda told: told["said"].update(method="refused")),
        ("a kind of evidence", lambda told: told["said"].update(method="telepathy")),
        ("doubted and not", lambda told: told["time"].update(clock_unverified=False)),
    ],
)
def test_what_contradicts_itself_is_refused_even_under_a_good_seal(why: str, alter: Any) -> None:
    told = json.loads(bundle("typed"))
    alter(told)
    with pytest.raises(WRONG, match=why):
        VERIFIER["check_bundle"](resealed(told))
    assert not evidence.is_whole(resealed(told).decode())


def test_the_committed_receipt_of_central_is_accepted_for_its_bundle_and_for_no_other() -> None:
    folder = Path(__file__).parent / "evidence"
    receipt = (folder / "typed.receipt").read_bytes()
    VERIFIER["check_receipt"](receipt, (folder / "v2-typed.json").read_bytes())
    for other in ("v2-paper", "v1-typed"):
        with pytest.raises(WRONG, match="for another bundle"):
            VERIFIER["check_receipt"](receipt, (folder / f"{other}.json").read_bytes())
    old = (folder / "v1-typed.json").read_bytes()
    VERIFIER["check_receipt"]((folder / "old.receipt").read_bytes(), old)


def test_another_key_than_the_one_given_is_refused() -> None:
    data, key = bundle("typed").encode(), KEY.public_key().public_bytes_raw().hex()
    VERIFIER["check_bundle"](data, key)
    with pytest.raises(WRONG, match="another device's key"):
        VERIFIER["check_bundle"](data, "00" * 32)


def test_it_is_run_by_hand_and_answers_with_a_line_and_a_code(tmp_path: Path) -> None:
    good, bad = tmp_path / "good", tmp_path / "bad"
    good.write_bytes(bundle("paper").encode())
    bad.write_bytes(bundle("paper").encode().replace(b"cabinet 3", b"cabinet 4"))
    ran = [
        subprocess.run([sys.executable, "-I", str(SCRIPT), str(file)], capture_output=True, text=True, check=False)
        for file in (good, bad, tmp_path / "none")
    ]
    assert [each.returncode for each in ran] == [0, 1, 1]
    assert re.match("whole: bundle version 2, sealed by [0-9a-f]{64}", ran[0].stdout)
    assert "the seal of the bundle is not over these bytes" in ran[1].stderr
