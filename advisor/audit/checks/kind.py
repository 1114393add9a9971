"""What it finds: whole numbers and others confused: thresholds between whole numbers on an `integer`, and gaps of a
`number` that lie between two neighbouring whole numbers.

Why it matters: `<= 5` beside `>= 6` is complete for an integer and leaves out 5.5 for a number.

Example: `> 2.5` on a count of people.

How to mend it: write whole thresholds for an integer, let a number's rows meet (`<= 5` and `> 5`), or change the kind.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

from advisor.audit.context import WITH_CONCLUSION, AuditContext
from advisor.audit.model import Finding
from advisor.quantities import rule_text
from advisor.rulebook.model import Table
from advisor.rulebook.sets import NumberSet

ID = "kind"
SEVERITY = "warning"


def check(context: AuditContext) -> Iterator[Finding]:
    """Yield a finding for each test or gap that suits the other kind of number."""
    for row in context.rulebook.rows:
        for name, test in row.tests():
            fact = context.rulebook.fact(name)
            ends = test.values.endpoints() if fact.kind == "integer" and isinstance(test.values, NumberSet) else ()
            broken = [rule_text(end) for end in ends if end != int(end)]
            if broken:
                yield Finding(
                    check=ID,
                    severity="warning",
                    message=f"`{row.id}` tests {name}, a whole number, for `{test.text}`: {', '.join(broken)} is none",
                    fix="write whole thresholds, or make the fact a `number`",
                    place=row.place,
                    table=row.table,
                    rows=(row.id,),
                    key=f"{name} {test.text}",
                )
    for table in context.rulebook.tables.values():
        if table.hit_policy in WITH_CONCLUSION:
            yield from _gaps(context, table)


def _gaps(context: AuditContext, table: Table) -> Iterator[Finding]:
    gaps, regions = context.gaps(table), context.regions(table)
    if gaps.reason:
        context.skip(ID, table.id, gaps.reason)
    said: set[str] = set()
    for region in gaps.regions:
        for fact, cells in region.cells.items():
            values = regions.columns[fact].union(cells)
            if fact in said or context.rulebook.fact(fact).kind != "number" or not isinstance(values, NumberSet):
                continue
            if any(
                _between_whole(part.low, part.high, part.low_closed or part.high_closed) for part in values.intervals
            ):
                said.add(fact)
                yield Finding(
                    check=ID,
                    severity="warning",
                    message=f"no row for {fact} {values}, which lies between two whole numbers: is it an `integer`?",
                    fix="let the rows meet, or make the fact an `integer`",
                    place=table.place,
                    table=table.id,
                    example=regions.example(region),
                    key=fact,
                )


def _between_whole(low: float, high: float, closed: bool) -> bool:
    return not closed and math.isfinite(low) and high - low == 1 and low == int(low)
