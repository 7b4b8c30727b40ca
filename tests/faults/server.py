"""Starts the command line again and again in processes of its own, each with a fault that waits for it.

Run under the layer (`shim.c`). It has loaded the whole program once; every question forks a process that runs
`fieldkit.__main__.main`, as the console script does, and is really killed. A line of JSON in, a line of JSON out.
"""

from __future__ import annotations

import ctypes
import io
import json
import os
import resource  # the program asks for it late, when another user may not read where it lies
import signal
import sys
from typing import Any

from fieldkit.__main__ import main
from fieldkit.commands import line
from fieldkit.commands.edge import Cost
from fieldkit.config import QUICK_KDF

LAYER = ctypes.CDLL(None)
LAYER.fault_count.restype = ctypes.c_long
LOADED = (line.fieldkit, resource)


class Heard(io.TextIOWrapper):
    """Standard output; what is acknowledged on it is marked in the record."""

    def write(self, text: str) -> int:
        """Mark the moment, then say it."""
        if text.startswith("ACK "):
            LAYER.fault_mark(text.split()[1].encode())
        return super().write(text)


def serve() -> None:
    """Answer until standard input ends."""
    for asked in sys.stdin:
        question = json.loads(asked)
        sys.stdout.write(json.dumps(answered(question)) + "\n")
        sys.stdout.flush()


def answered(question: dict[str, Any]) -> dict[str, Any]:
    """Run one command line in a process of its own; how it ended and how many calls it made."""
    told, tells = os.pipe()
    child = os.fork()
    if not child:
        os.close(told)
        play(question, tells)
    os.close(tells)
    with os.fdopen(told) as calls:
        counted = calls.read()
    _, ended = os.waitpid(child, 0)
    return {"code": os.waitstatus_to_exitcode(ended), "calls": int(counted or 0)}


def play(question: dict[str, Any], tells: int) -> None:
    """The process that may be killed; never returns."""
    for number, name, flags in ((0, os.devnull, os.O_RDONLY), (1, question["out"], 0), (2, question["err"], 0)):
        opened = os.open(name, flags or os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        os.dup2(opened, number)
        os.close(opened)
    sys.stdin, sys.stderr = os.fdopen(0, "r"), os.fdopen(2, "w")
    sys.stdout = Heard(open(1, "wb", buffering=0, closefd=False), encoding="utf-8", write_through=True)  # noqa: SIM115
    sys.argv = ["fieldkit", *question["words"]]
    signal.alarm(question["seconds"])
    fault = question["fault"]
    home, record = question["watched"].encode(), question["record"].encode()
    LAYER.fault_arm(home, fault["at"], fault["deed"], int(fault["on"]), record, fault["room"])
    if question["user"]:
        os.setgroups([])
        os.setgid(question["user"])
        os.setuid(question["user"])
    code: Any = 70
    try:
        main()
    except SystemExit as left:
        code = left.code
    finally:
        for stream in (sys.stdout, sys.stderr):
            stream.flush()
        os.write(tells, str(LAYER.fault_count()).encode())
        os._exit(code if isinstance(code, int) else 0)


if __name__ == "__main__":
    Cost.kdf = QUICK_KDF
    serve()
