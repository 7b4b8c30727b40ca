"""Central takes an ID token only when it is the provider's word, for us, for this laptop, about now; else by name."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from hypothesis import given
from hypothesis import strategies as st

from sync.protocol.sign_in import DEVICE_CODE, nonce_of
from sync.server.signin_keys import ProviderAway, fetch_keys, usable
from sync.server.signin_settings import SignIn
from sync.server.signin_token import Asked, Fault, Person, TokenRefused, claims_of, header_of, person_of
from tests.central_fixture import RunningCentral
from tests.oidc_provider import CLIENT, LIFE, PrivateKey, Provider, SigningKey, rsa_key, serving
from tests.sync.server.laptop import Laptop
from tests.sync.server.signing_council import ROLES, SALT, Council, bring, refused, signing

Claims = dict[str, Any]
NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


@pytest.fixture
def council(central: RunningCentral) -> Iterator[Council]:
    yield from signing(central)


@pytest.fixture
def asha(council: Council) -> Laptop:
    return Laptop(council.central, "Asha Patel")


def other(**claims: Any) -> Callable[[Provider, Claims], str]:
    return lambda provider, told: provider.token(**(told | claims))


def later(name: str, seconds: int) -> Callable[[Provider, Claims], str]:
    return lambda provider, told: provider.token(**(told | {name: told["iat"] + seconds}))


def nonce(laptop: Laptop) -> str:
    return nonce_of(laptop.identity.device, SALT)


def without(name: str) -> Callable[[Provider, Claims], str]:
    return lambda provider, told: provider.token(**{each: value for each, value in told.items() if each != name})


def header(**members: Any) -> Callable[[Provider, Claims], str]:
    return lambda provider, told: provider.token(members, **told)


def altered(provider: Provider, told: Claims) -> str:
    head, body, signature = provider.token(**told).split(".")
    return f"{head}.{body[:-2]}AA.{signature}"


def of_another_key(provider: Provider, told: Claims) -> str:
    stranger = Provider(provider.now)
    stranger.rotate(rsa_key(2), provider.keys[0].kid)
    return stranger.token(**told)


MISBEHAVIOURS: dict[str, tuple[Callable[[Provider, Claims], str], str, str]] = {
    "no signature": (lambda p, told: p.token({"alg": "none"}, signs=False, **told), "algorithm", "not-valid"),
    "HMAC with the public key": (header(alg="HS256"), "algorithm", "not-valid"),
    "an algorithm of another key": (header(alg="ES256"), "algorithm", "not-valid"),
    "a key it brings itself": (header(jwk={"kty": "RSA"}), "foreign-key", "not-valid"),
    "an address of keys": (header(jku="https://example.org/keys"), "foreign-key", "not-valid"),
    "another type of token": (header(typ="at+jwt"), "type", "not-valid"),
    "a key nobody knows": (header(kid="unheard-of"), "unknown-key", "not-valid"),
    "no key named": (header(kid=None), "unknown-key", "not-valid"),
    "an altered body": (altered, "signature", "not-valid"),
    "a stranger's signature": (of_another_key, "signature", "not-valid"),
    "another issuer": (other(iss="https://elsewhere.example"), "issuer", "not-valid"),
    "for another client": (other(aud="somebody-else"), "audience", "not-valid"),
    "for several, of nobody": (other(aud=[CLIENT, "somebody-else"]), "authorised-party", "not-valid"),
    "for us, of another party": (other(azp="somebody-else"), "authorised-party", "not-valid"),
    "about nobody": (without("sub"), "subject", "not-valid"),
    "expired": (later("exp", -61), "expired", "not-valid"),
    "without an end": (without("exp"), "malformed", "not-valid"),
    "an end that is no number": (other(exp="tomorrow"), "malformed", "not-valid"),
    "an end beyond all numbers": (other(exp=float("nan")), "malformed", "not-valid"),
    "an endless end": (other(exp=10**400), "malformed", "not-valid"),
    "said in the future": (later("iat", 61), "not-yet", "not-valid"),
    "not valid yet": (later("nbf", 61), "not-yet", "not-valid"),
    "said long ago": (later("iat", -LIFE - 400), "stale", "not-valid"),
    "without a nonce": (without("nonce"), "nonce", "not-valid"),
    "another nonce": (other(nonce="ab" * 32), "nonce", "not-valid"),
    "no second factor": (other(amr=["pwd"]), "factor", "weak"),
    "proved yesterday": (later("auth_time", -13 * 3600), "long-ago", ""),
    "in no group of ours": (other(roles=["accounts"]), "role", "role"),
    "no token at all": (lambda _p, _told: "a.b", "malformed", "not-valid"),
    "no JSON": (lambda _p, _told: "a.b.c", "malformed", "not-valid"),
    "endless": (lambda p, told: p.token(**told, more="x" * 20_000), "malformed", "not-valid"),
}


@pytest.mark.parametrize("misbehaviour", MISBEHAVIOURS)
def test_a_token_that_is_not_as_it_must_be_is_refused_by_name(misbehaviour: str) -> None:
    forge, fault, _ = MISBEHAVIOURS[misbehaviour]
    provider = Provider(lambda: NOW.timestamp())
    provider.url = "https://provider.example"
    with pytest.raises(TokenRefused) as told:
        taken(forge(provider, provider.claims_for("ab" * 16)), provider)
    assert told.value.fault == fault
    assert taken(provider.token(**provider.claims_for("ab" * 16)), provider).role == "worker"


def taken(token: str, provider: Provider) -> Person:
    """What is made of a token, with the provider's keys at hand."""
    settings = SignIn(provider.url, CLIENT, roles=ROLES, amr=("mfa",))
    kid, _ = header_of(token)
    key = usable({"keys": [each.public() for each in provider.keys]}).get(kid)
    if key is None:
        raise TokenRefused(Fault.UNKNOWN_KEY)
    return person_of(claims_of(token, key), settings, Asked("browser", "ab" * 16), NOW)


def test_central_takes_none_of_them_tells_why_in_a_workers_words_and_notes_the_name(
    council: Council, asha: Laptop
) -> None:
    for misbehaviour, (forge, fault, reason) in MISBEHAVIOURS.items():
        token = forge(council.provider, council.provider.claims_for(nonce(asha)))
        wanted = "-".join(filter(None, ("sign-in", reason)))
        assert (misbehaviour, refused(lambda told=token: bring(asha, told))) == (misbehaviour, wanted)
        assert council.audit()[-1] == f"sign-in-refused {fault}"
    with council.central.rows() as rows:
        assert rows.execute("select count(*) from session").fetchone() == (0,)
    assert council.provider.asked.count("/keys") == 1


@given(st.text() | st.lists(st.text(max_size=20), min_size=3, max_size=3).map(".".join))
def test_no_text_whatever_is_a_token_or_a_mistake(text: str) -> None:
    with pytest.raises(TokenRefused):
        header_of(text)


@pytest.mark.filterwarnings("ignore:EdDSA is deprecated")
def test_the_older_name_of_ed25519_is_taken_with_a_key_of_that_name() -> None:
    provider = Provider(lambda: NOW.timestamp())
    provider.rotate(ed25519.Ed25519PrivateKey.generate(), "older")
    token = provider.token({"alg": "EdDSA"}, **provider.claims_for("ab" * 16))
    key = provider.keys[0].public()
    assert claims_of(token, key | {"alg": "EdDSA"})["nonce"] == "ab" * 16
    for wrong in ({"alg": "Ed25519"}, {"kty": "RSA", "alg": "EdDSA"}):
        with pytest.raises(TokenRefused, match="algorithm"):
            claims_of(token, key | wrong)


def test_a_factor_is_shown_by_a_level_or_by_a_way_of_signing_in() -> None:
    settings = SignIn("https://provider.example", CLIENT, acr=("two-factors",), amr=("mfa", "hwk"))
    told = {"iss": settings.issuer, "aud": CLIENT, "sub": "s", "iat": NOW.timestamp(), "exp": NOW.timestamp() + 60}
    right: tuple[Claims, ...] = ({"acr": "two-factors"}, {"amr": ["pwd", "hwk"]}, {"amr": "mfa"})
    wrong: tuple[Claims, ...] = ({}, {"acr": "one-factor"}, {"acr": ["two-factors"]}, {"amr": {"mfa": True}})
    for shows in right:
        assert person_of(told | shows, settings, Asked("renewal"), NOW).subject == "s"
    for shows in wrong:
        with pytest.raises(TokenRefused, match="factor"):
            person_of(told | shows, settings, Asked("renewal"), NOW)


def test_how_long_ago_a_person_proved_who_they_are_is_asked_at_a_beginning_and_not_at_a_renewal() -> None:
    settings = SignIn("https://provider.example", CLIENT, max_age=900)
    told = {"iss": settings.issuer, "aud": CLIENT, "sub": "s", "iat": NOW.timestamp(), "exp": NOW.timestamp() + 60}
    for proved in ({}, {"auth_time": NOW.timestamp() - 961}):
        with pytest.raises(TokenRefused, match="long-ago"):
            person_of(told | proved, settings, Asked("device-code"), NOW)
        assert person_of(told | proved, settings, Asked("renewal"), NOW).role == ""


def test_a_token_as_it_must_be_is_taken_whatever_key_the_provider_has(council: Council, asha: Laptop) -> None:
    keys: tuple[PrivateKey, ...] = (ec.generate_private_key(ec.SECP256R1()), ed25519.Ed25519PrivateKey.generate())
    for private in (rsa_key(1), *keys):
        council.provider.rotate(private, type(private).__name__)
        assert bring(asha, council.token_for(asha))["access"]
        council.central.clock.pass_time(seconds=61)
    assert council.audit() == ["sign-in-bound", *["sign-in"] * 3]


def test_a_token_serves_one_laptop_once(council: Council, asha: Laptop) -> None:
    ben = Laptop(council.central, "Asha Patel")
    token = council.token_for(asha)
    assert refused(lambda: bring(ben, token)) == "sign-in-not-valid"
    bring(asha, token)
    assert refused(lambda: bring(asha, token, "another")) == "sign-in-not-valid"
    assert council.audit()[-1] == "sign-in-refused replayed"


def test_a_token_of_a_device_code_serves_one_laptop_once_and_only_where_the_council_allows_it(
    council: Council, asha: Laptop
) -> None:
    second, token = Laptop(council.central, "Asha Patel"), council.provider.token(**council.provider.claims_for())
    assert bring(asha, token, flow=DEVICE_CODE)["access"]
    assert refused(lambda: bring(second, token, flow=DEVICE_CODE)) == "sign-in-not-valid"
    council.set(device_code=False)
    fresh = council.provider.token(**council.provider.claims_for(), jti="2")
    assert refused(lambda: bring(second, fresh, flow=DEVICE_CODE)) == "sign-in-not-valid"
    assert council.audit()[-1] == "sign-in-refused flow"


def test_a_key_that_is_not_known_is_asked_for_at_most_once_a_minute(council: Council, asha: Laptop) -> None:
    bring(asha, council.token_for(asha))
    for number in range(5):
        strange = council.provider.token({"kid": f"strange-{number}"}, **council.provider.claims_for(nonce(asha)))
        assert refused(lambda token=strange: bring(asha, token)) == "sign-in-not-valid"
    assert council.provider.asked.count("/keys") == 1
    council.provider.rotate(ec.generate_private_key(ec.SECP256R1()), "second")
    council.central.clock.pass_time(seconds=61)
    assert bring(asha, council.token_for(asha))["access"]
    assert council.provider.asked.count("/keys") == 2


def test_a_key_the_provider_has_withdrawn_is_taken_for_an_hour_at_most(council: Council, asha: Laptop) -> None:
    before = council.provider.keys
    bring(asha, council.token_for(asha))
    council.provider.rotate(rsa_key(2), "second")
    council.central.clock.pass_time(minutes=61)
    now, council.provider.keys = council.provider.keys, before
    token = council.token_for(asha)
    council.provider.keys = now
    assert refused(lambda: bring(asha, token)) == "sign-in-not-valid"
    assert council.audit()[-1] == "sign-in-refused unknown-key"


def test_keys_serve_for_a_day_while_the_provider_is_away_and_no_longer(council: Council, asha: Laptop) -> None:
    bring(asha, council.token_for(asha))
    council.provider.raw = {"/keys": (503, "text/html", b"")}
    council.central.clock.pass_time(hours=23)
    assert bring(asha, council.token_for(asha))["access"]
    council.central.clock.pass_time(hours=1)
    assert refused(lambda: bring(asha, council.token_for(asha))) == "sign-in-away"


NO_PROVIDER = [
    ("/keys", (200, "text/html", b"<html>sign in to the network</html>")),
    ("/keys", (200, "application/json", b'{"keys": "' + b"x" * 300_000 + b'"}')),
    ("/keys", (200, "application/json", b"[" * 100_000)),
    ("/keys", (302, "text/html", b"http://127.0.0.1:9/keys")),
    ("/keys", (500, "application/json", b"{}")),
    ("/.well-known/openid-configuration", (200, "application/json", b'{"issuer": "https://elsewhere.example"}')),
    ("/.well-known/openid-configuration", (404, "application/json", b"{}")),
]


def test_a_provider_that_answers_with_anything_but_its_keys_has_none() -> None:
    with serving(lambda: NOW.timestamp()) as provider:
        for path, raw in NO_PROVIDER:
            provider.raw = {path: raw}
            with pytest.raises(ProviderAway):
                fetch_keys(provider.url)
        provider.raw = {}
        assert list(fetch_keys(provider.url)) == ["first"]
        with pytest.raises(ProviderAway):
            fetch_keys(provider.url.replace("127.0.0.1", "0.0.0.0"))


def test_keys_that_are_short_secret_or_for_something_else_are_none() -> None:
    whole = SigningKey("first", rsa_key(1)).public()
    assert list(usable({"keys": [whole, "nonsense", {"kid": "bare"}]})) == ["first"]
    wrong = ({"n": whole["n"][:170]}, {"d": "AA"}, {"use": "enc"}, {"kid": 1}, {"kty": "oct", "k": "AA"})
    assert usable({"keys": [whole | each for each in wrong]}) == {}
    with pytest.raises(ProviderAway):
        usable({"keys": {"first": whole}})
