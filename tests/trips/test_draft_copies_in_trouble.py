"""Copies of drafts when things go wrong: two laptops, an older store put back, cut lines, erasure, other centrals."""

from __future__ import annotations

import contextlib
import json

import pytest
from click.testing import CliRunner

from fieldkit.commands.practice.council import answers
from fieldkit.config import QUICK_KDF
from fieldkit.sealing import new_pair
from fieldkit.workspace import create_workspace, draft_key, restoring
from sync.client import copies
from sync.client.http import HttpCentral
from sync.errors import Rejected, Unreachable
from sync.server.__main__ import central as desk
from tests.central_fixture import RunningCentral
from tests.trips.conftest import PASSPHRASE, Laptops
from tests.trips.test_draft_copies import NEW, begun, live, replaced, typed
from tests.trips.test_journey import fill
from tests.trips.test_lost_laptop import verb


class Cut:
    """A line whose answer to the n-th request is lost."""

    def __init__(self, line: HttpCentral, lost: int) -> None:
        self.line, self.left = line, lost

    def send(self, path: str, body: bytes, kind: str) -> bytes:
        answer = self.line.send(path, body, kind)
        self.left -= 1
        if not self.left:
            raise Unreachable
        return answer


def erase(central: RunningCentral, family: str) -> None:
    """What the desk's verb does, as the owner of the tables."""
    where = ["--data", str(central.data), "--dsn", central.owner_dsn, "--scope", f"family:{family}"]
    told = CliRunner().invoke(desk, ["erase", *where, "--by", "Asha Patel", "--reason", "asked for by the family"])
    assert told.exit_code == 0, told.output


def test_two_laptops_of_one_worker_keep_both_their_copies_of_one_draft(
    laptops: Laptops, central: RunningCentral
) -> None:
    asha = laptops.of("Asha Patel")
    draft = begun(asha, asha.add_family("Okafor"), "first words")
    asha.sync()
    home = laptops.folder / "second"
    second = create_workspace(home, NEW, clock=laptops.clock, kdf=QUICK_KDF)
    laptops.open.append(second)
    second.enrol(central.url, central.code("Asha Patel"), "the second")
    second.restore_drafts(PASSPHRASE, QUICK_KDF)
    for laptop, words in ((asha, "the old laptop was found"), (second, "meanwhile on the new one")):
        opened = laptop.draft(draft)
        opened.answer("d/done/work", words)
        opened.drain()
        laptop.sync()
    assert live(central) == 2
    second.discard(draft, "the other one is the right one")
    second.sync()
    assert live(central) == 1, "what the old laptop wrote on after it was copied is not ended by the new one"
    back = second.restore_drafts(PASSPHRASE, QUICK_KDF)
    assert [each.draft for each in back.restored] == [draft]
    assert second.draft(draft).interview.question("d/done/work").value == "the old laptop was found"


@pytest.mark.long
def test_an_older_store_put_back_overwrites_no_newer_copy(laptops: Laptops, central: RunningCentral) -> None:
    asha = laptops.of("Asha Patel")
    draft = begun(asha, asha.add_family("Okafor"), "first words")
    asha.sync()
    home = asha.vault.home
    asha.close()
    older = {file.name: file.read_bytes() for file in home.iterdir() if file.name.startswith("store.db")}
    asha = laptops.again(asha)
    typed(asha, draft, "the newest words")
    asha.sync()
    asha.close()
    for name, content in older.items():
        (home / name).write_bytes(content)
    asha = laptops.again(asha)
    for words in ("typed", "on the", "older store", "for long"):
        typed(asha, draft, words)
    asha.sync()
    assert live(central) == 2
    new = replaced(laptops, asha)
    back = new.restore_drafts(PASSPHRASE, QUICK_KDF)
    values = {str(new.draft(each.draft).interview.question("d/done/work").value) for each in back.restored}
    assert values == {"the newest words", "for long"}


@pytest.mark.long
def test_a_sync_that_is_cut_while_it_copies_neither_loses_nor_doubles(
    laptops: Laptops, central: RunningCentral
) -> None:
    asha = laptops.of("Asha Patel")
    family = asha.add_family("Okafor")
    drafts = [begun(asha, family, f"draft {number}") for number in range(3)]
    asha.sync()
    for cut in range(1, 5):
        for draft in drafts:
            typed(asha, draft, f"{draft} after cut {cut}")
        with HttpCentral(central.url, asha.identity) as line:
            broken = Cut(line, cut)
            pair = draft_key.kept(asha.store)
            assert pair is not None
            with contextlib.suppress(Unreachable):
                asha._send(broken, pair, False)  # type: ignore[arg-type]
        if cut == 2:
            asha.discard(drafts.pop(), "thrown away between two syncs")
    asha.sync()
    assert live(central) == len(drafts) == 2
    assert asha.status().drafts_uncopied == 0
    new = replaced(laptops, asha)
    back = new.restore_drafts(PASSPHRASE, QUICK_KDF)
    values = {each.draft: new.draft(each.draft).interview.question("d/done/work").value for each in back.restored}
    assert values == {draft: f"{draft} after cut 4" for draft in drafts}


def test_an_erased_family_takes_its_copies_with_it_and_the_drafts_on_the_device(
    laptops: Laptops, central: RunningCentral
) -> None:
    asha = laptops.of("Asha Patel")
    gone, stays = asha.add_family("Okafor"), asha.add_family("Whitlock")
    asha.sync()
    begun(asha, gone)
    other = begun(asha, stays)
    asha.sync()
    erase(central, gone)
    assert live(central) == 1
    asha.sync()
    assert [draft.id for draft in asha.store.drafts.all()] == [other]
    journal = {row[0] for row in asha.store.connection.execute("select draft from journal")}
    assert journal == {other}


@pytest.mark.long
def test_what_was_erased_is_not_copied_anew(laptops: Laptops, central: RunningCentral) -> None:
    asha = laptops.of("Asha Patel")
    family = asha.add_family("Okafor")
    asha.sync()
    draft = begun(asha, family)
    erase(central, family)
    pair = draft_key.kept(asha.store)
    assert pair is not None
    with HttpCentral(central.url, asha.identity) as line:
        (due,) = asha.store.copies.due()
        assert due.draft == draft
        assert asha._copy(line, pair, due) == ""
    assert live(central) == 0


@pytest.mark.long
def test_a_label_that_central_cannot_open_is_not_taken(laptops: Laptops, central: RunningCentral) -> None:
    asha = laptops.of("Asha Patel")
    stranger = new_pair().public
    for label in (b"no label", copies.label("f" * 32, ("family:x", "x", ""), stranger)):
        copy = copies.Copy("a" * 32, 1, "b" * 32, (), "c" * 64, label, b"sealed")
        with HttpCentral(central.url, asha.identity) as line, pytest.raises(Rejected) as told:
            copies.put(line, copy)
        assert told.value.reason == "malformed"


@pytest.mark.long
def test_revoking_keeps_the_copies_for_the_new_laptop_and_the_desk_can_destroy_them(
    laptops: Laptops, central: RunningCentral
) -> None:
    asha = laptops.of("Asha Patel")
    begun(asha, asha.add_family("Okafor"))
    asha.sync()
    verb(central, "revoke", asha.me.device, "--shred")
    assert live(central) == 1
    report = json.loads(verb(central, "breach-report", asha.me.device, "--json"))
    assert report["draft_copies"] == 1
    central.clock.pass_time(days=91)
    ben = laptops.of("Ben Carter")
    begun(ben, ben.add_family("Whitlock"))
    ben.sync()
    assert live(central) == 1, "after three months the copies of a laptop out of use are let go"
    told = json.loads(
        verb(central, "drafts-destroy", ben.me.device, "--by", "Asha Patel", "--reason", "a trial laptop", "--json")
    )
    assert told["destroyed"] == 1
    assert live(central) == 0


@pytest.mark.long
def test_a_central_that_knows_no_copies_takes_the_sync_and_the_worker_is_told(
    laptops: Laptops, central: RunningCentral
) -> None:
    asha = laptops.of("Asha Patel")
    begun(asha, asha.add_family("Okafor"))
    routes = central.app.router.routes
    routes[:] = [each for each in routes if not str(getattr(each, "path", "")).startswith("/sync/draft/")]
    done = asha.sync()
    assert done.pushed == 1
    assert any("Copies of drafts could not be sent" in each for each in done.reasons)
    assert "No copy of your drafts" in asha.today().copies


@pytest.mark.long
def test_a_central_put_back_to_before_the_copies_gets_them_again(laptops: Laptops, central: RunningCentral) -> None:
    asha = laptops.of("Asha Patel")
    draft = begun(asha, asha.add_family("Okafor"), "first words")
    asha.sync()
    with central.rows() as rows:
        old = rows.execute("select * from draft_copy").fetchall()
        typed(asha, draft, "second words")
        rows.commit()
        asha.sync()
        rows.execute("delete from draft_copy")
        rows.execute("update counter set epoch = md5(epoch)")
        places = ", ".join(["%s"] * len(old[0]))
        rows.execute(f"insert into draft_copy values ({places})".encode(), old[0])
        rows.commit()
    asha.sync()
    new = replaced(laptops, asha)
    back = new.restore_drafts(PASSPHRASE, QUICK_KDF)
    values = [new.draft(each.draft).interview.question("d/done/work").value for each in back.restored]
    assert "second words" in values
    assert set(values) == {"first words", "second words"}


@pytest.mark.long
def test_a_draft_that_was_filed_is_not_brought_back_from_a_copy_that_nobody_ended(
    laptops: Laptops, central: RunningCentral
) -> None:
    asha = laptops.of("Asha Patel")
    family = asha.add_family("Okafor")
    begin = asha.begin("visit", family, carry=False)
    fill(asha.draft(begin), json.loads(answers("visit")))
    asha.draft(begin).drain()
    asha.sync()
    with central.rows() as rows:
        kept = rows.execute("select * from draft_copy").fetchall()
    assert asha.file(begin) == begin, "a form is filed under its draft's id"
    asha.sync()
    with central.rows() as rows:
        rows.execute("delete from draft_copy")
        rows.execute(f"insert into draft_copy values ({', '.join(['%s'] * len(kept[0]))})".encode(), kept[0])
        rows.commit()
    new = replaced(laptops, asha)
    back = new.restore_drafts(PASSPHRASE, QUICK_KDF)
    assert back.restored == ()
    assert [each.why for each in back.left] == [restoring.FILED]
