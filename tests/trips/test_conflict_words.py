"""What `fieldkit conflicts` and `show` say: about whom, what is proposed and why, and where others say otherwise."""

from __future__ import annotations

from fieldkit.commands.deciding import told_of
from tests.central_fixture import RunningCentral
from tests.trips.conftest import Laptops
from tests.trips.test_journey import shared


def test_a_conflict_names_its_family_and_a_proposal_its_value_and_reason(
    laptops: Laptops, central: RunningCentral
) -> None:
    asha, marek, home = shared(laptops, central)
    asha.edit(home, {"risk_level": "high", "summary": "Two at home."})
    marek.edit(home, {"risk_level": "medium"})
    for laptop in (asha, marek, asha):
        laptop.sync()
    (card,) = [marek.conflict(row.id) for row in marek.conflicts()]
    assert told_of(card)[0].startswith(f"{card.id}  Risk level of {card.family_name}  was: ")
    assert " decide by " in told_of(card)[0]
    contested = {each.path: each.contested for each in marek.show(home).fields}
    assert (contested["risk_level"], contested["name"]) == (True, False)
    marek.resolve(card.id, "mine", "Seen at school")
    marek.sync()
    asha.sync()
    assert told_of(asha.conflict(card.id))[-1] == (
        "  Marek Nowak proposes medium (“Seen at school”);"
        " a second person must agree, and one of the two must be a team lead"
    )
