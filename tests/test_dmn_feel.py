"""The FEEL of cells: read as sets of values and written so that they come back; everything else refused by name."""

from __future__ import annotations

import math
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from advisor.dmn.cells import EVERYTHING, Cell, Words, boxes, cell_of, met, unary_text
from advisor.dmn.feel import FeelError, feel_of, feel_value, parse_tests, parse_value, to_cell
from advisor.quantities import Number
from advisor.rulebook.sets import UNKNOWN, NumberSet, interval


def cell(text: str, kind: str = "number") -> Cell:
    return to_cell(parse_tests(text), kind, lambda word: word)


@pytest.mark.parametrize(
    ("feel", "rule"),
    [
        ("-", "-"),
        ("", "-"),
        ("5", "5"),
        ("-5.50", "-5.5"),
        (".5", "0.5"),
        ("1.5e3", "1500"),
        ("= 5", "5"),
        ("< 10000", "< 10_000"),
        ("<=10000", "<= 10k"),
        (">\t0.85", "> 85%"),
        (">= -1", ">= -1"),
        ("[1..5]", "[1..5]"),
        ("(1..5)", "(1..5)"),
        ("]1..5[", "(1..5)"),
        ("[1..5[", "[1..5)"),
        ("[ 1 .. 5 )", "[1..5)"),
        ("[0...5]", "[0..0.5]"),
        ("]0.85 .. 0.95]", "(85%..95%]"),
        ("1, 2, [5..7)", "1, 2, [5..7)"),
        ("1,2", "1, 2"),
        ("null", "unknown"),
        ("not(null)", "known"),
        ("not(5)", "not(5)"),
        ("not (1, 2)", "not(1, 2)"),
        ("!= 5", "not(5)"),
        ("not(5, null)", "not(5, unknown)"),
        (">= 10, null", ">= 10, unknown"),
        ("[5..1]", "(0..0)"),
    ],
)
def test_numbers_are_read(feel: str, rule: str) -> None:
    assert cell(feel) == cell_of(rule, "number")


@pytest.mark.parametrize("feel", ["not(< 5)", "not([1..2])", "not(1, > 7)"])
def test_null_is_not_outside_an_interval(feel: str) -> None:
    """In FEEL a comparison with null is null, and so is its negation."""
    found = cell(feel)
    assert isinstance(found, NumberSet)
    assert not found.unknown


@pytest.mark.parametrize(
    ("feel", "kind", "rule"),
    [
        ('"a"', "choice", "a"),
        ('"a","b"', "choice", "a, b"),
        ('not("a")', "choice", "not(a)"),
        ('!="a"', "choice", "not(a)"),
        ('not("a", null)', "choice", "not(a, unknown)"),
        ('"a", null', "choice", "a, unknown"),
        ("true", "boolean", "true"),
        ("not(true)", "boolean", "not(true)"),
        ("true, false", "boolean", "true, false"),
        ("not(null)", "text", "known"),
        ("-", "choice", "-"),
    ],
)
def test_words_are_read(feel: str, kind: str, rule: str) -> None:
    assert cell(feel, kind) == cell_of(rule, kind)


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ('"a \\"b\\" \\\\ \\u00e4\\n"', 'a "b" \\ ä\n'),
        ("12", 12),
        ("-0.5", -0.5),
        ("true", True),
        ("null", None),
    ],
)
def test_values_are_read(written: str, value: object) -> None:
    assert parse_value(written) == value
    assert type(parse_value(written)) is type(value)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (">= my threshold", "`my threshold` is a symbol"),
        ("Applicant.Age", "`Applicant.Age` is a symbol"),
        ("low", "`low` is a symbol"),
        ('date("2026-01-01")', "`date(...)` is a call of a function"),
        ('[date("2026-01-01")..date("2026-02-01")]', "`date(...)` is a call of a function"),
        ('@"2026-01-01"', "a date or duration"),
        ("1 + 2", "an expression"),
        ("5 - 3", "an expression"),
        ("? > 5", "an expression"),
        ("5 and 6", "an expression"),
        ("{a: 1}", "an expression"),
        ("not(not(5))", "`not(...)` is a call"),
        ("not(5", "`)` is missing at its end"),
        ("[1..5", "has no end"),
        ("[1, 5]", "`..` is missing at `,`"),
        ("1,", "a value is missing at the end"),
        (">", "a value is missing at the end"),
        ('> "a"', '`"a"` stands in a comparison'),
        ('["a".."b"]', '`"a"` stands in an interval'),
        ("[true..false]", "`true` stands in an interval"),
        ('"a', "an expression"),
        ("-, 5", "an expression"),
        ("1.2.3", "an expression"),
        ("12abc", "an expression"),
        ("1e99", "too large or too small"),
        ("1e999999999", "too large or too small"),
        ("1e-999999999", "too large or too small"),
        ("9007199254740993", "too large or too small"),
    ],
)
def test_everything_else_is_refused_by_name(text: str, said: str) -> None:
    with pytest.raises(FeelError) as caught:
        parse_tests(text)
    assert said in caught.value.what


@pytest.mark.parametrize(
    ("text", "kind"), [('"5"', "number"), ("5", "choice"), ("true", "choice"), ("5", "boolean"), ("[1..2]", "boolean")]
)
def test_values_of_another_kind_are_refused(text: str, kind: str) -> None:
    with pytest.raises(FeelError, match="stands in a column of"):
        cell(text, kind)


def test_conclusions_are_plain_values() -> None:
    for text in ("x", "1, 2", "< 5", "f(1)", "1 + 1", "[1..2]"):
        with pytest.raises(FeelError):
            parse_value(text)


# -- written and read back ------------------------------------------------------------------------------------------

_numbers = st.one_of(st.integers(-50, 50), st.sampled_from([0.25, -0.5, 0.1, 0.85, 1e-7, 12345.678, 10**15]))


@st.composite
def number_cells(draw: st.DrawFn) -> NumberSet:
    parts = []
    ends = st.one_of(_numbers, st.sampled_from([-math.inf, math.inf]))
    for _ in range(draw(st.integers(0, 4))):
        low: Number
        high: Number
        low, high = sorted((draw(ends), draw(ends)))
        part = interval(low, high, low_closed=draw(st.booleans()), high_closed=draw(st.booleans()))
        if part is not None and part.low != math.inf and part.high != -math.inf:
            parts.append(part)
    return NumberSet.of(parts, unknown=draw(st.booleans()))


_words = st.sampled_from(["a", "b c", "d/e", "true", UNKNOWN, 'q"uote', "x\\y", "ä"])


@st.composite
def word_cells(draw: st.DrawFn) -> Words:
    negated = draw(st.booleans())
    return Words(tuple(draw(st.lists(_words, unique=True, min_size=0 if negated else 1, max_size=4))), negated)


@given(number_cells())
def test_number_cells_come_back(made: NumberSet) -> None:
    assert to_cell(parse_tests(feel_of(made, "number")), "number", str) == made
    assert cell_of(unary_text(made), "number") == made


@given(word_cells())
def test_word_cells_come_back(made: Words) -> None:
    assert to_cell(parse_tests(feel_of(made, "choice")), "choice", str) == made


@given(st.text(max_size=30))
def test_texts_come_back(text: str) -> None:
    if text != UNKNOWN:
        assert parse_value(feel_value(text)) == text


@given(st.text(alphabet='-<>=[]().,0123456789 "abnot(null)?@{}+', max_size=25))
def test_whatever_is_written_is_read_or_refused(text: str) -> None:
    with suppress(FeelError):
        to_cell(parse_tests(text), "number", str)


# -- rules that are cut apart -----------------------------------------------------------------------------------------


@given(st.data())
def test_rules_cut_apart_hold_where_one_of_the_alternatives_does_and_never_together(data: st.DataObject) -> None:
    kinds = {"x": "integer", "c": "choice", "b": "boolean"}
    tests = {
        "x": ["< 3", "[2..5]", "not(4)", "unknown", "> 1, unknown"],
        "c": ["a", "not(a, b)", "b, unknown", "known"],
    }
    tests["b"] = ["true", "not(true)", "unknown", "-"]
    mapping = st.fixed_dictionaries({}, optional={name: st.sampled_from(held) for name, held in tests.items()})
    when = {**data.draw(mapping), "any": data.draw(st.lists(mapping, min_size=1, max_size=4))}
    together, apart = boxes(when, kinds, apart=False), boxes(when, kinds, apart=True)
    points = [
        {"x": x, "c": c, "b": b}
        for x in (0, 1, 2, 3, 4, 5, 6, UNKNOWN)
        for c in ("a", "b", "z", UNKNOWN)
        for b in ("true", "false", UNKNOWN)
    ]

    def inside(held: Cell, value: int | str) -> bool:
        return held.contains(value) if isinstance(held, NumberSet) else (value in held.values) != held.negated

    for point in points:
        holding = [
            sum(all(inside(held, point[n]) for n, held in box.items()) for box in made) for made in (together, apart)
        ]
        assert holding[1] == min(holding[0], 1)


def test_what_no_value_passes_is_written_too() -> None:
    empty = met(Words(("a",)), Words(("b",)))
    assert feel_of(empty, "choice") == "(0..0)"
    assert unary_text(empty, ("a", "b")) == "not(a, b, unknown)"
    assert cell("(0..0)", "choice") == Words(())
    assert EVERYTHING.complement().is_empty()
