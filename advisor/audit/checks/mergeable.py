"""What it finds: rows with one conclusion that differ in one fact only and could be one row.

Why it matters: fewer rows are read faster. Two rows may still be better where their reasons or sources differ, so this
is a note.

Example: `{x: "< 5"}` and `{x: "[5..10)"}` that both conclude `low` are `{x: "< 10"}`.

How to mend it: write the joined test in one of them and delete the other.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations, pairwise

from advisor.audit.checks.overlap import conflict
from advisor.audit.columns import cut
from advisor.audit.context import WITH_CONCLUSION, AuditContext
from advisor.audit.model import Finding, Related
from advisor.rulebook.model import Row

ID = "mergeable"
SEVERITY = "note"


def check(context: AuditContext) -> Iterator[Finding]:
    """Yield a finding for each pair of rows that one row could replace: neighbours where the order decides."""
    for table in context.rulebook.tables.values():
        if table.hit_policy not in WITH_CONCLUSION:
            continue
        pairs = pairwise(table.rows) if table.hit_policy == "first" else combinations(table.rows, 2)
        for a, b in pairs:
            joined = _joined(context, a, b)
            if joined is not None and not conflict([a, b]):
                fact, test = joined
                yield Finding(
                    check=ID,
                    severity="note",
                    message=f"`{a.id}` and `{b.id}` conclude the same and differ in `{fact}` alone",
                    fix=f"one row with `{fact}: {test}` says both",
                    place=a.place,
                    table=table.id,
                    rows=(a.id, b.id),
                    related=(Related(b.place, f"`{b.id}` is the other one"),),
                )


def _joined(context: AuditContext, a: Row, b: Row) -> tuple[str, str] | None:
    """Return the one fact in which two rows differ and the test for both, or None."""
    if a.any_of is not None or b.any_of is not None:
        return None
    (first,), (second,) = a.alternatives(), b.alternatives()
    differing = [fact for fact in dict.fromkeys((*first, *second)) if first.get(fact) != second.get(fact)]
    if len(differing) != 1 or differing[0] not in first or differing[0] not in second:
        return None
    fact = differing[0]
    column = cut(context.rulebook.fact(fact), [first[fact], second[fact]], unknown=context.can_be_unknown(fact))
    cells = [column.matching(mapping[fact]) for mapping in (first, second)]
    return (fact, column.text(cells[0] | cells[1])) if all(cells) and cells[0] != cells[1] else None
