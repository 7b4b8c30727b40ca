"""A photo taken on a visit: filed, carried by sync, opened by a colleague, gone with the family."""

from __future__ import annotations

import hashlib

import pytest

from fieldkit.errors import UnknownRecord
from fieldkit.workspace import Workspace
from tests.central_fixture import RunningCentral
from tests.trips.conftest import Laptops

PHOTO = bytes(range(256)) * 1_200
SEAL = hashlib.sha256(PHOTO).hexdigest()


def taken(laptop: Workspace, home: str) -> str:
    """A record of central's kinds that names a photo whose bytes are here."""
    photo = {"hash": SEAL, "name": "kitchen.jpg", "size": len(PHOTO)}
    record = laptop.create("visit", f"family:{home}", {"c/facts/photo": photo}, "visit@2026.1")
    laptop.store.attachments.keep(record, SEAL, PHOTO)
    return record


def test_a_photo_reaches_a_colleagues_encrypted_store_and_leaves_it_with_the_family(
    laptops: Laptops, central: RunningCentral
) -> None:
    asha, marek = laptops.of("Asha Patel"), laptops.of("Marek Nowak")
    home = asha.add_family("Okafor")
    record = taken(asha, home)
    asha.sync()
    assert asha.store.attachments.to_send() == []
    central.grant("Marek Nowak", f"family:{home}")
    marek.sync()
    assert marek.store.attachments.content(SEAL) == PHOTO
    assert marek.store.attachments.to_fetch() == []
    again = taken(marek, home)
    marek.sync()
    asha.sync()
    assert {record, again} <= {row.id for row in asha.store.records.of_kind("visit")}
    assert asha.store.attachments.to_fetch() == []
    central.withdraw("Marek Nowak", f"family:{home}")
    marek.sync()
    with pytest.raises(UnknownRecord):
        marek.store.attachments.content(SEAL)


def test_a_photo_whose_bytes_come_later_is_fetched_then(laptops: Laptops, central: RunningCentral) -> None:
    asha, marek = laptops.of("Asha Patel"), laptops.of("Marek Nowak")
    home = asha.add_family("Okafor")
    photo = {"hash": SEAL, "name": "kitchen.jpg", "size": len(PHOTO)}
    record = asha.create("visit", f"family:{home}", {"c/facts/photo": photo}, "visit@2026.1")
    asha.sync()
    central.grant("Marek Nowak", f"family:{home}")
    marek.sync()
    assert [named.seal for named, _ in marek.store.attachments.to_fetch()] == [SEAL]
    asha.store.attachments.keep(record, SEAL, PHOTO)
    asha.sync()
    marek.sync()
    assert marek.store.attachments.content(SEAL) == PHOTO
