"""What was there before: told by who and when, put back as an ordinary edit; and who knows what, on a real device."""

from __future__ import annotations

import pytest

from fieldkit.errors import Refused
from tests.central_fixture import RunningCentral
from tests.trips.conftest import Laptops
from tests.trips.test_journey import filed, shared
from tests.trips.test_sharing import SCHOOL, WHY, agreed


def test_an_answer_is_put_back_and_the_putting_back_too(laptops: Laptops, central: RunningCentral) -> None:
    asha, marek, home = shared(laptops, central)
    asha.edit(home, {"risk_level": "high"})
    first = asha.history(home)[0]
    assert (first.label, first.before, first.after, first.can_restore) == ("risk level", "low", "high", True)
    asha.restore_answer(home, first.id)
    assert asha.record(home).state["risk_level"] == "low"
    back = asha.history(home)[0]
    assert (back.before, back.after) == ("high", "low")
    asha.restore_answer(home, back.id)
    asha.sync()
    marek.sync()
    assert marek.record(home).state["risk_level"] == "high"
    assert [row.id for row in marek.history(home)] == ["elsewhere"]
    assert marek.history(home)[0].who == "Asha Patel"
    with pytest.raises(Refused, match="not on this laptop"):
        marek.restore_answer(home, "elsewhere")
    assert [row.label for row in asha.history(home)][-1] == "written"


def test_of_a_form_the_history_speaks_its_words_and_the_room_sees_none_that_it_must_not(
    laptops: Laptops, central: RunningCentral
) -> None:
    asha, _, home = shared(laptops, central)
    record = filed(asha, "eha", home)
    asha.edit(record, {"j/overall/safe_worker": "2"})
    row = asha.history(record)[0]
    assert (row.label, row.after) == ("Worker: how safe do things feel?", "2")
    asha.edit(home, {"risk_level": "high"})
    asha.start_visit(home, ["Ngozi Okafor"])
    assert all(each.label == "written" for each in asha.history(home))


def test_who_knows_what_is_told_in_words_and_with_somebody_there_only_theirs(
    laptops: Laptops, central: RunningCentral
) -> None:
    asha, _, home = shared(laptops, central)
    agreed(asha, home)
    agreed(asha, home, "no", "Emeka Obi")
    school = next(each for each in asha.who_knows(home) if each.who == SCHOOL)
    assert school.may == "is told nothing"
    assert [each.split(" on ")[0] for each in school.why] == ["Ngozi Okafor said yes", "Emeka Obi said no"]
    asha.start_visit(home, ["Ngozi Okafor"])
    there = next(each for each in asha.who_knows(home) if each.who == SCHOOL)
    assert "Emeka" not in repr(asha.who_knows(home)) + "".join(there.why)
    assert there.may == "may be told what matters"


def test_what_has_gone_to_an_agency_stands_there_with_its_reason(laptops: Laptops, central: RunningCentral) -> None:
    asha, _, home = shared(laptops, central)
    agreed(asha, home)
    record = filed(asha, "eha", home)
    asha.sync()
    asha.release(asha.share(record, SCHOOL, WHY), "json")
    school = next(each for each in asha.who_knows(home) if each.who == SCHOOL)
    assert school.had[0].startswith("Early Help Assessment on ")
    assert school.had[0].endswith(WHY)
