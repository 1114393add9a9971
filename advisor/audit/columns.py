"""A fact's domain cut into classes of values that no test tells apart."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from functools import reduce

from advisor.audit.simplest import simplest
from advisor.quantities import Number
from advisor.rulebook.model import Fact
from advisor.rulebook.sets import (
    UNKNOWN,
    ChoiceSet,
    Interval,
    NumberSet,
    PresenceSet,
    Value,
    ValueSet,
    interval,
    point,
    union,
)

KNOWN_TEXT = "some text"  # stands for every known value of a text fact, of which rules tell none apart


@dataclass(frozen=True)
class Cell:
    """Values of one fact that every test treats alike, and the one of them that is simplest to read."""

    values: ValueSet
    example: Value


@dataclass(frozen=True)
class Column:
    """All cells of one fact, disjoint, in the order of the domain, `unknown` last; together they are the domain.

    `kind` is the fact's: integers are cut between integers only.
    """

    fact: str
    kind: str
    cells: tuple[Cell, ...]

    def matching(self, values: ValueSet) -> frozenset[int]:
        """Return the cells that lie in a set of values, which must be one of those the column was cut for."""
        return frozenset(n for n, cell in enumerate(self.cells) if values.contains(cell.example))

    def union(self, numbers: Iterable[int]) -> ValueSet:
        """Return the values of several cells, at least one, as one set, written as shortly as it can be."""
        return _together([self.cells[n].values for n in sorted(numbers)], self.kind)

    def text(self, numbers: Collection[int]) -> str:
        """Write several cells as a unary test; all of them as `-`."""
        return "-" if len(numbers) == len(self.cells) else str(self.union(numbers))


def cut(fact: Fact, tests: Sequence[ValueSet], *, unknown: bool | None = None, apart: bool = False) -> Column:
    """Cut a fact's domain at everything that some of the tests tell apart.

    unknown: whether `unknown` is a value, by default what the domain says; a domain without any value has it always.
    apart: keep every threshold, and every value of a choice, a cell of its own (below, at, above), also where no test
    tells them apart.
    """
    pieces = _known_pieces(fact, tests)
    has_unknown = fact.domain.contains(UNKNOWN) if unknown is None else unknown
    if has_unknown or not pieces:
        pieces.append(Cell(_unknown_of(fact.domain), UNKNOWN))
    groups: dict[tuple[object, ...], list[Cell]] = {}
    for number, piece in enumerate(pieces):
        signature = tuple(test.contains(piece.example) for test in tests)
        # `unknown` never joins other values in one cell: an example of the cell must speak for all of it.
        groups.setdefault((number,) if apart else (piece.example == UNKNOWN, signature), []).append(piece)
    return Column(fact.id, fact.kind, tuple(_merge(cells, fact.kind) for cells in groups.values()))


def thresholds(tests: Iterable[ValueSet]) -> tuple[Number, ...]:
    """Return every finite end of the intervals of number tests, ascending, each once."""
    return tuple(sorted({end for test in tests if isinstance(test, NumberSet) for end in test.endpoints()}))


def two_values(column: Column, cell: int) -> tuple[Number, Number] | None:
    """Return two numbers of one cell, the lesser first, or None where it holds no two."""
    values, whole = column.cells[cell].values, column.kind == "integer"
    if not isinstance(values, NumberSet):
        return None
    found = [number for part in values.intervals if (number := simplest(part, whole=whole)) is not None]
    if len(found) == 1:
        (part,), (first,) = values.intervals, found
        below = interval(part.low, first, low_closed=part.low_closed, high_closed=False)
        above = interval(first, part.high, low_closed=False, high_closed=part.high_closed)
        more = [simplest(rest, whole=whole) for rest in (above, below) if rest]
        found = [first, *(number for number in more if number is not None)]
    lesser, *greater = sorted(found[:2])
    return (lesser, greater[0]) if greater else None


def _known_pieces(fact: Fact, tests: Sequence[ValueSet]) -> list[Cell]:
    match fact.domain:
        case ChoiceSet() as domain:
            return [
                Cell(ChoiceSet.of([value], domain.domain), value == "true" if fact.kind == "boolean" else value)
                for value in domain.values
            ]
        case PresenceSet():
            return [Cell(PresenceSet(True, False), KNOWN_TEXT)] if fact.domain.known else []
        case NumberSet() as numbers:
            return _number_pieces(fact.kind, numbers, tests)


def _number_pieces(kind: str, domain: NumberSet, tests: Sequence[ValueSet]) -> list[Cell]:
    cuts: list[Interval | None] = []
    low: Number = -math.inf
    for end in thresholds([*tests, domain]):
        cuts += [interval(low, end, low_closed=False, high_closed=False), point(end)]
        low = end
    cuts.append(interval(low, math.inf, low_closed=False, high_closed=False))
    inside = [part for cut in cuts if cut for part in NumberSet((cut,)).intersection(domain).intervals]
    pieces = [(part, simplest(part, whole=kind == "integer")) for part in inside]
    return [Cell(NumberSet((part,)), example) for part, example in pieces if example is not None]


def _unknown_of(domain: ValueSet) -> ValueSet:
    match domain:
        case NumberSet():
            return NumberSet((), unknown=True)
        case ChoiceSet():
            return ChoiceSet((), True, domain.domain)
        case PresenceSet():
            return PresenceSet(False, True)


def _merge(cells: Sequence[Cell], kind: str) -> Cell:
    values = _together([cell.values for cell in cells], kind)
    return Cell(values, min(cells, key=_reading_effort).example)


def _together(parts: Sequence[ValueSet], kind: str) -> ValueSet:
    total = reduce(union, parts)
    return _closed_up(total) if kind == "integer" and isinstance(total, NumberSet) else total


def _closed_up(values: NumberSet) -> NumberSet:
    """Join intervals between which there is no whole number."""
    joined = list(values.intervals[:1])
    for part in values.intervals[1:]:
        before = joined[-1]
        between = interval(before.high, part.low, low_closed=not before.high_closed, high_closed=not part.low_closed)
        if between is None or simplest(between, whole=True) is None:
            joined[-1] = Interval(before.low, part.high, before.low_closed, part.high_closed)
        else:
            joined.append(part)
    return NumberSet(tuple(joined), values.unknown)


def _reading_effort(cell: Cell) -> tuple[bool, int, float]:
    """Thresholds are read best, then short numbers, then small ones."""
    value = cell.example
    if isinstance(value, str | bool):
        return (False, 0, 0.0)
    threshold = isinstance(cell.values, NumberSet) and value in cell.values.endpoints()
    return (not threshold, len(f"{value:g}"), abs(value))
