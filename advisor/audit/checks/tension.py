"""What it finds: places where the source contradicts itself and no row says how it is resolved.

Why it matters: a rulebook can follow only one of two sentences that disagree. A reader must see that this was noticed
and which one gave way.

Example: below 85% quality the source tunes at any volume, and below 10,000 calls a month it prompts.

How to mend it: cite the tension in the row (or the assumption) that settles it, and say in its `because` what gave way.
Where the two sides named under `between` do not contradict each other in any project, correct them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Literal

from advisor.audit.context import AuditContext
from advisor.audit.diagrams import Node, TooLargeError
from advisor.audit.functions import Functions, whole
from advisor.audit.model import Example, Finding, Tension
from advisor.rulebook.evidence import SourceItem
from advisor.rulebook.model import RECOMMENDATION, Row

ID = "tension"
SEVERITY = "error"


@dataclass(frozen=True)
class Contradiction:
    """Where the two sides of a tension part: rows, a project, and the rows of the recommendation that resolve it there.

    `rows` are one of either side that match together and favour different approaches, or, where one side is silent, the
    one row of the side that speaks.
    """

    item: SourceItem
    kind: Literal["rows", "silence"]
    rows: tuple[Row, ...]
    example: Example
    resolved_by: tuple[Row, ...]


def check(context: AuditContext) -> Iterator[Finding]:
    """Yield a finding for each tension that nothing resolves."""
    for item in context.rulebook.items.values():
        if item.kind != "tension":
            continue
        cited_by = context.citations[item.id]
        if not cited_by:
            message = f"nothing resolves the tension `{item.id}`"
            yield Finding(ID, "error", message, "cite it in the row that settles it", item.place, key=item.id)
            continue
        try:
            found = contradictions(context, item)
        except TooLargeError as error:
            context.skip(ID, None, f"`{item.id}`: {error}")
            continue
        yield from _findings(context, item, found)
        if all(one.resolved_by for one in found):
            context.prove(ID, f"`{item.id}` is resolved by {_names(cited_by)}")


def _findings(context: AuditContext, item: SourceItem, found: Sequence[Contradiction]) -> Iterator[Finding]:
    cited_by = context.citations[item.id]
    for one in found:
        rows, resolved_by = tuple(row.id for row in one.rows), tuple(row.id for row in one.resolved_by)
        context.tensions.append(Tension(item.id, item.says, rows, one.example, resolved_by, one.kind))
        if not one.resolved_by:
            parts = "contradict each other" if one.kind == "rows" else "stands against silence"
            yield Finding(
                check=ID,
                severity="error",
                message=f"{_names(rows)} {parts} by `{item.id}`, and no row that decides there cites it",
                fix="cite it in the row that decides this project",
                place=one.rows[0].place,
                table=one.rows[0].table,
                rows=rows,
                example=one.example,
                key=item.id,
            )
    if found:
        return
    kind: Literal["figure", "reading"] = "figure" if _only_assumptions(context, cited_by) else "reading"
    context.tensions.append(Tension(item.id, item.says, (), {}, cited_by, kind))
    if item.between and kind == "reading":
        yield Finding(
            check=ID,
            severity="warning",
            message=f"no project shows the tension `{item.id}`: rows of its two sides never contradict each other",
            fix="correct `between`, or take it out where the tension is not between rows",
            place=item.place,
            key=item.id,
        )


def contradictions(context: AuditContext, item: SourceItem) -> list[Contradiction]:
    """Return where the two sides of a tension part.

    Rows of either side that match together and favour different approaches; where there are none, rows of one side that
    match where no row of the other does. Rows of the recommendation itself are what resolves, so they are no side.
    Raises TooLargeError.
    """
    if len(item.between) != 2:
        return []
    first, second = (_side(context, side) for side in item.between)
    search = _Search(context, item)
    both = [(a, b) for a, b in product(first, second) if a.favours != b.favours]
    found = [one for a, b in both if (one := search.together(a, b))]
    if not found and first and second:
        silent = [search.alone(row, other) for side, other in ((first, second), (second, first)) for row in side]
        found = [one for one in silent if one][:1]
    return found


def _side(context: AuditContext, items: Sequence[str]) -> list[Row]:
    return [
        row
        for row in context.rulebook.rows
        if row.table != RECOMMENDATION and row.favours and set(row.source) & set(items)
    ]


class _Search:
    """Looks for projects that show one tension; functions over the same tables are made once."""

    def __init__(self, context: AuditContext, item: SourceItem) -> None:
        self.book, self.item = context.rulebook, item
        self.resolving = [row for row in _recommending(context) if item.id in row.source]
        self._made: dict[frozenset[str], Functions] = {}

    def together(self, a: Row, b: Row) -> Contradiction | None:
        """Return where two rows match."""
        functions = self._functions({a.table, b.table})
        where = functions.diagrams.all_of([functions.matches(a), functions.matches(b), functions.possible])
        return self._shown("rows", (a, b), functions, where)

    def alone(self, row: Row, others: Sequence[Row]) -> Contradiction | None:
        """Return where a row matches and none of some others does."""
        functions = self._functions({row.table, *(other.table for other in others)})
        none = functions.diagrams.negated(functions.diagrams.any_of([functions.matches(other) for other in others]))
        where = functions.diagrams.all_of([functions.matches(row), none, functions.possible])
        return self._shown("silence", (row,), functions, where)

    def _shown(
        self, kind: Literal["rows", "silence"], rows: tuple[Row, ...], functions: Functions, where: Node
    ) -> Contradiction | None:
        """Return what a region shows: with a project that a resolving row decides, where there is one."""
        diagrams = functions.diagrams
        nowhere = diagrams.constant(False)
        if where == nowhere:
            return None
        decided = {row.id: diagrams.all_of([where, functions.wins(row)]) for row in self.resolving}
        resolving = tuple(row for row in self.resolving if decided[row.id] != nowhere)
        _, box = next(diagrams.boxes(decided[resolving[0].id] if resolving else where, bool))
        return Contradiction(self.item, kind, rows, functions.example(box), resolving)

    def _functions(self, tables: set[str]) -> Functions:
        key = frozenset(tables)
        if key not in self._made:
            ends = [RECOMMENDATION] if RECOMMENDATION in self.book.tables else []
            self._made[key] = whole(self.book, [*ends, *sorted(key)])
        return self._made[key]


def _recommending(context: AuditContext) -> tuple[Row, ...]:
    tables = context.rulebook.tables
    return tables[RECOMMENDATION].rows if RECOMMENDATION in tables else ()


def _only_assumptions(context: AuditContext, names: Sequence[str]) -> bool:
    return all(name in context.rulebook.assumptions for name in names)


def _names(names: Sequence[str]) -> str:
    return " and ".join(f"`{name}`" for name in names) if len(names) < 3 else ", ".join(f"`{name}`" for name in names)
