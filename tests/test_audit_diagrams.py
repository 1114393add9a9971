"""Decision diagrams against the functions they stand for."""

from __future__ import annotations

import random
from itertools import product

import pytest

from advisor.audit.alive import EXCLUDED, AliveRows
from advisor.audit.diagrams import Diagrams, Node, TooLargeError

SIZES = (2, 3, 2, 4)
CELLS = list(product(*(range(size) for size in SIZES)))


def _random_function(diagrams: Diagrams, source: random.Random) -> tuple[Node, dict[tuple[int, ...], bool]]:
    node, table = diagrams.constant(False), dict.fromkeys(CELLS, False)
    for _ in range(3):
        part = diagrams.constant(True)
        box = {level: frozenset(source.sample(range(SIZES[level]), source.randint(1, 2))) for level in (0, 1, 3)}
        for level, cells in box.items():
            part = diagrams.all_of([part, diagrams.one_of(level, cells)])
        node = diagrams.any_of([node, part])
        for cell in CELLS:
            table[cell] = table[cell] or all(cell[level] in cells for level, cells in box.items())
    return node, table


def _value(diagrams: Diagrams, node: Node, cell: tuple[int, ...]) -> object:
    for level, number in enumerate(cell):
        node = diagrams.fixed(node, level, number)
    (value,) = diagrams.values(node)
    return value


@pytest.mark.parametrize("seed", range(10))
def test_operations_are_those_of_functions(seed: int) -> None:
    source, diagrams = random.Random(seed), Diagrams(SIZES)
    (a, table_a), (b, table_b) = _random_function(diagrams, source), _random_function(diagrams, source)
    chosen = diagrams.choose(a, diagrams.constant("yes"), diagrams.negated(b))
    added = diagrams.apply(lambda x, y: int(x) + int(y), a, b)
    for cell in CELLS:
        assert _value(diagrams, chosen, cell) == ("yes" if table_a[cell] else not table_b[cell])
        assert _value(diagrams, added, cell) == table_a[cell] + table_b[cell]
    assert diagrams.count(a, bool) == sum(table_a.values())
    assert set(diagrams.values(added)) == {table_a[cell] + table_b[cell] for cell in CELLS}
    boxes = [box for _, box in diagrams.boxes(a, bool)]
    for cell in CELLS:
        assert sum(all(cell[level] in cells for level, cells in box.items()) for box in boxes) == table_a[cell]
    assert 2 not in diagrams.depends_on(a)


def test_equal_functions_are_one_node() -> None:
    diagrams = Diagrams(SIZES)
    left = diagrams.one_of(1, frozenset({0, 1}))
    assert diagrams.negated(diagrams.one_of(1, frozenset({2}))) == left
    assert diagrams.any_of([left, diagrams.negated(left)]) == diagrams.constant(True)
    assert diagrams.constant(True) != diagrams.constant(1)


def test_what_is_too_large_is_refused_and_stays_refused() -> None:
    diagrams = Diagrams((2,) * 40, bound=50)
    with pytest.raises(TooLargeError, match="more than 50 nodes"):
        diagrams.all_of([diagrams.one_of(level, frozenset({level % 2})) for level in range(40)])
    with pytest.raises(TooLargeError):
        diagrams.negated(diagrams.constant(True))


def test_hundreds_of_levels_are_no_matter() -> None:
    diagrams = Diagrams((3,) * 2_000)
    node = diagrams.all_of([diagrams.one_of(level, frozenset({0, 2})) for level in reversed(range(2_000))])
    assert diagrams.count(node, bool) == 2**2_000
    assert len(list(diagrams.boxes(node, bool))) == 1


@pytest.mark.parametrize("seed", range(20))
def test_rows_built_column_by_column_are_those_of_every_cell(seed: int) -> None:
    source = random.Random(seed)
    sizes = {f"f{n}": size for n, size in enumerate(SIZES)}
    boxes = [
        (
            source.choice((row // 2, row // 2, EXCLUDED)),
            {
                fact: frozenset(source.sample(range(sizes[fact]), source.randint(0 if row == 3 else 1, 2)))
                for fact in source.sample(sorted(sizes), source.randint(0, 3))
            },
        )
        for row in range(6)
    ]
    order = source.sample(sorted(sizes), len(sizes))
    ordered = sorted(boxes, key=lambda box: (box[0] == EXCLUDED, box[0]))
    rows = AliveRows(ordered, sizes, order, 10_000)
    gap, sets, pairs = rows.gap(), rows.sets(least=0), rows.sets(least=2)
    first = rows.first(lambda row: "none" if row is None else row)
    for cell in product(*(range(sizes[fact]) for fact in order)):
        at = dict(zip(order, cell, strict=True))
        matching = sorted({row for row, box in boxes if all(at[fact] in cells for fact, cells in box.items())})
        possible = EXCLUDED not in matching
        assert _value(rows.diagrams, gap, cell) == (not matching)
        if possible:
            assert _value(rows.diagrams, sets, cell) == tuple(matching)
            assert _value(rows.diagrams, pairs, cell) == (tuple(matching) if len(matching) > 1 else ())
            assert _value(rows.diagrams, first, cell) == (matching[0] if matching else "none")
        else:
            assert _value(rows.diagrams, sets, cell) is None
            assert _value(rows.diagrams, pairs, cell) in (None, ())
            assert _value(rows.diagrams, first, cell) is None
