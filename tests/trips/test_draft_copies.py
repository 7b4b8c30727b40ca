"""A laptop is lost with drafts on it: their sealed copies lie at central, and only their worker brings them back."""

from __future__ import annotations

import json
import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner
from psycopg import sql

from fieldkit.commands import edge
from fieldkit.commands.line import fieldkit
from fieldkit.config import QUICK_KDF
from fieldkit.errors import FieldkitError, Refused, WrongPassphrase
from fieldkit.workspace import Workspace, create_workspace, draft_key, restoring
from sync.client import copies
from sync.client.http import HttpCentral
from sync.errors import Rejected
from sync.server import draft_copies
from sync.server.database import Connection
from tests.central_fixture import RunningCentral
from tests.trips.conftest import PASSPHRASE, Laptops
from tests.trips.test_lost_laptop import verb

WORD = "Zimnavoda"
NEW = "quite another passphrase here"


def begun(laptop: Workspace, family: str, words: str = WORD, form: str = "visit") -> str:
    """A draft with an answer that is looked for afterwards."""
    draft = laptop.begin(form, family)
    opened = laptop.draft(draft)
    opened.answer("d/done/work", words)
    opened.drain()
    return draft


def typed(laptop: Workspace, draft: str, words: str) -> None:
    """Go on with a draft."""
    opened = laptop.draft(draft)
    opened.answer("d/done/work", words)
    opened.drain()


def replaced(laptops: Laptops, lost: Workspace, name: str = "Asha Patel", passphrase: str = NEW) -> Workspace:
    """The laptop is gone, folder and all; the same worker is enrolled on a new one, with another passphrase."""
    lost.close()
    shutil.rmtree(lost.vault.home)
    home = laptops.folder / f"new laptop {len(laptops.open)}"
    made = create_workspace(home, passphrase, clock=laptops.clock, kdf=QUICK_KDF)
    made.enrol(laptops.central.url, laptops.central.code(name), "the new laptop")
    laptops.open.append(made)
    return made


def live(central: RunningCentral) -> int:
    """How many copies central holds."""
    with central.rows() as rows:
        found = rows.execute("select count(*) from draft_copy where content is not null").fetchone()
    return int(found[0]) if found else 0


def dumped(central: RunningCentral) -> dict[str, bytes]:
    """Central's whole database, table by table, as a copy of it would hold it."""
    with central.rows() as rows:
        names = [str(name) for (name,) in rows.execute("select tablename from pg_tables where schemaname = 'public'")]
        return {name: _table(rows, name) for name in names}


def _table(rows: Connection, name: str) -> bytes:
    statement = sql.SQL("copy (select * from {}) to stdout").format(sql.Identifier(name))
    with rows.cursor().copy(statement) as out:
        return b"".join(bytes(piece) for piece in out)


def test_what_was_typed_before_the_last_sync_comes_back_byte_for_byte_on_a_new_laptop(
    laptops: Laptops, central: RunningCentral
) -> None:
    asha = laptops.of("Asha Patel")
    family = asha.add_family("Okafor")
    draft = begun(asha, family, f"{WORD}\n  zwei Zeilen, über ein Kind 🙂 ")
    before = asha.store.drafts.restore(draft)[0]
    asha.sync()
    lost = asha.me.device
    new = replaced(laptops, asha)
    assert new.copies_elsewhere() == 1
    back = new.restore_drafts(PASSPHRASE, QUICK_KDF)
    assert [each.draft for each in back.restored] == [draft]
    assert back.left == ()
    assert json.dumps(new.store.drafts.restore(draft)[0]) == json.dumps(before)
    (row,) = new.today().drafts
    assert row.restored == "restored from the copy of 23 November 2026 09:00"
    assert new.draft(draft).interview.question("d/done/work").value == before["d/done/work"]
    assert new.restore_drafts(PASSPHRASE, QUICK_KDF) == restoring.Restoration((), ()), "a second time brings nothing"
    with central.rows() as rows:
        noted = {(what, about.split()[-1]) for what, about in rows.execute("select what, about from audit").fetchall()}
    assert {("draft-keys-given", new.me.device), ("draft-copy-given", new.me.device)} <= noted
    assert ("draft-keys-given", lost) not in noted


def test_the_wrong_passphrase_opens_nothing_and_central_hands_the_key_out_only_a_few_times(
    laptops: Laptops, central: RunningCentral
) -> None:
    asha = laptops.of("Asha Patel")
    begun(asha, asha.add_family("Okafor"))
    asha.sync()
    new = replaced(laptops, asha)
    for _ in range(draft_copies.KEYS_AN_HOUR):
        with pytest.raises(WrongPassphrase):
            new.restore_drafts("not the passphrase at all", QUICK_KDF)
    with pytest.raises(Refused, match="too often"):
        new.restore_drafts(PASSPHRASE, QUICK_KDF)
    assert new.today().drafts == ()
    central.clock.pass_time(hours=1.1)
    assert len(new.restore_drafts(PASSPHRASE, QUICK_KDF).restored) == 1


@pytest.mark.long
def test_after_the_passphrase_was_changed_only_the_new_one_opens_the_copies(
    laptops: Laptops, central: RunningCentral
) -> None:
    from fieldkit import vault
    from fieldkit.workspace import open_workspace

    asha = laptops.of("Asha Patel")
    begun(asha, asha.add_family("Okafor"))
    asha.sync()
    vault.change_passphrase(asha.vault, PASSPHRASE, NEW, QUICK_KDF)
    asha.close()
    asha = open_workspace(asha.vault.home, NEW, clock=laptops.clock, kdf=QUICK_KDF)
    asha.sync()
    new = replaced(laptops, asha, passphrase=PASSPHRASE)
    with pytest.raises(WrongPassphrase):
        new.restore_drafts(PASSPHRASE, QUICK_KDF)
    assert len(new.restore_drafts(NEW, QUICK_KDF).restored) == 1


def test_a_copy_goes_with_the_sync_after_filing_or_throwing_away(laptops: Laptops, central: RunningCentral) -> None:
    from tests.trips.test_journey import filed

    asha = laptops.of("Asha Patel")
    family = asha.add_family("Okafor")
    kept, thrown = begun(asha, family), begun(asha, family, "thrown away")
    asha.sync()
    assert live(central) == 2
    asha.discard(thrown, "begun by mistake")
    asha.sync()
    assert live(central) == 1
    new = replaced(laptops, asha)
    assert [each.draft for each in new.restore_drafts(PASSPHRASE, QUICK_KDF).restored] == [kept]
    new.sync()
    assert live(central) == 2, "the new laptop's own copy beside the old one's"
    new.discard(kept, "filed on paper")
    new.sync()
    assert live(central) == 0
    record = filed(new, "visit", family)
    assert new.store.records.get(record) is not None


def test_the_whole_database_of_central_holds_no_word_of_a_draft(laptops: Laptops, central: RunningCentral) -> None:
    asha = laptops.of("Asha Patel")
    family = asha.add_family("Okafor")
    draft = begun(asha, family)
    asha.sync()
    assert live(central) == 1
    copied = asha.store.connection.execute("select copy from draft_copy").fetchone()[0]
    dump = dumped(central)
    everything = b"\n".join(dump.values())
    assert copied.encode() in everything, "the dump is of what there is"
    pair = draft_key.kept(asha.store)
    assert pair is not None
    for canary in (WORD, PASSPHRASE, draft, pair.private.hex()):
        assert canary.encode() not in everything
        assert canary.encode().hex().encode() not in everything
    for canary in (family, "Okafor", "visit@"):
        assert canary.encode() not in dump["draft_copy"] + dump["draft_key"]


def test_nobody_else_is_given_a_copy_and_a_lead_sees_only_that_there_are_some(
    laptops: Laptops, central: RunningCentral
) -> None:
    asha = laptops.of("Asha Patel")
    family = asha.add_family("Okafor")
    begun(asha, family)
    begun(asha, family, "second")
    asha.sync()
    central.clock.pass_time(days=2)
    lead, ben = laptops.of("Lena Lead", "lead"), laptops.of("Ben Carter")
    lead.sync()
    (row,) = lead.team_drafts()
    assert (row.name, row.drafts) == ("Asha Patel", 2)
    assert (lead.clock.now() - row.oldest).days == 2
    copy = asha.store.connection.execute("select copy from draft_copy").fetchone()[0]
    for other in (lead, ben):
        with HttpCentral(central.url, other.identity) as line:
            assert copies.ask(line, keys=True) == copies.Listing((), ())
            with pytest.raises(Rejected):
                copies.get(line, copy)
            with pytest.raises(Rejected):
                copies.ask(line, asha.me.worker_id)
            copies.tell(line, copies.Told(ended=[(copy, 1 << 40)]))
    with HttpCentral(central.url, ben.identity) as line:
        assert copies.tell(line, copies.Told(team=True)) == copies.Answered()
    assert live(central) == 2, "nobody else ends one"
    told = json.loads(verb(central, "drafts", "--json"))
    assert [(each["name"], each["drafts"]) for each in told["drafts"]] == [("Asha Patel", 2)]
    assert WORD not in json.dumps(told)
    assert family not in json.dumps(told)


def test_today_tells_when_no_copy_is_younger_than_a_day(laptops: Laptops, central: RunningCentral) -> None:
    asha = laptops.of("Asha Patel")
    draft = begun(asha, asha.add_family("Okafor"))
    assert "No copy of your drafts" in asha.today().copies
    asha.sync()
    assert asha.today().copies == ""
    assert asha.status().drafts_uncopied == 0
    central.clock.pass_time(days=3)
    assert asha.today().copies == "", "what is copied as it stands needs no newer copy"
    opened = asha.draft(draft)
    opened.answer("d/done/work", "more")
    opened.drain()
    assert asha.today().copies == "The newest copy of your drafts is 3 days old. Sync when you can."
    assert asha.status().drafts_uncopied == 1


@pytest.mark.long
def test_the_commands_offer_it_at_enrolment_and_bring_it_back(
    laptops: Laptops, central: RunningCentral, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(edge.Cost, "kdf", QUICK_KDF)
    asha = laptops.of("Asha Patel")
    draft = begun(asha, asha.add_family("Okafor"))
    asha.sync()
    asha.close()
    old, new = tmp_path / "old", tmp_path / "new"
    old.write_text(PASSPHRASE, "utf-8")
    new.write_text(NEW, "utf-8")
    central.clock.at = datetime.now(UTC)

    def run(*words: str, code: int = 0) -> str:
        place = ["--home", str(tmp_path / "laptop"), "--passphrase-file", str(new)]
        exit_code = 0
        try:
            done = CliRunner().invoke(fieldkit, [*place, *words], catch_exceptions=False)
        except FieldkitError as wrong:
            return str(wrong.exit_code)
        assert (exit_code or done.exit_code) == code, done.output
        return done.output

    run("init")
    offered = run("enrol", central.url, central.code("Asha Patel"))
    assert "Central has copies of 1 draft from another laptop of yours" in offered
    assert run("restore-drafts", "--old-passphrase-file", str(new)) == "3"
    told = json.loads(run("restore-drafts", "--old-passphrase-file", str(old), "--json"))
    assert [each["draft"] for each in told["restored"]] == [draft]
    assert WORD in run("list", "draft", "--json") or json.loads(run("list", "draft", "--json"))[0]["id"] == draft
    assert json.loads(run("team-drafts", "--json")) == []
