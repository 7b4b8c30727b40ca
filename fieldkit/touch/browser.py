"""Opening an address in this laptop's browser, without a word of the browser's over the screen."""

from __future__ import annotations

import subprocess
import webbrowser
from typing import Protocol

_OF_TEXT = frozenset({"elinks", "links", "lynx", "w3m", "www-browser"})


class Browser(Protocol):
    """What the standard library finds."""

    name: str

    def open(self, url: str) -> bool: ...


def has_window(browser: object) -> bool:
    """Whether this is a browser with a window of its own; one of text would take the terminal from us."""
    return type(browser) is not webbrowser.GenericBrowser and getattr(browser, "name", "") not in _OF_TEXT


def open_in_browser(address: str, platform: str) -> bool:
    """Open it where there is a browser with a window; False where there is none."""
    try:
        browser = webbrowser.get()
    except webbrowser.Error:
        return False
    if not has_window(browser):
        return False
    if platform in ("win32", "darwin"):
        return browser.open(address)
    return start(str(browser.name), address) is not None


def start(name: str, address: str) -> subprocess.Popen[bytes] | None:
    """By its name, deaf and mute: what browsers print would stand across the screen. None where there is none."""
    deaf = subprocess.DEVNULL
    try:
        return subprocess.Popen([name, address], stdin=deaf, stdout=deaf, stderr=deaf, start_new_session=True)
    except OSError:
        return None
