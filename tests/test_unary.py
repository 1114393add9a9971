"""Unary tests: the table of the contract, what is refused and how the message mends it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from advisor.rulebook.sets import BOOLEANS, EVERY_NUMBER, UNKNOWN, ChoiceSet, NumberSet, PresenceSet, Value, ValueSet
from advisor.rulebook.unary import TestError, parse_domain, parse_test

NUMBER = NumberSet(EVERY_NUMBER.intervals, unknown=True)
STAGE = ChoiceSet(("none", "draft", "optimised"), True, ("none", "draft", "optimised"))
FLAG = ChoiceSet(BOOLEANS, True, BOOLEANS)
TEXT = PresenceSet(True, True)


@pytest.mark.parametrize(
    ("written", "inside", "outside"),
    [
        ("-", [5, UNKNOWN], []),
        ("unknown", [UNKNOWN], [5]),
        ("known", [5, -5], [UNKNOWN]),
        ("< 10_000", [9_999, 9_999.9, -1], [10_000, UNKNOWN]),
        ("<10_000", [9_999], [10_000]),
        ("<= 1M", [1_000_000], [1_000_001, UNKNOWN]),
        ("> 85%", [0.86, 0.850001], [0.85, UNKNOWN]),
        (">= 0.5", [0.5, 7], [0.49, UNKNOWN]),
        ("[10k..100k)", [10_000, 99_999.5], [9_999, 100_000, UNKNOWN]),
        ("(0..1]", [0.1, 1], [0, 1.1, UNKNOWN]),
        ("( 0 .. 1 )", [0.1], [0, 1]),
        ("[85%..95%)", [0.85, 0.9], [0.95]),
        ("[-5..-1]", [-5, -1], [0]),
        ("5", [5], [4, UNKNOWN]),
        (5, [5, 5.0], [6, UNKNOWN]),
        (0.5, [0.5], [1]),
        ("5, 7", [5, 7], [6, UNKNOWN]),
        ([5, "> 10", "[7..8]", "unknown"], [5, 11, 7.5, UNKNOWN], [6, 9]),
        ("< 0, [1..2], 5, unknown", [-1, 1.5, 5, UNKNOWN], [0, 3]),
        ("not(5)", [4, UNKNOWN], [5]),
        ("not(< 5, [7..8], unknown)", [5, 6.9, 9], [4, 7, UNKNOWN]),
        ("not(unknown)", [5], [UNKNOWN]),
        ("(5..5)", [], [5, UNKNOWN]),
        ("[9..1]", [], [5, UNKNOWN]),
    ],
)
def test_a_test_on_a_number(written: object, inside: list[Value], outside: list[Value]) -> None:
    values = parse_test(written, NUMBER)
    assert [value for value in inside if not values.contains(value)] == []
    assert [value for value in outside if values.contains(value)] == []


@pytest.mark.parametrize(
    ("written", "domain", "text"),
    [
        ("draft", STAGE, "draft"),
        ("draft, none", STAGE, "none, draft"),
        ("none,draft", STAGE, "none, draft"),
        (["none", "unknown"], STAGE, "none, unknown"),
        ("not(none, draft)", STAGE, "optimised, unknown"),
        ("not(none, unknown)", STAGE, "draft, optimised"),
        ("not ( none )", STAGE, "draft, optimised, unknown"),
        ("-", STAGE, "-"),
        ("known", STAGE, "known"),
        (True, FLAG, "true"),
        ("false", FLAG, "false"),
        ("not(true)", FLAG, "false, unknown"),
        ("known", TEXT, "known"),
        ("not(unknown)", TEXT, "known"),
        (["unknown"], TEXT, "unknown"),
        ("-", TEXT, "-"),
    ],
)
def test_a_test_on_a_choice_a_boolean_or_a_text(written: object, domain: ValueSet, text: str) -> None:
    assert str(parse_test(written, domain)) == text


@pytest.mark.parametrize(
    ("written", "domain", "what", "mend"),
    [
        ("1,5", NUMBER, "`1,5` can be read two ways", "`1.5`"),
        ("< 10.000,5", NUMBER, "can be read two ways", "`1_500`"),
        ("[1,5..2]", NUMBER, "can be read two ways", "`1, 5`"),
        ("< 2m", NUMBER, "`2m` can be read two ways", "`2M`"),
        ("85 %", NUMBER, "`85 %` is not a number", "`85%`"),
        ("$5", NUMBER, "`$5` is not a number", "`10k`"),
        ("> 1e6", NUMBER, "`1e6` is not a number", "`1.5M`"),
        ("=> 5", NUMBER, "`=> 5` is no comparison", "`>= 5`"),
        ("!= 5", NUMBER, "`!= 5` is no comparison", "`5`"),
        ("<", NUMBER, "`<` is no comparison", "`< 5`"),
        ("[1..2", NUMBER, "`[1..2` is no interval", "`[10k..100k)`"),
        ("1..2", NUMBER, "is no interval", "square bracket"),
        ("[1...5]", NUMBER, "is no interval", "`[10k..100k)`"),
        ("[5..]", NUMBER, "is no interval", "both ends"),
        ("[5..", NUMBER, "is no interval", "both ends"),
        ("abc", NUMBER, "`abc` is not a number", "`10_000`"),
        (True, NUMBER, "`true` is not a number", "`10_000`"),
        (10**400, NUMBER, "too large or too small", "another number"),
        (float("inf"), NUMBER, "`inf` is not a number", "`10k`"),
        ("draftt", STAGE, "`draftt` is none of its values", "did you mean `draft`?"),
        ("x", STAGE, "`x` is none of its values", "none, draft, optimised"),
        ("not draft", STAGE, "`not draft` is none of its values", "write `not(draft)`"),
        (5, STAGE, "`5` is none of its values", "none, draft"),
        ("yes", FLAG, "`yes` is none of its values", "true, false"),
        ("abc", TEXT, "`abc` tests a text", "`known` and `unknown`"),
        ("not(none", STAGE, "has no closing bracket", "quote"),
        ("not(none), draft", STAGE, "goes on after `not(...)`", "stand alone"),
        ("draft, not(none)", STAGE, "`not(none)` cannot stand in a list", "stand alone"),
        ("not(not(none))", STAGE, "`not(none)` cannot stand in a list", "stand alone"),
        ("not(known)", STAGE, "`known` cannot stand in a list", "stand alone"),
        ("not(-)", STAGE, "`-` cannot stand in a list", "stand alone"),
        (["-"], NUMBER, "`-` cannot stand in a list", "stand alone"),
        ("known, 5", NUMBER, "`known` cannot stand in a list", "stand alone"),
        ("not()", STAGE, "a value is missing", "name the value"),
        ("", STAGE, "a value is missing", "name the value"),
        ("5,", NUMBER, "a value is missing", "remove the comma"),
        ([], NUMBER, "the list is empty", "at least one value"),
        ([[1]], NUMBER, "holds no list", "one list"),
        (None, NUMBER, "the test is empty", "`unknown`"),
        ([None], NUMBER, "the test is empty", "`unknown`"),
        ({"a": 1}, NUMBER, "a mapping is no test", "one test"),
    ],
)
def test_a_bad_test_says_what_is_wrong_and_how_to_write_it(
    written: object, domain: ValueSet, what: str, mend: str
) -> None:
    with pytest.raises(TestError) as caught:
        parse_test(written, domain)
    assert what in caught.value.what
    assert mend in caught.value.mend


@given(
    st.lists(st.sampled_from(["< 5", "[7..8)", "5", "> 9", "unknown", "(1..2)"]), min_size=1, max_size=4),
    st.sampled_from([0, 1, 1.5, 5, 7, 8, 9, 10, UNKNOWN]),
)
def test_not_holds_exactly_where_its_list_does_not(parts: list[str], value: Value) -> None:
    listed = ", ".join(parts)
    holds = any(parse_test(part, NUMBER).contains(value) for part in parts)
    assert parse_test(listed, NUMBER).contains(value) == holds
    assert parse_test(parts, NUMBER).contains(value) == holds
    assert parse_test(f"not({listed})", NUMBER).contains(value) == (not holds)


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=2),
        max_leaves=5,
    )
    | st.from_regex(r"[\[(<>=not()known unkow,.0-9%kM_ \])-]{0,20}", fullmatch=True),
    st.sampled_from([NUMBER, STAGE, FLAG, TEXT]),
)
def test_anything_is_read_or_refused_with_a_mend(written: Any, domain: ValueSet) -> None:
    values = read_or_error(lambda: parse_test(written, domain))
    assert isinstance(values, TestError | type(domain))
    assert not isinstance(values, TestError) or (values.what and values.mend)


def read_or_error(read: Callable[[], ValueSet]) -> ValueSet | TestError:
    try:
        return read()
    except TestError as error:
        return error


@pytest.mark.parametrize(
    ("written", "text"),
    [
        ("[0..1_000_000_000]", "[0..1_000_000_000]"),
        ("[0..", ">= 0"),
        ("(0..", "> 0"),
        ("..5]", "<= 5"),
        ("..5)", "< 5"),
        (">= 0", ">= 0"),
        ("< 100%", "< 1"),
        ("(0..600]", "(0..600]"),
        ("5", "5"),
    ],
)
def test_a_domain_is_one_interval_and_unknown(written: str, text: str) -> None:
    assert str(parse_domain(written)) == f"{text}, unknown"


@pytest.mark.parametrize(
    "written", ["", "[5..1]", "(5..5)", "..", "[..", "[..]", "[0..)", "a", "[0..1], 5", "[0..x]", "-"]
)
def test_a_domain_without_a_number_is_refused(written: str) -> None:
    with pytest.raises(TestError) as caught:
        parse_domain(written)
    assert caught.value.mend


@given(st.text(max_size=12) | st.from_regex(r"[\[(<>=.0-9 \])-]{0,12}", fullmatch=True))
def test_any_domain_is_read_or_refused(written: str) -> None:
    domain = read_or_error(lambda: parse_domain(written))
    assert domain.mend if isinstance(domain, TestError) else domain.contains(UNKNOWN)
