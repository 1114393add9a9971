"""One table alone: which rows match where, as disjoint boxes, its gaps and its overlaps."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import islice, permutations
from typing import Final

from advisor.audit.alive import EXCLUDED, AliveRows
from advisor.audit.columns import Column
from advisor.audit.diagrams import Box, Diagrams, Node, TooLargeError
from advisor.audit.search import Cell, Cells, CellSearch
from advisor.rulebook.model import Constraint, Table
from advisor.rulebook.sets import Value, ValueSet

ALL_ORDERS_UP_TO: Final = 5  # columns of which every order is tried for the fewest boxes
WORK_ON_ORDERS: Final = 50_000  # sets of rows looked at while orders are tried
LARGEST_TABLE: Final = 100_000  # sets of rows; a table with more is too large for diagrams
MOST_BOXES: Final = 5_000  # gaps, or overlaps, that are listed of one table


@dataclass(frozen=True)
class Region:
    """A box of cells, and the numbers of the rows that match everywhere in it."""

    rows: tuple[int, ...]
    cells: Mapping[str, frozenset[int]]


@dataclass(frozen=True)
class Listed:
    """Gaps or overlaps of a table. `reason` says why some are not listed or, with `decided` False, none is known."""

    regions: tuple[Region, ...]
    reason: str | None = None
    decided: bool = True


class TableRegions:
    """The cells of one table's inputs, cut at its own tests, and what matches in them.

    Inputs are independent of one another but for the constraints whose facts the table tests.
    """

    def __init__(self, table: Table, columns: Sequence[Column], constraints: Sequence[Constraint] = ()) -> None:
        """constraints: those that apply to the table."""
        self.table = table
        self.columns = {column.fact: column for column in columns}
        self.sizes = {column.fact: len(column.cells) for column in columns}
        self.alternatives = [[self._cells(mapping) for mapping in row.alternatives()] for row in table.rows]
        self.excluded = [self._cells({fact: test.values for fact, test in c.never.items()}) for c in constraints]
        self.search = CellSearch(self.sizes, self.alternatives, self.excluded)

    def _cells(self, mapping: Mapping[str, ValueSet]) -> Cells:
        return {fact: self.columns[fact].matching(values) for fact, values in mapping.items()}

    # -- questions --------------------------------------------------------------------------------------------------

    @cached_property
    def gaps(self) -> tuple[Region, ...]:
        """Where no row matches, as few disjoint boxes as some order of the columns gives. Raises TooLargeError."""
        return self._fewest_boxes(AliveRows.gap, bool, "boxes of gaps")

    @cached_property
    def overlaps(self) -> tuple[Region, ...]:
        """Where two or more rows match, each box with all that do. Raises TooLargeError past the bounds."""
        return self._fewest_boxes(lambda rows: rows.sets(least=2), bool, "regions where rows overlap")

    def groups(self) -> list[tuple[list[str], list[int]]]:
        """Return facts and rows that hang together: no two groups share a fact or a constraint."""
        groups: list[tuple[list[str], list[int]]] = [([fact], []) for fact in self.columns]
        for number, boxes in (*enumerate(self.alternatives), *((EXCLUDED, [box]) for box in self.excluded)):
            touched = {fact for box in boxes for fact in box}
            met = [group for group in groups if touched & set(group[0])]
            if met:
                facts = [fact for fact in self.columns if any(fact in group[0] for group in met)]
                rows = sorted({*(row for group in met for row in group[1]), number} - {EXCLUDED})
                groups = [*(group for group in groups if group not in met), (facts, rows)]
        return groups

    def every_region(self, facts: Sequence[str], rows: Sequence[int]) -> list[Region]:
        """Return one box for each distinct set of the rows of a group that match together, the empty set too.

        Raises TooLargeError.
        """
        alive = self._rows(facts, rows)
        node, first = alive.sets(least=0), dict[tuple[int, ...], Region]()
        sets = [value for value in alive.diagrams.values(node) if value is not None]
        for value, box in islice(alive.diagrams.boxes(node, lambda value: value is not None), MOST_BOXES):
            assert isinstance(value, tuple)
            first.setdefault(value, Region(value, _named(box, facts)))
        if len(first) < len(sets):
            raise TooLargeError(f"more than {MOST_BOXES:,} boxes")
        return list(first.values())

    def around(self, cell: Cell) -> Region:
        """Return a box around a cell in which the same rows match everywhere, as wide as can be."""
        matching = self.matching(cell)
        box = {fact: frozenset([n]) for fact, n in cell.items()}
        inside = [
            next(b for b in self.alternatives[n] if all(cell[fact] in cells for fact, cells in b.items()))
            for n in matching
        ]
        outside = [b for n, boxes in enumerate(self.alternatives) if n not in matching for b in boxes] + self.excluded
        for fact, column in self.columns.items():
            wide = [n for n in range(len(column.cells)) if _uniform({**box, fact: frozenset([n])}, inside, outside)]
            box[fact] = frozenset(wide)
        return Region(matching, {fact: cells for fact, cells in box.items() if len(cells) < self.sizes[fact]})

    def matching_cell(self, row: int) -> Cell | None:
        """Return the first cell of the first alternative of a row that has any; constraints are not looked at."""
        for box in self.alternatives[row]:
            if all(box.values()):
                return {fact: min(box.get(fact, (0,))) for fact in self.columns}
        return None

    def matching(self, cell: Mapping[str, int]) -> tuple[int, ...]:
        """Return the rows that match in one cell of every column."""
        return tuple(
            n
            for n, boxes in enumerate(self.alternatives)
            if any(all(cell[fact] in cells for fact, cells in box.items()) for box in boxes)
        )

    def possible(self, cell: Mapping[str, int]) -> bool:
        """Tell whether no constraint excludes a cell."""
        return not any(all(cell[fact] in cells for fact, cells in box.items()) for box in self.excluded)

    def decided(self, conclusion: Callable[[int | None], Hashable]) -> tuple[Diagrams, Node]:
        """Return, over the columns, what the first row that matches concludes; None where excluded.

        conclusion: of a row, by its number, or of none. Raises TooLargeError.
        """
        return self._diagram(lambda rows: rows.first(conclusion))

    def matching_sets(self) -> tuple[Diagrams, Node]:
        """Return, over the columns, the tuple of the rows that match; None where excluded. Raises TooLargeError."""
        return self._diagram(lambda rows: rows.sets(least=0))

    # -- showing ----------------------------------------------------------------------------------------------------

    def values(self, cell: Mapping[str, int]) -> dict[str, Value]:
        """Return the simplest value of every input in a cell."""
        return {fact: column.cells[cell[fact]].example for fact, column in self.columns.items()}

    def example(self, region: Region) -> dict[str, Value]:
        """Return a value for every input that lies in a region: the one that is simplest to read."""
        return self.values({fact: min(region.cells[fact]) if fact in region.cells else 0 for fact in self.columns})

    def box(self, region: Region) -> dict[str, str]:
        """Write a region as unary tests; a fact that is not named is free."""
        return {fact: self.columns[fact].text(region.cells[fact]) for fact in self.columns if fact in region.cells}

    # -- how --------------------------------------------------------------------------------------------------------

    def _rows(self, order: Sequence[str], rows: Sequence[int] | None = None) -> AliveRows:
        """Return rows, by default all, over some columns, with the constraints on these alone."""
        wanted = range(len(self.alternatives)) if rows is None else rows
        boxes = [(number, box) for number in wanted for box in self.alternatives[number]]
        excluded = [(EXCLUDED, box) for box in self.excluded if set(box) <= set(order)]
        return AliveRows([*boxes, *excluded], self.sizes, order, LARGEST_TABLE)

    def _diagram(self, build: Callable[[AliveRows], Node]) -> tuple[Diagrams, Node]:
        rows = self._rows(list(self.columns))
        return rows.diagrams, build(rows)

    def _orders(self) -> Iterator[Sequence[str]]:
        """Yield orders of the columns: all of them if there are few, else the most promising two.

        Promising is as rows name them, and those first that the most rows test.
        """
        if len(self.columns) <= ALL_ORDERS_UP_TO:
            yield from permutations(self.columns)
            return
        uses = {fact: sum(fact in box for boxes in self.alternatives for box in boxes) for fact in self.columns}
        yield sorted(self.columns, key=lambda fact: -uses[fact])
        yield list(self.columns)

    def _fewest_boxes(
        self, build: Callable[[AliveRows], Node], wanted: Callable[[Hashable], bool], what: str
    ) -> tuple[Region, ...]:
        """Try orders within a bound of work, and keep the first that gives the fewest boxes."""
        best: list[Region] | None = None
        work = 0
        for order in self._orders():
            rows = self._rows(order)
            node = build(rows)
            most = MOST_BOXES if best is None else len(best) - 1
            boxes = list(islice(self._boxes(rows.diagrams, node, order, wanted), most + 1))
            if len(boxes) <= most:
                best = boxes
            elif best is None:
                raise TooLargeError(f"more than {MOST_BOXES:,} {what}")
            work += rows.work + len(boxes)
            if work > WORK_ON_ORDERS or len(best) <= 1:
                break
        return tuple(best or ())

    def _boxes(
        self, diagrams: Diagrams, node: Node, order: Sequence[str], wanted: Callable[[Hashable], bool]
    ) -> Iterator[Region]:
        for value, box in diagrams.boxes(node, wanted):
            yield Region(value if isinstance(value, tuple) else (), _named(box, order))


def _named(box: Box, order: Sequence[str]) -> dict[str, frozenset[int]]:
    return {order[level]: cells for level, cells in box.items()}


def _uniform(box: Cells, inside: Sequence[Cells], outside: Sequence[Cells]) -> bool:
    """Tell whether a box, which names every fact, lies within some boxes and beside others."""
    return all(box[fact] <= cells for other in inside for fact, cells in other.items()) and all(
        any(not box[fact] & cells for fact, cells in other.items()) for other in outside
    )
