"""What every part of the workspace stands on: the open store, the device's key, who works here, one way to save."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from threading import Event, Lock
from typing import Any
from zoneinfo import ZoneInfo

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from fieldkit.casework.clock_quality import Heard, Reading
from fieldkit.casework.lease import Lease, days
from fieldkit.config import (
    IDLE_MINUTES,
    LONGEST_IDLE,
    REAL_KDF,
    SHORTEST_IDLE,
    ZONE,
    Clock,
    KdfPolicy,
    boot,
    since_boot,
)
from fieldkit.errors import FieldkitError, NotEnrolled, Refused, UnknownRecord
from fieldkit.store import room
from fieldkit.store.records import Record
from fieldkit.store.replica import CENTRAL_TIME, StoreReplica
from fieldkit.store.store import Store
from fieldkit.store.writer import Writer
from fieldkit.vault import REGISTER, Vault
from fieldkit.workspace import ids, signed_forms
from fieldkit.workspace.allowed import Standing
from fieldkit.workspace.device_views import Duty, Room
from fieldkit.workspace.views import Me
from sync.changes import NO_TRUNK, Change, Patch, State, Value
from sync.client.http import Identity

LATEST = "latest_time"
"""The fact that tells the latest time that this device has seen."""
OFFSET = "lease_offset"
"""The fact that tells how many seconds central's clock was ahead of ours at the last sync."""
_LONG_AGO = "1970-01-01T00:00:00+00:00"
IMMUTABLE = frozenset({"signature", "visit"})
"""Kinds that `edit` refuses: a correction is a new entry (SYNC section 6)."""
FORMER_IDS = "former_ids"
"""Where the ids are kept that this device had before it was enrolled anew."""
DEVICE_KEY = "device_key"
"""Where the device's own key is kept."""


@dataclass(slots=True)
class Parts:
    """What an opened workspace is made of."""

    vault: Vault
    store: Store
    clock: Clock
    key: Ed25519PrivateKey = field(repr=False)
    kdf: KdfPolicy = REAL_KDF


class Core:
    """State and the one way to save; the verbs are in the parts that build on it."""

    def __init__(self, parts: Parts) -> None:
        self.vault = parts.vault
        self.store = parts.store
        self.clock = parts.clock
        self._key = parts.key
        self.kdf = parts.kdf
        self.identity = self._identified()
        self._seen, self._ticks = datetime.fromisoformat(_LONG_AGO), self.clock.monotonic()
        self.store.audit.person = self.me.kept_by
        self.replica = StoreReplica(self.store, self.identity.device, self._form_fault)
        self.room = Room()
        self.closed = False
        self._closing = Lock()
        self.health_notices: tuple[str, ...] = ()
        """What the check of the store behind the screen found."""
        self._leaving = Event()
        self.pause: Callable[[float], bool] = self._pause
        """Waits so many seconds; False: the workspace was closed meanwhile."""
        self.loaded_forms: dict[str, Any] = {}
        self._listeners: dict[str, Any] = {}
        self._troubled: Callable[[FieldkitError], None] = lambda _wrong: None
        self.writer = Writer(self.store, self._saved, self._not_saved)

    # -- who and where

    @property
    def me(self) -> Me:
        """Who works here: the person who opened it, with their own account or with the device's."""
        told = self._fact("worker")
        enrolled = bool(told)
        name, worker, role = (str(told.get(part, "")) for part in ("name", "id", "role"))
        person = self.vault.person
        other = not self.store.people.is_owner(person.id)
        if other:
            account = self.store.records.get(person.worker) if person.worker else None
            name = str(account.state.get("name") or person.handle) if account else person.handle
            role = str(account.state.get("role") or "worker") if account else "worker"
            worker = person.worker or worker
        here = (self.identity.device, enrolled, person.id, person.id if other else "", person.role == REGISTER)
        return Me(name, worker, role or "worker", str(told.get("team", "")), *here)

    @property
    def standing(self) -> Standing:
        """What decides which verbs there are now."""
        lease = self.lease()
        return Standing(self.vault.person.role, lease is not None and lease.is_over(self._latest()))

    def lease(self) -> Lease | None:
        """What the last sync granted; None before there was one."""
        heard = self.store.meta(CENTRAL_TIME)
        settings = next(iter(self.store.records.of_kind("settings", 1)), None)
        told = settings.state.get("lease/days") if settings else None
        return Lease(datetime.fromisoformat(heard), days(told)) if heard else None

    def _latest(self) -> datetime:
        """The latest time seen on this device: a clock that is set back changes nothing, and time goes on from there.

        Kept each minute, so that the next start knows it too.
        """
        offset = timedelta(seconds=float(self.store.meta(OFFSET) or 0))
        now, ticks = self.clock.now() + offset, self.clock.monotonic()
        before = max(self._seen, datetime.fromisoformat(self.store.meta(LATEST) or _LONG_AGO))
        latest = max(now, before + timedelta(seconds=max(ticks - self._ticks, 0)))
        self._seen, self._ticks = latest, ticks
        if latest - datetime.fromisoformat(self.store.meta(LATEST) or _LONG_AGO) > timedelta(minutes=1):
            self.store.set_meta(LATEST, latest.isoformat())
        return latest

    @property
    def duty(self) -> Duty:
        """The numbers to ring: from central's settings, else as told at enrolment."""
        settings = next(iter(self.store.records.of_kind("settings", 1)), None)
        told = self._fact("duty")
        state: Mapping[str, Value] = settings.state if settings else {}
        return Duty(*(str(state.get(f"duty/{when}") or told.get(when, "")) for when in ("day", "night")))

    def _heard_central(self) -> None:
        """Central's time is the right one: from here on this device's own clock only says how much has passed."""
        heard = datetime.fromisoformat(self.store.meta(CENTRAL_TIME) or _LONG_AGO)
        self._seen, self._ticks = heard, self.clock.monotonic()
        self.store.set_meta(LATEST, heard.isoformat())
        self.store.set_meta(OFFSET, str((heard - self.clock.now()).total_seconds()))

    def _identified(self) -> Identity:
        """Who asks central: the device's key, and the worker's session where there is one."""
        return Identity(self._key, self._central_key("receipt"), self._central_seconds, self.session_token)

    def session_token(self) -> str:
        """The access token of the worker's session; empty without one."""
        return ""

    def _fact(self, name: str) -> dict[str, Any]:
        kept = self.store.meta(name)
        made: dict[str, Any] = json.loads(kept) if kept else {}
        return made

    def former_ids(self) -> tuple[str, ...]:
        """The ids this device had before a fork: what central countersigned then names them."""
        return tuple(json.loads(self.store.meta(FORMER_IDS) or "[]"))

    def _central_key(self, name: str) -> bytes:
        return bytes.fromhex(str(self._fact("central_keys").get(name, "")))

    def _form_fault(self, told: State) -> str:
        return signed_forms.fault(told, self._central_key("forms"))

    def _central_seconds(self) -> int:
        return int(self.clock.now().timestamp()) + int(self.store.meta("clock_offset") or 0)

    def reading(self) -> Reading:
        """This laptop's clocks now."""
        return Reading(self.clock.now(), since_boot(self.clock), boot())

    def central_heard(self) -> Heard | None:
        """Central's clock as it was last heard, with this laptop's clocks then; None before that."""
        told = self._fact("central_heard")
        if not told:
            return None
        then = Reading(datetime.fromisoformat(told["wall"]), float(told["running"]), str(told["boot"]))
        return Heard(datetime.fromisoformat(told["central"]), then)

    @property
    def zone(self) -> str:
        """The council's time zone."""
        settings = next(iter(self.store.records.of_kind("settings", 1)), None)
        return str((settings.state.get("zone") if settings else "") or ZONE)

    @property
    def idle_minutes(self) -> int:
        """Minutes without a key after which the app locks."""
        chosen = self.store.meta("idle_minutes") or ""
        minutes = int(chosen) if chosen.isdecimal() else IDLE_MINUTES
        return min(max(minutes, SHORTEST_IDLE), LONGEST_IDLE)

    def lock_after(self, minutes: int) -> None:
        """Choose after how many minutes without a key the app locks."""
        if not SHORTEST_IDLE <= minutes <= LONGEST_IDLE:
            raise Refused(f"It locks after {SHORTEST_IDLE} to {LONGEST_IDLE} minutes.", "Nothing has been changed.")
        self.store.set_meta("idle_minutes", str(minutes))
        self.store.audit.note("lock-after", str(minutes))

    def note_fault(self, number: str, places: Sequence[str]) -> None:
        """Keep what is known of a fault of the program: its number and where it happened, never a value."""
        self.store.audit.note("fault", " ".join((number, *places)))

    def worker_name(self, worker: str) -> str:
        """A worker's name by id, as central told it."""
        if worker == self.me.worker_id:
            return self.me.worker
        found = self.store.records.get(worker) if worker else None
        return str(found.state.get("name") or "") if found else ("central" if worker == "central" else "a colleague")

    # -- saving

    def record(self, record: str) -> Record:
        """A record; UnknownRecord when it is not on this device."""
        found = self.store.records.get(record)
        if found is None:
            raise UnknownRecord
        return found

    def must_be_enrolled(self) -> None:
        """Nothing is captured before enrolment."""
        if not self.me.enrolled:
            raise NotEnrolled

    def create(self, kind: str, scope: str, patch: Patch, form: str = "", record: str = "") -> str:
        """Make a record; its id. Call it inside a transaction when more belongs to the verb."""
        own = {"@kind": kind, "@scope": scope} | ({"@form": form} if form else {})
        made = record or self.new_id()
        self.save(made, "create", {**own, **_said(patch)})
        return made

    def change(self, record: Record, patch: Patch, kind: str = "set") -> None:
        """Change a record as its author sees it now."""
        was = {path: record.state[path] for path in patch if path in record.state}
        self.save(record.id, kind, patch, was, (record.version, record.version_hash))

    def save(
        self, record: str, kind: str, patch: Patch, was: Patch | None = None, trunk: tuple[int, str] = NO_TRUNK
    ) -> Change:
        """Put one change into the outbox and onto the view, durably, in one transaction."""
        self.must_be_enrolled()
        now = self.store.now()
        trunk = trunk if trunk[0] else NO_TRUNK
        change = Change(
            device=self.identity.device,
            seq=0,
            record=record,
            kind=kind,
            trunk=trunk,
            patch=dict(patch),
            was=dict(was or {}),
            actor=self.me.worker_id,
            person=self.me.kept_by,
            occurred_at=now,
            recorded_at=now,
            zone=self.zone,
            clock_offset=int(self.store.meta("clock_offset") or 0),
            seen=self.replica.standing().seen,
        )
        with self.store.transaction():
            kept = self.store.outbox.add(change)
            self.store.records.redraw(kept)
            self.store.audit.note(kind, record)
        return kept

    def new_id(self) -> str:
        """A new record or row id: UUIDv7 as 32 hexadecimal digits, the first of which is a digit."""
        return ids.new_id()

    def _corrected_day(self) -> date:
        """Today by central's clock, in the council's zone: ages and what is late are worked out from it."""
        now = self.clock.now() + timedelta(seconds=int(self.store.meta("clock_offset") or 0))
        return now.astimezone(ZoneInfo(self.zone)).date()

    def when(self, told: Value) -> datetime:
        """An instant as kept, as a time."""
        try:
            return datetime.fromisoformat(str(told))
        except ValueError:
            return self.clock.now()

    # -- the journal's words

    def listen(self, draft: str, listener: Any) -> None:
        """Be told of the saves of a draft: listener(revision, instant)."""
        self._listeners[draft] = listener

    def _saved(self, draft: str, revision: int, at: str) -> None:
        listener = self._listeners.get(draft)
        if listener is not None:
            listener(revision, datetime.fromisoformat(at))

    def on_trouble(self, listener: Callable[[FieldkitError], None]) -> None:
        """Be told at once, from the writer's thread, when something typed could not be saved."""
        self._troubled = listener

    def _not_saved(self, wrong: FieldkitError) -> None:
        self._troubled(wrong)

    def _pause(self, seconds: float) -> bool:
        return not self._leaving.wait(seconds)

    def free_mib(self) -> int:
        """How much room the disk has, in MiB."""
        return room.free(self.vault.home) >> 20

    def mind_the_disk(self) -> None:
        """What is done once a device is open for a person: the ballast is made, or made again, where there is room."""
        room.keep_ballast(self.vault.home)

    def close(self) -> None:
        """Save what waits, then let go of store and key. A second call waits for the first."""
        self._leaving.set()
        with self._closing:
            if not self.closed:
                self.closed = True
                self.writer.close()
                self.store.close()
                self.vault.close()


def _said(patch: Patch) -> dict[str, Value]:
    return {path: value for path, value in patch.items() if value not in (None, "", [])}
