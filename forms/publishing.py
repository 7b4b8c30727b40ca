"""Publishing: an author's form becomes the artefact that central signs and devices run.

`publish` refuses what fieldkit does not run, always by sheet, row and word; `check` counts what a form holds;
`publish_all` makes the committed artefacts anew. Nothing here is needed on a device.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from forms import load_policy
from forms.authoring_errors import Finding, FormRefused, SheetsNotHeld
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
    lists: int = 0
    """External lists: the files beside the form that it reads."""
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Judged:
    """An author's form after everything that publishing checks."""

    workbook: Workbook
    survey: tuple[Line, ...]
    files: Mapping[str, str]
    xml: str
    warnings: tuple[Finding, ...]


def publish(path: Path) -> Published:
    """The published form of an author's file. Raises FormRefused with everything that stands against it."""
    judged = _judged(path)
    settings = judged.workbook.settings
    return sealed(
        Published(
            id=settings["form_id"],
            version=settings["version"],
            title=settings["form_title"],
            xml=judged.xml,
            policies=policy_table(judged.survey),
            files=judged.files,
        )
    )


def _files(path: Path, survey: tuple[Line, ...]) -> tuple[dict[str, str], tuple[Finding, ...]]:
    """The lists that the form chooses from, read from beside its definition, and those that cannot be read."""
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
    return found, tuple(missing)


def before(published: Published, against: Published) -> Plan:
    """What the change from one published version to another means for drafts. FormError for two different forms."""
    if against.id != published.id:
        raise FormError("Those are two different forms.", "Give an earlier version of the same form.")
    return plan(against.loaded(), published.loaded())


def _judged(path: Path) -> _Judged:
    """A form judged by us, by pyxform and by the engine; FormRefused with what all of them found, in one list."""
    if path.suffix not in {".md", ".xlsx", ".xlsm"}:
        raise FormRefused((Finding("file", 0, path.suffix, "this kind of file is not read", "use .md or .xlsx"),))
    workbook = plain(read_workbook(path))
    survey, linted = lines(workbook), lint(workbook)
    files, missing = _files(path, survey)
    ours = (*linted.refused, *missing)
    try:
        compiled = _compiled(path, ours)
        if not missing:
            _tried(compiled, survey, files)
    except FormRefused as further:
        found = in_order(ours, further.findings)
        raise (FormRefused(found) if ours else type(further)(found)) from further
    if ours:
        raise FormRefused(in_order(ours))
    return _Judged(workbook, survey, files, compiled.xml, in_order((*linted.warned, *compiled.warnings)))


def in_order(ours: tuple[Finding, ...], further: tuple[Finding, ...] = ()) -> tuple[Finding, ...]:
    """One list by sheet and row. What is found further on counts only in a row where nothing was found before."""
    known = {(each.sheet, each.row) for each in ours} | ({("survey", 0)} if ours else set())
    new = tuple(each for each in further if (each.sheet, each.row) not in known)
    return tuple(sorted((*ours, *new), key=lambda each: (each.sheet, each.row)))


def _compiled(path: Path, ours: tuple[Finding, ...]) -> Compiled:
    """The XForm, as pyxform makes it."""
    try:
        return compile_form(path)
    except (LookupError, ValueError, TypeError, AttributeError) as wrong:
        if not ours:
            raise
        # What we refuse may be more than pyxform was made to read; then it has nothing to add.
        raise FormRefused(()) from wrong


def _tried(compiled: Compiled, survey: tuple[Line, ...], files: Mapping[str, str]) -> None:
    """Let the engine that will run the form load it. Raises FormRefused."""
    try:
        loaded = load(compiled.xml.encode(), files={name: text.encode() for name, text in files.items()})
        load_policy.refuse(loaded)
    except load_policy.NotTaken as wrong:
        raise FormRefused(tuple(_placed(FormError(each), survey) for each in wrong.found)) from wrong
    except FormError as wrong:
        raise FormRefused((_placed(wrong, survey),)) from wrong


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
    judged = _judged(path)
    workbook, survey = judged.workbook, judged.survey
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
        lists=len(judged.files),
        warnings=tuple(map(str, judged.warnings)),
    )


def definition_of(artefact: Path) -> Path:
    """The definition that a published form was made of: one beside it, or one of ours, that publishes the very same.

    An artefact holds the compiled XForm, not the sheets. Raises SheetsNotHeld when no such definition is there.
    """
    form = Published.from_json(artefact.read_text(encoding="utf-8"))
    beside = [artefact.with_suffix(suffix) for suffix in (".md", ".xlsx", ".xlsm")]
    for definition in [*beside, DEFINITIONS / f"{form.id}.md"]:
        with suppress(FormRefused):
            if definition.is_file() and publish(definition).hash == form.hash:
                return definition
    raise SheetsNotHeld


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
