"""Set algebra against brute force: a set is what it says of every point, `unknown` included."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from advisor.rulebook.sets import (
    BOOLEANS,
    EVERY_NUMBER,
    NO_NUMBER,
    UNKNOWN,
    ChoiceSet,
    Interval,
    NumberSet,
    PresenceSet,
    Value,
    ValueSet,
    intersection,
    interval,
    is_subset,
    point,
    union,
)
from advisor.rulebook.unary import parse_test

DOMAIN = ("none", "draft", "optimised")
ENDS = (-math.inf, -1, 0, 0.5, 1, 2, math.inf)
# Every end, and a point between any two of them: sets with such ends are equal when they agree on these.
POINTS: tuple[Value, ...] = (UNKNOWN, -5, -1, -0.5, 0, 0.25, 0.5, 0.75, 1, 1.5, 2, 7)


@st.composite
def intervals(draw: st.DrawFn) -> Interval | None:
    low, high = draw(st.sampled_from(ENDS)), draw(st.sampled_from(ENDS))
    return interval(low, high, low_closed=draw(st.booleans()), high_closed=draw(st.booleans()))


NUMBER_SETS = st.builds(
    lambda parts, unknown: NumberSet.of([part for part in parts if part], unknown=unknown),
    st.lists(intervals(), max_size=4),
    st.booleans(),
)
CHOICE_SETS = st.builds(
    lambda values, unknown: ChoiceSet.of(values, DOMAIN, unknown=unknown),
    st.sets(st.sampled_from(DOMAIN)),
    st.booleans(),
)
PRESENCE_SETS = st.builds(PresenceSet, st.booleans(), st.booleans())
SETS_AND_POINTS = [(NUMBER_SETS, POINTS), (CHOICE_SETS, (*DOMAIN, UNKNOWN)), (PRESENCE_SETS, ("a text", UNKNOWN))]
PAIRS = st.one_of(*(st.tuples(sets, sets, st.just(points)) for sets, points in SETS_AND_POINTS))


def members(values: ValueSet, points: tuple[Value, ...]) -> set[Value]:
    return {value for value in points if values.contains(value)}


@given(PAIRS)
def test_union_intersection_and_complement_are_those_of_points(
    pair: tuple[ValueSet, ValueSet, tuple[Value, ...]],
) -> None:
    a, b, points = pair
    inside, other = members(a, points), members(b, points)
    assert members(union(a, b), points) == inside | other
    assert members(intersection(a, b), points) == inside & other
    assert members(a.complement(), points) == set(points) - inside
    assert is_subset(a, b) == (inside <= other)
    assert a.is_empty() == (not inside)


@given(PAIRS)
def test_the_laws_of_sets_hold_as_equality(pair: tuple[ValueSet, ValueSet, tuple[Value, ...]]) -> None:
    a, b, _ = pair
    assert a.complement().complement() == a
    assert union(a, b) == union(b, a)
    assert union(a, b).complement() == intersection(a.complement(), b.complement())
    assert intersection(a, a.complement()).is_empty()
    assert union(a, intersection(a, b)) == a


@given(NUMBER_SETS)
def test_intervals_are_sorted_disjoint_and_apart(values: NumberSet) -> None:
    for left, right in zip(values.intervals, values.intervals[1:], strict=False):
        assert left.high < right.low or (left.high == right.low and not left.high_closed and not right.low_closed)


@given(PAIRS)
def test_what_a_set_is_written_as_is_read_as_the_same_set(pair: tuple[ValueSet, ValueSet, tuple[Value, ...]]) -> None:
    values, domain, _ = pair
    if not values.is_empty():
        assert parse_test(str(values), domain) == values


@given(NUMBER_SETS, NUMBER_SETS)
def test_equal_sets_are_written_alike(a: NumberSet, b: NumberSet) -> None:
    assert (a == b) == (str(a) == str(b) and a.is_empty() == b.is_empty())


@pytest.mark.parametrize(
    ("written", "text"),
    [
        (NumberSet(EVERY_NUMBER.intervals, unknown=True), "-"),
        (EVERY_NUMBER, "known"),
        (NumberSet((), unknown=True), "unknown"),
        (NO_NUMBER, ""),
        (NumberSet((Interval(10_000, 100_000, True, False),)), "[10_000..100_000)"),
        (
            NumberSet((Interval(-math.inf, 0, False, True), point(5), Interval(7.5, math.inf, False, False))),
            "<= 0, 5, > 7.5",
        ),
        (ChoiceSet.of(["draft", "none"], DOMAIN, unknown=True), "none, draft, unknown"),
        (ChoiceSet.of(DOMAIN, DOMAIN), "known"),
        (ChoiceSet((), False, ()), ""),
        (PresenceSet(True, False), "known"),
        (PresenceSet(False, False), ""),
    ],
)
def test_a_set_is_written_as_a_unary_test(written: ValueSet, text: str) -> None:
    assert str(written) == text


def test_intervals_that_touch_become_one() -> None:
    assert NumberSet.of([Interval(1, 2, True, False), Interval(2, 3, True, True)]) == NumberSet(
        (Interval(1, 3, True, True),)
    )
    assert len(NumberSet.of([Interval(1, 2, True, False), Interval(2, 3, False, True)]).intervals) == 2


def test_an_interval_without_a_number_is_none() -> None:
    assert interval(2, 1, low_closed=True, high_closed=True) is None
    assert interval(1, 1, low_closed=True, high_closed=False) is None
    assert interval(1, 1, low_closed=True, high_closed=True) == point(1)


def test_infinite_ends_are_open() -> None:
    assert interval(-math.inf, math.inf, low_closed=True, high_closed=True) == EVERY_NUMBER.intervals[0]


def test_endpoints_are_the_finite_ends_once_each() -> None:
    values = NumberSet.of([Interval(-math.inf, 1, False, False), Interval(1, 5, False, True), point(9)])
    assert values.endpoints() == (1, 5, 9)


def test_unknown_lies_in_no_interval_and_no_number_is_a_boolean() -> None:
    assert not EVERY_NUMBER.contains(UNKNOWN)
    assert not EVERY_NUMBER.contains(True)
    assert not EVERY_NUMBER.contains("5")
    assert EVERY_NUMBER.contains(10**30)


def test_booleans_are_values_of_their_domain() -> None:
    truth = ChoiceSet.of(["true"], BOOLEANS)
    assert truth.contains(True)
    assert not truth.contains(False)
    assert not truth.contains(UNKNOWN)


def test_sets_of_different_kinds_do_not_mix() -> None:
    for operation in (union, intersection):
        with pytest.raises(TypeError):
            operation(EVERY_NUMBER, PresenceSet(True, True))
