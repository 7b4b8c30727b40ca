"""`fieldkit demo`: the practice council in one command, and its story without a screen."""

from __future__ import annotations

import shutil
import sys
import tempfile
from pathlib import Path

import click
from platformdirs import user_data_path

from fieldkit.commands.edge import tell
from fieldkit.commands.practice.sabotage import SABOTAGES, striking
from fieldkit.commands.practice.story import Step, Story
from fieldkit.errors import FieldkitError


class PromiseBroken(FieldkitError):
    """The story did not go as promised."""

    said = "The story did not go as promised."
    cure = "The table above says where."


@click.command()
@click.option("--check", is_flag=True, help="Play the whole story without a screen.")
@click.option("--sabotage", type=click.Choice(sorted(SABOTAGES)), help="Break one promise on purpose; the check fails.")
@click.option("--json", "as_json", is_flag=True, help="Print the table as JSON.")
@click.option("--fresh", is_flag=True, help="Throw the practice council away and begin again.")
@click.option("--folder", type=click.Path(path_type=Path), help="Where the practice council lives.")
def demo(check: bool, sabotage: str | None, as_json: bool, fresh: bool, folder: Path | None) -> None:
    """A practice council on this machine: fictional families, a central on loopback, the app."""
    if check or sabotage:
        play(sabotage, as_json)
        return
    from fieldkit.commands.practice.opening import open_practice

    place = folder or user_data_path("fieldkit-practice", appauthor=False)
    if fresh and place.exists():
        shutil.rmtree(place)
    sys.exit(open_practice(place))


def play(sabotage: str | None, as_json: bool) -> None:
    """Tell the story in a folder that is thrown away; PromiseBroken when it did not go as promised."""
    with tempfile.TemporaryDirectory(prefix="fieldkit-check-", ignore_cleanup_errors=True) as folder:
        story = Story(Path(folder), striking(sabotage)) if sabotage else Story(Path(folder))
        story.tell()
    tell(story.steps, as_json, lambda: [*map(_line, story.steps), _sum(story)])
    if not story.kept:
        raise PromiseBroken


def _line(step: Step) -> str:
    seen = "" if step.ok else f"   promised {step.promised}, seen {step.seen}"
    return f"{'ok  ' if step.ok else 'FAIL'}  {step.what}{seen}"


def _sum(story: Story) -> str:
    good = sum(step.ok for step in story.steps)
    return f"{good} of {len(story.steps)} as promised"


COMMANDS = (demo,)
