"""Functions of text, a table each."""

from __future__ import annotations

import pytest

from forms.xpath import XPathError
from tests.forms.xpath.judging import NAN, same, told

CASES: list[tuple[str, object]] = [
    ("concat()", ""),
    ("concat('a')", "a"),
    ("concat('a', 'b', 'c')", "abc"),
    ("concat(0, 0)", "00"),
    ("concat(child/given)", "AdaBenCem"),
    ("concat(child/given, '!', age)", "AdaBenCem!41"),
    ("concat(missing, true())", "true"),
    ("join(', ', child/given)", "Ada, Ben, Cem"),
    ("join('-', 'a', 'b')", "a-b"),
    ("join('-', child/age, 'x')", "9-12-4-x"),
    ("join('-')", ""),
    ("join(' ', missing)", ""),
    ("join(',', child/need)", "food,,rent"),
    ("substr('kitchen', 0)", "kitchen"),
    ("substr('kitchen', 2)", "tchen"),
    ("substr('kitchen', 2, 4)", "tc"),
    ("substr('kitchen', -3)", "hen"),
    ("substr('kitchen', 0, -3)", "kitc"),
    ("substr('kitchen', -4, -1)", "che"),
    ("substr('kitchen', 5, 2)", ""),
    ("substr('kitchen', 99)", ""),
    ("substr('kitchen', 'x')", ""),
    ("substr(age, 0, 1)", "4"),
    ("substr('', 0, 1)", ""),
    ("substring('12345', 2, 3)", "234"),
    ("substring('12345', 2)", "2345"),
    ("substring('12345', 1.5, 2.6)", "234"),
    ("substring('12345', 0, 3)", "12"),
    ("substring('12345', 0 div 0, 3)", ""),
    ("substring('12345', 1, 0 div 0)", ""),
    ("substring('12345', -42, 1 div 0)", "12345"),
    ("substring('12345', -1 div 0, 1 div 0)", ""),
    ("substring('12345', -1)", "12345"),
    ("substring-before('2026-07-01', '-')", "2026"),
    ("substring-before('abc', 'x')", ""),
    ("substring-before('abc', '')", ""),
    ("substring-after('2026-07-01', '-')", "07-01"),
    ("substring-after('abc', 'x')", ""),
    ("substring-after('abc', '')", "abc"),
    ("translate('bar', 'abc', 'ABC')", "BAr"),
    ("translate('--aaa--', 'abc-', 'ABC')", "AAA"),
    ("translate('aa', 'aa', 'bc')", "bb"),
    ("translate('', 'a', 'b')", ""),
    ("string-length('')", 0.0),
    ("string-length('four')", 4.0),
    ("string-length(name)", 11.0),
    ("string-length('👩‍👧')", 3.0),
    ("string-length(123)", 3.0),
    ("normalize-space('  a   b ')", "a b"),
    ("normalize-space('\ta\n\nb')", "a b"),
    ("normalize-space(blank)", ""),
    ("contains('asdf', 'sd')", True),
    ("contains('asdf', 'af')", False),
    ("contains('', '')", True),
    ("contains('a', '')", True),
    ("contains(name, 'Fer')", True),
    ("contains(age, 4)", True),
    ("starts-with('asdf', 'as')", True),
    ("starts-with('asdf', 'df')", False),
    ("starts-with('', '')", True),
    ("starts-with('', 'b')", False),
    ("ends-with('asdf', 'df')", True),
    ("ends-with('asdf', 'as')", False),
    ("ends-with('', '')", True),
    ("upper-case('Núñez')", "NÚÑEZ"),
    ("lower-case('NÚÑEZ')", "núñez"),
    ("regex('a12', '[0-9]+')", True),
    ("regex('a12', '^[0-9]+$')", False),
    ("regex('12', '^[0-9]+$')", True),
    ("regex('', '^$')", True),
    ("regex('SW1A 1AA', '^[A-Z]{1,2}[0-9][A-Z0-9]? ?[0-9][A-Z]{2}$')", True),
    ("regex('Núñez', '^\\pL+$')", True),
    ("regex(age, concat('^4', '1$'))", True),
    ("regex('aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!', '^(a+)+$')", False),
    ("digest('abc', 'SHA-256', 'hex')", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
    ("digest('abc', 'SHA-256')", "ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0="),
    ("digest('abc', 'MD5', 'hex')", "900150983cd24fb0d6963f7d28e17f72"),
    ("digest('abc', 'SHA-1', 'hex')", "a9993e364706816aba3e25717850c26c9cd0d89d"),
    ("string-length(digest('abc', 'SHA-384', 'hex'))", 96.0),
    ("string-length(digest('abc', 'SHA-512', 'hex'))", 128.0),
    ("base64-decode('SGVsbG8=')", "Hello"),
    ("base64-decode('TsO6w7Fleg==')", "Núñez"),
    ("base64-decode('?')", ""),
    ("base64-decode('')", ""),
    ("string-length(uuid())", 36.0),
    ("string-length(uuid(8))", 8.0),
    ("string-length(uuid(80))", 80.0),
    ("string-length(uuid(-1))", 0.0),
    ("uuid() = uuid()", False),
    ("name(child)", "child"),
    ("name(child/*[1])", "given"),
    ("name()", "data"),
    ("name(missing)", ""),
    ("name(@id)", "id"),
    ("local-name(child)", "child"),
    ("jr:itext('id')", ""),
    ("jr:choice-name('york', '/data/name')", "york"),
    ("jr:choice-name('york', ' /data/missing ')", ""),
    ("jr:choice-name(blank, '/data/name')", ""),
]
SELECTS: list[tuple[str, object]] = [
    ("selected(needs, 'rent')", True),
    ("selected(needs, 'ren')", False),
    ("selected(needs, ' rent ')", True),
    ("selected(blank, 'rent')", False),
    ("selected(blank, '')", True),
    ("selected(missing, 'rent')", False),
    ("selected('a  b', 'b')", True),
    ("selected-at(needs, 0)", "food"),
    ("selected-at(needs, 2)", "school"),
    ("selected-at(needs, 3)", ""),
    ("selected-at(needs, -1)", ""),
    ("selected-at(needs, 'x')", ""),
    ("selected-at(blank, 0)", ""),
    ("selected-at(needs, 1.9)", "rent"),
    ("count-selected(needs)", 3.0),
    ("count-selected(blank)", 0.0),
    ("count-selected('  a  b ')", 2.0),
    ("selected-at(needs, count-selected(needs) - 1)", "school"),
]


@pytest.mark.parametrize(("expression", "expected"), CASES)
def test_a_function_of_text_gives_what_the_specification_says(expression: str, expected: object) -> None:
    assert same(told(expression), expected)


@pytest.mark.parametrize(("expression", "expected"), SELECTS)
def test_a_selection_is_a_list_of_words(expression: str, expected: object) -> None:
    assert same(told(expression), expected)


@pytest.mark.parametrize(
    ("expression", "at", "expected"),
    [
        ("string()", "/data/name", "Maud Ferrow"),
        ("string-length()", "/data/name", 11.0),
        ("normalize-space()", "/data/name", "Maud Ferrow"),
        ("number()", "/data/age", 41.0),
        ("number()", "/data/name", NAN),
    ],
)
def test_without_an_argument_the_node_itself_is_meant(expression: str, at: str, expected: object) -> None:
    assert same(told(expression, at), expected)


@pytest.mark.parametrize("pattern", ["(?=a)", r"(a)\1", "(", "[z-a]"])
def test_a_pattern_that_could_run_for_ever_or_is_none_is_refused_when_it_is_read(pattern: str) -> None:
    with pytest.raises(XPathError) as refused:
        told(f"regex('a', '{pattern}')")
    assert refused.value.place == 0


def test_an_unknown_digest_is_an_error_that_names_what_may_be_used() -> None:
    with pytest.raises(XPathError, match="SHA-256"):
        told("digest('a', 'CRC')")
