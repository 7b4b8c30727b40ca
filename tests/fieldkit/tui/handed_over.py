"""A process of its own with the laptop in a family's hands and the page for touch open; run by a test, in a terminal.

python -m tests.fieldkit.tui.handed_over FILE    FILE gets the page's address
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from fieldkit.tui.app import FieldkitApp
from fieldkit.tui.locking import Around, end_in_any_case
from fieldkit.tui.screens.handover import HandoverScreen
from fieldkit.tui.screens.touch import TouchScreen
from fieldkit.workspace.views import Frozen, Giver
from tests.fieldkit.tui.twin import Twin, WallClock


def main(told: Path) -> None:
    """Open the app; behind its door the laptop is in a family's hands, and the page is open."""
    app = FieldkitApp(lambda *_: Twin(), WallClock(), Around(end=end_in_any_case))

    def handed_over(*_: Any, **__: Any) -> None:
        assert app.kit is not None
        frozen = Frozen("Siobhán agrees.", {}, "a" * 64, "b" * 64, "agreement@1", Giver("Siobhán"), "r1")
        app.push_screen(HandoverScreen(app.kit, frozen))
        page = TouchScreen(app.kit, frozen)
        app.push_screen(page)
        told.write_text(page.page.address)

    app.open = handed_over  # type: ignore[method-assign]
    app.run()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
