"""`fieldkit`: the app, or one verb of the command line.

The app starts twice, as launcher and as the process that holds the key: neither waits for the command line to load.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from fieldkit.process import close_off


def main() -> None:
    """The console script."""
    close_off()
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="replace")
    match sys.argv[1:]:
        case []:
            from fieldkit.config import home_folder
            from fieldkit.launcher import on_a_terminal

            sys.exit(on_a_terminal(home_folder()))
        case ["app", home]:
            # A second paint waits for the next frame: make that a short wait.
            os.environ.setdefault("TEXTUAL_FPS", "120")
            from fieldkit.tui.app import run

            sys.exit(run(Path(home)))
        case ["app-keys"]:
            from fieldkit.tui.keys import tell_keys

            sys.exit(tell_keys())
    from fieldkit.commands.edge import guarded
    from fieldkit.commands.line import fieldkit

    sys.exit(guarded(lambda: fieldkit(standalone_mode=False)))


if __name__ == "__main__":
    main()
