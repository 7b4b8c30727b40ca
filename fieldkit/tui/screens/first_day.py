"""A first day with the practice council: what to try, what to press, and what the store says is done."""

from __future__ import annotations

from typing import ClassVar

from textual import on
from textual.app import ComposeResult

from fieldkit.casework.first_day import STEPS, Day, Tried, score
from fieldkit.tui.screens.base import WorkspaceScreen
from fieldkit.tui.widgets.rows import Row, Rows, columns
from fieldkit.tui.widgets.words import Words


class FirstDayScreen(WorkspaceScreen):
    """Can be left and gone on with: nothing is kept but what was really done."""

    CSS_PATH = "first_day.tcss"
    WHERE = "A first day · practice"
    KEYS = "Enter begins there  esc back  ^b cover"
    HELP_WORDS = (
        "Everybody here is made up: nothing can go wrong. A step is ticked when it is done, whichever way you took. "
        "Leave fieldkit and run `fieldkit demo --fresh` to begin again with everything as it was."
    )
    AUTO_FOCUS: ClassVar[str | None] = "#steps"

    def body(self) -> ComposeResult:
        """How far, and the steps."""
        yield Words("", id="score")
        yield Rows(id="steps")
        yield Words("", id="press")

    def refresh_facts(self) -> None:
        """Ask what is done by now."""
        self.learn(self.kit.desk.first_day, self.show)

    def show(self, day: Day) -> None:
        """Draw the steps; what to press stands under them."""
        self.query_one("#score", Words).say(score(day))
        steps = self.query_one("#steps", Rows)
        steps.show([row(each) for each in day.tried])
        if (following := day.following) is not None:
            steps.highlight_target((following.place, following.fact))
        else:
            self.say("That was the day. `fieldkit demo --fresh` begins another.")

    @on(Rows.OptionHighlighted)
    def tell_keys(self) -> None:
        """What to press for the step under the highlight."""
        target = self.query_one("#steps", Rows).target
        step = next((each for each in STEPS if target is not None and each.fact == target[1]), None)
        self.query_one("#press", Words).say(f"{step.what}.\nFrom Today press: {step.press}" if step else "")

    @on(Rows.Chosen)
    def begin(self, event: Rows.Chosen) -> None:
        """Go where the step begins."""
        self.go(event.target[0])


def row(tried: Tried) -> Row:
    """One step: done or not, and what."""
    line = columns(("✓ done" if tried.done else "· to do", 8), (tried.step.what, 0))
    return Row(line, (tried.step.place, tried.step.fact))
