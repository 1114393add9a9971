"""What worked cases exercise: rows, conclusions, thresholds and single conditions, counted and named, never rounded."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal, TypeAlias

from advisor.audit.columns import cut
from advisor.cases import Case
from advisor.cases_outcome import Expected
from advisor.deciding.decision import Evaluator
from advisor.deciding.plain import row_matches
from advisor.errors import AdvisorError
from advisor.figures import COUNTED_AS_ZERO
from advisor.quantities import Number
from advisor.rulebook.model import RECOMMENDATION, Row, Rulebook, Table
from advisor.rulebook.sets import UNKNOWN, ChoiceSet, NumberSet, Value, ValueSet
from advisor.world import World, decide_project

Side: TypeAlias = Literal["below", "at", "above"]
SIDES: Mapping[Side, int] = {"below": -1, "at": 0, "above": 1}


@dataclass(frozen=True)
class Threshold:
    """A number at which some test of a fact turns; `rows` are those with such a test."""

    fact: str
    number: Number
    rows: tuple[Row, ...]


@dataclass(frozen=True)
class Tried:
    """A case with the project it makes."""

    case: Case
    world: World

    @property
    def expected(self) -> Expected:
        return self.case.expected

    @cached_property
    def values(self) -> Mapping[str, Value]:
        """Every fact, figure and conclusion as tables see it."""
        values: dict[str, Value] = {name: known.for_tables for name, known in self.world.facts.items()}
        for name, result in self.world.decision.results.items():
            if not isinstance(result.value, tuple):
                values[name] = result.value
        return values

    @cached_property
    def rests_on(self) -> frozenset[str]:
        """Every fact, figure, assumption and table that what is expected rests on."""
        return self.expected.depends_on(self.world.rulebook)

    @cached_property
    def exercised(self) -> frozenset[str]:
        """The rows that count in the decision and on which what is expected rests."""
        results = self.world.decision.results
        return frozenset(
            row.id
            for table, result in results.items()
            for row in result.rows
            if table in self.rests_on or row.id in self.expected.matches
        )

    @property
    def shown(self) -> Iterator[Value | None]:
        """The rows that the case says must match."""
        yield self.expected.row
        yield from self.expected.matches
        for value in self.expected.tables.values():
            yield from value if isinstance(value, tuple) else ()

    def speaks_of(self, row: Row) -> bool:
        """Tell whether the case would fail if the row matched where it does not, or the other way round."""
        expected = self.expected
        return (
            row.id in (expected.row, *expected.matches, *expected.misses)
            or row.table in expected.tables
            or (row.table == RECOMMENDATION and expected.decides)
        )

    def turns(self, row: Row, fact: str, other: Number) -> bool:
        """Tell whether the row would match or not match otherwise if the fact were `other`, and that would show."""
        worlds = (self.values, {**self.values, fact: other})
        if row_matches(row, worlds[0]) == row_matches(row, worlds[1]):
            return False
        return not any(row_matches(earlier, values) for earlier in self._above(row) for values in worlds)

    def fails_alone(self, row: Row, fact: str) -> bool:
        """Tell whether a row does not match for one fact alone, and that would show."""
        if row_matches(row, self.values) or any(row_matches(earlier, self.values) for earlier in self._above(row)):
            return False
        return any(
            fact in mapping and all(test.contains(self.values[name]) for name, test in mapping.items() if name != fact)
            for mapping in row.alternatives()
        )

    def _above(self, row: Row) -> tuple[Row, ...]:
        table = self.world.rulebook.tables[row.table]
        return table.rows[: table.rows.index(row)] if table.hit_policy == "first" else ()


def try_cases(rulebook: Rulebook, cases: Iterable[Case], evaluator: Evaluator) -> tuple[Tried, ...]:
    """Decide every case; one whose project has no decision, because rows contradict each other, is left out."""
    tried = []
    for case in cases:
        try:
            tried.append(Tried(case, decide_project(rulebook, case.answers, evaluator)))
        except AdvisorError:
            continue
    return tuple(tried)


def exercised(rulebook: Rulebook, tried: Sequence[Tried]) -> dict[str, tuple[Case, ...]]:
    """Map every row to the cases that exercise it: it matches, of a `first` table it wins, and the case rests on it."""
    held: dict[str, list[Case]] = {row.id: [] for row in rulebook.rows}
    for one in tried:
        for row in one.exercised:
            held[row].append(one.case)
    return {row: tuple(cases) for row, cases in held.items()}


def concluded(tried: Sequence[Tried]) -> frozenset[tuple[str, Value]]:
    """Return what cases make tables conclude, where the case rests on the table: of a `collect` table each value."""
    found: set[tuple[str, Value]] = set()
    for one in tried:
        for table, result in one.world.decision.results.items():
            if table in one.rests_on:
                found |= {(table, v) for v in (result.value if isinstance(result.value, tuple) else (result.value,))}
    return frozenset(found)


def conclusions(rulebook: Rulebook, table: Table) -> list[Value]:
    """Return what a table can conclude by its rows, `unknown` where it has a gap; of a `collect` table each value."""
    if table.hit_policy == "count":
        return list(range(len(table.rows) + 1))
    gap = table.id in rulebook.concluded and rulebook.concluded[table.id].domain.contains(UNKNOWN)
    stated = [row.then for row in table.rows if row.then is not None]  # elsewhere the rows are the conclusions
    return list(dict.fromkeys([*stated, *([UNKNOWN] if gap else [])]))


# ---- Thresholds ----


def thresholds_of(row: Row) -> Iterator[tuple[str, Number, NumberSet]]:
    """Yield each fact that a row tests with every number at which the test turns, and the test's values."""
    for fact, test in row.tests():
        if isinstance(test.values, NumberSet):
            yield from ((fact, end, test.values) for end in test.values.endpoints())


def thresholds(rulebook: Rulebook) -> list[Threshold]:
    """Return every threshold once, in the order of the rows."""
    held: dict[tuple[str, Number], dict[str, Row]] = {}
    for row in rulebook.rows:
        for fact, end, _ in thresholds_of(row):
            held.setdefault((fact, end), {})[row.id] = row
    return [Threshold(fact, end, tuple(rows.values())) for (fact, end), rows in held.items()]


def sides_untried(rulebook: Rulebook, threshold: Threshold, tried: Sequence[Tried]) -> dict[Side, Value]:
    """Return the sides of a threshold on which no case stands, each with a value that does.

    A case stands below when its fact lies between the next lower threshold and this one. A side without any value, such
    as below the least of the domain, is none.
    """
    fact = rulebook.fact(threshold.fact)
    tests: list[ValueSet] = [
        test.values for row in rulebook.rows for name, test in row.tests() if name == threshold.fact
    ]
    column = cut(fact, tests, apart=True)
    values = [one.values[threshold.fact] for one in tried if threshold.fact in one.rests_on]
    known = [cell for cell in column.cells if cell.example != UNKNOWN]
    at = next((n for n, cell in enumerate(known) if cell.values.contains(threshold.number)), None)
    if at is None:
        return {}
    untried: dict[Side, Value] = {}
    for side, step in SIDES.items():
        cell = known[at + step] if 0 <= at + step < len(known) else None
        if cell and not any(cell.values.contains(value) for value in values):
            untried[side] = _beside(fact.kind, threshold.number, step, cell.example)
    return untried


def _beside(kind: str, number: Number, step: int, other: Value) -> Value:
    return number + step if kind == "integer" else other if step else number


def stands(rulebook: Rulebook, one: Tried, fact: str, end: Number, sign: int) -> bool:
    """Tell whether the case's fact is at a threshold (sign 0), or right next to it below (-1) or above (1)."""
    value = one.values[fact]
    if isinstance(value, str):
        return False
    return value == end if sign == 0 else 0 < (value - end) * sign <= _nearby(rulebook, fact, end)


def least_step(rulebook: Rulebook, fact: str, end: Number) -> Number:
    """Return the least that a fact can differ from a threshold, as far as anybody would notice."""
    return 1 if rulebook.fact(fact).kind == "integer" else max(abs(end), 1) * 1e-9


def _nearby(rulebook: Rulebook, fact: str, end: Number) -> Number:
    """Return how far from a threshold still counts as next to it: 1 for whole numbers, else a twentieth of it."""
    return 1 if rulebook.fact(fact).kind == "integer" else abs(end) / 20 or 0.0001


# ---- Conditions and values ----


def conditions(rulebook: Rulebook) -> list[tuple[Row, str]]:
    """Return every row with each fact it tests."""
    return [(row, fact) for row in rulebook.rows for fact in dict.fromkeys(fact for fact, _ in row.tests())]


def conditions_untried(rulebook: Rulebook, tried: Sequence[Tried]) -> list[tuple[Row, str]]:
    """Return the conditions of which no pair of cases shows that they decide.

    That is, one case in which the row counts, and one in which it does not match for this fact alone, everything else
    that it asks for being so (masking MC/DC).
    """
    fires = {row for one in tried for row in one.exercised}
    return [
        (row, fact)
        for row, fact in conditions(rulebook)
        if row.id not in fires
        or not any(one.fails_alone(row, fact) for one in tried if row.table in one.rests_on or one.speaks_of(row))
    ]


def told_apart(rulebook: Rulebook, fact: str) -> Iterator[Value]:
    """Yield the values of a choice or boolean, and `unknown` where a fact can be unknown."""
    domain = rulebook.fact(fact).domain
    if isinstance(domain, ChoiceSet):
        boolean = rulebook.fact(fact).kind == "boolean"
        yield from (value == "true" if boolean else value for value in domain.domain)
    if domain.contains(UNKNOWN) and _may_be_unknown(rulebook, fact):
        yield UNKNOWN


def _may_be_unknown(rulebook: Rulebook, name: str) -> bool:
    """Tell whether a fact can be unknown: none that has a default, and no figure of nothing but such facts."""
    fact = rulebook.facts.get(name)
    if fact is None:
        return name in rulebook.concluded
    if fact.derived is not None:
        parts = set(fact.derived.inputs) - set(COUNTED_AS_ZERO if rulebook.economics == "today" else ())
        return any(_may_be_unknown(rulebook, part) for part in parts)
    return fact.default is None
