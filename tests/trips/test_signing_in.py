"""A council with a sign-in: a working day from enrolment to the last sync, in the app and on the command line."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest

from fieldkit.config import QUICK_KDF
from fieldkit.errors import CentralAway, Refused, SignInNeeded
from fieldkit.tui.when import state_line
from fieldkit.workspace import Workspace, create_workspace
from fieldkit.workspace.signing_in import Newcomer
from sync.client import signin
from sync.client.http import HttpCentral
from sync.client.signin import Hands
from tests.central_fixture import ROOT, RunningCentral
from tests.oidc_provider import Provider, serving
from tests.sync.server.signing_council import Council
from tests.trips.conftest import PASSPHRASE, Laptops
from tests.trips.test_files import PHOTO, SEAL, taken

WORD = "Zimnavoda"


@dataclass
class Morning:
    """A council with a sign-in, its laptops, and a person's hands at a browser."""

    council: Council
    laptops: Laptops

    @property
    def provider(self) -> Provider:
        return self.council.provider

    @property
    def url(self) -> str:
        return self.council.central.url

    def new(self, name: str) -> Workspace:
        """A laptop nobody has enrolled."""
        made = create_workspace(self.laptops.folder / name, PASSPHRASE, clock=self.laptops.clock, kdf=QUICK_KDF)
        self.laptops.open.append(made)
        return made

    def hands(self) -> Hands:
        return Hands(browse, lambda _address, _code: None, lambda _seconds: None, patience=20.0)


def browse(address: str) -> None:
    """Follow the provider's page back, as a browser does."""
    threading.Thread(target=lambda: httpx.get(address, follow_redirects=True, verify=False), daemon=True).start()


@pytest.fixture
def morning(central: RunningCentral, laptops: Laptops) -> Iterator[Morning]:
    with serving(lambda: central.clock.at.timestamp()) as provider:
        council = Council(central, provider)
        council.set()
        yield Morning(council, laptops)


def test_a_day_with_a_sign_in(morning: Morning) -> None:
    morning.council.set(required=False)
    asha = morning.laptops.of("Asha Patel")
    morning.council.set()
    asha.add_family(WORD)
    with pytest.raises(SignInNeeded):
        asha.sync()
    # What was written is at central all the same.
    assert asha.status().waiting == 0
    asha.add_family("Another")
    asha.sign_in(morning.hands())
    assert (asha.sync().pushed, asha.status().waiting) == (1, 0)
    # Coffee: the access token has ended, the renewal goes by itself, the provider is asked once more.
    morning.council.central.clock.pass_time(hours=2)
    morning.provider.asked.clear()
    asha.sync()
    assert morning.provider.asked.count("/token") == 1
    assert asha.signed_in_until() is not None
    # The evening: the session is over, whatever is renewed.
    morning.council.central.clock.pass_time(hours=11)
    with pytest.raises(SignInNeeded):
        asha.sync()
    assert asha.store.session.find() is None
    morning.provider.polls = ["authorization_pending"]
    asha.sign_in(morning.hands(), device_code=True)
    asha.sync()
    assert asha.sign_out()
    with pytest.raises(SignInNeeded):
        asha.sync()


def test_without_a_sign_in_files_go_as_words_do_and_what_waits_is_said_plainly(morning: Morning) -> None:
    morning.council.set(required=False)
    asha, marek = morning.laptops.of("Asha Patel"), morning.laptops.of("Marek Nowak")
    home = asha.add_family(WORD)
    asha.sync()
    morning.council.central.grant("Marek Nowak", f"family:{home}")
    marek.sync()
    morning.council.set(push_without=False)
    taken(asha, home)
    with pytest.raises(SignInNeeded):
        asha.sync()
    assert (asha.status().waiting, asha.status().files, asha.status().sign_in) == (1, 1, True)
    morning.council.set(push_without=True)
    with pytest.raises(SignInNeeded):
        asha.sync()
    assert (asha.status().waiting, asha.status().files) == (0, 0)
    with morning.council.central.rows() as rows:
        assert rows.execute("select whole from attachment").fetchall() == [(True,)]
    # What comes from central waits for the sign-in, words and files alike.
    with pytest.raises(SignInNeeded):
        marek.sync()
    assert "sign in" in state_line(marek.status(), marek.clock.now())
    asha.sign_in(morning.hands())
    asha.sync()
    assert "sign in" not in state_line(asha.status(), asha.clock.now())
    morning.council.set(required=False)
    marek.sync()
    assert (marek.store.attachments.content(SEAL), marek.status().files) == (PHOTO, 0)


def test_a_leaver_gets_nothing_new_and_keeps_the_right_to_hand_work_in(morning: Morning) -> None:
    morning.council.set(required=False)
    asha = morning.laptops.of("Asha Patel")
    asha.sign_in(morning.hands())
    morning.council.set()
    asha.sync()
    morning.provider.account.enabled = False
    asha.add_family(WORD)
    morning.council.central.clock.pass_time(minutes=10)
    with pytest.raises(SignInNeeded):
        asha.sync()
    assert asha.status().waiting == 0
    with pytest.raises(Refused, match="refused"):
        asha.sign_in(morning.hands())


def test_a_provider_that_is_away_ends_no_session(morning: Morning) -> None:
    morning.council.set(required=False)
    asha = morning.laptops.of("Asha Patel")
    asha.sign_in(morning.hands())
    morning.council.set()
    morning.council.central.clock.pass_time(minutes=11)
    morning.provider.raw = {"/token": (503, "text/html", b"")}
    with pytest.raises(SignInNeeded):
        asha.sync()
    with pytest.raises(CentralAway):
        asha.sign_in(morning.hands())
    morning.provider.raw = {}
    morning.council.central.clock.pass_time(minutes=1)
    asha.sync()


def test_a_renewal_whose_answer_was_lost_costs_the_worker_nothing(morning: Morning) -> None:
    morning.council.set(required=False)
    asha = morning.laptops.of("Asha Patel")
    asha.sign_in(morning.hands())
    morning.council.set()
    morning.council.central.clock.pass_time(minutes=11)
    held = asha.store.session.find()
    assert held is not None
    asking = signin.prepared(held)
    asha.store.session.keep(asking)
    with HttpCentral(morning.url, replace(asha.identity, session=str)) as line:
        came = signin.refreshed(held.about, held.provider_refresh)
        signin.renew(line, asking, came)
    # Cut off here: central has renewed, the laptop has not heard of it.
    asha.store.session.keep(replace(asking, provider_refresh=came.refresh))
    asha.sync()
    assert asha.signed_in_until() is not None


def test_a_laptop_is_enrolled_by_code_and_sign_in_or_by_a_sign_in_alone_as_the_council_sets_it(
    morning: Morning,
) -> None:
    council, central = morning.council, morning.council.central
    council.set(enrol="both")
    asha = morning.new("asha")
    with pytest.raises(SignInNeeded):
        asha.enrol(morning.url, central.code("Asha Patel"), "laptop")
    with pytest.raises(Refused, match="does not enrol"):
        asha.enrol_signed_in(Newcomer(morning.url), morning.hands())
    with pytest.raises(Refused, match="code is not valid"):
        asha.enrol_signed_in(Newcomer(morning.url, "AAAA-AAAA-AAAA"), morning.hands())
    asha.enrol_signed_in(Newcomer(morning.url, central.code("Asha Patel")), morning.hands())
    assert (asha.me.worker, asha.status().last_sync is not None) == ("Asha Patel", True)
    # Another person's code with the same account.
    with pytest.raises(Refused, match="another person"):
        morning.new("ben").enrol_signed_in(Newcomer(morning.url, central.code("Ben Carter")), morning.hands())
    council.set(enrol="sign-in")
    morning.provider.account.subject, morning.provider.account.name = "subject-lena", "Lena Hart"
    morning.provider.account.roles = ["fieldkit-lead"]
    lena = morning.new("lena")
    with pytest.raises(Refused, match="does not enrol"):
        lena.enrol_signed_in(Newcomer(morning.url, device_code=True), morning.hands())
    lena.enrol_signed_in(Newcomer(morning.url), morning.hands())
    assert (lena.me.worker, lena.me.role) == ("Lena Hart", "lead")
    # A namesake with another account becomes nobody's colleague by name: a code is needed.
    morning.provider.account.subject = "subject-another-lena"
    with pytest.raises(Refused, match="does not enrol"):
        morning.new("namesake").enrol_signed_in(Newcomer(morning.url), morning.hands())


def test_no_token_is_in_any_file_of_the_laptop_nor_in_what_can_be_shown_of_it(morning: Morning) -> None:
    morning.council.set(enrol="both")
    asha = morning.new("asha")
    asha.enrol_signed_in(Newcomer(morning.url, morning.council.central.code("Asha Patel")), morning.hands())
    morning.council.central.clock.pass_time(minutes=11)
    asha.sync()
    held = asha.store.session.find()
    assert held is not None
    secrets = [held.access, held.refresh, held.provider_refresh, *morning.provider.given]
    assert [secret for secret in secrets if secret in repr(held) + repr(asha.identity)] == []
    asha.close()
    files = [each for each in asha.vault.home.rglob("*") if each.is_file()]
    assert files
    for each in files:
        content = each.read_bytes()
        assert [secret for secret in secrets if secret.encode() in content] == [], each.name


# -- the command line, as people and scripts use it


@pytest.fixture
def real_hours(central: RunningCentral) -> RunningCentral:
    """A central that goes by the clock of the machine, as the command line does."""
    central.clock.at = datetime.now(UTC)
    return central


class Line:
    """The command line of one device."""

    def __init__(self, folder: Path) -> None:
        self.home, self.secret = folder / "device", folder / "secret"
        self.secret.write_text(PASSPHRASE, "utf-8")

    def begin(self, *words: str) -> subprocess.Popen[str]:
        """Start a verb."""
        command = [sys.executable, "-m", "fieldkit", "--home", str(self.home), "--passphrase-file", str(self.secret)]
        environment = {**os.environ, "PYTHONUTF8": "1"}
        return subprocess.Popen(
            [*command, *words], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment
        )

    def run(self, *words: str) -> tuple[int, str]:
        """Run a verb to its end."""
        process = self.begin(*words)
        out, err = process.communicate(timeout=60)
        return process.returncode, out + err

    def sign_in(self, *words: str) -> tuple[int, str]:
        """Sign in, opening what it says to open."""
        process = self.begin("sign-in", "--no-browser", *words)
        assert process.stderr is not None
        for said in process.stderr:
            if said.startswith("http"):
                httpx.get(said.strip(), follow_redirects=True, verify=False)
                break
        out, err = process.communicate(timeout=60)
        return process.returncode, out + err


@pytest.mark.long
def test_both_flows_on_the_command_line(real_hours: RunningCentral, tmp_path: Path) -> None:
    with serving(lambda: real_hours.clock.at.timestamp()) as provider:
        council, line = Council(real_hours, provider), Line(tmp_path)
        council.set(enrol="both")
        assert line.run("init")[0] == 0
        code = tmp_path / "code"
        code.write_text(real_hours.code("Asha Patel"), "utf-8")
        done = line.sign_in("--enrol", real_hours.url, "--code-file", str(code))
        assert done == (0, "Enrolled and signed in for Asha Patel.\n")
        assert line.run("sync")[0] == 0
        assert line.run("sign-out") == (0, "Signed out.\n")
        status, said = line.run("sync")
        assert (status, "fieldkit sign-in" in said) == (8, True)
        real_hours.clock.at = datetime.now(UTC)
        status, said = line.run("sign-in", "--device-code")
        assert (status, "WDJB-MJHT" in said, "Signed in until" in said) == (0, True, True)
        assert line.run("sync")[0] == 0
        assert [secret for secret in provider.given if secret in said] == []
