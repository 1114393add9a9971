"""What it finds: rows of a `first` table that never win, because earlier rows match wherever they do.

Why it matters: the row's advice is never given. One earlier row may cover it, or several together, which no comparison
of two rows finds.

Example: rows `< 10` and `>= 10` stand above a row for `[5..15]`.

How to mend it: move the row up, narrow the rows that cover it, or delete it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from itertools import combinations

from advisor.audit.checks.impossible import why_impossible
from advisor.audit.context import AuditContext
from advisor.audit.diagrams import TooLargeError
from advisor.audit.model import Example, Finding, Related
from advisor.rulebook.model import Table

ID = "shadowed"
SEVERITY = "error"
MOST_ROWS_FOR_PAIRS = 30


def check(context: AuditContext) -> Iterator[Finding]:
    """Yield a finding for each row that can match and never wins."""
    for table in context.rulebook.tables.values():
        if table.hit_policy != "first":
            continue
        try:
            found = list(_in_table(context, table))
        except TooLargeError as error:
            context.skip(ID, table.id, str(error))
            continue
        yield from found
        if not found:
            context.prove(ID, f"every row of `{table.id}` wins for some project", table)


def _in_table(context: AuditContext, table: Table) -> Iterator[Finding]:
    for number in range(1, len(table.rows)):
        above = range(number)
        if why_impossible(context, table, number):
            continue
        if not context.exists(table, (number,), above):
            cover = covering_rows(above, partial(_covers, context, table, number))
            example = context.regions(table).values(context.find(table, (number,), ()) or {})
            yield _finding(table, number, cover, "", example)
        elif context.reads_conclusions(table) and not context.occurs(table, (number,), above):
            cover = covering_rows(above, partial(_covers_together, context, table, number))
            yield _finding(table, number, cover, ", given what earlier tables conclude", {})


def _covers(context: AuditContext, table: Table, number: int, rows: Sequence[int]) -> bool:
    return not context.exists(table, (number,), rows)


def _covers_together(context: AuditContext, table: Table, number: int, rows: Sequence[int]) -> bool:
    return not context.occurs(table, (number,), rows)


def covering_rows(rows: Sequence[int], cover: Callable[[Sequence[int]], bool]) -> list[int]:
    """Return rows, in file order, that together cover what all do: one or two where they can, else none that can go.

    cover: whether some of the rows do.
    """
    for row in rows:
        if cover([row]):
            return [row]
    needed = list(rows)
    for row in reversed(rows):
        fewer = [other for other in needed if other != row]
        if cover(fewer):
            needed = fewer
    if len(needed) > 2 and len(rows) <= MOST_ROWS_FOR_PAIRS:
        return next((list(pair) for pair in combinations(rows, 2) if cover(pair)), needed)
    return needed


def _finding(table: Table, number: int, cover: Sequence[int], reason: str, example: Example) -> Finding:
    row, above = table.rows[number], [table.rows[n] for n in cover]
    names = ", ".join(f"`{other.id}`" for other in above)
    together = " together match" if len(above) > 1 else " matches"
    return Finding(
        check=ID,
        severity="error",
        message=f"`{row.id}` never wins: {names}{together} wherever it does{reason}",
        fix="move it up, narrow what stands above it, or delete it",
        place=row.place,
        table=table.id,
        rows=(row.id, *(other.id for other in above)),
        example=example,
        related=tuple(Related(other.place, f"`{other.id}` wins instead") for other in above),
    )
