"""Languages and texts: which words are shown, in which language, and what is put out inside them."""

from __future__ import annotations

import pytest

from forms import asking
from forms.errors import FormError
from forms.interview import Interview
from tests.forms.conformance.xforms import items, listed, sit, xform


def itext(*languages: tuple[str, str, str]) -> str:
    """Translations: language, further attributes, and the texts in it."""
    return (
        "<itext>"
        + "".join(f'<translation lang="{name}" {marks}>{texts}</translation>' for name, marks, texts in languages)
        + "</itext>"
    )


def text(name: str, long: str = "", **forms: str) -> str:
    """A text with its forms; an underscore in a form's name is a hyphen."""
    plain = f"<value>{long}</value>" if long else ""
    others = "".join(f'<value form="{form.replace("_", "-")}">{words}</value>' for form, words in forms.items())
    return f'<text id="{name}">{plain}{others}</text>'


def label(sitting: Interview, path: str = "q") -> str:
    """The label of a question as it is shown."""
    return sitting.question(path).label


EN, PL = text("q", "How many?"), text("q", "Ile?")
DEFAULTS = [
    ((("en", "", EN), ("pl", "", PL)), "en", ("en", "pl")),
    ((("en", "", EN), ("pl", 'default="true()"', PL)), "pl", ("pl", "en")),
    ((("en", 'default=""', EN), ("pl", "", PL)), "en", ("en", "pl")),
    ((("pl", "", PL), ("en", 'default="true()"', EN), ("uk", "", "")), "en", ("en", "pl", "uk")),
    ((("default", "", EN),), "default", ("default",)),
    (
        (("English (en)", "", EN), ("Polski (pl)", 'default="true()"', PL)),
        "Polski (pl)",
        ("Polski (pl)", "English (en)"),
    ),
]
ASK = '<input ref="/data/q"><label ref="jr:itext(\'q\')"/></input>'


@pytest.mark.parametrize(("languages", "first", "order"), DEFAULTS)
def test_the_default_language_is_the_one_marked_or_the_first(
    languages: tuple[tuple[str, str, str], ...], first: str, order: tuple[str, ...]
) -> None:
    sitting = sit(xform("<q/>", itext(*languages), ASK))
    assert (sitting.lang, sitting.languages) == (first, order)
    assert label(sitting) == {"en": "How many?", "pl": "Ile?"}.get(first, "How many?" if "(" not in first else "Ile?")


def test_a_form_without_translations_has_one_language() -> None:
    sitting = sit(xform("<q/>", "", '<input ref="/data/q"><label>Plain</label></input>'))
    assert (sitting.languages, label(sitting)) == (("default",), "Plain")
    with pytest.raises(FormError):
        sitting.set_language("pl")


SHOWN = [
    # what English has, what Polish has, shown in Polish, shown in English
    (text("q", "One"), text("q", "Jeden"), "Jeden", "One"),
    (text("q", "One"), "", "One", "One"),
    ("", text("q", "Jeden"), "Jeden", "Jeden"),
    ("", "", "q", "q"),
    (text("q", "One", short="1"), text("q", "", short="jeden"), "jeden", "One"),
    (text("q", long="One"), text("other", "Inne"), "One", "One"),
    (text("q", "", image="jr://images/well.png"), "", "Picture: well.png", "Picture: well.png"),
    (text("q", "", audio="jr://audio/ask.mp3"), text("q", "Pytaj"), "Pytaj", "Sound: ask.mp3"),
    (text("q", "", video="jr://video/how.mp4"), "", "Film: how.mp4", "Film: how.mp4"),
    (text("q", "See", image="jr://images/well.png"), "", "See", "See"),
    (text("q", "  spaced  "), text("q", "\n odstęp\n"), "odstęp", "spaced"),
    (text("q", "a &lt; b &amp; c"), text("q", "zażółć"), "zażółć", "a < b & c"),
    ('<text id="q"><value form="long">Long</value></text>', "", "Long", "Long"),
]


@pytest.mark.parametrize(("english", "polish", "in_polish", "in_english"), SHOWN)
def test_a_text_is_shown_in_the_language_or_in_the_forms_own(
    english: str, polish: str, in_polish: str, in_english: str
) -> None:
    model = itext(("en", 'default="true()"', english + text("z", "z")), ("pl", "", polish + text("z", "z")))
    sitting = sit(xform("<q/>", model, ASK))
    assert label(sitting) == in_english
    sitting.set_language("pl")
    assert label(sitting) == in_polish
    sitting.set_language("en")
    assert label(sitting) == in_english


def test_hints_guidance_and_media_are_told_apart() -> None:
    texts = text("q", "Label", image="jr://images/well.png", audio="jr://audio/a.mp3") + text(
        "h", "Hint", guidance="More"
    )
    body = '<input ref="/data/q"><label ref="jr:itext(\'q\')"/><hint ref="jr:itext(\'h\')"/></input>'
    view = sit(xform("<q/>", itext(("en", "", texts)), body)).question("q")
    assert (view.label, view.hint, view.guidance) == ("Label", "Hint", "More")
    assert view.media == {"image": "well.png", "audio": "a.mp3"}


PUT_OUT = [
    ('You said <output value="/data/a"/>.', "You said 4."),
    ('You said <output ref="/data/a"/>.', "You said 4."),
    ('<output value="/data/a + 1"/> in all', "5 in all"),
    ("<output value=\"concat(/data/a, '!')\"/>", "4!"),
    ('<output value="../a"/><output value="../a"/>', "44"),
    ('[<output value="/data/hidden"/>]', "[]"),
    ('[<output value="/data/none"/>]', "[]"),
    ("<output value=\"if(/data/a &gt; 3, 'many', 'few')\"/>", "many"),
    ("<output value=\"format-date('2026-03-02', '%e %b')\"/>", "2 Mar"),
    ('<output value="count(/data/*)"/> parts', "3 parts"),
    ("Plain", "Plain"),
    ("", "q"),
    ('Bold <b>word <output value="/data/a"/></b> end', "Bold word 4 end"),
]


@pytest.mark.parametrize(("words", "expected"), PUT_OUT)
def test_what_is_put_out_in_a_label_is_worked_out_where_it_stands(words: str, expected: str) -> None:
    binds = '<bind nodeset="/data/a" type="int"/><bind nodeset="/data/hidden" relevant="/data/a = 0"/>'
    plain = sit(xform("<a>4</a><hidden>x</hidden><q/>", binds, f'<input ref="/data/q"><label>{words}</label></input>'))
    assert label(plain) == expected
    if words:
        model = binds + itext(("en", "", f'<text id="q"><value>{words}</value></text>'))
        assert label(sit(xform("<a>4</a><hidden>x</hidden><q/>", model, ASK))) == expected


def test_what_is_put_out_follows_the_answer() -> None:
    said = '<label>Of <output value="/data/a"/></label><hint>H <output value="/data/a"/></hint>'
    body = f'<input ref="/data/a"/><input ref="/data/q">{said}</input>'
    sitting = sit(xform("<a/><q/>", '<bind nodeset="/data/a" type="int"/>', body))
    assert (sitting.question("q").label, sitting.question("q").hint) == ("Of", "H")
    sitting.answer("a", "7")
    assert (sitting.question("q").label, sitting.question("q").hint) == ("Of 7", "H 7")


ROWS = (
    '<group ref="/data/kid"><repeat nodeset="/data/kid"><input ref="/data/kid/name"/><input ref="/data/kid/age">'
    '<label>How old is <output value="../name"/>, number <output value="position(..)"/>?</label>'
    "</input></repeat></group>"
)


def test_a_label_in_a_repeat_speaks_of_its_own_row() -> None:
    sitting = sit(xform('<kid jr:template=""><name/><age/></kid>', "", ROWS), answers={})
    rows = [sitting.add_row("kid") for _ in range(3)]
    for row, name in zip(rows, ("Bea", "Cal", "Dot"), strict=True):
        sitting.answer(f"{row}/name", name)
    assert label(sitting, f"{rows[1]}/age") == "How old is Cal, number 2?"
    sitting.remove_row(rows[0])
    assert label(sitting, f"{rows[1]}/age") == "How old is Cal, number 1?"


MESSAGES = [
    ("constraint", 'constraint=". &lt; 10" jr:constraintMsg="Below 10"', "40", "Below 10"),
    ("constraint", 'constraint=". &lt; 10" jr:constraintMsg="jr:itext(\'m\')"', "40", "Mniej"),
    ("constraint", 'constraint=". &lt; 10"', "40", asking.NOT_RIGHT),
    ("constraint", 'type="int"', "four", "A whole number."),
    ("required", 'required="true()" jr:requiredMsg="Please"', "", "Please"),
    ("required", 'required="true()" jr:requiredMsg="jr:itext(\'m\')"', "", "Mniej"),
    ("required", 'required="true()"', "", asking.REQUIRED),
]


@pytest.mark.parametrize(("why", "told", "answer", "expected"), MESSAGES)
def test_messages_are_in_the_language_shown(why: str, told: str, answer: str, expected: str) -> None:
    model = f'<bind nodeset="/data/q" {told}/>' + itext(("en", "", text("m", "Less")), ("pl", "", text("m", "Mniej")))
    sitting = sit(xform("<q/>", model, '<input ref="/data/q"/>'))
    sitting.set_language("pl")
    sitting.answer("q", answer)
    assert [(each.why, each.message) for each in sitting.violations()] == [(why, expected)]


CHOICES = itext(
    ("en", "", text("l-0", "Food") + text("l-1", 'Rent of <output value="/data/sum"/>') + text("s", "Static")),
    ("pl", "", text("l-0", "Jedzenie") + text("l-1", 'Czynsz <output value="/data/sum"/>') + text("s", "Stały")),
)
ROWS_BY_ID = "<item><itextId>l-0</itextId><name>food</name></item><item><itextId>l-1</itextId><name>rent</name></item>"
FROM = '<itemset nodeset="{0}"><value ref="name"/><label ref="{1}"/></itemset>'
LABELS = [
    (FROM.format("instance('l')/root/item", "jr:itext(itextId)"),
     ["Food", "Rent of 5"], ["Jedzenie", "Czynsz 5"]),
    (FROM.format("instance('l')/root/item[name != 'food']", "jr:itext(itextId)"),
     ["Rent of 5"], ["Czynsz 5"]),
    ('<item><label ref="jr:itext(\'s\')"/><value>food</value></item>', ["Static"], ["Stały"]),
    ("<item><label>Plain</label><value>food</value></item>", ["Plain"], ["Plain"]),
    ('<item><label>Of <output value="/data/sum"/></label><value> food </value></item>', ["Of 5"], ["Of 5"]),
]  # fmt: skip


@pytest.mark.parametrize(("choices", "english", "polish"), LABELS)
def test_choices_are_named_in_the_language_shown(choices: str, english: list[str], polish: list[str]) -> None:
    body = f'<input ref="/data/sum"/><select1 ref="/data/q">{choices}</select1>'
    sitting = sit(xform("<sum>5</sum><q/>", CHOICES + listed("l", ROWS_BY_ID), body))
    assert [each.label for each in sitting.question("q").choices] == english
    sitting.set_language("pl")
    assert [each.label for each in sitting.question("q").choices] == polish
    assert "food" in {each.value for each in sitting.question("q").choices} or "rent" in {
        each.value for each in sitting.question("q").choices
    }


def test_choice_name_follows_the_language_and_so_does_itext() -> None:
    model = CHOICES + listed("l", ROWS_BY_ID)
    model += '<bind nodeset="/data/said" calculate="jr:choice-name(/data/q, \'/data/q\')"/>'
    body = f'<select1 ref="/data/q">{LABELS[0][0]}</select1>'
    body += '<input ref="/data/z"><label><output value="jr:itext(\'s\')"/></label></input>'
    sitting = sit(xform("<sum>5</sum><q/><z/><said/>", model, body))
    sitting.answer("q", "food")
    assert (sitting.filed()["said"], label(sitting, "z")) == ("Food", "Static")
    sitting.set_language("pl")
    assert (sitting.filed()["said"], label(sitting, "z")) == ("Jedzenie", "Stały")


def test_switching_the_language_changes_no_answer() -> None:
    sitting = sit(xform("<q/>", itext(("en", "", EN), ("pl", "", PL)), ASK))
    sitting.answer("q", "3")
    before = sitting.values()
    sitting.set_language("pl")
    assert sitting.values() == before


def test_labels_of_plain_rows_are_their_words() -> None:
    body = f'<select1 ref="/data/q">{FROM.format("instance(&apos;l&apos;)/root/item", "label")}</select1>'
    sitting = sit(xform("<q/>", listed("l", items(("a", "A"), ("b", "B &amp; C"))), body))
    assert [tuple(each) for each in sitting.question("q").choices] == [("a", "A"), ("b", "B & C")]
