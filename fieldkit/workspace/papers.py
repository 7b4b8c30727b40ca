"""What a family takes home the same day, and invitations to a meeting about it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from fieldkit.casework.kinds import TITLES
from fieldkit.errors import Refused
from fieldkit.exports import calendar, pdf
from fieldkit.exports.audience import going, template_of
from fieldkit.exports.calendar import Invitation
from fieldkit.exports.paper import Block, Paper, as_html
from fieldkit.store.records import Record
from fieldkit.workspace.sharing import Sharing
from fieldkit.workspace.words import refuse_controls, said_reason
from forms.submission import planted
from forms.views import QuestionView

TAKEN_HOME = ("eha", "plan")
"""Of each the latest, in this order."""
WAYS = ("pdf", "html")
NOT_ON_PAPER = frozenset({"domestic-abuse"})
"""What stays off a paper that lies about in the house, whoever's answer it is."""


@dataclass(frozen=True, slots=True)
class Meeting:
    """A meeting to which an agency is invited."""

    agency: str = field(repr=False)
    on: str
    """Day and time on the council's wall, as `2026-12-08T15:00`."""
    minutes: int = 60
    place: str = field(default="", repr=False)
    moved_from: str = ""
    """The day it was first set for, when it was moved."""
    name_because: str = field(default="", repr=False)
    """Why the family's name stands in it; initials when nothing is said."""


class Papers(Sharing):
    """The verbs about papers for the family and about invitations."""

    def family_copy(self, family: str, way: str, reason: str, *, large: bool = False) -> bytes:
        """The latest assessment and plan in the form's plain words, without what is not for a family's copy."""
        if way not in WAYS:
            raise Refused("There is no such copy.", f"As {', '.join(WAYS)}.")
        why, home = said_reason(reason), self.record(family)
        found = [record for kind in TAKEN_HOME if (record := self._latest_of(home.scope, kind))]
        if not found:
            raise Refused("There is no assessment and no plan yet.", "File one first; nothing was written.")
        title = "Your assessment and plan"
        blocks = [Block("H1", title), *(block for record in found for block in self._told_in(record))]
        paper = Paper(title, "en-GB", blocks, large)
        content = pdf.made(paper) if way == "pdf" else as_html(paper)
        self.store.audit.note("family-copy", f"{family} as {way}: {why}")
        return content

    def _latest_of(self, scope: str, kind: str) -> Record | None:
        held = [each for each in self.store.records.of_scope(scope, kind) if each.form]
        return max(held, key=lambda each: each.at, default=None)

    def _told_in(self, record: Record) -> Iterator[Block]:
        """A record as the family reads it, page by page, drawn from nothing but what goes."""
        form = self.loaded(record.form)
        goes = going(form, record.state, "family").values
        _, homeless = planted(form, goes)
        unsaid = {bind.template for bind in form.binds.values() if bind.own.get("class") in NOT_ON_PAPER}
        at = self.when(record.at).astimezone(ZoneInfo(self.zone))
        yield Block("H2", f"{TITLES.get(record.kind, form.title)}, {at.day} {at:%B %Y}")
        for page in self.interview(form.name, {p: v for p, v in goes.items() if p not in homeless}).pages():
            shown = [view for view in page.questions if view.value is not None and view.path in goes]
            shown = [view for view in shown if template_of(form, view.path) not in unsaid]
            if shown:
                yield Block("H2", " ".join(page.title.split()))
            yield from (Block("LI", _answer(view), " ".join(view.label.split())) for view in shown)

    def invitation(self, family: str, meeting: Meeting, reason: str) -> bytes:
        """An agency's invitation as a calendar file. Refused when it may not be told that there is a meeting."""
        why, home, agency = said_reason(reason), self.record(family), refuse_controls(meeting.agency)
        gate = self._gate(home.scope, agency, "")
        if not gate.open:
            raise Refused(f"{gate.why} So they are not invited.", "Talk it over with the family; nothing was written.")
        if not 1 <= meeting.minutes <= 24 * 60:
            raise Refused("A meeting takes 1 to 1440 minutes.", "Nothing was written.")
        name = str(home.state.get("name") or "")
        called = name if meeting.name_because.strip() else calendar.initials(name)
        one = Invitation(
            family,
            agency,
            self._on_the_wall(meeting.on),
            meeting.minutes,
            f"Team around the family: {called}",
            refuse_controls(meeting.place),
            self.clock.now(),
            meeting.moved_from,
        )
        because = f"; named: {said_reason(meeting.name_because)}" if meeting.name_because.strip() else ""
        self.store.audit.note("invitation", f"{family}: {why}{because}")
        return calendar.as_calendar(one)

    def _on_the_wall(self, told: str) -> datetime:
        """A time as the council's clock shows it. Refused when there is none such, as when clocks go forward."""
        try:
            wall = datetime.fromisoformat(told).replace(tzinfo=ZoneInfo(self.zone))
        except ValueError:
            raise Refused("That is no day and time.", "Write it as 2026-12-08T15:00.") from None
        if wall.astimezone(UTC).astimezone(wall.tzinfo) != wall or "T" not in told:
            raise Refused("There is no such time on that day.", "Write it as 2026-12-08T15:00.")
        return wall


def _answer(view: QuestionView) -> str:
    names = dict(view.choices)
    told = view.value if isinstance(view.value, list) else [str(view.value)]
    return ", ".join(names.get(each, each) for each in told)
