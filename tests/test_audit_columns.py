"""Columns: a domain cut into cells, each with a value to show."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from advisor.audit.columns import Column, cut, two_values
from advisor.audit.simplest import simplest
from advisor.rulebook.model import Fact
from advisor.rulebook.sets import Interval, NumberSet, interval
from advisor.rulebook.unary import parse_test
from tests.rule_texts import build_texts


def _fact(declared: str) -> Fact:
    text = (
        f"facts:\n  - {{id: x, {declared}}}\ntables:\n  - {{id: t, hit_policy: first, rows: [{{id: r, when: {{}}}}]}}\n"
    )
    return build_texts({"rules.yaml": text}).facts["x"]


def _cut(declared: str, *tests: str, apart: bool = False) -> Column:
    fact = _fact(declared)
    return cut(fact, [parse_test(test, fact.domain) for test in tests], apart=apart)


def _shown(column: Column) -> list[tuple[str, object]]:
    return [(str(cell.values), cell.example) for cell in column.cells]


@pytest.mark.parametrize(
    ("declared", "tests", "cells"),
    [
        ("kind: number", ["< 10"], [("< 10", 0), (">= 10", 10), ("unknown", "unknown")]),
        ("kind: number, required: true", ["<= 5", ">= 6"], [("<= 5", 5), ("(5..6)", 5.5), (">= 6", 6)]),
        ("kind: integer, required: true", ["<= 5", ">= 6"], [("<= 5", 5), (">= 6", 6)]),
        ("kind: integer, required: true", ["< 5.5"], [("< 5.5", 0), ("> 5.5", 6)]),
        ('kind: integer, domain: "[0..3]", required: true', ["(1..2)"], [("[0..3]", 0)]),
        ('kind: number, domain: "[0..1]"', ["> 85%"], [("[0..0.85]", 0), ("(0.85..1]", 1), ("unknown", "unknown")]),
        ('kind: number, domain: "[0..1]", required: true', ["> 85"], [("[0..1]", 0)]),
        ("kind: number, required: true", ["5, 7"], [("< 5, (5..7), > 7", 0), ("5, 7", 5)]),
        ("kind: boolean", ["true"], [("true", True), ("false", False), ("unknown", "unknown")]),
        ("kind: boolean, required: true", ["known"], [("known", True)]),
        ("kind: text", ["known"], [("known", "some text"), ("unknown", "unknown")]),
        ("kind: text, required: true", ["known"], [("known", "some text")]),
        ("kind: choice, choices: {a: A, b: B, c: C}", ["not(a)"], [("a", "a"), ("b, c", "b"), ("unknown", "unknown")]),
        ("kind: choice, choices: {a: A, b: B}", [], [("known", "a"), ("unknown", "unknown")]),
        ('kind: integer, domain: "(5..6)", required: true', ["5"], [("unknown", "unknown")]),
    ],
)
def test_a_domain_is_cut_where_tests_tell_values_apart(
    declared: str, tests: list[str], cells: list[tuple[str, object]]
) -> None:
    assert _shown(_cut(declared, *tests)) == cells


def test_cells_kept_apart_stand_below_at_and_above_each_threshold() -> None:
    column = _cut('kind: number, domain: "[0..10]", required: true', "< 5", apart=True)
    assert _shown(column) == [("0", 0), ("(0..5)", 2), ("5", 5), ("(5..10)", 6), ("10", 10)]
    assert len(_cut("kind: choice, choices: {a: A, b: B}", "known", apart=True).cells) == 3


def test_cells_together_are_written_as_one_test() -> None:
    column = _cut('kind: integer, domain: "[0..100]"', "< 10", "[10..20)", ">= 21")
    assert column.text([0, 1]) == "[0..20)"
    assert column.text([1, 2, 3]) == "[10..100]"
    assert column.text([0, 4]) == "[0..10), unknown"
    assert column.text(range(5)) == "-"
    assert _cut("kind: integer", "1, 2, 3", "2").text([1, 2]) == "[1..3]"


def test_two_values_of_a_cell_are_told_or_none() -> None:
    column = _cut('kind: integer, domain: "[0..10]", required: true', "0", "< 3", ">= 10")
    assert [two_values(column, n) for n in range(len(column.cells))] == [None, (1, 2), (3, 5), None]
    assert two_values(_cut("kind: boolean", "true"), 0) is None
    first, second = two_values(_cut("kind: number", "> 0.5"), 1) or (0, 0)
    assert 0.5 < first < second
    assert two_values(_cut("kind: number", "5, 7"), 1) == (5, 7)


@pytest.mark.parametrize(
    ("part", "whole", "value"),
    [
        (interval(10_000, 100_000, low_closed=True, high_closed=False), False, 10_000),
        (interval(10_000, 100_000, low_closed=False, high_closed=False), True, 50_000),
        (interval(0.85, 0.95, low_closed=False, high_closed=False), False, 0.9),
        (interval(7, 19, low_closed=False, high_closed=False), True, 10),
        (interval(5, 6, low_closed=False, high_closed=False), True, None),
        (interval(2.5, 3.2, low_closed=True, high_closed=True), True, 3),
        (interval(100, math.inf, low_closed=False, high_closed=False), False, 200),
        (interval(-math.inf, -123_456, low_closed=False, high_closed=False), True, -200_000),
        (interval(-math.inf, math.inf, low_closed=False, high_closed=False), True, 0),
        (interval(2**53 - 1, math.inf, low_closed=False, high_closed=False), True, None),
        (interval(2**53 - 2, math.inf, low_closed=False, high_closed=False), True, 2**53 - 1),
        (interval(0.9999999999999999, 1.0, low_closed=False, high_closed=False), False, None),
    ],
)
def test_the_simplest_number_of_an_interval(part: Interval, whole: bool, value: float | None) -> None:
    assert simplest(part, whole=whole) == value


_ENDS = st.one_of(st.integers(-(10**6), 10**6), st.decimals(-1000, 1000, places=4).map(float))


@given(_ENDS, _ENDS, st.booleans(), st.booleans(), st.booleans())
def test_the_simplest_number_lies_in_its_interval(
    a: float, b: float, low_closed: bool, high_closed: bool, whole: bool
) -> None:
    part = interval(min(a, b), max(a, b), low_closed=low_closed, high_closed=high_closed)
    if part is None:
        return
    value = simplest(part, whole=whole)
    if value is None:
        assert whole
        assert not any(part.contains(n) for n in range(math.floor(part.low), min(math.floor(part.low) + 3, 10**7)))
    else:
        assert part.contains(value)
        assert not whole or value == int(value)


@given(st.lists(st.tuples(_ENDS, _ENDS, st.sampled_from(["<", "<=", ">", ">=", "="])), min_size=1, max_size=4))
def test_cells_are_disjoint_and_together_the_domain(tests: list[tuple[float, float, str]]) -> None:
    fact = _fact('kind: number, domain: "[-500..500]"')
    texts = [f"{op} {a}" if op != "=" else f"{a}" for a, _, op in tests]
    sets = [parse_test(text, fact.domain) for text in texts]
    column = cut(fact, sets)
    assert column.union(range(len(column.cells))) == fact.domain
    for value in {*(float(a) for a, _, _ in tests), *(float(b) for _, b, _ in tests), 0.0}:
        if fact.domain.contains(value):
            (cell,) = [cell for cell in column.cells if cell.values.contains(value)]
            assert [s.contains(cell.example) for s in sets] == [s.contains(value) for s in sets]
    assert all(cell.values.contains(cell.example) for cell in column.cells)
    assert isinstance(column.union([0]), NumberSet)
