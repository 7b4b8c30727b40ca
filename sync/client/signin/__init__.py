"""Sign-in on the device: what to ask the provider (`states`, pure), how it is asked (`flows`), what comes of it
(`session`). The device talks to the provider; central looks at what it said.
"""

from sync.client.signin.failures import SignInFailed
from sync.client.signin.flows import Hands, by_browser, by_device_code, refreshed
from sync.client.signin.session import (
    Session,
    about_central,
    begin,
    brings,
    end,
    new_token,
    of_enrolment,
    prepared,
    renew,
)
from sync.client.signin.states import About, Came

__all__ = [
    "About",
    "Came",
    "Hands",
    "Session",
    "SignInFailed",
    "about_central",
    "begin",
    "brings",
    "by_browser",
    "by_device_code",
    "end",
    "new_token",
    "of_enrolment",
    "prepared",
    "refreshed",
    "renew",
]
