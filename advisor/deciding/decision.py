"""From the rows that match to a decision: hit policies, and all tables of a rulebook in their order."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeAlias

from advisor.errors import ConflictError
from advisor.rulebook.model import RECOMMENDATION, Option, Row, Rulebook, Table
from advisor.rulebook.sets import UNKNOWN, Value

Facts: TypeAlias = Mapping[str, Value]  # every fact that tables test, `unknown` for what is not known


class Evaluator(Protocol):
    """Finds the rows that match; the engine and the plain evaluator are the two there are."""

    def matching(self, tables: Sequence[str], facts: Facts) -> Mapping[str, Sequence[int]]:
        """Return, for each table, the numbers of its rows that match, ascending from 0.

        tables: ids of tables that do not depend on one another. facts: validated, with a value for every input.
        """
        ...


@dataclass(frozen=True)
class TableResult:
    """What a table concludes on one project, and the rows that matched, in file order.

    `rows` is what counts: the winning row of a `first` table, all that match of the others.
    """

    table: Table
    value: Value | tuple[Value, ...]
    matching: tuple[Row, ...]

    @property
    def rows(self) -> tuple[Row, ...]:
        return self.matching[:1] if self.table.hit_policy == "first" else self.matching


@dataclass(frozen=True)
class Decision:
    """All conclusions on one project, in the order of deciding."""

    results: Mapping[str, TableResult]

    def value(self, table: str) -> Value | tuple[Value, ...]:
        return self.results[table].value

    @property
    def deciding_row(self) -> Row | None:
        """The row of the recommendation table that won, or None when none matched or there is no such table."""
        result = self.results.get(RECOMMENDATION)
        return result.rows[0] if result and result.rows else None

    def option(self, rulebook: Rulebook) -> Option | None:
        """Return the option that the deciding row concludes."""
        row = self.deciding_row
        return rulebook.options.get(str(row.then)) if row else None


def conclude(table: Table, matching: Sequence[int]) -> TableResult:
    """Apply a table's hit policy to the rows that match.

    Raises ConflictError when several rows of a `unique` table match, or rows of an `any` table disagree.
    """
    rows = tuple([table.rows[number] for number in matching])
    match table.hit_policy:
        case "count":
            return TableResult(table, len(rows), rows)
        case "collect":
            return TableResult(table, tuple([row.id if row.then is None else row.then for row in rows]), rows)
        case "unique" if len(rows) > 1:
            raise _conflict(table, rows, "match together, but the table is `unique`")
        case "any" if len({repr(row.then) for row in rows}) > 1:
            raise _conflict(table, rows, "match together and conclude differently")
    value = rows[0].then if rows else None
    return TableResult(table, UNKNOWN if value is None else value, rows)


def decide(rulebook: Rulebook, facts: Facts, evaluator: Evaluator, tables: Iterable[str] | None = None) -> Decision:
    """Decide tables in their order; what one concludes joins the facts of those that test it.

    facts: validated; facts that are missing are unknown. tables: those wanted with all they depend on, in the order of
    deciding; by default all. Raises ConflictError.
    """
    known: dict[str, Value] = {name: facts.get(name, UNKNOWN) for name in rulebook.facts}
    results: dict[str, TableResult] = {}
    for layer in rulebook.layers if tables is None else rulebook.layered(tuple(tables)):
        for name, matching in evaluator.matching(layer, known).items():
            result = conclude(rulebook.tables[name], matching)
            results[name] = result
            if not isinstance(result.value, tuple):
                known[name] = result.value
    return Decision(results)


def _conflict(table: Table, rows: Sequence[Row], what: str) -> ConflictError:
    names = ", ".join(f"`{row.id}`" for row in rows)
    return ConflictError(
        f"{rows[0].place}: rows {names} of `{table.id}` {what}; make their conditions exclude one another"
    )
