"""A person's own copy: only when it is safe, only their own lines, never a line that can hurt."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from typing import Any

import pytest

from fieldkit.commands.practice.council import answers
from fieldkit.errors import Refused
from fieldkit.workspace import Workspace
from fieldkit.workspace.receipts import Wanted
from fieldkit.workspace.views import Evidence, Giver, PersonDetails
from tests.trips.conftest import Laptops
from tests.trips.test_journey import STATEMENT, filed, fill

HURTS = "Riverside Refuge"


class Family:
    """A family whose mother has agreed to much, some of it not for paper, and whose father has said no."""

    def __init__(self, laptop: Workspace, language: str = "") -> None:
        self.desk = laptop
        self.home = laptop.add_family("Okafor")
        self.mother = laptop.add_person(
            self.home, PersonDetails(given="Ngozi", surname="Okafor", relation="mother", pr="yes")
        )
        self.father = laptop.add_person(self.home, PersonDetails(given="Emeka", surname="Okafor", relation="father"))
        self.record = self._agreed()
        self.sign("Ngozi Okafor", "mother", "typed", language)
        self.sign("Emeka Okafor", "father", "refused")

    def _agreed(self) -> str:
        told: dict[str, Any] = json.loads(answers("agreement"))
        common = {"agency/why": "the plan", "agency/direction": "both"}
        rows = [
            {"agency/agency_name": "Mill <b>School</b>", "agency/decision": "yes", **common},
            {"agency/agency_name": HURTS, "agency/decision": "topics", "agency/topics": ["abuse", "money"], **common},
        ]
        begun = self.desk.begin("agreement", self.home, carry=False)
        fill(self.desk.draft(begun), {**told, "c/agencies": rows})
        return self.desk.file(begun)

    def sign(self, name: str, role: str, method: str, language: str = "") -> None:
        frozen = self.desk.freeze(self.record, Giver(name, role, language=language))
        self.desk.sign(frozen, Evidence(method, name, role, STATEMENT))

    def copy(self, person: str, way: str = "text", large: bool = False) -> str:
        return self.desk.personal_receipt(Wanted(self.record, person, way, large), safe=True).content.decode()


class Outline(HTMLParser):
    """The tags of a page, and its language."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.language: str | None = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.language = dict(attrs).get("lang", self.language)


def test_each_gets_their_own_lines_and_nothing_that_can_hurt(laptops: Laptops) -> None:
    family = Family(laptops.of("Asha Patel"))
    hers, his = family.copy(family.mother), family.copy(family.father)
    assert "Ngozi Okafor agreed." in hers
    assert "Mill <b>School</b>" in hers
    assert "Emeka Okafor did not agree." in his
    assert "Mill" not in his, "what she said is not his"
    for told in (hers, his, family.copy(family.mother, "html"), family.copy(family.mother, "machine")):
        assert HURTS not in told
        assert "abuse" not in told.lower()
    assert re.search("give this code: [0-9A-F]{4}-[0-9A-F]{4}-[0-9A-F]{4}", hers)


def test_the_page_is_plain_in_large_print_if_wanted_and_holds_no_live_markup(laptops: Laptops) -> None:
    family = Family(laptops.of("Asha Patel"))
    page, large = family.copy(family.mother, "html"), family.copy(family.mother, "html", large=True)
    outline = Outline(page)
    assert set(outline.tags) <= {"html", "head", "meta", "title", "style", "body", "main", "h1", "h2", "ul", "li"}
    assert outline.language == "en"
    assert "font:20pt" in large
    assert "font:20pt" not in page
    assert "Mill &lt;b&gt;School&lt;/b&gt;" in page


def test_it_is_in_the_language_that_was_signed(laptops: Laptops) -> None:
    family = Family(laptops.of("Asha Patel"), "pl")
    told = family.copy(family.mother)
    assert "zgoda wyrażona" in told
    assert "Czy możemy przekazywać im informacje?: Tak" in told
    assert Outline(family.copy(family.mother, "html")).language == "pl"


def test_when_it_is_not_safe_nothing_is_made_and_the_answer_is_kept(laptops: Laptops) -> None:
    family = Family(laptops.of("Asha Patel"))
    made = family.desk.personal_receipt(Wanted(family.record, family.mother), safe=False)
    assert (made.left, made.content) == (False, b"")
    family.copy(family.mother)
    family.desk.sync()
    kept = [each.state["safe"] for each in family.desk.records_of("copy-asked")]
    assert sorted(map(str, kept)) == ["no", "yes"]
    assert family.desk.status().parked == 0
    assert [each["what"] for each in family.desk.audit_lines()].count("receipt") == 2


def test_nobody_gets_a_copy_of_what_they_did_not_sign(laptops: Laptops) -> None:
    family = Family(laptops.of("Asha Patel"))
    child = family.desk.add_person(family.home, PersonDetails(given="Ada", surname="Okafor", relation="child"))
    with pytest.raises(Refused, match="signed nothing"):
        family.copy(child)


def test_of_an_assessment_only_what_they_said_themselves_is_on_their_paper(laptops: Laptops) -> None:
    desk = laptops.of("Asha Patel")
    family = Family(desk)
    family.record = filed(desk, "eha", family.home)
    desk.edit(family.record, {"f/hopes/family_hopes@voice": "Ngozi Okafor"})
    family.sign("Ngozi Okafor", "mother", "typed")
    family.sign("Emeka Okafor", "father", "typed")
    hope = "A calm morning and a full night"
    assert hope in family.copy(family.mother)
    assert hope not in family.copy(family.father)


def test_the_machines_part_has_header_processing_parties_and_events(laptops: Laptops) -> None:
    family = Family(laptops.of("Asha Patel"))
    family.desk.withdraw(family.home, "Ngozi Okafor", "Mill <b>School</b>", "words", "2026-11-23")
    told = json.loads(family.copy(family.mother, "machine"))
    record = told["dct:hasPart"]
    assert (told["@type"], record["@type"]) == ("dpv:ConsentReceipt", "dpv:ConsentRecord")
    assert {"dpv:hasIdentifier", "dct:created", "@context"} <= told.keys()
    assert {"dpv:hasNotice", "dpv:hasProcess", "dpv:hasDataSubject", "dpv:hasLegalBasis"} <= record.keys()
    assert record["dpv:hasDataSubject"] == {"@id": f"urn:uuid:{family.mother}"}
    events = [event["@type"] for event in record["dct:hasPart"]]
    assert events == ["dpv:ConsentGiven", "dpv:ConsentWithdrawn"]
    assert [each["dpv:hasRecipient"] for each in record["dpv:hasProcess"]] == ["Mill <b>School</b>"]
    assert record["dpv:hasLegalBasis"] == {"@id": "eu-gdpr:A6-1-e"}, "agreement is not the lawful basis"
    assert "What you took back\nMill" in family.copy(family.mother).replace("WHAT YOU TOOK BACK", "What you took back")
