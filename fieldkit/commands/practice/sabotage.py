"""Faults on purpose: each breaks one promise from outside, at one moment, so that the story must fail."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fieldkit.commands.edge import Cost, read_secret
from fieldkit.config import SystemClock
from fieldkit.workspace import open_workspace

if TYPE_CHECKING:
    from fieldkit.commands.practice.site import Laptop
    from fieldkit.commands.practice.story import Story


@dataclass(frozen=True, slots=True)
class Sabotage:
    """After which chapter it strikes, what it does, and what it is meant to prove."""

    after: str
    proves: str
    strike: Callable[[Story], None]


def _inside(laptop: Laptop, statement: str, values: tuple[Any, ...] = ()) -> None:
    """Run a statement inside a laptop's store, as a fault of the program would."""
    workspace = open_workspace(laptop.home, read_secret(laptop.secret), clock=SystemClock(), kdf=Cost.kdf)
    try:
        workspace.store.connection.execute("pragma foreign_keys = off")
        workspace.store.connection.execute(statement, values)
    finally:
        workspace.close()


def _forget_outbox(story: Story) -> None:
    _inside(story.asha, "delete from sending where seq = (select max(seq) from sending where state = 'waiting')")


def _skip_seal(story: Story) -> None:
    record = (story.ids["signature"],)
    _inside(
        story.asha,
        "update record set view = replace(view, 'I have read it', 'I have not read it') where id = ?",
        record,
    )


def _plain_store(story: Story) -> None:
    from fieldkit.commands.practice.story import CANARY

    Path(story.asha.home, "backup.txt").write_text(CANARY, "utf-8")


def _drop_sibling(story: Story) -> None:
    story.central.touched(
        "update record set state = (select json_object_agg(key, value)::text from json_each(state::json)"
        " where key not like 'siblings/%/value') where kind = 'conflict'"
    )
    for laptop in (story.asha, story.carys):
        _inside(laptop, "update record set view = '{\"class\": \"A\"}' where kind = 'conflict'")


def _silent_overrule(story: Story) -> None:
    family = story.ids["family"]
    story.central.touched(
        f'update record set state = replace(state, \'"risk_level":"high"\', \'"risk_level":"low"\')'  # noqa: S608
        f" where id = '{family}'"
    )


def _swallow_record(story: Story) -> None:
    story.central.touched(f"delete from record where id = '{story.ids['eha']}'")  # noqa: S608 - an id of ours


def _leave_central_up(story: Story) -> None:
    story.central.start()


def _forge_ledger(story: Story) -> None:
    story.central.touched("update ledger set scope = 'family:forged' where number = 5")


SABOTAGES: Mapping[str, Sabotage] = {
    "forget-outbox": Sabotage("offline", "a change that is not sent is missed", _forget_outbox),
    "skip-seal": Sabotage("decide", "a bundle altered after sealing is found", _skip_seal),
    "plain-store": Sabotage("offline", "words readable in a file are found", _plain_store),
    "drop-sibling": Sabotage("home_again", "a lost side of a conflict is missed", _drop_sibling),
    "silent-overrule": Sabotage("home_again", "a value lowered without people is seen", _silent_overrule),
    "swallow-record": Sabotage("decide", "a record that central lost is missed", _swallow_record),
    "leave-central-up": Sabotage("offline", "a central that was not away is noticed", _leave_central_up),
    "forge-ledger": Sabotage("decide", "a forged row of the ledger is found", _forge_ledger),
}


def striking(name: str) -> Callable[[Story, str], None]:
    """What the story calls between its chapters."""
    sabotage = SABOTAGES[name]

    def moment(story: Story, chapter: str) -> None:
        if chapter == sabotage.after:
            sabotage.strike(story)

    return moment
