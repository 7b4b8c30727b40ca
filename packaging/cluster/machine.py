"""This machine as the cluster finds it: programs, ports, a user for PostgreSQL, processes."""

from __future__ import annotations

import base64
import json
import os
import pwd
import secrets
import shutil
import socket
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path

import psutil

HOST = "127.0.0.1"


class Missing(Exception):
    """A program is not installed."""


class NotUp(Exception):
    """The cluster did not come to where it should be in time."""


def programs() -> dict[str, str]:
    """Where the programs are; Missing names the packages to install."""
    found = {
        name: shutil.which(name, path=f"{os.environ.get('PATH', '')}:/usr/sbin")
        for name in ("patroni", "etcd", "haproxy")
    }
    versions = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"), key=lambda each: int(each.parts[-3]))
    found["postgres"] = str(versions[-1].parent) if versions else None
    packages = {"patroni": "patroni", "etcd": "etcd-server", "haproxy": "haproxy", "postgres": "postgresql"}
    lacking = [packages[name] for name, place in found.items() if place is None]
    if lacking:
        raise Missing(
            f"Not installed: {' '.join(lacking)}. Run: apt-get install --no-install-recommends {' '.join(lacking)}"
        )
    return {name: str(place) for name, place in found.items()}


def with_children(pid: int, born: float, within: float = 0.5) -> list[psutil.Process]:
    """A process and its children, if it is the one we know and not a stranger under its number."""
    try:
        process = psutil.Process(pid) if pid else None
        if process is None or abs(process.create_time() - born) > within:
            return []
        return [process, *process.children(recursive=True)]
    except psutil.NoSuchProcess:
        return []


def to_each(processes: Iterable[psutil.Process], what: Callable[[psutil.Process], object]) -> None:
    """Do something to each that is still there: a server's helpers come and go while they are counted."""
    for process in processes:
        with suppress(psutil.NoSuchProcess):
            what(process)


def lives(process: psutil.Process) -> bool:
    """Whether it is there and not only waiting to be collected."""
    try:
        return bool(process.status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False


def free_ports(names: list[str]) -> dict[str, int]:
    """A free port for each name."""
    probes = [socket.create_server((HOST, 0)) for _ in names]
    ports = {name: int(probe.getsockname()[1]) for name, probe in zip(names, probes, strict=True)}
    for probe in probes:
        probe.close()
    return ports


def passwords() -> dict[str, str]:
    """A password for each of PostgreSQL's own roles."""
    return {f"{role}_password": secrets.token_urlsafe(24) for role in ("superuser", "replication", "rewind")}


def server_user() -> pwd.struct_passwd | None:
    """Who PostgreSQL runs as: ourselves, or for root somebody else."""
    if os.geteuid() != 0:
        return None
    known = {entry.pw_name: entry for entry in pwd.getpwall()}
    return known.get("postgres") or known["nobody"]


def status(url: str) -> int:
    """What an address answers; 0: nothing."""
    try:
        with urllib.request.urlopen(url, timeout=6) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as told:
        return told.code
    except OSError:
        return 0


def keys_of(etcd: str) -> dict[str, str]:
    """What etcd keeps of the cluster's order: who leads, and whom a leader waits for, with each key's revision."""
    told: dict[str, str] = {}
    for name in ("leader", "sync"):
        wanted = json.dumps({"key": base64.b64encode(f"/service/fieldkit/{name}".encode()).decode()}).encode()
        try:
            with urllib.request.urlopen(f"{etcd}/v3/kv/range", wanted, timeout=6) as answer:
                for each in json.load(answer).get("kvs", []):
                    told[name] = f"{base64.b64decode(each['value']).decode()} (revision {each['mod_revision']})"
        except OSError as wrong:
            told[name] = type(wrong).__name__
    return told


def wait_for(true: Callable[[], bool], seconds: float, otherwise: str) -> None:
    """Wait until it is so; NotUp says what is not when it took too long."""
    deadline = time.monotonic() + seconds
    while not true():
        if time.monotonic() > deadline:
            raise NotUp(f"After {seconds:.0f} s {otherwise}; see the logs beside cluster.json.")
        time.sleep(0.25)
