"""What it finds: assumptions whose `review_by` has passed on the day of the audit.

Why it matters: prices and offers change within months, and an old figure looks like a new one.

Example: `as_of: 2026-05-01` with `review_by: 2026-11-01`, audited on 2026-11-25.

How to mend it: look the figure up again and move both dates.
"""

from __future__ import annotations

from collections.abc import Iterator

from advisor.audit.context import AuditContext
from advisor.audit.model import Finding

ID = "stale"
SEVERITY = "warning"


def check(context: AuditContext) -> Iterator[Finding]:
    """Yield a finding for each figure that was to be reviewed before now."""
    for assumption in context.rulebook.assumptions.values():
        if assumption.review_by is not None and assumption.review_by < context.as_of:
            yield Finding(
                check=ID,
                severity="warning",
                message=f"`{assumption.id}` is of {assumption.as_of} and was to be reviewed by {assumption.review_by}",
                fix="look it up again and move both dates",
                place=assumption.place,
                key=assumption.id,
            )
