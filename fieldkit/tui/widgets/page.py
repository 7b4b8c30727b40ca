"""One page of a form: its questions, each with its words above and what is to be said about it below."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from textual import on
from textual.containers import VerticalScroll
from textual.content import Content
from textual.message import Message
from textual.widget import Widget

from fieldkit.casework.asking import ALONE, MEDIA, NOT_RECORDED
from fieldkit.casework.days import day_in_words
from fieldkit.tui.plain import plain
from fieldkit.tui.widgets.answered import Now
from fieldkit.tui.widgets.choices import Choices
from fieldkit.tui.widgets.editors import editor_for
from fieldkit.tui.widgets.pool import Pool
from fieldkit.tui.widgets.texts import TextLine
from fieldkit.tui.widgets.words import Words


@dataclass(frozen=True, slots=True)
class Shown:
    """A question and how it may be shown now."""

    view: Any
    kept: bool = False
    """Not while somebody else is in the room."""
    carried: str = ""
    """What was told before, to be asked "still right?"."""
    guided: bool = False
    """With the guidance that stands behind f10."""


class Page(VerticalScroll, can_focus=False):
    """The questions of one page. Its editors are kept, and bound to the questions of the next page."""

    DEFAULT_CSS = """
    Page { padding: 0 1; scrollbar-size-vertical: 1; }
    Page > .label { margin-top: 1; }
    Page > .foot { text-style: bold; }
    """

    class StillRight(Message):
        """A person said whether a carried answer is still right."""

        def __init__(self, path: str, right: bool) -> None:
            super().__init__()
            self.path = path
            self.right = right

    def __init__(self, now: Now) -> None:
        super().__init__()
        self.now = now
        self.shown: tuple[Shown, ...] = ()
        self._title = Words("", classes="page-title")
        self._labels: list[Words] = []
        self._feet: list[Words | None] = []
        """Only where something is to be said: a widget that says nothing costs as much as one that does."""
        self._editors: list[Widget | None] = []
        self._pool = Pool()

    def on_mount(self) -> None:
        """The title stands first, always."""
        self.mount(self._title)

    def room(self) -> int:
        """Cells for an editor's words."""
        return (self.size.width or self.app.size.width - 29) - 4

    async def turn(self, title: str, shown: Sequence[Shown], focus: str = "") -> None:
        """Show another page: the same editors bound to other questions, only new kinds are made."""
        await self._listen()
        self._pool.take_back()
        self.shown = tuple(shown)
        self._labels = [self._pool.words("label", label_of(one)) for one in shown]
        self._editors = [self._editor(one) for one in shown]
        self._feet = [self._foot(foot_of(one)) for one in shown]
        order: list[Widget] = [self._title]
        for one, label, editor, foot in zip(shown, self._labels, self._editors, self._feet, strict=True):
            order += [each for each in (label, editor, foot) if each is not None]
            order += self._still_right(one)
        places = {widget: place for place, widget in enumerate(order)}
        with self.app.batch_update():
            self._title.say(plain(title, "bold"))
            await self.mount_all([each for each in order if not each.is_attached])
            self._pool.hide_spare()
            self.sort_children(key=lambda each: places.get(each, len(places)))
            self.screen.set_focus(None, scroll_visible=False) if not self._stops() else self.focus_on(focus)
        if focus and self.screen.focused is not None:
            self.call_after_refresh(self._look_at, self.screen.focused)
        else:
            self.scroll_home(animate=False, force=True, immediate=True)

    async def _listen(self) -> None:
        """Let the editor that has the keyboard take the keys that came before this page was asked for."""
        focused = self.screen.focused
        if focused is None or self not in focused.ancestors:
            return
        for each in (each for each in (focused, *focused.ancestors) if self in each.ancestors):
            if isinstance(each, TextLine):
                each.leave()
            for _ in range(2):
                heard = asyncio.Event()
                each.call_later(heard.set)
                await asyncio.wait_for(heard.wait(), 1)

    def refresh_questions(self, shown: Sequence[Shown]) -> bool:
        """Show what changed in the same questions; False when they are other ones and the page must be turned."""
        if [self._shape(one) for one in shown] != [self._shape(one) for one in self.shown]:
            return False
        for index, (old, new) in enumerate(zip(self.shown, shown, strict=True)):
            if old != new:
                self._update(index, new)
        self.shown = tuple(shown)
        return True

    def focus_on(self, path: str = "") -> None:
        """Put the keyboard on a question, or on the first that takes an answer."""
        for one, editor in zip(self.shown, self._editors, strict=True):
            if editor is not None and not editor.disabled and (not path or one.view.path == path):
                target = editor if editor.can_focus else next(iter(editor.query("LineEntry, Choices")), editor)
                self._go_on(target, look=bool(path))
                return

    def _stops(self) -> list[Widget]:
        """Everything on the page that the keyboard can go to, in order."""
        shown = [each for each in self.children if each.display]
        return [each for one in shown for each in (one, *one.query("*")) if each.focusable]

    def focus_step(self, by: int) -> bool:
        """The keyboard to the next thing on the page, or the one before; False at the end."""
        stops = self._stops()
        focused = self.screen.focused
        at = stops.index(focused) + by if focused in stops else (0 if by > 0 else len(stops) - 1)
        if not 0 <= at < len(stops):
            return False
        self._go_on(stops[at])
        return True

    def focus_last(self) -> None:
        """Put the keyboard on the last thing of the page."""
        stops = self._stops()
        if stops:
            self._go_on(stops[-1])

    def _go_on(self, target: Widget, look: bool = True) -> None:
        self.screen.set_focus(target, scroll_visible=False)
        if look:
            self._look_at(target)

    def _look_at(self, target: Widget) -> None:
        """Scroll, at once, so far that the question is seen with its words above."""
        whole = next((index for index, each in enumerate(self._editors) if each in target.ancestors_with_self), None)
        region = target.virtual_region
        if whole is not None and (editor := self._editors[whole]) is not None:
            asked = self._labels[whole].virtual_region.union(editor.virtual_region)
            if (foot := self._feet[whole]) is not None and foot.size:
                asked = asked.union(foot.virtual_region)
            region = asked if asked.height < self.size.height or editor is target else target.virtual_region
            if editor is not target and region is not asked:
                region = region.translate(editor.virtual_region.offset)
        self.scroll_to_region(region, animate=False, force=True, immediate=True, top=region.height > self.size.height)

    def at(self) -> str:
        """The path of the question the keyboard is on; '' when on none."""
        focused = self.screen.focused
        for one, editor in zip(self.shown, self._editors, strict=True):
            if editor is not None and focused is not None and editor in (focused, *focused.ancestors):
                return str(one.view.path)
        return ""

    def _editor(self, one: Shown) -> Widget | None:
        make = None if one.kept else editor_for(one.view, self.room())
        return self._pool.editor(make, one.view, self.now) if make else None

    def _foot(self, words: str) -> Words | None:
        return self._pool.words("foot", plain(words)) if words else None

    def _still_right(self, one: Shown) -> list[Widget]:
        return [self._pool.once(StillRightChoices(one.view.path))] if one.carried and not one.kept else []

    def _shape(self, one: Shown) -> tuple[object, ...]:
        return (one.view.path, one.kept, bool(one.carried), editor_for(one.view, self.room()))

    def _update(self, index: int, one: Shown) -> None:
        old = self.shown[index]
        if label_of(old) != label_of(one):
            self._labels[index].say(label_of(one))
        if foot_of(old) != foot_of(one):
            self._say_below(index, foot_of(one))
        editor: Any = self._editors[index]
        if editor is not None:
            editor.rebind(one.view)

    def _say_below(self, index: int, words: str) -> None:
        foot = self._feet[index]
        if foot is not None and words:
            foot.say(words)
        elif foot is not None:
            self._pool.give_back(foot)
            self._feet[index] = None
        elif made := self._foot(words):
            self._feet[index] = made
            above = self._editors[index] or self._labels[index]
            if made.is_attached:
                self.move_child(made, after=above)
            else:
                self.mount(made, after=above)
            if self.at() == self.shown[index].view.path and self.screen.focused is not None:
                self.call_after_refresh(self._look_at, self.screen.focused)

    @on(Choices.Picked)
    def _carried(self, event: Choices.Picked) -> None:
        if isinstance(event.choices, StillRightChoices) and event.values:
            event.stop()
            self.post_message(self.StillRight(event.choices.path, event.values[0] == "yes"))


class StillRightChoices(Choices):
    """What was told before: is it still right?"""

    def __init__(self, path: str) -> None:
        super().__init__((("yes", "Still right"), ("no", "No longer right")))
        self.path = path


def label_of(one: Shown) -> Content:
    """The words above a question: label, who said it, hint."""
    view = one.view
    if one.kept:
        return plain(ALONE, "dim")
    text = plain(view.label) + Content(" *" if view.required else "")
    if view.kind == "date" and (said := day_in_words(view.value)):
        text += plain(f"   {said}", "dim")
    if "thousands-sep" in view.appearance.split() and (said := in_thousands(view.value)):
        text += plain(f"   {said}", "dim")
    if view.voice:
        text += plain(f"   who said it: {view.voice}", "dim")
    if view.hint:
        text += Content("\n") + plain(view.hint, "dim")
    for medium, name in view.media.items():
        text += Content("\n") + plain(f"[{MEDIA.get(medium, medium)}: {name.rpartition('/')[2]}]", "dim")
    if view.guidance:
        text += Content("\n") + plain(view.guidance if one.guided else "f10: more about this", "dim")
    if view.kind == "calculate" or (view.kind == "signature"):
        text += Content("\n") + plain(str(view.value or "·"))
    if one.carried:
        text += Content("\n") + plain(one.carried, "italic")
    return text


def in_thousands(value: Any) -> str:
    """1,234,567.5, or nothing when it is no number that needs it."""
    whole, dot, rest = str(value or "").partition(".")
    return f"{int(whole):,}{dot}{rest}" if whole.lstrip("-").isdecimal() and len(whole) > 3 else ""


def foot_of(one: Shown) -> str:
    """What is to be said below a question: no answer and why, or what is wrong."""
    if one.kept:
        return ""
    if one.view.not_recorded:
        return f"– {NOT_RECORDED.get(one.view.not_recorded, one.view.not_recorded)}  (^r changes)"
    # What is missing is told by ^g and on filing; a blank page that scolds is put away unread.
    wrong = one.view.violation if getattr(one.view.violation, "why", "") != "required" else None
    return f"! {violation_words(wrong)}" if wrong else ""


def violation_words(violation: Any) -> str:
    """What is wrong, in words."""
    return str(getattr(violation, "message", violation))
