"""What it finds: conclusions and options that no project reaches through the tables before them.

Why it matters: a row may look alive in its own table and still never decide anything, because the conclusions it asks
for never occur together, or because nothing concludes the option at all.

Example: an option of options.yaml that no row of the recommendation table concludes.

How to mend it: add a row that concludes it, correct the rows that keep it from being reached, or delete it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from advisor.audit.context import WITH_CONCLUSION, AuditContext
from advisor.audit.diagrams import TooLargeError
from advisor.audit.model import Finding
from advisor.rulebook.model import RECOMMENDATION, Table
from advisor.rulebook.sets import Value

ID = "unreachable"
SEVERITY = "error"


def check(context: AuditContext) -> Iterator[Finding]:
    """Yield a finding for each option and each conclusion that nothing reaches."""
    book = context.rulebook
    rows = book.tables[RECOMMENDATION].rows if RECOMMENDATION in book.tables else ()
    concluded = {row.then for row in rows}
    for option in book.options.values():
        if option.id not in concluded:
            yield Finding(
                check=ID,
                severity="error",
                message=f"no row concludes the option `{option.id}`",
                fix=f"add a row of `{RECOMMENDATION}` that does, or delete the option",
                place=option.place,
                key=option.id,
            )
    for table in book.tables.values():
        if table.hit_policy in WITH_CONCLUSION:
            try:
                yield from _in_table(context, table)
            except TooLargeError as error:
                context.skip(ID, table.id, str(error))


def _in_table(context: AuditContext, table: Table) -> Iterator[Finding]:
    by_conclusion: dict[Value, list[int]] = {}
    for number, row in enumerate(table.rows):
        if row.then is not None:
            by_conclusion.setdefault(row.then, []).append(number)
    found = False
    for conclusion, numbers in by_conclusion.items():
        if not any(_decides(context, table, number) for number in numbers):
            found = True
            shown = str(conclusion).lower() if isinstance(conclusion, bool) else conclusion
            alone = any(context.exists(table, (number,), _above(table, number)) for number in numbers)
            given = ", given what earlier tables conclude" if alone else ""
            yield Finding(
                check=ID,
                severity="error",
                message=f"no project reaches the conclusion `{shown}` of `{table.id}`{given}",
                fix="correct the rows that keep it from being reached, or delete it",
                place=table.rows[numbers[0]].place,
                table=table.id,
                rows=tuple(table.rows[number].id for number in numbers),
                key=str(shown),
            )
    if by_conclusion and not found:
        context.prove(ID, f"every conclusion of `{table.id}` is reached by some project", table)


def _decides(context: AuditContext, table: Table, number: int) -> bool:
    """Tell whether some project gets the conclusion of a row, by its number, through the tables before."""
    ask = context.occurs if context.reads_conclusions(table) else context.exists
    return ask(table, (number,), _above(table, number))


def _above(table: Table, number: int) -> Sequence[int]:
    """Return the rows that take a project from another one: in a `first` table those above it."""
    return range(number) if table.hit_policy == "first" else ()
