"""What it finds: rows that no project can match.

Why it matters: a row that never matches looks like a rule and is none. Its condition contradicts itself, lies outside
the domain, is excluded by a constraint, or asks for conclusions of earlier tables that never occur together.

Example: `{x: "> 5"}` on a fact with the domain `[0..5]`.

How to mend it: correct the test that contradicts the rest, or delete the row.
"""

from __future__ import annotations

from collections.abc import Iterator

from advisor.audit.context import AuditContext
from advisor.audit.diagrams import TooLargeError
from advisor.audit.model import Finding
from advisor.rulebook.model import Table

ID = "impossible"
SEVERITY = "error"


def check(context: AuditContext) -> Iterator[Finding]:
    """Yield a finding for each row that cannot match."""
    for table in context.rulebook.tables.values():
        decided = [why_impossible(context, table, number) for number in range(len(table.rows))]
        for row, reason in zip(table.rows, decided, strict=True):
            if reason:
                yield Finding(
                    check=ID,
                    severity="error",
                    message=f"`{row.id}` can never match: {reason}",
                    fix="correct its condition or delete it",
                    place=row.place,
                    table=table.id,
                    rows=(row.id,),
                )
        open_rows = [row.id for row, reason in zip(table.rows, decided, strict=True) if reason is None]
        if open_rows:
            context.skip(ID, table.id, f"{len(open_rows):,} rows, `{open_rows[0]}` the first, are too much to decide")
        if table.rows and not any(decided) and not open_rows:
            context.prove(ID, f"every row of `{table.id}` can match", table)


def why_impossible(context: AuditContext, table: Table, number: int) -> str | None:
    """Return why a row, by its number, never matches: '' when it can, None when that was not decided."""
    row = table.rows[number]
    if row.id not in context.impossible:
        try:
            context.impossible[row.id] = _reason(context, table, number)
        except TooLargeError:
            context.impossible[row.id] = None
    return context.impossible[row.id]


def _reason(context: AuditContext, table: Table, number: int) -> str:
    if not context.exists(table, (number,), ()):
        if context.exists(table, (number,), (), constrained=False):
            return "a constraint excludes all of it"
        return _contradiction(context, table, number)
    if context.reads_conclusions(table) and not context.occurs(table, (number,), ()):
        return "the conclusions of earlier tables that it asks for never occur together"
    return ""


def _contradiction(context: AuditContext, table: Table, number: int) -> str:
    """Say which test leaves no value; only tests of several mappings can contradict each other."""
    columns = context.regions(table).columns
    empty = [(fact, test.text) for fact, test in table.rows[number].tests() if not columns[fact].matching(test.values)]
    if not empty:
        return "its tests contradict each other"
    return f"no value passes {' and none '.join(f'`{fact}: {text}`' for fact, text in dict.fromkeys(empty))}"
