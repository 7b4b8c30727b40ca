"""A session is one worker's day on one laptop: short, renewed with the provider's word, worth nothing elsewhere."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from sync.client import Exchange, Outcome
from sync.client.http import HttpCentral
from sync.protocol import PullAsk
from sync.protocol.sign_in import digest_of
from sync.server import sessions, workers
from sync.server.database import one
from tests.central_fixture import RunningCentral
from tests.sync.server.laptop import SCOPE, Laptop
from tests.sync.server.signing_council import Council, beside, bring, refused, renew, signing, with_session


@pytest.fixture
def council(central: RunningCentral) -> Iterator[Council]:
    yield from signing(central)


@pytest.fixture
def asha(council: Council) -> Laptop:
    return Laptop(council.central, "Asha Patel")


def pulls(laptop: Laptop, access: str = "") -> str:
    """What becomes of a pull."""

    def pull() -> None:
        with with_session(laptop, access) as line:
            line.pull(PullAsk("", 0, (0, ""), 0))

    return refused(pull)


def word(council: Council, **claims: Any) -> str:
    """The provider's fresh word for a renewal."""
    return council.provider.token(**council.provider.claims_for(**claims))


def test_without_a_session_a_pull_is_refused_and_unsent_work_is_taken(council: Council, asha: Laptop) -> None:
    asha.family(name="Okafor")
    with asha.line() as line:
        assert [each.outcome for each in line.push(asha.waiting()).receipts] == [Outcome.APPLIED]
    assert pulls(asha) == "sign-in"
    access = bring(asha, council.token_for(asha))["access"]
    assert pulls(asha, access) == "taken"
    council.set(push_without=False)
    asha.say(name="Okafor-Reed")
    with asha.line() as line:
        assert refused(lambda: line.push(asha.waiting())) == "sign-in"
    with with_session(asha, access) as line:
        Exchange(asha.replica, line).run()
    assert asha.replica.waiting() == 0


def test_a_council_without_a_sign_in_asks_for_none(council: Council, asha: Laptop) -> None:
    council.set(required=False)
    assert pulls(asha) == "taken"
    with one(council.central.owner_dsn) as connection:
        connection.execute("delete from signin")
    assert pulls(asha) == "taken"
    assert refused(lambda: bring(asha, council.token_for(asha))) == "no-sign-in"


def test_a_session_of_one_laptop_is_worth_nothing_on_another(council: Council, asha: Laptop) -> None:
    thief = Laptop(council.central, "Asha Patel")
    access = bring(asha, council.token_for(asha))["access"]
    assert pulls(thief, access) == "sign-in"
    assert refused(lambda: renew(thief, "r1", "mine", word(council))) == "sign-in"
    assert pulls(asha, access) == "taken"
    assert renew(asha, "r1", "r2", word(council))["access"]


def test_access_ends_after_ten_minutes_and_the_session_after_twelve_hours(council: Council, asha: Laptop) -> None:
    clock = council.central.clock
    access = bring(asha, council.token_for(asha))["access"]
    clock.pass_time(minutes=9, seconds=59)
    assert pulls(asha, access) == "taken"
    clock.pass_time(seconds=1)
    assert pulls(asha, access) == "sign-in"
    clock.pass_time(hours=11, minutes=49)
    access = renew(asha, "r1", "r2", word(council))["access"]
    assert pulls(asha, access) == "taken"
    clock.pass_time(minutes=1)
    assert pulls(asha, access) == "sign-in"
    assert refused(lambda: renew(asha, "r2", "r3", word(council))) == "sign-in"


def test_access_lasts_ten_minutes_from_the_providers_word_however_late_it_is_brought(
    council: Council, asha: Laptop
) -> None:
    bring(asha, council.token_for(asha))
    early = word(council, exp=int(council.provider.now()) + 3600)
    council.central.clock.pass_time(minutes=9)
    access = renew(asha, "r1", "r2", early)["access"]
    assert pulls(asha, access) == "taken"
    council.central.clock.pass_time(minutes=1)
    assert pulls(asha, access) == "sign-in"


def test_a_refresh_token_used_twice_ends_the_whole_session(council: Council, asha: Laptop) -> None:
    bring(asha, council.token_for(asha))
    access = renew(asha, "r1", "r2", word(council))["access"]
    assert refused(lambda: renew(asha, "r1", "stolen", word(council))) == "sign-in"
    assert pulls(asha, access) == "sign-in"
    assert refused(lambda: renew(asha, "r2", "r3", word(council))) == "sign-in"
    assert council.audit()[-1] == "sign-in-reuse"


def test_a_renewal_whose_answer_was_lost_is_asked_again_as_it_was(council: Council, asha: Laptop) -> None:
    token = council.token_for(asha)
    bring(asha, token)
    lost = renew(asha, "r1", "r2", word(council))["access"]
    access = renew(asha, "r1", "r2", word(council))["access"]
    assert (pulls(asha, lost), pulls(asha, access)) == ("sign-in", "taken")
    assert renew(asha, "r2", "r3", word(council))["access"]
    assert refused(lambda: renew(asha, "r1", "r2", word(council))) == "sign-in"


def test_a_beginning_whose_answer_was_lost_is_asked_again_as_it_was(council: Council, asha: Laptop) -> None:
    token = council.token_for(asha)
    lost = bring(asha, token)["access"]
    access = bring(asha, token)["access"]
    assert (pulls(asha, lost), pulls(asha, access)) == ("sign-in", "taken")
    assert council.audit() == ["sign-in-bound", "sign-in"]


def test_who_is_disabled_at_the_provider_is_out_within_ten_minutes(council: Council, asha: Laptop) -> None:
    access = bring(asha, council.token_for(asha))["access"]
    assert refused(lambda: renew(asha, "r1", "r2")) == "sign-in"
    council.central.clock.pass_time(minutes=10)
    assert pulls(asha, access) == "sign-in"
    council.set(renewal="alone")
    assert renew(asha, "r1", "r2")["access"]


def test_a_worker_who_leaves_is_out_at_once_and_stays_out(council: Council, asha: Laptop) -> None:
    access = bring(asha, council.token_for(asha))["access"]
    with one(council.central.dsn) as connection:
        assert workers.let_go(connection, asha.worker, council.central.clock()) == [asha.identity.device]
        assert sessions.end_all(connection, asha.worker, council.central.clock()) == 1
    assert pulls(asha, access) == "sign-in"
    assert refused(lambda: renew(asha, "r1", "r2", word(council))) == "sign-in"
    council.central.clock.pass_time(seconds=1)
    assert refused(lambda: bring(asha, council.token_for(asha))) == "sign-in-not-valid"
    assert council.audit()[-1] == "sign-in-refused ended"
    with one(council.central.dsn) as connection:
        workers.take_back(connection, asha.worker, council.central.clock())
    council.central.clock.pass_time(seconds=1)
    assert bring(asha, council.token_for(asha))["access"]


def test_a_lead_who_became_a_worker_has_a_workers_rights_from_the_next_word_on(council: Council) -> None:
    council.provider.account.roles = ["fieldkit-lead", "fieldkit-worker"]
    lena = Laptop(council.central, "Lena Hart", "worker")
    bring(lena, council.token_for(lena))
    assert role_of(council, lena) == "lead"
    council.provider.account.roles = ["fieldkit-worker"]
    renew(lena, "r1", "r2", word(council))
    assert role_of(council, lena) == "worker"
    council.provider.account.roles = []
    assert refused(lambda: renew(lena, "r2", "r3", word(council))) == "sign-in-role"


def role_of(council: Council, laptop: Laptop) -> str:
    with council.central.rows() as rows:
        found = rows.execute("select role from worker where id = %s", (laptop.worker,)).fetchone()
    assert found is not None
    return str(found[0])


def test_an_account_is_one_worker_and_a_worker_one_account(council: Council, asha: Laptop) -> None:
    bring(asha, council.token_for(asha))
    ben = Laptop(council.central, "Ben Carter")
    assert refused(lambda: bring(ben, council.token_for(ben))) == "sign-in-other"
    council.provider.account.subject = "subject-ben"
    council.central.clock.pass_time(seconds=1)
    assert refused(lambda: bring(asha, council.token_for(asha))) == "sign-in-other"
    assert bring(ben, council.token_for(ben))["access"]
    assert refused(lambda: renew(asha, "r1", "r2", word(council))) == "sign-in-other"


def test_every_process_of_central_knows_the_session(council: Council, asha: Laptop) -> None:
    access = bring(asha, council.token_for(asha))["access"]
    with beside(council.central) as url, HttpCentral(url, replace(asha.identity, session=lambda: access)) as line:
        line.pull(PullAsk("", 0, (0, ""), 0))
        told = {"refresh": "r1", "next": digest_of("r2"), "id_token": word(council)}
        access_there = line.tell("/sign-in/refresh", told)["access"]
    assert pulls(asha, access_there) == "taken"
    assert refused(lambda: renew(asha, "r1", "stolen", word(council))) == "sign-in"


def test_central_keeps_no_token_in_plain_and_writes_none_into_its_log(council: Council) -> None:
    lines: list[str] = []
    council.central.app.state.watch.log = lines.append
    laptop = Laptop(council.central, "Asha Patel")
    token = council.token_for(laptop)
    access = bring(laptop, token, "refresh-one-of-this-test")["access"]
    following = word(council)
    access_after = renew(laptop, "refresh-one-of-this-test", "refresh-two-of-this-test", following)["access"]
    assert pulls(laptop, access_after) == "taken"
    held = json.dumps(lines)
    with council.central.rows() as rows:
        for (table,) in rows.execute("select tablename from pg_tables where schemaname = 'public'").fetchall():
            held += str(rows.execute(f"select string_agg(t::text, '') from \"{table}\" t".encode()).fetchone())
    secrets = (token, following, access, access_after, "refresh-one-of-this-test", "refresh-two-of-this-test")
    assert [secret for secret in secrets if secret in held or secret.split(".")[-1] in held] == []
    assert "/sign-in/refresh" in held
    assert SCOPE not in held


def test_malformed_questions_about_sessions_are_refused_and_change_nothing(council: Council, asha: Laptop) -> None:
    bring(asha, council.token_for(asha))
    with asha.line() as line:
        for path, told in (
            ("/sign-in/session", {}),
            ("/sign-in/session", {"id_token": 1, "salt": "", "flow": "browser", "next": "0" * 64}),
            ("/sign-in/session", {"id_token": "a", "salt": "", "flow": "renewal", "next": "0" * 64}),
            ("/sign-in/session", {"id_token": "a", "salt": "", "flow": "browser", "next": "r2"}),
            ("/sign-in/session", []),
            ("/sign-in/refresh", {"refresh": "r1", "id_token": word(council)}),
            ("/sign-in/refresh", {"refresh": ["r1"], "next": "0" * 64, "id_token": word(council)}),
            ("/sign-in/about", {}),
        ):
            assert refused(lambda path=path, told=told: line.tell(path, told)) == "malformed", (path, told)
    assert renew(asha, "r1", "r2", word(council))["access"]
