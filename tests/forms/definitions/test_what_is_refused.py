"""What publishing refuses and warns of, always by sheet, row and word."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from forms.authoring_errors import Finding, FormRefused
from forms.publishing import check, publish

SETTINGS = """
| settings | | | | |
| | form_id | form_title | version | namespaces |
| | trial | A trial | 1 | fp="urn:fieldkit:form" |
"""
CHOICES = """
| choices | | | |
| | list_name | name | label |
| | risk | low | Low |
| | risk | high | High |
"""
Written = Callable[..., Path]


@pytest.fixture
def written(tmp_path: Path) -> Written:
    """Writes a form of survey rows, the choices and the settings."""

    def write(survey: str, *, choices: str = CHOICES, settings: str = SETTINGS) -> Path:
        form = tmp_path / "trial.md"
        form.write_text(
            "\n".join(line.strip() for line in (survey + choices + settings).splitlines()), encoding="utf-8"
        )
        return form

    return write


def refusals(form: Path) -> tuple[Finding, ...]:
    """What publishing refuses a form for."""
    with pytest.raises(FormRefused) as refused:
        publish(form)
    return refused.value.findings


def one(kind: str, **cells: str) -> str:
    """A survey of one question, and another that is as it should be."""
    columns = {"type": kind, "name": "q", "label": "Question"} | {
        name.replace("__", "::"): text for name, text in cells.items()
    }
    heading = " | ".join(name.replace("fp_", "fp:") for name in columns)
    row = " | ".join(text.replace("|", "\\|") for text in columns.values())
    also = " | ".join({"type": "text", "name": "also", "label": "Also"}.get(name, "") for name in columns)
    return f"| survey |{' |' * len(columns)}\n| | {heading} |\n| | {row} |\n| | {also} |\n"


@pytest.mark.parametrize(
    ("kind", "instead"),
    [
        ("geotrace", "geopoint"),
        ("geoshape", "geopoint"),
        ("start-geopoint", "geopoint"),
        ("background-audio", "audio"),
        ("audit", "audit"),
        ("osm", "text"),
        ("printer", "export"),
        ("select_one_external risk", "choice_filter"),
        ("begin loop over risk", "repeat"),
        ("hologram", "README"),
    ],
)
def test_a_type_that_is_not_run_is_refused_with_what_to_use(written: Written, kind: str, instead: str) -> None:
    found = refusals(written(one(kind)))
    assert [(each.sheet, each.row) for each in found] == [("survey", 2)]
    assert instead in found[0].instead


@pytest.mark.parametrize(
    "word", ["annotate", "image-map", "ethiopian", "islamic", "ex:other.app(1)", "search('people')"]
)
def test_an_appearance_that_is_not_run_is_refused(written: Written, word: str) -> None:
    found = refusals(written(one("text", appearance=word)))
    assert found[0].row == 2
    assert word.startswith(found[0].word)


@pytest.mark.parametrize(
    ("expression", "word"),
    [
        ("$who = 'x'", "$variable"),
        ("namespace::x = 1", "namespace::"),
        ("id('x') = 1", "id("),
        ("version() = 1", "version("),
        ("regex(., '(?=a)b')", "(?="),
        (r"regex(., '(a)\1')", r"\1"),
        ("regex(., '(?<!a)b')", "(?<!"),
    ],
)
def test_an_expression_that_engines_disagree_about_is_refused(written: Written, expression: str, word: str) -> None:
    found = refusals(written(one("text", constraint=expression)))
    assert found[0].word == word
    assert "constraint" in found[0].why


@pytest.mark.parametrize(
    ("expression", "word"),
    [
        ("(1 +", "(1 +"),
        ("1 = = 2", "1 = = 2"),
        (". = 'abc", "'abc"),
        ("unheard-of(.) = 2", "unheard-of"),
        ("if(true(), 1, frob(2))", "frob"),
        ("false() and frob(2)", "frob"),
        ("count() = 2", "count"),
        ("string-length(., 3, 4) = 2", "string-length"),
        ("/data/nothing = 2", "/data/nothing"),
    ],
)
def test_an_expression_the_engine_cannot_run_is_refused_by_its_word(
    written: Written, expression: str, word: str
) -> None:
    found = refusals(written(one("text", relevant=expression)))
    assert [(each.sheet, each.row, each.word) for each in found] == [("survey", 2, word)]
    assert "relevant" in found[0].why


def test_questions_that_wait_for_each_other_are_refused_by_name(written: Written) -> None:
    found = refusals(
        written("""
            | survey | | | | |
            | | type | name | label | calculation |
            | | calculate | one | | ${two} + 1 |
            | | calculate | two | | ${one} + 1 |
            | | text | also | Also | |
        """)
    )
    assert found[0].row in {2, 3}
    assert "/data/one" in found[0].why
    assert "/data/two" in found[0].why


def test_a_sum_over_its_own_repeat_may_not_be_absolute(written: Written) -> None:
    found = refusals(
        written("""
            | survey | | | | |
            | | type | name | label | calculation |
            | | begin_repeat | kids | Child | |
            | | integer | cost | Cost | |
            | | calculate | all_costs | | sum(/data/kids/cost) |
            | | end_repeat | | | |
        """)
    )
    assert [(each.row, each.word) for each in found] == [(4, "/data/kids/cost")]


def test_words_inside_a_string_refuse_nothing(written: Written) -> None:
    form = written(one("text", constraint=". != 'id(version($x // y'"))
    assert publish(form).id == "trial"


def test_an_absolute_path_into_its_own_repeat_is_refused(written: Written) -> None:
    found = refusals(
        written("""
            | survey | | | | |
            | | type | name | label | relevant |
            | | begin_repeat | kids | Child | |
            | | text | given | Name | |
            | | text | more | More | /data/kids/given = 'x' |
            | | end_repeat | | | |
        """)
    )
    assert [(each.row, each.word) for each in found] == [(4, "/data/kids/given")]


def test_a_count_over_its_own_repeat_may_be_absolute(written: Written) -> None:
    form = written("""
        | survey | | | | |
        | | type | name | label | calculation |
        | | begin_repeat | kids | Child | |
        | | text | given | Name | |
        | | calculate | twins | | count(/data/kids/given) |
        | | end_repeat | | | |
    """)
    assert publish(form).policies["kids/*/twins"]["computed"] is True


def test_a_prefix_nobody_declared_is_refused(written: Written) -> None:
    found = refusals(written(one("text", bind__xy_merge="last").replace("xy_", "xy:")))
    assert [each.word for each in found] == ["bind::xy:merge"]


@pytest.mark.parametrize(
    "mark", ["childs-voice:5", "seen-alone=alone,none", "father@relation=father", "father-because"]
)
def test_a_mark_that_the_quality_meter_knows_is_published(written: Written, mark: str) -> None:
    assert "fp:quality" in publish(written(one("text", bind__fp_quality=mark))).xml


@pytest.mark.parametrize("mark", ["fathers", "childs-voice own-detail", "because"])
def test_a_mark_that_no_quality_meter_knows_is_refused(written: Written, mark: str) -> None:
    assert [found.word for found in refusals(written(one("text", bind__fp_quality=mark)))] == [
        f"bind::fp:quality = {mark}"
    ]


def test_a_misspelt_column_of_our_own_is_refused(written: Written) -> None:
    found = refusals(written(one("text", bind__fp_merg="last")))
    assert [each.word for each in found] == ["bind::fp:merg"]


@pytest.mark.parametrize(
    ("kind", "policy"),
    [
        ("text", "newest"),
        ("text", "max"),
        ("text", "set"),
        ("select_one risk", "text"),
        ("integer", "append"),
        ("note", "last"),
    ],
)
def test_a_policy_that_is_unknown_or_does_not_fit_is_refused(written: Written, kind: str, policy: str) -> None:
    found = refusals(written(one(kind, bind__fp_merge=policy)))
    assert [(each.row, each.word) for each in found] == [(2, f"bind::fp:merge = {policy}")]


def test_a_calculate_is_computed_never_merged(written: Written) -> None:
    found = refusals(written(one("calculate", calculation="1 + 1", bind__fp_merge="last")))
    assert "never merged" in found[0].why


def test_a_choice_people_must_settle_needs_an_order(written: Written) -> None:
    found = refusals(written(one("select_one risk", bind__fp_merge="ask")))
    assert [each.word for each in found] == ["bind::fp:order"]


@pytest.mark.parametrize("order", ["low", "low medium high", "low low high"])
def test_an_order_names_each_choice_once(written: Written, order: str) -> None:
    found = refusals(written(one("select_one risk", bind__fp_merge="ask", bind__fp_order=order)))
    assert [each.word for each in found] == ["bind::fp:order"]


def test_an_order_is_published_from_less_to_more_protective(written: Written) -> None:
    form = publish(written(one("select_one risk", bind__fp_merge="ask", bind__fp_order="low < high")))
    assert form.policies["q"] == {
        "policy": "ask",
        "class": "A",
        "type": "string",
        "sensitivity": "ordinary",
        "order": ["low", "high"],
    }


@pytest.mark.parametrize("anchors", ["", "0 must act now", "0 must act now|"])
def test_a_scale_without_both_anchors_is_refused(written: Written, anchors: str) -> None:
    found = refusals(written(one("range", parameters="start=0 end=10 step=1", bind__fp_anchors=anchors)))
    assert [each.word for each in found] == ["q"]


def test_a_choice_that_stands_twice_is_refused_by_its_row(written: Written) -> None:
    twice = CHOICES + "| | risk | low | Low again |\n"
    found = refusals(written(one("select_one risk"), choices=twice))
    assert [(each.sheet, each.row, each.word) for each in found] == [("choices", 4, "low")]


@pytest.mark.parametrize("name", ["form_id", "form_title", "version"])
def test_a_form_without_its_name_or_version_is_refused(written: Written, name: str) -> None:
    found = refusals(written(one("text"), settings=SETTINGS.replace(f" {name} ", " note_to_self ")))
    assert [(each.sheet, each.word) for each in found] == [("settings", name)]


@pytest.mark.parametrize("name", ["public_key", "submission_url", "sms_keyword"])
def test_a_setting_that_is_not_run_is_refused(written: Written, name: str) -> None:
    settings = SETTINGS.replace("| | | | |", "| | | | | |").replace("namespaces |", f"namespaces | {name} |")
    found = refusals(written(one("text"), settings=settings.replace('form" |', 'form" | x |')))
    assert [(each.sheet, each.word) for each in found] == [("settings", name)]


def test_repeats_four_deep_are_refused(written: Written) -> None:
    begin = "".join(f"| | begin_repeat | r{depth} | R |\n" for depth in range(4))
    found = refusals(
        written(
            "| survey | | | |\n| | type | name | label |\n"
            + begin
            + "| | text | q | Q |\n"
            + "| | end_repeat | | |\n" * 4
        )
    )
    assert [(each.row, each.word) for each in found] == [(5, "r3")]


def test_more_choices_than_a_form_may_hold_are_refused(written: Written) -> None:
    many = CHOICES + "".join(f"| | streets | s{number} | Street {number} |\n" for number in range(5001))
    found = refusals(written(one("select_one streets"), choices=many))
    assert [(each.sheet, each.word) for each in found] == [("choices", "streets")]


def test_an_old_spreadsheet_is_refused(tmp_path: Path) -> None:
    found = refusals(tmp_path / "form.xls")
    assert found[0].word == ".xls"


def test_everything_wrong_is_told_at_once(written: Written) -> None:
    found = refusals(written(one("geotrace", appearance="annotate", bind__fp_merge="newest")))
    assert len(found) == 3


def test_what_pyxform_refuses_is_told_by_row(written: Written) -> None:
    found = refusals(written(one("text", relevant="${nobody} = 1")))
    assert (found[0].sheet, found[0].row, found[0].word) == ("survey", 2, "nobody")


@pytest.mark.parametrize(
    ("survey", "word"),
    [
        (one("text", appearance="sparkling"), "sparkling"),
        (one("calculate", calculation="today()"), "today()"),
        (one("text", relevant="count(//q) = 1"), "//"),
        (one("text", constraint="digest(., 'MD5') != ''"), "MD5"),
    ],
)
def test_what_is_doubtful_is_told_but_published(written: Written, survey: str, word: str) -> None:
    form = written(survey)
    assert any(word in warning for warning in check(form).warnings)
    assert publish(form).id == "trial"


def test_a_sum_inside_its_own_repeat_is_warned_of(written: Written) -> None:
    form = written("""
        | survey | | | | |
        | | type | name | label | calculation |
        | | begin_repeat | kids | Child | |
        | | integer | cost | Cost | |
        | | calculate | all_costs | | sum(${cost}) |
        | | end_repeat | | | |
    """)
    assert any("one row only" in warning for warning in check(form).warnings)
