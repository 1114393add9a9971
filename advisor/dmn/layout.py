"""Where tables and the facts they test stand in a drawing: what is decided last at the top, facts at the bottom."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from advisor.rulebook.model import Rulebook

WIDTH: Final = 180
HEIGHT: Final = {"table": 80, "fact": 45}
_GAP: Final = 30
_BETWEEN: Final = 90  # from one layer to the next, with room for lines
_MOST: Final = 10  # boxes side by side; a layer with more takes several rows


@dataclass(frozen=True)
class Box:
    """A table or a fact, its left upper corner and its size, in pixels."""

    id: str
    kind: str
    x: int
    y: int
    width: int
    height: int


@dataclass(frozen=True)
class Line:
    """What `reader` tests: from the top of `read` to the bottom of `reader`."""

    read: str
    reader: str
    points: tuple[tuple[int, int], tuple[int, int]]


@dataclass(frozen=True)
class Drawing:
    boxes: tuple[Box, ...]
    lines: tuple[Line, ...]
    width: int
    height: int


def drawing(rulebook: Rulebook, *, facts: bool = True) -> Drawing:
    """Lay out the tables of a rulebook, with the facts that some table tests unless `facts` is off."""
    layers = [[("table", name) for name in _in_order(rulebook, layer)] for layer in reversed(rulebook.layers)]
    if facts:
        tested = {fact for table in rulebook.tables.values() for fact in table.inputs}
        layers.append([("fact", name) for name in _near_readers(rulebook, tested, layers)])
    rows = [layer[start : start + _MOST] for layer in layers for start in range(0, len(layer), _MOST)]
    across = max((len(row) for row in rows), default=0) * (WIDTH + _GAP) + _GAP
    boxes: dict[str, Box] = {}
    top = _GAP
    for number, row in enumerate(rows):
        left = (across - len(row) * (WIDTH + _GAP) + _GAP) // 2
        height = max(HEIGHT[kind] for kind, _ in row)
        for kind, name in row:
            boxes[name] = Box(name, kind, left, top, WIDTH, HEIGHT[kind])
            left += WIDTH + _GAP
        same = number + 1 < len(rows) and len(row) == _MOST and rows[number + 1][0][0] == "fact" == row[0][0]
        top += height + (_GAP if same else _BETWEEN)
    lines = tuple(
        Line(fact, table.id, _points(boxes[fact], boxes[table.id]))
        for table in rulebook.tables.values()
        for fact in table.inputs
        if fact in boxes
    )
    return Drawing(tuple(boxes.values()), lines, across, top - _BETWEEN + _GAP if rows else top)


def _near_readers(rulebook: Rulebook, tested: set[str], layers: Sequence[Sequence[tuple[str, str]]]) -> list[str]:
    """Return facts from left to right as the tables that test them stand, so that fewer lines cross."""
    across = {name: (number + 0.5) / len(layer) for layer in layers for number, (_, name) in enumerate(layer)}
    readers = {
        fact: [across[name] for name, table in rulebook.tables.items() if fact in table.inputs] for fact in tested
    }
    order = list(rulebook.facts)
    return sorted(tested & set(order), key=lambda fact: (sum(readers[fact]) / len(readers[fact]), order.index(fact)))


def _in_order(rulebook: Rulebook, layer: Sequence[str]) -> list[str]:
    return [name for name in rulebook.tables if name in layer]


def _points(low: Box, high: Box) -> tuple[tuple[int, int], tuple[int, int]]:
    return (low.x + low.width // 2, low.y), (high.x + high.width // 2, high.y + high.height)
