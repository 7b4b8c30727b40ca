"""The device's half of a sign-in: what is asked, what an answer makes of it, and who may call on the loopback."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from functools import partial
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from sync.client.signin import About, Hands, SignInFailed, by_browser, by_device_code, refreshed
from sync.client.signin.failures import NotThisOne
from sync.client.signin.loopback import MOST_CALLS, Loopback
from sync.client.signin.states import (
    SLOWER,
    CodeFlow,
    Polling,
    Provider,
    after,
    came_of,
    challenge,
    code_flow,
    polling_of,
    provider_of,
)
from sync.errors import Unreachable
from tests.oidc_provider import CLIENT, serving
from tests.oidc_provider import Provider as Running

# No certificate is needed on loopback, and reading them takes longer than the call.
GET, POST = partial(httpx.get, verify=False), partial(httpx.post, verify=False)
ISSUER = "https://provider.example"
PLACES = Provider(f"{ISSUER}/authorize", f"{ISSUER}/token", f"{ISSUER}/device")
ABOUT = About(ISSUER, CLIENT, "openid", ("mfa-level",), 900)
FLOW = code_flow(ABOUT, PLACES, "d" * 32, "http://127.0.0.1:5/signed-in", ("the-state", "v" * 43, "5a" * 16))
TOKENS = {"id_token": "a.b.c", "refresh_token": "again"}


@pytest.fixture
def provider() -> Iterator[Running]:
    with serving(lambda: 1_790_000_000.0) as running:
        yield running


class Person:
    """Somebody at a browser, with a clock that moves as it is waited."""

    def __init__(self) -> None:
        self.at, self.shown = 0.0, ("", "")
        self.waits: list[float] = []

    def hands(self, **other: Any) -> Hands:
        return Hands(self.open, self.show, self.wait, lambda: self.at, **{"patience": 20.0, **other})

    def open(self, address: str) -> None:
        """Follow the provider's page back to the laptop, as a browser does."""
        threading.Thread(target=lambda: GET(address, follow_redirects=True), daemon=True).start()

    def show(self, address: str, code: str) -> None:
        self.shown = (address, code)

    def wait(self, seconds: float) -> None:
        self.waits.append(seconds)
        self.at += seconds


def about(provider: Running, **other: Any) -> About:
    return About(**{"issuer": provider.url, "client_id": CLIENT, "scope": "openid offline_access", **other})


def test_the_challenge_is_that_of_rfc_7636_appendix_b() -> None:
    verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
    assert challenge(verifier) == "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"


def test_the_address_asks_for_a_code_with_everything_that_binds_it_and_no_secret() -> None:
    asked = {name: values[0] for name, values in parse_qs(urlsplit(FLOW.address()).query).items()}
    assert asked.pop("code_challenge") == challenge("v" * 43)
    assert len(asked.pop("nonce")) == 64
    assert asked == {
        "response_type": "code",
        "client_id": CLIENT,
        "redirect_uri": "http://127.0.0.1:5/signed-in",
        "scope": "openid",
        "state": "the-state",
        "code_challenge_method": "S256",
        "acr_values": "mfa-level",
        "max_age": "900",
    }
    assert "v" * 43 not in FLOW.address() + repr(FLOW)


@pytest.mark.parametrize(
    ("query", "comes"),
    [
        ({"state": ["the-state"], "code": ["c"]}, "c"),
        ({"state": ["the-state"], "code": ["c"], "iss": [ISSUER]}, "c"),
        ({"state": ["another"], "code": ["c"]}, NotThisOne),
        ({"code": ["c"]}, NotThisOne),
        ({"state": ["the-state", "the-state"], "code": ["c"]}, NotThisOne),
        ({"state": ["the-state"], "code": ["c", "d"]}, NotThisOne),
        ({"state": ["the-state"], "code": ["c"], "iss": ["https://elsewhere.example"]}, "other-issuer"),
        ({"state": ["the-state"], "error": ["access_denied"]}, "denied"),
        ({"state": ["the-state"], "error": ["server_error"]}, "refused"),
        ({"state": ["another"], "error": ["access_denied"]}, NotThisOne),
    ],
)
def test_only_the_answer_to_this_sign_in_is_taken(query: dict[str, list[str]], comes: Any) -> None:
    assert outcome(lambda: FLOW.code_of(query)) == comes


def outcome(ask: Any) -> Any:
    try:
        return ask()
    except SignInFailed as failed:
        return failed.why
    except NotThisOne:
        return NotThisOne


WAITS = Polling("secret", "WDJB-MJHT", f"{ISSUER}/activate", 5, 600.0)


@pytest.mark.parametrize(
    ("status", "told", "now", "comes"),
    [
        (400, {"error": "authorization_pending"}, 10, WAITS),
        (400, {"error": "slow_down"}, 10, WAITS.slower()),
        (400, {"error": "authorization_pending"}, 600, "expired"),
        (400, {"error": "slow_down"}, 601, "expired"),
        (400, {"error": "expired_token"}, 10, "expired"),
        (400, {"error": "access_denied"}, 10, "denied"),
        (400, {"error": "invalid_grant"}, 10, "refused"),
        (400, {}, 10, "refused"),
        (200, TOKENS, 10, TOKENS),
    ],
)
def test_a_device_code_waits_goes_slower_or_ends(status: int, told: dict[str, str], now: float, comes: Any) -> None:
    assert outcome(lambda: after(WAITS, status, told, now)) == comes


def test_answers_that_are_no_providers_are_refused() -> None:
    whole = {"issuer": ISSUER, "authorization_endpoint": PLACES.authorize, "token_endpoint": PLACES.token}
    assert provider_of(whole, ISSUER).device == ""
    assert outcome(lambda: provider_of(whole | {"issuer": ISSUER + "/"}, ISSUER)) == "other-issuer"
    for wrong in ({"token_endpoint": "http://provider.example/token"}, {"token_endpoint": 7}, {"token_endpoint": ""}):
        assert outcome(lambda wrong=wrong: provider_of(whole | wrong, ISSUER)) == "not-a-provider"
    begun = {"device_code": "d", "user_code": "WDJB", "verification_uri": f"{ISSUER}/activate", "expires_in": 60}
    assert polling_of(begun, 0) == Polling("d", "WDJB", f"{ISSUER}/activate", 5, 60)
    for wrong in ({"user_code": "\x1b[2J"}, {"verification_uri": "javascript:alert(1)"}, {"expires_in": "soon"}):
        assert outcome(lambda wrong=wrong: polling_of(begun | wrong, 0)) == "not-a-provider"
    for told in ({}, {"id_token": 7}, {"id_token": ""}, {"id_token": "a", "refresh_token": 7}):
        assert outcome(lambda told=told: came_of(200, told, "", "browser")) == "not-a-provider"


def test_the_loopback_sends_strangers_away_and_waits_on_for_the_one_answer() -> None:
    loopback, said = Loopback(), []

    def browser() -> None:
        where = urlsplit(loopback.redirect)
        for path in (
            "/",
            "/favicon.ico",
            where.path,
            f"{where.path}?state=guess&code=c",
            f"{where.path}?{'a=1&' * 99}",
        ):
            said.append(GET(f"http://{where.netloc}{path}"))
        said.append(POST(loopback.redirect, content=b"state=the-state&code=c"))
        said.append(GET(loopback.redirect, params={"state": "the-state", "code": "the-code"}))

    calls = threading.Thread(target=browser)
    calls.start()
    try:
        assert loopback.wait(FLOW.code_of, 20) == "the-code"
        calls.join(10)
    finally:
        loopback.close()
    assert [each.status_code for each in said] == [404, 404, 400, 400, 400, 501, 200]
    assert loopback.redirect.startswith("http://127.0.0.1:")
    page = said[-1].text
    assert "close this window" in page
    assert [word for word in ("src=", "href=", "the-code", "<script") if word in page] == []
    assert said[-1].headers["content-security-policy"] == "default-src 'none'"
    assert "server" not in said[-1].headers


def test_the_loopback_gives_up_when_nobody_comes_and_when_somebody_guesses() -> None:
    loopback = Loopback()
    assert outcome(lambda: loopback.wait(FLOW.code_of, 0.05)) == "expired"

    def guess() -> None:
        for _ in range(MOST_CALLS):
            GET(loopback.redirect, params={"state": "guess", "code": "c"})

    guesses = threading.Thread(target=guess)
    guesses.start()
    assert outcome(lambda: loopback.wait(FLOW.code_of, 30)) == "expired"
    guesses.join(10)
    loopback.close()


def test_both_flows_bring_a_token_and_a_renewal_another(provider: Running) -> None:
    asha = Person()
    came = by_browser(about(provider), "d" * 32, asha.hands())
    assert came.id_token in provider.given
    assert came.id_token not in repr(came)
    assert came.refresh not in repr(came)
    assert refreshed(about(provider), came.refresh).refresh != came.refresh
    provider.polls = ["authorization_pending", "slow_down", "authorization_pending"]
    assert by_device_code(about(provider), "d" * 32, asha.hands()).id_token in provider.given
    assert asha.shown == (f"{provider.url}/activate", "WDJB-MJHT")
    assert asha.waits == [5, 5, 5 + SLOWER, 5 + SLOWER]


def test_a_provider_that_says_no_or_is_none_ends_the_sign_in_by_name(provider: Running) -> None:
    asha = Person()
    for polls, why in ((["access_denied"], "denied"), (["expired_token"], "expired"), (["slow_down"] * 99, "expired")):
        provider.polls = list(polls)
        assert outcome(lambda: by_device_code(about(provider), "d" * 32, asha.hands())) == why
    provider.account.enabled = False
    assert outcome(lambda: by_browser(about(provider), "d" * 32, asha.hands())) == "denied"
    assert outcome(lambda: refreshed(about(provider), "never given")) == "refused"
    unseen = about(provider, device_code=False)
    assert outcome(lambda: by_device_code(unseen, "d" * 32, asha.hands())) == "no-device-code"
    for raw in (
        (200, "text/html", b"<html>sign in to the network</html>"),
        (200, "application/json", b"[" * 100_000),
        (200, "application/json", b"x" * 300_000),
        (302, "text/html", b"http://127.0.0.1:9/"),
        (200, "application/json", b"[]"),
    ):
        provider.raw = {"/token": raw}
        assert outcome(lambda: refreshed(about(provider), "any")) == "not-a-provider", raw[:2]
        provider.raw = {"/.well-known/openid-configuration": raw}
        assert outcome(lambda: refreshed(about(provider), "any")) == "not-a-provider", raw[:2]
    provider.raw = {"/token": (502, "text/html", b"")}
    with pytest.raises(Unreachable):
        refreshed(about(provider), "any")


def test_a_code_that_was_used_or_belongs_to_another_verifier_gives_nothing(provider: Running) -> None:
    flow = code_flow(
        about(provider),
        provider_of(provider.discovery(), provider.url),
        "d" * 32,
        "http://127.0.0.1:5/signed-in",
        ("s", "v" * 43, ""),
    )
    code = begun(provider, flow)
    assert POST(f"{provider.url}/token", data=flow.exchange(code) | {"code_verifier": "w" * 43}).status_code == 400
    code = begun(provider, flow)
    assert POST(f"{provider.url}/token", data=flow.exchange(code)).status_code == 200
    assert POST(f"{provider.url}/token", data=flow.exchange(code)).status_code == 400


def begun(provider: Running, flow: CodeFlow) -> str:
    sent = GET(flow.address()).headers["location"]
    return flow.code_of(parse_qs(urlsplit(sent).query))
