"""A laptop is lost: central refuses it, has its keys destroyed by a signed order, and tells what it held."""

from __future__ import annotations

import hashlib
import json
import re
import time
from dataclasses import replace

import pytest
from click.testing import CliRunner
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from fieldkit import vault
from fieldkit.config import QUICK_KDF
from fieldkit.errors import FieldkitError, Refused, Shredded
from sync.client.http import HttpCentral
from sync.errors import NotCentral, Rejected
from sync.protocol import PullAsk
from sync.server.__main__ import central as desk
from sync.server.database import one
from sync.server.shredding import order
from tests.central_fixture import RunningCentral
from tests.trips.conftest import PASSPHRASE, Laptops


def verb(central: RunningCentral, *words: str) -> str:
    """What a verb of central's prints."""
    where = ["--data", str(central.data), "--dsn", central.dsn]
    told = CliRunner().invoke(desk, [words[0], *where, *words[1:]])
    assert told.exit_code == 0, told.output
    return told.output


def test_a_lost_laptop_destroys_its_keys_when_it_speaks_and_says_so(laptops: Laptops, central: RunningCentral) -> None:
    asha = laptops.of("Asha Patel")
    asha.add_family("Okafor")
    asha.sync()
    home, device = asha.vault.home, asha.me.device
    secret = json.loads((home / vault.KEY_FILE).read_text("ascii"))["slots"][0]["wrapped"]
    told = json.loads(verb(central, "revoke", device, "--shred", "--json"))
    assert told == {"device": device, "state": "revoked", "shred": "ordered", "told_backups": {}}
    with pytest.raises(Shredded, match="keys to what it held were destroyed"):
        asha.sync()
    assert asha.closed
    assert not (home / vault.KEY_FILE).exists()
    assert not any(secret.encode() in file.read_bytes() for file in home.iterdir())
    with pytest.raises(Shredded):
        vault.unlock(home, PASSPHRASE, QUICK_KDF)
    assert json.loads(verb(central, "breach-report", device, "--json"))["shred"].startswith("confirmed")
    with central.rows() as rows:
        noted = [what for (what,) in rows.execute("select what from audit order by number").fetchall()]
    assert [what for what in noted if what in ("revoke", "shred", "shredded")] == ["revoke", "shred", "shredded"]


def test_every_copy_of_the_key_and_of_the_store_goes_and_a_second_contact_does_no_harm(
    laptops: Laptops, central: RunningCentral
) -> None:
    asha = laptops.of("Asha Patel")
    family = asha.add_family("Okafor")
    draft = asha.begin("visit", family)
    photo = b"bytes of a photo that was attached"
    asha.draft(draft).keep_file(hashlib.sha256(photo).hexdigest(), photo)
    asha.sync()
    home, seconds = asha.vault.home, asha.identity.now()
    identity = replace(asha.identity, now=lambda: seconds, session=str)  # its store will not be there to ask
    for name in (vault.KEY_FILE, vault.STORE_FILE):
        for copied in (".new", ".kept", ".before-1", ".before-12"):
            (home / (name + copied)).write_bytes((home / name).read_bytes())
    wraps = re.findall(rb"[A-Za-z0-9+/=]{40,}", (home / vault.KEY_FILE).read_bytes())
    assert wraps
    verb(central, "revoke", asha.me.device, "--shred")
    before = time.perf_counter()
    with pytest.raises(Shredded):
        asha.sync()
    assert time.perf_counter() - before < 5, "refused and shredded in one go; the refusal alone is timed below"
    left = sorted(file.name for file in home.iterdir())
    assert [name for name in left if name.startswith(vault.KEY_FILE) or "before" in name] == []
    everything = b"".join(file.read_bytes() for file in home.iterdir())
    assert not any(wrap in everything for wrap in wraps)
    assert photo not in everything
    for passphrase in (PASSPHRASE, "anything else that is long"):
        with pytest.raises(Shredded):
            vault.unlock(home, passphrase, QUICK_KDF)
    for _ in range(2):
        with HttpCentral(central.url, identity) as line:
            assert line.ordered_to_shred()
            assert line.ordered_to_shred(done=True)
    with central.rows() as rows:
        noted = rows.execute("select count(*) from audit where what = 'shredded'").fetchone()
    assert noted == (1,)


def test_a_revoked_laptop_is_refused_at_its_very_next_request_within_a_second(
    laptops: Laptops, central: RunningCentral
) -> None:
    asha = laptops.of("Asha Patel")
    with HttpCentral(central.url, asha.identity) as line:
        line.pull(PullAsk("", 0, (0, ""), 0))
        began = time.perf_counter()
        central.revoke(asha.me.device)
        for ask in (
            lambda: line.pull(PullAsk("", 0, (0, ""), 0)),
            lambda: line.tell("/sync/draft/list", {"keys": True}),
        ):
            with pytest.raises(Rejected) as told:
                ask()
            assert told.value.reason == "revoked"
        assert time.perf_counter() - began < 1


def test_a_laptop_that_is_only_revoked_keeps_its_keys(laptops: Laptops, central: RunningCentral) -> None:
    asha = laptops.of("Asha Patel")
    central.revoke(asha.me.device)
    with pytest.raises(Refused, match="taken out of use"):
        asha.sync()
    assert (asha.vault.home / vault.KEY_FILE).exists()
    laptops.again(asha)


def test_nobody_but_central_can_order_it(laptops: Laptops, central: RunningCentral) -> None:
    asha = laptops.of("Asha Patel")
    central.revoke(asha.me.device)
    with one(central.dsn) as connection:
        order(connection, asha.me.device, central.clock())
    forger = Ed25519PrivateKey.generate().public_key().public_bytes_raw()
    with HttpCentral(central.url, replace(asha.identity, receipt_key=forger)) as line, pytest.raises(NotCentral):
        line.ordered_to_shred()
    with HttpCentral(central.url, replace(asha.identity, receipt_key=b"")) as line:
        assert not line.ordered_to_shred()
    asha.store.set_meta("central_keys", json.dumps({"receipt": forger.hex()}))
    asha.identity = replace(asha.identity, receipt_key=forger)
    with pytest.raises(FieldkitError):
        asha.sync()
    assert (asha.vault.home / vault.KEY_FILE).exists()


def test_a_laptop_in_use_cannot_say_that_it_was_shredded(laptops: Laptops, central: RunningCentral) -> None:
    asha = laptops.of("Asha Patel")
    with HttpCentral(central.url, asha.identity) as line:
        assert not line.ordered_to_shred(done=True)
        with pytest.raises(Rejected):
            line._ask("/sync/shredded", b'{"done": true}', "application/json")
    with central.rows() as rows:
        assert rows.execute("select count(*) from shredding").fetchone() == (0,)


def test_the_report_of_a_breach_tells_families_counts_and_what_to_do(laptops: Laptops, central: RunningCentral) -> None:
    asha = laptops.of("Asha Patel")
    home = asha.add_family("Okafor")
    asha.sync()
    lost = asha.add_family("Whitlock")
    asha.sync()
    central.withdraw("Asha Patel", f"family:{lost}")
    told = json.loads(verb(central, "breach-report", asha.me.device, "--json"))
    families = {each["name"]: each for each in told["families"]}
    assert families["Okafor"]["on_device"] == "yes"
    assert families["Okafor"]["records"]["family"] == 1
    assert families["Okafor"]["scope"] == f"family:{home}"
    assert families["Whitlock"]["on_device"] == "perhaps"
    assert told["label"] == "Asha's laptop"
    assert told["worker"] == asha.me.worker_id
    assert told["last_contact"] != "never"
    asha.sync()
    asha.sync()
    page = verb(central, "breach-report", asha.me.device)
    assert "Article 33" in page
    assert "Okafor (family:" in page
    again = json.loads(verb(central, "breach-report", asha.me.device, "--json"))
    assert {each["name"]: each["on_device"] for each in again["families"]} == {"Okafor": "yes", "Whitlock": "no"}
    assert json.loads(verb(central, "purges", "--json")) == {"unconfirmed": []}
    with central.rows() as rows:
        noted = rows.execute("select about from audit where what = 'breach-report'").fetchall()
    assert noted == [(asha.me.device,)] * 3


def test_the_id_of_a_lost_laptop_is_found_by_its_workers_name(laptops: Laptops, central: RunningCentral) -> None:
    asha, ben = laptops.of("Asha Patel"), laptops.of("Ben Clarke")
    asha.sync()
    listed = json.loads(verb(central, "devices", "Asha Patel", "--json"))["devices"]
    assert [(each["device"], each["state"]) for each in listed] == [(asha.me.device, "active")]
    everyone = verb(central, "devices")
    assert f"{asha.me.device}  Asha Patel, Asha's laptop: active, enrolled" in everyone
    assert ben.me.device in everyone
    place = ["--data", str(central.data), "--dsn", central.dsn]
    for unknown in (("devices", "Nobody Known"), ("key-events", "0" * 32), ("breach-report", "0" * 32)):
        told = CliRunner().invoke(desk, [unknown[0], *place, *unknown[1:]])
        assert (told.exit_code, told.output.startswith("Central knows no")) == (1, True), unknown
