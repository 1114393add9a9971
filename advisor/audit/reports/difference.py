"""What changed between two rulebooks, gathered by decision before and after, for reports that people read."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from advisor.audit.reports.parts import box_text, changed, example_text, listed, plural
from advisor.rulebook.model import RECOMMENDATION
from advisor.rulebook.sets import UNKNOWN

if TYPE_CHECKING:
    from advisor.audit.difference import Change, Decided, Difference
    from advisor.audit.model import Example

MOST_BOXES: Final = 3  # of one move that a report for people shows


@dataclass(frozen=True)
class Move:
    """All projects that move from one decision to another: the rows that decide, boxes and cells, the first few."""

    table: str
    before: str
    after: str
    rows_before: tuple[str, ...]
    rows_after: tuple[str, ...]
    boxes: int
    cells: int
    first: tuple[Change, ...]

    @property
    def where(self) -> str:
        """The table that decides, where it is not the recommendation."""
        return "" if self.table == RECOMMENDATION else f"{self.table}: "

    @property
    def rows(self) -> str:
        """The rows that cause the move, on either side."""
        sides = (("before", self.rows_before), ("after", self.rows_after))
        return "; ".join(f"{side} {listed(rows)}" for side, rows in sides if rows)


@dataclass(frozen=True)
class Line:
    """One line of a text: how deep it stands, its label where it has one, and what it says."""

    depth: int
    label: str
    text: str


def heading(difference: Difference) -> str:
    """Say in one line how much changed."""
    if difference.same:
        return "no decision changes, since the rules are the same where they decide"
    if not difference.changed:
        return f"no decision changes ({plural(difference.cells, 'cell')} compared)"
    verb = "is" if difference.changed == 1 else "are"
    return f"{difference.changed:,} of {plural(difference.cells, 'cell')} {verb} decided differently"


def moves(difference: Difference) -> list[Move]:
    """Return the changes by decision before and after, those of the most cells first."""
    held: dict[tuple[str, str, str], list[Change]] = {}
    for change in difference.changes:
        held.setdefault((change.table, decision(change.before), decision(change.after)), []).append(change)
    found = [_move(*key, changes) for key, changes in held.items()]
    return sorted(found, key=lambda move: (-move.cells, move.table, move.before, move.after))


def _move(table: str, before: str, after: str, changes: list[Change]) -> Move:
    changes = sorted(changes, key=lambda change: -change.cells)
    return Move(
        table,
        before,
        after,
        tuple(dict.fromkeys(c.before.row for c in changes if c.before.row)),
        tuple(dict.fromkeys(c.after.row for c in changes if c.after.row)),
        len(changes),
        sum(change.cells for change in changes),
        tuple(changes[:MOST_BOXES]),
    )


def decision(decided: Decided) -> str:
    """Write what was decided with its strength: `prompting (likely)`."""
    return f"{decided.option} ({decided.strength})" if decided.strength else decided.option


def lines_of(difference: Difference) -> Iterator[Line]:
    """Yield the difference line by line."""
    yield Line(0, "", f"from {difference.before} to {difference.after}: {heading(difference)}")
    for move in moves(difference):
        size = f"{plural(move.cells, 'cell')} in {plural(move.boxes, 'box')}"
        yield Line(1, "", f"{move.where}{move.before} -> {move.after}: {size}")
        yield Line(2, "rows", move.rows)
        for change in move.first:
            yield Line(2, "where", box_text(change.box))
            yield Line(2, "example", example_text(change.example))
            if change.answers and changed(change.example, change.answers):
                yield Line(2, "answers", example_text(change.answers))
        if move.boxes > len(move.first):
            yield Line(2, "", f"and {plural(move.boxes - len(move.first), 'more box')}: --format json lists all")
    if not difference.shown:
        yield Line(1, "", "there are more boxes than are listed; the counts are of all")


def as_data(difference: Difference) -> dict[str, Any]:
    """Return the difference as plain data for JSON."""
    return {
        "before": difference.before,
        "after": difference.after,
        "cells": difference.cells,
        "changed": difference.changed,
        "complete": difference.shown,
        "changes": [
            {
                "table": change.table,
                "before": _decided(change.before),
                "after": _decided(change.after),
                "box": dict(change.box),
                "example": _example(change.example),
                "answers": None if change.answers is None else _example(change.answers),
                "cells": change.cells,
            }
            for change in difference.changes
        ],
    }


def _example(example: Example) -> dict[str, Any]:
    return {fact: None if value == UNKNOWN else value for fact, value in example.items()}


def _decided(decided: Decided) -> dict[str, Any]:
    return {"option": decided.option, "strength": decided.strength, "row": decided.row}
