"""What it finds: in a `first` table, a general row that stands above a more special one with another conclusion.

Why it matters: whoever reads the special row believes that it decides its projects, while the general one takes part of
them away. A general row is one that tests some of the special row's facts and no others.

Example: `{x: "< 10"}` above `{x: "< 20", y: true}`.

How to mend it: put the special row first. Where the order is meant, let the general row cite the tension or judgement
that says so.
"""

from __future__ import annotations

from collections.abc import Iterator

from advisor.audit.checks.overlap import conflict
from advisor.audit.context import AuditContext
from advisor.audit.diagrams import TooLargeError
from advisor.audit.model import Finding, Related
from advisor.rulebook.model import Row, Rulebook, Table

ID = "misleading"
SEVERITY = "warning"


def check(context: AuditContext) -> Iterator[Finding]:
    """Yield a finding for each pair of a general row above a special one that it takes projects from."""
    for table in context.rulebook.tables.values():
        if table.hit_policy != "first":
            continue
        try:
            yield from _in_table(context, table)
        except TooLargeError as error:
            context.skip(ID, table.id, str(error))


def _in_table(context: AuditContext, table: Table) -> Iterator[Finding]:
    for number, special in enumerate(table.rows):
        for above in range(number):
            general = table.rows[above]
            if (
                _facts(context, table, above) < _facts(context, table, number)
                and conflict([general, special])
                and not _says_so(context.rulebook, general)
                and (taken := context.find(table, (above, number), range(above))) is not None
                and context.exists(table, (number,), range(number))
            ):
                yield Finding(
                    check=ID,
                    severity="warning",
                    message=f"`{general.id}` is more general than `{special.id}` below it and takes projects from it",
                    fix="put the special row first, or cite in the general one why it comes first",
                    place=general.place,
                    table=table.id,
                    rows=(general.id, special.id),
                    example=context.regions(table).values(taken),
                    related=(Related(special.place, f"`{special.id}` loses projects"),),
                )


def _facts(context: AuditContext, table: Table, number: int) -> frozenset[str]:
    """Return the facts that a row does not leave free."""
    regions = context.regions(table)
    boxes = regions.alternatives[number]
    return frozenset(fact for box in boxes for fact, cells in box.items() if len(cells) < regions.sizes[fact])


def _says_so(rulebook: Rulebook, row: Row) -> bool:
    """Tell whether a row cites something that settles an order: a tension, or a judgement."""
    return any(rulebook.items[item].kind != "statement" for item in row.source if item in rulebook.items)
