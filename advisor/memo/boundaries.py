"""Numbers to try in place of a given one, and the readable number next to a boundary that lies between two of them."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from itertools import pairwise
from typing import Final

from advisor.quantities import Number

FACTOR: Final = 4.0
RUNGS: Final = range(-5, 6)  # powers of the factor by which a number is multiplied
POWERS: Final = tuple(10.0**power for power in range(-3, 10))  # tried where there is nothing to multiply
PRECISION: Final = 1e-3  # of a boundary that arithmetic draws, as a share of its size
NUDGE: Final = 1e-9  # how far beside a threshold a dense number is tried, as a share of its size
HALVINGS: Final = 60
MOST_DIGITS: Final = 17


def ladder(thresholds: Sequence[Number], start: Number | None, *, whole: bool) -> list[Number]:
    """Return numbers to try, ascending: every threshold, what lies beside and between them, and a ladder of sizes.

    start: the number now, the ladder's foot; without one the ladder is of powers of ten. whole: integers alone.
    """
    found: set[Number] = {0, *thresholds}
    found.update((low + high) / 2 for low, high in pairwise(sorted(found)))
    for end in thresholds:
        found.update((end - 1, end + 1) if whole else (beside(end, up=False), beside(end, up=True)))
    if start:
        found.update(start * FACTOR**rung for rung in RUNGS)
    else:
        found.update(POWERS)
    return sorted({round(value) for value in found} if whole else found)


def beside(value: Number, *, up: bool) -> float:
    """Return the dense number right beside another, as far as rules can be expected to tell them apart."""
    step = abs(value) * NUDGE or NUDGE
    return value + step if up else value - step


def halve(
    near: Number, far: Number, moved: Callable[[Number], bool], thresholds: Sequence[Number], *, whole: bool
) -> tuple[Number, bool]:
    """Return a number right beyond the boundary between `near` and `far`, and whether that is exactly the first.

    moved: False at `near`, True at `far`. A threshold of the rules that is the first itself is found as it is written.
    """
    if whole:
        return _halve_whole(int(near), int(far), moved, thresholds)
    for _ in range(HALVINGS):
        if far in thresholds and not moved(beside(far, up=near > far)):
            return far, True
        if abs(far - near) <= PRECISION * max(abs(far), abs(near)):
            break
        middle = _between(near, far)
        near, far = (near, middle) if moved(middle) else (middle, far)
    return far, False


def _halve_whole(
    low: int, high: int, moved: Callable[[Number], bool], thresholds: Sequence[Number]
) -> tuple[Number, bool]:
    while abs(high - low) > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if moved(middle) else (middle, high)
    return high, any(abs(high - end) <= 1 for end in thresholds)


def _between(a: Number, b: Number) -> float:
    if a * b > 0 and max(a, b) > 2 * min(a, b):
        return math.copysign(math.sqrt(a) * math.sqrt(b), a) if a > 0 else -math.sqrt(a * b)
    return (a + b) / 2


def readable(edge: Number, same: Callable[[Number], bool], *, up: bool, digits: int, whole: bool) -> Number:
    """Return the edge rounded away from where it was come from, to the fewest digits with which it is still the same.

    digits: significant ones, at least. An edge is found but nearly, so the number before the rounded one is tried too.
    """
    if edge == 0:
        return edge
    for count in range(digits, MOST_DIGITS):
        value = round_towards(edge, count, up=up)
        if same(value):
            before = round_towards(edge, count, up=not up)
            return before if before != value and not whole and same(before) else value
    return int(edge) if whole else edge


def round_towards(value: Number, digits: int, *, up: bool) -> Number:
    """Round to significant digits, upwards or downwards."""
    exact = Decimal(repr(value))
    step = Decimal(1).scaleb(exact.adjusted() - digits + 1)
    rounded = exact.quantize(step, rounding=ROUND_CEILING if up else ROUND_FLOOR)
    return int(rounded) if rounded == rounded.to_integral_value() else float(rounded)
