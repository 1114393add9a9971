"""The engine, the plain evaluator and the dataframe expressions find the same rows, whatever rules and facts are."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from typing import TypeAlias

import narwhals as nw
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from advisor.deciding import conditions, frames
from advisor.deciding.decision import Facts, decide
from advisor.deciding.engine import EngineEvaluator
from advisor.deciding.plain import PlainEvaluator
from advisor.rulebook.model import Fact, Rulebook
from advisor.rulebook.sets import (
    UNKNOWN,
    ChoiceSet,
    Interval,
    NumberSet,
    PresenceSet,
    Value,
    ValueSet,
    interval,
    point,
)
from tests.agreement import (
    Cells,
    Found,
    boolean,
    choice,
    concluded,
    disagreements,
    integer,
    number,
    rows_found,
    rows_found_in_frames,
    rulebook_of,
    table,
    text,
    values_near,
    worlds_near,
)

DECISIONS = 10_000

World: TypeAlias = dict[str, Value]


# -- the shipped rulebook -------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def worlds(rulebook: Rulebook) -> list[World]:
    return worlds_near(rulebook, DECISIONS, seed=2026)


@pytest.fixture(scope="module")
def expected(rulebook: Rulebook, worlds: list[World]) -> list[Found]:
    return rows_found(rulebook, worlds, PlainEvaluator(rulebook))


def test_engine_finds_the_rows_of_the_shipped_rulebook(
    rulebook: Rulebook, worlds: list[World], expected: list[Found]
) -> None:
    with EngineEvaluator(rulebook) as engine:
        assert not disagreements(worlds, expected, rows_found(rulebook, worlds, engine))


def test_dataframe_expressions_find_the_rows_of_the_shipped_rulebook(
    rulebook: Rulebook, worlds: list[World], expected: list[Found]
) -> None:
    assert not disagreements(worlds, expected, rows_found_in_frames(rulebook, worlds))


def test_dataframe_verdicts_are_what_the_tables_conclude(rulebook: Rulebook, worlds: list[World]) -> None:
    few = worlds[:500]
    frame = frames.with_verdicts(rulebook, frames.frame_of(rulebook, few, "polars"))
    decisions = [decide(rulebook, world, PlainEvaluator(rulebook)) for world in few]
    for name, fact in rulebook.concluded.items():
        concluded = [decision.value(name) for decision in decisions]
        assert frame[name].to_list() == [frames.column_value(fact, value) for value in concluded]  # type: ignore[arg-type]


def test_worlds_stand_on_both_sides_of_every_threshold(rulebook: Rulebook, worlds: list[World]) -> None:
    for row in rulebook.rows:
        for name, test in row.tests():
            if isinstance(test.values, NumberSet) and name in rulebook.facts:
                seen = {world[name] for world in worlds} - {UNKNOWN}
                inside = rulebook.facts[name].domain
                for end in test.values.endpoints():
                    assert end in seen or not inside.contains(end), (row.id, name, end)
                    assert any(value < end for value in seen) or not inside.contains(end - 1), (row.id, name, end)  # type: ignore[operator]
                    assert any(value > end for value in seen) or not inside.contains(end + 1), (row.id, name, end)  # type: ignore[operator]


def test_every_row_matches_where_it_should_and_not_beside_it(rulebook: Rulebook) -> None:
    """Each alternative of each row in a world made for it, and in worlds where one fact of it is outside."""
    plain = PlainEvaluator(rulebook)
    with EngineEvaluator(rulebook) as engine:
        for row in rulebook.rows:
            base: dict[str, Value] = dict.fromkeys(rulebook.tables[row.table].inputs, UNKNOWN)
            for cells in row.alternatives():
                facts = {name: rulebook.fact(name) for name in cells}
                options = {name: values_near(facts[name], [test]) for name, test in cells.items()}
                inside = {n: [v for v in options[n] if test.contains(v)] for n, test in cells.items()}
                assert all(inside.values()), f"{row.id} can never match"
                world = base | {name: values[0] for name, values in inside.items()}
                number = rulebook.tables[row.table].rows.index(row)
                assert number in engine.matching((row.table,), world)[row.table], row.id
                for name in cells:
                    for value in options[name]:
                        moved = world | {name: value}
                        assert engine.matching((row.table,), moved) == plain.matching((row.table,), moved)


# -- rulebooks made at random ---------------------------------------------------------------------------------------

THRESHOLDS = (-1e9, -2.5, 0, 2e-05, 0.85, 1, 5, 10_000, 2**52, 9e15)


def number_sets(chance: random.Random, most: int) -> NumberSet:
    """Return a set of up to `most` intervals whose ends are thresholds, points and open ends among them."""
    parts: list[Interval | None] = []
    for _ in range(chance.randint(0, most)):
        low, high = sorted(chance.sample([float("-inf"), *THRESHOLDS, float("inf")], 2))
        closed = chance.random() < 0.5, chance.random() < 0.5
        parts.append(interval(low, high, low_closed=closed[0], high_closed=closed[1]))
        if chance.random() < 0.4:
            parts.append(point(chance.choice(THRESHOLDS)))
    made = NumberSet.of([part for part in parts if part], unknown=chance.random() < 0.4)
    return made.complement() if chance.random() < 0.3 else made


def value_set(chance: random.Random, fact: Fact, share: float = 0.5) -> ValueSet:
    """Return some of a fact's values, each in with a probability of `share`."""
    match fact.domain:
        case ChoiceSet():
            some = [value for value in fact.domain.domain if chance.random() < share]
            return ChoiceSet.of(some, fact.domain.domain, unknown=chance.random() < share)
        case PresenceSet():
            return PresenceSet(chance.random() < share, chance.random() < share)
    made = number_sets(chance, 4)
    return made.complement() if not made.contains(chance.choice((UNKNOWN, 0, 7))) and chance.random() < share else made


def cells(chance: random.Random, facts: Sequence[Fact], most: int) -> Cells:
    chosen = chance.sample(facts, min(len(facts), chance.randint(0, most)))
    share = 1 - 0.5 / max(1, len(chosen) / 2)  # wide rows are generous, or they would never match
    return {fact.id: value_set(chance, fact, share) for fact in chosen}


def random_facts(chance: random.Random, size: int) -> list[Fact]:
    def some_choice(name: str) -> Fact:
        return choice(name, *(f"v{n}" for n in range(chance.randint(1, 9))))

    return [chance.choice([some_choice, boolean, integer, number, text])(f"fact{n}") for n in range(size)]


def random_rulebook(seed: int, facts: int, rows: int, width: int, mappings: int) -> Rulebook:
    """Return a rulebook of two tables and a third one that tests them too, with rows of up to `width` cells."""
    chance = random.Random(seed)

    def rows_of(tested: Sequence[Fact]) -> Iterator[tuple[Cells, list[Cells] | None]]:
        for _ in range(rows):
            several = chance.randint(1, mappings) if chance.random() < 0.3 else 0
            any_of = [cells(chance, tested, 3) for _ in range(several)]
            yield cells(chance, tested, width), any_of or None

    known = random_facts(chance, facts)
    one, two = table("one", rows_of(known), "first"), table("two", rows_of(known), "count")
    conclusions = [fact for of in (one, two) if (fact := concluded(of))]
    return rulebook_of(known, one, two, table("three", rows_of([*known, *conclusions])))


@given(seed=st.integers(0, 2**32), facts=st.integers(1, 6), rows=st.integers(1, 6), width=st.integers(1, 4))
@settings(max_examples=80)
def test_evaluators_agree_on_small_rulebooks(seed: int, facts: int, rows: int, width: int) -> None:
    rulebook = random_rulebook(seed, facts, rows, width, mappings=4)
    assert_agreement(rulebook, worlds_near(rulebook, 40, seed))


@given(seed=st.integers(0, 2**32), rows=st.sampled_from([39, 40, 41, 80, 120]), mappings=st.sampled_from([3, 70]))
@settings(max_examples=10)
def test_engine_agrees_on_large_rulebooks(seed: int, rows: int, mappings: int) -> None:
    rulebook = random_rulebook(seed, facts=30, rows=rows, width=16, mappings=mappings)
    assert_agreement(rulebook, worlds_near(rulebook, 40, seed), in_frames=False)


@given(seed=st.integers(0, 2**32))
@settings(max_examples=3)
def test_dataframe_expressions_agree_on_large_rulebooks(seed: int) -> None:
    rulebook = random_rulebook(seed, facts=30, rows=40, width=16, mappings=3)
    assert_agreement(rulebook, worlds_near(rulebook, 200, seed))


@given(seed=st.integers(0, 2**32))
@settings(max_examples=100)
def test_evaluators_agree_on_one_cell(seed: int) -> None:
    """One row with one cell, and every kind of value there is near it: what fails here fails small."""
    chance = random.Random(seed)
    fact = random_facts(chance, 1)[0]
    test = value_set(chance, fact)
    rulebook = rulebook_of([fact], table("only", [({fact.id: test}, None)]))
    assert_agreement(rulebook, [{fact.id: value} for value in values_near(fact, [test])])


def assert_agreement(rulebook: Rulebook, worlds: Sequence[Facts], *, in_frames: bool = True) -> None:
    expected = rows_found(rulebook, worlds, PlainEvaluator(rulebook))
    with EngineEvaluator(rulebook) as engine:
        assert not disagreements(worlds, expected, rows_found(rulebook, worlds, engine))
    if in_frames:
        assert not disagreements(worlds, expected, rows_found_in_frames(rulebook, worlds))


# -- would a mistake be noticed? ------------------------------------------------------------------------------------


def flipped(comparison: tuple[str, float]) -> tuple[str, float]:
    operator, end = comparison
    return {"<": "<=", "<=": "<", ">": ">=", ">=": ">"}[operator], end


@pytest.mark.parametrize("function", ["_from", "_to"])
def test_a_flipped_operator_in_the_engine_is_noticed(
    rulebook: Rulebook, worlds: list[World], expected: list[Found], monkeypatch: pytest.MonkeyPatch, function: str
) -> None:
    right = getattr(conditions, function)
    monkeypatch.setattr(conditions, function, lambda part: flipped(right(part)))
    with EngineEvaluator(rulebook) as engine:
        assert disagreements(worlds[:400], expected, rows_found(rulebook, worlds[:400], engine))


def test_a_flipped_operator_in_the_plain_evaluator_is_noticed(
    rulebook: Rulebook, worlds: list[World], expected: list[Found], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Interval, "contains", lambda part, value: part.low < value < part.high)
    found = rows_found(rulebook, worlds[:400], PlainEvaluator(rulebook))
    assert disagreements(worlds[:400], expected, found)


def test_a_flipped_operator_in_the_dataframe_expressions_is_noticed(
    rulebook: Rulebook, worlds: list[World], expected: list[Found], monkeypatch: pytest.MonkeyPatch
) -> None:
    def strict(column: nw.Expr, part: Interval) -> nw.Expr:
        return ((column > part.low) & (column < part.high)).fill_null(False)

    monkeypatch.setattr(frames, "_within", strict)
    assert disagreements(worlds[:400], expected, rows_found_in_frames(rulebook, worlds[:400]))
