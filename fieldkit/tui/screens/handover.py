"""Signing: the laptop is in the family's hands. Read first, then sign; only the worker's PIN leads back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.widgets import Input

from fieldkit.casework.evidence import Support
from fieldkit.casework.room import SIGNING_MINUTES
from fieldkit.tui.desk import Kit
from fieldkit.tui.plain import plain
from fieldkit.tui.screens.base import WorkspaceScreen
from fieldkit.tui.screens.pin_ask import PinScreen
from fieldkit.tui.widgets.choices import Choices
from fieldkit.tui.widgets.entry import LineEntry
from fieldkit.tui.widgets.pad import SignaturePad
from fieldkit.tui.widgets.words import Words
from fieldkit.workspace.views import Evidence


@dataclass(frozen=True, slots=True)
class Way:
    """One way of saying yes, or not: what is asked for it, in which line."""

    words: str
    lines: tuple[tuple[str, str], ...] = ()


WAYS = {
    "drawn": Way("Sign with mouse, pen or touchpad"),
    "typed": Way(
        "Type your name",
        (
            ("typed_name", "Your name"),
            ("statement", "And in your own words: I have read it and I agree, or what you mean"),
        ),
    ),
    "paper": Way("Signed on paper", (("place", "Where is the paper kept?"),)),
    "witnessed": Way("Said aloud, before a witness", (("statement", "Your words"), ("witness", "Who heard it?"))),
    "phone": Way("By phone, read back", (("statement", "What was read back"), ("witness", "Who else heard it?"))),
    "participation": Way("Taking part is my yes", (("statement", "How did you take part?"),)),
    "referral": Way("It was agreed when I was referred", (("statement", "Who told, and when?"),)),
    "not-today": Way("Not today", (("statement", "When, if you like"),)),
    "refused": Way("No", (("statement", "Why, only if you like"),)),
}
"""Every way of equal rank; a test holds it against the workspace's list."""

_KEYS_READING = "↑ ↓ read  Enter go on  ? ask  n not today  r no   esc needs the worker's PIN"
_KEYS_SIGNING = "Enter done ^z again t type o paper v aloud i other n not today r no ? ask"


class HandoverScreen(WorkspaceScreen):
    """Only reading, signing, saying no and asking work here."""

    CSS_PATH = "handover.tcss"
    KEPT: ClassVar[bool] = True
    cover_minutes: ClassVar[int] = SIGNING_MINUTES
    KEYS = _KEYS_READING
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "forward", "Go on, done", show=False),
        Binding("down", "read(1)", "Read on", show=False),
        Binding("up", "read(-1)", "Read back", show=False),
        Binding("pagedown,space", "read(12)", "A page on", show=False),
        Binding("pageup", "read(-12)", "A page back", show=False),
        Binding("t", "way('typed')", "Type the name", show=False),
        Binding("o", "way('paper')", "On paper", show=False),
        Binding("v", "way('witnessed')", "Said aloud", show=False),
        Binding("i", "other", "Another way", show=False),
        Binding("n", "way('not-today')", "Not today", show=False),
        Binding("r", "way('refused')", "No", show=False),
        Binding("ctrl+z", "again", "Take the last stroke back", show=False),
        Binding("question_mark", "ask", "Ask", show=False),
    ]

    def __init__(self, kit: Kit, frozen: Any, interpreter: str = "") -> None:
        super().__init__(kit)
        self.frozen = frozen
        self.interpreter = interpreter
        self.way = "drawn"
        self.read_to = 0
        self.busy = False
        self.begun = kit.clock.now()

    # -- what stands there

    def where(self) -> str:
        """Whose agreement, which page."""
        page = "2 of 2: your signature" if self.has_class("-signing") else "1 of 2: what you agree"
        return f"{self.frozen.giver.name}   {page}"

    def state(self) -> str:
        """Nothing about other families."""
        return ""

    def body(self) -> ComposeResult:
        """First the text, whole; then the place to sign."""
        with VerticalScroll(id="text", can_focus=False):
            yield Words(plain(self.frozen.text, whole=True))
        with Vertical(id="signing"):
            yield Words(self._who(), id="who")
            yield SignaturePad(id="pad")
            with VerticalScroll(id="typing", can_focus=False):
                yield Words("", id="ways")
        yield Words("", id="done")

    def _who(self) -> str:
        giver = self.frozen.giver
        words = f"{giver.name}{' · ' + giver.role if giver.role else ''}"
        return words + (f"   interpreter: {self.interpreter}" if self.interpreter else "")

    # -- reading

    def action_read(self, lines: int) -> None:
        """Read on, or back."""
        self._note_reading()
        self.query_one("#text").scroll_relative(y=lines, animate=False)

    def action_ask(self) -> None:
        """A question is for the worker."""
        self.say(f"Ask {self.kit.desk.me.worker} now. Nothing is signed by asking.")

    async def action_forward(self) -> None:
        """From the text to the signature; from the signature to done."""
        if self.has_class("-done"):
            self.action_back()
        elif not self.has_class("-signing"):
            await self.show_way("drawn")
        else:
            self.finish()

    # -- ways

    async def action_way(self, way: str) -> None:
        """Another way of saying yes, or no."""
        if not self.has_class("-done"):
            await self.show_way(way)

    async def show_way(self, way: str) -> None:
        """Draw what this way asks for."""
        self._note_reading()
        self.way = way
        self.add_class("-signing")
        self.set_class(way != "drawn", "-typing")
        typing = self.query_one("#typing")
        await typing.remove_children("LineEntry, Choices, .line")
        self.query_one("#ways", Words).say(WAYS[way].words)
        for name, words in WAYS[way].lines:
            await typing.mount_all([Words(words, classes="line"), LineEntry(self._begin(name), id=name)])
        focus = self.query("#typing LineEntry").first() if WAYS[way].lines else self.query_one("#pad")
        focus.focus()
        self.sub_keys(_KEYS_SIGNING)
        self.paint_heading()

    def _note_reading(self) -> None:
        """How much of the text has been on the screen, in hundredths: it is kept with what is sealed."""
        text = self.query_one("#text")
        if not self.has_class("-signing") and text.virtual_size.height:
            seen = round(100 * (text.scroll_y + text.size.height) / text.virtual_size.height)
            self.read_to = max(self.read_to, min(seen, 100))

    def _begin(self, name: str) -> str:
        return str(self.frozen.giver.name) if name == "typed_name" else ""

    async def action_other(self) -> None:
        """All the ways, to choose from."""
        self._note_reading()
        self.add_class("-signing", "-typing")
        typing = self.query_one("#typing")
        await typing.remove_children("LineEntry, Choices, .line")
        self.query_one("#ways", Words).say("How is it said?")
        await typing.mount(Choices(tuple((way, each.words) for way, each in WAYS.items())))
        self.query_one("#typing Choices").focus()
        self.sub_keys(_KEYS_SIGNING)

    @on(Choices.Picked)
    async def picked(self, event: Choices.Picked) -> None:
        """That way."""
        await self.show_way(event.values[0])

    def action_again(self) -> None:
        """The last stroke is taken back."""
        self.query_one(SignaturePad).again()

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
        evidence = self._evidence()
        if not self.busy:
            self.busy = True
            self.learn(lambda: self.kit.desk.sign(self.frozen, evidence), self.signed)

    def tell(self, words: str) -> None:
        """It was not sealed: another try is free."""
        self.busy = False
        super().tell(words)

    def _evidence(self) -> Evidence:
        said = {line.id: line.value.strip() for line in self.query("#typing LineEntry").results(LineEntry) if line.id}
        giver = self.frozen.giver
        return Evidence(
            method=self.way,
            name=said.get("typed_name") or giver.name,
            role=giver.role,
            statement=said.get("statement", ""),
            strokes=self.query_one(SignaturePad).strokes if self.way == "drawn" else (),
            witness=said.get("witness", ""),
            place=said.get("place", ""),
            interpreter=self.interpreter,
            support=Support(read_to=self.read_to),
        )

    def signed(self, _: str) -> None:
        """Sealed: the laptop goes back."""
        self.add_class("-done")
        self.query_one("#done", Words).say(
            f"Thank you, {self.frozen.giver.name}. It is kept as you said it.\n\n"
            f"Please give the laptop back to {self.kit.desk.me.worker}."
        )
        self.sub_keys("esc: the worker's PIN takes the laptop back")

    def sub_keys(self, keys: str) -> None:
        """Show other keys."""
        from fieldkit.tui.widgets.lines import KeyLine

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


class TakeBackScreen(PinScreen):
    """Asks the worker for the PIN; esc goes back to the family's page."""

    WORDS = "The worker's PIN takes the laptop back"
    KEYS = "Enter  esc back to the page"

    def action_back(self) -> None:
        """Back to the family's page."""
        self.dismiss(False)
