"""What is wrong with a device, and making a damaged store readable again."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

import click

from fieldkit.commands.choosing import wrong_settings
from fieldkit.commands.edge import Cost, Place, as_person, json_flag, opened, place, tell, who_asks
from fieldkit.config import SystemClock
from fieldkit.errors import FieldkitError, StoreDamaged
from fieldkit.store.rebuild import Told
from fieldkit.workspace.health import Health, look_at
from fieldkit.workspace.rebuilding import Rebuilding
from fieldkit.workspace.views import Finding

DAMAGED = StoreDamaged.exit_code


@click.command()
@json_flag
@as_person
@click.option("--home", type=click.Path(path_type=Path), help="The device's folder (else FIELDKIT_HOME).")
@click.option("--passphrase-file", type=click.Path(path_type=Path), help="Look inside too, with this passphrase.")
@click.option("--deep", is_flag=True, help="Look inside too; asks for the passphrase.")
@click.option("--rebuild", is_flag=True, help="Show what of a damaged store can be read again; changes nothing.")
@click.option("--yes", is_flag=True, help="With --rebuild: copy the damaged store aside, and do it.")
def doctor(
    as_json: bool, home: Path | None, passphrase_file: Path | None, deep: bool, rebuild: bool, yes: bool
) -> None:
    """What this device is like and what to do, in plain words and without personal data. Exit 7: damaged."""
    if yes and not rebuild:
        raise click.UsageError("--yes goes with --rebuild.")
    at = place(home, passphrase_file)
    if rebuild:
        _rebuild(at, as_json, yes)
        return
    health = look_at(at.home)
    health.found.extend(wrong_settings())
    if deep or passphrase_file is not None:
        health = _inside(at, health)
    tell(health.facts | {"found": [asdict(each) for each in health.found]}, as_json, lambda: _lines(health))
    if health.damaged:
        raise click.exceptions.Exit(DAMAGED)


def _inside(at: Place, health: Health) -> Health:
    """What only the key shows; a store that does not open is told and not raised."""
    try:
        with opened(at.home, at.passphrase_file) as workspace:
            facts, found = workspace.examined(), workspace.verify()
    except FieldkitError as wrong:
        found = [Finding("opening", wrong.said, wrong.cure)]
        return Health(health.facts, [*health.found, *found], health.damaged or wrong.exit_code == DAMAGED)
    return Health(health.facts | facts, [*health.found, *found], health.damaged or bool(found))


def _lines(health: Health) -> list[str]:
    facts = [f"{name}: {value}" for name, value in health.facts.items()]
    return [*facts, *(f"! {each.what}: {each.where}. {each.cure}" for each in health.found)]


def _rebuild(at: Place, as_json: bool, yes: bool) -> None:
    who = who_asks(at.home)
    rebuilding = Rebuilding(at.home, at.passphrase(), SystemClock(), Cost.kdf, who)
    told, aside = rebuilding.carry_out() if yes else (rebuilding.plan(), "")
    facts = asdict(told) | {"done": yes, "copy": aside}
    tell(facts, as_json, lambda: _plan(told, aside))


def _plan(told: Told, aside: str) -> list[str]:
    kept = " · ".join(f"{many} {what}" for what, many in told.kept.items())
    lines = [
        f"{told.damaged} of {told.pages} pages are damaged.",
        f"Readable again: {kept} · {told.unsent} changes that wait for central",
        *(f"Not readable: {many} {what}" for what, many in told.lost.items()),
    ]
    if told.perhaps:
        lines.append(f"More may be missing of: {', '.join(told.perhaps)}.")
    if told.lost_unsent:
        lines.append(f"Lost: {told.lost_unsent} changes that central may not have. Look at what you wrote last.")
    lines.append("The next sync fetches everything else from central again.")
    if told.new_key:
        lines.append(
            "The laptop gets a new key: ask for a code and run `fieldkit enrol URL CODE` before the next sync."
        )
    done = (
        f"Done. The damaged store lies in {aside}, encrypted as it was."
        if aside
        else "Nothing was changed. --yes does it."
    )
    return [*lines, done]


COMMANDS = (doctor,)
