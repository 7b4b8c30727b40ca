"""The practice council as a newcomer meets it: set up once, then a central on loopback and the app on one laptop."""

from __future__ import annotations

import json
from pathlib import Path

import click

from fieldkit.commands.edge import Cost
from fieldkit.commands.practice.baby_group import BOOKED, hold_baby_group
from fieldkit.commands.practice.council import Family, council
from fieldkit.commands.practice.site import Laptop, PracticeCentral
from fieldkit.config import SystemClock
from fieldkit.launcher import launch
from fieldkit.workspace import Workspace, create_workspace
from fieldkit.workspace.views import PersonDetails

PASSPHRASE = "practice makes calm"  # noqa: S105 - printed on the screen
PIN = "2468"
READY = "ready.json"
CASELOAD = 25
"""Families that the family worker carries; the centre holds a few of the same."""
SHARED = 5
STORY_FAMILY = "Okafor"


def open_practice(folder: Path) -> int:
    """Set the practice council up when it is not there, start its central, open the app; the app's exit code."""
    central = PracticeCentral(folder / "central")
    ready = folder / READY
    try:
        if not ready.exists():
            set_up(folder, central)
        else:
            kept = json.loads(ready.read_text("utf-8"))
            central.url = kept["url"]
            central.start()
        click.echo(_welcome(folder), err=True)
        return launch(folder / "asha" / "home")
    finally:
        central.stop()


def _welcome(folder: Path) -> str:
    return (
        "\nPractice only, no real family. Everybody here is made up.\n"
        f"  laptop of Asha Patel    passphrase: {PASSPHRASE}    PIN: {PIN}\n"
        "  to learn with it: ctrl+p, First day\n"
        f"  it lives in {folder}; `--fresh` begins again\n"
    )


def set_up(folder: Path, central: PracticeCentral) -> None:
    """Make the practice council: its central serves afterwards, and Asha's laptop has work that waits."""
    made = council()
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    click.echo("Making the practice council: a central, 236 families, three laptops (once, under a minute) …", err=True)
    central.ask("init", "--council", made.name, "--duty-day", made.duty["day"], "--duty-night", made.duty["night"])
    central.start()
    cast = {who.role: who for who in made.staff}
    base = _laptop(folder, central, cast["lead"].name, "lead")
    families = [_bring_in(base, family) for family in made.families]
    named = {family.name: its_id for family, its_id in zip(made.families[:CASELOAD], families, strict=False)}
    centre = hold_baby_group(base, named, base.clock.now().date())
    base.sync()
    base.close()
    story = next(place for place, family in enumerate(made.families) if family.name == STORY_FAMILY)
    mine = [families[story], *(each for each in families[:CASELOAD] if each != families[story])]
    _grant(central, cast["worker"].name, mine)
    _grant(central, cast["centre"].name, [*mine[:SHARED], *(named[name] for name in BOOKED)])
    for role in ("worker", "centre"):
        central.ask("grant", cast[role].name, f"centre:{centre}")
    _a_change_on_both_sides(folder, central, mine[0])
    (folder / READY).write_text(json.dumps({"url": central.url}), "utf-8")


def _grant(central: PracticeCentral, worker: str, families: list[str]) -> None:
    role = next(who.role for who in council().staff if who.name == worker)
    central.ask("code", "--worker", worker, "--role", role)
    central.ask("grant", worker, *(f"family:{each}" for each in families))


def _a_change_on_both_sides(folder: Path, central: PracticeCentral, family: str) -> None:
    """The centre has changed the family's record, and so has the worker, offline: the first sync brings a conflict."""
    centre = _laptop(folder, central, "Marek Nowak", "centre")
    worker = _laptop(folder, central, "Asha Patel", "worker")
    worker.set_pin(PIN)
    worker.edit(family, {"risk_level": "medium"})
    worker.close()
    centre.edit(family, {"risk_level": "high", "next_visit": "2026-12-01"})
    centre.sync()
    centre.close()


def _laptop(folder: Path, central: PracticeCentral, name: str, role: str) -> Workspace:
    laptop = Laptop.new(folder / name.split()[0].lower(), name, passphrase=PASSPHRASE)
    workspace = create_workspace(laptop.home, PASSPHRASE, clock=SystemClock(), kdf=Cost.kdf)
    code = central.ask("code", "--worker", name, "--role", role)["code"]
    workspace.enrol(central.url, code, f"{role}'s practice laptop")
    return workspace


def _bring_in(base: Workspace, family: Family) -> str:
    fields = {key: value for key, value in family.fields.items() if key != "name"}
    with base.store.transaction():
        made = base.add_family(family.name, **fields)
        for person in family.people:
            base.add_person(made, PersonDetails(**dict(person)))
    return made
