"""The family's own copy the same day, and invitations that obey permission."""

from __future__ import annotations

import io
import json

import pytest

from fieldkit.commands.practice.council import answers
from fieldkit.errors import Refused
from fieldkit.workspace.papers import Meeting
from tests.trips.conftest import Laptops
from tests.trips.test_journey import family, filed
from tests.trips.test_sharing import SCHOOL, agreed

WHY = "the family asked"


def test_the_familys_copy_is_in_plain_words_and_leaves_out_what_is_not_for_them(laptops: Laptops) -> None:
    asha = laptops.of("Asha Patel")
    home = family(asha)
    with pytest.raises(Refused, match="no assessment"):
        asha.family_copy(home, "html", WHY)
    record = filed(asha, "eha", home)
    asha.edit(record, {"d/around/hazards": "Kestrel"})
    assert "Kestrel" in [field.value_text for field in asha.show(record).fields]
    told = json.loads(answers("eha"))
    spoken = next(value for value in told.values() if isinstance(value, str) and value.startswith("A calm morning"))
    page = asha.family_copy(home, "html", WHY, large=True).decode()
    assert spoken in page
    assert "Kestrel" not in page
    assert asha.me.device not in page
    pypdf = pytest.importorskip("pypdf")
    made = asha.family_copy(home, "pdf", WHY)
    text = " ".join(each.extract_text() for each in pypdf.PdfReader(io.BytesIO(made)).pages)
    assert " ".join(spoken.split()) in " ".join(text.split())
    noted = [each for each in asha.audit_lines() if each["what"] == "family-copy"]
    assert len(noted) == 2
    assert WHY not in json.dumps(noted)
    with pytest.raises(Refused):
        asha.family_copy(home, "pdf", " ")


def test_an_agency_that_may_not_know_is_not_invited_and_initials_stand_for_the_family(laptops: Laptops) -> None:
    asha = laptops.of("Asha Patel")
    home = family(asha)
    meeting = Meeting(SCHOOL, "2026-12-08T15:00", place="Arbury")
    with pytest.raises(Refused, match="not invited"):
        asha.invitation(home, meeting, WHY)
    agreed(asha, home)
    made = asha.invitation(home, meeting, WHY).decode()
    assert "Team around the family: O." in made
    assert "DTSTART:20261208T150000Z" in made
    assert "Okafor" not in made
    named = asha.invitation(home, Meeting(SCHOOL, "2026-12-08T15:00", name_because="two families O."), WHY).decode()
    assert "Team around the family: Okafor" in named
    for wrong in ("2026-03-29T01:30", "tomorrow", "2026-12-08"):
        with pytest.raises(Refused):
            asha.invitation(home, Meeting(SCHOOL, wrong), WHY)
    asha.withdraw(home, "Ngozi Okafor", SCHOOL, "words")
    with pytest.raises(Refused, match="taken back"):
        asha.invitation(home, meeting, WHY)


def test_one_givers_no_blocks_the_invitation(laptops: Laptops) -> None:
    asha = laptops.of("Asha Patel")
    home = family(asha)
    agreed(asha, home)
    agreed(asha, home, "no", "Emeka Okafor")
    with pytest.raises(Refused, match=r"no\. So they are not invited"):
        asha.invitation(home, Meeting(SCHOOL, "2026-12-08T15:00"), WHY)
