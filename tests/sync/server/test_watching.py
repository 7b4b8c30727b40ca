"""Those who run central see figures, not people; who asks without end is asked to wait."""

from __future__ import annotations

import json

import httpx
import pytest

from sync.errors import Rejected
from sync.server.watching import BURST, PACE, Answered, Watch
from tests.central_fixture import RunningCentral
from tests.sync.server.laptop import FAMILY, Laptop


def test_figures_tell_requests_times_and_what_waits_and_nothing_personal(central: RunningCentral) -> None:
    asha = Laptop(central, "Asha Patel")
    asha.family(name="Okafor", postcode="AB1 2CD")
    asha.sync()
    told = httpx.get(central.url + "/metrics")
    assert told.headers["content-type"].startswith("text/plain")
    assert 'fieldkit_requests_total{route="/sync/push",status="200"} 1' in told.text
    # A first sync: what comes by pages, the pages, and news.
    assert 'fieldkit_request_seconds_bucket{route="/sync/pull",le="+Inf"} ' in told.text
    assert "fieldkit_devices_active 1" in told.text
    assert "fieldkit_conflicts_open 0" in told.text
    assert not any(word in told.text for word in ("Asha", "Okafor", "AB1", FAMILY, asha.worker))


@pytest.mark.parametrize("path", ["/metrics", "/ready"])
@pytest.mark.parametrize("header", ["x-forwarded-for", "forwarded"])
def test_figures_are_not_handed_out_through_a_proxy(central: RunningCentral, path: str, header: str) -> None:
    assert httpx.get(central.url + path).status_code == 200
    assert httpx.get(central.url + path, headers={header: "for=198.51.100.7"}).status_code == 404


def test_central_is_alive_and_ready_until_its_database_stops(central: RunningCentral) -> None:
    assert [httpx.get(central.url + path).status_code for path in ("/health", "/ready")] == [200, 200]
    with central.rows() as rows:
        rows.execute("delete from counter")
        rows.commit()
        assert httpx.get(central.url + "/ready").status_code == 503
        assert httpx.get(central.url + "/health").status_code == 200
    central.pool.close()
    assert [httpx.get(central.url + path).status_code for path in ("/health", "/ready")] == [503, 503]


def test_a_line_of_the_log_has_ids_and_numbers_only() -> None:
    lines: list[str] = []
    Watch(lines.append).note(Answered("/sync/push", 200, 0.0123, "ab" * 16, 345, 67))
    assert json.loads(lines[0]) == {
        "route": "/sync/push",
        "status": 200,
        "ms": 12.3,
        "device": "ab" * 16,
        "in": 345,
        "out": 67,
    }


def test_who_asks_without_end_waits_and_others_do_not() -> None:
    watch = Watch()
    assert sum(watch.may_ask("a", 100.0) for _ in range(BURST + 50)) == BURST
    assert watch.may_ask("b", 100.0)
    assert sum(watch.may_ask("a", 101.0) for _ in range(BURST)) == PACE


def test_a_laptop_that_asks_without_end_is_told_in_words(central: RunningCentral) -> None:
    asha = Laptop(central, "Asha Patel")
    asker = f"127.0.0.1 {asha.identity.device}"
    while central.app.state.watch.may_ask(asker, central.clock().timestamp()):
        pass
    with pytest.raises(Rejected) as told:
        asha.sync()
    assert told.value.reason == "too-often"
    central.clock.pass_time(minutes=1)
    asha.sync()
