"""What can go wrong with the provider, each by a name and a sentence. No token, code or address is in a message."""

from __future__ import annotations

from collections.abc import Mapping

from sync.errors import SyncError

SENTENCES: Mapping[str, str] = {
    "not-a-provider": "What answered is not your council's sign-in, or not as it should.",
    "no-device-code": "Your council's sign-in does not work without a browser.",
    "denied": "The sign-in was refused.",
    "expired": "The sign-in took too long.",
    "refused": "Your council's sign-in did not take that.",
    "other-issuer": "The answer came from another sign-in than your council's.",
}


class SignInFailed(SyncError):
    """A sign-in that did not come to its end; `why` is its name."""

    cure = "Nothing is lost. Sign in again; if it fails again, tell your lead."

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why
        self.said = SENTENCES[why]


class NotThisOne(Exception):
    """A call on the loopback that is not the answer we wait for: it is sent away, and the wait goes on."""
