"""Each cure of the protocol switched off in turn: the tests named with it must fail, or nothing proves the cure.

Run it alone, `python -m pytest -m long tests/sync/test_every_cure_is_needed.py`: a copy of the code for each cure.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True, slots=True)
class Cure:
    """One cure, how it is switched off, and the tests that must notice."""

    name: str
    file: str
    on: str
    off: str
    tests: str


PUSHES, REQUESTS = "tests/sync/server/test_pushes.py", "tests/sync/server/test_requests.py"
SEVERAL = "tests/sync/server/test_several_centrals.py"
TWO, PROMISES = "tests/sync/merge/test_two_laptops.py", "tests/sync/test_promises.py"
ANY_ORDER = "tests/sync/merge/test_any_order.py"
CURES = (
    Cure(
        "numbers come from one locked row",
        "sync/server/ledger.py",
        '    head, chain = row(connection, "select number, hash from counter for update")\n',
        "    head, chain = _apart(connection, len(entries))\n",
        "tests/sync/server/test_commit_order.py",
    ),
    Cure(
        "a change sent again gets its first receipt",
        "sync/server/push.py",
        "    old = [known[change.seq][1] for change in pushed.changes if change.seq in known]\n",
        "    old = []\n",
        REQUESTS,
    ),
    Cure(
        "a receipt is looked up before anything is taken",
        "sync/server/push.py",
        "    fresh = [change for change in pushed.changes if change.seq > device.last_seq]\n",
        "    fresh = pushed.changes\n",
        REQUESTS,
    ),
    Cure(
        "another change at a known place is a fork",
        "sync/server/push.py",
        "    if forks.is_forked(connection, device, pushed, known):\n",
        "    if False:\n",
        f"{REQUESTS} {PUSHES}",
    ),
    Cure(
        "a trunk is a version and its hash",
        "sync/merge/heads.py",
        "        return known in (self.version_hash if version == self.version else None, self.known.get(version))\n",
        "        return True\n",
        "tests/sync/client/test_exchange.py tests/sync/server/test_put_back.py",
    ),
    Cure(
        "a lower head than was seen is a central put back",
        "sync/server/pull.py",
        "    if ask.epoch == stand.epoch and seen and _is_lost(stand, seen, known):\n",
        "    if False:\n",
        "tests/sync/server/test_put_back.py",
    ),
    Cure(
        "a refused change does not stop the rest",
        "sync/server/push.py",
        "        _set_aside(desk, change, reason)\n        return Receipt(",
        "        raise Rejected(reason)\n        return Receipt(",
        f"{PUSHES} {REQUESTS}",
    ),
    Cure(
        "two devices are remembered for each value",
        "sync/merge/sayings.py",
        "    return (mine,) if earlier is None else (mine, earlier)\n",
        "    return (mine,)\n",
        f"{TWO} {PROMISES}",
    ),
    Cure(
        "an equal value counts as said by that device too",
        "sync/merge/edits.py",
        "draft.rules.get(path, PLAIN)) for path in draft.patch}\n",
        "draft.rules.get(path, PLAIN)) for path in draft.patch if draft.patch[path] != head.state.get(path)}\n",
        TWO,
    ),
    Cure(
        "one open conflict a path, one claim a device",
        "sync/merge/conflicts.py",
        "    standing = head.conflicts.get(contest.path)\n",
        "    standing = None\n",
        f"{TWO} {PUSHES} {PROMISES}",
    ),
    Cure(
        "safeguarding is never decided by a machine",
        "sync/merge/policies.py",
        '    name = "ask" if asks(policy) else policy.merge\n',
        '    name = "last"\n',
        f"{TWO} {PROMISES}",
    ),
    Cure(
        "a safer value falls only by two people",
        "sync/merge/resolves.py",
        "    if not needs_second(conflict, choice.value):\n",
        "    if True:\n",
        "tests/sync/merge/test_resolving.py",
    ),
    Cure(
        "what happened while its author held the family is taken late",
        "sync/server/push.py",
        "    late = reason is Reason.MOVED and _is_late(desk, change)\n",
        "    late = False\n",
        PUSHES,
    ),
    Cure(
        "a worker is sent only scopes that are held",
        "sync/server/pull.py",
        "    scopes = list(question.scopes)\n",
        "    scopes = [line[0] for line in connection.execute('select distinct scope from ledger').fetchall()]\n"
        "    acting_as(connection, 'central')\n",
        f"{REQUESTS} tests/sync/server/test_matrix.py",
    ),
    Cure(
        "a page without its end counts for nothing",
        "sync/client/http.py",
        "        if not isinstance(end, PageEnd):\n            raise Malformed\n",
        "        if not isinstance(end, PageEnd):\n            end = PageEnd(9, (9, ''), False, '', 0, '')\n",
        "tests/sync/client/test_http.py",
    ),
    Cure(
        "what another key signed is not central's",
        "sync/client/http.py",
        "            _check_signature(heard, self._identity.receipt_key)\n",
        "            pass\n",
        "tests/sync/client/test_http.py",
    ),
    Cure(
        "a change stays unanswered until it has a receipt",
        "fieldkit/store/replica.py",
        "        if receipt.seq == last_seq + len(run) + 1:\n",
        "        if True:\n",
        "tests/fieldkit/store",
    ),
    Cure(
        "what is held is compared by content",
        "sync/server/digests.py",
        "    return digest == root(",
        "    return True or digest == root(",
        "tests/sync/server/test_digests.py",
    ),
    Cure(
        "an erased id answers gone and its words are not kept",
        "sync/server/aside.py",
        "    line = erased(change.line) if gone else change.line\n",
        "    line = change.line\n",
        "tests/sync/server/test_erasing.py",
    ),
    Cure(
        "what was taken out while another put it in stays",
        "sync/merge/policies.py",
        "    kept = [entry for entry in now if entry not in gone or entry in sides.put_in]\n",
        "    kept = [entry for entry in now if entry not in gone]\n",
        TWO,
    ),
    Cure(
        "page and cursor are one transaction",
        "fieldkit/store/replica.py",
        "(self._drop(frame, end) for frame in frames if isinstance(frame, Tomb | ScopeLost))\n",
        "(self._drop(frame, end) for frame in frames if isinstance(frame, Tomb))\n",
        "tests/fieldkit/store",
    ),
    Cure(
        "a refusal counts only when central signed it",
        "sync/client/http.py",
        "        if self._identity.receipt_key:\n            _check_signature(",
        "        if self._identity.receipt_key and heard.status == 200:\n            _check_signature(",
        "tests/sync/client/test_http.py",
    ),
    Cure(
        "a commit that the standby may not have is not acknowledged",
        "sync/server/database.py",
        "    if doubts:\n",
        "    if False:\n",
        f"{SEVERAL}::test_a_commit_whose_wait_for_the_standby_was_cancelled_is_not_acknowledged",
    ),
    Cure(
        "a connection to a server that is gone is not lent",
        "sync/server/database.py",
        "        check=Lookout().check,\n",
        "        check=None,\n",
        f"{SEVERAL}::test_the_pool_comes_back_by_itself_when_the_server_was_cut_down",
    ),
    Cure(
        "a line that cannot be read is refused alone",
        "sync/protocol/wire.py",
        "    except (Malformed, *MISSHAPEN):\n        head, words = hashed(line)\n",
        "    except ZeroDivisionError:\n        head, words = hashed(line)\n",
        "tests/sync/server/test_bad_input.py -k trunk",
    ),
    Cure(
        "what is not durable keeps its words on the device",
        "sync/client/replica.py",
        "min(self.durable, self.last_seq - spare, done + AT_ONCE)",
        "min(self.last_seq, self.last_seq - spare, done + AT_ONCE)",
        "tests/sync/server/test_durable.py",
    ),
    Cure(
        "a number is durable only when the archive's own disk has it",
        "sync/server/backup_stream.py",
        "        if not _has(connection, self._run, self._seen.place):\n",
        "        if False:\n",
        "tests/sync/server/test_backups.py",
    ),
    Cure(
        "a device hears of no seq beyond the durable number",
        "sync/server/durable.py",
        "%(device)s and number <= counter.durable",
        "%(device)s",
        "tests/sync/server/test_durable.py",
    ),
    Cure(
        "what was erased is erased again after a restore",
        "sync/server/backup_erasures.py",
        "    missing = sorted(erased.keys() - known)\n",
        "    missing = sorted(erased.keys() & known)\n",
        "tests/sync/server/test_backups.py",
    ),
    Cure(
        "a stolen laptop is refused again after a restore",
        "sync/server/backup_ends.py",
        "and state <> 'revoked'",
        "and state = 'forked'",
        "tests/sync/server/test_ends_kept.py",
    ),
    Cure(
        "a refused change between two that were taken stays parked",
        "fieldkit/store/outbox.py",
        "answer.version), answer.seq - place\n",
        "answer.version), 0 * place\n",
        "tests/fieldkit/store/test_replica.py",
    ),
    Cure(
        "an erasure drops the packed pages of its scope",
        "sync/server/migrations/0003_first_sync.sql",
        "    when (old.scope <> new.scope or (new.deleted and not old.deleted))\n",
        "    when (false)\n",
        "tests/sync/server/test_snapshots.py",
    ),
    Cure(
        "a first sync that was cut goes on with its next page",
        "fieldkit/store/replica.py",
        '| {"coming": coming})\n',
        '| {"coming": []})\n',
        "tests/sync/server/test_snapshots.py",
    ),
    Cure(
        "the words of a lost scope are taken out of the own chain",
        "fieldkit/store/purging.py",
        "[(erased(row[3]), row[0]) for row in rows]",
        "[(row[3], row[0]) for row in rows]",
        "tests/fieldkit/store/test_purging.py",
    ),
    Cure(
        "who holds only the scope a record left drops it",
        "sync/server/pull.py",
        "    return sorted([*page, *left], key=lambda each: int(each[-1])) if left else page\n",
        "    return page\n",
        "tests/sync/server/test_moving_scope.py",
    ),
    Cure(
        "who gave a family away holds it no longer",
        "sync/server/handovers.py",
        "            entitlement.withdraw(desk.connection, offer.giver, scope, to, desk.now)\n",
        "            pass\n",
        "tests/sync/server/test_handovers.py",
    ),
    Cure(
        "nothing is said of a record before it is known to be theirs",
        "sync/server/push.py",
        "    if head is not None and not theirs:\n",
        "    if False:\n",
        "tests/sync/server/test_named_scopes.py",
    ),
    Cure(
        "what was written after a split's day is not shared",
        "sync/merge/splitting.py",
        "    return told.tzinfo is not None and told < end\n",
        "    return told.tzinfo is not None\n",
        "tests/sync/server/test_splits.py",
    ),
    Cure(
        "attendance is not shown where an address is confidential",
        "sync/server/projections.py",
        " and not _is_protected(desk, person, scope):\n",
        ":\n",
        "tests/sync/server/test_attendance.py",
    ),
    Cure(
        "an older schema is taken for having read nothing",
        "sync/merge/schemas.py",
        "    while change.schema in UPCASTS:\n",
        "    while False:\n",
        "tests/sync/server/test_held.py",
    ),
    Cure(
        "what follows on a held change waits behind it",
        "sync/server/push.py",
        "    if held.record_of(change) in desk.waits:\n",
        "    if False:\n",
        "tests/sync/server/test_held.py",
    ),
    Cure(
        "a withdrawal wins over a grant that had not seen it",
        "sync/server/consents.py",
        "            or (each.number is not None and each.number <= read)\n",
        "            or each.number is not None\n",
        "tests/sync/server/test_withdrawal.py",
    ),
    Cure(
        "a withdrawal without sight of a renewal is for people",
        "sync/merge/consent.py",
        "    if renewed:\n",
        "    if False:\n",
        "tests/sync/merge/test_consent.py",
    ),
    Cure(
        "a concern is not read by its author",
        "sync/merge/edits.py",
        '    return "own-concern" if _reads_own(change, head) else ""\n',
        '    return ""\n',
        "tests/sync/server/test_escalation.py",
    ),
    Cure(
        "a notice is told once",
        "sync/server/escalation.py",
        "        if before is None and _may_look(hand.connection, ticking, tell.worker, now):\n",
        "        if _may_look(hand.connection, ticking, tell.worker, now):\n",
        "tests/sync/server/test_escalation.py",
    ),
    Cure(
        "a first value stays the first while a conflict about it is open",
        "sync/merge/edits.py",
        "    return decide(sides, policy)\n",
        "    return Decision(sides.now if sides.said is None else sides.said)\n",
        "tests/sync/story/test_found.py",
    ),
    Cure(
        "a family that comes back brings the own words back",
        "sync/server/pull.py",
        " or scope = any(%(back)s))",
        ")",
        "tests/sync/story/test_found.py tests/fieldkit/store/test_purging.py",
    ),
    Cure(
        "how far central has us is looked at in every pull",
        "sync/client/exchange.py",
        "            if page.end.last_seq < ours:\n",
        "            if False:\n",
        "tests/sync/story/test_found.py",
    ),
    Cure(
        "what a restored central never had goes by the digests in the same sync",
        "sync/client/exchange.py",
        "            anew = before.whole and not standing.whole\n",
        "            anew = False\n",
        "tests/sync/story/test_found.py",
    ),
    Cure(
        "files are asked for again after a restored central",
        "sync/client/memory.py",
        "        self.files_there.clear()\n",
        "",
        "tests/sync/story/test_found.py",
    ),
    Cure(
        "of a record of others nobody learns of what kind it is",
        "sync/server/push.py",
        "    theirs = scope in desk.scopes or scope in desk.ended\n",
        "    theirs = scope in desk.scopes or scope in desk.ended\n"
        '    if head is not None and head.kind == "conflict" and change.kind != "resolve":\n'
        "        return Reason.IMMUTABLE\n",
        "tests/sync/server/test_matrix.py",
    ),
    Cure(
        "a safeguarding word that was taken back is weighed too",
        "sync/merge/edits.py",
        "    elif sides.now == sides.said and all(word == sides.said for word in sides.unheard):\n",
        "    elif sides.now == sides.said:\n",
        ANY_ORDER,
    ),
    Cure(
        "whoever agreed about safeguarding has a claim of their own",
        "sync/merge/edits.py",
        "        draft.contests[-1] = replace(draft.contests[-1], others=claimed)\n",
        "",
        ANY_ORDER,
    ),
    Cure(
        "a deletion that had not seen an edit is asked about",
        "sync/merge/edits.py",
        "    if not (unseen or head.conflicts):\n",
        "    if True:\n",
        f"{ANY_ORDER} {TWO}",
    ),
    Cure(
        "words are sealed with the scope their record lived in last",
        "fieldkit/store/records.py",
        "            self.store.outbox.lived(record)\n",
        "",
        "tests/fieldkit/store/test_twins.py",
    ),
    Cure(
        "a word that nobody knows never stands in place of a known one",
        "sync/merge/policies.py",
        "    return any(said is None and now is not None and now >= 0 for now, said in ranks)\n",
        "    return False\n",
        "tests/sync/merge/test_resolving.py",
    ),
    Cure(
        "a proposal that came to nothing can be found",
        "sync/merge/conflicts.py",
        ", **_withdrawn(standing, row, mine)}\n",
        "}\n",
        "tests/sync/merge/test_resolving.py",
    ),
    Cure(
        "who proposed is told that it came to nothing",
        "sync/server/effects.py",
        "    escalation.tell_withdrawn(desk, change, made)\n",
        "",
        "tests/sync/server/test_escalation.py",
    ),
    Cure(
        "a central that was put back is owed what was sealed",
        "fieldkit/store/replica.py",
        "                self.store.purges.owe()\n",
        "                pass\n",
        "tests/fieldkit/store/test_purging.py",
    ),
    Cure(
        "sealed words are those that were said then",
        "sync/server/sealed.py",
        "        if change is None or change.hash != known or _is_erased(connection, change.record):\n",
        "        if change is None or _is_erased(connection, change.record):\n",
        "tests/fieldkit/store/test_purging.py",
    ),
    Cure(
        "what central says to all goes where nothing of others lies",
        "sync/server/own.py",
        "            if standing is None or standing.kind == kind:\n",
        "            if True:\n",
        "tests/sync/server/test_taken_places.py",
    ),
    Cure(
        "a copy of a draft goes to nobody but its worker",
        "sync/server/draft_copies.py",
        "    if found is None or (found[0] != device.worker and not is",
        "    if found is None or (False and not is",
        "tests/sync/server/test_whose_draft_copy.py",
    ),
    Cure(
        "a copy of a draft is written over by nobody else",
        "sync/server/draft_copies.py",
        "    if not own or ended or not (",
        "    if ended or not (",
        "tests/sync/server/test_whose_draft_copy.py",
    ),
    Cure(
        "who was lent a scope to look at a concern loses it again",
        "sync/server/escalation.py",
        '"escalation", now, max(ticking.open.due, now) + LENT)\n',
        '"escalation", now, None)\n',
        "tests/sync/server/test_escalation.py",
    ),
)


def test_every_cure_is_where_it_was() -> None:
    moved = [cure.name for cure in CURES if (ROOT / cure.file).read_text("utf-8").count(cure.on) != 1]
    assert moved == [], "else the long run below switches nothing off"


@pytest.mark.long
@pytest.mark.timeout(300)
@pytest.mark.parametrize("cure", CURES, ids=lambda cure: cure.name)
def test_the_suite_notices_when_a_cure_is_missing(cure: Cure, tmp_path: Path) -> None:
    for part in ("sync", "fieldkit", "forms", "tests"):
        shutil.copytree(ROOT / part, tmp_path / part, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    file = tmp_path / cure.file
    text = file.read_text("utf-8")
    file.write_text(text.replace(cure.on, cure.off), "utf-8")
    if "_apart" in cure.off:
        _loosen(file)
    command = [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", "-m", "not long"]
    done = subprocess.run(
        [*command, *cure.tests.split()],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1, f"nobody noticed: {cure.name}\n{done.stdout[-2_000:]}"
    assert " failed" in done.stdout or " error" in done.stdout


APART = """

def _apart(connection: Connection, count: int) -> tuple[Any, ...]:
    taken, values = "update counter set number = number + %s returning number - %s, hash", (count, count)
    at = connection.info
    with Connection.connect(at.dsn, password=at.password, autocommit=True) as apart:
        found = apart.execute(taken, values).fetchone()
    return found or row(connection, taken, values)
"""
"""Numbers as a sequence gives them out: each is taken for good at once, whenever what bears it is seen."""


def _loosen(ledger: Path) -> None:
    counted = "with counted as (update counter set number = %(number)s, hash = %(hash)s)"
    text = ledger.read_text("utf-8")
    assert counted in text
    alone = text.replace(counted, "with counted as (select %(number)s::bigint, %(hash)s::bytea)")
    ledger.write_text(alone + APART, "utf-8")
