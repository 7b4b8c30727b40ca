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
    "help": (f"{_SCREENS}.help", "HelpScreen"),
    "pin": (f"{_SCREENS}.pin", "NewPinScreen"),
}
"""Name to module and class; a test opens every one."""


@dataclass(frozen=True, slots=True)
class Verb:
    """One line of the palette."""

    words: str
    help: str
    place: str


VERBS = (
    Verb("Today", "what the day needs", "today"),
    Verb("Find a family", "search as you type", "families"),
    Verb("New family", "begin with a name", "new-family"),
    Verb("Session register", "for a day at a centre", "centres"),
    Verb("Raise a concern", "and see who to ring", "concern"),
    Verb("Conflicts", "what people must decide", "conflicts"),
    Verb("Base day", "a lead's team: who has not synced, what waits", "base"),
    Verb("Families offered", "accept, decline, take back", "offers"),
    Verb("Notices", "what central told you because it waits", "notices"),
    Verb("Sync", "with central, when there is a network", "sync"),
    Verb("Duty numbers", "day, night, 999", "duty"),
    Verb("Help", "the keys of this screen", "help"),
    Verb("Change my PIN", "for covering the screen and handing over", "pin"),
)
"""What ctrl+p offers, with the words of the command line."""
