"""Sync with central: honest, and it can be left at any time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.widgets import ProgressBar

from fieldkit.casework.course import Course
from fieldkit.errors import Stopped
from fieldkit.tui.desk import Kit
from fieldkit.tui.plain import plain
from fieldkit.tui.screens.base import WorkspaceScreen
from fieldkit.tui.widgets.rows import Row, Rows
from fieldkit.tui.widgets.words import Words

if TYPE_CHECKING:
    from fieldkit.workspace.views import SyncReport


class Progressed(Message):
    """The exchange went on."""

    def __init__(self, progress: Any) -> None:
        super().__init__()
        self.progress = progress


class SyncScreen(WorkspaceScreen):
    """What goes up, what comes down, what needs a person."""

    CSS_PATH = "sync.tcss"
    WHERE = "Sync with central"
    KEYS = "esc back to work (sync goes on)  x stop  s again  c conflicts  ^b cover"
    HELP_WORDS = (
        "You can leave or close the lid at any time: it goes on where it was. "
        "Nothing counts as sent before central's receipt."
    )
    AUTO_FOCUS: ClassVar[str | None] = "#next"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("s", "sync", "Sync again", show=False),
        Binding("x", "stop", "Stop; it goes on where it was, later", show=False),
        Binding("c", "conflicts", "Conflicts", show=False),
    ]

    def __init__(self, kit: Kit) -> None:
        super().__init__(kit)
        self.running = False
        self.stopping = False
        self.course = Course(0)

    def body(self) -> ComposeResult:
        """Steps, a bar, the outcome."""
        yield Words("", id="steps")
        yield ProgressBar(total=None, show_eta=False, id="bar")
        yield Words("", id="outcome")
        yield Rows(id="next")

    def on_mount(self) -> None:
        """Begin at once: that is what the key was for."""
        self.action_sync()

    def action_sync(self) -> None:
        """Sync, unless it runs."""
        if not self.running:
            self.running, self.stopping = True, False
            self.course = Course(self.kit.clock.monotonic())
            self.query_one("#outcome", Words).say("")
            self.query_one("#steps", Words).say("Looking for central …")
            self.query_one(Rows).show(())
            self.learn(lambda: self.kit.desk.sync(self._report), self.done)

    def action_stop(self) -> None:
        """Stop between two steps; nothing is lost by it."""
        if self.running and not self.stopping:
            self.stopping = True
            self.say("Stopping after this step …")

    def _report(self, progress: Any) -> None:
        self.post_message(Progressed(progress))
        if self.stopping:
            raise Stopped

    @on(Progressed)
    def show_progress(self, event: Progressed) -> None:
        """Draw how far it is."""
        now = self.kit.clock.monotonic()
        self.course.heard(event.progress, now)
        done, total = self.course.share
        self.query_one("#steps", Words).say("\n".join(self.course.lines(now)))
        self.query_one(ProgressBar).update(total=total or None, progress=done)

    def done(self, report: SyncReport) -> None:
        """Draw what came of it."""
        self.running = False
        self.query_one(ProgressBar).update(total=1, progress=1)
        self.query_one("#outcome", Words).say(report_words(report))
        self.query_one(Rows).show(next_rows(report))
        self.learn(self.kit.desk.status, self._show_status)

    def tell(self, words: str) -> None:
        """It did not go through, or was stopped; nothing is lost and nothing is marked sent."""
        self.running = False
        self.say("")
        self.query_one(ProgressBar).update(total=1, progress=0)
        self.query_one("#outcome", Words).say(
            f"{words}\nEverything waits on this laptop as it was. You can go on working."
        )

    def action_conflicts(self) -> None:
        """To what needs a person."""
        self.go("conflicts")

    @on(Rows.Chosen)
    def open(self, event: Rows.Chosen) -> None:
        """Go where the row leads."""
        self.go(event.target[0])


def report_words(report: SyncReport) -> str:
    """The outcome in a few lines."""
    lines = [
        f"{report.pushed} sent and confirmed, {report.pulled} fetched.",
        f"{report.bytes_up:,} bytes up, {report.bytes_down:,} down, {report.requests} requests.",
    ]
    lines += [f"! {reason}" for reason in report.reasons]
    return "\n".join(lines)


def next_rows(report: SyncReport) -> list[Row]:
    """What a person should look at now."""
    rows = []
    if report.conflicts:
        rows.append(
            Row(plain(f"! {report.conflicts} conflict(s) need a person.   Enter: decide", "bold"), ("conflicts",))
        )
    if report.parked:
        rows.append(
            Row(
                plain(f"! {report.parked} change(s) were not taken and are kept here.   Enter: look", "bold"),
                ("set-aside",),
            )
        )
    rows.append(Row(plain("Back to Today"), ("today",)))
    return rows
