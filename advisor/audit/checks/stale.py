"""What it finds: rows, assumptions and prices whose `review_by` has passed on the day of the audit.

Why it matters: prices and offers change within months, and an old figure looks like a new one.

Example: `as_of: 2026-05-01` with `review_by: 2026-11-01`, audited on 2026-11-25. A price whose route is closed or
retired on that day never goes stale.

How to mend it: look it up again at its source and move both dates.
"""

from __future__ import annotations

from collections.abc import Iterator

from advisor.audit.context import AuditContext
from advisor.audit.model import Finding
from advisor.prices.book import Price
from advisor.rulebook.model import Assumption, Row

ID = "stale"
SEVERITY = "warning"


def check(context: AuditContext) -> Iterator[Finding]:
    """Yield a finding for each row, assumption and price that was to be reviewed before the day."""
    for row in context.rulebook.rows:
        yield from _overdue(context, row, row.table)
    for assumption in context.rulebook.assumptions.values():
        yield from _overdue(context, assumption)
    for price in context.rulebook.prices.values():
        if not price.is_closed(context.as_of):
            yield from _overdue(context, price)


def _overdue(context: AuditContext, held: Row | Assumption | Price, table: str | None = None) -> Iterator[Finding]:
    if held.review_by is not None and held.review_by < context.as_of:
        of = f" is of {held.as_of} and" if held.as_of else ""
        yield Finding(
            check=ID,
            severity="warning",
            message=f"`{held.id}`{of} was to be reviewed by {held.review_by}",
            fix="look it up again and move both dates",
            place=held.place,
            table=table,
            rows=(held.id,) if table else (),
            key=held.id,
        )
