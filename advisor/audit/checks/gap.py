"""What it finds: projects for which no row of a `unique`, `any` or `first` table matches.

Why it matters: such a table concludes `unknown` there, and every table that reads it goes on without an answer. Nobody
notices until a real project falls into the hole.

Example: rows `< 10_000` and `> 10_000` leave out exactly 10,000, and a row for `unknown` is missing as well.

How to mend it: widen a row to the boundary, add a row for the box that is named, or exclude it by a constraint in
facts.yaml if it cannot occur.
"""

from __future__ import annotations

from collections.abc import Iterator

from advisor.audit.context import WITH_CONCLUSION, AuditContext
from advisor.audit.model import Finding

ID = "gap"
SEVERITY = "error"


def check(context: AuditContext) -> Iterator[Finding]:
    """Yield a finding for each box without a row."""
    for table in context.rulebook.tables.values():
        if table.hit_policy not in WITH_CONCLUSION:
            continue
        gaps, regions = context.gaps(table), context.regions(table)
        if gaps.reason:
            context.skip(ID, table.id, gaps.reason)
        elif not gaps.regions:
            context.prove(ID, f"`{table.id}` has no gap", table)
        for region in gaps.regions:
            box = regions.box(region)
            where = " and ".join(f"{fact} {test}" for fact, test in box.items()) or "any project"
            yield Finding(
                check=ID,
                severity="error",
                message=f"no row for {where}",
                fix="widen a row to include it or add one",
                place=table.place,
                table=table.id,
                example=regions.example(region),
                box=box,
                key=where,
            )
