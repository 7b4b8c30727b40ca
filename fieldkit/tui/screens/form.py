"""Filling a form: the outline on the left, one page on the right, every keystroke in the journal."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.message import Message

from fieldkit.tui.desk import Kit
from fieldkit.tui.reading import carried_words, outline_rows, page_at, part_after, step
from fieldkit.tui.screens.base import WorkspaceScreen
from fieldkit.tui.screens.missing import MissingScreen
from fieldkit.tui.screens.not_recorded import NotRecordedScreen
from fieldkit.tui.widgets.editors import Answered
from fieldkit.tui.widgets.entry import TextCleaned
from fieldkit.tui.widgets.page import Page, Shown
from fieldkit.tui.widgets.rows import Rows

if TYPE_CHECKING:
    from fieldkit.tui.desk import Draft

OUTLINE_PAUSE = 0.25
"""Seconds without a change before the outline is drawn again."""


@dataclass(frozen=True, slots=True)
class Opened:
    """A draft and who may be quoted in it."""

    draft: Draft
    voices: tuple[str, ...]


class DraftSaved(Message):
    """The writer has it."""

    def __init__(self, revision: int, at: datetime) -> None:
        super().__init__()
        self.revision = revision
        self.at = at


class FormScreen(WorkspaceScreen):
    """One page at a time; the answers live in the interview, never only here."""

    CSS_PATH = "form.tcss"
    KEYS = "tab next  ^n page  f7 back  ^g missing  ^r no answer  ^t said by  ^s file  F1"
    HELP_WORDS = (
        "Everything you type is kept at once, encrypted. esc leaves the form; it waits under Unfinished. "
        "A star marks what must be answered, or ^r says why there is no answer."
    )
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+n", "turn(1)", "Next page", show=False, priority=True),
        Binding("f7", "turn(-1)", "Page back", show=False, priority=True),
        Binding("f8", "part", "Next part", show=False, priority=True),
        Binding("f6", "outline", "Between outline and page", show=False, priority=True),
        Binding("ctrl+g", "missing", "What is missing", show=False, priority=True),
        Binding("ctrl+r", "not_recorded", "Why there is no answer", show=False, priority=True),
        Binding("ctrl+t", "voice", "Who said it", show=False, priority=True),
        Binding("ctrl+l", "language", "Another language", show=False, priority=True),
        Binding("f3", "add_row", "Add one more: child, agency, action", show=False, priority=True),
        Binding("f4", "remove_row", "Take this one out", show=False, priority=True),
        Binding("ctrl+s", "file", "File it when nothing is missing", show=False, priority=True),
    ]

    def __init__(self, kit: Kit, draft: str) -> None:
        super().__init__(kit)
        self.draft_id = draft
        self.opened: Opened | None = None
        self.pages: tuple[Any, ...] = ()
        self.page_path = ""
        self.saved = ""
        self.removing = ""
        self._outline_timer: Any = None

    # -- frame

    def where(self) -> str:
        """Which form, whose family."""
        return f"{self.opened.draft.form_title} · {self.opened.draft.family_name}" if self.opened else "Form"

    def state(self) -> str:
        """Draft, and when it was last saved."""
        return f"draft · saved {self.saved}" if self.saved else "draft"

    def body(self) -> ComposeResult:
        """Outline and page."""
        with Horizontal(id="halves"):
            yield Rows(id="outline")
            yield Page(self.kit.clock.now().date())

    def on_mount(self) -> None:
        """Open the draft off the keyboard's path."""
        self.learn(self._open, self.show_draft)

    def _open(self) -> Opened:
        draft = self.kit.desk.draft(self.draft_id)
        draft.on_saved(self._tell_saved)
        people = tuple(person.name for person in self.kit.desk.family(draft.family).people)
        present = self.kit.desk.room.present
        return Opened(draft, tuple(dict.fromkeys((*present, *people, self.kit.desk.me.worker))))

    def _tell_saved(self, revision: int, at: datetime) -> None:
        self.post_message(DraftSaved(revision, at))

    async def show_draft(self, opened: Opened) -> None:
        """Draw the first page that is not done."""
        self.opened = opened
        await self.show_page("")

    def refresh_facts(self) -> None:
        """Somebody may have come into the room, or left it."""
        if self.opened:
            self.call_later(self.repaint)

    # -- pages

    async def show_page(self, path: str, focus: str = "") -> None:
        """Turn to the page of a path, or to the first."""
        if self.opened is None:
            return
        self.pages = tuple(self.opened.draft.interview.pages())
        page = page_at(self.pages, path)
        if page is None:
            return
        self.page_path, self.removing = page.path, ""
        await self.query_one(Page).turn(page.title, self._shown(page), focus)
        self.paint_outline()
        self.paint_heading()

    def _shown(self, page: Any) -> tuple[Shown, ...]:
        assert self.opened is not None
        draft = self.opened.draft
        return tuple(
            Shown(view, not draft.visible(view), carried_words(draft.carried(view.path)) if not view.value else "")
            for view in page.questions
            if view.relevant
        )

    async def action_turn(self, by: int) -> None:
        """A page on or back."""
        page = step(self.pages, self.page_path, by)
        if page is None:
            self.say(
                "That was the last page: ^g lists what is missing, ^s files it."
                if by > 0
                else "This is the first page."
            )
        else:
            await self.show_page(page.path)

    async def action_part(self) -> None:
        """The next part."""
        if self.opened:
            path = part_after(tuple(self.opened.draft.interview.outline()), self.page_path)
            await self.show_page(path)

    @on(Rows.Chosen, "#outline")
    async def open_part(self, event: Rows.Chosen) -> None:
        """Go where the outline leads."""
        await self.show_page(event.target[0])

    def action_outline(self) -> None:
        """Between the outline and the page."""
        outline = self.query_one("#outline", Rows)
        if outline.has_focus:
            self.query_one(Page).focus_on()
        else:
            outline.focus()

    # -- answers

    @on(Answered)
    async def take_answer(self, event: Answered) -> None:
        """Every keystroke: to the interview and the journal, then repaint what changed."""
        event.stop()
        if self.opened:
            reaction = self.attempt(partial(self.opened.draft.answer, event.path, event.raw))
            if reaction is not None:
                await self.react(reaction, event.path)

    async def react(self, reaction: Any, path: str) -> None:
        """Draw again only what an answer changed."""
        if set(reaction.changed) - {path}:
            await self.repaint()
        else:
            self._refresh_one(path)
        if self._outline_timer is not None:
            self._outline_timer.stop()
        self._outline_timer = self.set_timer(OUTLINE_PAUSE, self.paint_outline)

    def _refresh_one(self, path: str) -> None:
        page, opened = self.query_one(Page), self.opened
        if opened is None:
            return
        view = opened.draft.interview.question(path)
        page.refresh_questions(
            tuple(Shown(view, one.kept, one.carried) if one.view.path == path else one for one in page.shown)
        )

    async def repaint(self) -> None:
        """Look at the whole page again; turn it only when its questions are other ones."""
        if self.opened is None:
            return
        self.pages = tuple(self.opened.draft.interview.pages())
        page = page_at(self.pages, self.page_path)
        widget = self.query_one(Page)
        if page is not None and not widget.refresh_questions(self._shown(page)):
            await widget.turn(page.title, self._shown(page), widget.at())

    def paint_outline(self) -> None:
        """Draw where we are in the whole."""
        if self.opened is not None and self.is_attached:
            outline = self.query_one("#outline", Rows)
            rows = outline_rows(tuple(self.opened.draft.interview.outline()), self.page_path)
            if [row.line for row in rows] != [row.line for row in getattr(self, "_drawn", [])]:
                self._drawn = rows
                outline.show(rows)
            if not outline.has_focus:
                outline.highlight_target(next((row.target for row in rows if row.line.plain.startswith("▸")), None))

    @on(Page.StillRight)
    async def still_right(self, event: Page.StillRight) -> None:
        """What was told before is confirmed today, or asked again."""
        if self.opened is None:
            return
        carried = self.opened.draft.carried(event.path)
        if event.right and carried is not None:
            self.attempt(partial(self.opened.draft.answer, event.path, carried.value))
        await self.repaint()
        self.query_one(Page).focus_on(event.path)

    @on(TextCleaned)
    def tell_cleaned(self, event: TextCleaned) -> None:
        """What was pasted was changed: say so."""
        self.say(f"! {event.words}")

    @on(DraftSaved)
    def show_saved(self, event: DraftSaved) -> None:
        """The writer has it."""
        self.saved = f"{event.at.astimezone(self.kit.clock.now().tzinfo):%H:%M:%S}"
        self.paint_heading()

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

    async def action_voice(self) -> None:
        """Who said it: the next of those who may have."""
        view = self._current()
        if view is not None and self.opened:
            voices = ("", *self.opened.voices)
            at = voices.index(view.voice) if view.voice in voices else 0
            self.attempt(partial(self.opened.draft.voice, view.path, voices[(at + 1) % len(voices)]))
            self._refresh_one(view.path)

    async def action_language(self) -> None:
        """The form's words in another language."""
        if self.opened is None:
            return
        interview = self.opened.draft.interview
        languages = tuple(interview.languages)
        if len(languages) < 2:
            self.say("This form has one language.")
            return
        at = languages.index(interview.lang) if interview.lang in languages else 0
        interview.set_language(languages[(at + 1) % len(languages)])
        await self.show_page(self.page_path)

    # -- rows

    async def action_add_row(self) -> None:
        """One more of what this page repeats."""
        repeat = self.query_one(Page).repeat if self.opened else ""
        if not repeat or self.opened is None:
            self.say("Nothing repeats on this page.")
            return
        row = self.attempt(partial(self.opened.draft.add_row, repeat))
        if row:
            await self.show_page(row)

    async def action_remove_row(self) -> None:
        """Take this one out, when asked twice."""
        row = self.query_one(Page).row if self.opened else ""
        if not row or self.opened is None:
            self.say("Nothing on this page can be taken out.")
        elif self.removing != row:
            self.removing = row
            self.say("f4 again takes out this one and all its answers.")
        else:
            self.attempt(partial(self.opened.draft.remove_row, row))
            await self.show_page(row)

    # -- the end

    def action_missing(self) -> None:
        """What is missing, each a step away."""
        if self.opened:
            interview = self.opened.draft.interview
            violations = tuple(dict.fromkeys((*interview.missing(), *interview.violations())))
            self.app.push_screen(MissingScreen(self.kit, violations), self._go_to)

    async def _go_to(self, path: str | None) -> None:
        if path:
            await self.show_page(path, path)

    def action_file(self) -> None:
        """File it; when something is missing, show what."""
        if self.opened is None:
            return
        if self.opened.draft.interview.missing() or self.opened.draft.interview.violations():
            self.action_missing()
            return
        self.learn(lambda: self.kit.desk.file(self.draft_id), self.filed)

    def filed(self, record: str) -> None:
        """It is a record now: show it."""
        self.go("record", instead=True, record=record)
