"""What it finds: tests with a number outside the domain of their fact, tests in an `any` that no value passes, and
domains that hold no number.

Why it matters: it is a slip of the pen, often `85` for `85%`; the row then matches everything or nothing.

Example: `> 85` on a fact with the domain `[0..1]`.

How to mend it: write the number in the fact's own unit, or widen its domain in facts.yaml.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

from advisor.audit.checks.impossible import why_impossible
from advisor.audit.columns import cut
from advisor.audit.context import AuditContext
from advisor.audit.model import Finding
from advisor.quantities import Number, rule_text
from advisor.rulebook.model import Fact, Row, Rulebook, Table, Test
from advisor.rulebook.sets import UNKNOWN, Interval, NumberSet

ID = "domain"
SEVERITY = "error"


def check(context: AuditContext) -> Iterator[Finding]:
    """Yield a finding for each test that names a number outside its domain, or that no value can pass unnoticed."""
    book = context.rulebook
    yield from _empty_domains(book)
    for row in book.rows:
        for name, test in row.tests():
            yield from _outside(book.fact(name), test, f"`{row.id}` tests", row)
    for constraint in book.constraints:
        for name, test in constraint.never.items():
            yield from _outside(book.fact(name), test, "a constraint tests", None)
    for table in book.tables.values():
        for number, row in enumerate(table.rows):
            if row.any_of is not None:
                yield from _empty(context, table, number)


def _outside(fact: Fact, test: Test, who: str, row: Row | None) -> Iterator[Finding]:
    if not isinstance(test.values, NumberSet) or not isinstance(fact.domain, NumberSet):
        return
    # What `not(...)` lists are the single values and ends of its complement.
    parts = (*test.values.intervals, *test.values.complement().intervals)
    ends = dict.fromkeys(end for part in parts for end in _ends_outside(part, fact.domain))
    if ends:
        numbers = ", ".join(rule_text(end) for end in sorted(ends))
        lie = "lies" if len(ends) == 1 else "lie"
        yield Finding(
            check=ID,
            severity="error",
            message=f"{who} {fact.id} for `{test.text}`, but {numbers} {lie} outside its domain {_written(fact)}",
            fix="write it in the fact's own unit, or widen the domain",
            place=row.place if row else test.place,
            table=row.table if row else None,
            rows=(row.id,) if row else (),
            key=f"{fact.id} {test.text}",
        )


def _ends_outside(part: Interval, domain: NumberSet) -> list[Number]:
    """Return the finite ends of an interval outside a domain: a single value not in it, or an end not between its ends.

    `> 0` on the domain `(0..1)` says nothing that is outside, so an open end may be one of the domain's.
    """
    if part.low == part.high:
        return [] if domain.contains(part.low) else [part.low]
    low = min((limit.low for limit in domain.intervals), default=math.inf)
    high = max((limit.high for limit in domain.intervals), default=-math.inf)
    return [end for end in (part.low, part.high) if math.isfinite(end) and not low <= end <= high]


def _written(fact: Fact) -> str:
    assert isinstance(fact.domain, NumberSet)
    return str(NumberSet(fact.domain.intervals)) or "of no numbers"


def _empty(context: AuditContext, table: Table, number: int) -> Iterator[Finding]:
    """Tests of a row that can match all the same: where it cannot, `impossible` says so."""
    row, columns = table.rows[number], context.regions(table).columns
    for fact, test in row.tests():
        if not columns[fact].matching(test.values) and why_impossible(context, table, number) == "":
            yield Finding(
                check=ID,
                severity="error",
                message=f"`{row.id}` tests {fact} for `{test.text}`, which no value passes",
                fix="correct the test, or delete the part of `any` that holds it",
                place=row.place,
                table=table.id,
                rows=(row.id,),
                key=f"{fact} {test.text} is empty",
            )


def _empty_domains(book: Rulebook) -> Iterator[Finding]:
    for fact in book.facts.values():
        if isinstance(fact.domain, NumberSet) and fact.place is not None:
            values = cut(fact, [], unknown=False).cells
            if all(cell.example == UNKNOWN for cell in values):
                message = f"the domain {_written(fact)} of {fact.id} holds no {_noun(fact)}"
                yield Finding(ID, "error", message, "widen the domain", fact.place, key=fact.id)


def _noun(fact: Fact) -> str:
    return "whole number" if fact.kind == "integer" else "number"
