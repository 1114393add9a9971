"""Exact functions of finitely many cells as decision diagrams: equal functions are one node."""

from __future__ import annotations

import sys
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from typing import Final, TypeAlias

Node: TypeAlias = int
Box: TypeAlias = Mapping[int, frozenset[int]]  # level -> cells; a level that is absent is free

_END: Final = sys.maxsize  # the level of a constant, below all others
STEPS_A_NODE = 10  # how much work is allowed for each node that is


class TooLargeError(Exception):
    """More work than the bound allows."""


class Diagrams:
    """Functions over levels 0, 1, ... of which level `i` has `sizes[i]` cells, at least one.

    A node is a number; two nodes are equal exactly when the functions are. Past `bound` nodes, or ten times as many
    steps of one operation, TooLargeError is raised, and then by everything that follows: it would be as long in vain.
    """

    def __init__(self, sizes: Sequence[int], bound: int = 500_000) -> None:
        self.sizes, self.bound = tuple(sizes), bound
        self._steps = 0
        self._spent = ""
        self._levels: list[int] = []
        self._children: list[tuple[Node, ...]] = []
        self._values: dict[Node, Hashable] = {}
        self._terminals: dict[Hashable, Node] = {}
        self._inner: dict[tuple[int, tuple[Node, ...]], Node] = {}
        # A function calls itself once a level, in Python alone: such depth takes memory and no stack of the machine.
        sys.setrecursionlimit(max(sys.getrecursionlimit(), 1_000 + 2 * len(self.sizes)))

    # -- making -----------------------------------------------------------------------------------------------------

    def constant(self, value: Hashable) -> Node:
        """Return the function that is `value` everywhere; values are told apart by type as well (True is not 1)."""
        key = (type(value), value)
        if key not in self._terminals:
            node = self._add(_END, ())
            self._terminals[key] = node
            self._values[node] = value
        return self._terminals[key]

    def branch(self, level: int, children: tuple[Node, ...]) -> Node:
        """Return the function that is `children[c]` in cell `c` of a level; children live on later levels."""
        first = children[0]
        if children.count(first) == len(children):
            return first
        key = (level, children)
        node = self._inner.get(key)
        if node is None:
            node = self._inner[key] = self._add(level, children)
        return node

    def one_of(self, level: int, cells: frozenset[int]) -> Node:
        """Return the function that tells whether a level's cell is one of some."""
        yes, no = self.constant(True), self.constant(False)
        return self.branch(level, tuple([yes if cell in cells else no for cell in range(self.sizes[level])]))

    def _add(self, level: int, children: tuple[Node, ...]) -> Node:
        if len(self._levels) >= self.bound:
            self._spent = f"more than {self.bound:,} nodes"
            raise TooLargeError(self._spent)
        self._levels.append(level)
        self._children.append(children)
        return len(self._levels) - 1

    def _begin(self) -> None:
        if self._spent:
            raise TooLargeError(self._spent)
        self._steps = 0

    def _step(self) -> None:
        self._steps += 1
        if self._steps > STEPS_A_NODE * self.bound:
            self._spent = f"more than {STEPS_A_NODE * self.bound:,} steps"
            raise TooLargeError(self._spent)

    # -- combining --------------------------------------------------------------------------------------------------

    def apply(self, combine: Callable[..., Hashable], *nodes: Node) -> Node:
        """Return the function whose value is `combine` of the values of others."""
        self._begin()
        memo: dict[tuple[Node, ...], Node] = {}

        def visit(arguments: tuple[Node, ...]) -> Node:
            known = memo.get(arguments)
            if known is not None:
                return known
            self._step()
            level = min([self._levels[node] for node in arguments])
            if level == _END:
                result = self.constant(combine(*[self._values[node] for node in arguments]))
            else:
                parts = [self.children(node, level) for node in arguments]
                made = []
                for below in zip(*parts, strict=True):
                    made.append(visit(below))
                result = self.branch(level, tuple(made))
            memo[arguments] = result
            return result

        return visit(nodes)

    def all_of(self, nodes: Sequence[Node]) -> Node:
        """Return the conjunction of functions with the values True and False."""
        result = self.constant(True)
        for node in nodes:
            result = self.choose(node, result, self.constant(False))
        return result

    def any_of(self, nodes: Sequence[Node]) -> Node:
        """Return the disjunction of functions with the values True and False."""
        result = self.constant(False)
        for node in nodes:
            result = self.choose(node, self.constant(True), result)
        return result

    def negated(self, node: Node) -> Node:
        """Return where a function with the values True and False is False."""
        return self.choose(node, self.constant(False), self.constant(True))

    def choose(self, condition: Node, then: Node, otherwise: Node) -> Node:
        """Return `then` where a condition is True and `otherwise` elsewhere."""
        yes, no = self.constant(True), self.constant(False)
        self._begin()
        memo: dict[tuple[Node, Node, Node], Node] = {}
        levels = self._levels

        def visit(c: Node, t: Node, o: Node) -> Node:
            if c == yes or t == o:
                return t
            if c == no:
                return o
            key = (c, t, o)
            known = memo.get(key)
            if known is not None:
                return known
            self._step()
            level = min(levels[c], levels[t], levels[o])
            made = []
            for x, y, z in zip(self.children(c, level), self.children(t, level), self.children(o, level), strict=True):
                made.append(visit(x, y, z))
            result = memo[key] = self.branch(level, tuple(made))
            return result

        return visit(condition, then, otherwise)

    def fixed(self, node: Node, level: int, cell: int) -> Node:
        """Return a function with one level held in one cell."""
        self._begin()
        memo: dict[Node, Node] = {}

        def visit(current: Node) -> Node:
            at = self._levels[current]
            if at > level:
                return current
            if at == level:
                return self._children[current][cell]
            known = memo.get(current)
            if known is not None:
                return known
            self._step()
            made = []
            for child in self._children[current]:
                made.append(visit(child))
            result = memo[current] = self.branch(at, tuple(made))
            return result

        return visit(node)

    def children(self, node: Node, level: int) -> tuple[Node, ...]:
        """Return what a function is in each cell of a level at or above its first one."""
        return self._children[node] if self._levels[node] == level else (node,) * self.sizes[level]

    # -- reading ----------------------------------------------------------------------------------------------------

    def _below(self, node: Node) -> list[Node]:
        """Return a function and all that it consists of, in the order in which its cells first show them."""
        found: dict[Node, None] = {}
        pending = [node]
        while pending:
            current = pending.pop()
            if current not in found:
                found[current] = None
                pending.extend(reversed(self._children[current]))
        return list(found)

    def values(self, node: Node) -> list[Hashable]:
        """Return the values a function takes, in the order in which its cells first show them."""
        return [self._values[part] for part in self._below(node) if part in self._values]

    def depends_on(self, node: Node) -> frozenset[int]:
        """Return the levels on which a function depends."""
        return frozenset(self._levels[part] for part in self._below(node)) - {_END}

    def boxes(self, node: Node, wanted: Callable[[Hashable], bool]) -> Iterator[tuple[Hashable, Box]]:
        """Yield disjoint boxes that together are where a function's value is wanted, always in the same order."""
        live: set[Node] = set()
        for part in sorted(self._below(node), key=lambda part: -self._levels[part]):
            children = self._children[part]
            if any(child in live for child in children) if children else wanted(self._values[part]):
                live.add(part)
        pending: list[tuple[Node, dict[int, frozenset[int]]]] = [(node, {})] if node in live else []
        while pending:
            current, box = pending.pop()
            if current in self._values:
                yield self._values[current], box
                continue
            cells: dict[Node, list[int]] = {}
            for cell, child in enumerate(self._children[current]):
                if child in live:
                    cells.setdefault(child, []).append(cell)
            level = self._levels[current]
            pending.extend((child, {**box, level: frozenset(numbers)}) for child, numbers in reversed(cells.items()))

    def count(self, node: Node, wanted: Callable[[Hashable], bool]) -> int:
        """Return in how many cells, of the product of all levels, a function's value is wanted."""
        weights: dict[Node, int] = {}  # cells of the levels from a node's own on

        def between(first: int, last: int) -> int:
            factor = 1
            for size in self.sizes[first : min(last, len(self.sizes))]:
                factor *= size
            return factor

        for part in sorted(self._below(node), key=lambda part: -self._levels[part]):
            if part in self._values:
                weights[part] = int(wanted(self._values[part]))
            else:
                below = self._levels[part] + 1
                weights[part] = sum(
                    between(below, self._levels[child]) * weights[child] for child in self._children[part]
                )
        return between(0, self._levels[node]) * weights[node]
