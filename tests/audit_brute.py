"""What an audit should find, by trying every combination of values: slow, short, apart from the audit's own code."""

from __future__ import annotations

import math
from collections.abc import Hashable, Iterator, Mapping, Sequence
from functools import cached_property
from itertools import pairwise, product

from advisor.deciding.plain import row_matches
from advisor.rulebook.model import Constraint, Fact, Rulebook, Table
from advisor.rulebook.sets import UNKNOWN, ChoiceSet, NumberSet, PresenceSet, Value, ValueSet

Project = dict[str, Value]


def values_of(fact: Fact, tests: Sequence[ValueSet], *, unknown: bool) -> list[Value]:
    """Return values of a fact of which every test treats some like any other: all ends, and one between any two."""
    match fact.domain:
        case ChoiceSet() as domain:
            known: list[Value] = [v == "true" if fact.kind == "boolean" else v for v in domain.values]
        case PresenceSet():
            known = ["a text"]
        case NumberSet():
            ends = sorted(
                {e for test in (*tests, fact.domain) if isinstance(test, NumberSet) for e in test.endpoints()}
            )
            if fact.kind == "integer":
                tried: Sequence[float] = range(
                    math.floor(min(ends, default=0)) - 2, math.ceil(max(ends, default=0)) + 3
                )
            else:
                between = [(a + b) / 2 for a, b in pairwise(ends)]
                tried = [*ends, *between, *((ends[0] - 1, ends[-1] + 1) if ends else (0,))]
            known = [number for number in tried if fact.domain.contains(number)]
    return [*known, *([UNKNOWN] if unknown or not known else [])]


class BruteForce:
    """One rulebook, every combination of the values of a table's inputs, and of all facts below it."""

    def __init__(self, book: Rulebook) -> None:
        self.book = book
        self.unknown: dict[str, bool] = {}
        for name in book.order:
            table = book.tables[name]
            says_so = any(row.then in (None, UNKNOWN) for row in table.rows)
            if table.hit_policy in ("unique", "any", "first"):
                self.unknown[name] = says_so or bool(self.alone(table).gap)

    def alone(self, table: Table) -> Alone:
        return Alone(self, table)

    def can_be_unknown(self, name: str) -> bool:
        if name in self.book.facts:
            return not self.book.facts[name].required
        return self.unknown.get(name, False)

    def tests(self, tables: Sequence[Table], constraints: Sequence[Constraint]) -> dict[str, list[ValueSet]]:
        tests: dict[str, list[ValueSet]] = {}
        for table in tables:
            for row in table.rows:
                for fact, test in row.tests():
                    tests.setdefault(fact, []).append(test.values)
        for constraint in constraints:
            for fact, test in constraint.never.items():
                tests.setdefault(fact, []).append(test.values)
        return tests

    def projects(self, table: Table) -> Iterator[Project]:
        """Yield all facts below a table with what earlier tables conclude, what constraints exclude left out."""
        tables = [self.book.tables[name] for name in self.book.ancestors(table.id)]
        read = {fact for one in tables for fact in one.inputs}
        concluded = {one.id for one in tables}
        constraints = [c for c in self.book.constraints if all(fact in read | concluded for fact in c.never)]
        tests = self.tests(tables, constraints)
        asked = [fact for fact in self.book.facts if fact in read]
        columns = [values_of(self.book.facts[f], tests[f], unknown=self.can_be_unknown(f)) for f in asked]
        for cell in product(*columns):
            project: Project = dict(zip(asked, cell, strict=True))
            for one in tables:
                if one.hit_policy != "collect":
                    project[one.id] = _conclusion(one, [row_matches(row, project) for row in one.rows])
            if not any(_broken(constraint, project) for constraint in constraints):
                yield project


class Alone:
    """One table over every combination of its inputs that constraints allow."""

    def __init__(self, brute: BruteForce, table: Table) -> None:
        self.table = table
        constraints = [c for c in brute.book.constraints if all(fact in table.inputs for fact in c.never)]
        tests = brute.tests([table], constraints)
        columns = [
            values_of(brute.book.fact(f), tests.get(f, []), unknown=brute.can_be_unknown(f)) for f in table.inputs
        ]
        every = [dict(zip(table.inputs, cell, strict=True)) for cell in product(*columns)]
        self.every = every
        self.cells = [cell for cell in every if not any(_broken(constraint, cell) for constraint in constraints)]

    @cached_property
    def matching(self) -> list[tuple[int, ...]]:
        return [self._rows(cell) for cell in self.cells]

    def _rows(self, cell: Project) -> tuple[int, ...]:
        return tuple(n for n, row in enumerate(self.table.rows) if row_matches(row, cell))

    @cached_property
    def gap(self) -> list[Project]:
        return [cell for cell, rows in zip(self.cells, self.matching, strict=True) if not rows]

    @property
    def impossible(self) -> set[int]:
        return set(range(len(self.table.rows))) - {row for rows in self.matching for row in rows}

    @property
    def shadowed(self) -> set[int]:
        """Rows that match somewhere, never first."""
        return {row for rows in self.matching for row in rows[1:]} - {rows[0] for rows in self.matching if rows}

    @property
    def repeated(self) -> set[int]:
        """Rows that match the same inputs as another one, some at least, and conclude the same."""
        every = [self._rows(cell) for cell in self.every]
        found = set()
        for a, b in product(range(len(self.table.rows)), repeat=2):
            where = [[n for n, rows in enumerate(every) if row in rows] for row in (a, b)]
            same = repr(self.table.rows[a].then) == repr(self.table.rows[b].then)
            if a != b and same and where[0] == where[1] != []:
                found.add(a)
        return found

    @property
    def redundant(self) -> set[int]:
        """Rows without which every decision is the same: the first row's, or that of all in a table without order."""
        found = set()
        for row in range(len(self.table.rows)):
            pairs = [(rows, tuple(n for n in rows if n != row)) for rows in self.matching]
            if all(_decisions(self.table, rows) == _decisions(self.table, without) for rows, without in pairs):
                found.add(row)
        return found

    @property
    def irrelevant(self) -> set[str]:
        decided = {
            tuple(cell.values()): _decision(self.table, rows)
            for cell, rows in zip(self.cells, self.matching, strict=True)
        }
        found = set()
        for position, fact in enumerate(self.table.inputs):
            beside: dict[Hashable, set[Hashable]] = {}
            for cell, decision in decided.items():
                beside.setdefault(cell[:position] + cell[position + 1 :], set()).add(decision)
            if all(len(decisions) == 1 for decisions in beside.values()):
                found.add(fact)
        return found


def _broken(constraint: Constraint, project: Mapping[str, Value]) -> bool:
    return all(test.values.contains(project[fact]) for fact, test in constraint.never.items())


def _conclusion(table: Table, matches: Sequence[bool]) -> Value:
    if table.hit_policy == "count":
        return sum(matches)
    then = next((row.then for row, match in zip(table.rows, matches, strict=True) if match), None)
    return UNKNOWN if then is None else then


def _decision(table: Table, matching: Sequence[int]) -> Hashable:
    rows = [table.rows[n] for n in matching]
    if table.hit_policy == "count":
        return len(rows)
    if table.hit_policy == "collect":
        return tuple(row.id if row.then is None else repr(row.then) for row in rows)
    return repr(UNKNOWN if not rows or rows[0].then is None else rows[0].then)


def _decisions(table: Table, matching: Sequence[int]) -> Hashable:
    if table.hit_policy == "first":
        return _decision(table, matching)
    return frozenset(_decision(table, (n,)) for n in matching)
