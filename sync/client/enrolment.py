"""What a device is told when it is made known."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Enrolment:
    """What central hands over for a one-time code."""

    device: str
    worker: Mapping[str, str] = field(repr=False)
    epoch: str
    keys: Mapping[str, str]
    council: str
    duty: Mapping[str, str]
    session: Mapping[str, str] = field(default_factory=dict, repr=False)
    """The first session, where the device came with a sign-in."""
