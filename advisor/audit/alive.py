"""The rows of a table as diagrams, built column by column: rows that cannot match any more drop out on the way."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from typing import Final

from advisor.audit.diagrams import Diagrams, Node, TooLargeError
from advisor.audit.search import Cells

EXCLUDED: Final = -1  # stands for a row: "a constraint says that this cannot occur"


class AliveRows:
    """Boxes, each of a row or excluded, over columns in some order; a set of those still alive is a bit mask.

    `work` counts the sets looked at so far. Raises TooLargeError past `bound` sets.
    """

    def __init__(
        self, boxes: Sequence[tuple[int, Cells]], sizes: Mapping[str, int], order: Sequence[str], bound: int
    ) -> None:
        """boxes: the number of the row, or EXCLUDED, and its cells."""
        self.diagrams = Diagrams([sizes[fact] for fact in order], bound)
        self.work = 0
        self._rows = [row for row, _ in boxes]
        self._everyone = (1 << len(boxes)) - 1
        self._excluded = self._mask(n for n, row in enumerate(self._rows) if row == EXCLUDED)
        self._after = [self._mask(n for n, other in enumerate(self._rows) if other > row) for row in self._rows]
        self._staying = [
            [
                self._mask(n for n, (_, box) in enumerate(boxes) if fact not in box or cell in box[fact])
                for cell in cells
            ]
            for fact, cells in ((fact, range(sizes[fact])) for fact in order)
        ]
        last = [max((order.index(fact) for fact in box), default=-1) for _, box in boxes]
        # Those that have no test left at a depth match for certain.
        self._certain = [self._mask(n for n, at in enumerate(last) if at < depth) for depth in range(len(order) + 1)]

    @staticmethod
    def _mask(numbers: Iterable[int]) -> int:
        return sum(1 << n for n in numbers)

    def gap(self) -> Node:
        """Return where no row matches and no constraint is broken: True there, False elsewhere."""
        yes, no = self.diagrams.constant(True), self.diagrams.constant(False)

        def leaf(alive: int, certain: int) -> Node | None:
            if certain:
                return no
            return None if alive else yes

        return self._build(leaf, lambda alive, certain: alive)

    def sets(self, least: int) -> Node:
        """Return the rows that match, as a tuple of numbers: where fewer than `least` do (), where excluded None."""

        def leaf(alive: int, certain: int) -> Node | None:
            if certain & self._excluded:
                return self.diagrams.constant(None)
            open_rows = alive & ~self._excluded
            if open_rows.bit_count() < least:
                return self.diagrams.constant(())
            if alive != certain:
                return None
            rows = self._numbers(open_rows)
            return self.diagrams.constant(rows if len(rows) >= least else ())

        return self._build(leaf, lambda alive, certain: alive)

    def first(self, conclusion: Callable[[int | None], Hashable]) -> Node:
        """Return what the first row that matches concludes, `conclusion(None)` where none does, None where excluded."""

        def shortened(alive: int, certain: int) -> int:
            winner = certain & ~self._excluded
            return alive & ~self._after[(winner & -winner).bit_length() - 1] if winner else alive

        def leaf(alive: int, certain: int) -> Node | None:
            if certain & self._excluded:
                return self.diagrams.constant(None)
            if alive & self._excluded:
                return None
            if not alive:
                return self.diagrams.constant(conclusion(None))
            lowest = alive & -alive
            return self.diagrams.constant(conclusion(self._rows[lowest.bit_length() - 1])) if lowest & certain else None

        return self._build(leaf, shortened)

    def _numbers(self, alive: int) -> tuple[int, ...]:
        return tuple(dict.fromkeys(row for n, row in enumerate(self._rows) if alive >> n & 1))

    def _build(self, leaf: Callable[[int, int], Node | None], kept: Callable[[int, int], int]) -> Node:
        """leaf: of the alive and the certain ones, the function if it is known. kept: those that can still matter."""
        memo: dict[tuple[int, int], Node] = {}

        def below(depth: int, alive: int) -> Node:
            alive = kept(alive, alive & self._certain[depth])
            known = memo.get((depth, alive))
            if known is not None:
                return known
            self.work += 1
            if self.work > self.diagrams.bound:
                raise TooLargeError(f"more than {self.diagrams.bound:,} sets of rows")
            result = leaf(alive, alive & self._certain[depth])
            if result is None:
                children = []
                for staying in self._staying[depth]:
                    children.append(below(depth + 1, alive & staying))
                result = self.diagrams.branch(depth, tuple(children))
            memo[depth, alive] = result
            return result

        return below(0, self._everyone)
