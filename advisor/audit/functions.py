"""The tables of a rulebook together, as exact functions of the facts that are asked, measured or computed."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from advisor.audit.columns import Column, cut
from advisor.audit.diagrams import Box, Diagrams, Node
from advisor.rulebook.model import Constraint, Row, Rulebook, Table
from advisor.rulebook.sets import UNKNOWN, Value, ValueSet

LARGEST_WHOLE = 300_000  # nodes, of a table with all it depends on


@dataclass(frozen=True, eq=False)
class Outcome:
    """What a table decides: a conclusion and, where its rows have one, its strength."""

    value: Value
    strength: str | None = None

    def __eq__(self, other: object) -> bool:
        """Tell whether it is the same decision; `true` is not the number 1, as it is in Python."""
        if not isinstance(other, Outcome) or isinstance(self.value, bool) != isinstance(other.value, bool):
            return False
        return (self.value, self.strength) == (other.value, other.strength)

    def __hash__(self) -> int:
        return hash((self.value, self.strength))


class Functions:
    """Rows and conclusions as functions of columns. A concluded fact that has a column is free; others are computed."""

    def __init__(
        self,
        rulebook: Rulebook,
        columns: Sequence[Column],
        constraints: Sequence[Constraint],
        bound: int,
        diagrams: Diagrams | None = None,
    ) -> None:
        """diagrams: of another rulebook over the same columns, to compare functions of both."""
        self.rulebook, self.columns = rulebook, list(columns)
        self.constraints = list(constraints)
        self.level = {column.fact: depth for depth, column in enumerate(self.columns)}
        self.diagrams = diagrams or Diagrams([len(column.cells) for column in self.columns], bound)
        self._outcomes: dict[str, Node] = {}
        self._matches: dict[str, Node] = {}
        self._first_rows: dict[str, list[Node]] = {}

    # -- functions --------------------------------------------------------------------------------------------------

    @cached_property
    def possible(self) -> Node:
        """Where no constraint is broken."""
        broken = [
            self.diagrams.all_of([self.tested(fact, test.values) for fact, test in constraint.never.items()])
            for constraint in self.constraints
        ]
        return self.diagrams.negated(self.diagrams.any_of(broken))

    def tested(self, fact: str, values: ValueSet) -> Node:
        """Where a fact, asked or concluded, has one of some values."""
        if fact not in self.level:
            return self.diagrams.apply(lambda outcome: values.contains(outcome.value), self.outcome(fact))
        level = self.level[fact]
        return self.diagrams.one_of(level, self.columns[level].matching(values))

    def matches(self, row: Row) -> Node:
        """Where a row matches."""
        if row.id not in self._matches:
            ways = [
                self.diagrams.all_of([self.tested(fact, values) for fact, values in mapping.items()])
                for mapping in row.alternatives()
            ]
            self._matches[row.id] = self.diagrams.any_of(ways)
        return self._matches[row.id]

    def wins(self, row: Row) -> Node:
        """Where a row of a `first` table matches and none above it does."""
        rows = self.rulebook.tables[row.table].rows
        above = self.some_of_first(row.table, next(n for n, other in enumerate(rows) if other.id == row.id))
        return self.diagrams.choose(above, self.diagrams.constant(False), self.matches(row))

    def some_of_first(self, table: str, count: int) -> Node:
        """Where one of the first rows of a table matches, or several."""
        known = self._first_rows.setdefault(table, [self.diagrams.constant(False)])
        for row in self.rulebook.tables[table].rows[len(known) - 1 : count]:
            known.append(self.diagrams.any_of([known[-1], self.matches(row)]))
        return known[count]

    def outcome(self, name: str) -> Node:
        """What a table concludes: an Outcome everywhere, of value `unknown` in a gap. Not for `collect` tables."""
        if name not in self._outcomes:
            table = self.rulebook.tables[name]
            self._outcomes[name] = self._count(table) if table.hit_policy == "count" else self._first(table)
        return self._outcomes[name]

    def _first(self, table: Table) -> Node:
        result = self.diagrams.constant(Outcome(UNKNOWN))
        for row in reversed(table.rows):
            outcome = Outcome(UNKNOWN if row.then is None else row.then, row.strength)
            result = self.diagrams.choose(self.matches(row), self.diagrams.constant(outcome), result)
        return result

    def _count(self, table: Table) -> Node:
        total = self.diagrams.constant(0)
        for row in table.rows:
            total = self.diagrams.apply(lambda n, match: n + match, total, self.matches(row))
        return self.diagrams.apply(Outcome, total)

    def within(self, node: Node, impossible: Hashable = None) -> Node:
        """Return a function with `impossible` as its value where constraints exclude a project."""
        return self.diagrams.choose(self.possible, node, self.diagrams.constant(impossible))

    # -- reading ----------------------------------------------------------------------------------------------------

    def box(self, box: Box) -> dict[str, str]:
        """Write a box as unary tests over facts."""
        return {self.columns[level].fact: self.columns[level].text(cells) for level, cells in sorted(box.items())}

    def example(self, box: Box) -> dict[str, Value]:
        """Return the simplest value of every fact in a box."""
        return {
            column.fact: column.cells[min(box[level]) if level in box else 0].example
            for level, column in enumerate(self.columns)
        }


def whole(rulebook: Rulebook, tables: Iterable[str], extra: Mapping[str, list[ValueSet]] | None = None) -> Functions:
    """Return tables with everything they depend on, over the facts at the bottom.

    extra: further tests at which facts are cut, so that two rulebooks or a property share one set of cells.
    """
    tests, constraints = tests_below(rulebook, tables, extra)
    columns = [cut(rulebook.facts[fact], values) for fact, values in tests.items()]
    return Functions(rulebook, columns, constraints, LARGEST_WHOLE)


def tests_below(
    rulebook: Rulebook,
    tables: Iterable[str],
    extra: Mapping[str, list[ValueSet]] | None = None,  # noqa: PT028 (not a test)
) -> tuple[dict[str, list[ValueSet]], list[Constraint]]:
    """Return the tests of each fact that tables depend on, and the constraints that apply, their tests among them."""
    needed = {name for table in tables for name in rulebook.ancestors(table)}
    tests: dict[str, list[ValueSet]] = {}
    for name in rulebook.order:
        for row in rulebook.tables[name].rows if name in needed else ():
            for fact, test in row.tests():
                if fact not in rulebook.tables:
                    tests.setdefault(fact, []).append(test.values)
    for fact, more in (extra or {}).items():
        tests.setdefault(fact, []).extend(more)
    constraints = [c for c in rulebook.constraints if all(fact in tests or fact in needed for fact in c.never)]
    for constraint in constraints:
        for fact, test in constraint.never.items():
            if fact in tests:
                tests[fact].append(test.values)
    return tests, constraints
