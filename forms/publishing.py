"""Publishing: an author's form becomes the artefact that central signs and devices run.

`publish` refuses what fieldkit does not run, always by sheet, row and word; `check` counts what a form holds; `publish_all`
makes the committed artefacts anew. Nothing here is needed on a device.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from forms.library import Published, sealed
from forms.policies import policy_table
from forms.sheets import lines
from forms.xlsform import compile_form, read_workbook

HERE = Path(__file__).parent
DEFINITIONS = HERE / "definitions"
PUBLISHED = HERE / "published"


def publish(path: Path) -> Published:
    """The published form of an author's file."""
    workbook = read_workbook(path)
    settings = workbook.settings
    return sealed(
        Published(
            id=settings["form_id"],
            version=settings["version"],
            title=settings["form_title"],
            xml=compile_form(path).xml,
            policies=policy_table(lines(workbook)),
        )
    )


def publish_all(definitions: Path = DEFINITIONS, folder: Path = PUBLISHED) -> tuple[Path, ...]:
    """Write every definition's artefact anew."""
    written = []
    for definition in sorted(definitions.glob("*.md")):
        artefact = folder / f"{definition.stem}.json"
        artefact.write_text(publish(definition).to_json(), encoding="utf-8")
        written.append(artefact)
    return tuple(written)
