"""Signing: the laptop is in the family's hands. Read first, then sign; only the worker's PIN leads back."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.widgets import Input

from fieldkit.casework.evidence import BY_THEMSELVES, ON_PAGE, Support
from fieldkit.casework.room import SIGNING_MINUTES
from fieldkit.casework.scripts import unshaped
from fieldkit.tui.desk import Kit
from fieldkit.tui.evidence_ways import (
    CHOICE_KEYS,
    DONE_KEYS,
    LINE_KEYS,
    OFFERED,
    OTHER_KEYS,
    PAD_KEYS,
    READING_KEYS,
    UNREAD_KEYS,
    WAYS,
    evidence_of,
)
from fieldkit.tui.ideas import ideas, in_large, part_read
from fieldkit.tui.plain import plain
from fieldkit.tui.screens.base import WorkspaceScreen
from fieldkit.tui.screens.take_back import TakeBackScreen
from fieldkit.tui.screens.touch import TouchScreen
from fieldkit.tui.widgets.choices import Choices
from fieldkit.tui.widgets.entry import LineEntry
from fieldkit.tui.widgets.lines import KeyLine
from fieldkit.tui.widgets.pad import COARSE, SignaturePad
from fieldkit.tui.widgets.words import Words
from fieldkit.workspace.views import Evidence

INSTEAD = "b opens it on a page of its own, o is for paper, v when it is read out and said aloud."


class HandoverScreen(WorkspaceScreen):
    """Only reading, signing, saying no and asking work here."""

    CSS_PATH = "handover.tcss"
    KEPT: ClassVar[bool] = True
    cover_minutes: ClassVar[int] = SIGNING_MINUTES
    KEYS = READING_KEYS
    VERTICAL_BREAKPOINTS = [(0, "-low"), (16, "-high")]
    """In a low window the place to sign takes every line there is."""
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "forward", "Go on, done", show=False),
        Binding("down", "read(1)", "Read on", show=False),
        Binding("up", "read(-1)", "Read back", show=False),
        Binding("pagedown,space", "page(1)", "A page on", show=False),
        Binding("pageup", "page(-1)", "A page back", show=False),
        Binding("l", "large", "Large print", show=False),
        *(Binding(way.key, f"way('{name}')", way.words, show=False) for name, way in OFFERED.items()),
        Binding("b", "touch", "The page for touch", show=False),
        Binding("i,ctrl+o", "other", "Another way", show=False),
        Binding("ctrl+z", "again", "Take the last stroke back", show=False),
        Binding("a", "blank", "Again from blank", show=False),
        Binding("question_mark", "ask", "Ask", show=False),
    ]

    def __init__(self, kit: Kit, frozen: Any, interpreter: str = "", support: Support = BY_THEMSELVES) -> None:
        super().__init__(kit)
        self.frozen = frozen
        self.interpreter = interpreter
        self.support = support
        self.way = "drawn"
        self.read_to = 0
        self.busy = False
        self.begun = kit.clock.now()
        self.ideas = ideas(frozen.text)
        self.idea = 0
        self.cannot = unshaped(frozen.text)
        """Why this window cannot show the text as it is read; empty where it can."""

    # -- what stands there

    def where(self) -> str:
        """Whose agreement, which page."""
        page = "2 of 2: your signature" if self.has_class("-signing") else f"1 of 2: what you agree{self._page()}"
        return f"{self.frozen.giver.name}   {page}"

    def _page(self) -> str:
        if self.has_class("-large"):
            return f" · {self.idea + 1} of {len(self.ideas)}"
        text = self.query("#text")
        height = text.first().size.height if text else 0
        if self.cannot or not height:
            return ""
        of = max(-(-text.first().virtual_size.height // height), 1)
        return f" · page {min(-(-int(text.first().scroll_y) // height) + 1, of)} of {of}"

    def state(self) -> str:
        """Nothing about other families."""
        return self.practice()

    def body(self) -> ComposeResult:
        """First the text, whole; then the place to sign."""
        with VerticalScroll(id="text", can_focus=False):
            yield Words(plain(self.frozen.text, whole=True))
        yield Words("", id="idea")
        yield Words(f"{self.cannot}\n\n{INSTEAD}", id="cannot")
        with Vertical(id="signing"):
            yield Words(self._who(), id="who")
            yield SignaturePad(id="pad")
            with VerticalScroll(id="typing", can_focus=False):
                yield Words("", id="ways")
            yield Words(OTHER_KEYS, id="others")
        yield Words("", id="done")

    def on_mount(self) -> None:
        """A text that cannot be shown is not shown; one in another language says whose translation it is."""
        self.set_class(bool(self.cannot), "-cannot")
        if self.cannot:
            self.sub_keys(UNREAD_KEYS)
        if self.frozen.translation:
            self.say(self.frozen.translation)
        self.call_after_refresh(self.paint_heading)

    def _who(self) -> str:
        giver, support = self.frozen.giver, self.support
        words = f"{giver.name}{' · ' + giver.role if giver.role else ''}"
        words += f"   interpreter: {self.interpreter}" if self.interpreter else ""
        return words + (f"   read out by the {support.read_out}" if support.read_out else "")

    # -- reading

    @property
    def reading(self) -> bool:
        """Whether the text is what stands there."""
        return not (self.has_class("-signing") or self.has_class("-done"))

    def action_read(self, lines: int) -> None:
        """Read on, or back."""
        self._turn(lines, lines)

    def action_page(self, pages: int) -> None:
        """A page on, or back; two lines of the one before stay."""
        self._turn(pages * max(self.query_one("#text").size.height - 2, 1), pages)

    def _turn(self, lines: int, pages: int) -> None:
        if not self.reading:
            return
        if self.has_class("-large"):
            self.idea = min(max(self.idea + pages, 0), len(self.ideas) - 1)
            self._show_idea()
        self._note_reading()
        self.query_one("#text").scroll_relative(y=lines, animate=False, immediate=True)
        self._note_reading()
        self.paint_heading()

    def action_large(self) -> None:
        """Large print, or the whole text again."""
        if self.reading and self.ideas and not self.cannot:
            self._note_reading()
            self.toggle_class("-large")
            self._show_idea()
            self.paint_heading()

    def _show_idea(self) -> None:
        width = max(self.size.width - 8, 8)
        self.query_one("#idea", Words).say(plain(in_large(self.ideas[self.idea], width), "bold", whole=True))

    def action_ask(self) -> None:
        """A question is for the worker."""
        self.say(f"Ask {self.kit.desk.me.worker} now. Nothing is signed by asking.")

    async def action_forward(self) -> None:
        """From the text to the signature; from the signature to done."""
        if self.has_class("-done"):
            self.action_back()
        elif self.has_class("-signing"):
            self.finish()
        elif self.cannot:
            self.action_touch()
        else:
            await self.show_way("drawn")

    def _note_reading(self) -> None:
        """How much of the text has been on the screen, in hundredths: it is kept with what is sealed."""
        text = self.query_one("#text")
        if not self.reading or self.cannot:
            return
        if self.has_class("-large"):
            self.read_to = max(self.read_to, part_read(self.idea, len(self.ideas)))
        elif text.virtual_size.height:
            seen = round(100 * (text.scroll_y + text.size.height) / text.virtual_size.height)
            self.read_to = max(self.read_to, min(seen, 100))

    # -- ways

    async def action_way(self, way: str) -> None:
        """Another way of saying yes, or no."""
        if not self.has_class("-done"):
            await self.show_way(way)

    async def show_way(self, way: str) -> None:
        """Draw what this way asks for."""
        if self.cannot and OFFERED[way].read_here:
            self.say(f"{self.cannot} {INSTEAD}")
            return
        self._note_reading()
        self.way = way
        typing = await self._clear(typing=way != "drawn")
        self.query_one("#ways", Words).say(OFFERED[way].words)
        for name, words in OFFERED[way].lines:
            await typing.mount_all([Words(words, classes="line"), LineEntry(self._begin(name), id=name)])
        focus = self.query("#typing LineEntry").first() if OFFERED[way].lines else self.query_one("#pad")
        focus.focus()
        self.sub_keys(LINE_KEYS if OFFERED[way].lines else PAD_KEYS)
        self.paint_heading()

    async def _clear(self, typing: bool) -> Any:
        """The place to sign, with nothing of another way in it."""
        self.add_class("-signing")
        self.set_class(typing, "-typing")
        place = self.query_one("#typing")
        await place.remove_children("LineEntry, Choices, .line")
        return place

    def _begin(self, name: str) -> str:
        begun = {"typed_name": self.frozen.giver.name, "interpreter": self.interpreter}
        return str(begun.get(name) or getattr(self.support, name, ""))

    async def action_other(self) -> None:
        """All the ways, to choose from."""
        if self.has_class("-done"):
            return
        self._note_reading()
        typing = await self._clear(typing=True)
        self.query_one("#ways", Words).say("How is it said?")
        await typing.mount(Choices(tuple((way, f"{each.words}  ({each.key})") for way, each in OFFERED.items())))
        self.query_one("#typing Choices").focus()
        self.sub_keys(CHOICE_KEYS)
        self.paint_heading()

    @on(Choices.Picked)
    async def picked(self, event: Choices.Picked) -> None:
        """That way."""
        await self.show_way(event.values[0])

    def action_again(self) -> None:
        """The last stroke is taken back."""
        self.query_one(SignaturePad).again()

    def action_blank(self) -> None:
        """Every stroke is taken back."""
        self.query_one(SignaturePad).blank()

    @on(SignaturePad.CellsOnly)
    def tell_coarse(self) -> None:
        """The line is rougher than the hand, and it is not the hand's fault."""
        self.say(f"{COARSE} b: a page where a finger or a pen draws finely.")

    @on(SignaturePad.PenTold)
    def tell_pen(self, event: SignaturePad.PenTold) -> None:
        """Whether the arrows draw now."""
        self.say("The pen is down: arrows draw, space lifts it." if event.down else "The pen is up: arrows move it.")

    # -- the page for touch

    def action_touch(self) -> None:
        """The same text on a page of this laptop's browser, for a finger or a pen."""
        if not self.has_class("-done") and not self.busy:
            self._note_reading()
            if (page := self.attempt(lambda: TouchScreen(self.kit, self.frozen))) is not None:
                self.app.push_screen(page, self.came_from_page)

    def came_from_page(self, given: Any) -> None:
        """What was said there is sealed as it would be here."""
        if given is not None:
            read_to = max(given.read_to, self.read_to)
            self.way = given.method
            made = replace(self._evidence(given.strokes), place=ON_PAGE)
            self._seal(replace(made, support=replace(made.support, read_to=read_to)))

    # -- done

    @on(Input.Submitted)
    def submitted(self, event: Input.Submitted) -> None:
        """The next line, or done."""
        lines = list(self.query("#typing LineEntry"))
        at = lines.index(event.input)
        if at + 1 < len(lines):
            lines[at + 1].focus()
        else:
            self.finish()

    def finish(self) -> None:
        """Seal what was said."""
        if not self.query("#typing Choices"):
            self._seal(self._evidence(self.query_one(SignaturePad).strokes if self.way == "drawn" else ()))

    def _seal(self, evidence: Evidence) -> None:
        if not self.busy:
            self.busy = True
            self.learn(lambda: self.kit.desk.sign(self.frozen, evidence), self.signed)

    def tell(self, words: str) -> None:
        """It was not sealed: another try is free."""
        self.busy = False
        super().tell(words)

    def _evidence(self, strokes: Any) -> Evidence:
        said = {line.id: line.value.strip() for line in self.query("#typing LineEntry").results(LineEntry) if line.id}
        made = evidence_of(self.way, self.frozen.giver, {"interpreter": self.interpreter, **said}, self.support)
        read_to = self.read_to if self.read_to or not self.cannot else -1
        return replace(made, strokes=strokes, support=replace(made.support, read_to=read_to))

    def signed(self, _: str) -> None:
        """Sealed: the laptop goes back."""
        self.add_class("-done")
        self.set_focus(None)
        self.query_one("#done", Words).say(
            f"Thank you, {self.frozen.giver.name}. It is kept as you said it.\n\n"
            f"Please give the laptop back to {self.kit.desk.me.worker}."
        )
        self.sub_keys(DONE_KEYS)

    def sub_keys(self, keys: str) -> None:
        """Show other keys."""
        self.query_one(KeyLine).say(keys)

    # -- leaving

    def action_back(self) -> None:
        """Only the PIN leads back."""
        self.app.push_screen(TakeBackScreen(self.kit), self.taken_back)

    def taken_back(self, right: bool | None) -> None:
        """The worker has the laptop again: would they like a copy?"""
        if right and self.has_class("-done") and self.frozen.record:
            self.go("copy", instead=True, record=self.frozen.record)
        elif right:
            self.dismiss()


__all__ = ["WAYS", "HandoverScreen"]
