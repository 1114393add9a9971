"""What it finds: rows and conclusions that no worked case exercises.

Why it matters: a row without a case can be edited, moved or deleted and no test fails. A case exercises a row when the
row matches (of a `first` table: wins) and what the case expects rests on it.

Example: `158 of 159 rows`, and the one without a case is the row somebody added last week.

How to mend it: write a case that the row decides. The note on conditions names those that no pair of cases shows to
matter: one in which the row counts, one in which this condition alone keeps it from matching. Conditions that no
project can fail alone, because earlier rows take all that is left, are not counted.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

from advisor.audit.context import AuditContext
from advisor.audit.coverage import Tried, concluded, conclusions, conditions, conditions_untried, exercised
from advisor.audit.diagrams import TooLargeError
from advisor.audit.functions import Outcome
from advisor.audit.model import Finding
from advisor.rulebook.model import Row, Table
from advisor.rulebook.sets import UNKNOWN, Value

ID = "coverage"
SEVERITY = "warning"
WITHOUT_CASES = "there are no worked cases"


def check(context: AuditContext) -> Iterator[Finding]:
    """Yield a finding for each row and conclusion that no case exercises, and a note on conditions for each table."""
    if not context.cases:
        context.skip(ID, None, WITHOUT_CASES)
        return
    book = context.rulebook
    tried = context.tried
    held = exercised(book, tried)
    count = f"{sum(bool(cases) for cases in held.values()):,} of {len(held):,} rows"
    for row in book.rows:
        if not held[row.id]:
            yield Finding(
                check=ID,
                severity="warning",
                message=f"no worked case exercises `{row.id}` ({count} are exercised)",
                fix="write a case that rests on it",
                place=row.place,
                table=row.table,
                rows=(row.id,),
                key=row.id,
            )
    yield from _conclusions(context, tried)
    yield from _conditions(context, tried)
    if all(held.values()):
        context.prove(ID, f"{len(tried):,} worked cases exercise {count}")


def _conclusions(context: AuditContext, tried: Sequence[Tried]) -> Iterator[Finding]:
    """Yield a finding for each conclusion that no case reaches, except of rows, which are reported themselves."""
    done = concluded(tried)
    total = reached = 0
    for table in context.rulebook.tables.values():
        by_rows = {row.then for row in table.rows}
        for value in _reachable(context, table):
            total += 1
            reached += (table.id, value) in done
            if (table.id, value) not in done and value not in by_rows:
                yield Finding(
                    check=ID,
                    severity="warning",
                    message=f"no worked case makes `{table.id}` conclude `{value}`",
                    fix="write a case that does",
                    place=table.place,
                    table=table.id,
                    key=f"{table.id}: {value}",
                )
    if reached == total:
        context.prove(ID, f"they reach {reached:,} of {total:,} conclusions")


def _reachable(context: AuditContext, table: Table) -> list[Value]:
    """Return the conclusions of a table that some project reaches; all of its rows where that is not decided."""
    stated = conclusions(context.rulebook, table)
    if table.hit_policy == "collect":
        return stated
    try:
        together = context.whole(table.id)
        outcomes = together.diagrams.values(together.within(together.outcome(table.id)))
    except TooLargeError:
        return stated
    reached = {outcome.value for outcome in outcomes if isinstance(outcome, Outcome)}
    return [value for value in dict.fromkeys((*stated, UNKNOWN)) if value in reached]


def _conditions(context: AuditContext, tried: Sequence[Tried]) -> Iterator[Finding]:
    every = [(row, fact) for row, fact in conditions(context.rulebook) if _can_matter(context, row, fact)]
    missing = {(row.id, fact) for row, fact in conditions_untried(context.rulebook, tried)}
    untried = [(row, fact) for row, fact in every if (row.id, fact) in missing]
    if not untried and every:
        context.prove(ID, f"{len(every):,} of {len(every):,} conditions are shown to matter by a pair of cases")
    for name, group in groupby(untried, key=lambda one: one[0].table):
        pairs = list(group)
        table = context.rulebook.tables[name]
        listed = ", ".join(f"`{row.id}` by {fact}" for row, fact in pairs)
        of_table = sum(row.table == name for row, _ in every)
        yield Finding(
            check=ID,
            severity="note",
            message=f"{len(pairs):,} of {of_table:,} conditions of `{name}` are not shown to matter by cases: {listed}",
            fix="write a case in which this condition alone keeps the row from matching",
            place=table.place,
            table=name,
            key=f"{name}: conditions",
        )


def _can_matter(context: AuditContext, row: Row, fact: str) -> bool:
    """Tell whether some project fails a row by one fact alone, with no earlier row of a `first` table in the way."""
    try:
        together = context.whole(row.table)
        diagrams = together.diagrams
        others = [
            diagrams.all_of([together.tested(name, values) for name, values in mapping.items() if name != fact])
            for mapping in row.alternatives()
            if fact in mapping
        ]
        table = context.rulebook.tables[row.table]
        above = table.rows[: table.rows.index(row)] if table.hit_policy == "first" else ()
        taken = diagrams.any_of([together.matches(row), *(together.matches(other) for other in above)])
        alone = diagrams.all_of([diagrams.any_of(others), diagrams.negated(taken), together.possible])
    except TooLargeError:
        return True
    return alone != diagrams.constant(False)
