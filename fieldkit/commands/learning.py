"""The first day on the practice council, told on the command line as on the screen."""

from __future__ import annotations

from pathlib import Path

import click

from fieldkit.casework.first_day import score
from fieldkit.commands.edge import device_verb, json_flag, opened, tell


@click.command(name="first-day")
@device_verb
@json_flag
def first_day(home: Path | None, passphrase_file: Path | None, as_json: bool) -> None:
    """What to try on a first day, what to press in the app, and what the store says is done."""
    with opened(home, passphrase_file) as workspace:
        day = workspace.first_day()
    lines = [f"{'done ' if each.done else 'to do'}  {each.step.what}  ({each.step.press})" for each in day.tried]
    tell(day, as_json, lambda: [score(day), *lines])


COMMANDS = (first_day,)
