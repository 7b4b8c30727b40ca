"""A laptop's line to central, with what can happen to a request on its way. Bytes are lost, doubled and bent for real.

Each fate hits one request of a sync. To add one: a method of `Line`, named as the fate.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import httpx

Hear = Callable[[bytes], None]
FATES = (
    "lose_the_request",
    "lose_the_answer",
    "say_it_twice",
    "hear_the_second_answer",
    "hold_the_request_back",
    "replay_an_old_one",
    "cut_the_answer",
    "bend_the_answer",
    "bend_the_request",
)


@dataclass
class Sent:
    """A request as it left."""

    request: httpx.Request

    def again(self) -> httpx.Request:
        """The same bytes once more."""
        asked = self.request
        return httpx.Request(asked.method, asked.url, headers=asked.headers, content=asked.content)


@dataclass
class Wires:
    """What lies between all laptops and central: the transport, requests done, requests that lie about somewhere."""

    inner: httpx.HTTPTransport = field(default_factory=httpx.HTTPTransport)
    done: list[Sent] = field(default_factory=list)
    """What central has answered as it was asked."""
    held_back: list[tuple[Sent, Hear]] = field(default_factory=list)

    def carry(self, request: httpx.Request, hear: Hear) -> httpx.Response:
        """Bring a request to central; what it answers is listened to."""
        answer = self.inner.handle_request(request)
        content = answer.read()
        answer.close()
        hear(content)
        if answer.status_code == 200:
            self.done.append(Sent(request))
        return _answer(answer, content)

    def deliver(self) -> None:
        """What was held back arrives at last, in order; nobody waits for the answers."""
        while self.held_back:
            sent, hear = self.held_back.pop(0)
            self.carry(sent.again(), hear)


class Line(httpx.BaseTransport):
    """One laptop's line for one sync; request number `at` meets its fate."""

    def __init__(self, wires: Wires, hear: Hear, fate: str = "", at: int = 1) -> None:
        self.wires, self.hear, self.fate, self.at = wires, hear, fate, at
        self.requests = 0

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Bring a request to central, or let it meet its fate."""
        request.read()
        self.requests += 1
        if self.fate and self.requests == self.at:
            answer: httpx.Response = getattr(self, self.fate)(request)
            return answer
        return self._carry(request)

    def close(self) -> None:
        """The wires stay."""

    def _carry(self, request: httpx.Request) -> httpx.Response:
        return self.wires.carry(Sent(request).again(), self.hear)

    def lose_the_request(self, request: httpx.Request) -> httpx.Response:
        """It never arrives."""
        raise httpx.ConnectError("the line is dead")

    def lose_the_answer(self, request: httpx.Request) -> httpx.Response:
        """It arrives and is done; nobody hears so."""
        self._carry(request)
        raise httpx.ReadError("the line is dead")

    def say_it_twice(self, request: httpx.Request) -> httpx.Response:
        """It arrives twice; the second is known for a repetition."""
        answer = self._carry(request)
        assert self._carry(request).status_code in (401, 403), "a repetition is refused"
        return answer

    def hear_the_second_answer(self, request: httpx.Request) -> httpx.Response:
        """It arrives twice; only the second answer comes back."""
        self._carry(request)
        return self._carry(request)

    def hold_the_request_back(self, request: httpx.Request) -> httpx.Response:
        """It lies about somewhere, and arrives after others."""
        self.wires.held_back.append((Sent(request), self.hear))
        raise httpx.ReadTimeout("nobody answers")

    def replay_an_old_one(self, request: httpx.Request) -> httpx.Response:
        """Somebody says an older request once more, of this laptop or another."""
        for old in self.wires.done[-3:]:
            assert self.wires.carry(old.again(), _deaf).status_code != 200, "a replay is refused"
        return self._carry(request)

    def cut_the_answer(self, request: httpx.Request) -> httpx.Response:
        """Half of it comes."""
        whole = self._carry(request)
        content = whole.read()
        return _answer(whole, content[: len(content) // 2])

    def bend_the_answer(self, request: httpx.Request) -> httpx.Response:
        """One bit of it comes otherwise."""
        whole = self._carry(request)
        return _answer(whole, _bent(whole.read()))

    def bend_the_request(self, request: httpx.Request) -> httpx.Response:
        """One bit of it arrives otherwise."""
        other = httpx.Request(request.method, request.url, headers=request.headers, content=_bent(request.content))
        return self.wires.carry(other, self.hear)


def _answer(answer: httpx.Response, content: bytes) -> httpx.Response:
    return httpx.Response(answer.status_code, headers=answer.headers, stream=httpx.ByteStream(content))


def _bent(content: bytes) -> bytes:
    place = len(content) // 2
    return content[:place] + bytes([content[place] ^ 0x10]) + content[place + 1 :]


def _deaf(_content: bytes) -> None:
    """Nobody listens to the answer of a replay."""
