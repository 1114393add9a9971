"""What it finds: thresholds that no worked case tries below, at and above.

Why it matters: `<` for `<=` is the commonest slip in a table, and only a case that stands on the threshold shows it.

Example: rows turn at 10,000 calls a month, and the cases have 2,000 and 250,000.

How to mend it: write a case for each side that is named; the example has a value for it. A side counts as tried when a
case lies between this threshold and the next one.
"""

from __future__ import annotations

from collections.abc import Iterator

from advisor.audit.checks.coverage import WITHOUT_CASES
from advisor.audit.context import AuditContext
from advisor.audit.coverage import sides_untried, thresholds
from advisor.audit.model import Finding
from advisor.quantities import is_number, rule_text
from advisor.rulebook.sets import Value

ID = "boundary"
SEVERITY = "note"


def check(context: AuditContext) -> Iterator[Finding]:
    """Yield a note for each threshold with a side on which no case stands."""
    if not context.cases:
        context.skip(ID, None, WITHOUT_CASES)
        return
    tried = context.tried
    every = thresholds(context.rulebook)
    complete = 0
    for threshold in every:
        untried = sides_untried(context.rulebook, threshold, tried)
        complete += not untried
        if untried:
            sides = ", ".join(f"{side} it ({_written(value)})" for side, value in untried.items())
            first = threshold.rows[0]
            yield Finding(
                check=ID,
                severity="note",
                message=f"no worked case tries {threshold.fact} {_written(threshold.number)} {sides}",
                fix="write a case for each side named",
                place=first.place,
                table=first.table,
                rows=tuple(row.id for row in threshold.rows),
                example={threshold.fact: next(iter(untried.values()))},
                key=f"{threshold.fact} {_written(threshold.number)}",
            )
    if complete == len(every) and every:
        context.prove(ID, f"worked cases try {complete:,} of {len(every):,} thresholds below, at and above")


def _written(value: Value) -> str:
    assert is_number(value)
    assert isinstance(value, int | float)
    return rule_text(value)
