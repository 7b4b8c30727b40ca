"""What can become of a change or a request, and why, in a worker's words."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum


class Outcome(StrEnum):
    """What became of one pushed change. A change without an outcome is not acknowledged."""

    APPLIED = "applied"
    MERGED = "merged"
    CONFLICT = "conflict"
    HELD = "held"
    LATE = "late"
    QUARANTINED = "quarantined"
    REFUSED = "refused"
    GONE = "gone"
    DUPLICATE = "duplicate"


SETTLED = frozenset({Outcome.APPLIED, Outcome.MERGED, Outcome.CONFLICT, Outcome.LATE, Outcome.DUPLICATE})
"""Outcomes after which central has the change in its history."""


class Reason(StrEnum):
    """Why something was refused, or needs a person. `SENTENCES` says each in a worker's words."""

    UNKNOWN_DEVICE = "unknown-device"
    REVOKED = "revoked"
    FORKED = "forked"
    BAD_SIGNATURE = "bad-signature"
    OLD_DATE = "old-date"
    REPLAY = "replay"
    WRONG_TYPE = "wrong-type"
    MALFORMED = "malformed"
    TOO_LARGE = "too-large"
    TOO_OFTEN = "too-often"
    BROKEN_CHAIN = "broken-chain"
    NEWER_SCHEMA = "newer-schema"
    NOT_ENTITLED = "not-entitled"
    NOT_YOUR_ROLE = "not-your-role"
    MOVED = "moved"
    UNKNOWN_RECORD = "unknown-record"
    UNKNOWN_KIND = "unknown-kind"
    EXISTS = "exists"
    IMMUTABLE = "immutable"
    UNSEEN_DELETE = "unseen-delete"
    SIBLING_ARRIVED = "sibling-arrived"
    ALREADY_DECIDED = "already-decided"
    SECOND_PERSON = "second-person"
    WAITS = "waits"
    SETTLED = "settled"
    UNKNOWN_WORKER = "unknown-worker"
    ERASED = "erased"
    FORK = "fork"
    BAD_CODE = "bad-code"
    NOT_A_COURIER = "not-a-courier"
    NO_ROUTE = "no-route"
    UPGRADE = "upgrade"
    OWN_CONCERN = "own-concern"
    OPEN_SAFEGUARDING = "open-safeguarding"
    SIGN_IN = "sign-in"
    NO_SIGN_IN = "no-sign-in"
    SIGN_IN_NOT_VALID = "sign-in-not-valid"
    SIGN_IN_WEAK = "sign-in-weak"
    SIGN_IN_ROLE = "sign-in-role"
    SIGN_IN_OTHER = "sign-in-other"
    SIGN_IN_CODE = "sign-in-code"
    SIGN_IN_AWAY = "sign-in-away"


SENTENCES: Mapping[Reason, str] = {
    Reason.UNKNOWN_DEVICE: "Central does not know this laptop. Enrol it with a new code.",
    Reason.REVOKED: "This laptop was taken out of use. Speak to your team lead; nothing on it was deleted.",
    Reason.FORKED: "Another laptop speaks in this one's name. Enrol this one with a new code; nothing is lost.",
    Reason.BAD_SIGNATURE: "The request was not signed by this laptop, or was changed on its way.",
    Reason.OLD_DATE: "The laptop's clock is too far from central's. Set the clock and sync again.",
    Reason.REPLAY: "The same request came twice. Sync again.",
    Reason.WRONG_TYPE: "The request was not of the kind that central takes.",
    Reason.MALFORMED: "The request was not in the agreed form. Update fieldkit.",
    Reason.TOO_LARGE: "Too much was sent at once. It is sent again in smaller parts.",
    Reason.TOO_OFTEN: "Central is asked too often by this laptop. Wait a minute and sync again.",
    Reason.BROKEN_CHAIN: "Central misses an earlier change of this laptop. It is asked for again.",
    Reason.NEWER_SCHEMA: "This was written with a newer fieldkit than central has. It is kept until then.",
    Reason.NOT_ENTITLED: "You do not hold this family. What you wrote is kept; your team lead can see to it.",
    Reason.NOT_YOUR_ROLE: "Your role does not write this kind of record. What you wrote is kept; speak to your lead.",
    Reason.MOVED: "The family has moved to another team. What you wrote is kept for a person to look at.",
    Reason.UNKNOWN_RECORD: "Central does not have the record this belongs to. It is kept here.",
    Reason.UNKNOWN_KIND: "Central does not know this kind of record.",
    Reason.EXISTS: "A record with this id is there already.",
    Reason.IMMUTABLE: "A signed bundle cannot be changed. Write a new one.",
    Reason.UNSEEN_DELETE: "Somebody changed the record meanwhile, so it was not deleted.",
    Reason.SIBLING_ARRIVED: "Another value has arrived meanwhile. Look at the conflict again.",
    Reason.ALREADY_DECIDED: "This conflict has been decided meanwhile.",
    Reason.SECOND_PERSON: "The safer value stays until a second person, a team lead, agrees.",
    Reason.WAITS: "This waits for an earlier change that needs a person.",
    Reason.SETTLED: "This offer was answered or taken back meanwhile, or the family is somebody else's by now.",
    Reason.UNKNOWN_WORKER: "Central does not know that worker, or it is somebody who cannot hold a family.",
    Reason.ERASED: "The record was erased on request. What you wrote about it is not taken.",
    Reason.FORK: "Two different changes have the same place in this laptop's chain. Both are kept for a person.",
    Reason.NO_ROUTE: "This central does not know that request. It may run another fieldkit; tell your lead.",
    Reason.UPGRADE: "This fieldkit is too old to read what central has. What you wrote was taken; update it.",
    Reason.OWN_CONCERN: "Somebody else must say that your concern was read. Ring the duty number.",
    Reason.OPEN_SAFEGUARDING: "A safeguarding question about this family is open. Decide it, then close again.",
    Reason.BAD_CODE: "That code is not valid any more. Ask for a new one.",
    Reason.NOT_A_COURIER: "That file is not a courier's for this central, or was altered. Have it packed again.",
    Reason.SIGN_IN: "Central asks you to sign in first. Nothing you wrote is lost; go on working meanwhile.",
    Reason.NO_SIGN_IN: "Your council has no sign-in here. Go on without it.",
    Reason.SIGN_IN_NOT_VALID: "Central did not accept that sign-in. Sign in again; if it fails again, tell your lead.",
    Reason.SIGN_IN_WEAK: "Your council asks for a second factor. Sign in again with it.",
    Reason.SIGN_IN_ROLE: "Your account has no role in fieldkit. Ask whoever looks after accounts to give it one.",
    Reason.SIGN_IN_OTHER: "This laptop is another person's. Sign in with the account it was enrolled for.",
    Reason.SIGN_IN_CODE: "A sign-in alone does not enrol a laptop here. Ask for a code and enrol with both.",
    Reason.SIGN_IN_AWAY: "Central cannot reach your council's sign-in just now. Try again in a few minutes.",
}
