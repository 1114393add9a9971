"""Numbers as people write them: what is read, what is refused with which example, and what is written."""

from __future__ import annotations

import math
from collections.abc import Callable

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from advisor.quantities import (
    LARGEST,
    Number,
    NumberError,
    as_number,
    dollars,
    grouped,
    is_number,
    parse_answer,
    parse_number,
    percentage,
    rounded,
    rule_text,
    significant,
    times,
    with_unit,
)

WHOLE = st.integers(1 - LARGEST, LARGEST - 1)
DECIMAL = st.floats(-1e15, 1e15, allow_nan=False).filter(lambda value: value == 0 or abs(value) > 1e-29)
NUMBERS = WHOLE | DECIMAL


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("5", 5),
        ("10_000", 10_000),
        ("1_000_000", 1_000_000),
        ("0.5", 0.5),
        (".5", 0.5),
        ("-5", -5),
        ("+5", 5),
        ("85%", 0.85),
        ("87.5%", 0.875),
        ("100%", 1),
        ("250k", 250_000),
        ("250K", 250_000),
        ("1.5k", 1500),
        ("1.2M", 1_200_000),
        ("007", 7),
        ("1.25", 1.25),
        ("0.250", 0.25),
        ("1.500k", 1500),
    ],
)
def test_a_number_is_read_alike_in_rules_and_answers(text: str, value: Number) -> None:
    assert parse_number(text) == value
    assert parse_answer(text) == value
    assert type(parse_number(text)) is type(value)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("250,000", 250_000),
        ("1,234,567.5", 1_234_567.5),
        ("$500", 500),
        ("$2.50", 2.5),
        ("$ 1,200", 1200),
        ("-$5", -5),
        ("~80", 80),
        ("~ 80", 80),
        ("~$500", 500),
        ("91 %", 0.91),
        ("250 k", 250_000),
        ("1.2 M", 1_200_000),
        ("1e6", 1_000_000),
        ("1E-3", 0.001),
        ("  7 ", 7),
    ],
)
def test_answers_take_more_than_rules(text: str, value: Number) -> None:
    assert parse_answer(text) == value
    with pytest.raises(NumberError):
        parse_number(text)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("1,5", "`1,5` can be read two ways; write `1.5` for one and a half, `1,500` for fifteen hundred"),
        ("1.000,50", "can be read two ways"),
        ("12,34,567", "can be read two ways"),
        ("1,5m", "can be read two ways"),
        ("2m", "`2m` can be read two ways; write `2M` for millions"),
        ("2 m", "write `2M`"),
        ("10.000", "`10.000` can be read two ways; write `10` or `10,000`"),
        ("$2.500", "`$2.500` can be read two ways; write `2.5` or `2,500`"),
    ],
)
def test_what_can_be_read_two_ways_is_refused_with_an_example(text: str, message: str) -> None:
    with pytest.raises(NumberError, match="can be read two ways; write `") as caught:
        parse_answer(text)
    assert message in str(caught.value)


@pytest.mark.parametrize("text", ["1,5", "10,000", "2m", "10.000", "1_000,5"])
def test_rules_refuse_what_can_be_read_two_ways(text: str) -> None:
    with pytest.raises(NumberError, match="can be read two ways; write `"):
        parse_number(text)


NO_NUMBERS = [
    *("", " ", "-", "$", "%", "k", "5 5", "5 calls", "five", "5\n6", "5kk", "5k%", "25%%", "5.", "1__0", "_1", "1_"),
    *("0x10", "1e", "1e5000", "1e999", "1e-400", "--5", "5-", "1.2.3", "1.000.000", "inf", "nan", "∞", "٣", "½"),
]


@pytest.mark.parametrize("text", NO_NUMBERS)
def test_what_is_no_number_is_refused_everywhere(text: str) -> None:
    for read in (parse_number, parse_answer):
        with pytest.raises(NumberError) as caught:
            read(text)
        assert caught.value.what
        assert caught.value.mend


@pytest.mark.parametrize("text", ["9007199254740992", "-9007199254740992", "9" * 5000, "9_007_199_255M"])
def test_numbers_that_could_not_be_compared_exactly_are_refused(text: str) -> None:
    with pytest.raises(NumberError, match="too large to be compared exactly") as caught:
        parse_number(text)
    assert len(str(caught.value)) < 200


def test_the_largest_number_is_read_exactly() -> None:
    assert parse_number("9_007_199_254_740_991") == LARGEST - 1


@given(st.text(max_size=12) | st.from_regex(r"[-+~$0-9.,_ kKmM%eE]{0,10}", fullmatch=True))
@example("1,000,")
@example("e5")
def test_any_text_is_read_or_refused_and_never_fails(text: str) -> None:
    for read in (parse_number, parse_answer):
        value = read_or_error(read, text)
        if isinstance(value, NumberError):
            assert value.what
            assert value.mend
        else:
            assert is_number(value)
            assert abs(value) < LARGEST


def read_or_error(read: Callable[[str], Number], text: str) -> Number | NumberError:
    try:
        return read(text)
    except NumberError as error:
        return error


@given(NUMBERS)
@example(-0.0)
@example(1e-7)
@example(-0.5)
@example(1234.5)
def test_what_is_written_is_read_back_as_the_same_number(value: Number) -> None:
    assert parse_number(rule_text(value)) == value
    assert parse_answer(grouped(value)) == value
    assert parse_answer(with_unit(value, "USD")) == value


@given(st.floats(0, 1).filter(lambda value: value == 0 or value > 1e-20))
def test_a_share_is_read_back_from_its_percentage(value: float) -> None:
    assert parse_answer(with_unit(value, "share")) == pytest.approx(value, rel=1e-15)
    assert math.isclose(parse_answer(percentage(value)), value, abs_tol=0.00005001)


@given(st.integers(0, 10_000))
def test_a_share_in_percent_and_as_a_fraction_is_one_value(hundredths: int) -> None:
    assert parse_answer(f"{hundredths / 100}%") == parse_answer(f"{hundredths / 10_000}")


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (250_000, "calls/month", "250,000 calls a month"),
        (1, "calls/month", "1 call a month"),
        (3, "USD/million tokens", "$3 a million tokens"),
        (0.0051, "USD/call", "$0.0051 a call"),
        (-2.5, "USD", "-$2.50"),
        (0.91, "share", "91%"),
        (0.123456, "share", "12.3456%"),
        (25.2, "ratio", "25.2"),
        (12, "months", "12 months"),
        (1, "examples", "1 example"),
        (7, None, "7"),
    ],
)
def test_a_number_is_written_with_its_unit(value: Number, unit: str | None, text: str) -> None:
    assert with_unit(value, unit) == text


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (119047.61904, "calls", "119,048 calls"),
        (0.47619047, "months", "0.476 months"),
        (0.123456, "share", "12.35%"),
        (1259.7, "USD", "$1,260"),
        (12.5, "USD", "$12.50"),
        (0.00510001, "USD/call", "$0.0051 a call"),
    ],
)
def test_a_sentence_rounds(value: Number, unit: str, text: str) -> None:
    assert with_unit(value, unit, exact=False) == text


def test_rounding_for_sentences() -> None:
    assert [rounded(value) for value in (12, 0.5, 2.345, 999.4, 1234.5, 250_000)] == [
        *("12", "0.5", "2.34", "999", "1,234", "250,000")
    ]
    assert [dollars(value) for value in (0, 5, 0.5, 12.346, 99.999, 1234.5)] == [
        *("$0", "$5", "$0.50", "$12.35", "$100", "$1,234")
    ]
    assert significant(0.00123456, 3) == 0.00123
    assert significant(98_765, 2) == 99_000


@given(NUMBERS | st.floats(allow_nan=False, allow_infinity=False))
def test_writing_never_fails(value: Number) -> None:
    for unit in ("calls/month", "USD", "share", "ratio", None):
        for exact in (True, False):
            assert with_unit(value, unit, exact=exact)


def test_multiplying_leaves_no_binary_dust() -> None:
    assert times(3, 0.1) == 0.3
    assert times(5, 3) == 15
    assert isinstance(times(2, 1.5), int)


@pytest.mark.parametrize("value", [True, None, "5", math.inf, -math.inf, math.nan, [5]])
def test_what_is_no_finite_number_is_none(value: object) -> None:
    assert not is_number(value)
    assert as_number(value) is None


@pytest.mark.parametrize(
    ("value", "number"), [(5, 5), (5.0, 5), (0.5, 0.5), (10**400, None), (1e300, None), (1e-300, None)]
)
def test_a_number_that_yaml_read_is_taken_when_it_is_exact(value: Number, number: Number | None) -> None:
    assert as_number(value) == number
    assert is_number(value)
