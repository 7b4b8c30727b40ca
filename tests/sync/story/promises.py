"""The twelve promises of sync, each a function that fails where it is broken.

`ALWAYS` are held after every step, `AT_REST` when everybody has synced in peace. To add one: a function that takes the
story, and its name in one of the two.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

import psycopg

from sync.changes import Change, is_erased
from sync.client import Report
from sync.protocol.digests import root
from sync.server import audit, digests, ledger, receipts
from sync.server.database import acting_as
from sync.server.errors import AuditBroken, LedgerBroken
from tests.sync.story.laws import merge_laws
from tests.sync.story.sheet import ORDERED, RISKS
from tests.sync.story.stores import Known
from tests.sync.story.world import WORD, Hand, Story, state_of

COST = 4
"""Bytes that may be pulled for each byte of what changed; an answer's own words are small beside it."""


def scopes_of(story: Story, hand: Hand) -> list[str]:
    """What a worker is entitled to, as central has it, with what everybody has."""
    found = story.central.rows_of("select scope from entitlement where worker = %s and held", (hand.worker,))
    return sorted({str(scope) for (scope,) in found} | {"ref"})


def wanted(story: Story, hand: Hand) -> dict[str, tuple[int, str]]:
    """The records a laptop must have, with version and hash."""
    found = story.central.rows_of(
        "select id, version, version_hash from record where scope = any(%s) and not deleted", (scopes_of(story, hand),)
    )
    return {str(record): (int(version), str(known)) for record, version, known in found}


def _held(base: dict[str, Known]) -> dict[str, tuple[int, str]]:
    return {record: (each.version, each.version_hash) for record, each in base.items()}


def convergence(story: Story) -> None:
    """1. At rest every entitled device has central's records and shows them, and the digests agree."""
    for hand in story.hands:
        base = hand.keep.base()
        assert _held(base) == wanted(story, hand), "the base is what central has"
        for record, each in base.items():
            assert dict(hand.keep.view(record)) == dict(each.state), "nothing lies on the base any more"
        sums = hand.keep.replica.sums()
        with story.central.owner.transaction():
            acting_as(story.central.owner, "central")
            kept = digests.of(story.central.owner, scopes_of(story, hand))
        assert root(sums) == root(kept), "the digests agree"
    _files_are_where_they_are_named(story)


def _files_are_where_they_are_named(story: Story) -> None:
    there = {str(seal) for (seal,) in story.central.rows_of("select hash from attachment where whole")}
    for hand in story.hands:
        for each in hand.keep.base().values():
            photo = each.state.get("photo")
            if not isinstance(photo, dict):
                continue
            somebody = any(photo["hash"] in other.keep.files() for other in story.hands)
            assert not somebody or photo["hash"] in there, "a file that a laptop has is at central"
            assert photo["hash"] not in there or photo["hash"] in hand.keep.files(), "and at everyone who may"


def no_lost_write(story: Story) -> None:
    """2. Every change ever made is in exactly one place, and each typed word can be found from its record."""
    lines: dict[str, tuple[str, str]] = {}
    for record, device, seq, prev, line in story.central.rows_of(
        "select record, device, seq, prev_hash, line from version"
    ):
        lines[Change.of_line(line, device, seq, prev).hash] = (record, line)
    aside = {
        str(known): str(kept) for known, kept in story.central.rows_of("select change_hash, change from quarantine")
    }
    drawer = {change.hash: change.line for hand in story.retired for change in hand.keep.outbox()}
    for hand in story.hands:
        assert hand.keep.replica.waiting() == 0, "nothing waits at rest"
    for known in story.written:
        places = [known in lines, known in aside]
        assert places.count(True) == 1 or (not any(places) and known in drawer), "every change is in exactly one place"
    for word, typed in story.typed.items():
        if typed.change and typed.record not in story.ever_erased:
            where = lines.get(typed.change, ("", ""))[1] or aside.get(typed.change, "") or drawer.get(typed.change, "")
            assert word in where, "a word that was typed can be found"


def exactly_once(story: Story) -> None:
    """3. No change stands twice in a record's history, and ledger numbers have no gap."""
    twice = story.central.rows_of(
        "select record, device, seq from version where device <> 'central'"
        " group by record, device, seq having count(*) > 1"
    )
    assert twice == []
    count, last = story.central.rows_of("select count(*), coalesce(max(number), 0) from ledger")[0]
    assert count == last, "ledger numbers have no gap"


def own_words_stay(story: Story) -> None:
    """4. What somebody wrote and central has not answered is in their own view."""
    for hand in story.hands:
        changes = hand.keep.outbox()
        waiting = changes[hand.keep.replica.standing().last_seq :]
        for place, change in enumerate(waiting):
            if change.kind not in ("create", "set") or is_erased(change.line):
                continue
            later = [other for other in waiting[place + 1 :] if other.record == change.record]
            hidden = {path for other in later for path in other.patch}
            if any(other.kind == "delete" for other in later):
                continue
            shown = hand.keep.view(change.record)
            for path, value in change.patch.items():
                assert path[0] == "@" or path in hidden or shown.get(path) == value, "own words stay in the own view"


def nothing_is_missing_at_head(story: Story, hand: Hand) -> None:
    """4, 6. Who has reached the head has all up to it: no change without the one before, no number skipped."""
    if _held(hand.keep.base()) != wanted(story, hand) and (hand.twofold or _only_told_since(story, hand)):
        story.sync(hand, calm=True)
    if hand in story.hands:
        have, should = _held(hand.keep.base()), wanted(story, hand)
        assert have == should, "at the head nothing is missing"


def _only_told_since(story: Story, hand: Hand) -> bool:
    """Whether central has told somebody of a concern since the page was read, and nothing else was written."""
    query = "select r.kind from ledger l join record r on r.id = l.record where l.number > %s"
    since = story.central.rows_of(query, (hand.keep.replica.standing().cursor,))
    return bool(since) and all(kind == "notice" for (kind,) in since)


def authorised_visibility(story: Story) -> None:
    """5. At rest nothing of a scope lies on a device that lacks it. (Every answer is listened to as it comes.)"""
    for hand in story.hands:
        own = {word for change in hand.keep.outbox() for word in WORD.findall(change.line)}
        for word in set(WORD.findall(hand.keep.words_at_rest())) - own:
            assert word not in story.typed or story.typed[word].scope in story.held[hand.worker], "a word stayed behind"


def monotone_cursor(story: Story) -> None:
    """6. Within an epoch a cursor goes only forward."""
    for hand in story.hands:
        at = hand.keep.replica.standing()
        epoch, before = hand.cursor
        assert at.epoch != epoch or at.whole or at.cursor >= before, "a cursor went back"
        hand.cursor = (at.epoch, 0 if at.whole else at.cursor)


def digest_soundness(story: Story) -> None:
    """7. A record that goes missing on a device is found by the next sync, and mended."""
    for hand in story.hands[:2]:
        held = sorted(record for record, each in hand.keep.base().items() if each.scope != "ref")
        if held:
            hand.keep.lose(held[story.number % len(held)])
            report = story.sync(hand, calm=True)
            assert report is not None
            assert report.mended == 1, "a missing record is found"
            assert _held(hand.keep.base()) == wanted(story, hand), "and mended"


PLANTS = (
    "update ledger set record = 'x' where number = (select max(number) from ledger)",
    "update ledger set change_hash = '\\x00' where number = (select min(number) from ledger)",
    "delete from ledger where number = (select max(number) / 2 + 1 from ledger)",
    "delete from ledger where number = (select max(number) from ledger)",
    'update version set line = replace(line, \'"kind":"\', \'"kind":"x\')'
    " where number = (select max(number) from ledger)",
    "update version set seq = seq + 1 where number = (select max(number) from ledger)",
    "delete from version where number = (select max(number) from ledger)",
    "update version set line = (select line from version where number = 1) where number = 2",
    "update record set state = '{}' where id = (select id from record where state <> '{}' order by id limit 1)",
    "update record set version_hash = repeat('0', 64) where id = (select max(id) from record)",
    "update audit set who = 'nobody' where number = 2",
    "delete from audit where number = (select max(number) from audit)",
    "update receipt set change_hash = repeat('0', 64) where seq = 1",
    "update receipt set line = replace(line, 'applied', 'refused') where seq = 1",
    "delete from receipt where seq = 2",
    "delete from receipt where (device, seq) in (select device, max(seq) from receipt group by device)",
    "update receipt a set line = b.line from receipt b where a.device = b.device and a.seq = 1 and b.seq = 2",
    "delete from quarantine where reason <> 'fork'",
    "update quarantine set change = replace(change, 'kind', 'kinb') where reason <> 'fork'",
)
"""What somebody who can write into the tables may do."""


def chain(story: Story) -> None:
    """8. The chains hold, also after erasures; an edit, a removal or a swap in storage is found and named."""
    connection = story.central.owner
    with connection.transaction():
        ledger.verify(connection)
        ledger.verify_digests(connection)
        audit.verify(connection)
        receipts.verify(connection)
    for plant in PLANTS:
        with connection.transaction(force_rollback=True):
            planted = connection.execute(plant.encode()).rowcount
            assert not planted or _is_found(connection), plant


def _is_found(connection: psycopg.Connection[tuple[object, ...]]) -> bool:
    try:
        ledger.verify(connection)
        audit.verify(connection)
        receipts.verify(connection)
    except (LedgerBroken, AuditBroken) as named:
        return "At" in str(named.args)
    return False


def class_a_never_falls(story: Story) -> None:
    """9. What is shown of safeguarding falls only by somebody who saw it, or by two people who agree."""
    found = story.central.rows_of(
        "select id, kind, version, state from record where kind in ('story', 'family') and not deleted"
    )
    for record, kind, version, text in found:
        path = ORDERED[kind]
        value, before = state_of(text).get(path), story.shown.get(record)
        if isinstance(before, tuple) and _rank(value) < _rank(before[1]):
            _was_decided_by_people(story, str(record), path, (before[0], str(before[1])), str(value))
        story.shown[str(record)] = (version, value)


def _rank(value: object) -> int:
    return RISKS.index(str(value)) if value in RISKS else -1


def _was_decided_by_people(story: Story, record: str, path: str, before: tuple[int, str], value: str) -> None:
    lines = story.central.rows_of(
        "select device, seq, prev_hash, line from version where record = %s and version > %s", (record, before[0])
    )
    changes = [Change.of_line(line, device, seq, prev) for device, seq, prev, line in lines]
    saw = any(change.kind == "set" and change.patch.get(path) == value for change in changes)
    decided = [change for change in changes if change.kind == "resolve"]
    assert saw or decided, "nobody said so"
    for change in decided if not saw else ():
        ((text,),) = story.central.rows_of("select state from record where id = %s", (change.record,))
        told = state_of(text)
        if told.get("path") == path and told.get("resolved/value") == value:
            assert told.get("proposed/actor") != told.get("resolved/actor"), "one person alone"
            lead = {hand.worker for hand in story.hands if hand.role == "lead"}
            assert told["resolved/actor"] in lead, "the second is a lead"


def what_is_shown_is_the_safest_claim(story: Story) -> None:
    """9. While a conflict of class A is open the most protective claim is shown."""
    found = story.central.rows_of("select id, kind, state, deleted from record where kind <> 'form'")
    records = {str(record): (kind, state_of(text), deleted) for record, kind, text, deleted in found}
    for kind, state, deleted in records.values():
        about = records.get(str(state.get("record")))
        if kind != "conflict" or deleted or about is None or about[2] or state.get("status") == "resolved":
            continue
        if state.get("path") == ORDERED.get(about[0]):
            claims = [
                value for path, value in state.items() if path.startswith("siblings/") and path.endswith("/value")
            ]
            assert _rank(about[1].get(str(state["path"]))) >= max(map(_rank, claims)), "a safer claim is hidden"


def atomicity(story: Story) -> None:
    """10. Whatever was cut short, a view is base and outbox, and the sums are those of the base."""
    for hand in story.hands:
        assert hand.keep.redrawn() == 0, "a view is what base and outbox say"


def laws_of_merge(story: Story) -> None:
    """11. Of every two changes that met: merge(x, x) = x, disjoint fields commute, only what some side had."""
    merge_laws([written for written in story.written.values() if not is_erased(written.change.line)])


def boundedness(story: Story) -> None:
    """12. With nothing to do a sync is one small request."""
    for hand in story.hands:
        report = story.sync(hand, calm=True)
        assert report is not None
        assert (report.requests, report.pulled, report.mended) == (1, 0, 0), "nothing to do is one request"
        assert report.bytes_down < 1024


def pulled_in_measure(story: Story, hand: Hand, before: int, report: Report) -> None:
    """12. What is pulled is not more than some times what changed since the cursor, or came with a new scope."""
    gained = hand.scopes
    hand.scopes = set(scopes_of(story, hand))
    if hand.twofold or report.restored or not before:
        return  # Everything is pulled anew.
    found = story.central.rows_of(
        "select coalesce(sum(length(state) + 600), 0) from record where number > %s or scope = any(%s)",
        (before, sorted(hand.scopes - gained)),
    )
    most = 4_000 * (1 + report.files) + COST * int(found[0][0])
    assert report.bytes_down <= most, "more was pulled than changed"


def open_conflicts(story: Story) -> Counter[tuple[str, str]]:
    """The open conflicts, by record and path."""
    found = story.central.rows_of("select record, path from conflict where is_open")
    return Counter((str(record), str(path)) for record, path in found)


Promise = Callable[[Story], None]
ALWAYS: tuple[Promise, ...] = (own_words_stay, monotone_cursor, class_a_never_falls)
AT_REST: tuple[Promise, ...] = (
    convergence,
    no_lost_write,
    exactly_once,
    own_words_stay,
    authorised_visibility,
    monotone_cursor,
    class_a_never_falls,
    what_is_shown_is_the_safest_claim,
    atomicity,
    laws_of_merge,
    boundedness,
    chain,
    digest_soundness,
)
