"""What it finds: facts that rows of a table test and on which no decision of it depends, and tests that let every value
through.

Why it matters: the questionnaire asks for the fact because the table reads it, and the answer changes nothing.

Example: one row for `{x: "< 5"}` and one for `{x: "not(< 5)"}` conclude the same.

How to mend it: take the fact out of the rows, or let the conclusions differ. A test that is not meant to ask anything
is left out, or written `-`.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping, Sequence
from itertools import combinations

from advisor.audit.checks.overlap import decision
from advisor.audit.checks.redundant import NOTHING
from advisor.audit.context import WITH_CONCLUSION, AuditContext
from advisor.audit.diagrams import Diagrams, Node, TooLargeError
from advisor.audit.model import Finding
from advisor.audit.regions import TableRegions
from advisor.audit.search import Cell
from advisor.rulebook.model import Row, Table

ID = "irrelevant"
SEVERITY = "warning"


def check(context: AuditContext) -> Iterator[Finding]:
    """Yield a finding for each fact without which a table decides the same, and for each test that asks nothing."""
    for table in context.rulebook.tables.values():
        without: set[str] = set()
        try:
            without.update(irrelevant_facts(context, table))
        except TooLargeError as error:
            context.skip(ID, table.id, str(error))
        for fact in table.inputs:
            rows = [row for row in table.rows if any(name == fact for name, _ in row.tests())]
            if fact in without:
                message = f"no decision of `{table.id}` depends on `{fact}`"
                yield _finding(table, rows, message, "take it out of its rows, or let conclusions differ", fact)
        yield from _open_tests(context, table, without)


def irrelevant_facts(context: AuditContext, table: Table) -> Iterator[str]:
    """Yield the inputs of a table on which no decision depends. Raises TooLargeError."""
    regions = context.regions(table)
    starts = _starts(regions)
    exact: tuple[Diagrams, Node] | None = None
    for level, fact in enumerate(regions.columns):
        testing = [n for n, boxes in enumerate(regions.alternatives) if any(fact in box for box in boxes)]
        if any(_moves(table, regions, starts[n], fact) for n in testing if n in starts):
            continue
        exact = exact or _decisions(table, regions)
        if not _depends(*exact, level):
            yield fact


def _starts(regions: TableRegions) -> dict[int, Cell]:
    """Return cells around which decisions are likely to change: one of each row, where it wins if it does."""
    found = {}
    for number in range(len(regions.alternatives)):
        try:
            cell = regions.search.some((number,), range(number)) or regions.search.some((number,), ())
        except TooLargeError:
            cell = regions.matching_cell(number)
        if cell is not None:
            found[number] = cell
    return found


def _moves(table: Table, regions: TableRegions, start: Cell, fact: str) -> bool:
    """Tell whether a decision changes as one fact is moved from a cell to every other value."""
    cells = [{**start, fact: number} for number in range(regions.sizes[fact])]
    return len({decided(table, regions.matching(cell)) for cell in cells if regions.possible(cell)}) > 1


def decided(table: Table, matching: Sequence[int]) -> Hashable:
    """Return what a table decides where some of its rows match."""
    rows = [table.rows[number] for number in matching]
    if table.hit_policy == "count":
        return len(rows)
    if table.hit_policy == "collect":
        return tuple(row.id if row.then is None else decision(row) for row in rows)
    return decision(rows[0]) if rows else NOTHING


def _decisions(table: Table, regions: TableRegions) -> tuple[Diagrams, Node]:
    if table.hit_policy in WITH_CONCLUSION:
        return regions.decided(lambda number: decided(table, () if number is None else (number,)))
    diagrams, node = regions.matching_sets()
    return diagrams, diagrams.apply(lambda rows: None if rows is None else decided(table, rows), node)


def _depends(diagrams: Diagrams, node: Node, level: int) -> bool:
    """Tell whether two possible cells that differ in one level alone are decided differently."""
    if level not in diagrams.depends_on(node):
        return False
    sides = dict.fromkeys(diagrams.fixed(node, level, cell) for cell in range(diagrams.sizes[level]))
    return any(
        any(diagrams.values(diagrams.apply(lambda x, y: None not in (x, y) and x != y, a, b)))
        for a, b in combinations(sides, 2)
    )


def _open_tests(context: AuditContext, table: Table, without: set[str]) -> Iterator[Finding]:
    columns = context.regions(table).columns
    for row in table.rows:
        texts: Mapping[str, str] = {
            fact: test.text
            for fact, test in row.tests()
            if fact not in without
            and test.text.strip() != "-"
            and len(columns[fact].matching(test.values)) == len(columns[fact].cells)
        }
        for fact, text in texts.items():
            message = f"`{row.id}` tests {fact} for `{text}`, which is every value it can have"
            yield _finding(table, [row], message, "leave the test out, or write `-`", f"{fact} {text}")


def _finding(table: Table, rows: Sequence[Row], message: str, fix: str, key: str) -> Finding:
    names = tuple(row.id for row in rows)
    return Finding(ID, "warning", message, fix, rows[0].place, table.id, names, key=key)
