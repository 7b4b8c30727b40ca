"""A form laid open: the outline on the left, one page on the right, every keystroke in the journal."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Any

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.message import Message

from fieldkit.casework import quality
from fieldkit.casework.asking import carried_words, may_be_carried
from fieldkit.tui.desk import Kit
from fieldkit.tui.reading import (
    WIDE,
    first_open,
    outline_rows,
    page_again,
    page_at,
    place_of,
    step,
    title_of,
)
from fieldkit.tui.screens.base import WorkspaceScreen
from fieldkit.tui.screens.quality import thin_rows
from fieldkit.tui.widgets.answered import Answered, Finished
from fieldkit.tui.widgets.attaching import FileChosen, read
from fieldkit.tui.widgets.page import Page, Shown
from fieldkit.tui.widgets.rows import Row, Rows, heading
from forms import paging

if TYPE_CHECKING:
    from fieldkit.tui.desk import Draft

OUTLINE_PAUSE = 0.25
"""Seconds without a change before the outline is drawn again."""


@dataclass(frozen=True, slots=True)
class Opened:
    """A draft and who may be quoted in it."""

    draft: Draft
    voices: tuple[str, ...]
    versions: str = ""
    """What there is to say of newer versions and of answers that are no longer asked for."""


class NotSaved(Message):
    """The writer could not keep what was typed; words without any answer."""

    def __init__(self, words: str) -> None:
        super().__init__()
        self.words = words


class DraftSaved(Message):
    """The writer has it."""

    def __init__(self, revision: int, at: datetime) -> None:
        super().__init__()
        self.revision = revision
        self.at = at


class OpenForm(WorkspaceScreen):
    """One page at a time; the answers live in the interview, never only here."""

    CSS_PATH = "form.tcss"

    def __init__(self, kit: Kit, draft: str) -> None:
        super().__init__(kit)
        self.HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (WIDE, "-wide")]
        self.draft_id = draft
        self.begun = kit.clock.now()
        self.opened: Opened | None = None
        self.pages: tuple[Any, ...] = ()
        self.page: Any = None
        self.saved = ""
        self.filing = False  # whether filing was asked for once, with nothing typed since
        self.declined: set[str] = set()
        """Carried answers that were said to be no longer right."""
        self.guided: set[str] = set()
        """Questions whose guidance was asked for."""
        self.moved_on = False
        """Whether a page was left since how far the draft has come was kept."""
        self._drawn: list[Row] = []
        self.removing = ""
        self._outline_timer: Any = None

    @property
    def page_path(self) -> str:
        """Where we are."""
        return str(self.page.path) if self.page is not None else ""

    # -- frame

    def where(self) -> str:
        """Which form, whose family."""
        return f"{self.opened.draft.form_title} · {self.opened.draft.family_name}" if self.opened else "Form"

    def state(self) -> str:
        """Draft, and when it was last saved."""
        saved = f"saved {self.saved}" if self.saved else ""
        return " · ".join(part for part in (self.practice(), "draft", saved) if part)

    def body(self) -> ComposeResult:
        """Outline and page."""
        with Horizontal(id="halves"):
            yield Rows(id="outline")
            yield Page(self.kit.clock.now)

    def on_resize(self) -> None:
        """The outline's titles have another width."""
        self._paint_outline_soon()

    def on_mount(self) -> None:
        """Open the draft off the keyboard's path."""
        self.learn(self._open, self.show_draft)

    def _open(self) -> Opened:
        draft = self.kit.desk.draft(self.draft_id)
        draft.on_saved(self._tell_saved)
        self.kit.desk.on_trouble(lambda wrong: self._tell_not_saved(f"{wrong.said} {wrong.cure}"))
        people = tuple(person.name for person in self.kit.desk.family(draft.family).people)
        present = self.kit.desk.room.present
        voices = tuple(dict.fromkeys((*present, *people, self.kit.desk.me.worker)))
        return Opened(draft, voices, self._versions())

    def _versions(self) -> str:
        newer, kept = self.kit.desk.newer_version(self.draft_id), self.kit.desk.kept_answers(self.draft_id)
        words = [f"newer version {newer}"] if newer else []
        return " · ".join([*words, f"{len(kept)} kept"] if kept else words)

    def _tell_saved(self, revision: int, at: datetime) -> None:
        self.post_message(DraftSaved(revision, at))

    def _tell_not_saved(self, words: str) -> None:
        self.post_message(NotSaved(words))

    async def show_draft(self, opened: Opened) -> None:
        """Draw the first page that is not done."""
        self.opened = opened
        await self.show_page(first_open(tuple(opened.draft.interview.outline())))
        self.paint_outline()
        self.paint_heading()
        if opened.versions.startswith("newer"):
            self.say(f"A {opened.versions.partition(' · ')[0]} of this form is here: f12 shows what would change.")

    def refresh_facts(self) -> None:
        """Somebody may have come into the room, or left it."""
        if self.opened:
            self.call_later(self.repaint)

    # -- pages

    async def show_page(self, path: str, focus: str = "") -> None:
        """Turn to the page of a path, or to the first."""
        if self.opened is None:
            return
        self.moved_on = self.moved_on or self.page is not None
        self.pages = self._pages()
        self.page, self.removing = page_at(self.pages, path), ""
        self.say("")
        if self.page is not None:
            await self.query_one(Page).turn(title_of(self.page), self._shown(self.page), focus)
            self._paint_outline_soon()

    def _pages(self) -> tuple[Any, ...]:
        """Where the pages are; what stands on them is asked for when one is shown."""
        assert self.opened is not None
        return tuple(paging.pages(self.opened.draft.interview, place_of))

    def _shown(self, page: Any) -> tuple[Shown, ...]:
        assert self.opened is not None
        ask = self.opened.draft.interview.question
        return tuple(self._look(ask(place.path)) for place in page.questions)

    def _look(self, view: Any) -> Shown:
        assert self.opened is not None
        kept = not self.opened.draft.visible(view)
        return Shown(view, kept, self._carried(view), view.path in self.guided)

    def _carried(self, view: Any) -> str:
        if self.opened is None or view.value or view.path in self.declined or not may_be_carried(view):
            return ""
        return carried_words(self.opened.draft.carried(view.path))

    async def turn(self, by: int) -> bool:
        """A page on or back; False, and said, when there is none."""
        page = step(self.pages, self.page_path, by)
        if page is None:
            end = "That was the last page: ^g lists what is missing, ^s files it."
            self.say(end if by > 0 else "This is the first page.")
            return False
        await self.show_page(page.path)
        return True

    @on(Rows.Chosen, "#outline")
    async def open_part(self, event: Rows.Chosen) -> None:
        """Go where the outline leads."""
        await self.show_page(event.target[0])

    # -- answers

    @on(Answered)
    async def take_answer(self, event: Answered) -> None:
        """Every keystroke: to the interview and the journal, then repaint what changed."""
        event.stop()
        self.filing = False
        if self.opened:
            reaction = self.attempt(partial(self.opened.draft.answer, event.path, event.raw))
            if reaction is not None:
                await self.react(reaction, event.path)
                if event.done:
                    await self.action_next(1)

    @on(FileChosen)
    def attach(self, event: FileChosen) -> None:
        """Read a file off the keyboard's path; it is an answer once its bytes are kept."""
        event.stop()
        if self.opened:
            draft, path, file = self.opened.draft, event.path, event.file

            def keep() -> dict[str, Any]:
                value, bytes_ = read(file)
                draft.keep_file(value["hash"], bytes_)
                return value

            async def kept(value: dict[str, Any]) -> None:
                await self.take_answer(Answered(path, value))

            self.learn(keep, kept, "attach")

    @on(Finished)
    async def go_on(self, event: Finished) -> None:
        """Enter in a line: on to the next question."""
        event.stop()
        await self.action_next(1)

    async def action_next(self, by: int) -> None:
        """The next question, or the one before; at the end of a page the next page."""
        page = self.query_one(Page)
        if page.focus_step(by):
            return
        if await self.turn(by) and by < 0:
            page.focus_last()

    async def react(self, reaction: Any, path: str) -> None:
        """Draw again only what an answer changed."""
        if set(reaction.changed) - {path}:
            await self.repaint()
        else:
            self.refresh_one(path)
        self._paint_outline_soon()

    def refresh_one(self, path: str) -> None:
        """Look at one question again."""
        page, opened = self.query_one(Page), self.opened
        if opened is None:
            return
        view = opened.draft.interview.question(path)
        again = tuple(replace(one, view=view) if one.view.path == path else one for one in page.shown)
        page.refresh_questions(again)

    async def repaint(self) -> None:
        """Look at the whole page again; turn it only when its questions are other ones."""
        if self.opened is None:
            return
        self.pages = self._pages()
        widget = self.query_one(Page)
        self.page = page_again(self.pages, self.page_path, [one.view.path for one in widget.shown])
        if self.page is not None:
            shown = self._shown(self.page)
            if not widget.refresh_questions(shown):
                await widget.turn(title_of(self.page), shown, widget.at())

    def _paint_outline_soon(self) -> None:
        if self._outline_timer is not None:
            self._outline_timer.stop()
        self._outline_timer = self.set_timer(OUTLINE_PAUSE, self.paint_outline)

    def keep_progress(self) -> None:
        """How far the draft has come is counted while nobody waits: in a pause, and on leaving."""
        if self.opened is not None and self.moved_on:
            self.moved_on = False
            self.opened.draft.keep_progress()

    def action_back(self) -> None:
        """One step back; how far the draft has come is kept first."""
        self.keep_progress()
        super().action_back()

    def paint_outline(self) -> None:
        """Draw where we are in the whole."""
        self.keep_progress()
        if self.opened is not None and self.is_attached:
            outline = self.query_one("#outline", Rows)
            rows = outline_rows(tuple(self.opened.draft.interview.outline()), self.page_path, self.size.width)
            rows += self._thin()
            rows += [heading(f" f12 {self.opened.versions}")] if self.opened.versions else []
            if rows != self._drawn:
                self._drawn = rows
                outline.show(rows)
            if not outline.has_focus:
                outline.highlight_target(next((row.target for row in rows if row.line.plain.startswith("▸")), None))

    def _thin(self) -> list[Row]:
        """The quality meter in a line, while nobody else looks."""
        if self.opened is None or self.kit.desk.room.present:
            return []
        return thin_rows(quality.read(self.opened.draft.interview))

    @on(Page.StillRight)
    async def still_right(self, event: Page.StillRight) -> None:
        """What was told before is confirmed today, or asked again."""
        if self.opened is None:
            return
        carried = self.opened.draft.carried(event.path)
        if event.right and carried is not None:
            self.attempt(partial(self.opened.draft.answer, event.path, carried.value))
            if carried.who:
                self.attempt(partial(self.opened.draft.voice, event.path, carried.who))
        else:
            self.declined.add(event.path)
        await self.repaint()
        self.query_one(Page).focus_on(event.path)

    @on(NotSaved)
    def show_not_saved(self, event: NotSaved) -> None:
        """The disk did not take it: said at once, and it is tried again with the next key."""
        self.saved = ""
        self.tell(f"NOT SAVED. {event.words}")
        self.paint_heading()

    @on(DraftSaved)
    def show_saved(self, event: DraftSaved) -> None:
        """The writer has it."""
        self.saved = f"{event.at.astimezone(self.kit.clock.now().tzinfo):%H:%M:%S}"
        self.paint_heading()
