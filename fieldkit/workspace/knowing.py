"""Who knows what about us, and why: from what was said, what has gone, and who writes here."""

from __future__ import annotations

from collections.abc import Iterator

from fieldkit.casework import agreement, knowing
from fieldkit.casework.knowing import Knows, Spoken, Told, Went
from fieldkit.store.records import Record
from fieldkit.workspace.household import Households
from fieldkit.workspace.sharing import LEFT
from sync.merge.consent import name as name_key


class Knowing(Households):
    """The verb a family asks for."""

    def who_knows(self, family: str, *, careful: bool = False) -> tuple[Knows, ...]:
        """Who knows what and why. `careful`, and always with others in the room: nothing that endangers who reads it.

        With others in the room each giver's words are told only where that giver is there.
        """
        home = self.record(family)
        spoken = tuple(self._spoken(home.scope))
        if self.room.safe:
            there = {name_key(each) for each in self.room.present}
            spoken = tuple(each for each in spoken if name_key(each.giver) in there)
        named = {each.agency for each in spoken}
        answers = [
            (agency, said) for agency, said in self._agencies(home.scope) if agency in named or not self.room.safe
        ]
        went = tuple(self._went(home.scope, {name_key(agency): agency for agency, _ in answers}))
        if self.room.safe:
            went = tuple(each for each in went if each.agency in named)
        return knowing.who_knows(Told(tuple(self._workers(home)), answers, spoken, went), careful or self.room.safe)

    def _spoken(self, scope: str) -> Iterator[Spoken]:
        """What each giver said last of each agency; what was taken back says so."""
        stands = {(word.giver, word.agency): word.decision for word in self._said_in(scope)}
        last: dict[tuple[str, str], Spoken] = {}
        for record in self.store.records.of_scope(scope, "agreement"):
            giver, on = agreement.giver_told(record.state).name, self.when(record.at).date()
            for agency, decision, topics in agreement.permissions(record.state):
                place = (name_key(giver), name_key(agency))
                last[place] = Spoken(giver, agency, stands.get(place, decision), topics, on)
        called = {name_key(each.agency): each.agency for each in last.values()}
        for each in last.values():
            yield Spoken(each.giver, called[name_key(each.agency)], each.decision, each.topics, each.on)

    def _went(self, scope: str, called: dict[str, str]) -> Iterator[Went]:
        for row in self._shares_in(scope):
            if row.state == LEFT:
                state = self.record(row.id).state
                agency = called.get(name_key(row.agency), row.agency)
                told = (str(state.get("reason") or ""), str(state.get("basis") or ""))
                yield Went(agency, row.title, self.when(row.at).date(), *told)

    def _workers(self, home: Record) -> Iterator[tuple[str, str]]:
        """Who leads, and who writes here, each once."""
        lead = str(home.state.get("lead") or "")
        if lead:
            yield lead, "leads the help for you"
        names = (self.worker_name(each.actor) for each in self.store.records.of_scope(home.scope))
        for name in sorted({name for name in names if name not in ("", "central", "a colleague", lead)}):
            yield name, "works with you and writes here"
