"""A council's certified Polish wording reaches the laptop, the text that is signed, and the paper taken home."""

from __future__ import annotations

from pathlib import Path

from click.testing import CliRunner

from fieldkit.casework.evidence import ON_PAGE
from fieldkit.workspace.receipts import Wanted
from fieldkit.workspace.views import Evidence, Giver
from sync.server.__main__ import central as desk
from tests.central_fixture import RunningCentral
from tests.trips.conftest import Laptops
from tests.trips.test_receipts import Family

CERTIFIED = "Tłumaczenie poświadczył(a): Biuro Kowalska, 2026-03-01"


def test_who_certified_the_translation_is_signed_and_taken_home(
    laptops: Laptops, central: RunningCentral, tmp_path: Path
) -> None:
    wording = tmp_path / "wording.txt"
    wording.write_text("Zapisujemy to, co razem ustalimy.\n", "utf-8")
    told = ["--certified-by", "Biuro Kowalska", "--on", "2026-03-01", "--data", str(central.data)]
    done = CliRunner().invoke(desk, ["translation", "pl", str(wording), *told, "--dsn", central.owner_dsn])
    assert done.exit_code == 0, done.output
    asha = laptops.of("Asha Patel")
    asha.sync()
    family = Family(asha)
    giver = Giver("Ngozi Okafor", "mother", language="pl")
    frozen = asha.freeze(family.record, giver)
    assert frozen.language == "pl"
    assert "Zapisujemy to, co razem ustalimy." in frozen.text
    assert frozen.text.endswith(CERTIFIED + "\n")
    assert frozen.translation == "In Polish. Certified by Biuro Kowalska on 2026-03-01."
    strokes = (((1.0, 1.0, 0.0), (9.0, 2.0, 0.4)),)
    asha.sign(frozen, Evidence("drawn", "Ngozi Okafor", "mother", strokes=strokes, place=ON_PAGE))
    made = asha.personal_receipt(Wanted(family.record, family.mother, "html", large=True), safe=True)
    assert CERTIFIED in made.told
    assert CERTIFIED in made.content.decode()
    assert "na stronie dotykowej" in made.told
    asha.sync()
    assert asha.status().parked == 0


def test_urdu_without_a_text_in_it_is_english_and_the_worker_is_told(laptops: Laptops) -> None:
    asha = laptops.of("Asha Patel")
    family = Family(asha)
    frozen = asha.freeze(family.record, Giver("Ngozi Okafor", "mother", language="ur"))
    assert (frozen.language, frozen.giver.language) == ("en", "ur")
    assert "They asked for Urdu" in frozen.translation
