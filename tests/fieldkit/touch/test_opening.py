"""Opening the page in a browser: one with a window, and never a word of it over the screen."""

from __future__ import annotations

import webbrowser
from pathlib import Path

import pytest

from fieldkit.touch import browser


def test_a_browser_of_text_would_take_the_terminal_and_is_none() -> None:
    assert not browser.has_window(webbrowser.GenericBrowser("lynx"))
    assert not browser.has_window(webbrowser.UnixBrowser("elinks"))
    assert browser.has_window(webbrowser.BackgroundBrowser("xdg-open"))
    assert browser.has_window(webbrowser.UnixBrowser("chromium"))


def test_it_is_started_deaf_and_mute(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    told = tmp_path / "told"
    script = tmp_path / "browser"
    script.write_text(f'#!/bin/sh\necho noise; echo noise >&2; cat; printf %s "$1" > {told}\n')
    script.chmod(0o700)
    started = browser.start(str(script), "http://127.0.0.1:1/x")
    assert started is not None
    assert started.wait(20) == 0
    assert told.read_text() == "http://127.0.0.1:1/x"
    assert capfd.readouterr() == ("", "")


def test_one_that_cannot_be_started_is_none(tmp_path: Path) -> None:
    assert browser.start(str(tmp_path / "nowhere"), "http://127.0.0.1:1/x") is None
