"""Filling a form: the verbs a person has while a form lies open."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar

from textual.binding import Binding, BindingType

from fieldkit.casework import quality
from fieldkit.casework.room import REGISTER_MINUTES
from fieldkit.tui.reading import after, part_after
from fieldkit.tui.screens.missing import MissingScreen
from fieldkit.tui.screens.not_recorded import NotRecordedScreen
from fieldkit.tui.screens.open_form import OpenForm
from fieldkit.tui.screens.quality import QualityScreen, for_eyes
from fieldkit.tui.widgets.page import Page
from fieldkit.tui.widgets.rows import Rows

if TYPE_CHECKING:
    from fieldkit.tui.desk import Draft

KEPT = "a question for when you are alone"
REGISTER = "session"
"""The form of a session at a centre."""


class FormScreen(OpenForm):
    """Next, back, missing, no answer, said by, one more, take out, another language, file."""

    KEYS = "tab next  ^n page  f7 back  ^g missing  ^r no answer  ^t said by  ^s file  F1"
    HELP_WORDS = (
        "Everything you type is kept at once, encrypted. esc leaves the form; it waits under Unfinished. "
        "A star marks what must be answered, or ^r says why there is no answer."
    )
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("tab", "next(1)", "Next question; from the last one to the next page", show=False, priority=True),
        Binding("shift+tab", "next(-1)", "Question back", show=False, priority=True),
        Binding("ctrl+n", "turn(1)", "Next page", show=False, priority=True),
        Binding("f7", "turn(-1)", "Page back", show=False, priority=True),
        Binding("f8", "part", "Next part", show=False, priority=True),
        Binding("f6", "outline", "Between outline and page", show=False, priority=True),
        Binding("ctrl+g", "missing", "What is missing", show=False, priority=True),
        Binding("f5", "quality", "What is still thin", show=False, priority=True),
        Binding("ctrl+r", "not_recorded", "Why there is no answer", show=False, priority=True),
        Binding("ctrl+t", "voice", "Who said it", show=False, priority=True),
        Binding("ctrl+l", "language", "Another language", show=False, priority=True),
        Binding("f10", "guidance", "More about this question", show=False, priority=True),
        Binding("f3", "add_row", "Add one more: child, agency, action", show=False, priority=True),
        Binding("f4", "remove_row", "Take this one out", show=False, priority=True),
        Binding("f12", "upgrade", "A newer version of this form; what is no longer asked", show=False, priority=True),
        Binding("ctrl+s", "file", "File it when nothing is missing", show=False, priority=True),
    ]

    @property
    def cover_minutes(self) -> int:
        """A session's register lies open on a table at the door: it may be covered."""
        at_the_door = self.opened is not None and self.opened.draft.interview.form.name.partition("@")[0] == REGISTER
        return REGISTER_MINUTES if at_the_door else 0

    # -- from question to question

    async def action_turn(self, by: int) -> None:
        """A page on or back."""
        await self.turn(by)

    async def action_part(self) -> None:
        """The next part."""
        if self.opened:
            await self.show_page(part_after(tuple(self.opened.draft.interview.outline()), self.page_path))

    def action_outline(self) -> None:
        """Between the outline and the page."""
        outline = self.query_one("#outline", Rows)
        if outline.has_focus:
            self.query_one(Page).focus_on()
        else:
            outline.focus()

    # -- verbs on the question under the keyboard

    def _current(self) -> Any:
        path = self.query_one(Page).at()
        return self.opened.draft.interview.question(path) if self.opened and path else None

    def action_not_recorded(self) -> None:
        """Why there is no answer here."""
        view = self._current()
        if view is not None:
            screen = NotRecordedScreen(self.kit, view.label, view.not_recorded or "")
            self.app.push_screen(screen, partial(self._not_recorded, view.path))

    async def _not_recorded(self, path: str, code: str | None) -> None:
        if code is not None and self.opened:
            self.attempt(partial(self.opened.draft.not_recorded, path, code))
            await self.repaint()
            self.query_one(Page).focus_on(path)

    def action_guidance(self) -> None:
        """What the form's authors say about this question, or no longer."""
        view = self._current()
        if view is None or not view.guidance:
            self.say("There is nothing more about this question.")
            return
        self.guided ^= {view.path}
        page = self.query_one(Page)
        page.refresh_questions(tuple(replace(one, guided=one.view.path in self.guided) for one in page.shown))

    async def action_voice(self) -> None:
        """Who said it: the next of those who may have."""
        view = self._current()
        if view is not None and self.opened:
            who = after(("", *self.opened.voices), view.voice)
            self.attempt(partial(self.opened.draft.voice, view.path, who))
            self.refresh_one(view.path)

    async def action_language(self) -> None:
        """The form's words in another language."""
        if self.opened is None:
            return
        interview = self.opened.draft.interview
        languages = tuple(interview.languages)
        if len(languages) < 2:
            self.say("This form has one language.")
            return
        interview.set_language(after(languages, interview.lang))
        await self.show_page(self.page_path, self.query_one(Page).at())
        self.paint_outline()

    # -- rows

    async def action_add_row(self) -> None:
        """One more of what this page repeats."""
        page = self.page
        if self.opened is None or page is None or not page.repeat:
            self.say("Nothing repeats on this page.")
            return
        row = self.attempt(partial(self.opened.draft.add_row, page.repeat))
        if row:
            await self.show_page(row)

    async def action_remove_row(self) -> None:
        """Take this one out, when asked twice."""
        page = self.page
        if self.opened is None or page is None or not page.row:
            self.say("Nothing on this page can be taken out.")
        elif self.removing != page.row:
            self.removing = page.row
            self.say(f"f4 again takes out {page.title} and all its answers.")
        else:
            self.attempt(partial(self.opened.draft.remove_row, page.row))
            await self.show_page(page.repeat)

    # -- the end

    def action_missing(self) -> None:
        """What is missing, each a step away."""
        if self.opened:
            self.app.push_screen(MissingScreen(self.kit, self._missing(self.opened.draft)), self._go_to)

    def _missing(self, draft: Draft) -> tuple[Any, ...]:
        """What is missing; of a question that is not for who is in the room only that there is one."""
        found = draft.interview.violations()
        shown = {one.path for one in found if draft.visible(draft.interview.question(one.path))}
        return tuple(one if one.path in shown else replace(one, label=KEPT, message=KEPT) for one in found)

    def action_quality(self) -> None:
        """What is still thin, each a step away; nobody reads it over your shoulder."""
        if self.opened is None:
            return
        if self.kit.desk.room.present:
            self.say("What is still thin is shown when you are alone.")
            return
        found = for_eyes(quality.read(self.opened.draft.interview), self.opened.draft)
        self.app.push_screen(QualityScreen(self.kit, found), self._go_to)

    async def _go_to(self, path: str | None) -> None:
        if path:
            await self.show_page(path, path)

    def action_upgrade(self) -> None:
        """What a newer version would change, and the answers that are no longer asked for."""
        if self.opened is not None:
            self.opened.draft.keep_progress()
            self.go("upgrade", instead=True, draft=self.draft_id)

    def action_file(self) -> None:
        """Asked twice, file it; when something is missing, show what."""
        if self.opened is None:
            return
        if self.opened.draft.interview.violations():
            self.action_missing()
            return
        if not self.filing:
            self.filing = True
            self.say(
                "Everything typed is kept, and nothing is missing. ^s again files it: then it goes with the next sync."
            )
            return
        self.learn(lambda: self.kit.desk.file(self.draft_id), self.filed)

    def filed(self, record: str) -> None:
        """It is a record now: show it."""
        self.go("record", instead=True, record=record)
