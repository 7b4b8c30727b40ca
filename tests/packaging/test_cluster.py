"""The cluster on loopback: leader and centrals killed under load, nothing lost that was acknowledged."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

CLUSTER = Path(__file__).resolve().parents[2] / "packaging" / "cluster"
NOT_INSTALLED = 3
SAME_LEADER = {"roll", "central", "postgres"}
"""What a leader may outlive."""


@pytest.mark.long
@pytest.mark.timeout(600)
def test_no_acknowledged_change_is_lost_with_the_leader_and_devices_recover_within_thirty_seconds() -> None:
    command = [sys.executable, str(CLUSTER / "cluster.py"), "prove", "--json", "--devices", "4"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode == NOT_INSTALLED:
        pytest.skip(done.stderr.strip())
    assert done.stdout, done.stderr[-2_000:]
    told = json.loads(done.stdout.splitlines()[-1])
    # Each on a line of its own: pytest cuts a long one just where it says what was not kept.
    assert [each for each in told["rounds"] if each["slowest_recovery_s"] is None or each["lost"]] == []
    assert {each["kill"] for each in told["rounds"] if each["leader_before"] == each["leader_after"]} <= SAME_LEADER
    assert done.returncode == 0, {name: fact for name, fact in told.items() if name != "rounds"}
    assert told["held"]
    assert (told["lost"], told["still_waiting"], told["gave_up"]) == (0, 0, 0)
    assert [each["kill"] for each in told["rounds"]] == ["roll", "leader", "central", "postgres", "frozen"]
    assert all(each["slowest_recovery_s"] <= 30 for each in told["rounds"])


def test_what_a_council_starts_from_names_no_secret_and_keeps_what_is_acknowledged() -> None:
    patroni = (CLUSTER / "patroni.yml").read_text("utf-8")
    for kept in ("synchronous_mode: true", "synchronous_mode_strict: true", 'fsync: "on"', 'synchronous_commit: "on"'):
        assert kept in patroni
    assert all("${" in line for line in patroni.splitlines() if "password:" in line)
    balancer = (CLUSTER / "haproxy.cfg").read_text("utf-8")
    assert "retry-on conn-failure" in balancer
    assert "GET /health" in balancer
