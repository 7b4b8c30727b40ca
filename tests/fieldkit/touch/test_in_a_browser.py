"""The page in a real browser: read, signed with a mouse, a pen and a finger, and nothing asked of any network."""

from __future__ import annotations

import math
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from fieldkit.config import SystemClock
from fieldkit.touch.page import TITLE, Shown
from fieldkit.touch.protocol import Given
from fieldkit.touch.server import Around, TouchPage
from tests.fieldkit.touch.chromium import FOUND, Tab, browser

pytestmark = [
    pytest.mark.browser,
    pytest.mark.long,
    pytest.mark.skipif(not FOUND, reason="no Chromium is installed here"),
]
URDU = "ہم جو بات کرتے ہیں اسے لکھتے ہیں۔\nAgreed <b>by</b>: Ngozi & Söhne\n"


class Desk:
    """The page, and what was said on it."""

    def __init__(self, text: str = URDU, language: str = "ur") -> None:
        self.said: list[Given] = []
        self.heard = threading.Event()
        self.page = TouchPage(Shown(text, language, "Ngozi Okafor", "Asha"), self.take, Around(SystemClock()))

    def take(self, given: Given) -> None:
        self.said.append(given)
        self.heard.set()


@contextmanager
def opened(home: Path, text: str = URDU, language: str = "ur") -> Iterator[tuple[Tab, Desk]]:
    desk = Desk(text, language)
    desk.page.begin()
    try:
        with browser(home) as tab:
            tab.go(desk.page.address)
            yield tab, desk
    finally:
        desk.page.close()


def wave(tab: Tab, down: float, many: int = 30) -> list[tuple[float, float]]:
    """A line with hills on the pad."""
    tab.value("document.getElementById('pad').scrollIntoView({block: 'center'})")
    x, y, w, h = tab.value(
        "(() => { const b = document.getElementById('pad').getBoundingClientRect();"
        " return [b.x, b.y, b.width, b.height] })()"
    )
    return [(x + 20 + (w - 40) * at / many, y + h * down + 20 * math.sin(at / 3)) for at in range(many)]


def test_it_is_read_signed_and_gone(tmp_path: Path) -> None:
    with opened(tmp_path) as (tab, desk):
        assert tab.value("document.getElementById('text').textContent") == URDU
        assert tab.value("getComputedStyle(document.getElementById('text')).direction") == "rtl"
        assert tab.value("document.getElementById('text').lang") == "ur"
        assert tab.value("parseFloat(getComputedStyle(document.getElementById('text')).fontSize)") >= 24
        assert tab.value("document.title") == TITLE
        tab.stroke(wave(tab, 0.3))
        tab.stroke(wave(tab, 0.5), pointer="pen")
        tab.touch(wave(tab, 0.6))
        tab.stroke(wave(tab, 0.8))
        tab.click("again")
        tab.click("done")
        tab.until("document.getElementById('said').textContent.startsWith('Thank you')")
        assert desk.heard.wait(10)
        (given,) = desk.said
        assert given.method == "drawn"
        assert len(given.strokes) == 3, "mouse, pen and finger; the last one was taken back"
        assert all(len(stroke) >= 20 for stroke in given.strokes)
        times = [point[2] for stroke in given.strokes for point in stroke]
        assert times == sorted(times)
        assert times[0] == 0
        assert given.read_to == 100
        assert "Ngozi" not in tab.value("document.documentElement.outerHTML"), "nothing of it is left on the page"
        assert {address for address in tab.asked_for() if address != f"{desk.page.address}"} <= {
            f"{desk.page.address.rpartition('/')[0]}/favicon.ico"
        }
        assert [line for line in tab.complaints() if "favicon" not in line and "404" not in line] == []
        assert desk.page.gone(within=10)


def test_a_long_text_is_counted_as_far_as_it_was_on_the_screen(tmp_path: Path) -> None:
    with opened(tmp_path, "A line of it.\n" * 400, "en") as (tab, desk):
        tab.value("window.scrollTo(0, document.getElementById('text').offsetHeight / 2)")
        tab.until("window.scrollY > 100")
        tab.value("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
        tab.value("document.getElementById('no').click()")
        assert "once more" in tab.value("document.getElementById('said').textContent")
        assert desk.said == []
        tab.value("document.getElementById('no').click()")
        assert desk.heard.wait(20)
        assert desk.said[0].method == "refused"
        assert 45 < desk.said[0].read_to < 70


def test_an_empty_pad_is_not_sent_asking_signs_nothing_and_a_second_window_sees_nothing(tmp_path: Path) -> None:
    with opened(tmp_path, "Zgoda.", "pl") as (tab, desk):
        tab.click("done")
        assert "Nic jeszcze" in tab.value("document.getElementById('said').textContent")
        tab.click("ask")
        assert "Asha" in tab.value("document.getElementById('said').textContent")
        assert desk.said == []
        assert tab.value("fetch(location.href, {credentials: 'omit'}).then((answer) => answer.status)") == 404
        assert tab.value("fetch('/').then((answer) => answer.status)") == 404
        blocked = "fetch('http://127.0.0.1:1/').then(() => 'sent', () => 'blocked')"
        assert tab.value(blocked) == "blocked"
        tab.value("document.body.append(Object.assign(document.createElement('script'), {text: 'window.ran = 1'}))")
        assert tab.value("window.ran") is None, "no script runs that did not come with the page"
