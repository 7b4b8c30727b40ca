"""A signature from the kitchen table to a stranger's check, and a laptop's audit chain against central's memory."""

from __future__ import annotations

import json
import runpy
import shutil
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner

from fieldkit.casework import evidence
from fieldkit.config import QUICK_KDF
from fieldkit.errors import Refused
from fieldkit.workspace import Workspace, open_workspace
from fieldkit.workspace.views import Evidence, Giver
from sync.server.__main__ import central as desk
from tests.central_fixture import RunningCentral
from tests.trips.conftest import PASSPHRASE, Laptops
from tests.trips.test_journey import STATEMENT, family, filed, shared

VERIFIER = runpy.run_path(str(Path(__file__).resolve().parents[2] / "packaging" / "verify_evidence.py"))


def signed(laptop: Workspace, record: str, name: str = "Ngozi Okafor") -> str:
    frozen = laptop.freeze(record, Giver(name, "mother"))
    return laptop.sign(frozen, Evidence("typed", name, "mother", STATEMENT))


def test_a_stranger_checks_what_two_laptops_hold_of_a_signature(laptops: Laptops, central: RunningCentral) -> None:
    asha, marek, home = shared(laptops, central)
    record = filed(asha, "agreement", home)
    signature = signed(asha, record)
    assert asha.receipt_of(signature) == ""
    asha.sync()
    marek.sync()
    keys = (asha.identity.public.hex(), central.keys.receipt.public_key().public_bytes_raw().hex())
    for laptop in (asha, marek):
        bundle, receipt = laptop.evidence_files(signature, "the court asks")
        told = VERIFIER["check_bundle"](bundle, keys[0])
        VERIFIER["check_receipt"](receipt, bundle, keys[1])
        assert laptop.verify() == []
    assert (told["record"], told["form"]["id"], told["worker"]["id"]) == (record, "agreement", asha.me.worker_id)
    assert told["form"]["hash"] == asha.store.form_versions.get("agreement").hash
    person = asha.record(told["signer"]["person"]).state
    assert (person["given"], told["signer"]["responsibility"]) == ("Ngozi", "birth mother")
    assert told["shown"]["text"] == evidence.shown_text(bundle.decode())
    with pytest.raises(Refused, match="needs a reason"):
        asha.evidence_files(signature, " \x1b ")
    with pytest.raises(Refused, match="no signature"):
        asha.evidence_files(record, "the court asks")


def test_the_text_stays_byte_for_byte_and_two_who_disagree_are_both_kept(laptops: Laptops) -> None:
    asha = laptops.of("Asha Patel")
    record = filed(asha, "agreement", family(asha))
    frozen = asha.freeze(record, Giver("Ngozi Okafor", "mother"))
    yes = signed(asha, record)
    no = asha.sign(asha.freeze(record, Giver("Emeka Okafor", "father")), Evidence("refused", "Emeka Okafor"))
    told = [evidence.shown_text(text) for text in asha.bundles_of(record)]
    assert told[0] == frozen.text == asha.freeze(record, Giver("Ngozi Okafor", "mother")).text
    asha.edit(record, {"d/evidence_page/place": "somewhere else"})
    assert [evidence.shown_text(text) for text in asha.bundles_of(record)] == told
    assert [asha.record(each).state["agreed"] for each in (yes, no)] == ["yes", "no"]


@pytest.mark.long
def test_who_signs_in_polish_reads_polish(laptops: Laptops) -> None:
    asha = laptops.of("Asha Patel")
    record = filed(asha, "agreement", family(asha))
    frozen = asha.freeze(record, Giver("Ngozi Okafor", "mother", language="pl"))
    assert frozen.language == "pl"
    assert "Zapisujemy to" in frozen.text
    assert "Zgodę wyraża: Ngozi Okafor" in frozen.text
    assert asha.freeze(record, Giver("Ngozi Okafor", language="ur")).language == "en"


def test_the_clock_of_a_signature_is_vouched_for_only_as_far_as_central_was_heard(laptops: Laptops) -> None:
    asha = laptops.of("Asha Patel")
    home = family(asha)
    asha.sync()
    record = filed(asha, "agreement", home)

    def doubts() -> list[str]:
        signed(asha, record)
        time = json.loads(asha.bundles_of(record)[-1])["time"]
        assert time["clock_unverified"] == bool(time["doubts"])
        return list(time["doubts"])

    assert doubts() == []
    asha.store.set_meta("central_heard", "{}")
    assert doubts() == ["central was never heard"]
    asha.sync()
    laptops.clock.clock.at -= timedelta(days=400)
    assert doubts() == ["the clock is behind the last sync"]
    laptops.clock.clock.at += timedelta(days=400 + 3653)
    # After ten years nothing older is shown, by the lease; what is new is signed all the same.
    record = filed(asha, "agreement", home)
    assert doubts() == []
    told = json.loads(asha.store.meta("central_heard") or "")
    asha.store.set_meta("central_heard", json.dumps({**told, "boot": "another"}))
    assert doubts() == ["started anew since the last sync"]


@pytest.fixture
def clone(laptops: Laptops, tmp_path: Path) -> tuple[Workspace, Workspace]:
    """Asha's laptop, and a copy of its whole disk of an hour ago."""
    asha = laptops.of("Asha Patel")
    asha.sync()
    home = asha.vault.home
    asha.close()
    shutil.copytree(home, tmp_path / "copy")
    again = open_workspace(home, PASSPHRASE, clock=laptops.clock, kdf=QUICK_KDF)
    copy = open_workspace(tmp_path / "copy", PASSPHRASE, clock=laptops.clock, kdf=QUICK_KDF)
    laptops.open += [again, copy]
    return again, copy


def known(central: RunningCentral, device: str, *more: str) -> tuple[int, str]:
    where = ["--data", str(central.data), "--dsn", central.dsn, "--json"]
    ran = CliRunner().invoke(desk, ["device-audit", *where, device, *more])
    return ran.exit_code, ran.output


def export(laptop: Workspace, file: Path) -> str:
    file.write_text("".join(json.dumps(each) + "\n" for each in laptop.audit_lines()), "utf-8")
    return str(file)


def test_a_chain_that_only_grew_is_countersigned_with_work_or_once_an_hour_and_holds_outside(
    laptops: Laptops, central: RunningCentral, tmp_path: Path
) -> None:
    asha = laptops.of("Asha Patel")
    family(asha)
    asha.sync()
    assert asha.sync().requests == 1, "with nothing to do there is one request, and no countersignature"
    assert len(asha.store.audit.anchors()) == 2
    laptops.clock.clock.at += timedelta(hours=1)
    asha.sync()
    anchors = asha.store.audit.anchors()
    assert len(anchors) == 3
    assert anchors[-1].number == asha.store.audit.head()[0]
    assert asha.evidence_findings() == []
    code, told = known(central, asha.me.device, "--check", export(asha, tmp_path / "chain"))
    assert (code, json.loads(told)["chain"], json.loads(told)["doubts"]) == (0, "whole", [])


def test_the_countersignature_comes_with_the_answer_to_the_work_and_a_lost_one_is_made_good(
    laptops: Laptops, central: RunningCentral
) -> None:
    asha = laptops.of("Asha Patel")
    asha.sync()
    family(asha)
    asha.store.audit.note("looked")
    told = asha.store.audit.head()[0]
    asha.sync()
    assert asha.store.audit.last_anchor() == told, "before the sync itself was noted: it went with the push"
    with asha.store.transaction() as connection:
        connection.execute("delete from audit_anchor where number = ?", (told,))
    family(asha)
    asha.sync()
    assert asha.store.audit.last_anchor() == asha.store.audit.head()[0], "proved anew, by a request of its own"
    assert asha.evidence_findings() == []
    assert json.loads(known(central, asha.me.device)[1])["doubts"] == []


def test_two_laptops_with_one_disk_are_seen_by_both_and_by_central(
    central: RunningCentral, clone: tuple[Workspace, Workspace], tmp_path: Path
) -> None:
    one, two = clone
    one.store.audit.note("on-one")
    two.store.audit.note("on-two")
    one.anchor()
    two.anchor()
    assert one.evidence_findings() == []
    assert ["not the one central countersigned" in each.where for each in two.evidence_findings()] == [True]
    told = json.loads(known(central, one.me.device)[1])
    assert [each["what"] for each in told["doubts"]] == ["fork"]
    assert known(central, one.me.device, "--check", export(one, tmp_path / "one"))[0] == 0
    code, said = known(central, one.me.device, "--check", export(two, tmp_path / "two"))
    assert (code, "another chain" in said) == (7, True)


def test_a_disk_put_back_is_seen_at_the_next_contact(
    central: RunningCentral, clone: tuple[Workspace, Workspace], tmp_path: Path
) -> None:
    now, old = clone
    for _ in range(5):
        now.store.audit.note("since-then")
    now.anchor()
    old.anchor()
    assert ["the chain was cut" in each.where for each in old.evidence_findings()] == [True]
    assert [each["what"] for each in json.loads(known(central, now.me.device)[1])["doubts"]] == ["cut"]
    assert "was cut" in known(central, now.me.device, "--check", export(old, tmp_path / "old"))[1]


@pytest.mark.long
def test_an_answer_that_was_lost_is_no_doubt(central: RunningCentral, laptops: Laptops) -> None:
    asha = laptops.of("Asha Patel")
    with asha.store.transaction() as connection:
        connection.execute("delete from audit_anchor")
    asha.store.audit.note("after")
    asha.anchor()
    assert asha.store.audit.anchors()[-1].number == asha.store.audit.head()[0]
    assert asha.evidence_findings() == []
    assert json.loads(known(central, asha.me.device)[1])["doubts"] == []


def test_a_central_that_was_put_back_countersigns_again_from_what_it_knows(
    central: RunningCentral, laptops: Laptops
) -> None:
    asha = laptops.of("Asha Patel")
    asha.sync()
    with central.rows() as rows:
        rows.execute("delete from device_anchor where number > 3")
        assert rows.execute("select count(*) from device_anchor").fetchone() == (1,)
    for _ in range(2):
        asha.sync()
        asha.anchor()
        assert asha.store.audit.anchors()[-1].number == asha.store.audit.head()[0]
    assert asha.evidence_findings() == []
    assert json.loads(known(central, asha.me.device)[1])["doubts"] == []


def test_a_countersignature_that_is_not_centrals_is_told(laptops: Laptops) -> None:
    asha = laptops.of("Asha Patel")
    with asha.store.transaction() as connection:
        connection.execute("update audit_anchor set signature = replace(signature, 'a', 'b')")
    assert ["is not central's" in each.where for each in asha.verify()] == [True]


def test_what_was_changed_or_added_after_anybody_signed_is_marked_in_show_and_exports(laptops: Laptops) -> None:
    asha = laptops.of("Asha Patel")
    record = filed(asha, "agreement", family(asha))
    signed(asha, record)
    assert asha.moved_since_signing(record) == frozenset()
    asha.edit(record, {"d/evidence_page/place": "at her sister's", "b/words/service": "not_today"})
    both = ["b/words/service", "d/evidence_page/place"]
    signed(asha, record, "Emeka Okafor")
    assert sorted(asha.moved_since_signing(record)) == both, "he signed the new ones, she did not"
    assert sorted(each.path for each in asha.show(record).fields if each.changed_after_signing) == both
    made = asha.export(record, "json", "family", "she asked")
    assert json.loads(made.content)["changed_after_signing"] == both
    assert made.moved == 2
    signed(asha, record)
    assert asha.moved_since_signing(record) == frozenset()


def test_the_night_with_two_hours_of_one_name_and_a_leap_day_are_told_apart(laptops: Laptops) -> None:
    asha = laptops.of("Asha Patel")
    record = filed(asha, "agreement", family(asha))
    local = []
    for at in ("2026-10-25T00:30:00", "2026-10-25T01:30:00", "2028-02-29T23:59:00"):
        laptops.clock.clock.at = datetime.fromisoformat(f"{at}+00:00")
        signed(asha, record)
        local.append(json.loads(asha.bundles_of(record)[-1])["time"]["local"][:16])
        local[-1] += json.loads(asha.bundles_of(record)[-1])["time"]["local"][-6:]
    assert local == ["2026-10-25T01:30+01:00", "2026-10-25T01:30+00:00", "2028-02-29T23:59+00:00"]
    order = [evidence.previous_of(text)[0] for text in asha.bundles_of(record)]
    assert order == sorted(order)
    assert asha.verify() == []
