"""What it finds: two rows of one table with the same condition and the same conclusion.

Why it matters: one of them will be edited and the other forgotten. In a `count` table the reason counts twice.

Example: `< 10_000, unknown` and `not(>= 10_000)` are written differently and are the same.

How to mend it: delete one of them.
"""

from __future__ import annotations

from collections.abc import Iterator

from advisor.audit.checks.overlap import decision
from advisor.audit.context import AuditContext
from advisor.audit.diagrams import TooLargeError
from advisor.audit.model import Finding, Related
from advisor.audit.regions import TableRegions
from advisor.audit.search import Cells
from advisor.rulebook.model import Row, Table

ID = "duplicate"
SEVERITY = "error"


def check(context: AuditContext) -> Iterator[Finding]:
    """Yield a finding for each row that repeats an earlier one."""
    for table in context.rulebook.tables.values():
        try:
            yield from _in_table(context, table)
        except TooLargeError as error:
            context.skip(ID, table.id, str(error))


def _in_table(context: AuditContext, table: Table) -> Iterator[Finding]:
    said: set[int] = set()
    for number, row in enumerate(table.rows):
        for other in range(number):
            if other not in said and repeats(context, table, number, other):
                said.add(number)
                earlier = table.rows[other]
                yield Finding(
                    check=ID,
                    severity="error",
                    message=f"`{row.id}` repeats `{earlier.id}`: the same condition, the same conclusion",
                    fix="delete one of them",
                    place=row.place,
                    table=table.id,
                    rows=(row.id, earlier.id),
                    related=(Related(earlier.place, f"`{earlier.id}` says it first"),),
                )
                break


def repeats(context: AuditContext, table: Table, a: int, b: int) -> bool:
    """Tell whether two rows, by their numbers, match the same projects, some at least, and conclude the same.

    Raises TooLargeError.
    """
    if _conclusion(table, table.rows[a]) != _conclusion(table, table.rows[b]):
        return False
    regions = context.regions(table)
    first, second = ([_limits(regions, box) for box in regions.alternatives[n]] for n in (a, b))
    if len(first) == len(second) == 1 and (first != second or not all(first[0].values())):
        return False
    held = context.exists(table, (a,), (), constrained=False)
    return held and all(not context.exists(table, (m,), (f,), constrained=False) for m, f in ((a, b), (b, a)))


def _limits(regions: TableRegions, box: Cells) -> Cells:
    """Return a box without the facts that it leaves free."""
    return {fact: cells for fact, cells in box.items() if len(cells) < regions.sizes[fact]}


def _conclusion(table: Table, row: Row) -> object:
    """What a row adds when it matches; rows of a `collect` table without conclusions differ by what they say."""
    if table.hit_policy == "collect" and row.then is None:
        return (row.because, row.title, row.step)
    return decision(row)
