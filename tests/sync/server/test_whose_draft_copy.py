"""A sealed copy of a draft is its worker's own: nobody else fetches it, and nobody else writes over it."""

from __future__ import annotations

import json

import pytest

from sync.errors import Rejected
from sync.protocol.copies import Copy
from sync.protocol.courier import pack_out
from sync.server import draft_copies
from sync.server.database import Connection, one
from sync.server.devices import Device
from tests.central_fixture import RunningCentral
from tests.sync.server.laptop import SCOPE, Laptop

COPY, FIRST, SECOND = "a" * 32, "1" * 32, "2" * 32


def device_of(connection: Connection, laptop: Laptop) -> Device:
    """The laptop's device as central knows it."""
    told = connection.execute(
        "select d.id, d.worker, w.role, d.public_key, d.state, d.last_seq, d.last_hash"
        " from device d join worker w on w.id = d.worker where d.worker = %s",
        (laptop.worker,),
    ).fetchone()
    assert told is not None
    return Device(*told)


def test_a_copy_is_fetched_and_written_over_by_nobody_but_its_worker(central: RunningCentral) -> None:
    asha, ben = Laptop(central, "Asha Patel"), Laptop(central, "Ben Carter")
    seal = central.keys.seal
    label = pack_out("", [json.dumps([SCOPE, "d" * 32]).encode()], seal.public_key().public_bytes_raw())

    def copy(version: int, mark: str, words: bytes) -> Copy:
        return Copy(COPY, version, mark, (FIRST,) if version > 1 else (), "b" * 64, label, words)

    with one(central.dsn) as connection:
        hers, his = device_of(connection, asha), device_of(connection, ben)
        now = central.clock()
        assert draft_copies.take(connection, hers, copy(1, FIRST, b"hers"), seal, now) == "kept"
        assert draft_copies.take(connection, his, copy(2, SECOND, b"his"), seal, now) == "other"
        with pytest.raises(Rejected):
            draft_copies.give(connection, his, COPY, now)
        assert draft_copies.end(connection, his, [(COPY, 9)], now) == 0
        assert draft_copies.give(connection, hers, COPY, now) == b"hers"
        assert draft_copies.take(connection, hers, copy(2, SECOND, b"newer"), seal, now) == "kept"
        assert draft_copies.give(connection, hers, COPY, now) == b"newer"
