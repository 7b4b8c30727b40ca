"""The lone worker's timer: by two clocks, on the disk without a name, rung through any end of the app."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from fieldkit import lone
from fieldkit.errors import Refused

NOW = lone.Moment(datetime(2026, 11, 23, 10, 0, tzinfo=UTC), 5_000.0, "one")
ROOT = Path(__file__).resolve().parents[2]


def later(minutes: float, *, wall: timedelta = timedelta(), boot: str = "one") -> lone.Moment:
    """So many minutes on; the wall clock may have been set meanwhile."""
    return lone.Moment(NOW.wall + timedelta(minutes=minutes) + wall, NOW.running + minutes * 60, boot)


def test_it_rings_at_the_agreed_end_and_every_half_minute_until_somebody_is_out() -> None:
    timer = lone.agreed(60, NOW)
    assert not lone.rings(timer, later(59.9), 0)
    assert lone.rings(timer, later(60), 0)
    assert not lone.rings(timer, later(60.4), later(60).running)
    assert lone.rings(timer, later(60.5), later(60).running)
    assert not lone.rings(None, later(600), 0)


def test_a_clock_that_is_set_back_a_year_silences_nothing() -> None:
    timer = lone.agreed(60, NOW)
    assert lone.rings(timer, later(61, wall=-timedelta(days=365)), 0)
    assert lone.words(timer, later(61, wall=-timedelta(days=365))).startswith(lone.OVER)
    assert not lone.rings(timer, later(30, wall=-timedelta(days=365)), 0)
    assert lone.rings(timer, later(61, boot="two"), 0)


@pytest.mark.parametrize("minutes", [0, -5, 241])
def test_an_agreed_end_in_the_past_or_too_far_is_refused(minutes: int) -> None:
    with pytest.raises(Refused):
        lone.agreed(minutes, NOW)


def test_what_lies_on_the_disk_is_three_facts_and_what_cannot_be_read_rings(tmp_path: Path) -> None:
    lone.keep(tmp_path, lone.agreed(60, NOW))
    assert lone.kept(tmp_path) == lone.agreed(60, NOW)
    (file,) = tmp_path.iterdir()
    assert file.stat().st_mode & 0o077 == 0
    assert file.read_text("ascii").count(":") == 6
    for broken in (b"", b"{}", b"[1]", b"\xff", b'{"until": "x", "running": 1, "boot": ""}'):
        file.write_bytes(broken)
        assert lone.rings(lone.kept(tmp_path), later(0), 0)
    lone.out(tmp_path)
    lone.out(tmp_path)
    assert lone.kept(tmp_path) is None


@pytest.mark.skipif(sys.platform == "win32", reason="kill -9 is POSIX")
def test_the_launcher_rings_while_the_app_is_locked_or_dead_and_starts_it_again(tmp_path: Path) -> None:
    app = "import os, sys; p = sys.argv[1] + '/starts'; open(p, 'a').write('x'); n = len(open(p).read());"
    app += "import threading; threading.Event().wait(1.5);"
    app += "from pathlib import Path; from fieldkit import lone; n == 3 and lone.out(Path(sys.argv[1]));"
    app += "os.kill(os.getpid(), 9) if n == 1 else sys.exit(3 if n == 2 else 0)"
    code = "import sys; from pathlib import Path; from fieldkit import launcher; launcher.LASTED = 1.0;"
    head = code
    code += f"sys.exit(launcher.launch(Path({str(tmp_path)!r}), ('-c', {app!r})))"
    past = lone.Timer(datetime(2020, 1, 1, tzinfo=UTC), 0.0, "")
    lone.keep(tmp_path, past)
    ran = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, timeout=120, env=os.environ)
    assert (ran.returncode, (tmp_path / "starts").read_text()) == (0, "xxx")
    assert b"\a" in ran.stdout
    assert b"nothing rings" not in ran.stdout
    lone.keep(tmp_path, past)
    left = f"{head}sys.exit(launcher.launch(Path({str(tmp_path)!r}), ('-c', '')))"
    ran = subprocess.run([sys.executable, "-c", left], cwd=ROOT, capture_output=True, timeout=120, env=os.environ)
    assert b"With fieldkit closed nothing rings" in ran.stdout
