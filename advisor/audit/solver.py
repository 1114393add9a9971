"""The questions of `search` once more, by Z3: for tables that are too large, and as a second proof in the tests.

Z3 is the optional extra `audit`. A fact is a number, a truth value or one of its choices here, and beside it stands a
truth value that says whether it is known. Cells serve only to say what was found, the same in every version of Z3.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from importlib import import_module
from importlib.util import find_spec
from typing import Any, Final

from advisor.audit.columns import Column
from advisor.audit.diagrams import TooLargeError
from advisor.audit.search import Cell
from advisor.quantities import LARGEST, Number, rule_text
from advisor.rulebook.model import Constraint, Fact, Row, Rulebook, Table
from advisor.rulebook.sets import UNKNOWN, ChoiceSet, Interval, NumberSet, PresenceSet, ValueSet

WITHOUT_SOLVER: Final = "with the extra `audit` installed, Z3 may decide it"
MOST_QUESTIONS: Final = 2_000  # to the solver about one table, some milliseconds each
EFFORT: Final = 20_000_000  # of the solver on one question, in its own units: the same on every machine


def prover(
    rulebook: Rulebook, table: Table, columns: Iterable[Column], constraints: Sequence[Constraint]
) -> Prover | None:
    """Return what asks Z3 about a table, or None where Z3 is not installed. Importing it takes a moment."""
    return Prover(rulebook, table, columns, constraints) if find_spec("z3") else None


class Prover:
    """Answers by Z3 whether there is a project that some rows of a table match and others do not.

    A fact with a column may have any value; a concluded one without is what its table concludes. All questions together
    are bounded; past that every one raises TooLargeError.
    """

    def __init__(
        self, rulebook: Rulebook, table: Table, columns: Iterable[Column], constraints: Sequence[Constraint]
    ) -> None:
        self._z3: Any = import_module("z3")
        self._context = self._z3.Context()
        self._solver = self._z3.Solver(ctx=self._context)
        self._solver.set("rlimit", EFFORT)
        self._rulebook, self._table = rulebook, table
        self._columns = {column.fact: column for column in columns}
        self._known: dict[str, Any] = {}
        self._value: dict[str, Any] = {}
        self._words: dict[str, Mapping[str, Any]] = {}
        self._rows: dict[str, Any] = {}
        self._left = MOST_QUESTIONS
        for column in self._columns.values():
            self._declare(rulebook.fact(column.fact), column)
        broken = [
            self._all(self._lies_in(fact, test.values) for fact, test in constraint.never.items())
            for constraint in constraints
        ]
        self._broken = self._named("!broken", self._any(broken))
        self._cells = {
            fact: [self._named(f"!{fact}!{n}", self._lies_in(fact, cell.values)) for n, cell in enumerate(column.cells)]
            for fact, column in self._columns.items()
        }

    # -- asking -----------------------------------------------------------------------------------------------------

    def find(self, matching: Sequence[int], failing: Sequence[int], *, constrained: bool = True) -> Cell | None:
        """Return the first cell, in the order of facts and cells, that all of `matching` match and none of `failing`.

        constrained: whether projects that constraints exclude are left out. Raises TooLargeError.
        """
        asked = self._asked(matching, failing, constrained)
        cell = self._cell(asked)
        if cell is None:
            return None
        for fact in self._columns:
            for number in range(cell[fact]):
                lower = self._cell([*asked, self._cells[fact][number]])
                if lower is not None:
                    cell = lower
                    break
            asked.append(self._cells[fact][cell[fact]])
        return cell

    def exists(self, matching: Sequence[int], failing: Sequence[int], *, constrained: bool = True) -> bool:
        """Tell whether there is such a cell, without looking for the first. Raises TooLargeError."""
        return self._cell(self._asked(matching, failing, constrained)) is not None

    def _asked(self, matching: Sequence[int], failing: Sequence[int], constrained: bool) -> list[Any]:
        rows = self._table.rows
        asked = [self._row(rows[n]) for n in matching] + [self._not(self._row(rows[n])) for n in failing]
        return asked + ([self._not(self._broken)] if constrained else [])

    def _cell(self, asked: Sequence[Any]) -> Cell | None:
        """Return the cell of some project of which all that is asked holds."""
        self._left -= 1
        if self._left < 0:
            raise TooLargeError(f"more than {MOST_QUESTIONS:,} questions to Z3")
        answer = self._solver.check(*asked)
        if answer == self._z3.unknown:
            self._left = 0
            raise TooLargeError("too much effort for Z3")
        if answer == self._z3.unsat:
            return None
        model = self._solver.model()
        return {
            fact: next(n for n, held in enumerate(cells) if self._z3.is_true(model.eval(held, model_completion=True)))
            for fact, cells in self._cells.items()
        }

    # -- writing ----------------------------------------------------------------------------------------------------

    def _declare(self, fact: Fact, column: Column) -> None:
        """Make the variables of a fact, and hold them in its domain."""
        name, z3 = fact.id, self._z3
        known = self._known[name] = z3.Bool(f"known {name}", self._context)
        match fact.domain:
            case ChoiceSet() as domain if fact.kind == "boolean":
                self._value[name] = z3.Bool(name, self._context)
            case ChoiceSet() as domain if domain.domain:
                sort, words = z3.EnumSort(f"of {name}", [f"{name} {w}" for w in domain.domain], ctx=self._context)
                self._words[name] = dict(zip(domain.domain, words, strict=True))
                self._value[name] = z3.Const(name, sort)
            case NumberSet():
                make = z3.Int if fact.kind == "integer" else z3.Real
                value = self._value[name] = make(name, self._context)
                self._solver.add(self._all([value < LARGEST, value > -LARGEST]))
        can_be = [cell.example == UNKNOWN for cell in column.cells]
        if not any(can_be):
            self._solver.add(known)
        if all(can_be):
            self._solver.add(self._not(known))
        self._solver.add(self._any([self._not(known), self._lies_in(name, fact.domain)]))

    def _lies_in(self, fact: str, values: ValueSet) -> Any:
        """Write that a fact has one of some values."""
        if fact not in self._columns:
            return self._concluded(self._rulebook.tables[fact], values)
        known, unknown = self._known[fact], self._not(self._known[fact])
        match values:
            case NumberSet():
                inside = [self._between(self._value[fact], part) for part in values.intervals]
            case ChoiceSet() if fact in self._words:
                inside = [self._value[fact] == self._words[fact][word] for word in values.values]
            case ChoiceSet():
                value = self._value.get(fact)
                inside = [value if word == "true" else self._not(value) for word in values.values]
            case PresenceSet():
                inside = [self._any([known, unknown])] if values.known else []
        return self._any([self._all([known, self._any(inside)]), *([unknown] if values.unknown else [])])

    def _between(self, value: Any, part: Interval) -> Any:
        if part.low == part.high:
            return value == self._number(part.low)
        ends = []
        if part.low_closed or part.low > -LARGEST:
            low = self._number(part.low)
            ends.append(value >= low if part.low_closed else value > low)
        if part.high_closed or part.high < LARGEST:
            high = self._number(part.high)
            ends.append(value <= high if part.high_closed else value < high)
        return self._all(ends)

    def _number(self, number: Number) -> Any:
        return self._z3.RealVal(rule_text(number).replace("_", ""), self._context)

    def _concluded(self, table: Table, values: ValueSet) -> Any:
        """Write that a table concludes one of some values: of the first row that matches, or how many do."""
        rows = [self._row(row) for row in table.rows]
        if table.hit_policy == "count":
            total = self._z3.Sum([self._z3.If(row, 1, 0, ctx=self._context) for row in rows])
            return self._any([total == n for n in range(len(rows) + 1) if values.contains(n)])
        ways: list[Any] = []
        earlier: list[Any] = []
        for row, matches in zip(table.rows, rows, strict=True):
            if values.contains(UNKNOWN if row.then is None else row.then):
                ways.append(self._all([matches, *(self._not(other) for other in earlier)]))
            earlier.append(matches)
        if values.contains(UNKNOWN):
            ways.append(self._all([self._not(row) for row in rows]))
        return self._any(ways)

    def _row(self, row: Row) -> Any:
        if row.id not in self._rows:
            ways = [
                self._all(self._lies_in(fact, values) for fact, values in mapping.items())
                for mapping in row.alternatives()
            ]
            self._rows[row.id] = self._named(f"row {row.id}", self._any(ways))
        return self._rows[row.id]

    def _named(self, name: str, meaning: Any) -> Any:
        """Return a truth value that stands for a longer one, so that it can be assumed."""
        held = self._z3.Bool(name, self._context)
        self._solver.add(held == meaning)
        return held

    def _all(self, parts: Iterable[Any]) -> Any:
        return self._z3.And([self._z3.BoolVal(True, self._context), *parts])

    def _any(self, parts: Iterable[Any]) -> Any:
        return self._z3.Or([self._z3.BoolVal(False, self._context), *parts])

    def _not(self, part: Any) -> Any:
        return self._z3.Not(part, self._context)
