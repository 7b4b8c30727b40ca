"""`fieldkit` in a process of its own without the second that its imports take: forked from one that has them all.

For stories that start it dozens of times. `python warm_fieldkit.py SOCKET VERB…` hands arguments and its own three
streams to the warm process, whose child is the verb; it opens, locks and leaves a store as any other process does.
"""

from __future__ import annotations

import array
import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

HERE = Path(__file__)


@contextmanager
def warmed(folder: Path) -> Iterator[tuple[str, ...]]:
    """The program, warm while this lasts; where a process cannot fork, the plain one."""
    if not hasattr(os, "fork"):
        yield (str(HERE.with_name("quick_fieldkit.py")),)
        return
    place = folder / "warm"
    with subprocess.Popen([sys.executable, str(HERE), str(place)], stdout=subprocess.PIPE) as warm:
        assert warm.stdout is not None
        warm.stdout.readline()
        try:
            yield ("-I", "-S", str(HERE), str(place))
        finally:
            warm.terminate()


def ask(place: str, words: list[str]) -> int:
    """Have a verb run; its exit code."""
    with socket.socket(socket.AF_UNIX) as line:
        line.connect(place)
        told = json.dumps([words, os.getcwd(), dict(os.environ)]).encode()
        streams = array.array("i", [0, 1, 2])
        line.sendmsg([len(told).to_bytes(4, "big")], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, streams)])
        line.sendall(told)
        return int(line.recv(8) or b"70")


def serve(place: str) -> None:
    """Import everything once, then fork for each that asks."""
    sys.path.insert(0, str(HERE.parents[2]))
    from fieldkit.commands.edge import Cost
    from fieldkit.commands.line import fieldkit as _  # noqa: F401 - the imports are what is warm
    from fieldkit.config import QUICK_KDF

    Cost.kdf = QUICK_KDF
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    with socket.socket(socket.AF_UNIX) as door:
        door.bind(place)
        door.listen(16)
        print("warm", flush=True)  # noqa: T201 - the word that it listens
        while True:
            line, _address = door.accept()
            if os.fork() == 0:
                signal.signal(signal.SIGCHLD, signal.SIG_DFL)
                door.close()
                _run(line)
            line.close()


def _run(line: socket.socket) -> None:
    streams = array.array("i")
    head, sent, *_ = line.recvmsg(4, socket.CMSG_SPACE(3 * streams.itemsize))
    streams.frombytes(sent[0][2])
    told = line.recv(int.from_bytes(head, "big"), socket.MSG_WAITALL)
    words, folder, environment = json.loads(told)
    for place, stream in enumerate(streams):
        os.dup2(stream, place)
    # What stood here knows of the warm process's streams, whether they can be sought in.
    sys.stdin, sys.stdout, sys.stderr = (open(place, mode, closefd=False) for place, mode in enumerate("rww"))  # noqa: SIM115
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environment)
    sys.argv = ["fieldkit", *words]
    line.sendall(str(_code()).encode())
    os._exit(0)


def _code() -> int:
    from fieldkit.__main__ import main

    code = 0
    try:
        main()
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else int(end.code is not None)
    sys.stdout.flush()
    sys.stderr.flush()
    return code


if __name__ == "__main__":
    if len(sys.argv) == 2:
        serve(sys.argv[1])
    sys.exit(ask(sys.argv[1], sys.argv[2:]))
