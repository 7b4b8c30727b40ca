"""At central's desk: the sign-in is set and shown, a second person stands for a code, a leaver goes at once."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from click.testing import CliRunner
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from sync.client.http import HttpCentral, Identity
from sync.errors import Rejected
from sync.protocol import PullAsk
from sync.server.__main__ import central as verbs
from tests.central_fixture import RunningCentral
from tests.oidc_provider import CLIENT, serving
from tests.sync.server.laptop import Laptop
from tests.sync.server.signing_council import Council, bring, refused, with_session

Desk = Callable[..., Any]
ISSUER = "https://provider.example/council"


@pytest.fixture
def desk(central: RunningCentral) -> Desk:
    """Runs a verb: its JSON, or what it said when it failed. Verbs go by the machine's clock, and so does central."""
    central.clock.at = datetime.now(UTC)

    def run(verb: str, *words: str) -> Any:
        place = ["--data", str(central.data), "--dsn", central.owner_dsn, "--json"]
        done = CliRunner().invoke(verbs, [verb, *place, *words], catch_exceptions=False)
        return json.loads(done.stdout) if done.exit_code == 0 else done.stderr

    return run


@pytest.fixture
def council(desk: Desk, central: RunningCentral) -> Iterator[Council]:
    with serving(lambda: central.clock.at.timestamp()) as provider:
        made = Council(central, provider)
        made.set()
        yield made


def test_the_sign_in_is_set_piece_by_piece_shown_and_taken_away(desk: Desk) -> None:
    assert desk("signin-show") == {"sign-in": "none"}
    desk("signin-set", "--issuer", ISSUER, "--client-id", CLIENT, "--role", "a=b=lead", "--role", "team=worker")
    desk("signin-set", "--amr", "mfa", "--required", "--enrol", "both", "--no-push-without", "--max-age", "3600")
    shown = desk("signin-show")
    assert shown["roles"] == {"a=b": "lead", "team": "worker"}
    picked = {name: shown[name] for name in ("issuer", "amr", "required", "enrol", "push_without", "max_age", "skew")}
    assert picked == {
        "issuer": ISSUER,
        "amr": ["mfa"],
        "required": True,
        "enrol": "both",
        "push_without": False,
        "max_age": 3600,
        "skew": 60,
    }
    desk("signin-set", "--not-required")
    assert (desk("signin-show")["required"], desk("signin-show")["enrol"]) == (False, "both")
    assert desk("signin-set", "--off") == desk("signin-show") == {"sign-in": "none"}


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (("--issuer", "http://provider.example"), "https"),
        (("--issuer", "https://provider.example?tenant=1"), "without query"),
        (("--issuer", "https://name@provider.example"), "https"),
        (("--issuer", ISSUER, "--skew", "61"), "60 seconds"),
        (("--issuer", ISSUER, "--role", "team=chief"), "one of worker"),
        (("--issuer", ISSUER, "--enrol", "sign-in"), "needs --role"),
        (("--issuer", ISSUER, "--scope", "profile"), "openid"),
    ],
)
def test_a_setting_that_cannot_be_changes_nothing(desk: Desk, words: tuple[str, ...], why: str) -> None:
    assert why in desk("signin-set", "--client-id", CLIENT, *words)
    assert desk("signin-show") == {"sign-in": "none"}


def test_a_code_needs_a_second_person_where_the_council_asks_for_one(
    desk: Desk, council: Council, central: RunningCentral
) -> None:
    council.set(required=False, approval=True)
    desk("code", "--worker", "Lena Hart", "--role", "lead")
    desk("code", "--worker", "Ben Carter")
    code = desk("code", "--worker", "Asha Patel")["code"]
    with pytest.raises(Rejected, match="not valid any more"):
        enrolled(central, code)
    assert "not approved" in desk("code-approve", code, "--by", "Asha Patel")
    assert "not approved" in desk("code-approve", code, "--by", "Ben Carter")
    assert "not approved" in desk("code-approve", "ZZZZ", "--by", "Lena Hart")
    assert desk("code-approve", code[:4], "--by", "Lena Hart")["approved"] is True
    assert enrolled(central, code) == "Asha Patel"


def enrolled(central: RunningCentral, code: str) -> str:
    """Enrol a laptop with a code; for whom."""
    identity = Identity(Ed25519PrivateKey.generate(), now=lambda: int(central.clock.at.timestamp()))
    with HttpCentral(central.url, identity) as line:
        return str(line.enrol(code, "a laptop").worker["name"])


def test_a_worker_who_leaves_loses_every_session_and_device_at_once(
    desk: Desk, council: Council, central: RunningCentral
) -> None:
    first, second = Laptop(central, "Asha Patel"), Laptop(central, "Asha Patel")
    access = bring(first, council.token_for(first))["access"]
    assert [each["device"] for each in desk("sessions")["open"]] == [first.identity.device]
    waiting = central.code("Asha Patel")
    told = desk("worker-end", "Asha Patel")
    assert (told["sessions"], sorted(told["devices"])) == (1, sorted([first.identity.device, second.identity.device]))
    assert desk("sessions")["open"] == []
    for laptop in (first, second):
        with with_session(laptop, access) as line:
            assert refused(lambda line=line: line.pull(PullAsk("", 0, (0, ""), 0))) == "revoked"
    with pytest.raises(Rejected, match="not valid any more"):
        enrolled(central, waiting)
    assert desk("worker-end", "Asha Patel", "--again")["ended"] is False
    council.set(required=False)
    assert enrolled(central, desk("code", "--worker", "Asha Patel")["code"]) == "Asha Patel"


def test_the_sessions_of_a_worker_can_be_ended_and_begun_anew(
    desk: Desk, council: Council, central: RunningCentral
) -> None:
    asha = Laptop(central, "Asha Patel")
    access = bring(asha, council.token_for(asha))["access"]
    assert desk("sessions", "--end", "Asha Patel") == {"ended": 1, "open": []}
    with with_session(asha, access) as line:
        assert refused(lambda: line.pull(PullAsk("", 0, (0, ""), 0))) == "sign-in"
    central.clock.pass_time(seconds=1)
    assert bring(asha, council.token_for(asha))["access"]
