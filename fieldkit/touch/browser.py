"""Opening an address in this laptop's browser, without a word of the browser's over the screen."""

from __future__ import annotations

import subprocess
import webbrowser
from typing import Protocol


class Browser(Protocol):
    """What the standard library finds."""

    name: str

    def open(self, url: str) -> bool: ...


def has_window(browser: object) -> bool:
    """Whether this is a browser with a window of its own; one of text would take the terminal from us."""
    return type(browser) is not webbrowser.GenericBrowser


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
    return _started(str(browser.name), address)


def _started(name: str, address: str) -> bool:
    """By its name, deaf and mute: what browsers print would stand across the screen."""
    deaf = subprocess.DEVNULL
    try:
        subprocess.Popen([name, address], stdin=deaf, stdout=deaf, stderr=deaf, start_new_session=True)
    except OSError:
        return False
    return True
