"""What the device asks to be seen to stands on Today."""

from __future__ import annotations

from datetime import UTC, date, datetime

from fieldkit.tui.screens.today import today_rows
from fieldkit.workspace.device_views import Duty
from fieldkit.workspace.views import Today


def test_a_disk_that_is_nearly_full_stands_on_today() -> None:
    notice = "! Only 120 MiB are free on this disk. Make room soon."
    today = Today(date(2026, 11, 23), (), (), (), (), (), 0, notices=(notice,))
    rows = today_rows(today, Duty("01632 960001", "01632 960002"), datetime(2026, 11, 23, tzinfo=UTC))
    assert [row.line.plain for row in rows] == [notice]
