"""A scripted day of two laptops and a central, every verb a process of its own; then all that any of them said aloud.

Scorecard row 53. What is heard: standard error of every process, central's request log, PostgreSQL's log, and the
arguments and variables of the processes that stay. What must be in none of it: names and answers of a family, reasons,
passphrases, codes, keys. Standard output is data for who asked, and is not among it.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.error import URLError
from urllib.request import Request, urlopen

from fieldkit.commands.practice.council import answers
from tests.faults.canaries import Canaries

ROOT = Path(__file__).resolve().parents[2]
FAMILY, GIVER, NOTE, WHY, SCHOOL = (
    "Zimnavoda",
    "Orsolwyn Quist",
    "ravens-at-the-sill",
    "because-of-the-loft",
    "Brackle Mill",
)
OLD, NEW, KEEPERS = (
    "quartz herring lantern bayou",
    "velvet anchor tundra pixie",
    ("plumbob ferry cactus", "yonder copper fig"),
)
QUIET = {"PYTHONDONTWRITEBYTECODE": "1"}


@dataclass(slots=True)
class Day:
    """One day: its folder, where central answers, and what has been heard so far."""

    folder: Path
    url: str = ""
    heard: dict[str, bytes] = field(default_factory=dict, repr=False)
    """By process, all that it said aloud."""
    secrets: dict[str, str] = field(default_factory=dict, repr=False)
    codes: list[int] = field(default_factory=list)
    """How the laptops' verbs ended."""

    def file(self, name: str, content: str) -> str:
        """A file for an option; its path."""
        (self.folder / name).write_text(content, "utf-8")
        return str(self.folder / name)

    def central(self, *words: str) -> str:
        """A verb of central's; what it printed."""
        group, rest = (words[:2], words[2:]) if words[0] == "council-key" else (words[:1], words[1:])
        command = ["-m", "sync.server", *group, "--data", str(self.folder / "central"), *rest]
        return self._ran(command, f"central {words[0]}").stdout

    def laptop(self, who: str, *words: str, passphrase: str = OLD) -> str:
        """A verb of a laptop's; what it printed."""
        place = ["--home", str(self.folder / who), "--passphrase-file", self.file(f"{who}.pass", passphrase)]
        done = self._ran(["-m", "tests.trips.quick_fieldkit", *place, *words], f"{who} {words[0]}")
        self.codes.append(done.returncode)
        return done.stdout.removeprefix("ACK ").strip()

    def _ran(self, command: list[str], name: str) -> subprocess.CompletedProcess[str]:
        done = subprocess.run(
            [sys.executable, *command], cwd=ROOT, env=os.environ | QUIET, capture_output=True, text=True, check=False
        )
        self.heard[f"{len(self.heard)} {name}"] = done.stderr.encode()
        return done

    def code(self, worker: str, role: str = "worker") -> str:
        """A code for a laptop, which is secret too."""
        made = str(json.loads(self.central("code", "--worker", worker, "--role", role, "--json"))["code"])
        self.secrets[f"code {len(self.secrets)}"] = made
        return made


def lived(folder: Path) -> Day:
    """The whole day."""
    day = Day(folder)
    day.secrets |= {"family": FAMILY, "giver": GIVER, "note": NOTE, "reason": WHY, "agency": SCHOOL}
    day.secrets |= {"passphrase": OLD, "new passphrase": NEW, "keeper 1": KEEPERS[0], "keeper 2": KEEPERS[1]}
    day.central("init", "--council", "Practice Council")
    with serving(day):
        begun(day)
        record, family = worked(day)
        mistaken(day, record, family)
        shared(day, record, family)
        strangers(day)
        recovered(day)
        ended(day)
        looked_at(day)
    day.laptop("asha", "sync", passphrase=NEW)
    for log in (folder / "central").rglob("*.log"):
        day.heard[log.name] = log.read_bytes()
    return day


@contextmanager
def serving(day: Day) -> Iterator[None]:
    """Central serves, and logs every request."""
    words = ("serve", "--data", str(day.folder / "central"), "--port", "0", "--log")
    said = day.folder / "central.stderr"
    with said.open("wb") as err:
        process = subprocess.Popen(
            [sys.executable, "-m", "sync.server", *words], cwd=ROOT, stdout=subprocess.PIPE, stderr=err, text=True
        )
        assert process.stdout is not None
        day.url = str(json.loads(process.stdout.readline())["url"])
        try:
            yield
        finally:
            process.terminate()
            process.wait(60)
            process.stdout.close()
    day.heard["central serve --log"] = said.read_bytes()


def begun(day: Day) -> None:
    """Two laptops are made and enrolled; the council's key is set."""
    keepers = [day.file(f"keeper{number}", words) for number, words in enumerate(KEEPERS)]
    day.file("request", "")
    for who, name in (("asha", "Asha Patel"), ("ben", "Ben Clarke")):
        day.laptop(who, "init", "--no-keyring", "--person", name[0])
        day.laptop(who, "enrol", day.url, day.code(name))
    day.code("Lena Lead", "lead")
    day.code("Ina Gove", "ig")
    made = ("--first-passphrase-file", keepers[0], "--second-passphrase-file", keepers[1], "--json")
    public = json.loads(day.laptop("asha", "council-key", "make", "--out", str(day.folder / "council.key"), *made))
    day.central("council-key", "set", public["public"], "--by", "Lena Lead", "--second", "Ina Gove")


def worked(day: Day) -> tuple[str, str]:
    """A visit is written, and the same place changed on both laptops; the visit and its family."""
    said = day.file(
        "visit.json", json.dumps(json.loads(answers("visit")) | {"d/done/work": NOTE, "b/there/present": GIVER})
    )
    record = day.laptop("asha", "capture", "visit", "--answers", said, "--family-name", FAMILY)
    family = json.loads(day.laptop("asha", "show", record, "--json"))["family"]
    day.laptop("asha", "capture", "visit", "--answers", said, "--family", family, "--draft")
    day.laptop("asha", "sync")
    day.central("grant", "Ben Clarke", f"family:{family}")
    day.laptop("ben", "sync")
    for who in ("asha", "ben"):
        day.laptop(who, "edit", record, "--set", f"d/done/work={NOTE} {who}")
        day.laptop(who, "sync")
    day.laptop("asha", "sync")
    found = json.loads(day.laptop("asha", "conflicts", "--json"))
    for each in found:
        day.laptop("asha", "resolve", each["id"], "--take", "both", "--reason", WHY)
    return record, family


def mistaken(day: Day, record: str, family: str) -> None:
    """Whatever goes wrong by hand."""
    bad = json.dumps({"a/when/access": NOTE, "no/such/place": NOTE})
    for number, content in enumerate((bad, NOTE, f"[{NOTE}", "{}", f'{{"a": "{GIVER}"')):
        file = day.file(f"{FAMILY} {number}", content)
        day.laptop("asha", "capture", "visit", "--answers", file, "--family", family)
        day.laptop("asha", "import-odk", "visit", file, "--family", family)
        day.laptop("asha", "verify", "--bundle", file)
    day.laptop("asha", "status", passphrase=f"{OLD}x")
    day.laptop("asha", "show", FAMILY)
    day.laptop("asha", "edit", record, "--set", f"{FAMILY}/{GIVER}={NOTE}")
    day.laptop("asha", "edit", record, "--set", f"a/when/access={NOTE}")
    day.laptop("asha", "share", record, "--with", SCHOOL, "--reason", WHY)
    day.laptop("asha", "withdraw", family, "--giver", GIVER, "--agency", SCHOOL)
    day.laptop("asha", "sign", record, "--giver", GIVER, "--method", NOTE)
    day.laptop("asha", "upgrade", FAMILY)
    day.central("grant", FAMILY, f"family:{FAMILY}")
    day.central("breach-report", FAMILY)
    day.central("erase", "--scope", f"family:{FAMILY}", "--by", GIVER, "--reason", WHY)


def shared(day: Day, record: str, family: str) -> None:
    """An agreement, its evidence, what leaves."""
    told = json.loads(answers("agreement")) | {"a/giver/giver_name": GIVER, "d/evidence_page/typed_name": GIVER}
    row = {"agency/agency_name": SCHOOL, "agency/why": WHY, "agency/decision": "yes", "agency/direction": "both"}
    file = day.file("agreement.json", json.dumps(told | {"c/agencies": [row]}))
    agreed = day.laptop("asha", "capture", "agreement", "--answers", file, "--family", family)
    signed = day.laptop("asha", "sign", agreed, "--giver", GIVER, "--method", "typed", "--statement", NOTE)
    day.laptop("asha", "sync")
    day.laptop("asha", "evidence", signed, "--reason", WHY, "--out", str(day.folder / "bundle"))
    share = day.laptop("asha", "share", record, "--with", SCHOOL, "--reason", WHY)
    day.laptop("asha", "withdraw", family, "--giver", GIVER, "--agency", SCHOOL)
    day.laptop("asha", "release", share, "--out", str(day.folder / "released"))
    for kind in ("json", "csv", "html", "odk", "fhir-response"):
        day.laptop("asha", "export", record, "--as", kind, "--reason", WHY, "--for", "full")
    for verb in ("exports", "audit", "status", "verify", "doctor", "conflicts", "drafts", "notices"):
        day.laptop("asha", verb)
    day.laptop("asha", "dump", "--canonical", "--reason", WHY)
    day.laptop("asha", "find", FAMILY)


def strangers(day: Day) -> None:
    """Requests that no laptop sends."""
    for path in (f"/sync/{FAMILY}?name={GIVER.replace(' ', '+')}", "/sync/push", "/enrol", f"/{NOTE}"):
        for body in (None, NOTE.encode(), json.dumps({"code": FAMILY, "public_key": NOTE, "label": GIVER}).encode()):
            headers = {"X-Device": FAMILY, "Authorization": f"Bearer {NOTE}", "User-Agent": GIVER}
            try:
                urlopen(Request(f"{day.url}{path}", body, headers), timeout=20).close()
            except (URLError, OSError):
                continue


def recovered(day: Day) -> None:
    """The passphrase is lost, and two persons help; first with a code that is misheard."""
    request, answer = str(day.folder / "ask"), str(day.folder / "answer")
    persons = ("--first-passphrase-file", str(day.folder / "keeper0"), "--second-passphrase-file")
    day.laptop("asha", "sync")
    day.laptop("asha", "recover", "--request", request)
    opened = ("council-key", "open", request, "--key", str(day.folder / "council.key"), "--out", answer, *persons)
    day.laptop("asha", *opened, str(day.folder / "asha.pass"))
    day.secrets["recovery code"] = day.laptop("asha", *opened, str(day.folder / "keeper1"))
    for code in (NOTE, day.secrets["recovery code"]):
        given = ("--code-file", day.file("said", code), "--new-passphrase-file", day.file("new", NEW))
        day.laptop("asha", "recover", "--answer", answer, *given)
    day.laptop("asha", "sync", passphrase=NEW)


def ended(day: Day) -> None:
    """A damaged store, and a laptop that is shredded when it speaks."""
    store = day.folder / "asha" / "store.db"
    content = bytearray(store.read_bytes())
    content[8192 * 6 : 8192 * 6 + 4096] = os.urandom(4096)
    store.write_bytes(content)
    for words in (("verify",), ("doctor", "--deep"), ("doctor", "--rebuild"), ("doctor", "--rebuild", "--yes")):
        day.laptop("asha", *words, passphrase=NEW)
    ben = next(each["device"] for each in json.loads(day.central("devices", "Ben Clarke", "--json"))["devices"])
    day.central("revoke", ben, "--shred")
    day.central("breach-report", ben)
    day.laptop("ben", "sync")
    day.laptop("ben", "status")


def looked_at(day: Day) -> None:
    """Arguments and variables of central and its database, and the secrets that lie in its folder."""
    for file in (day.folder / "central").rglob("*"):
        if file.parent.name == "keys" and file.is_file():
            day.secrets[f"central's {file.name}"] = file.read_text("ascii").strip()
    for process in Path("/proc").glob("[0-9]*"):
        try:
            said = (process / "cmdline").read_bytes() + (process / "environ").read_bytes()
        except OSError:
            continue
        if str(day.folder).encode() in said:
            day.heard[f"process {process.name}"] = said


def finds(day: Day) -> list[str]:
    """`process: secret form` for everything that was said aloud and must not be."""
    secret = Canaries({name: words.encode() for name, words in day.secrets.items() if words})
    return [f"{name}: {what}" for name, said in day.heard.items() for what in secret.found_in(said)]
