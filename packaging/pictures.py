"""Make the pictures of the READMEs from the running app on the practice council.

    python packaging/bootstrap.py run packaging.pictures     (or: python packaging/pictures.py, in the set-up)
    python packaging/pictures.py FOLDER                      (every screen, two sizes, every theme: to be looked at)

Writes packaging/pictures/*.svg; with a folder, that folder and nothing else. The day on them is the day they were made;
everybody on them is made up.
"""

from __future__ import annotations

import asyncio
import os
import sys
import tempfile
from math import sin
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from fieldkit.commands.practice.council import answers
from fieldkit.commands.practice.opening import PASSPHRASE, STORY_FAMILY, set_up
from fieldkit.commands.practice.site import Laptop, PracticeCentral
from fieldkit.config import SystemClock
from fieldkit.settings import THEMES
from fieldkit.tui.app import FieldkitApp
from fieldkit.tui.desk import Kit, kit_for
from fieldkit.workspace import Workspace, open_workspace
from fieldkit.workspace.views import Evidence, Giver

FOLDER = ROOT / "packaging" / "pictures"
SIZE = (80, 24)
SIZES = (SIZE, (120, 40))
STROKES = tuple(
    tuple(
        (start + step / 2 + 3 * sin(step / 3), 7.0 + 3.2 * sin(step / 3 + 1.3) * (1 - step / 110), step / 50)
        for step in range(length)
    )
    for start, length in ((8.0, 44), (36.0, 62))
)


def main(words: list[str]) -> None:
    """Set the practice council up, walk through it, write the pictures; with a folder every screen there is."""
    if words:
        for size in SIZES:
            asyncio.run(_every(Path(words[0]), size))
        return
    FOLDER.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="fieldkit-pictures-") as folder:
        central = PracticeCentral(Path(folder) / "central")
        try:
            set_up(Path(folder), central)
            ids = _work(Path(folder))
            asyncio.run(_walk(Path(folder) / "asha" / "home", ids))
        finally:
            central.stop()


async def _every(folder: Path, size: tuple[int, int]) -> None:
    """Every screen on the twin that the tests have, in every theme; as a picture and as its text."""
    from tests.fieldkit.tui.drafts import open_draft
    from tests.fieldkit.tui.driving import at_today, settle, text
    from tests.fieldkit.tui.test_every_screen import WALKS, every_screen
    from tests.fieldkit.tui.twin import Twin, WallClock

    twin, kinds = Twin(drafts={"d1": open_draft()}), every_screen()
    twin.concern("f1", "Ada", "Somebody came to the house.", True)
    folder.mkdir(parents=True, exist_ok=True)
    async with at_today(twin, size) as pilot:
        for name in sorted(WALKS):
            pilot.app.push_screen(WALKS[name][0](kinds[name])(Kit(twin, WallClock())))
            await settle(pilot)
            for theme in THEMES:
                pilot.app.theme = theme
                await settle(pilot)
                _picture(pilot.app, f"{name}-{size[0]}x{size[1]}-{theme}", folder)
            (folder / f"{name}-{size[0]}x{size[1]}.txt").write_text(text(pilot), "utf-8")
            await pilot.app.pop_screen()
            await settle(pilot)


def _work(folder: Path) -> dict[str, str]:
    """A day's work on Asha's laptop: an assessment, a signature, a visit note, a draft, a concern."""
    laptop = Laptop.new(folder / "asha", "Asha Patel")
    ids: dict[str, str] = {}
    with tempfile.TemporaryDirectory() as files:
        for form in ("eha", "visit"):
            (Path(files) / form).write_text(answers(form), "utf-8")
        found = laptop.does("find", STORY_FAMILY, "--json").data
        ids["family"] = next(each["id"] for each in found if each["kind"] == "family")
        family = ("--family", ids["family"])
        said = laptop.does("capture", "eha", "--answers", f"{files}/eha", *family).out
        ids["eha"] = said.split()[1]
        laptop.does("capture", "visit", "--answers", f"{files}/visit", *family)
        ids["draft"] = laptop.does("capture", "eha", "--answers", f"{files}/eha", *family, "--draft").out.split()[1]
    laptop.says("sync")
    workspace = open_workspace(laptop.home, PASSPHRASE, clock=SystemClock())
    workspace.concern(ids["family"], "Ada", "Told that somebody came to the house on Wednesday night.", True)
    ids["conflict"] = workspace.conflicts()[0].id
    workspace.close()
    return ids


async def _walk(home: Path, ids: dict[str, str]) -> None:
    opened: list[Workspace] = []

    def opener(passphrase: str) -> Any:
        opened.append(open_workspace(home, passphrase, clock=SystemClock()))
        return opened[0]

    app = FieldkitApp(opener, SystemClock())
    async with app.run_test(size=SIZE) as pilot:
        _picture(app, "unlock")
        await pilot.press(*("space" if letter == " " else letter for letter in PASSPHRASE), "enter")
        await _settle(app, pilot)
        _picture(app, "today")
        kit = kit_for(opened[0], SystemClock())
        frozen = opened[0].freeze(ids["eha"], Giver("Ngozi Okafor", "mother"))
        for name, module, cls, given in (
            ("family", "family", "FamilyScreen", {"family": ids["family"]}),
            ("form", "form", "FormScreen", {"draft": ids["draft"]}),
            ("conflict", "conflict", "ConflictScreen", {"conflict": ids["conflict"]}),
            ("signature", "handover", "HandoverScreen", {"frozen": frozen}),
            ("record", "record", "RecordScreen", {"record": ids["eha"]}),
        ):
            await _show(app, pilot, kit, (name, module, cls, given))
        await _sign(app, pilot, kit, frozen)
        opened[0].sign(frozen, Evidence("drawn", "Ngozi Okafor", "mother", strokes=STROKES))
        opened[0].close()


async def _show(app: Any, pilot: Any, kit: Kit, what: tuple[str, str, str, dict[str, Any]]) -> None:
    import importlib

    name, module, cls, given = what
    screen = getattr(importlib.import_module(f"fieldkit.tui.screens.{module}"), cls)(kit, **given)
    app.push_screen(screen)
    await _settle(app, pilot)
    _picture(app, name)
    app.pop_screen()
    await _settle(app, pilot)


async def _sign(app: Any, pilot: Any, kit: Kit, frozen: Any) -> None:
    """The second page of signing, with a name drawn on it as a mouse would."""
    from fieldkit.tui.screens.handover import HandoverScreen

    app.push_screen(HandoverScreen(kit, frozen=frozen))
    await _settle(app, pilot)
    await pilot.press("enter")
    await _settle(app, pilot)
    for stroke in STROKES:
        (x, y, _), *rest = stroke
        await pilot.mouse_down("#pad", offset=(int(x), int(y)))
        for x, y, _ in rest:
            await pilot.hover("#pad", offset=(int(x), int(y)))
        await pilot.mouse_up("#pad", offset=(int(x), int(y)))
    await _settle(app, pilot)
    _picture(app, "signing")


async def _settle(app: Any, pilot: Any) -> None:
    for _ in range(4):
        await app.workers.wait_for_complete()
        await pilot.pause()


def _picture(app: Any, name: str, folder: Path = FOLDER) -> None:
    svg = app.export_screenshot(title=f"fieldkit: {name}")
    # Textual names a font host; the picture must not fetch anything.
    kept = "\n".join(line for line in svg.splitlines() if "http" not in line or "xmlns" in line)
    (folder / f"{name}.svg").write_text(kept + "\n", "utf-8")


if __name__ == "__main__":
    os.chdir(ROOT)
    if any(word.startswith("-") for word in sys.argv[1:]):
        sys.exit(__doc__)
    main(sys.argv[1:])
