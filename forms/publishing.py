"""Publishing: an author's form becomes the artefact that central signs and devices run.

`publish` refuses what fieldkit does not run, always by sheet, row and word; `check` counts what a form holds;
`publish_all` makes the committed artefacts anew. Nothing here is needed on a device.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from forms import load_policy
from forms.authoring_errors import Finding, FormRefused
from forms.errors import FormError
from forms.library import Published, sealed
from forms.linting import lint
from forms.policies import asks, policy_table
from forms.sheets import Line, files_of, lines, plain
from forms.upgrade import Plan, plan
from forms.xform import load
from forms.xlsform import Compiled, Workbook, compile_form, read_workbook

HERE = Path(__file__).parent
DEFINITIONS = HERE / "definitions"
PUBLISHED = HERE / "published"


@dataclass(frozen=True, slots=True)
class Counts:
    """What a form holds, as `forms check` prints it."""

    id: str
    version: str
    questions: int
    relevance: int
    constraints: int
    calculations: int
    repeats: int
    types: Mapping[str, int]
    languages: int
    warnings: tuple[str, ...] = ()


def publish(path: Path) -> Published:
    """The published form of an author's file. Raises FormRefused with everything that stands against it."""
    workbook = _judged(path)
    settings = workbook.settings
    files = _files(path, lines(workbook))
    compiled = _compiled(path, lines(workbook), files)
    return sealed(
        Published(
            id=settings["form_id"],
            version=settings["version"],
            title=settings["form_title"],
            xml=compiled.xml,
            policies=policy_table(lines(workbook)),
            files=files,
        )
    )


def _files(path: Path, survey: tuple[Line, ...]) -> dict[str, str]:
    """The lists that the form chooses from, read from beside its definition."""
    found: dict[str, str] = {}
    missing = []
    for line in survey:
        for name in files_of(line):
            try:
                if Path(name).name != name:
                    raise ValueError
                found[name] = (path.parent / name).read_text(encoding="utf-8-sig")
            except (OSError, ValueError):
                missing.append(
                    Finding("survey", line.number, name, "this list cannot be read", "lay it beside the form, as UTF-8")
                )
    if missing:
        raise FormRefused(tuple(missing))
    return found


def before(published: Published, against: Published) -> Plan:
    """What the change from one published version to another means for drafts. FormError for two different forms."""
    if against.id != published.id:
        raise FormError("Those are two different forms.", "Give an earlier version of the same form.")
    return plan(against.loaded(), published.loaded())


def _judged(path: Path) -> Workbook:
    if path.suffix not in {".md", ".xlsx", ".xlsm"}:
        raise FormRefused((Finding("file", 0, path.suffix, "this kind of file is not read", "use .md or .xlsx"),))
    workbook = plain(read_workbook(path))
    found = lint(workbook)
    if found.refused:
        raise FormRefused(found.refused)
    return workbook


def _compiled(path: Path, survey: tuple[Line, ...], files: Mapping[str, str]) -> Compiled:
    """The XForm, once the engine that will run it has loaded it."""
    compiled = compile_form(path)
    try:
        loaded = load(compiled.xml.encode(), files={name: text.encode() for name, text in files.items()})
        load_policy.refuse(loaded)
    except load_policy.NotTaken as wrong:
        raise FormRefused(tuple(_placed(FormError(each), survey) for each in wrong.found)) from wrong
    except FormError as wrong:
        raise FormRefused((_placed(wrong, survey),)) from wrong
    return compiled


def _placed(wrong: FormError, survey: tuple[Line, ...]) -> Finding:
    """What the engine says of a node, by the row it stands in: the longest path its message names."""
    named = [line for line in survey if re.search(re.escape("/" + "/".join(line.path)) + r"(?![\w/.-])", wrong.said)]
    at = max(named, key=lambda line: len(line.path), default=None)
    return Finding(
        "survey",
        at.number if at else 0,
        at.name if at else "form",
        wrong.said.rstrip("."),
        "correct it and publish again" if wrong.cure == FormError.cure else wrong.cure.rstrip("."),
    )


def check(path: Path) -> Counts:
    """Count what a form holds, after everything that publishing checks."""
    workbook = _judged(path)
    survey = lines(workbook)
    compiled = _compiled(path, survey, _files(path, survey))
    kinds = Counter(line.kind for line in survey if asks(line))
    return Counts(
        id=workbook.settings["form_id"],
        version=workbook.settings["version"],
        questions=sum(kinds.values()),
        relevance=_filled(survey, "relevant"),
        constraints=_filled(survey, "constraint"),
        calculations=sum(1 for line in survey if line.kind == "calculate"),
        repeats=sum(1 for line in survey if line.kind == "begin_repeat"),
        types=dict(sorted(kinds.items())),
        languages=1 + len(_languages(workbook)),
        warnings=tuple(str(each) for each in lint(workbook).warned) + compiled.warnings,
    )


def _filled(survey: tuple[Line, ...], column: str) -> int:
    return sum(1 for line in survey if line.cell(column))


def _languages(workbook: Workbook) -> set[str]:
    columns = {column for row in workbook.survey for column in row.cells if column.startswith("label::")}
    return {column.removeprefix("label::") for column in columns}


def publish_all(definitions: Path = DEFINITIONS, folder: Path = PUBLISHED) -> tuple[Path, ...]:
    """Write every definition's artefact anew."""
    written = []
    for definition in sorted(definitions.glob("*.md")):
        artefact = folder / f"{definition.stem}.json"
        artefact.write_text(publish(definition).to_json(), encoding="utf-8")
        written.append(artefact)
    return tuple(written)
