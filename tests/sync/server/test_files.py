"""Files beside records: they follow the words, go on where a line was cut, and go only where their record may."""

from __future__ import annotations

import hashlib
import json
import random

import pytest
from click.testing import CliRunner

from sync.changes import Value
from sync.client import Exchange, Report
from sync.errors import Malformed, Rejected, Unreachable
from sync.protocol.attachments import PIECE, Named, Piece, pack_piece, read_piece
from sync.server import erasing
from sync.server.__main__ import central as desk
from sync.server.database import one
from tests.central_fixture import RunningCentral
from tests.sync.server.laptop import AT, SCOPE, Laptop

NOTE = "a" * 32
PHOTO = random.Random(20261124).randbytes(3 * PIECE + 17)
SEAL = hashlib.sha256(PHOTO).hexdigest()
NAMED = Named(NOTE, SEAL, len(PHOTO))


@pytest.fixture
def asha(central: RunningCentral) -> Laptop:
    """A laptop with a family and a note that names a photo, not synced yet."""
    laptop = Laptop(central, "Asha Patel")
    laptop.family(name="Okafor")
    photo = {"hash": SEAL, "name": "kitchen.jpg", "size": len(PHOTO)}
    laptop.replica.write(NOTE, "create", {"@kind": "visit", "@scope": SCOPE, "c/facts/photo": photo}, at=AT)
    laptop.replica.files[SEAL] = PHOTO
    return laptop


def synced(laptop: Laptop) -> Report:
    with laptop.line() as line:
        return Exchange(laptop.replica, line).run()


class Cut:
    """A line that breaks after so many pieces."""

    def __init__(self, laptop: Laptop, pieces: int) -> None:
        self.line, self.left, self.sent = laptop.line(), pieces, 0
        self.push, self.pull = self.line.push, self.line.pull
        self.compare, self.traffic = self.line.compare, self.line.traffic

    def put_file(self, piece: Piece) -> tuple[int, bool]:
        self._go_on(len(piece.content))
        return self.line.put_file(piece)

    def get_file(self, asked: Piece) -> Piece:
        piece = self.line.get_file(asked)
        self._go_on(len(piece.content))
        return piece

    def _go_on(self, count: int) -> None:
        if count:
            self.left -= 1
            if self.left < 0:
                raise Unreachable
            self.sent += count


def cut(laptop: Laptop, pieces: int) -> int:
    """A sync on a line that breaks after so many pieces; the bytes of files that got through."""
    line = Cut(laptop, pieces)
    try:
        Exchange(laptop.replica, line).run()
    except Unreachable:
        assert line.left < 0
    line.line.close()
    return line.sent


def test_a_photo_reaches_central_and_a_colleague_after_its_note(central: RunningCentral, asha: Laptop) -> None:
    assert synced(asha).files == 1
    ben = Laptop(central, "Ben Carter")
    central.grant("Ben Carter", SCOPE)
    report = synced(ben)
    assert (report.files, ben.replica.files[SEAL]) == (1, PHOTO)
    assert (synced(asha).requests, synced(ben).requests) == (1, 1)


@pytest.mark.parametrize("pieces", [0, 1, 2, 3])
def test_a_cut_line_goes_on_where_it_was_on_either_side(central: RunningCentral, asha: Laptop, pieces: int) -> None:
    assert cut(asha, pieces) + cut(asha, 99) == len(PHOTO)
    ben = Laptop(central, "Ben Carter")
    central.grant("Ben Carter", SCOPE)
    assert cut(ben, pieces) + cut(ben, 99) == len(PHOTO)
    assert ben.replica.files[SEAL] == PHOTO


def test_bytes_that_are_not_what_was_sealed_are_never_kept(central: RunningCentral, asha: Laptop) -> None:
    asha.replica.files[SEAL] = b"\0" * len(PHOTO)
    assert synced(asha).files == 0
    asha.replica.files[SEAL] = PHOTO
    assert synced(asha).files == 1
    with central.rows() as rows:
        rows.execute("update attachment_piece set content = %s where at = 0", (b"\0" * PIECE,))
    ben = Laptop(central, "Ben Carter")
    central.grant("Ben Carter", SCOPE)
    synced(ben)
    assert ben.replica.files[SEAL] == b""


def test_nobody_learns_of_a_file_whose_record_is_not_theirs(central: RunningCentral, asha: Laptop) -> None:
    synced(asha)
    ben, ig = Laptop(central, "Ben Carter"), Laptop(central, "Ines Ward", "ig")
    central.grant("Ines Ward", SCOPE)
    other = Named("b" * 32, SEAL, len(PHOTO))
    with ben.line() as line:
        for named in (NAMED, other):
            for ask in (line.put_file, line.get_file):
                with pytest.raises(Rejected) as told:
                    ask(Piece(named, 0))
                assert told.value.reason == "unknown-record"
    with ig.line() as line:
        assert line.get_file(Piece(NAMED, 0)).content == PHOTO[:PIECE]
        with pytest.raises(Rejected):
            line.put_file(Piece(NAMED, 0))
    with asha.line() as line, pytest.raises(Rejected):
        line.get_file(Piece(Named(NOTE, "0" * 64, 5), 0))


def theirs(central: RunningCentral, name: str) -> tuple[Laptop, Named]:
    """A worker who names the file in a family of their own, knowing no more of it than hash and size."""
    laptop, record = Laptop(central, name), "b" * 32
    laptop.family_of_ones_own()
    photo = {"hash": SEAL, "name": "guess.jpg", "size": len(PHOTO)}
    laptop.replica.write(record, "create", {"@kind": "visit", "@scope": f"family:{'7' * 32}", "photo": photo}, at=AT)
    with laptop.line() as line:
        line.push(laptop.waiting())
    return laptop, Named(record, SEAL, len(PHOTO))


def test_who_knows_the_hash_of_a_file_gets_neither_its_bytes_nor_whether_it_is_there(
    central: RunningCentral, asha: Laptop
) -> None:
    synced(asha)
    ben, guessed = theirs(central, "Ben Carter")
    again = Named("c" * 32, SEAL, len(PHOTO))
    own: dict[str, Value] = {
        "@kind": "visit",
        "@scope": f"family:{'7' * 32}",
        "photo": {"hash": SEAL, "size": len(PHOTO)},
    }
    synced(ben)
    ben.replica.write("c" * 32, "create", own, at=AT)
    synced(ben)
    with ben.line() as line:
        for named in (guessed, again):
            assert line.put_file(Piece(named, 0)) == (0, False)
            assert line.put_file(Piece(named, 0, b"\0" * PIECE)) == (0, False)
            assert line.get_file(Piece(named, 0)).content == b""
    assert synced(asha).files == 0


def test_who_has_the_file_sends_it_through_the_own_record_and_shows_it_there(
    central: RunningCentral, asha: Laptop
) -> None:
    synced(asha)
    ben, named = theirs(central, "Ben Carter")
    ben.replica.files[SEAL] = PHOTO
    assert synced(ben).files == 1
    with ben.line() as line:
        assert line.get_file(Piece(named, 0)).content == PHOTO[:PIECE]


def test_a_file_goes_with_the_last_record_that_names_it(central: RunningCentral, asha: Laptop) -> None:
    photo = {"hash": SEAL, "name": "again.jpg", "size": len(PHOTO)}
    asha.replica.write("b" * 32, "create", {"@kind": "visit", "@scope": SCOPE, "c/facts/photo": photo}, at=AT)
    synced(asha)

    def pieces() -> int:
        with central.rows() as rows:
            found = rows.execute("select count(*) from attachment_piece").fetchone()
            assert found is not None
            return int(found[0])

    assert pieces() == 4
    for record, left in ((NOTE, 4), ("b" * 32, 0)):
        with one(central.owner_dsn) as connection:
            erasing.erase(connection, [record], "desk", "asked for", central.clock())
        assert pieces() == left


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{}\n",
        b"nothing",
        pack_piece(Piece(Named(NOTE, "ab", 5), 0)),
        pack_piece(Piece(Named(NOTE, SEAL, 5), 6)),
        pack_piece(Piece(Named(NOTE, SEAL, 5), 0, b"123456")),
        pack_piece(Piece(Named(NOTE, SEAL, 11 << 20), 0)),
        pack_piece(Piece(Named(NOTE, SEAL, 10 << 20), 0, b"x" * (PIECE + 1))),
        b'{"record":1,"hash":[],"size":"x","at":null}\nx',
    ],
)
def test_a_wrong_piece_is_refused(body: bytes) -> None:
    with pytest.raises(Malformed):
        read_piece(body)


def test_a_piece_comes_back_as_it_was() -> None:
    piece = Piece(NAMED, PIECE, b"\n{}\n\x00\xff")
    assert read_piece(pack_piece(piece)) == piece
    assert "xff" not in repr(piece)


def awaited_at(central: RunningCentral) -> list[dict[str, object]]:
    """What the desk says it waits for."""
    place = ["--data", str(central.data), "--dsn", central.dsn, "--json"]
    done = CliRunner().invoke(desk, ["files-awaited", *place])
    assert done.exit_code == 0, done.output
    return list(json.loads(done.stdout)["awaited"])


def test_a_file_that_has_not_come_is_told_to_be_awaited_and_nothing_is_served_for_it(
    central: RunningCentral, asha: Laptop
) -> None:
    ben = Laptop(central, "Ben Carter")
    assert cut(asha, 2) == 2 * PIECE
    central.grant("Ben Carter", SCOPE)
    assert synced(ben).files == 0
    with ben.line() as line:
        assert line.get_file(Piece(NAMED, 0)) == Piece(NAMED, 0)
    (told,) = awaited_at(central)
    known = {"record": NOTE, "scope": SCOPE, "hash": SEAL, "size": len(PHOTO), "received": 2 * PIECE}
    assert told.items() >= {**known, "device": asha.identity.device, "worker": asha.worker}.items()
    cut(asha, 99)
    assert awaited_at(central) == []
    assert (synced(ben).files, ben.replica.files[SEAL]) == (1, PHOTO)


def name_it(laptop: Laptop, family: str, record: str, size: int) -> None:
    """Write a family of one's own, with a note that names the photo by its hash and a size."""
    scope = f"family:{family}"
    laptop.replica.write(family, "create", {"@kind": "family", "@scope": scope, "name": "Long"}, at=AT)
    photo: Value = {"hash": SEAL, "name": "mine.jpg", "size": size}
    laptop.replica.write(record, "create", {"@kind": "visit", "@scope": scope, "c/facts/photo": photo}, at=AT)


def test_who_named_only_a_hash_before_its_file_came_is_shown_nothing_of_it(
    central: RunningCentral, asha: Laptop
) -> None:
    eve = Laptop(central, "Eve Long")
    own, note = "e" * 32, Named("f" * 32, SEAL, len(PHOTO))
    name_it(eve, own, note.record, len(PHOTO))
    synced(eve)
    assert synced(asha).files == 1
    with eve.line() as line:
        assert line.get_file(Piece(note, 0)).content == b""
        assert line.put_file(Piece(note, 0)) == (0, False)
        assert line.put_file(Piece(note, 0, bytes(PIECE))) == (0, False)
        assert line.get_file(Piece(note, 0)).content == b""
    assert awaited_at(central) == []


def test_one_photo_in_two_families_of_one_worker_is_sent_once(central: RunningCentral, asha: Laptop) -> None:
    own, note = "e" * 32, "f" * 32
    name_it(asha, own, note, len(PHOTO))
    assert cut(asha, 99) == len(PHOTO)
    ben = Laptop(central, "Ben Carter")
    central.grant("Ben Carter", f"family:{own}")
    assert (synced(ben).files, ben.replica.files[SEAL]) == (1, PHOTO)


def test_a_wrong_size_said_first_does_not_keep_a_file_out(central: RunningCentral, asha: Laptop) -> None:
    eve = Laptop(central, "Eve Long")
    own, note = "e" * 32, Named("f" * 32, SEAL, 5)
    name_it(eve, own, note.record, 5)
    synced(eve)
    with eve.line() as line:
        assert line.put_file(Piece(note, 0, b"abc")) == (3, False)
    assert synced(asha).files == 1
