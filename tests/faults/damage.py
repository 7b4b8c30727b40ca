"""Damage to stored files, one trial at a time: what is damaged must be told or do no harm, and be mended."""

from __future__ import annotations

import json
import shutil
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

from tests.faults.bases import PASSPHRASE, Base, Picture, opened, pictured
from tests.faults.kills import Walk
from tests.faults.rig import KILL, LONGEST, Fault

PAGE, SECTOR = 8192, 512
Damage = Callable[[bytearray, Random], None]


def flip(content: bytearray, chance: Random) -> None:
    """One bit."""
    content[chance.randrange(len(content))] ^= 1 << chance.randrange(8)


def zero(content: bytearray, chance: Random) -> None:
    """A sector that reads as zeros."""
    at = chance.randrange(len(content)) // SECTOR * SECTOR
    content[at : at + SECTOR] = bytes(len(content[at : at + SECTOR]))


def cut(content: bytearray, chance: Random) -> None:
    """The end is gone."""
    del content[chance.randrange(len(content)) :]


def swap(content: bytearray, chance: Random) -> None:
    """Two pages change places."""
    many = max(len(content) // PAGE, 1)
    one, other = (chance.randrange(many) * PAGE for _ in range(2))
    first, second = bytes(content[one : one + PAGE]), bytes(content[other : other + PAGE])
    content[one : one + PAGE], content[other : other + PAGE] = second, first


def append(content: bytearray, chance: Random) -> None:
    """Bytes that do not belong there."""
    content += chance.randbytes(chance.choice([1, SECTOR, PAGE]))


def empty(content: bytearray, _chance: Random) -> None:
    """Nothing is left."""
    content.clear()


DAMAGES: Mapping[str, Damage] = {each.__name__: each for each in (flip, flip, zero, cut, swap, append, empty)}
FILES = ("store.db", "store.db", "store.db", "store.db-wal", "store.db-wal", "key.json", "store.db-witness")


@dataclass(slots=True)
class Trials:
    """What the trials came to."""

    trials: int = 0
    kinds: Counter[str] = field(default_factory=Counter)
    silent: list[str] = field(default_factory=list)
    hangs: list[str] = field(default_factory=list)
    said_badly: list[str] = field(default_factory=list)
    not_mended: list[str] = field(default_factory=list)
    lost_unsent: int = 0
    new_keys: int = 0


def states(walk: Walk) -> list[Base]:
    """The device closed well, and one killed in the middle of its work, so that the last saves lie in its log."""
    closed = walk.to(("status",)).begin()
    verb = walk.to(("capture",))
    for at in range(80, 200):
        killed = verb.begin()
        ran = walk.rig.run(killed.home, verb.scene.words(killed), Fault(at, KILL))
        if ran.code >= 0:
            break
        kept = killed.home.parent.with_name("killed")
        shutil.rmtree(kept, ignore_errors=True)
        shutil.copytree(killed.home.parent, kept)
        if ran.acknowledged:
            break
    again = Base(kept / "home", walk.base.central, walk.base.ids)
    again.at_central = walk.base.at_central
    again.before = _picture_of(again.home, walk.folder / "looked")
    return [closed, again]


def _picture_of(home: Path, place: Path) -> Picture:
    shutil.rmtree(place, ignore_errors=True)
    shutil.copytree(home, place)
    with opened(place) as workspace:
        return pictured(workspace)


def damaged(walk: Walk, trials: int, seed: int) -> Trials:
    """So many trials over the stored files of both devices."""
    chance, told, bases = Random(seed), Trials(), states(walk)
    for number in range(trials):
        base = bases[number % 2]
        home = walk.folder / "damaged" / "home"
        shutil.rmtree(home.parent, ignore_errors=True)
        shutil.copytree(base.home, home)
        file = home / chance.choice([name for name in FILES if _has_content(home / name)])
        how = chance.choice(list(DAMAGES))
        content = bytearray(file.read_bytes())
        before = bytes(content)
        DAMAGES[how](content, chance)
        if bytes(content) != before:
            file.write_bytes(bytes(content))
            told.trials += 1
            told.kinds[f"{how} {file.name}"] += 1
            _look(walk, base, home, f"{number}: {how} {file.name}", told)
    return told


def _has_content(file: Path) -> bool:
    return file.exists() and file.stat().st_size > 0


def _look(walk: Walk, base: Base, home: Path, name: str, told: Trials) -> None:
    """First what people are told, then the mending."""
    verified = walk.rig.run(home, ["verify", "--json"])
    doctor = walk.rig.run(home, ["doctor", "--json"])
    for ran in (verified, doctor):
        if ran.code == -14:
            told.hangs.append(f"{name}: {LONGEST} s")
        elif ran.code < 0 or (ran.said_badly and ran.code != 7):
            told.said_badly.append(f"{name}: exit {ran.code} {ran.err[-160:]}")
    if verified.code == 0:
        left = _kept(home)
        if left is None or left.lost(base.before):
            told.silent.append(f"{name}: {left and left.lost(base.before)[:3]}")
        return
    if verified.code == 7 and (home / "key.json").read_bytes() == (base.home / "key.json").read_bytes():
        _mend(walk, base, home, name, told)


def _kept(home: Path) -> Picture | None:
    try:
        with opened(home, PASSPHRASE) as workspace:
            return pictured(workspace)
    except Exception:  # noqa: BLE001 - whatever it is, it was said to be whole
        return None


def _mend(walk: Walk, base: Base, home: Path, name: str, told: Trials) -> None:
    """Rebuilt, it opens and is whole; what is gone was counted beforehand."""
    before = {
        each.name: each.read_bytes() for each in home.iterdir() if each.is_file() and each.name.startswith("store.db")
    }
    plan = walk.rig.run(home, ["doctor", "--rebuild", "--json"])
    if plan.code or not _unchanged(home, before):
        told.not_mended.append(f"{name}: the plan: exit {plan.code} {plan.err[-200:]}")
        return
    done = walk.rig.run(home, ["doctor", "--rebuild", "--yes", "--json"])
    verified = walk.rig.run(home, ["verify"])
    if done.code or verified.code:
        told.not_mended.append(f"{name}: {done.code} {done.err[-200:]} verify {verified.code} {verified.out[-200:]}")
        return
    facts = json.loads(done.out)
    left = _kept(home)
    untold = [each for each in left.lost(base.before) if not _is_told(each, base, facts)] if left else ["everything"]
    told.silent += [f"{name}: after the mending: {each}" for each in untold[:3]]
    told.lost_unsent += facts["lost_unsent"]
    told.new_keys += facts["new_key"]


def _is_told(lost: str, base: Base, facts: dict[str, Any]) -> bool:
    """Whether something that is gone was named by its kind, or is central's to give again."""
    kind, _, name = lost.partition(" ")
    if kind == "change":
        return bool(facts["new_key"])
    if kind == "record":
        return name in base.at_central or bool(facts["lost_unsent"]) or "changes" in facts["perhaps"]
    return f"{kind}s" in facts["lost"] or f"{kind}s" in facts["perhaps"]


def _unchanged(home: Path, before: Mapping[str, bytes]) -> bool:
    ends = (".db", ".db-wal")
    return all((home / name).read_bytes() == content for name, content in before.items() if name.endswith(ends))
