"""Every way of saying yes, or not: its key, what is asked for it, and whether the text has to be read here first."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from fieldkit.casework.evidence import Support
from fieldkit.workspace.views import Evidence, Giver


@dataclass(frozen=True, slots=True)
class Way:
    """One way: what is asked for it, in which line."""

    words: str
    lines: tuple[tuple[str, str], ...] = ()
    key: str = ""
    read_here: bool = False
    """The giver reads the text in this window and answers there: not for writing that it cannot show."""
    read_back: bool = False
    """What was said is read back to them as part of it."""
    method: str = ""
    """The kind of evidence, where it is not the name in the table."""


WAYS: Mapping[str, Way] = {
    "drawn": Way("Sign with mouse, pen, touchpad or arrow keys", key="d", read_here=True),
    "typed": Way(
        "Type your name",
        (
            ("typed_name", "Your name"),
            ("statement", "And in your own words: I have read it and I agree, or what you mean"),
        ),
        key="t",
        read_here=True,
    ),
    "paper": Way("Signed on paper", (("place", "Where is the paper kept?"),), key="o"),
    "witnessed": Way(
        "Said aloud, before a witness", (("statement", "Your words"), ("witness", "Who heard it?")), key="v"
    ),
    "phone": Way(
        "By phone, and read back",
        (("statement", "What was read back"), ("witness", "Who else heard it?")),
        key="p",
        read_back=True,
    ),
    "participation": Way("Taking part is my yes", (("statement", "How did you take part?"),), key="k"),
    "referral": Way("It was agreed when I was referred", (("statement", "Who told, and when?"),), key="f"),
    "not-today": Way("Not today", (("statement", "When, if you like"),), key="n"),
    "refused": Way("No", (("statement", "Why, only if you like"),), key="r"),
}
"""Every way of equal rank; a test holds it against the workspace's list."""

INTERPRETED = Way(
    "Through an interpreter or a reader, and read back",
    (
        ("interpreter", "Who put it across? Name and agency, or number of the call"),
        ("interpreter_language", "In which language?"),
        ("statement", "Your words, as they were put across and read back"),
    ),
    key="x",
    read_back=True,
    method="witnessed",
)
"""No other kind of evidence: words that the interpreter heard."""
OFFERED: Mapping[str, Way] = {**WAYS, "interpreted": INTERPRETED}


def evidence_of(way: str, giver: Giver, said: Mapping[str, str], support: Support) -> Evidence:
    """What was said by one of the ways offered, as it is sealed; what a line leaves blank is as the worker told it."""
    offered, interpreter = OFFERED[way], said.get("interpreter", "")
    heard = interpreter if offered is INTERPRETED else ""
    return Evidence(
        method=offered.method or way,
        name=said.get("typed_name") or giver.name,
        role=giver.role,
        statement=said.get("statement", ""),
        witness=said.get("witness") or heard,
        place=said.get("place", ""),
        interpreter=interpreter,
        support=replace(
            support,
            read_back=support.read_back or offered.read_back,
            interpreter_language=said.get("interpreter_language") or support.interpreter_language,
        ),
    )


READING_KEYS = "Enter sign  ↑ ↓ read  l large print  b touch page  n not today  r no  ? ask"
UNREAD_KEYS = "Enter the touch page  o paper  v said aloud  i other  n not today  r no  ? ask"
PAD_KEYS = "Enter done  ^z take back  a again  arrows, space: pen  ? ask  esc: the PIN"
LINE_KEYS = "Enter next, then done   ^o another way   esc needs the worker's PIN"
CHOICE_KEYS = "↑ ↓ Enter choose   ? ask   esc needs the worker's PIN"
DONE_KEYS = "esc: the worker's PIN takes the laptop back"
OTHER_KEYS = "t type  o paper  v said aloud  p phone  x interpreter  b touch page  i all  n not today  r no"
