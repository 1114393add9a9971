"""What it finds: rows that can go without changing any decision of their table.

Why it matters: each row is a promise that it matters. One that does not makes the table longer to read and harder to
change.

Example: in a `first` table, `{x: "< 5"}` concludes `low` just above a row for everything that concludes `low` too.

How to mend it: delete the row, or, if it is there for its reason, let its conclusion differ.
"""

from __future__ import annotations

from collections.abc import Iterator

from advisor.audit.checks.duplicate import repeats
from advisor.audit.checks.impossible import why_impossible
from advisor.audit.checks.overlap import conflict, decision
from advisor.audit.context import WITH_CONCLUSION, AuditContext
from advisor.audit.diagrams import TooLargeError
from advisor.audit.model import Finding
from advisor.rulebook.model import Table
from advisor.rulebook.sets import UNKNOWN

ID = "redundant"
SEVERITY = "warning"
NOTHING = (False, UNKNOWN, None)  # what a table decides where no row matches


def check(context: AuditContext) -> Iterator[Finding]:
    """Yield a finding for each row that wins somewhere and whose removal changes nothing."""
    for table in context.rulebook.tables.values():
        if table.hit_policy not in WITH_CONCLUSION:
            continue
        try:
            yield from _in_table(context, table)
        except TooLargeError as error:
            context.skip(ID, table.id, str(error))


def _in_table(context: AuditContext, table: Table) -> Iterator[Finding]:
    for number, row in enumerate(table.rows):
        if why_impossible(context, table, number):
            continue
        if any(repeats(context, table, number, other) for other in range(len(table.rows)) if other != number):
            continue  # said by `duplicate`, which asks for one of the two to be deleted
        if not (_matters_by_order if table.hit_policy == "first" else _matters)(context, table, number):
            yield Finding(
                check=ID,
                severity="warning",
                message=f"`{row.id}` can go without changing any decision",
                fix="delete it",
                place=row.place,
                table=table.id,
                rows=(row.id,),
            )


def _matters(context: AuditContext, table: Table, number: int) -> bool:
    """Tell whether somewhere no other row concludes what this one does."""
    same = [n for n, row in enumerate(table.rows) if n != number and not conflict([row, table.rows[number]])]
    return context.exists(table, (number,), same)


def _matters_by_order(context: AuditContext, table: Table, number: int) -> bool:
    """Tell whether where this row wins the next one that matches concludes otherwise, or none does.

    A row that never wins is said to matter: `shadowed` says of it what is to be said.
    """
    rows = table.rows
    if not context.exists(table, (number,), range(number)):
        return True
    above = [*range(number), *range(number + 1, len(rows))]
    if decision(rows[number]) != NOTHING and context.exists(table, (number,), above):
        return True
    for later in range(number + 1, len(rows)):
        others = [n for n in range(later) if n != number]
        if conflict([rows[number], rows[later]]) and context.exists(table, (number, later), others):
            return True
    return False
