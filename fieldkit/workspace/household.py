"""People of a family and who they are to each other, its plan, its scores, and where its episode stands."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from fieldkit.casework import episodes, happened, household, people, plan, scores, sharing
from fieldkit.casework.episodes import Episode
from fieldkit.casework.household import BONDS, SOURCES, Relation
from fieldkit.casework.plan import Action
from fieldkit.errors import Refused
from fieldkit.store.records import Record
from fieldkit.workspace.sharing import Sharing
from fieldkit.workspace.views import ActionRow, ScoreRow, Whole
from fieldkit.workspace.words import refuse_controls
from sync.changes import Value
from sync.merge.consent import name as name_key

PR_WORDS = ("", "yes", "no", "unknown")
FORMS_OF_ACTIONS = tuple(plan.PLACES)
BEGINS = {"eha": "begun", "plan": "planned"}
"""What begins with a form, to an episode. What was begun already may be filed: typed words are not kept out."""


class Households(Sharing):
    """The verbs about people of a family, its plan and its episode."""

    def begin(self, form: str, family: str, subject: str | None = None, *, carry: bool = True) -> str:
        """As it is begun elsewhere, unless a rule of the episode's life bars it: it is refused before anybody types."""
        event, home = BEGINS.get(form.partition("@")[0]), self.record(family)
        why = episodes.refusal(self._episode(home), event) if event and subject is None else ""
        if why:
            raise Refused(why, "Notes of visits, concerns and requests can be written as before.")
        return super().begin(form, family, subject, carry=carry)

    def relate(self, one: str, word: str, other: str, pr: str = "", pr_from: str = "") -> str:
        """Say what one person is to another of the same family; its id. It is read from both ends."""
        first, second = self._person_of(one), self._person_of(other)
        if word not in BONDS:
            raise Refused("That is no relationship.", f"Use one of: {', '.join(BONDS)}.")
        if first.id == second.id or first.scope != second.scope:
            raise Refused("A relationship is between two people of one family.", "Add the other to this family first.")
        if pr not in PR_WORDS or pr_from not in ("", *SOURCES):
            raise Refused("That is no parental responsibility.", f"yes, no or unknown; from {', '.join(SOURCES)}.")
        if pr and not BONDS[word].parent:
            raise Refused("Parental responsibility is for a child, by somebody who looks after them.")
        told: dict[str, Value] = {"one": one, "word": word, "other": other, "pr": pr, "pr_from": pr_from}
        before = next((each for each in self._relations(first.scope) if _same(each, one, word, other)), None)
        if before is None:
            return self.create("relation", first.scope, told)
        patch = {name: told[name] for name in ("pr", "pr_from") if told[name]} | (
            {"ended": None} if before.ended else {}
        )
        if patch:
            self.change(self.record(before.id), patch)
        return before.id

    def end_relation(self, relation: str, on: str = "") -> str:
        """A relationship ended, or was written wrongly: it stays readable, with the day until which it was so."""
        found = self.record(relation)
        if found.kind != "relation":
            raise Refused("That is no relationship.")
        self.change(found, {"ended": on or self._corrected_day().isoformat()})
        return relation

    def relations(self, family: str) -> tuple[Relation, ...]:
        """The relationships of a family; in the safe view none."""
        return () if self.room.safe else self._relations(self.record(family).scope)

    def born(self, person: str, dob: str, given: str = "") -> str:
        """An expected child is born: the same person gets a date of birth."""
        found = self._person_of(person)
        self.change(found, household.born(found.state, dob, refuse_controls(given), self._corrected_day()))
        return person

    # -- the plan

    def plan(self, family: str) -> tuple[ActionRow, ...]:
        """The actions of a family, what is late first; in the safe view none."""
        today = self._corrected_day()
        found = () if self.room.safe else self._actions(self.record(family).scope)
        return tuple(_action_row(each, today) for each in found)

    def move_action(self, family: str, row: str, status: str = "", words: str = "") -> str:
        """Move an action on, one step where no status is named: an ordinary edit of the record that told of it last."""
        found = next((each for each in self._actions(self.record(family).scope) if each.row == row), None)
        if found is None:
            raise Refused("That action is not in the plan.", "Look at `fieldkit plan`.")
        patch = plan.moved(found, status or plan.step(found), refuse_controls(words))
        record = self.record(found.record)
        self.change(record, {path: value for path, value in patch.items() if record.state.get(path) != value})
        return found.record

    def whole(self, family: str) -> Whole:
        """What the page tells beside people and chronology; nothing of it while others are in the room."""
        if self.room.safe:
            return Whole()
        home, today = self.record(family), self._corrected_day()
        series = scores.series(self._points(home.scope))
        found = self._episode(home)
        return Whole(
            actions=self.plan(family),
            scores=tuple(_score_row(each) for each in series),
            talk=(*scores.apart(series), *scores.asks(series)),
            agencies=self._agencies(home.scope),
            lead_since=self._lead_since(home),
            agreed=self._agreed(home.scope),
            stands=episodes.line(found),
            advice=episodes.advice(found, today),
            life=episodes.explained(found),
            differing=tuple(self._differing(home.scope)),
        )

    # -- what it is made of

    def _person_of(self, person: str) -> Record:
        found = self.record(person)
        if found.kind != "person":
            raise Refused("That is no person.", "Give the person's record id.")
        return found

    def _relations(self, scope: str) -> tuple[Relation, ...]:
        held = self.store.records.of_scope(scope, "relation")
        return tuple(household.relation(each.id, each.state) for each in held)

    def _actions(self, scope: str) -> tuple[Action, ...]:
        filed = [each for kind in FORMS_OF_ACTIONS for each in self.store.records.of_scope(scope, kind) if each.form]
        ordered = sorted(filed, key=lambda each: (each.at, each.id))
        return plan.actions((plan.Told(each.id, each.kind, each.state) for each in ordered), self._corrected_day())

    def _points(self, scope: str) -> Iterator[scores.Point]:
        for kind in ("eha", "review", "closure"):
            for each in self.store.records.of_scope(scope, kind):
                yield from scores.points(kind, self._told_on(each), each.state)

    def _told_on(self, record: Record) -> date:
        for name in ("held_on", "scored_on", "closed_on", "started"):
            told = next((v for path, v in record.state.items() if path.rpartition("/")[2] == name), None)
            if isinstance(told, str) and len(told) >= 10:
                return self.when(told).date()
        return self.when(record.at).date()

    def _episode(self, home: Record) -> Episode:
        held = [each for kind in happened.TELLERS for each in self.store.records.of_scope(home.scope, kind)]
        written = [
            happened.Written(each.id, each.kind, self.when(each.at).date(), each.actor, each.state) for each in held
        ]
        drafts = (each for each in self.store.drafts.all() if each.family == home.id and each.record is None)
        begun = [
            happened.Written(each.id, "eha", self.when(each.begun_at).date(), self.me.worker_id, {}, draft=True)
            for each in drafts
            if each.form.partition("@")[0] == "eha"
        ]
        return episodes.episode(happened.events([*written, *begun]))

    def _agencies(self, scope: str) -> tuple[tuple[str, str], ...]:
        """What it comes to for each agency; with others in the room by what those said who are there."""
        called = {name_key(agency): agency for agency in self._named_agencies(scope)}
        there = {name_key(each) for each in self.room.present}
        words = [word for word in self._said_in(scope) if not self.room.safe or word.giver in there]
        return tuple((called.get(agency, agency), said) for agency, said in sharing.at_a_glance(words))

    def _named_agencies(self, scope: str) -> Iterator[str]:
        from fieldkit.casework.agreement import permissions

        for each in self.store.records.of_scope(scope, "agreement"):
            yield from (agency for agency, _, _ in permissions(each.state))

    def _lead_since(self, home: Record) -> date | None:
        """Since when who leads now: as written on the family, else the first form that names them."""
        lead = str(home.state.get("lead") or "").casefold()
        if told := home.state.get("lead_since"):
            return self.when(told).date()
        named = [
            self._told_on(each)
            for kind in ("eha", "plan")
            for each in self.store.records.of_scope(home.scope, kind)
            if any(path.endswith("/lead_name") and str(v).casefold() == lead for path, v in each.state.items())
        ]
        return min(named, default=None) if lead else None

    def _agreed(self, scope: str) -> str:
        """Agreed when, and signed by how many."""
        agreed = self.store.records.of_scope(scope, "agreement")
        if not agreed:
            return ""
        ids = {each.id for each in agreed}
        signed = [
            each for each in self.store.records.of_scope(scope, "signature") if str(each.state.get("record")) in ids
        ]
        first = min(self.when(each.at) for each in agreed)
        people_ = f"signed by {len(signed)}" if signed else "not signed yet"
        return f"Agreed {first.day} {first:%b}, {people_}"

    def _differing(self, scope: str) -> Iterator[str]:
        for one, other, words in household.differing(self._relations(scope)):
            names = [self._name_of(each) for each in (one, other)]
            yield f"{names[0]} and {names[1]} are written as {' and as '.join(words)}: which is right?"

    def _name_of(self, person: str) -> str:
        found = self.store.records.get(person)
        return people.full_name(found.state) if found else "somebody who is not here"


def _same(relation: Relation, one: str, word: str, other: str) -> bool:
    bond = BONDS[word]
    ends: Sequence[tuple[str, str]] = ((one, other), (other, one)) if bond.says == bond.back else ((one, other),)
    return relation.word == word and (relation.one, relation.other) in ends


def _action_row(each: Action, today: date) -> ActionRow:
    return ActionRow(each.record, each.row, each.what, each.owner, each.by, each.status, each.stands(today))


def _score_row(each: scores.Series) -> ScoreRow:
    picture = scores.spark([point.value for point in each.points])
    return ScoreRow(each.about, each.voice, picture, each.first, each.last)
