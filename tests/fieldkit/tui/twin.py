"""A plain twin of the workspace, in memory: the same verbs, no vault. Screens cannot tell it from the real one."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from fieldkit.casework import first_day
from fieldkit.casework.base_day import MemberRow
from fieldkit.casework.brief import Section
from fieldkit.casework.evidence import Said, lacking
from fieldkit.casework.household import Relation
from fieldkit.casework.knowing import Knows
from fieldkit.casework.registers import CAME, Attender, Book, Headcount, Reach
from fieldkit.errors import FieldkitError, Refused, WrongPassphrase
from fieldkit.workspace import centre_day, device_views, leading, registers, views
from fieldkit.workspace.history import ChangeRow
from fieldkit.workspace.receipts import Left
from fieldkit.workspace.set_aside import AsideRow

ZONE = ZoneInfo("Europe/London")
NOW = datetime(2026, 11, 23, 16, 5, tzinfo=ZONE)


class WallClock:
    """A clock that a test sets."""

    def __init__(self, now: datetime = NOW) -> None:
        self.at = now

    def now(self) -> datetime:
        """The time that was set."""
        return self.at

    def monotonic(self) -> float:
        """Seconds, of the same clock."""
        return self.at.timestamp()


class NotOpen(WrongPassphrase):
    """The wrong passphrase."""


class PinGone(FieldkitError):
    """Five wrong tries."""

    said = "That was the fifth wrong PIN."
    cure = "Open fieldkit again with your passphrase."


class Twin:
    """The desk of Asha Patel with three families; every name can be another, so that tests can be nasty."""

    def __init__(self, words: str = "", drafts: Mapping[str, Any] | None = None) -> None:
        self.words = words
        self.me = views.Me("Asha Patel" + words, "w1", "worker", "Early Help North", "laptop 3", True)
        self.duty = device_views.Duty("01223 000000", "01223 000001")
        self.room = device_views.Room((), None, False)
        self.zone = "Europe/London"
        self.pin: str | None = "2468"
        self.tries = 0
        self.closed = False
        self.idle_minutes = 5
        self.faults: list[tuple[str, tuple[str, ...]]] = []
        self.concerns: dict[str, Any] = {}
        self.signed: list[tuple[Any, Any]] = []
        self.copies: list[tuple[Any, Any]] = []
        self.resolved: list[tuple[str, str, str]] = []
        self.synced = 0
        self.filed: list[str] = []
        self.family_names = {"f1": "Okafor" + words, "f2": "Unborn [Smith]" + words, "f3": "O'Brien-Núñez" + words}
        self.open_drafts = dict(drafts or {})
        self.fault: FieldkitError | None = None
        self.offer: Any = None
        self.newer: tuple[Any, ...] = ()
        self.kept: tuple[Any, ...] = ()
        self.upgraded: Any = None
        self.given: list[tuple[str, str, str]] = []
        self.answered: dict[str, str] = {}
        self.noted = False
        self.planned: list[tuple[str, Any]] = []
        self.statuses: dict[str, str] = {"p1": "booked", "p2": "booked"}
        self.walked_in: list[str] = []
        self.unnamed = (0, 0)
        self.files: list[tuple[str, str]] = []
        self.completed: list[tuple[str, Any]] = []
        self.harmless = False
        self.added: list[tuple[Any, tuple[str, ...]]] = []
        self.like: tuple[Any, ...] = ()
        self.opened: Any = None
        self.reasons: list[str] = []
        self.put_back: list[str] = []
        self.related: list[tuple[str, ...]] = []
        self.births: list[tuple[str, str, str]] = []
        self.moved: list[tuple[str, str, str]] = []
        self.more_events: tuple[Any, ...] = ()
        action = views.ActionRow("r1", "a1", "Letter to housing" + words, "Asha" + words, NOW.date(), "started", "late")
        self.whole = views.Whole(
            (action,),
            (views.ScoreRow("how safe things feel" + words, "parent", "▃▅", 4, 6),),
            ("how safe things feel: parent or carer says 6, worker 4. Talk about why." + words,),
            (("Mill School" + words, "yes"), ("Police", "taken back")),
            date(2026, 9, 3),
            "Agreed 3 Sep, signed by 2",
            "in review since 5 Nov; next: the next review" + words,
            ("Six weeks are over: a review is due." + words,),
            ("3 Sep 2026: somebody asked for help" + words,),
        )
        self.timer_words = ""
        self.checked: list[tuple[str, dict[str, str], str]] = []

    # -- reading

    def status(self) -> Any:
        return device_views.Status(6, 0, len(self.open_drafts), 1, NOW - timedelta(days=3), True, True)

    def today(self) -> Any:
        return views.Today(
            NOW.date(),
            tuple(self._draft_row(draft) for draft in self.open_drafts.values()),
            (views.DueRow("Review, 6 weeks" + self.words, "f3", self.family_names["f3"], date(2026, 11, 26), False),),
            self.conflicts(),
            tuple(self.concerns.values()),
            (views.UnsignedRow("r1", "f2", self.family_names["f2"], date(2026, 11, 11)),),
            6,
            self.newer,
        )

    def _draft_row(self, draft: Any) -> Any:
        return views.DraftRow(
            draft.id, "eha", draft.form_title, draft.family, draft.family_name, "F", 61, 94, NOW - timedelta(days=2), 33
        )

    def families(self, limit: int = 200, after: str | None = None) -> Sequence[Any]:
        return [
            views.FamilyRow(id, name, ("Ngozi" + self.words, "Ada"), "CB4 1AA", "low")
            for id, name in self.family_names.items()
        ][:limit]

    def find(self, text: str, limit: int = 50) -> Sequence[Any]:
        wanted = text.casefold()
        return [
            views.Found("family", id, id, name, "14 Mill Rd" + self.words, name)
            for id, name in self.family_names.items()
            if wanted in name.casefold()
        ][:limit]

    def family(self, id: str) -> Any:
        words = self.words
        people = (
            views.PersonRow(
                "p1",
                "Ngozi Okafor" + words,
                34,
                "mother",
                "PR",
                "home",
                (),
                ties=("mother of Ada, PR by birth" + words,),
            ),
            views.PersonRow("p2", "Ada Okafor", 2, "daughter" + words, "", "home", ("allergy: nuts" + words,)),
            views.PersonRow("p3", "Emeka Obi", 37, "father", "PR", "elsewhere", ()),
        )
        event = views.EventRow(
            "r1", "visit", date(2026, 11, 19), "Visit" + words, "child seen alone" + words, "confirmed", "Asha"
        )
        return views.FamilyPage(
            id,
            self.family_names[id],
            "Asha Patel" + words,
            "high",
            "14 Mill Rd" + words,
            ("1 conflict: risk level" + words,),
            people,
            (),
            (views.PermissionRow("school" + words, "Ngozi", "yes", ("attendance" + words,)),),
            (),
            (),
            (event, *self.more_events),
            whole=self.whole,
        )

    def who_knows(self, family: str, *, careful: bool = False) -> Any:
        words = self.words
        return (
            Knows("Mill School" + words, "may be told some things", ("Ngozi said yes" + words,), ("Visit" + words,)),
        )

    def history(self, record: str) -> Any:
        words = self.words
        return (
            ChangeRow("7:a/b", NOW, "Asha" + words, "Risk" + words, "low" + words, "high" + words, True),
            ChangeRow("1:", NOW - timedelta(days=3), "Asha", "written", "", "", False),
        )

    def set_aside(self) -> Any:
        words = self.words
        answers = (("Telephone" + words, "01223" + words), ("Postcode", ""))
        return (AsideRow("r1", NOW, "Visit of Okafor" + words, "The family has moved to another team.", answers),)

    def restore_answer(self, record: str, change: str) -> str:
        self.put_back.append(change)
        return record

    def relations(self, family: str) -> Sequence[Any]:
        return tuple(Relation(f"l{n}", *told) for n, told in enumerate(self.related))

    def relate(self, one: str, word: str, other: str, pr: str = "", pr_from: str = "") -> str:
        self.related.append((one, word, other, pr, pr_from))
        return "l1"

    def end_relation(self, relation: str, on: str = "") -> str:
        self.related.clear()
        return relation

    def born(self, person: str, dob: str, given: str = "") -> str:
        if not dob:
            raise Refused("A date of birth is needed.")
        self.births.append((person, dob, given))
        return person

    def plan(self, family: str) -> Any:
        return self.whole.actions

    def move_action(self, family: str, row: str, status: str = "", words: str = "") -> str:
        self.moved.append((row, status, words))
        return "r1"

    # -- a centre's day

    def sessions(self, centre: str = "") -> Sequence[Any]:
        return [self.door("s1").session]

    def plan_session(self, centre: str, plan: Any) -> Sequence[str]:
        self.planned.append((centre, plan))
        return ["s2"]

    def door(self, session: str) -> Any:
        words, statuses = self.words, dict(self.statuses)
        people = [
            Attender("p1", "f1", "Ngozi" + words, "Okafor", 34, True),
            Attender("p2", "f1", "Ada" + words, "Okafor", 2, False, card="CFC-0077", allergies="nuts" + words),
            Attender("p3", "f2", "Oksana", "Hill", 30, True, protected=True, alias="Robin" + words),
            *(Attender(f"w{n}", "", name, "", 30, True, walk_in=True) for n, name in enumerate(self.walked_in)),
        ]
        came = sum(status in CAME for status in statuses.values())
        row = registers.SessionRow(
            "s1", "c1", "Arbury" + words, "Baby group" + words, NOW.date(), "13:30", came, len(statuses), 15
        )
        return registers.Door(row, tuple(people), Book(statuses), {"d1": Headcount(*self.unnamed)}, "d1")

    def attend(self, session: str, persons: Sequence[str], status: str = "present") -> Mapping[str, str]:
        if self.fault:
            raise self.fault
        before = {person: self.statuses.get(person, "undone") for person in persons}
        self.statuses |= dict.fromkeys(persons, status)
        return before

    def unmark(self, session: str, before: Mapping[str, str]) -> Mapping[str, str]:
        self.statuses |= before
        return before

    def walk_in(self, session: str, name: str, band: str) -> str:
        self.walked_in.append(name)
        person = f"w{len(self.walked_in) - 1}"
        self.statuses[person] = "present"
        return person

    def count_unnamed(self, session: str, adults: int, children: int) -> None:
        self.unnamed = (adults, children)

    def book(self, session: str, persons: Sequence[str]) -> Mapping[str, Mapping[str, str]]:
        return {session: self.attend(session, persons, "booked"), "s2": dict.fromkeys(persons, "undone")}

    def in_building(self, session: str) -> Sequence[Any]:
        door = self.door(session)
        here = tuple(
            centre_day.InNow(each.id, each.name, each.adult, each.age, each.allergies, each.collect)
            for each in door.attenders
            if each.id in door.book.inside
        )
        return [centre_day.InGroup("Baby group" + self.words, "13:30", here, sum(self.unnamed))]

    def write_in_now(self, session: str, out: Any, reason: str) -> int:
        self._written(out, reason)
        return 2

    def _written(self, out: Any, reason: str) -> None:
        if not reason:
            raise Refused("That needs a reason.")
        self.files.append((str(out), reason))

    def to_complete(self, centre: str = "") -> Sequence[Any]:
        return [centre_day.WalkIn("w0", "Zofia" + self.words, "adult", NOW.date(), "c1")] if not self.completed else []

    def perhaps_known(self, walk_in: str) -> Any:
        return replace(self.to_complete()[0], perhaps=(("p9", "Zofia, Nowak" + self.words),))

    def finish_walk_in(self, walk_in: str, told: Any) -> str:
        self.completed.append((walk_in, told))
        return "p9"

    def reach(self, centre: str, since: date, until: date) -> Sequence[Any]:
        return [Reach("2026-10", 12, 4, 6), Reach("2026-11", 20, 5, 9, 1), Reach("all", 24, 9, 12, 1)]

    def write_reach(self, centre: str, period: Any, out: Any, reason: str) -> None:
        self._written(out, reason)

    # -- leading

    def base_day(self) -> Any:
        words = self.words
        rows = (
            MemberRow("w2", "Ben Carter" + words, "worker", NOW - timedelta(days=3), 3, True, 31, 0, 2, 0, 22),
            MemberRow("w1", "Asha Patel", "worker", NOW - timedelta(minutes=34), 0, False, 0, 1, 1, 1, 18),
            MemberRow("w3", "Dan New", "worker", None, -1, True, 0, 0, 0, 0, 0),
        )
        ages = {"A": {"under 24 h": 2, "1 to 7 days": 1, "older": 0}}
        check = leading.CheckRow(
            "r1", "Okafor" + words, "Asha Patel", date(2026, 10, 3), ("Father" + words,), "Lena" if self.checked else ""
        )
        notices = tuple(self.notices()) if not self.noted else ()
        unread = tuple(each for each in self.concerns.values() if each.state != "read")
        return leading.BaseDay(
            rows, NOW, unread, ("Carys" + words,), ("Lena",), ages, tuple(self.offers()), notices, (check,)
        )

    def colleagues(self) -> Sequence[tuple[str, str, str]]:
        return [("w1", "Asha Patel", "worker"), ("w2", "Ben Carter" + self.words, "worker"), ("w9", "Lena", "lead")]

    def offers(self) -> Sequence[Any]:
        row = leading.OfferRow(
            "o1",
            "Okafor" + self.words,
            "Ben" + self.words,
            "Lena",
            ("Asha Patel",),
            "cover",
            "2026-12-04",
            self.answered.get("o1", "offered"),
            True,
            False,
        )
        return [row]

    def hand_on(self, family: str, to: str, *, until: str = "") -> str:
        self.given.append((family, to, until))
        return "o2"

    def cover(self, absent: str, to: str, until: str) -> Sequence[str]:
        if not until:
            raise Refused("That is no day.", "Write it as 2026-12-04.")
        self.given.append((absent, to, until))
        return ["o2"]

    def answer_offer(self, offer: str, word: str, reason: str = "") -> None:
        if word == "decline" and not reason:
            raise Refused("A reason is needed.")
        self.answered[offer] = {"accept": "accepted", "decline": "declined"}.get(word, "withdrawn")

    def notices(self) -> Sequence[Any]:
        what = "A concern that no one has read" + self.words
        return [leading.NoticeRow("n1", what, "Okafor" + self.words, NOW, NOW, "c1", self.noted, "concern-state")]

    def note_notice(self, notice: str, words: str = "") -> None:
        self.noted = True

    def check_quality(self, record: str, answers: Mapping[str, str], words: str = "") -> str:
        if not answers:
            raise Refused("Say yes, partly or no to lines of the checklist.")
        self.checked.append((record, dict(answers), words))
        return "q1"

    def resolve_harmless(self, reason: str) -> int:
        self.resolved.append(("all", "shown", reason))
        return 1

    def brief(self, family: str) -> Sequence[Any]:
        if self.room.present:
            raise Refused("A brief is not shown while somebody else is in the room.")
        return [Section("Look out for", ("dog" + self.words,)), Section("Promised", ("the letter" + self.words,))]

    # -- the room

    def start_visit(self, family: str, present: Sequence[str], minutes: int = 60) -> None:
        self.room = device_views.Room(tuple(present), NOW, bool(present), NOW + timedelta(minutes=minutes))

    def note_fault(self, number: str, places: Sequence[str]) -> None:
        self.faults.append((number, tuple(places)))

    def end_visit(self) -> None:
        self.room = device_views.Room((), None, False)

    def timer(self) -> str:
        return self.timer_words

    def extend_visit(self, minutes: int = 15) -> None:
        self.timer_words = f"Agreed end in {minutes} minutes."

    def safe_out(self) -> None:
        self.timer_words = ""

    # -- writing

    def add_family(self, name: str, **values: str) -> str:
        id = f"f{len(self.family_names) + 1}"
        self.family_names[id] = name
        return id

    def add_person(self, family: str, details: Any, not_same: Any = ()) -> str:
        self.added.append((details, tuple(not_same)))
        return "p9"

    def alike(self, family: str, details: Any) -> Any:
        return self.like

    def alike_families(self, name: str, address: str = "", postcode: str = "") -> Any:
        return self.like

    def open_assessment(self, family: str) -> Any:
        return self.opened

    def begin_another(self, family: str, reason: str) -> str:
        if not reason:
            raise Refused("That needs a reason.")
        self.reasons.append(reason)
        return next(iter(self.open_drafts))

    def contribute(self, family: str) -> str:
        self.reasons.append("contribution")
        return next(iter(self.open_drafts))

    def centres(self) -> Sequence[Any]:
        return (views.CentreRow("c1", "North centre" + self.words, 3),)

    def add_centre(self, name: str) -> str:
        return "c" + name

    def forms(self) -> Sequence[Any]:
        return (views.FormRow("eha", "Early Help Assessment" + self.words, "2026.1"),)

    def begin(self, form: str, family: str, subject: str | None = None) -> str:
        return next(iter(self.open_drafts))

    def draft(self, id: str) -> Any:
        return self.open_drafts[id]

    def file(self, draft_id: str) -> str:
        self.filed.append(draft_id)
        return "r1"

    def discard(self, draft_id: str, reason: str) -> None:
        del self.open_drafts[draft_id]

    # -- versions

    def newer_version(self, draft: str) -> str:
        return self.offer.after if self.offer is not None else ""

    def upgrade_offered(self, draft: str) -> Any:
        return self.offer

    def upgrade(self, draft: str, ticked: Any = ()) -> Any:
        self.upgraded = (draft, frozenset(ticked))
        offer, self.offer = self.offer, None
        return offer

    def undo_upgrade(self, draft: str) -> str:
        self.upgraded = None
        return "visit@2026.1"

    def can_undo_upgrade(self, draft: str) -> bool:
        return self.upgraded is not None

    def kept_answers(self, thing: str) -> Any:
        return self.kept

    def freeze(self, record_or_draft: str, giver: Any) -> Any:
        text = "We write down what we talk about and what we plan together." + self.words
        return views.Frozen(text, {}, "a" * 64, "b" * 64, "agreement", giver)

    def sign(self, frozen: Any, evidence: Any) -> str:
        said = Said(
            evidence.method,
            evidence.name,
            evidence.role,
            "",
            evidence.statement,
            evidence.strokes,
            evidence.witness,
            evidence.place,
            evidence.interpreter,
        )
        if lack := lacking(said):
            raise Refused(lack, "Nothing has been sealed.")
        self.signed.append((frozen, evidence))
        return "s1"

    # -- the PIN

    def pin_set(self) -> bool:
        return self.pin is not None

    def set_pin(self, pin: str) -> None:
        self.pin = pin

    def try_pin(self, pin: str) -> bool:
        if pin == self.pin:
            self.tries = 0
            return True
        self.tries += 1
        if self.tries >= 5:
            raise PinGone
        return False

    # -- concerns

    def concern(self, family: str, about: str, words: str, urgent: bool) -> str:
        id = f"c{len(self.concerns) + 1}"
        self.concerns[id] = views.ConcernRow(id, family, self.family_names.get(family, ""), about, NOW, "waiting", None)
        return id

    def acknowledge(self, concern_id: str, words: str) -> None:
        was = self.concerns[concern_id]
        self.concerns[concern_id] = views.ConcernRow(
            was.id, was.family, was.family_name, was.about, was.raised_at, "read", self.me.worker
        )

    # -- copies

    def signers(self, record: str) -> tuple[tuple[str, str], ...]:
        return (("p1", "Ngozi Okafor" + self.words), ("p2", "Emeka Okafor" + self.words))

    def leave_copy(self, wanted: Any, out: Any) -> Any:
        self.copies.append((wanted, out))
        told = "WHAT THIS IS\nAgreement\nNgozi Okafor agreed." + self.words
        return Left("a1", out is not None, told=told if out is not None else "")

    # -- sync and conflicts

    def sync(self, report: Callable[[Any], None] | None = None) -> Any:
        if self.fault is not None:
            raise self.fault
        self.synced += 1
        return views.SyncReport(6, 41, 1, 1, 1200, 3400, 2, ("The case moved to another team." + self.words,))

    def first_day(self) -> first_day.Day:
        return first_day.day({"synced": self.synced > 0}, 1, 2)

    def conflicts(self) -> Any:
        row = views.ConflictRow(
            "k1", "f1", self.family_names["f1"], "Risk level" + self.words, "A", NOW + timedelta(hours=22), NOW
        )
        spelling = views.ConflictRow(
            "k2", "f1", self.family_names["f1"], "Postcode" + self.words, "C", NOW + timedelta(days=6), NOW
        )
        return (row, spelling) if self.harmless else (row,)

    def conflict(self, id: str) -> Any:
        words = self.words
        mine = views.Side(
            "0a", True, "medium" + words, "Asha Patel", NOW - timedelta(days=4), "laptop 3", "Shouting" + words
        )
        theirs = views.Side("0b", False, "high", "Marek Nowak" + words, NOW - timedelta(days=4), "centre" + words, "")
        return views.ConflictCard(
            id,
            "f1",
            self.family_names["f1"],
            "r1",
            "Risk level" + words,
            "A",
            NOW + timedelta(hours=22),
            "low" + words,
            (mine, theirs),
            "high" + words,
            "the safer" + words,
            ("0a",),
            None,
            ("next visit 24 Nov" + words,),
            bool(self.room.present),
        )

    def resolve(self, id: str, take: str, reason: str) -> Any:
        self.resolved.append((id, take, reason))
        return views.Resolution("proposed" if take == "mine" else "applied")

    def show(self, record: str) -> Any:
        field = views.FieldView("b/who", "Who was seen?" + self.words, "Ada, alone" + self.words, True)
        return views.RecordView(record, "agreement", "Agreement" + self.words, "f1", "confirmed", (field,), ())

    def edit(self, record: str, values: Mapping[str, Any]) -> str:
        return record

    def on_trouble(self, listener: Callable[[FieldkitError], None]) -> None:
        self.listener = listener

    def close(self) -> None:
        self.closed = True
