"""What every check of the audit takes: the rulebook, what surrounds it, and the work that checks share."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from itertools import combinations
from typing import TYPE_CHECKING

from advisor.audit.columns import Column, cut
from advisor.audit.diagrams import TooLargeError
from advisor.audit.functions import Functions, whole
from advisor.audit.model import NotChecked, Proved, Tension
from advisor.audit.regions import Listed, Region, TableRegions
from advisor.audit.search import Cell
from advisor.audit.solver import WITHOUT_SOLVER, Prover, prover
from advisor.deciding.decision import Evaluator
from advisor.rulebook.model import Assumption, Constraint, Fact, Option, Row, Rulebook, Table
from advisor.rulebook.sets import UNKNOWN, ValueSet

if TYPE_CHECKING:
    from advisor.audit.coverage import Tried
    from advisor.cases import Case

WITH_CONCLUSION = ("unique", "any", "first")  # hit policies under which a cell without a row is a gap
SHOWN_OVERLAPS = 10  # of a table that has too many to be listed


@dataclass
class AuditContext:
    """One audit under way. `not_checked`, `proved` and `tensions` grow as checks run; everything else is read.

    `impossible` keeps what checks share: why a row never matches, '' where it can, None where that is not decided.
    texts: the rule files by name, for excerpts. cases: worked cases, or None where none were given.
    """

    rulebook: Rulebook
    texts: Mapping[str, str]
    as_of: date
    evaluator: Evaluator
    cases: Sequence[Case] | None = None
    not_checked: list[NotChecked] = field(default_factory=list)
    proved: list[Proved] = field(default_factory=list)
    tensions: list[Tension] = field(default_factory=list)
    impossible: dict[str, str | None] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._regions: dict[str, TableRegions] = {}
        self._provers: dict[tuple[str, bool], Prover | None] = {}
        self._gaps: dict[str, Cell | TooLargeError | None] = {}
        self._wholes: dict[str, Functions] = {}
        self._listed_gaps: dict[str, Listed] = {}
        self._listed_overlaps: dict[str, Listed] = {}

    def skip(self, check: str, table: str | None, reason: str) -> None:
        """Say that something was not looked at, and why."""
        self.not_checked.append(NotChecked(check, table, reason))

    def prove(self, check: str, text: str, table: Table | None = None) -> None:
        """Say that something holds of every project."""
        self.proved.append(Proved(check, text, table.place if table else None, table.id if table else None))

    # -- one table alone --------------------------------------------------------------------------------------------

    def constraints_of(self, table: Table) -> list[Constraint]:
        """Return the constraints of which the table tests every fact."""
        return [c for c in self.rulebook.constraints if all(fact in table.inputs for fact in c.never)]

    def tests_of(self, table: Table) -> dict[str, list[ValueSet]]:
        """Return the tests of each input, those of constraints that apply included."""
        tests: dict[str, list[ValueSet]] = {fact: [] for fact in table.inputs}
        for row in table.rows:
            for fact, test in row.tests():
                tests[fact].append(test.values)
        for constraint in self.constraints_of(table):
            for fact, test in constraint.never.items():
                tests[fact].append(test.values)
        return tests

    def columns(self, table: Table, *, apart: bool = False) -> list[Column]:
        """Return a column for each input; a concluded one is unknown only where its table can conclude that."""
        return [
            cut(self.rulebook.fact(fact), values, unknown=self.can_be_unknown(fact), apart=apart)
            for fact, values in self.tests_of(table).items()
        ]

    def can_be_unknown(self, fact: str) -> bool:
        """Tell whether a fact can be unknown: a concluded one where a row says so, says nothing, or none matches."""
        if self.rulebook.fact(fact).domain.contains(UNKNOWN):
            return True
        return fact in self.rulebook.tables and self.has_gap(fact)

    def regions(self, table: Table) -> TableRegions:
        """Return the cells of a table and what matches in them."""
        if table.id not in self._regions:
            self._regions[table.id] = TableRegions(table, self.columns(table), self.constraints_of(table))
        return self._regions[table.id]

    def exists(
        self, table: Table, matching: Sequence[int], failing: Sequence[int], *, constrained: bool = True
    ) -> bool:
        """Tell whether all rows of `matching` and none of `failing`, by their numbers, match some inputs of a table.

        What branching cannot tell within its bounds the solver may, where it is installed. Raises TooLargeError.
        """
        try:
            return self.regions(table).search.exists(matching, failing, constrained=constrained)
        except TooLargeError as error:
            return self._prover(table, error).exists(matching, failing, constrained=constrained)

    def find(self, table: Table, matching: Sequence[int], failing: Sequence[int]) -> Cell | None:
        """Return the first cell of which that is so, or None. Raises TooLargeError."""
        try:
            return self.regions(table).search.find(matching, failing)
        except TooLargeError as error:
            return self._prover(table, error).find(matching, failing)

    def _prover(self, table: Table, error: TooLargeError, together: Functions | None = None) -> Prover:
        """Return what asks the solver about a table alone, or with all before it. Raises the error if there is none."""
        key = (table.id, together is not None)
        if key not in self._provers:
            columns = together.columns if together else self.regions(table).columns.values()
            constraints = together.constraints if together else self.constraints_of(table)
            self._provers[key] = prover(self.rulebook, table, columns, constraints)
        found = self._provers[key]
        if found is None:
            raise TooLargeError(f"{error}; {WITHOUT_SOLVER}") from None
        return found

    def gap_cell(self, table: Table) -> Cell | None:
        """Return the first cell in which no row of a table matches, or None. Raises TooLargeError."""
        if table.id not in self._gaps:
            try:
                self._gaps[table.id] = self.find(table, (), range(len(table.rows)))
            except TooLargeError as error:
                self._gaps[table.id] = error
        found = self._gaps[table.id]
        if isinstance(found, TooLargeError):
            raise found
        return found

    def has_gap(self, name: str) -> bool:
        """Tell whether a table can conclude `unknown` although no row says so; True where that was not decided."""
        table = self.rulebook.tables[name]
        if table.hit_policy not in WITH_CONCLUSION:
            return False
        try:
            return any(row.then is None for row in table.rows) or self.gap_cell(table) is not None
        except TooLargeError:
            return True

    def gaps(self, table: Table) -> Listed:
        """Return the gaps of a table; where they are too many to be listed, one that shows that there are any."""
        if table.id not in self._listed_gaps:
            self._listed_gaps[table.id] = self._list_gaps(table)
        return self._listed_gaps[table.id]

    def _list_gaps(self, table: Table) -> Listed:
        regions = self.regions(table)
        try:
            return Listed(regions.gaps)
        except TooLargeError as error:
            reason = str(error)
        try:
            cell = self.gap_cell(table)
        except TooLargeError as error:
            return Listed((), str(error), decided=False)
        return Listed((regions.around(cell),), f"{reason}; one listed") if cell else Listed(())

    def overlaps(self, table: Table) -> Listed:
        """Return where rows of a table match together; where that is too much to be listed, a few such regions."""
        if table.id not in self._listed_overlaps:
            self._listed_overlaps[table.id] = self._list_overlaps(table)
        return self._listed_overlaps[table.id]

    def _list_overlaps(self, table: Table) -> Listed:
        regions = self.regions(table)
        try:
            return Listed(regions.overlaps)
        except TooLargeError as error:
            reason = str(error)
        found: dict[tuple[int, ...], Region] = {}
        everyone = range(len(table.rows))
        try:
            for pair in combinations(everyone, 2):
                if len(found) < SHOWN_OVERLAPS and self.exists(table, pair, ()):
                    others = [n for n in everyone if n not in pair]
                    region = regions.around(self.find(table, pair, others) or self.find(table, pair, ()) or {})
                    found[region.rows] = region
        except TooLargeError as error:
            return Listed(tuple(found.values()), str(error), decided=bool(found))
        return Listed(tuple(found.values()), f"{reason}; {len(found):,} listed" if found else None)

    # -- tables together --------------------------------------------------------------------------------------------

    def whole(self, name: str) -> Functions:
        """Return a table with everything it depends on; what is too large raises TooLargeError when it is asked for."""
        if name not in self._wholes:
            self._wholes[name] = whole(self.rulebook, [name])
        return self._wholes[name]

    @cached_property
    def tried(self) -> tuple[Tried, ...]:
        """The worked cases, each with the project it makes and what is decided of it."""
        from advisor.audit.coverage import try_cases

        return try_cases(self.rulebook, self.cases or (), self.evaluator)

    def reads_conclusions(self, table: Table) -> bool:
        """Tell whether a table tests what other tables conclude."""
        return any(fact in self.rulebook.tables for fact in table.inputs)

    def occurs(self, table: Table, matching: Sequence[int], failing: Sequence[int]) -> bool:
        """Tell whether some project matches all rows of `matching` and none of `failing`, through all tables before.

        Raises TooLargeError.
        """
        together = self.whole(table.id)
        diagrams = together.diagrams
        try:
            yes = [together.matches(table.rows[n]) for n in matching]
            if list(failing) == list(range(len(failing))):
                no = together.some_of_first(table.id, len(failing))
            else:
                no = diagrams.any_of([together.matches(table.rows[n]) for n in failing])
            return diagrams.all_of([together.possible, *yes, diagrams.negated(no)]) != diagrams.constant(False)
        except TooLargeError as error:
            return self._prover(table, error, together).exists(matching, failing)

    @cached_property
    def citations(self) -> Mapping[str, tuple[str, ...]]:
        """Map each source item to the ids of what cites it: rows, facts, assumptions, options."""
        cited: dict[str, list[str]] = {name: [] for name in self.rulebook.items}
        book = self.rulebook
        holders: list[Fact | Assumption | Option | Row] = [*book.facts.values(), *book.assumptions.values()]
        for holder in (*holders, *book.options.values(), *book.rows):
            for item in holder.source:
                cited.setdefault(item, []).append(holder.id)
        for fact in book.facts.values():
            for item in fact.default.source if fact.default else ():
                cited.setdefault(item, []).append(fact.id)
        return {item: tuple(dict.fromkeys(by)) for item, by in cited.items()}
