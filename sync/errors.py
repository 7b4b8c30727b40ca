"""What can go wrong between a device and central, each with its cure. No message holds an answer or a name."""

from __future__ import annotations

MISSHAPEN = (AttributeError, IndexError, KeyError, OverflowError, RecursionError, TypeError, ValueError)
"""What reading JSON of another shape than expected may raise: `1e999` is a number for JSON and none for `int`."""


class SyncError(Exception):
    """The base of sync's errors: `said` tells what happened, `cure` what to do."""

    said = "Sync did not finish."
    cure = "Nothing is lost. Try again."

    def __str__(self) -> str:
        return self.said


class Unreachable(SyncError):
    """Central did not answer: no network, a time-out, a server in trouble."""

    said = "Central did not answer."
    cure = "Nothing is lost: what central has not confirmed waits here as it was. Go on working; try again later."

    def __init__(self, *, answered: bool = False, after: float = 0.0) -> None:
        super().__init__(self.said)
        self.answered = answered
        """Whether there is a way to central: something at its address answered, or took the request and was cut off."""
        self.after = after
        """Seconds to wait before the next try, as central asked (0: it did not say)."""


class NotCentral(SyncError):
    """Something answered that is not central: a captive portal, a proxy, garbage."""

    said = "Something other than central answered."
    cure = "Nothing was marked sent. Sign in to the network if it asks for that, or check central's address."


class Rejected(SyncError):
    """Central refused the request as a whole; `reason` is the code of `sync.protocol.Reason`."""

    cure = "Nothing is lost. Tell whoever looks after central."

    def __init__(self, reason: str, said: str = "") -> None:
        super().__init__(reason)
        self.reason = reason
        self.said = said or "Central refused this device's request."


class Malformed(SyncError):
    """A message was not of the protocol's form."""

    said = "A message was not in the form that central and device agreed on."
    cure = "Nothing was changed. Update the older side."


class TooLarge(Malformed):
    """A message was larger than the protocol allows."""

    said = "A message was larger than allowed."
    cure = "Nothing was changed. Send fewer changes at once."


class OlderCopy(SyncError):
    """Central has changes of this device that the device itself does not know: an older copy of it was put back."""

    said = "This is an older copy of this laptop's store: central has had more from it than it knows of."
    cure = (
        "Nothing was overwritten, here or there. Run `fieldkit enrol URL CODE` here with a new code: "
        "it goes on under a new id."
    )
