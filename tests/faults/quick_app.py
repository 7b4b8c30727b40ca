"""The shipped app and launcher with a quick key derivation: `quick_app.py launch HOME` and `quick_app.py HOME`.

`quick_app.py crash HOME` is an app that fails when f2 is pressed, with values in its message and its variables.
"""

from __future__ import annotations

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from fieldkit.config import QUICK_KDF
from fieldkit.launcher import launch
from fieldkit.process import close_off


def main(words: list[str]) -> int:
    """Launcher or app."""
    close_off()
    if words[0] == "launch":
        return launch(Path(words[1]), (str(Path(__file__)), *words[2:]))
    from fieldkit.tui.app import FieldkitApp, run

    if words[0] == "crash":

        def fail(self: FieldkitApp) -> None:
            secret = "".join(str(line) for line in self.screen.query("LineEntry, AreaEntry"))
            raise ValueError(f"{secret} {self.kit.desk.me.worker if self.kit else ''}")

        FieldkitApp.action_duty = fail  # type: ignore[method-assign]
    return run(Path(words[-1]), QUICK_KDF)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
