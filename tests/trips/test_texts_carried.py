"""What people type, from one laptop through central to another: equal to the letter, all 258 texts of the corpus."""

from __future__ import annotations

from tests.central_fixture import RunningCentral
from tests.fieldkit.tui.hostile import CARRIED
from tests.trips.conftest import Laptops


def test_every_text_arrives_at_another_laptop_as_it_was_typed(laptops: Laptops, central: RunningCentral) -> None:
    asha, marek = laptops.of("Asha Patel"), laptops.of("Marek Nowak")
    typed = {asha.add_family("Okafor", address=text): text for text in CARRIED}
    asha.sync()
    central.grant("Marek Nowak", *(f"family:{home}" for home in typed))
    marek.sync()
    said = {home: text if text.strip() else None for home, text in typed.items()}  # blanks alone are no answer
    assert {home: marek.record(home).state.get("address") for home in typed} == said
    assert len(typed) == 258
