"""Central on more than one machine, all of it on this one: etcd, three PostgreSQL under Patroni, centrals, a balancer.

    python packaging/cluster/cluster.py up | status | down
    python packaging/cluster/cluster.py kill-leader | kill-postgres | freeze-leader | kill-central | roll | mend
    python packaging/cluster/cluster.py prove [--json] [--devices N] [--seconds S]

The programs are Debian's: postgresql, patroni, etcd-server, haproxy; what is missing is named, nothing is installed.
They listen on loopback, run from a temporary folder, and end with `down`. What is killed is killed with -9.
PostgreSQL refuses root: started as root it runs as `postgres` or `nobody`.
"""

from __future__ import annotations

import argparse
import json
import os
import pwd
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path
from string import Template
from typing import Any

import psutil
from machine import (
    HOST,
    Missing,
    NotUp,
    free_ports,
    keys_of,
    lives,
    passwords,
    programs,
    server_user,
    status,
    to_each,
    wait_for,
    with_children,
)

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
NODES = ("one", "two", "three")
CENTRALS = ("c1", "c2")
PORTS = ["etcd", "etcd-peer", "balancer", *CENTRALS, *NODES, *(f"{node}-rest" for node in NODES)]
COUNCIL = "practice"
UP_SECONDS = 240.0
"""On two busy cores three databases take their time."""


class Cluster:
    """A cluster in a folder; what it started is written down there, so that another call finds it."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.file = home / "cluster.json"
        self.facts: dict[str, Any] = json.loads(self.file.read_text("utf-8")) if self.file.exists() else {}

    def up(self) -> None:
        """Bring everything up and make one council; on failure nothing is left running."""
        self.facts = {"programs": programs(), "ports": free_ports(PORTS), "pids": {}, "passwords": passwords()}
        self.home.mkdir(mode=0o755, parents=True, exist_ok=False)
        try:
            self._start_etcd()
            for node in NODES:
                self.start_node(node)
            self.await_members(UP_SECONDS)
            self._add_council()
            for central in CENTRALS:
                self.start_central(central)
            self._start_balancer()
            wait_for(lambda: status(f"{self.url}/health") == 200, UP_SECONDS, "the balancer does not answer")
        except BaseException:
            self.end()
            raise

    def end(self) -> None:
        """End what was started here; the logs stay."""
        for name in self.facts.get("pids", {}):
            self.kill(name)

    def down(self) -> None:
        """End what was started here and remove the folder."""
        self.end()
        shutil.rmtree(self.home, ignore_errors=True)

    def kill_postgres(self, node: str) -> None:
        """End a node's server alone; its Patroni stays and sees it."""
        to_each(self._postgres_of(node), psutil.Process.kill)

    def freeze(self, node: str) -> None:
        """Let a node stand still, as a stalled disk or a paused virtual machine does."""
        # Twice: what its first process began while they were counted would go on answering.
        for _ in range(2):
            to_each([*self._family(node), *self._postgres_of(node)], psutil.Process.suspend)

    def roll(self) -> None:
        """Restart one central after the other, as an upgrade does."""
        for name in CENTRALS:
            self._restart(name)

    def _restart(self, name: str) -> None:
        to_each(self._family(name), psutil.Process.terminate)
        wait_for(lambda: not self._lives(name), UP_SECONDS, f"central {name} does not end")
        self.start_central(name)

    def _lives(self, name: str) -> bool:
        return any(map(lives, self._family(name)))

    def kill(self, name: str) -> None:
        """End a process and all that it started, as a power cut would."""
        doomed = [*self._family(name), *self._postgres_of(name)]
        to_each(doomed, psutil.Process.kill)
        psutil.wait_procs(doomed, timeout=0.1)

    def _family(self, name: str) -> list[psutil.Process]:
        pid, born = self.facts["pids"].get(name, (0, 0.0))
        return with_children(pid, born)

    def _postgres_of(self, name: str) -> list[psutil.Process]:
        """The server of a node: Patroni lets it stand alone."""
        mark = self.home / name / "data" / "postmaster.pid"
        try:
            pid, _, born = mark.read_text("utf-8").splitlines()[:3]
        except (OSError, ValueError):
            return []
        return with_children(int(pid), float(born), within=3.0)

    def _start_etcd(self) -> None:
        client, peer = (f"http://{HOST}:{self.port(name)}" for name in ("etcd", "etcd-peer"))
        command = [
            self.facts["programs"]["etcd"],
            "--name",
            "demo",
            "--data-dir",
            str(self.home / "etcd"),
            "--log-level",
            "error",
        ]
        command += ["--listen-client-urls", client, "--advertise-client-urls", client, "--listen-peer-urls", peer]
        command += ["--initial-advertise-peer-urls", peer, "--initial-cluster", f"demo={peer}"]
        self._start("etcd", command)
        wait_for(lambda: status(f"{client}/health") == 200, UP_SECONDS, "etcd does not answer")

    def start_node(self, node: str) -> None:
        """Start one PostgreSQL under its Patroni, also after it was killed."""
        folder, user = self.home / node, server_user()
        folder.mkdir(mode=0o700, exist_ok=True)
        # A killed server whose parent never collects it is taken for a live one.
        (folder / "data" / "postmaster.pid").unlink(missing_ok=True)
        words = {
            "name": node, "host": HOST, "port": self.port(node), "rest_port": self.port(f"{node}-rest"),
            "etcd": f"'{HOST}:{self.port('etcd')}'", "folder": folder, "programs": self.facts["programs"]["postgres"],
            "network": f"{HOST}/32", "shared_buffers": "32MB", "watchdog": "'off'", **self.facts["passwords"],
        }  # fmt: skip
        config = folder / "patroni.yml"
        config.write_text(Template((HERE / "patroni.yml").read_text("utf-8")).substitute(words), "utf-8")
        config.chmod(0o600)
        if user is not None:
            for path in (folder, config):
                os.chown(path, user.pw_uid, user.pw_gid)
        self._start(node, [self.facts["programs"]["patroni"], str(config)], user)

    def _add_council(self) -> None:
        self.desk("council-add", COUNCIL, "--dsn", self.admin_dsn, "--council", "Practice Council")

    def start_central(self, name: str) -> None:
        """Start one central."""
        where = ["--data", str(self.home / "central"), "--dsn", f"service={COUNCIL}_serve", "--drain", "2"]
        command = [sys.executable, "-m", "sync.server", "serve", *where, "--port", str(self.port(name))]
        self._start(name, command)
        wait_for(
            lambda: status(f"http://{HOST}:{self.port(name)}/health") == 200,
            UP_SECONDS,
            f"central {name} does not answer",
        )

    def _start_balancer(self) -> None:
        servers = "\n".join(f"    server {name} {HOST}:{self.port(name)}" for name in CENTRALS)
        words = {"bind": f"{HOST}:{self.port('balancer')}", "servers": servers}
        config = self.home / "haproxy.cfg"
        config.write_text(Template((HERE / "haproxy.cfg").read_text("utf-8")).substitute(words), "utf-8")
        self._start("balancer", [self.facts["programs"]["haproxy"], "-db", "-f", str(config)])

    def _start(self, name: str, command: list[str], user: pwd.struct_passwd | None = None) -> None:
        environment = {
            "PATH": os.environ.get("PATH", ""),
            "LC_ALL": "C.UTF-8",
            "HOME": str(self.home),
            "PYTHONPATH": "",
        }
        environment |= {"PGSERVICEFILE": str(self.services)}
        with (self.home / f"{name}.log").open("ab") as log:
            process = subprocess.Popen(
                command,
                cwd=ROOT if user is None else "/",
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                user=user.pw_uid if user else None,
                group=user.pw_gid if user else None,
                extra_groups=[] if user else None,
            )
        self.facts["pids"][name] = (process.pid, psutil.Process(process.pid).create_time())
        self.file.write_text(json.dumps(self.facts), "utf-8")
        self.file.chmod(0o600)

    # -- looking

    def port(self, name: str) -> int:
        """The port of one part."""
        return int(self.facts["ports"][name])

    @property
    def url(self) -> str:
        """Where devices go: the balancer."""
        return f"http://{HOST}:{self.port('balancer')}"

    @property
    def services(self) -> Path:
        """The file with the council's two addresses (PGSERVICEFILE)."""
        return self.home / "central" / "keys" / "services"

    @property
    def admin_dsn(self) -> str:
        """The address of the leader, whichever node it is, as superuser."""
        hosts, ports = ",".join([HOST] * len(NODES)), ",".join(str(self.port(node)) for node in NODES)
        who = f"user=postgres password={self.facts['passwords']['superuser_password']} dbname=postgres"
        return f"host={hosts} port={ports} {who} target_session_attrs=read-write"

    def members(self) -> dict[str, tuple[str, str]]:
        """Role and state of each node, as any Patroni that answers tells it."""
        for node in NODES:
            try:
                with urllib.request.urlopen(f"http://{HOST}:{self.port(f'{node}-rest')}/cluster", timeout=3) as answer:
                    told = json.load(answer)["members"]
                return {each["name"]: (each["role"], each.get("state", "")) for each in told}
            except (OSError, ValueError, KeyError):
                continue
        return {}

    def leader(self) -> str:
        """The node that leads, or nothing."""
        return next(
            (name for name, (role, state) in self.members().items() if role == "leader" and state == "running"), ""
        )

    def await_members(self, seconds: float) -> None:
        """Wait until one node leads, one is its synchronous standby and a third follows."""
        wanted = ["leader", "replica", "sync_standby"]

        def whole() -> bool:
            told = self.members().values()
            return sorted(role for role, _ in told) == wanted and all(
                state in ("running", "streaming") for _, state in told
            )

        try:
            wait_for(whole, seconds, "the three nodes are not in order")
        except NotUp as wrong:
            kept = keys_of(f"http://{HOST}:{self.port('etcd')}")
            raise NotUp(f"{wrong} They say {self.members()}; etcd keeps {kept}") from wrong

    def mend(self) -> None:
        """Start again what was killed, let go on what was frozen, and wait until all is in order."""
        for name in (*NODES, *CENTRALS):
            to_each([*self._family(name), *self._postgres_of(name)], psutil.Process.resume)
            if not self._lives(name):
                self.start_node(name) if name in NODES else self.start_central(name)
        self.await_members(UP_SECONDS)

    def desk(self, verb: str, *arguments: str) -> dict[str, Any]:
        """One verb of `fieldkit-central`."""
        where = ["--data", str(self.home / "central"), "--json"]
        command = [sys.executable, "-m", "sync.server", verb, *where, *arguments]
        environment = {**os.environ, "PGSERVICEFILE": str(self.services)}
        done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
        if done.returncode:
            raise NotUp(f"{verb}: {done.stderr.strip()[-400:]}")
        return dict(json.loads(done.stdout))


def main() -> int:
    """Do one verb."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("verb", choices=[*VERBS, "prove"])
    options.add_argument("--home", type=Path, default=Path(tempfile.gettempdir()) / "fieldkit-cluster")
    told, rest = options.parse_known_args()
    if told.verb == "prove":
        return subprocess.run([sys.executable, str(HERE / "prove.py"), *rest], check=False).returncode
    cluster = Cluster(told.home)
    try:
        print(json.dumps(VERBS[told.verb](cluster)))
    except (Missing, NotUp) as wrong:
        print(wrong, file=sys.stderr)
        return 3 if isinstance(wrong, Missing) else 1
    return 0


def _up(cluster: Cluster) -> dict[str, Any]:
    cluster.up()
    return _tell(cluster)


def _tell(cluster: Cluster) -> dict[str, Any]:
    if not cluster.facts:
        raise NotUp(f"Nothing is up in {cluster.home}.")
    return {"home": str(cluster.home), "url": cluster.url, "members": cluster.members()}


def _timed(what: str, do: Callable[[], None]) -> dict[str, Any]:
    """`at`: when it began; `done`: when all of it was dead or stood still. An answer between the two proves nothing."""
    at = time.time()
    do()
    return {"killed": what, "at": at, "done": time.time()}


def _to_the_leader(cluster: Cluster, how: str) -> dict[str, Any]:
    wait_for(lambda: bool(cluster.leader()), UP_SECONDS, "nobody leads, so there is no leader to harm")
    node = cluster.leader()
    harm = {"killed": cluster.kill, "killed (PostgreSQL alone)": cluster.kill_postgres, "frozen": cluster.freeze}[how]
    return _timed(f"{node} {how}", lambda: harm(node))


def _mend(cluster: Cluster) -> dict[str, Any]:
    cluster.mend()
    return _tell(cluster)


def _down(cluster: Cluster) -> dict[str, Any]:
    cluster.down()
    return {"down": str(cluster.home)}


VERBS = {
    "up": _up,
    "status": _tell,
    "kill-leader": lambda cluster: _to_the_leader(cluster, "killed"),
    "kill-postgres": lambda cluster: _to_the_leader(cluster, "killed (PostgreSQL alone)"),
    "freeze-leader": lambda cluster: _to_the_leader(cluster, "frozen"),
    "kill-central": lambda cluster: _timed(CENTRALS[0], lambda: cluster.kill(CENTRALS[0])),
    "roll": lambda cluster: _timed("each, in order", cluster.roll),
    "mend": _mend,
    "down": _down,
}

if __name__ == "__main__":
    sys.exit(main())
