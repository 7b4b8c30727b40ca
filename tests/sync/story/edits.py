"""What people write in a story: every kind of edit, forms, files, and what they decide about conflicts.

Each takes the story, a hand and three numbers; where there is nothing to do it does nothing.
"""

from __future__ import annotations

import hashlib

from sync.changes import Value
from tests.sync.story.sheet import FORM, RISKS
from tests.sync.story.world import FAMILIES, Hand, Story


def pick(story: Story, hand: Hand, place: int, *kinds: str) -> str | None:
    """One of the records of some kinds that somebody can write in."""
    found = story.records_of(hand, *kinds)
    return found[place % len(found)] if found else None


def _entries(value: object) -> list[str]:
    return [str(entry) for entry in value] if isinstance(value, list) else []


def edit(story: Story, hand: Hand, a: int, b: int, c: int) -> None:
    """Somebody says something else in an ordinary answer, or two, or clears it."""
    if record := pick(story, hand, a, "family", FORM):
        paths = ("name", "phone") if record in FAMILIES else ("plain", "other", "once")
        path = paths[b % len(paths)]
        clears = not c and path in hand.keep.view(record)
        patch: dict[str, Value] = {path: None if clears else story.word(hand, record)}
        if c > 4:
            patch[paths[(b + 1) % len(paths)]] = story.word(hand, record)
        story.write(hand, record, "set", patch)


def risk(story: Story, hand: Hand, a: int, b: int, c: int) -> None:
    """Somebody says how great a danger is, or who leads."""
    if record := pick(story, hand, a, "family", FORM):
        ordered, loose = ("risk_level", "lead") if record in FAMILIES else ("danger", "claim")
        patch: dict[str, Value] = {ordered: RISKS[b % 4]} if c < 6 else {loose: story.word(hand, record)}
        story.write(hand, record, "set", patch)


def text(story: Story, hand: Hand, a: int, b: int, c: int) -> None:
    """Somebody writes a paragraph anew, or adds one."""
    if record := pick(story, hand, a, FORM):
        parts = str(hand.keep.view(record).get("words") or "").split("\n\n")
        parts[b % len(parts)] = story.word(hand, record)
        if c > 3:
            parts.append(story.word(hand, record))
        story.write(hand, record, "set", {"words": "\n\n".join(parts)})


def entry(story: Story, hand: Hand, a: int, b: int, c: int) -> None:
    """Somebody puts something into a set, takes something out of it, or adds to a list."""
    if record := pick(story, hand, a, FORM):
        path = ("tags", "tags", "log")[b % 3]
        kept = _entries(hand.keep.view(record).get(path))
        if path == "tags" and c < 3 and kept:
            del kept[c % len(kept)]
        else:
            kept.append(("red", "green")[c % 2] if path == "tags" and c < 6 else story.word(hand, record))
        story.write(hand, record, "set", {path: list(dict.fromkeys(kept)) or None})


def unit(story: Story, hand: Hand, a: int, b: int, c: int) -> None:
    """Somebody moves house: one line of an address, or both; or a number that only grows."""
    if record := pick(story, hand, a, FORM):
        if b > 5:
            story.write(hand, record, "set", {("most", "least")[b % 2]: str(c)})
            return
        paths = (("place/street",), ("place/town",), ("place/street", "place/town"))[b % 3]
        story.write(hand, record, "set", {path: story.word(hand, record) for path in paths})


def child(story: Story, hand: Hand, a: int, b: int, c: int) -> None:
    """Somebody adds a child, renames one, or takes one away."""
    record = pick(story, hand, a, FORM)
    if record is None:
        return
    view = hand.keep.view(record)
    rows = sorted({path.split("/")[1] for path in view if path.startswith("children/")})
    if b < 3 or not rows:
        row = f"0{story.number:05d}"
        story.write(
            hand,
            record,
            "set",
            {f"children/{row}/@order": "m", f"children/{row}/name": story.word(hand, record)},
        )
    elif b < 5:
        row = rows[c % len(rows)]
        more: dict[str, Value] = {f"children/{row}/risk": RISKS[c % 4]} if c > 3 else {}
        story.write(hand, record, "set", {f"children/{row}/name": story.word(hand, record), **more})
    else:
        at = f"children/{rows[c % len(rows)]}/"
        story.write(hand, record, "set", {path: None for path in (*view, f"{at}@order") if path.startswith(at)})


def file(story: Story, hand: Hand, a: int, b: int, c: int) -> None:
    """Somebody files a form, a concern, a signature, or opens a family of their own."""
    record = hashlib.sha256(f"{hand.worker}{story.number}{a}{b}{c}".encode()).hexdigest()[:32]
    story.number += 1
    family = pick(story, hand, a, "family")
    kind = (FORM, FORM, FORM, "concern", "signature", "family", FORM, "visit")[b % 8]
    if kind == "family":
        story.scopes[record] = f"family:{record}"
        story.held[hand.worker].add(story.scopes[record])
    elif family is None:
        return
    else:
        story.scopes[record] = story.scopes[family]
    patch: dict[str, Value] = {"@kind": kind, "@scope": story.scopes[record]}
    if kind == FORM:
        patch |= {"@form": f"{FORM}@1", "danger": RISKS[c % 4], "tags": ["red"], "children/01/@order": "m"}
        patch |= {path: story.word(hand, record) for path in ("plain", "words", "place/town", "children/01/name")}
    else:
        patch |= {"name": story.word(hand, record)}
    story.write(hand, record, "create", patch)


def attach(story: Story, hand: Hand, a: int, b: int, c: int) -> None:
    """Somebody attaches a file to a form."""
    if record := pick(story, hand, a, FORM):
        content = (story.word(hand, record) + " ").encode() * (1 + b * 50)
        hand.keep.attach(record, content)
        seal = hashlib.sha256(content).hexdigest()
        story.write(hand, record, "set", {"photo": {"hash": seal, "name": "photo.jpg", "size": len(content)}})


def delete(story: Story, hand: Hand, a: int, b: int, c: int) -> None:
    """Somebody deletes a form."""
    if record := pick(story, hand, a, FORM, "visit"):
        story.write(hand, record, "delete", {})


def restore(story: Story, hand: Hand, a: int, b: int, c: int) -> None:
    """Somebody brings back what they once wrote in."""
    mine = sorted({change.record for change in hand.keep.outbox()} - set(hand.keep.base()))
    if mine:
        story.write(hand, mine[a % len(mine)], "restore", {})


def resolve(story: Story, hand: Hand, a: int, b: int, c: int) -> None:
    """Somebody decides a conflict: mine, theirs, both, or one of the claims."""
    waiting = [
        record for record in story.records_of(hand, "conflict") if hand.keep.view(record).get("status") != "resolved"
    ]
    if not waiting:
        return
    conflict = waiting[a % len(waiting)]
    state = hand.keep.view(conflict)
    rows = sorted({path.split("/")[1] for path in state if path.startswith("siblings/")})
    seen: list[str] = [str(value) for path, value in sorted(state.items()) if path.endswith("/change")]
    take = ("mine", "theirs", "both", *rows)[b % (3 + len(rows))]
    story.scopes.setdefault(conflict, hand.keep.base()[conflict].scope)
    patch: dict[str, Value] = {"take": take, "reason": story.word(hand, conflict), "seen": seen}
    story.write(hand, conflict, "resolve", patch)


def newer(story: Story, hand: Hand, a: int, b: int, c: int) -> None:
    """Somebody has a newer fieldkit than central."""
    if record := pick(story, hand, a, FORM):
        story.write(hand, record, "set", {"plain": story.word(hand, record)}, newer=True)
