"""The table of places: which file draws which screen, and the verbs the palette offers.

Nothing is imported until asked for.
"""

from __future__ import annotations

from dataclasses import dataclass

_SCREENS = "fieldkit.tui.screens"

PLACES = {
    "today": (f"{_SCREENS}.today", "TodayScreen"),
    "families": (f"{_SCREENS}.families", "FamiliesScreen"),
    "family": (f"{_SCREENS}.family", "FamilyScreen"),
    "knows": (f"{_SCREENS}.knows", "KnowsScreen"),
    "plan": (f"{_SCREENS}.plan", "PlanScreen"),
    "stands": (f"{_SCREENS}.plan", "StandsScreen"),
    "relations": (f"{_SCREENS}.relations", "RelationsScreen"),
    "open-already": (f"{_SCREENS}.newcomer", "OpenAlreadyScreen"),
    "new-family": (f"{_SCREENS}.newcomer", "NewFamilyScreen"),
    "new-person": (f"{_SCREENS}.newcomer", "NewPersonScreen"),
    "record": (f"{_SCREENS}.record", "RecordScreen"),
    "brief": (f"{_SCREENS}.brief", "BriefScreen"),
    "history": (f"{_SCREENS}.history", "HistoryScreen"),
    "visit": (f"{_SCREENS}.visit", "VisitScreen"),
    "centres": (f"{_SCREENS}.centres", "CentresScreen"),
    "sessions": (f"{_SCREENS}.sessions", "SessionsScreen"),
    "new-session": (f"{_SCREENS}.sessions", "NewSessionScreen"),
    "door": (f"{_SCREENS}.door", "DoorScreen"),
    "in-now": (f"{_SCREENS}.centre_lists", "InNowScreen"),
    "reach": (f"{_SCREENS}.centre_lists", "ReachScreen"),
    "centre-file": (f"{_SCREENS}.centre_lists", "CentreFileScreen"),
    "walk-ins": (f"{_SCREENS}.walk_ins", "WalkInsScreen"),
    "walk-in": (f"{_SCREENS}.walk_ins", "WalkInScreen"),
    "begin": (f"{_SCREENS}.begin", "BeginScreen"),
    "form": (f"{_SCREENS}.form", "FormScreen"),
    "missing": (f"{_SCREENS}.missing", "MissingScreen"),
    "upgrade": (f"{_SCREENS}.upgrade", "UpgradeScreen"),
    "givers": (f"{_SCREENS}.giver", "GiverScreen"),
    "copy": (f"{_SCREENS}.copy", "CopyScreen"),
    "handover": (f"{_SCREENS}.handover", "HandoverScreen"),
    "sync": (f"{_SCREENS}.sync", "SyncScreen"),
    "conflicts": (f"{_SCREENS}.conflicts", "ConflictsScreen"),
    "set-aside": (f"{_SCREENS}.set_aside", "SetAsideScreen"),
    "conflict": (f"{_SCREENS}.conflict", "ConflictScreen"),
    "concern": (f"{_SCREENS}.concern", "ConcernScreen"),
    "concern-state": (f"{_SCREENS}.concern_state", "ConcernStateScreen"),
    "base": (f"{_SCREENS}.base_day", "BaseDayScreen"),
    "offers": (f"{_SCREENS}.offers", "OffersScreen"),
    "hand-on": (f"{_SCREENS}.offers", "HandOnScreen"),
    "away": (f"{_SCREENS}.offers", "AwayScreen"),
    "notices": (f"{_SCREENS}.check", "NoticesScreen"),
    "check": (f"{_SCREENS}.check", "CheckScreen"),
    "harmless": (f"{_SCREENS}.conflicts", "HarmlessScreen"),
    "duty": (f"{_SCREENS}.duty", "DutyScreen"),
    "first-day": (f"{_SCREENS}.first_day", "FirstDayScreen"),
    "help": (f"{_SCREENS}.help", "HelpScreen"),
    "pin": (f"{_SCREENS}.pin", "NewPinScreen"),
    "alone": (f"{_SCREENS}.alone", "AloneScreen"),
}
"""Name to module and class; a test opens every one."""


FAMILY = (
    *("find", "show", "brief", "capture", "edit", "sign", "family", "history", "put-back", "plan", "move-action"),
    *("relate", "add-person", "born", "who-knows", "is-open", "plan-visit", "family-copy"),
)
WALK_INS = ("book", "expected", "walk-ins", "finish-walk-in")
REGISTER = ("attend", "sessions", "plan-session", "in-now", "reach", "headcount", *WALK_INS)
BASE = ("base-day", "team-drafts", "cover", "checks", "check")


@dataclass(frozen=True, slots=True)
class Verb:
    """One line of the palette."""

    words: str
    help: str
    place: str
    commands: tuple[str, ...] = ()
    """The words of the command line that do the same, by which it is found too."""


VERBS = (
    Verb("Today", "what the day needs", "today", ("today", "drafts", "list", "quality")),
    Verb("Find a family", "search as you type", "families", FAMILY),
    Verb("New family", "begin with a name", "new-family"),
    Verb("Session register", "for a day at a centre", "centres", REGISTER),
    Verb("Raise a concern", "and see who to ring", "concern"),
    Verb("Conflicts", "what people must decide", "conflicts", ("conflicts", "resolve")),
    Verb("Set aside", "what central did not take, and your words", "set-aside", ("set-aside",)),
    Verb("Base day", "a lead's team: who has not synced, what waits", "base", BASE),
    Verb("Families offered", "accept, decline, take back", "offers", ("offers", "offer", "answer-offer")),
    Verb("Notices", "what central told you because it waits", "notices", ("notices", "note-notice")),
    Verb("Sync", "with central, when there is a network", "sync", ("sync", "status")),
    Verb("Duty numbers", "day, night, 999", "duty"),
    Verb("Lone worker's timer", "when you said you would be out; extend; I am out", "alone"),
    Verb("First day", "to learn with: what to try, and what is done", "first-day", ("first-day",)),
    Verb("Help", "the keys of this screen", "help", ("keys",)),
    Verb("Change my PIN", "for covering the screen and handing over", "pin"),
)
"""What ctrl+p offers, with the words of the command line."""

ON_SCREENS = {
    "receipt": "k on a record's page: a copy for them",
    "upgrade": "f12 in a form: a newer version of it",
    "lock": "ctrl+b: cover or lock",
}
"""Words of the command line that are a key of a screen, and of which."""
LINE_ONLY = {
    "init": "there is no device yet",
    "enrol": "the device is not open for work yet",
    "recover": "the passphrase is lost, so no screen can open",
    "restore-drafts": "asks for the passphrase of another laptop",
    "passphrase": "no screen holds a passphrase longer than the door does",
    "people": "decides who opens this device, beside the app and not in it",
    "council-key": "is done on a machine that is no one's laptop",
    "sign-in": "opens the browser of this machine",
    "sign-out": "goes with sign-in",
    "courier": "carries files to and from a stick",
    "share": "is decided with the agency's name from `shares`, away from a table with people",
    "release": "asks central first and takes minutes without a network",
    "shares": "goes with share and release",
    "withdraw": "needs the words of who takes it back, exactly",
    "export": "makes a file that leaves the device",
    "exports": "goes with export",
    "invite": "makes files that leave the device",
    "unseal": "reads a file, and needs no device",
    "import-odk": "reads a file that somebody brings",
    "evidence": "makes files for somebody outside",
    "audit": "is read by who looks after devices",
    "verify": "is read by who looks after devices",
    "doctor": "works when the app does not",
    "dump": "hands everything over, with a reason",
    "forms": "is for authors of forms",
    "demo": "makes the practice council, outside of any device",
    "config": "settings are read before the app begins",
    "completion": "is for the shell",
    "man": "is for the shell",
}
"""Words of the command line that no screen has, and why."""
