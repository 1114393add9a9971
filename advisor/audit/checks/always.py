"""What it finds: a row that matches every project and is not the last of its table.

Why it matters: below such a row of a `first` table nothing is ever decided; in a `unique` or `any` table every other
row overlaps with it.

Example: a row with an empty `when` in the first place.

How to mend it: move it to the end, where it says what holds otherwise, or give it a condition.
"""

from __future__ import annotations

from collections.abc import Iterator

from advisor.audit.context import WITH_CONCLUSION, AuditContext
from advisor.audit.diagrams import TooLargeError
from advisor.audit.model import Finding

ID = "always"
SEVERITY = "note"


def check(context: AuditContext) -> Iterator[Finding]:
    """Yield a finding for each row before the last that always matches."""
    for table in context.rulebook.tables.values():
        if table.hit_policy not in WITH_CONCLUSION:
            continue
        try:
            rows = [row for n, row in enumerate(table.rows[:-1]) if not context.exists(table, (), (n,))]
        except TooLargeError as error:
            context.skip(ID, table.id, str(error))
            continue
        for row in rows:
            yield Finding(
                check=ID,
                severity="note",
                message=f"`{row.id}` matches every project and is not the last row",
                fix="move it to the end or give it a condition",
                place=row.place,
                table=table.id,
                rows=(row.id,),
            )
