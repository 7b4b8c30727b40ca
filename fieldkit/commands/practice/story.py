"""The whole story told without a screen: two laptops offline, central stopped, the same field written on both.

Every step is a process of its own; what it left is looked at from outside and compared with what was promised. The
story goes on after a step that failed, so that the table shows all of it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from fieldkit.commands.practice.council import answers, council
from fieldkit.commands.practice.site import PROGRAM, Laptop, PracticeCentral, PracticeFailed, Said
from forms.library import shipped

CANARY = "Chidi drew the canary on the seventh page"
"""Words that are written on a laptop and must be readable in none of its files."""
AWAY = 4
CONFLICTS = 5
Moment = Callable[["Story", str], None]
"""Called between the chapters with their name: where a sabotage strikes."""


@dataclass(frozen=True, slots=True)
class Step:
    """One line of the table."""

    what: str
    promised: str
    seen: str
    ok: bool


@dataclass(slots=True)
class Story:
    """The site, the cast, and what has been seen so far."""

    folder: Path
    moment: Moment = lambda _story, _name: None
    program: tuple[str, ...] = PROGRAM
    steps: list[Step] = field(default_factory=list)
    ids: dict[str, str] = field(default_factory=dict)
    central: PracticeCentral = field(init=False)
    asha: Laptop = field(init=False)
    marek: Laptop = field(init=False)
    carys: Laptop = field(init=False)

    def __post_init__(self) -> None:
        self.central = PracticeCentral(self.folder / "central")
        people = {who.role: who.name for who in council().staff}
        self.asha = Laptop.new(self.folder / "asha", people["worker"], self.program)
        self.marek = Laptop.new(self.folder / "marek", people["centre"], self.program)
        self.carys = Laptop.new(self.folder / "carys", people["lead"], self.program)

    # -- the table

    def saw(self, what: str, promised: object, seen: object) -> None:
        """Note what was promised and what was seen."""
        self.steps.append(Step(what, str(promised), str(seen), promised == seen))

    @property
    def kept(self) -> bool:
        """Whether every promise was kept."""
        return bool(self.steps) and all(step.ok for step in self.steps)

    # -- telling

    def tell(self) -> None:
        """Every chapter, in order; central is stopped at the end, whatever happened."""
        chapters = (self.set_up, self.meet, self.offline, self.away, self.home_again, self.decide, self.look_back)
        try:
            for chapter in chapters:
                self._chapter(chapter)
        finally:
            self.central.stop()

    def _chapter(self, chapter: Callable[[], None]) -> None:
        try:
            chapter()
            self.moment(self, chapter.__name__)
        except (PracticeFailed, KeyError, IndexError, json.JSONDecodeError, StopIteration) as broken:
            # The kind only: its words could hold an answer.
            self.steps.append(Step(f"chapter {chapter.__name__}", "told to its end", type(broken).__name__, ok=False))

    def set_up(self) -> None:
        """A central with its keys and the shipped forms, and three enrolled laptops."""
        duty = council().duty
        told = self.central.ask(
            "init", "--council", council().name, "--duty-day", duty["day"], "--duty-night", duty["night"]
        )
        self.saw("central made its keys and published the forms", len(shipped()), len(told["forms"]))
        self.central.start()
        for laptop, role in ((self.asha, "worker"), (self.marek, "centre"), (self.carys, "lead")):
            laptop.does("init")
            unenrolled = laptop.says(
                "capture", "visit", "--answers", str(self._file("visit")), "--family-name", "Okafor"
            )
            self.saw(f"{role}: nothing is captured before enrolment", 1, unenrolled.code)
            code = self.central.ask("code", "--worker", laptop.worker, "--role", role)["code"]
            laptop.does("enrol", self.central.url, code, "--label", f"{role}'s laptop")
        again = self.asha.says("enrol", self.central.url, code)
        self.saw("a one-time code is spent once", 1, again.code)

    def meet(self) -> None:
        """A family that both laptops hold."""
        made = self.asha.does(
            "capture", "agreement", "--answers", str(self._file("agreement")), "--family-name", "Okafor"
        )
        self.ids["agreement"] = ack(made)
        self.ids["family"] = str(self.asha.does("list", "family", "--json").data[0]["id"])
        self.asha.does("edit", self.ids["family"], "--set", "risk_level=low", "--set", "postcode=WY1 2AB")
        self.saw("first sync", 0, self.asha.says("sync").code)
        for laptop in (self.marek, self.carys):
            before = laptop.does("find", "okafor", "--json").data
            self.saw("who does not hold a family does not see it", [], before)
            self.central.ask("grant", laptop.worker, f"family:{self.ids['family']}")
            self.saw("sync after the grant", 0, laptop.says("sync").code)
            self.saw("the family has arrived", 1, len(laptop.does("find", "okafr", "--json").data))

    def offline(self) -> None:
        """Central is stopped; an assessment, a signature and a visit note are made at the kitchen table."""
        self.central.stop()
        family = self.ids["family"]
        self.ids["eha"] = ack(self.asha.does("capture", "eha", "--answers", str(self._file("eha")), "--family", family))
        signed = ("--giver", "Ngozi Okafor", "--role", "mother", "--statement", "I have read it and I agree.")
        self.ids["signature"] = ack(self.asha.does("sign", self.ids["eha"], *signed))
        note = self._with_canary("visit")
        self.ids["visit"] = ack(self.asha.does("capture", "visit", "--answers", str(note), "--family", family))
        self.asha.does("edit", family, "--set", "risk_level=medium")
        self.marek.does("edit", family, "--set", "risk_level=high", "--set", "next_visit=2026-11-24")
        self.saw("answers that are not valid are refused", 6, self._invalid().code)
        self.saw("waiting on the worker's laptop", 4, self.asha.does("status", "--json").data["waiting"])

    def away(self) -> None:
        """A sync with nobody there loses nothing and says so."""
        tried = self.asha.says("sync")
        self.saw("central is away: the exit code says so", AWAY, tried.code)
        self.saw("central is away: a plain sentence", True, "nothing is lost" in tried.err.lower())
        self.saw("still waiting", 4, self.asha.does("status", "--json").data["waiting"])
        readable = [path.name for path in self.asha.files() if CANARY.encode() in path.read_bytes()]
        self.saw("files in which the note can be read", [], readable)

    def home_again(self) -> None:
        """Central is back; the centre syncs first, then the worker."""
        self.central.start()
        self.saw("the centre's sync", 0, self.marek.says("sync").code)
        self.saw("the worker's sync: done, a conflict waits", CONFLICTS, self.asha.says("sync").code)
        for name in ("eha", "visit", "signature", "agreement"):
            self.saw(f"{name}: once in PostgreSQL", 1, self._count(self.ids[name]))
        self.saw("the note's words in PostgreSQL", True, CANARY in json.dumps(self._state(self.ids["visit"])))
        self.saw("a change of another field was kept", "2026-11-24", self._state(self.ids["family"]).get("next_visit"))
        self.saw("shown meanwhile: the safer", "high", self._state(self.ids["family"]).get("risk_level"))
        card = self.asha.does("conflicts", "--json").data[0]
        self.saw("was", "low", card["was"])
        self.saw(
            "both values are on the card", ["high", "medium"], sorted(side["value_text"] for side in card["sides"])
        )

    def decide(self) -> None:
        """The worker proposes the lower value; it falls only when a team lead agrees."""
        conflict = self.asha.does("conflicts", "--json").data[0]["id"]
        self.asha.does("resolve", conflict, "--take", "mine", "--reason", "Seen today: calm")
        self.saw("the proposal is sent; it still waits", CONFLICTS, self.asha.says("sync").code)
        self.saw("one person does not lower it", "high", self._state(self.ids["family"]).get("risk_level"))
        self.carys.says("sync")
        card = self.carys.does("conflicts", "--json").data[0]
        row = next(side["row"] for side in card["sides"] if side["value_text"] == "medium")
        self.carys.does("resolve", conflict, "--take", row, "--reason", "Agreed after a call")
        self.saw("the lead's sync", 0, self.carys.says("sync").code)
        self.saw("two people lower it", "medium", self._state(self.ids["family"]).get("risk_level"))
        kept = json.dumps(self._state(conflict))
        self.saw("the other value is kept with the decision", True, '"high"' in kept)

    def look_back(self) -> None:
        """Everybody has the same, every seal and chain holds."""
        for laptop in (self.asha, self.marek, self.carys):
            self.saw("sync", 0, laptop.says("sync").code)
            self.saw("verify", 0, laptop.says("verify").code)
        dumps = {self._dump(laptop) for laptop in (self.asha, self.marek, self.carys)}
        self.saw("different contents of the three laptops", 1, len(dumps))
        told = self.asha.does("sync", "--json").data
        self.saw("a sync with nothing to do: requests", 1, told["requests"])
        self.saw("central's ledger", "whole", self.central.ask("verify")["ledger"])

    # -- looking

    def _file(self, name: str) -> Path:
        file = self.folder / f"{name}.json"
        file.write_text(answers(name), "utf-8")
        return file

    def _with_canary(self, name: str) -> Path:
        file = self._file(name)
        told = json.loads(file.read_text("utf-8"))
        told["d/done/work"] = CANARY
        file.write_text(json.dumps(told), "utf-8")
        return file

    def _invalid(self) -> Said:
        file = self.folder / "invalid.json"
        file.write_text('{"a/when/visit_type": "balloon"}', "utf-8")
        return self.marek.says("capture", "visit", "--answers", str(file), "--family", self.ids["family"])

    def _count(self, record: str) -> int:
        return len(self.central.rows(f"select 1 from record where id = '{record}'"))  # noqa: S608 - an id of ours

    def _state(self, record: str) -> Mapping[str, Any]:
        found = self.central.rows(f"select state from record where id = '{record}'")  # noqa: S608 - an id of ours
        state: Mapping[str, Any] = json.loads(found[0][0])
        return state

    def _dump(self, laptop: Laptop) -> str:
        lines = laptop.does("dump", "--canonical", "--reason", "the story compares the laptops").out.splitlines()
        return "\n".join(line for line in lines if '"kind":"conflict"' in line or '"scope":"family' in line)


def ack(said: Said) -> str:
    """The record id behind ACK; StopIteration when there is none."""
    return next(line.split()[1] for line in said.out.splitlines() if line.startswith("ACK "))
