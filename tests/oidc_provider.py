"""A small real OpenID Connect provider on loopback: discovery, authorisation, tokens, device codes, keys that rotate.

One scripted person agrees at once. Every way a provider, or somebody in its name, can misbehave is a switch.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import secrets
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

CLIENT = "fieldkit-laptops"
LIFE = 300
DEVICE_GRANT = "urn:ietf:params:oauth:grant-type:device_code"
PrivateKey = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey
Answer = tuple[int, dict[str, Any]]


def b64(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


@cache
def rsa_key(number: int) -> rsa.RSAPrivateKey:
    """The RSA keys of this test run; making one takes time."""
    return rsa.generate_private_key(65537, 2048)


@dataclass
class SigningKey:
    """One key of the provider, under its id."""

    kid: str
    private: PrivateKey

    @property
    def algorithm(self) -> str:
        if isinstance(self.private, rsa.RSAPrivateKey):
            return "RS256"
        return "ES256" if isinstance(self.private, ec.EllipticCurvePrivateKey) else "Ed25519"

    def sign(self, message: bytes) -> bytes:
        if isinstance(self.private, rsa.RSAPrivateKey):
            return self.private.sign(message, padding.PKCS1v15(), hashes.SHA256())
        if isinstance(self.private, ec.EllipticCurvePrivateKey):
            r, s = decode_dss_signature(self.private.sign(message, ec.ECDSA(hashes.SHA256())))
            return r.to_bytes(32, "big") + s.to_bytes(32, "big")
        return self.private.sign(message)

    def public(self) -> dict[str, str]:
        """The key as JSON."""
        told = {"kid": self.kid, "use": "sig", "alg": self.algorithm}
        key = self.private.public_key()
        if isinstance(key, rsa.RSAPublicKey):
            numbers = key.public_numbers()
            return told | {
                "kty": "RSA",
                "n": b64(numbers.n.to_bytes(256, "big")),
                "e": b64(numbers.e.to_bytes(3, "big")),
            }
        if isinstance(key, ec.EllipticCurvePublicKey):
            point = key.public_numbers()
            x, y = (b64(each.to_bytes(32, "big")) for each in (point.x, point.y))
            return told | {"kty": "EC", "crv": "P-256", "x": x, "y": y}
        return told | {"kty": "OKP", "crv": "Ed25519", "x": b64(key.public_bytes_raw())}

    def pem(self) -> bytes:
        """The public key as a file: what a careless reader takes for an HMAC's secret."""
        form = serialization.PublicFormat.SubjectPublicKeyInfo
        return self.private.public_key().public_bytes(serialization.Encoding.PEM, form)


@dataclass
class Account:
    """The person who agrees."""

    subject: str = "subject-asha"
    name: str = "Asha Patel"
    roles: list[str] = field(default_factory=lambda: ["fieldkit-worker"])
    amr: list[str] = field(default_factory=lambda: ["pwd", "mfa"])
    enabled: bool = True


class Provider:
    """The provider: who is there, what it has given out, and the switches."""

    def __init__(self, now: Callable[[], float]) -> None:
        self.now = now
        self.url = ""
        self.account = Account()
        self.keys = [SigningKey("first", rsa_key(1))]
        self.codes: dict[str, dict[str, str]] = {}
        self.refreshes: dict[str, str] = {}
        self.waiting: dict[str, list[str]] = {}
        self.asked: list[str] = []
        self.given: list[str] = []
        """Every secret that was handed out: none may be found where it does not belong."""
        self.claims: Callable[[dict[str, Any]], None] = lambda _claims: None
        """Changes what the next ID tokens say."""
        self.forge: Callable[[dict[str, Any]], str] | None = None
        """Makes the ID token instead of us."""
        self.polls: list[str] = []
        """What the next questions of a device code are answered, one after another; then the tokens."""
        self.raw: dict[str, tuple[int, str, bytes]] = {}
        """Path → the bare answer given instead: status, type, bytes."""
        self.gives_refresh = True

    # -- what a test does

    def rotate(self, private: PrivateKey, kid: str) -> None:
        """Sign with another key from now on; the one before is published no more."""
        self.keys = [SigningKey(kid, private)]

    def token(self, header: dict[str, Any] | None = None, signs: bool = True, **claims: Any) -> str:
        """An ID token with any header and any claims."""
        key = self.keys[0]
        told = {"alg": key.algorithm, "kid": key.kid, "typ": "JWT"} | (header or {})
        message = f"{b64(json.dumps(told).encode())}.{b64(json.dumps(claims).encode())}"
        if told["alg"] == "HS256":
            return f"{message}.{b64(hmac.digest(key.pem(), message.encode(), 'sha256'))}"
        return f"{message}.{b64(key.sign(message.encode())) if signs else ''}"

    def claims_for(self, nonce: str = "", **other: Any) -> dict[str, Any]:
        """What an ID token says of the account now."""
        now = int(self.now())
        told = {"iss": self.url, "sub": self.account.subject, "aud": CLIENT, "iat": now, "exp": now + LIFE}
        told |= {"auth_time": now, "name": self.account.name, "roles": self.account.roles, "amr": self.account.amr}
        return told | ({"nonce": nonce} if nonce else {}) | other

    # -- what is asked

    def discovery(self) -> dict[str, Any]:
        """The discovery document."""
        return {
            "issuer": self.url,
            "authorization_endpoint": f"{self.url}/authorize",
            "token_endpoint": f"{self.url}/token",
            "device_authorization_endpoint": f"{self.url}/device",
            "jwks_uri": f"{self.url}/keys",
        }

    def authorize(self, asked: dict[str, str]) -> str:
        """The scripted person agrees: where the browser is sent."""
        if not self.account.enabled:
            return f"{asked['redirect_uri']}?{urlencode({'error': 'access_denied', 'state': asked['state']})}"
        assert asked["code_challenge_method"] == "S256"
        code = self._secret()
        self.codes[code] = asked
        return f"{asked['redirect_uri']}?{urlencode({'code': code, 'state': asked['state'], 'iss': self.url})}"

    def tokens(self, form: dict[str, str]) -> Answer:
        """The token endpoint."""
        if form.get("client_id") != CLIENT:
            return 401, {"error": "invalid_client"}
        match form.get("grant_type"):
            case "authorization_code":
                return self._by_code(form)
            case "refresh_token":
                return self._by_refresh(form)
            case grant if grant == DEVICE_GRANT:
                return self._by_device(form)
        return 400, {"error": "unsupported_grant_type"}

    def device(self) -> Answer:
        """The device authorisation endpoint."""
        code = self._secret()
        self.waiting[code] = list(self.polls)
        told = {"device_code": code, "user_code": "WDJB-MJHT", "verification_uri": f"{self.url}/activate"}
        return 200, told | {"expires_in": 600, "interval": 5}

    def _by_code(self, form: dict[str, str]) -> Answer:
        begun = self.codes.pop(form["code"], None)
        proof = b64(hashlib.sha256(form["code_verifier"].encode()).digest())
        if begun is None or begun["code_challenge"] != proof or begun["redirect_uri"] != form["redirect_uri"]:
            return 400, {"error": "invalid_grant"}
        return self._give(begun["nonce"])

    def _by_refresh(self, form: dict[str, str]) -> Answer:
        owner = self.refreshes.pop(form["refresh_token"], None)
        if owner != self.account.subject or not self.account.enabled:
            return 400, {"error": "invalid_grant"}
        return self._give("")

    def _by_device(self, form: dict[str, str]) -> Answer:
        answers = self.waiting.get(form["device_code"])
        if answers is None:
            return 400, {"error": "invalid_grant"}
        if answers:
            return 400, {"error": answers.pop(0)}
        del self.waiting[form["device_code"]]
        return self._give("")

    def _give(self, nonce: str) -> Answer:
        claims = self.claims_for(nonce)
        self.claims(claims)
        token = self.forge(claims) if self.forge else self.token(**claims)
        self.given.append(token)
        told = {"access_token": self._secret(), "token_type": "Bearer", "expires_in": LIFE, "id_token": token}
        if self.gives_refresh:
            refresh = self._secret()
            self.refreshes[refresh] = self.account.subject
            told["refresh_token"] = refresh
        return 200, told

    def _secret(self) -> str:
        made = secrets.token_urlsafe(24)
        self.given.append(made)
        return made


class _Door(BaseHTTPRequestHandler):
    """HTTP around a provider."""

    provider: Provider

    def do_GET(self) -> None:
        path, query = self._path()
        if path == "/authorize":
            self.send_response(302)
            self.send_header("location", self.provider.authorize(query))
            self.end_headers()
        elif path == "/.well-known/openid-configuration":
            self._say(path, 200, self.provider.discovery())
        elif path == "/keys":
            self._say(path, 200, {"keys": [key.public() for key in self.provider.keys]})
        else:
            self._say(path, 404, {})

    def do_POST(self) -> None:
        path, _ = self._path()
        body = self.rfile.read(int(self.headers["content-length"])).decode()
        form = {name: values[0] for name, values in parse_qs(body).items()}
        if path in self.provider.raw:
            self._say(path, 0, {})
        else:
            self._say(path, *(self.provider.device() if path == "/device" else self.provider.tokens(form)))

    def _path(self) -> tuple[str, dict[str, str]]:
        asked = urlsplit(self.path)
        self.provider.asked.append(asked.path)
        return asked.path, {name: values[0] for name, values in parse_qs(asked.query).items()}

    def _say(self, path: str, status: int, told: dict[str, Any]) -> None:
        kind, body = "application/json", json.dumps(told).encode()
        status, kind, body = self.provider.raw.get(path, (status, kind, body))
        self.send_response(status)
        self.send_header("content-type", kind)
        self.send_header("content-length", str(len(body)))
        if status == 302:
            self.send_header("location", body.decode())
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Nothing is written."""


@contextmanager
def serving(now: Callable[[], float]) -> Iterator[Provider]:
    """A provider that answers on loopback."""
    provider = Provider(now)
    door = type("Door", (_Door,), {"provider": provider})
    server = ThreadingHTTPServer(("127.0.0.1", 0), door)
    server.daemon_threads = True
    provider.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield provider
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)
