"""The desk's verbs for cases: each prints one JSON object, and names neither words nor people."""

from __future__ import annotations

import json
from typing import Any

import pytest
from click.testing import CliRunner

from sync.server.__main__ import central as desk
from tests.central_fixture import RunningCentral
from tests.sync.server.laptop import AT, FAMILY, SCOPE, Laptop

MOTHER, SECRET = "c" * 32, "e" * 32


@pytest.mark.long
def test_the_verbs_cover_part_open_and_settle(central: RunningCentral) -> None:
    asha, ben, lena = Laptop(central, "Asha Patel"), Laptop(central, "Ben Carter"), Laptop(central, "Lena Hart", "lead")
    asha.family(name="Okafor")
    asha.replica.write(MOTHER, "create", {"@kind": "person", "@scope": SCOPE, "given": "Ruth"}, at=AT)
    asha.sync()
    central.grant("Lena Hart", SCOPE)
    lena.replica.write(SECRET, "create", {"@kind": "restricted", "@scope": f"restricted:{SECRET}"}, at=AT)
    lena.sync()
    covered = told(central, "cover", "Ben Carter", "--for", "Asha Patel", "--until", "2999-01-01", "--by", "Lena Hart")
    assert covered["scopes"] == [SCOPE]
    scope = f"restricted:{SECRET}"
    assert told(central, "open-to", "Ben Carter", scope, "--by", "Lena Hart", "--reason", "panel")["scope"] == scope
    ben.sync()
    assert {FAMILY, MOTHER, SECRET} <= set(ben.replica.base)
    refused = CliRunner().invoke(desk, ["grant", "Asha Patel", scope, *place(central)])
    assert (refused.exit_code, "open-to" in refused.output) == (1, True)
    ordered = (
        "--date",
        "2999-01-01",
        "--move",
        MOTHER,
        "--to",
        "Ben Carter",
        "--by",
        "Lena Hart",
        "--reason",
        "refuge",
    )
    parted = told(central, "split", FAMILY, *ordered)
    assert (parted["moved"], parted["copied"], parted["unproven"]) == ([MOTHER], 0, [])
    central.withdraw("Asha Patel", SCOPE)
    asha.say(name="Okafor-Obi")
    asha.sync()
    assert told(central, "quarantine") == {"waiting": {"moved": 1}}
    (waits,) = told(central, "quarantine", "--by", "Lena Hart")["waiting"]
    assert (waits["record"], "Okafor" in json.dumps(waits)) == (FAMILY, False)
    which = (waits["device"], str(waits["seq"]))
    assert told(central, "quarantine", *which, "--by", "Lena Hart")["patch"] == {"name": "Okafor-Obi"}
    settled = told(central, "quarantine-settle", *which, "--take", "--by", "Lena Hart", "--reason", "she knew first")
    assert (settled["settled"], settled["version"]) == ("take", 2)
    lena.sync()
    assert lena.replica.view(FAMILY)["name"] == "Okafor-Obi"


def place(central: RunningCentral) -> tuple[str, ...]:
    return ("--data", str(central.data), "--dsn", central.owner_dsn)


def told(central: RunningCentral, verb: str, *words: str) -> dict[str, Any]:
    ran = CliRunner().invoke(desk, [verb, *words, *place(central), "--json"], catch_exceptions=False)
    assert ran.exit_code == 0, ran.output
    return dict(json.loads(ran.stdout))
