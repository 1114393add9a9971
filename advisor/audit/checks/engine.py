"""What it finds: projects for which the engine that decides gives other rows than the audit reckons with.

Why it matters: everything the audit proves is about rows as they are read. It is worth only as much as the agreement of
the engine that runs them.

Example: a number that the engine compares as text.

How to mend it: this is a fault of the program, not of the rules; report it with the example.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice

from advisor.audit.columns import Column, thresholds
from advisor.audit.context import AuditContext
from advisor.audit.diagrams import TooLargeError
from advisor.audit.model import Finding
from advisor.deciding.decision import Evaluator
from advisor.rulebook.model import Table
from advisor.rulebook.sets import NumberSet, Value

ID = "engine"
SEVERITY = "error"
MOST_CELLS = 4_000  # of one table that are put through the engine
MOST_ROWS = 200_000  # that are tried on cells of one table


def check(context: AuditContext) -> Iterator[Finding]:
    """Yield a finding for each cell in which the engine finds other rows.

    Looked at are a cell for each distinct set of matching rows that share facts, and around it both sides of every
    threshold.
    """
    for table in context.rulebook.tables.values():
        most = min(MOST_CELLS, MOST_ROWS // max(1, len(table.rows)))
        cells = list(islice(sampled_cells(context, table), most + 1))
        if len(cells) > most:
            del cells[most:]
            context.skip(ID, table.id, f"only {most:,} cells were tried")
        wrong = False
        for cell in cells:
            expected, got = disagreement(context.evaluator, table, cell)
            if expected != got:
                wrong = True
                yield _finding(table, cell, expected, got)
        if not wrong:
            context.prove(ID, f"the engine agrees on {len(cells):,} cells of `{table.id}`", table)


def disagreement(evaluator: Evaluator, table: Table, cell: Mapping[str, Value]) -> tuple[list[int], list[int]]:
    """Return the numbers of the rows that match by the audit's reading, and by the engine's."""
    expected = [
        number
        for number, row in enumerate(table.rows)
        if any(all(values.contains(cell[fact]) for fact, values in m.items()) for m in row.alternatives())
    ]
    return expected, list(evaluator.matching((table.id,), cell)[table.id])


def sampled_cells(context: AuditContext, table: Table) -> Iterator[dict[str, Value]]:
    """Yield cells, once each: for each set of matching rows one, and it with every single input moved everywhere.

    Rows that share no fact, not even through others, cannot get in each other's way: their sets are not combined.
    """
    regions = context.regions(table)
    moves = {column.fact: _values(column) for column in context.columns(table, apart=True)}
    base = regions.values(dict.fromkeys(regions.columns, 0))
    seen: set[tuple[Value, ...]] = {tuple(base.values())}
    yield base
    for facts, rows in regions.groups():
        for start in _starts(context, table, facts, rows):
            for fact in facts:
                for value in moves[fact]:
                    cell = {**base, **start, fact: value}
                    key = tuple(cell.values())
                    if key not in seen:
                        seen.add(key)
                        yield cell


def _values(column: Column) -> list[Value]:
    """Return a value of every cell, and of an integer the neighbours of each threshold."""
    values = dict.fromkeys(cell.example for cell in column.cells)
    if column.kind == "integer":
        held = [cell.values for cell in column.cells if isinstance(cell.values, NumberSet)]
        for end in thresholds(held):
            near = (math.floor(end - 1), math.ceil(end - 1), math.floor(end + 1), math.ceil(end + 1))
            values.update(dict.fromkeys(n for n in near if any(cell.contains(n) for cell in held)))
    return list(values)


def _starts(context: AuditContext, table: Table, facts: Sequence[str], rows: Sequence[int]) -> list[dict[str, Value]]:
    """Return an example, in some facts, of each set of matching rows; where there are too many, one of each row."""
    regions = context.regions(table)
    try:
        examples = [regions.example(region) for region in regions.every_region(facts, rows)]
    except TooLargeError as error:
        context.skip(ID, table.id, f"{error}: the engine was tried around one project of each row")
        examples = [regions.values(cell) for row in rows if (cell := regions.matching_cell(row))]
    return [{fact: example[fact] for fact in facts} for example in examples]


def _finding(table: Table, cell: Mapping[str, Value], expected: list[int], got: list[int]) -> Finding:
    names = [", ".join(f"`{table.rows[n].id}`" for n in rows) or "no row" for rows in (expected, got)]
    place = table.rows[min({*expected} ^ {*got})].place
    return Finding(
        check=ID,
        severity="error",
        message=f"the engine matches {names[1]} where {names[0]} should match",
        fix="report it with this example: it is a fault of the program",
        place=place,
        table=table.id,
        rows=tuple(table.rows[n].id for n in sorted({*expected} ^ {*got})),
        example=cell,
        key=str(sorted(cell.items())),
    )
