"""Dates, times and states as words. Pure."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fieldkit.workspace.device_views import Status

STATES = {"draft": "draft", "complete": "ready to go", "sent": "sent", "confirmed": "confirmed"}
PRACTICE = "PRACTICE"
"""What stands first in the state of a laptop whose council is made up."""


def day(on: date) -> str:
    """Thu 26 Nov."""
    return f"{on:%a} {on.day} {on:%b}"


def long_day(on: date) -> str:
    """Monday 23 November."""
    return f"{on:%A} {on.day} {on:%B}"


def moment(at: datetime, now: datetime) -> str:
    """16:05 today, Thu 16:05 within a week, Thu 5 Nov 16:05 else."""
    local = at.astimezone(now.tzinfo)
    days = abs((now.date() - local.date()).days)
    return f"{local:%H:%M}" if not days else f"{local:%a %H:%M}" if days < 7 else f"{day(local.date())} {local:%H:%M}"


def state_line(status: Status, now: datetime) -> str:
    """The honest state of sync in a few words; what cannot be left out stands first."""
    parts = [PRACTICE] if status.practice else []
    parts.append("not enrolled" if not status.enrolled else f"{status.waiting} waiting")
    if status.files:
        parts.append(f"{status.files} files wait" if status.files > 1 else "1 file waits")
    if status.enrol_again:
        parts.append("enrol again with a new code")
    if status.sign_in:
        parts.append("sign in for what is new")
    if status.parked:
        parts.append(f"{status.parked} need a person")
    parts.append(f"synced {moment(status.last_sync, now)}" if status.last_sync else "never synced")
    return " · ".join(parts)
