"""A real browser without a window, spoken to through two pipes: no port, no library."""

from __future__ import annotations

import fcntl
import json
import os
import select
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

FOUND = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), "")
"""Where a browser is installed; empty where none is."""
_OPTIONS = (
    "--headless=new --no-sandbox --no-first-run --no-proxy-server --disable-gpu --disable-background-networking"
    " --disable-dev-shm-usage --disable-component-update --disable-sync --remote-debugging-pipe"
    " --window-size=800,1000 about:blank"
)
_PATIENCE = 60.0


class Tab:
    """One page of the browser."""

    def __init__(self, to: int, from_: int) -> None:
        self._to, self._from = to, from_
        self._rest = b""
        self._number = 0
        self._session = ""
        self.events: list[dict[str, Any]] = []
        target = self.ask("Target.createTarget", url="about:blank")["targetId"]
        self._session = self.ask("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Network", "Log", "Runtime"):
            self.ask(f"{domain}.enable")

    def ask(self, method: str, **params: Any) -> Any:
        """One command and its answer."""
        self._number += 1
        told = {"id": self._number, "method": method, "params": params}
        told |= {"sessionId": self._session} if self._session else {}
        os.write(self._to, json.dumps(told).encode() + b"\0")
        while (answer := self._next()).get("id") != self._number:
            self.events.append(answer)
        assert "error" not in answer, answer
        return answer["result"]

    def _next(self) -> dict[str, Any]:
        until = time.monotonic() + _PATIENCE
        while b"\0" not in self._rest:
            ready, _, _ = select.select([self._from], [], [], max(until - time.monotonic(), 0))
            assert ready, "the browser said nothing"
            part = os.read(self._from, 65536)
            assert part, "the browser is gone"
            self._rest += part
        one, _, self._rest = self._rest.partition(b"\0")
        told: dict[str, Any] = json.loads(one)
        return told

    def wait_for(self, method: str) -> None:
        """Until the browser has told of this."""
        while not any(event.get("method") == method for event in self.events):
            self.events.append(self._next())

    def go(self, address: str) -> None:
        """Open an address."""
        self.events.clear()
        self.ask("Page.navigate", url=address)
        self.wait_for("Page.loadEventFired")

    def value(self, script: str) -> Any:
        """What a script gives; a promise is waited for."""
        answer = self.ask("Runtime.evaluate", expression=script, returnByValue=True, awaitPromise=True)
        assert "exceptionDetails" not in answer, answer
        return answer["result"].get("value")

    def until(self, script: str) -> None:
        """Until a script gives something true."""
        self.value(
            f"new Promise((done) => {{ const look = () => ({script}) ? done(true) : setTimeout(look, 20); look(); }})"
        )

    def click(self, name: str) -> None:
        """A click in the middle of something."""
        script = f"(() => {{ const e = document.getElementById({name!r}); e.scrollIntoView({{block: 'center'}});"
        x, y, w, h = self.value(
            f"{script} const b = e.getBoundingClientRect(); return [b.x, b.y, b.width, b.height] }})()"
        )
        for kind in ("mousePressed", "mouseReleased"):
            self.ask("Input.dispatchMouseEvent", type=kind, x=x + w / 2, y=y + h / 2, button="left", clickCount=1)

    def stroke(self, places: list[tuple[float, float]], pointer: str = "mouse") -> None:
        """A stroke with the mouse or a pen, a real pointer all the way."""
        told = {"button": "left", "buttons": 1, "pointerType": pointer, "clickCount": 1}
        for at, (x, y) in enumerate([*places, places[-1]]):
            kind = "mousePressed" if at == 0 else "mouseReleased" if at == len(places) else "mouseMoved"
            self.ask("Input.dispatchMouseEvent", type=kind, x=x, y=y, **told)

    def touch(self, places: list[tuple[float, float]]) -> None:
        """A stroke with a finger."""
        for at, (x, y) in enumerate(places):
            self.ask(
                "Input.dispatchTouchEvent", type="touchMove" if at else "touchStart", touchPoints=[{"x": x, "y": y}]
            )
        self.ask("Input.dispatchTouchEvent", type="touchEnd", touchPoints=[])

    def asked_for(self) -> list[str]:
        """Every address the browser asked for."""
        return [e["params"]["request"]["url"] for e in self.events if e.get("method") == "Network.requestWillBeSent"]

    def complaints(self) -> list[str]:
        """What the browser's console says went wrong."""
        return [e["params"]["entry"]["text"] for e in self.events if e.get("method") == "Log.entryAdded"]


@contextmanager
def browser(home: Path) -> Iterator[Tab]:
    """A browser with a home of its own, gone afterwards."""
    ends = [fcntl.fcntl(end, fcntl.F_DUPFD, 20) for end in (*os.pipe(), *os.pipe())]
    theirs_in, ours_out, ours_in, theirs_out = ends
    command = f'exec "$0" "$@" 3<&{theirs_in} 4>&{theirs_out}'
    process = subprocess.Popen(
        ["bash", "-c", command, FOUND, f"--user-data-dir={home}", *_OPTIONS.split()],
        pass_fds=(theirs_in, theirs_out),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    os.close(theirs_in)
    os.close(theirs_out)
    try:
        yield Tab(ours_out, ours_in)
    finally:
        os.close(ours_out)  # the browser ends with its pipe
        os.close(ours_in)
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
