"""Chains whose heads were written down elsewhere: who rewrites a whole chain, or cuts its end off, is found out."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from sync.server import anchors, audit, ledger
from sync.server.__main__ import central as desk
from sync.server.database import Connection, one
from sync.server.errors import AnchorBroken
from tests.central_fixture import RunningCentral
from tests.sync.server.laptop import Laptop


def anchored(central: RunningCentral) -> str:
    with one(central.dsn) as connection:
        return anchors.line(connection, central.keys.receipt, central.clock())


def check(central: RunningCentral, *lines: str) -> int:
    with central.rows() as rows:
        return anchors.check(rows, lines, central.keys.receipt.public_key())


def worked(central: RunningCentral) -> Laptop:
    asha = Laptop(central, "Asha Patel")
    asha.family(name="Okafor")
    asha.sync()
    return asha


def test_anchors_hold_while_work_goes_on(central: RunningCentral) -> None:
    empty = anchored(central)
    asha = worked(central)
    first = anchored(central)
    asha.say(name="Okafor-Obi")
    asha.sync()
    assert check(central, empty, first, anchored(central)) == 3


def rewritten_trail(rows: Connection) -> None:
    """Tell the whole audit trail anew without its last line, with a chain that holds in itself."""
    told = rows.execute("select number, at, what, who, about from audit order by number").fetchall()[:-1]
    rows.execute("delete from audit")
    chain = b""
    for number, at, what, _, about in told:
        following = audit.link(chain, number, at, (what, "nobody", about))
        values = (number, at, what, "nobody", about, chain, following)
        rows.execute("insert into audit values (%s, %s, %s, %s, %s, %s, %s)", values)
        chain = following
    rows.execute("update audit_head set number = %s, hash = %s", (len(told), chain))


def cut_ledger(rows: Connection) -> None:
    """Take the last accepted change away, as if it had never come."""
    rows.execute("delete from version where number = (select max(number) from ledger)")
    rows.execute("delete from record where number = (select max(number) from ledger)")
    rows.execute("delete from ledger where number = (select max(number) from ledger)")
    rows.execute(
        "update counter set (number, hash) = (select number, hash from ledger order by number desc limit 1)",
    )


@pytest.mark.parametrize(("harm", "named"), [(rewritten_trail, "audit"), (cut_ledger, "ledger")])
def test_a_chain_rewritten_or_cut_so_that_it_holds_in_itself_is_found_by_its_anchor(
    central: RunningCentral, harm: object, named: str
) -> None:
    worked(central)
    kept = anchored(central)
    with central.rows() as rows:
        assert callable(harm)
        harm(rows)
    with central.rows() as rows:
        if named == "audit":
            assert audit.verify(rows) > 0
        else:
            assert ledger.verify(rows)["entries"] > 0
    with pytest.raises(AnchorBroken, match=f"Line 1: the {named} chain"):
        check(central, kept)


@pytest.mark.parametrize("altered", ["", "{}", "[]", '"a"', "forged", "signature"])
def test_a_line_that_central_did_not_sign_is_no_anchor(central: RunningCentral, altered: str) -> None:
    told = json.loads(anchored(central))
    if altered == "forged":
        told["ledger"][1] = "0" * 64
    if altered == "signature":
        told["signature"] = "0" * 128
    line = json.dumps(told) if altered in ("forged", "signature") else altered
    with pytest.raises(AnchorBroken, match="Line 2 is no anchor"):
        check(central, anchored(central), line)


def test_the_verbs_write_anchors_down_and_hold_them_against_the_chains(central: RunningCentral, tmp_path: Path) -> None:
    worked(central)
    kept = tmp_path / "anchors"
    place = ["--data", str(central.data), "--dsn"]
    for _ in range(2):
        done = CliRunner().invoke(desk, ["anchor", "--to", str(kept), *place, central.dsn, "--json"])
        assert done.exit_code == 0, done.output
    told = CliRunner().invoke(desk, ["anchor-check", str(kept), *place, central.owner_dsn, "--json"])
    assert json.loads(told.stdout) == {"anchors": 2, "chains": "whole"}
    kept.write_text(kept.read_text("ascii").replace('"ledger": [', '"ledger": [1'), "ascii")
    refused = CliRunner().invoke(desk, ["anchor-check", str(kept), *place, central.owner_dsn])
    assert refused.exit_code == 1
    assert "no anchor" in refused.output
