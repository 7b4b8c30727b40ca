"""The committed artefacts: in step with their definitions, whole, and big enough."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest

from forms.library import HashDisagrees, NotPublished, Published, shipped
from forms.publishing import DEFINITIONS, PUBLISHED, Counts, check, publish_all

FORMS = tuple(sorted(path.stem for path in DEFINITIONS.glob("*.md")))


@cache
def checked(name: str) -> Counts:
    """A definition as the publisher sees it; the largest takes seconds."""
    return check(DEFINITIONS / f"{name}.md")


def test_publishing_all_writes_one_artefact_a_definition_and_those_are_committed(tmp_path: Path) -> None:
    written = publish_all(folder=tmp_path)
    assert [path.name for path in written] == [f"{name}.json" for name in FORMS]
    out_of_step = [path.name for path in written if path.read_bytes() != (PUBLISHED / path.name).read_bytes()]
    assert out_of_step == []


def test_an_altered_form_is_not_read() -> None:
    text = shipped()["visit"].to_json().replace("Home-visit note", "Home visit note", 1)
    with pytest.raises(HashDisagrees):
        Published.from_json(text)


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"id": "visit"}', "<xml/>"])
def test_what_is_no_published_form_is_told(text: str) -> None:
    with pytest.raises(NotPublished):
        Published.from_json(text)


def test_a_published_form_survives_its_own_text() -> None:
    form = shipped()["eha"]
    assert Published.from_json(form.to_json()) == form


def test_the_assessment_is_as_large_as_the_work() -> None:
    counts = checked("eha")
    assert counts.questions >= 150
    assert counts.relevance >= 25
    assert counts.constraints >= 15
    assert counts.calculations >= 10
    assert counts.repeats >= 4
    assert len(counts.types) >= 10


@pytest.mark.parametrize("name", FORMS)
def test_the_shipped_forms_have_nothing_to_warn_of(name: str) -> None:
    assert checked(name).warnings == ()


@pytest.mark.parametrize("name", FORMS)
def test_every_path_declares_how_it_is_merged_and_classed(name: str) -> None:
    for path, policy in shipped()[name].policies.items():
        assert {"policy", "class", "type"} <= set(policy), path
        assert policy["class"] in {"A", "B", "C"}, path


def test_what_people_must_settle_says_which_answer_protects_more() -> None:
    policies = shipped()["eha"].policies
    for path in ("a/danger/urgent", "n/decide/level", "n/decide/decision", "e/agencies/*/share/permission"):
        assert policies[path]["policy"] == "ask"
        assert policies[path]["order"]


def test_risk_is_class_a_and_permission_class_b() -> None:
    policies = shipped()["eha"].policies
    assert policies["n/decide/level"]["class"] == "A"
    assert policies["e/agencies/*/share/permission"]["class"] == "B"
    assert policies["o/actions/*/action/by_when"]["class"] == "B"
