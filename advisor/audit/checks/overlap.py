"""What it finds: projects for which several rows of a `unique` or `any` table match.

Why it matters: a `unique` table with two matching rows is an error when it happens, for whichever project comes first.
In an `any` table it is one when the rows conclude differently; where they agree it is only worth knowing.

Example: `[10..30]` beside `>= 30` share exactly 30.

How to mend it: make one of the tests stop where the other begins, or, where the order is meant to decide, let the hit
policy be `first`.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Sequence

from advisor.audit.context import AuditContext
from advisor.audit.model import Finding, Related, Severity
from advisor.audit.regions import Region, TableRegions
from advisor.rulebook.model import Row
from advisor.rulebook.sets import UNKNOWN

ID = "overlap"
SEVERITY = "error"


def check(context: AuditContext) -> Iterator[Finding]:
    """Yield a finding for each box in which the same rows match together."""
    for table in context.rulebook.tables.values():
        if table.hit_policy not in ("unique", "any"):
            continue
        overlaps = context.overlaps(table)
        if overlaps.reason:
            context.skip(ID, table.id, overlaps.reason)
        elif not overlaps.regions:
            context.prove(ID, f"no two rows of `{table.id}` match together", table)
        for region in overlaps.regions:
            yield _finding(context.regions(table), region)


def conflict(rows: Sequence[Row]) -> bool:
    """Tell whether rows conclude differently."""
    return len({decision(row) for row in rows}) > 1


def decision(row: Row) -> Hashable:
    """Return what a row decides: its conclusion, `unknown` where it has none, and its strength."""
    then = UNKNOWN if row.then is None else row.then
    return (isinstance(then, bool), then, row.strength)


def _finding(regions: TableRegions, region: Region) -> Finding:
    table = regions.table
    rows = [table.rows[number] for number in region.rows]
    box = regions.box(region)
    where = " and ".join(f"{fact} {test}" for fact, test in box.items()) or "any project"
    differ = conflict(rows)
    severity: Severity = "error" if differ or table.hit_policy == "unique" else "note"
    names = ", ".join(f"`{row.id}`" for row in rows)
    ending = "and conclude differently" if differ else "and agree"
    return Finding(
        check=ID,
        severity=severity,
        message=f"{names} match together for {where} {ending}",
        fix="let one stop where the other begins" if severity == "error" else "nothing, if it is meant",
        place=rows[0].place,
        table=table.id,
        rows=tuple(row.id for row in rows),
        example=regions.example(region),
        box=box,
        related=tuple(Related(row.place, f"`{row.id}` matches there too") for row in rows[1:]),
        key=where,
    )
