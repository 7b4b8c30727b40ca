"""Every verb, killed or failed at every call it makes to the disk; what must hold whatever it was."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from fieldkit.errors import FieldkitError, WrongPassphrase
from tests.faults.bases import PASSPHRASE, Base, Picture, not_whole, opened, pictured
from tests.faults.rig import ERRORS, Fault, Ran, Rig, killed, points
from tests.faults.scenes import SCENES, Name, Scene

NEW = "five loud owls at dawn"


@dataclass(slots=True)
class Tally:
    """What a run of faults came to."""

    points: int = 0
    acknowledged: int = 0
    met: int = 0
    """How many of them really fell on the process."""
    wrong: list[str] = field(default_factory=list)

    def add(self, other: Tally) -> None:
        """Count another run too."""
        self.points, self.acknowledged = self.points + other.points, self.acknowledged + other.acknowledged
        self.met += other.met
        self.wrong += other.wrong


@dataclass(slots=True)
class Walk:
    """One verb under faults, on copies of a base device."""

    rig: Rig
    base: Base
    name: Name
    folder: Path

    def to(self, name: Name) -> Walk:
        """The same device and another verb."""
        return replace(self, name=name)

    @property
    def scene(self) -> Scene:
        """How the verb is called."""
        return SCENES[self.name]

    def begin(self) -> Base:
        """A copy of the device as the scene wants it, and of the files beside it."""
        place = self.folder / "-".join(self.name)
        shutil.rmtree(place, ignore_errors=True)
        shutil.copytree(self.base.home.parent, place, ignore=shutil.ignore_patterns("other"))
        again = Base(place / "home", self.base.central, self.base.ids)
        again.before, again.at_central = self.base.before, self.base.at_central
        if self.scene.begins != "whole":
            shutil.rmtree(again.home)
            again.before = Picture({}, {}, frozenset(), frozenset(), {})
        if self.scene.begins == "fresh":
            self.rig.done(again.home, "init")
        return again

    def calls(self) -> int:
        """How many calls the verb makes when nothing goes wrong."""
        at = self.begin()
        ran = self.rig.run(at.home, self.scene.words(at))
        assert ran.code in (0, 1, 5), (self.name, ran.code, ran.err)
        assert self.scene.refused or ran.code != 1, (self.name, ran.err)
        return ran.calls

    def under(self, faults: Sequence[Fault], errors: bool = False) -> Tally:
        """Run it under each fault in turn and look at what is left."""
        tally = Tally()
        for fault in faults:
            at = self.begin()
            ran = self.rig.run(at.home, self.scene.words(at), fault)
            tally.points += 1
            tally.acknowledged += len(ran.acknowledged)
            tally.met += ran.code < 0 if not errors else ran.code not in (0, 5)
            tally.wrong += [f"{' '.join(self.name)} at {fault}: {each}" for each in self.faults_of(at, ran, errors)]
        return tally

    def faults_of(self, at: Base, ran: Ran, errors: bool) -> Iterator[str]:
        """What is not as it must be after the verb met its fault."""
        if errors and ran.said_badly:
            yield f"said badly (exit {ran.code}): {ran.err[-200:]!r}"
        if errors and ran.code < 0:
            yield f"ended by signal {-ran.code}"
        if self.scene.begins == "empty" and not (at.home / "key.json").exists():
            yield from self.again(at)
            return
        try:
            with opened(at.home, self.passphrase(at)) as workspace:
                touched = frozenset(at.ids[name] for name in self.scene.touches)
                left = pictured(workspace)
                yield from left.lost(at.before, touched)
                people = {each.id for each in workspace.people_here()}
                known = {*left.records, *left.drafts, *at.before.conflicts, *people}
                yield from (f"acknowledged and gone: {each}" for each in ran.acknowledged if each not in known)
                yield from not_whole(workspace, spoke=self.scene.line)
        except FieldkitError as wrong:
            yield f"does not open: {wrong.said}"
            return
        yield from self.again(at)

    def passphrase(self, at: Base) -> str:
        """The one that opens it: after a change it is the old one or the new one."""
        if self.name != ("passphrase",):
            return PASSPHRASE
        try:
            with opened(at.home):
                return PASSPHRASE
        except WrongPassphrase:
            return NEW

    def again(self, at: Base) -> Iterator[str]:
        """Once more without a fault: nothing that was left behind is in its way."""
        words = self.scene.words(at)
        if self.passphrase(at) == NEW:
            return
        ran = self.rig.run(at.home, words)
        if ran.code not in (0, 5) and not self.scene.refused and not (ran.code == 1 and done_already(ran)):
            yield f"does not go on (exit {ran.code}): {ran.err[-200:]!r}"


def done_already(ran: Ran) -> bool:
    """Whether the second time is refused because the first one was done before its fault."""
    words = (
        "already",
        "Nothing waits",
        "nothing by that name",
        "newest version",
        "decided",
        "There is a fieldkit store",
    )
    return any(each in ran.err + ran.out for each in words)


def kill_faults(calls: int, most: int) -> list[Fault]:
    """A kill at each of at most so many calls."""
    return [killed(at) for at in points(calls, most)]


def error_faults(calls: int, most: int) -> list[Fault]:
    """Each kind of error at each of at most so many calls; a full and a read-only disk stay so."""
    return [
        Fault(at, number, on=name in ("ENOSPC", "EROFS"))
        for at in points(calls, most)
        for name, number in ERRORS.items()
    ]
