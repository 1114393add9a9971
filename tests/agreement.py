"""What the tests of deciding share: made-up rulebooks, worlds near thresholds, and the rows each evaluator finds."""

from __future__ import annotations

import math
import random
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from functools import cache
from itertools import count
from types import MappingProxyType
from typing import Any, TypeAlias

import narwhals as nw

from advisor.deciding.decision import Evaluator, Facts, decide
from advisor.deciding.frames import frame_of, row_flags, with_verdicts
from advisor.errors import ConflictError, Place
from advisor.rulebook.loading import load_rulebook
from advisor.rulebook.model import Fact, HitPolicy, Row, Rulebook, Table, Test, When
from advisor.rulebook.sets import BOOLEANS, UNKNOWN, ChoiceSet, NumberSet, PresenceSet, Value, ValueSet
from advisor.rulebook.unary import parse_test

Found: TypeAlias = Mapping[str, Sequence[int]]  # table -> numbers of the rows that match
Cells: TypeAlias = Mapping[str, ValueSet]

PLACE = Place("made.yaml", 1, 1)
ANY_NUMBER = NumberSet.of((), unknown=False).complement()


# -- rulebooks ------------------------------------------------------------------------------------------------------


def choice(name: str, *values: str) -> Fact:
    return Fact(name, "choice", ChoiceSet(values, True, values), name, choices=dict.fromkeys(values, ""))


def boolean(name: str) -> Fact:
    return Fact(name, "boolean", ChoiceSet(BOOLEANS, True, BOOLEANS), name)


def integer(name: str) -> Fact:
    return Fact(name, "integer", ANY_NUMBER, name)


def number(name: str) -> Fact:
    return Fact(name, "number", ANY_NUMBER, name)


def text(name: str) -> Fact:
    return Fact(name, "text", PresenceSet(True, True), name)


def written(fact: Fact, test: object) -> ValueSet:
    """Read a unary test as it stands in a rule file."""
    return parse_test(test, fact.domain)


def table(name: str, rows: Iterable[tuple[Cells, Sequence[Cells] | None]], policy: HitPolicy = "collect") -> Table:
    """Make a table of rows given as their cells and, where a row has an `any`, its mappings."""
    made = tuple(
        Row(
            id=f"{name}.{number}",
            table=name,
            when=_when(cells),
            any_of=None if mappings is None else tuple(_when(mapping) for mapping in mappings),
            then=f"{name}{number % 3}" if policy in ("first", "unique", "any") else None,
            because=None,
            favours=None,
            source=(),
            strength=None,
            title=None,
            step=None,
            scenario={},
            as_of=None,
            review_by=None,
            pack=None,
            place=PLACE,
        )
        for number, (cells, mappings) in enumerate(rows)
    )
    return Table(name, name, policy, None, made, None, PLACE)


def concluded(of: Table) -> Fact | None:
    """Return the fact that a table concludes."""
    if of.hit_policy == "collect":
        return None
    if of.hit_policy == "count":
        return integer(of.id)
    words = tuple(dict.fromkeys(str(row.then) for row in of.rows))
    return choice(of.id, *words)


def rulebook_of(facts: Iterable[Fact], *tables: Table) -> Rulebook:
    """Make a rulebook of facts and of tables that stand in an order in which they can be decided."""
    conclusions = {of.id: fact for of in tables if (fact := concluded(of))}
    return replace(
        _shipped(),
        facts=MappingProxyType({fact.id: fact for fact in facts}),
        constraints=(),
        tables=MappingProxyType({of.id: of for of in tables}),
        concluded=MappingProxyType(conclusions),
        order=tuple(of.id for of in tables),
    )


@cache
def _shipped() -> Rulebook:
    return load_rulebook()


def _when(cells: Cells) -> When:
    return {name: Test(str(values), values, PLACE) for name, values in cells.items()}


# -- worlds ---------------------------------------------------------------------------------------------------------


def values_near(fact: Fact, tests: Iterable[ValueSet]) -> list[Value]:
    """Return `unknown` and, of a number, the values below, at and above each end of the tests; else every value.

    A number's values stay inside the fact's domain.
    """
    match fact.domain:
        case ChoiceSet():
            words: Sequence[Value] = (True, False) if fact.kind == "boolean" else fact.domain.domain
            return [*words, UNKNOWN]
        case PresenceSet():
            return ["a text", UNKNOWN]
    ends = {end for test in (*tests, fact.domain) if isinstance(test, NumberSet) for end in test.endpoints()}
    near: set[float] = set() if fact.kind == "integer" else {-1e20, 1e-07, 1e16, 5.8e20}
    for end in ends or {0}:
        near |= {math.floor(end) - 1, math.floor(end), math.ceil(end), math.floor(end) + 1}
        if fact.kind == "number":
            near |= {end, math.nextafter(end, -math.inf), math.nextafter(end, math.inf), float(end)}
    return [*sorted(value for value in near if fact.domain.contains(value)), UNKNOWN]


def tests_on(rulebook: Rulebook, name: str) -> list[ValueSet]:
    return [test.values for row in rulebook.rows for fact, test in row.tests() if fact == name]


def worlds_near(rulebook: Rulebook, number: int, seed: int) -> list[dict[str, Value]]:
    """Return worlds whose facts, figures too, lie at random below, at or above some threshold, or are unknown."""
    chance = random.Random(seed)
    values = {fact.id: values_near(fact, tests_on(rulebook, fact.id)) for fact in rulebook.facts.values()}
    return [{name: chance.choice(options) for name, options in values.items()} for _ in range(number)]


# -- evaluators side by side ----------------------------------------------------------------------------------------


class Recorder:
    """Passes on to an evaluator and keeps what it found."""

    def __init__(self, evaluator: Evaluator) -> None:
        self.evaluator = evaluator
        self.found: dict[str, list[int]] = {}

    def matching(self, tables: Sequence[str], facts: Facts) -> Found:
        found = {name: list(rows) for name, rows in self.evaluator.matching(tables, facts).items()}
        self.found.update(found)
        return found


def rows_found(rulebook: Rulebook, worlds: Iterable[Facts], evaluator: Evaluator) -> list[Found]:
    """Decide all tables in each world and return the rows that matched."""
    results: list[Found] = []
    for world in worlds:
        recorder = Recorder(evaluator)
        with suppress(ConflictError):  # what was found up to there is found
            decide(rulebook, world, recorder)
        results.append(recorder.found)
    return results


def rows_found_in_frames(rulebook: Rulebook, worlds: Sequence[Facts], backend: Any = "polars") -> list[Found]:
    """Return the rows that match in each world, by the dataframe expressions."""
    index = nw.new_series("world", list(range(len(worlds))), nw.Int64(), backend=backend)
    facts = frame_of(rulebook, worlds, backend).with_columns(index)
    frame = with_verdicts(rulebook, facts)
    results: list[dict[str, list[int]]] = [{} for _ in worlds]
    for name, of in rulebook.tables.items():
        flags = frame.select("world", *(flag.alias(str(n)) for n, flag in enumerate(row_flags(of))))
        for world, *holds in flags.iter_rows():
            results[world][name] = [n for n, hold in enumerate(holds) if hold]
    return list(results)


def disagreements(worlds: Sequence[Facts], expected: Sequence[Found], found: Sequence[Found]) -> list[str]:
    """Say for every world and table where two evaluators found different rows."""
    return [
        f"world {number}, table {name}: {rows} and {other.get(name)} in {dict(world)}"
        for number, world, these, other in zip(count(), worlds, expected, found, strict=False)
        for name, rows in these.items()
        if rows != other.get(name)
    ]
