"""How a device signs a request (RFC 9421, RFC 9530) and what it is called."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass

from sync.changes import canonical


@dataclass(frozen=True, slots=True)
class RequestFacts:
    """What a device signs of each request (RFC 9421: derived components and parameters)."""

    method: str
    path: str
    body_digest: str
    created: int
    nonce: str
    device: str

    def base(self) -> bytes:
        """The signature base of RFC 9421 section 2.5."""
        lines = (
            f'"@method": {self.method}',
            f'"@path": {self.path}',
            f'"content-digest": {self.body_digest}',
            f'"@signature-params": {self.params()}',
        )
        return "\n".join(lines).encode("ascii")

    def params(self) -> str:
        """The parameters, as they also stand in `signature-input`."""
        covered = '("@method" "@path" "content-digest")'
        return f'{covered};created={self.created};nonce="{self.nonce}";keyid="{self.device}";alg="ed25519"'

    def headers(self, signature: bytes) -> dict[str, str]:
        """The three headers of a signed request."""
        return {
            "content-digest": self.body_digest,
            "signature-input": f"fk={self.params()}",
            "signature": f"fk=:{base64.b64encode(signature).decode('ascii')}:",
        }


def content_digest(body: bytes) -> str:
    """The `content-digest` header of RFC 9530."""
    return f"sha-256=:{base64.b64encode(hashlib.sha256(body).digest()).decode('ascii')}:"


def device_id(public_key: bytes) -> str:
    """A device's id: the fingerprint of its Ed25519 public key."""
    return hashlib.sha256(public_key).hexdigest()[:32]


def answer_message(nonce: str, body: bytes) -> bytes:
    """What central signs of an answer with its receipt key, sent as base64 in the header `ANSWER_SIGNATURE`.

    It names the request's nonce, so that no answer serves for another question.
    """
    return canonical(["fieldkit-answer-1", nonce, content_digest(body)])
