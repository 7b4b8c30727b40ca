"""A worker left, or forgot the passphrase: two persons together bring the drafts back, and nobody alone."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner

from fieldkit.commands import edge
from fieldkit.commands.line import fieldkit
from fieldkit.config import QUICK_KDF
from fieldkit.errors import FieldkitError, Refused
from fieldkit.vault import council_key
from fieldkit.vault.council_key import NotTheTwo, TwoPersons
from fieldkit.workspace import Workspace, restoring
from sync.server import council_key as desk_key
from sync.server.__main__ import central as desk
from sync.server.database import one
from tests.central_fixture import RunningCentral
from tests.trips.conftest import PASSPHRASE, Laptops
from tests.trips.test_draft_copies import WORD, begun
from tests.trips.test_lost_laptop import verb

ONE, TWO = "the first person's own phrase", "the second person's own phrase"
OPEN = ("drafts-open", "Asha Patel", "--to", "Lena Lead", "--reason", "Asha has left and Okafor needs a plan")


def prepared(laptops: Laptops, central: RunningCentral) -> tuple[Workspace, Workspace, str, bytes]:
    """A worker with a draft of a family that the lead holds too, and the council's key file."""
    lead, _manager = laptops.of("Lena Lead", "lead"), laptops.of("Mo Manager", "ig")
    asha = laptops.of("Asha Patel")
    family = asha.add_family("Okafor")
    draft = begun(asha, family)
    asha.sync()
    central.grant("Lena Lead", f"family:{family}")
    public, file = council_key.make(TwoPersons(ONE, TWO), QUICK_KDF)
    with one(central.dsn) as connection:
        desk_key.put(connection, central.keys, public.hex(), ("Lena Lead", "Mo Manager"), central.clock())
    return asha, lead, draft, file


def test_two_persons_bring_back_what_was_copied_before_and_after_the_council_had_a_key(
    laptops: Laptops, central: RunningCentral
) -> None:
    asha, lead, draft, file = prepared(laptops, central)
    asha.sync()
    asha.sync()
    before = asha.store.drafts.restore(draft)[0]
    private = council_key.opened(file, TwoPersons(TWO, ONE), QUICK_KDF).private
    verb(central, *OPEN, "--by", "Lena Lead", "--second", "Mo Manager")
    back = lead.restore_escrowed("Asha Patel", private, "Asha has left")
    assert [(each.draft, each.device) for each in back.restored] == [(draft, "Asha's laptop")]
    assert lead.store.drafts.restore(draft)[0] == before
    with central.rows() as rows:
        noted = [what for (what,) in rows.execute("select what from audit order by number").fetchall()]
    assert noted.count("draft-escrow") == 2
    assert "draft-copy-given" in noted
    done = [row[0] for row in lead.store.connection.execute("select what from audit")]
    assert {"restore-drafts-escrow", "restore-draft"} <= set(done)
    lead.discard(draft, "it was the same as on paper")
    lead.sync()
    with central.rows() as rows:
        live = rows.execute("select worker from draft_copy where content is not null").fetchall()
    assert live == [(asha.me.worker_id,)], "a worker's own copy is ended by that worker alone"


def test_one_person_alone_gets_nowhere(laptops: Laptops, central: RunningCentral) -> None:
    asha, lead, _draft, file = prepared(laptops, central)
    asha.sync()
    asha.sync()
    for both in (TwoPersons(ONE, ONE), TwoPersons(TWO, TWO), TwoPersons(ONE, "a guess of the second")):
        with pytest.raises(NotTheTwo):
            council_key.opened(file, both, QUICK_KDF)
    private = council_key.opened(file, TwoPersons(ONE, TWO), QUICK_KDF).private
    with pytest.raises(Refused, match="not opened to you"):
        lead.restore_escrowed("Asha Patel", private, "the desk was not asked")
    with pytest.raises(Refused, match="no such worker"):
        lead.restore_escrowed("Nobody Known", private, "a name that was misspelt")
    place = ["--data", str(central.data), "--dsn", central.dsn]
    for by, second in (("Lena Lead", "Lena Lead"), ("Lena Lead", "Asha Patel"), ("Asha Patel", "Mo Manager")):
        told = CliRunner().invoke(desk, [OPEN[0], *place, *OPEN[1:], "--by", by, "--second", second])
        assert told.exit_code == 1
        assert "Two different people" in told.output
    verb(central, *OPEN, "--by", "Lena Lead", "--second", "Mo Manager")
    assert lead.restore_escrowed("Asha Patel", bytes(31) + b"\1", "a key that is not it").left[0].why == (
        restoring.NOT_ESCROWED
    )
    with pytest.raises(Refused, match="Say why"):
        lead.restore_escrowed("Asha Patel", private, " ")
    central.clock.pass_time(days=30)  # the desk goes by the real clock
    with pytest.raises(Refused, match="not opened to you"):
        lead.restore_escrowed("Asha Patel", private, "a day later it is closed again")
    assert lead.store.drafts.all() == []


@pytest.mark.long
def test_the_command_asks_both_persons(
    laptops: Laptops, central: RunningCentral, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(edge.Cost, "kdf", QUICK_KDF)
    asha, lead, draft, file = prepared(laptops, central)
    asha.sync()
    asha.sync()
    verb(central, *OPEN, "--by", "Lena Lead", "--second", "Mo Manager")
    home = lead.vault.home
    lead.sync()
    lead.close()
    secrets = {"own": PASSPHRASE, "first": ONE, "second": TWO, "wrong": "not what the second person chose"}
    for name, words in secrets.items():
        (tmp_path / name).write_text(words, "utf-8")
    (tmp_path / "key").write_bytes(file)

    def run(second: str) -> str:
        place = ["--home", str(home), "--passphrase-file", str(tmp_path / "own"), "restore-drafts", "--json"]
        two = ["--first-passphrase-file", str(tmp_path / "first"), "--second-passphrase-file", str(tmp_path / second)]
        asked = ["--escrow", "Asha Patel", "--key", str(tmp_path / "key"), "--reason", "Asha has left", *two]
        return CliRunner().invoke(fieldkit, [*place, *asked], catch_exceptions=False).stdout

    with pytest.raises(FieldkitError, match="do not open this council key"):
        run("wrong")
    with central.rows() as rows:  # the command goes by this machine's clock, and so does its central from here on
        rows.execute("update draft_escrow set until = now() + interval '1 hour'")
        rows.commit()
    central.clock.at = datetime.now(UTC)
    told = json.loads(run("second"))
    assert [each["draft"] for each in told["restored"]] == [draft]
    assert WORD not in json.dumps(told)
