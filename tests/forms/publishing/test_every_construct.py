"""Every word of XLSForm that FORMS section 3 speaks of: taken, warned of, or refused with what to use instead."""

from __future__ import annotations

from pathlib import Path

import pytest

from forms import vocabulary as words
from forms.authoring_errors import Finding
from forms.linting import lint
from forms.publishing import publish
from forms.xlsform import read_workbook

SETTINGS = """
| settings | | | | |
| | form_id | form_title | version | namespaces |
| | t | T | 1 | fp="urn:fieldkit:form" |
"""
CHOICES = "\n| choices | | | |\n| | list_name | name | label |\n| | l | a | A |\n| | l | b | B |\n"
COLUMNS = (
    "type",
    "name",
    "label",
    "appearance",
    "calculation",
    "parameters",
    "bind::fp:anchors",
    "relevant",
    "repeat_count",
)
LISTED = {"select_one", "select_multiple", "rank"}
FILED = {"select_one_from_file", "select_multiple_from_file"}
APART = {"begin_group", "begin_repeat", "csv-external", "xml-external"}


def line(**cells: str) -> str:
    """One row of the survey sheet."""
    return (
        "| | " + " | ".join(cells.get(column.rpartition(":")[2], "").replace("|", "\\|") for column in COLUMNS) + " |"
    )


def question(kind: str, name: str = "q", appearance: str = "") -> str:
    """A question of a type, with what that type needs."""
    named = f"{kind} l" if kind in LISTED else f"{kind} list.csv" if kind in FILED else kind
    told = {"type": named, "name": name, "label": "Q", "appearance": appearance}
    told |= {"calculation": "1 + 1"} if kind == "calculate" else {}
    told |= {"parameters": "start=0 end=10 step=1", "anchors": "low|high"} if kind == "range" else {}
    return line(**told)


def form(folder: Path, *rows: str, choices: str = CHOICES) -> Path:
    """A form of survey rows."""
    heading = f"| survey |{' |' * len(COLUMNS)}\n| | {' | '.join(COLUMNS)} |\n"
    path = folder / "t.md"
    path.write_text(heading + "\n".join(rows) + "\n" + choices + SETTINGS, encoding="utf-8")
    (folder / "list.csv").write_text("name,label\na,A\n", encoding="utf-8")
    (folder / "more.csv").write_text("name,label\na,A\n", encoding="utf-8")
    (folder / "other.xml").write_text("<root><item><name>a</name></item></root>", encoding="utf-8")
    return path


def found(path: Path) -> tuple[tuple[Finding, ...], tuple[Finding, ...]]:
    """What is refused, and what is warned of."""
    told = lint(read_workbook(path))
    return told.refused, told.warned


def test_a_form_of_every_type_is_published_and_taken(tmp_path: Path) -> None:
    plain = sorted(words.QUESTION_TYPES - APART)
    rows = [question(kind, f"q{at}") for at, kind in enumerate(plain)]
    rows += [line(type="csv-external", name="more"), line(type="xml-external", name="other")]
    rows += [line(type="begin_group", name="g", label="G"), question("text", "in_g"), line(type="end_group")]
    rows += [line(type="begin_repeat", name="r", label="R"), question("text", "in_r"), line(type="end_repeat")]
    published = publish(form(tmp_path, *rows))
    loaded = published.loaded()
    assert sorted(published.files) == ["list.csv", "more.csv", "other.xml"]
    assert {f"/data/q{at}" for at in range(len(plain))} <= set(loaded.places)


@pytest.mark.parametrize("group", ["taken", "refused", "unknown"])
def test_every_appearance_is_judged_by_its_word(tmp_path: Path, group: str) -> None:
    taken = sorted(words.KNOWN_APPEARANCES)
    every = {"taken": taken, "refused": sorted(words.REFUSED_APPEARANCES), "unknown": ["sparkling", "w3", "pages"]}[
        group
    ]
    refused, warned = found(form(tmp_path, *(question("text", f"q{at}", word) for at, word in enumerate(every))))
    judged = {"taken": [], "refused": refused, "unknown": warned}[group]
    assert [each.word for each in judged] == ([] if group == "taken" else every)
    assert len(refused) + len(warned) == len(judged)
    assert all(each.instead for each in judged)


def test_every_refused_type_is_told_with_its_row_and_what_to_use(tmp_path: Path) -> None:
    kinds = sorted(kind for kind in words.REFUSED_TYPES if not kind.startswith("begin"))
    refused, _ = found(form(tmp_path, *(question(kind, f"q{at}") for at, kind in enumerate(kinds))))
    assert [(each.row, each.word) for each in refused] == list(enumerate(kinds, 2))
    assert all(each.instead.startswith("use ") for each in refused)


def test_what_a_device_knows_nothing_of_is_warned_of(tmp_path: Path) -> None:
    kinds = sorted(words.WARNED_TYPES)
    refused, warned = found(form(tmp_path, question("text", "a"), *(question(kind, kind) for kind in kinds)))
    assert refused == ()
    assert [each.word for each in warned] == kinds


CASES: dict[str, tuple[tuple[str, ...], str]] = {
    "more rows than a repeat may have": (
        (
            line(type="begin_repeat", name="r", label="R", repeat_count="201"),
            question("text"),
            line(type="end_repeat"),
        ),
        "201",
    ),
    "a function nobody has": ((line(type="text", name="q", label="Q", relevant="yes() = 1"),), "yes"),
    "a list that only another program reads": (
        (line(type="select_one_external l", name="q", label="Q"),),
        "select_one_external",
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_what_else_is_refused(tmp_path: Path, case: str) -> None:
    rows, word = CASES[case]
    refused, _ = found(form(tmp_path, *rows))
    assert word in [each.word for each in refused]


def test_a_choice_is_named_by_one_word(tmp_path: Path) -> None:
    refused, _ = found(form(tmp_path, question("select_one"), choices=CHOICES + "| | l | a b | Both |\n"))
    assert [(each.sheet, each.row, each.word) for each in refused] == [("choices", 4, "a b")]


@pytest.mark.parametrize("name", ["gone.csv", "../list.csv"])
def test_a_list_that_is_not_beside_the_form_is_refused_by_its_row(tmp_path: Path, name: str) -> None:
    from forms.authoring_errors import FormRefused

    path = form(tmp_path, line(type=f"select_one_from_file {name}", name="q", label="Q"))
    with pytest.raises(FormRefused) as refused:
        publish(path)
    assert [(each.row, each.word) for each in refused.value.findings] == [(2, name)]


def test_a_form_is_warned_at_half_of_what_it_may_hold(tmp_path: Path) -> None:
    many = words.MOST_CHOICES // 2 + 1
    choices = CHOICES + "".join(f"| | m | c{at} | C |\n" for at in range(many))
    _, warned = found(form(tmp_path, question("select_one"), choices=choices))
    assert [each.word for each in warned] == ["m"]
