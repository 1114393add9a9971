"""One cell of a table that lies in some rows and outside others, found by branching: exact, in little memory."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import product
from typing import Final, TypeAlias

from advisor.audit.diagrams import TooLargeError

Cells: TypeAlias = Mapping[str, frozenset[int]]  # a box: the cells of each fact; a fact that is not named is free
Cell: TypeAlias = dict[str, int]  # one cell of each fact
MOST_WORK: Final = 10_000_000  # conditions looked at for one table, a few seconds
EASY_WORK: Final = 20_000  # what a question may take even then

_Clause: TypeAlias = tuple[tuple[int, int], ...]  # to stay outside a box, leave one of its masks: (column, mask)


class CellSearch:
    """Answers whether there is a cell that some rows match and others do not.

    To stay outside a row is to leave one of its tests, so this is the problem of satisfying clauses: what is forced is
    done first, then the shortest clause is tried both ways. All questions together may take a bounded amount of work;
    past it those that are not easy raise TooLargeError.
    """

    def __init__(self, sizes: Mapping[str, int], rows: Sequence[Sequence[Cells]], excluded: Sequence[Cells]) -> None:
        """sizes: how many cells each fact has. rows: the alternatives of each. excluded: what cannot occur."""
        self._facts = list(sizes)
        self._full = [(1 << size) - 1 for size in sizes.values()]
        self._position = {fact: n for n, fact in enumerate(self._facts)}
        self._rows = [[self._masks(box) for box in alternatives] for alternatives in rows]
        self._excluded = [self._masks(box) for box in excluded]
        self._left = MOST_WORK
        self._easy = 0

    def exists(self, matching: Sequence[int], failing: Sequence[int], *, constrained: bool = True) -> bool:
        """Tell whether there is a cell that all of `matching` match and none of `failing`.

        constrained: whether cells that constraints exclude are left out. Raises TooLargeError.
        """
        return self.some(matching, failing, constrained=constrained) is not None

    def some(self, matching: Sequence[int], failing: Sequence[int], *, constrained: bool = True) -> Cell | None:
        """Return one such cell, whichever is found, or None. Raises TooLargeError."""
        clauses = self._outside(failing, constrained)
        self._easy = EASY_WORK
        for domains in self._inside(matching):
            cell = self._any(domains, clauses)
            if cell is not None:
                return dict(zip(self._facts, cell, strict=True))
        return None

    def find(self, matching: Sequence[int], failing: Sequence[int], *, constrained: bool = True) -> Cell | None:
        """Return the first such cell, in the order of facts and cells, or None. Takes longer. Raises TooLargeError."""
        clauses = self._outside(failing, constrained)
        self._easy = EASY_WORK
        cells = [self._first(domains, clauses) for domains in self._inside(matching)]
        first = min((cell for cell in cells if cell is not None), default=None)
        return None if first is None else dict(zip(self._facts, first, strict=True))

    def _outside(self, rows: Sequence[int], constrained: bool) -> list[_Clause]:
        boxes = [box for row in rows for box in self._rows[row]] + (self._excluded if constrained else [])
        return [clause for box in boxes if (clause := self._clause(box)) is not None]

    def _inside(self, rows: Sequence[int]) -> Iterator[list[int]]:
        """Yield the domains that some alternative of every row leaves, those that leave any."""
        for boxes in product(*(self._rows[row] for row in rows)):
            domains = list(self._full)
            for box in boxes:
                for column, mask in box.items():
                    domains[column] &= mask
            if all(domains):
                yield domains

    def _masks(self, box: Cells) -> dict[int, int]:
        return {self._position[fact]: sum(1 << cell for cell in cells) for fact, cells in box.items()}

    def _clause(self, box: Mapping[int, int]) -> _Clause | None:
        """Return what it takes to stay outside a box; None for an empty one, outside of which is everything."""
        if not all(box.values()):
            return None
        return tuple((column, mask) for column, mask in box.items() if mask != self._full[column])

    def _first(self, domains: list[int], clauses: Sequence[_Clause]) -> tuple[int, ...] | None:
        best = self._any(domains, clauses)
        held = list(domains)
        left = None if best is None else self._forced(held, clauses)
        if best is None or left is None:
            return None
        for column in range(len(held)):
            if not left:
                return tuple((mask & -mask).bit_length() - 1 for mask in held)
            for cell in range(best[column]):
                if held[column] >> cell & 1:
                    tried = self._any([*held[:column], 1 << cell, *held[column + 1 :]], left)
                    if tried is not None:
                        best = tried
                        break
            held[column] = 1 << best[column]
            left = self._forced(held, left)
            assert left is not None
        return best

    def _any(self, domains: list[int], clauses: Sequence[_Clause]) -> tuple[int, ...] | None:
        """Return some cell within domains that satisfies all clauses."""
        pending = [(list(domains), clauses)]
        while pending:
            held, left = pending.pop()
            remaining = self._forced(held, left)
            if remaining is None:
                continue
            if not remaining:
                return tuple((mask & -mask).bit_length() - 1 for mask in held)
            column, mask = _most_wanted(remaining)
            for allowed in (mask, ~mask):  # the last is tried first: it leaves the box
                pending.append(([*held[:column], held[column] & allowed, *held[column + 1 :]], remaining))
        return None

    def _forced(self, domains: list[int], clauses: Sequence[_Clause]) -> list[_Clause] | None:
        """Narrow the domains to what the clauses force; return what is still open of them, None if they contradict."""
        changed = True
        while changed:
            changed = False
            if self._easy > 0:
                self._easy -= len(clauses) + 1
            elif self._left > 0:
                self._left -= len(clauses) + 1
            else:
                raise TooLargeError(f"more than {MOST_WORK:,} conditions to look at")
            left: list[_Clause] = []
            for clause in clauses:
                still: list[tuple[int, int]] = []
                for literal in clause:
                    domain, mask = domains[literal[0]], literal[1]
                    if not domain & mask:
                        break
                    if domain & ~mask:
                        still.append(literal)
                else:
                    if not still:
                        return None
                    if len(still) == 1:
                        domains[still[0][0]] &= ~still[0][1]
                        changed = True
                    else:
                        left.append(tuple(still))
            clauses = left
        return list(clauses)


def _most_wanted(clauses: Sequence[_Clause]) -> tuple[int, int]:
    """Return the way out that most of the shortest clauses have, the first of them where several are level."""
    shortest = min(map(len, clauses))
    counted = Counter(literal for clause in clauses if len(clause) == shortest for literal in clause)
    return max(counted, key=counted.__getitem__)
