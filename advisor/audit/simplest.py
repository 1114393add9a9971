"""The number of an interval that is simplest to read: the one that an example shows."""

from __future__ import annotations

import math
from collections.abc import Iterator

from advisor.quantities import LARGEST, Number
from advisor.rulebook.sets import Interval

MOST_DIGITS = 15  # beyond them a float says no more


def simplest(part: Interval, *, whole: bool) -> Number | None:
    """Return the simplest number of an interval: an end that belongs to it, 0, or a round one inside.

    whole: whether whole numbers alone count. None where the interval holds no number that can be written, such as a
    whole one between 5 and 6.
    """
    low, high = (_first_whole(part), _last_whole(part)) if whole else (part.low, part.high)
    inside = Interval(low, high, whole, whole) if whole else part
    ends = [end for end in (part.low, part.high) if math.isfinite(end)]
    rounds = _wholes(low, high) if whole else _rounds(low, high)
    for candidate in (*ends, 0, *rounds):
        value = _tidy(candidate)
        if inside.contains(value) and abs(value) < LARGEST and (not whole or isinstance(value, int)):
            return value
    return None


def _wholes(low: Number, high: Number) -> Iterator[Number]:
    """Yield whole numbers from one to another, the roundest first; at least one lies between them where any does."""
    yield from _rounds(low - 1, high + 1)
    yield low if math.isfinite(low) else high


def _first_whole(part: Interval) -> Number:
    """Return the least whole number of an interval, if it has an end there and any at all."""
    if not math.isfinite(part.low):
        return part.low
    first = math.ceil(part.low)
    return first + 1 if first == part.low and not part.low_closed else first


def _last_whole(part: Interval) -> Number:
    if not math.isfinite(part.high):
        return part.high
    last = math.floor(part.high)
    return last - 1 if last == part.high and not part.high_closed else last


def _rounds(low: Number, high: Number) -> Iterator[Number]:
    """Yield numbers above one end and below another, the roundest first, and what lies halfway as the last."""
    if not math.isfinite(low) or not math.isfinite(high):
        yield from _beyond(high, -1) if math.isfinite(high) else _beyond(low if math.isfinite(low) else 0, 1)
        return
    step = 10.0 ** math.floor(math.log10(high - low)) if high > low else 0.0
    for _ in range(MOST_DIGITS if step else 0):
        for unit in (5 * step, 2 * step, step):
            if unit < high - low:
                yield (math.floor(low / unit) + 1) * unit
        step /= 10
    yield (low + high) / 2


def _beyond(end: Number, direction: int) -> Iterator[Number]:
    """Yield the next round number beyond an end, then nearer ones."""
    size = 10 ** max(0, math.floor(math.log10(abs(end)))) if end else 1
    while size:
        yield (math.floor(end / size) + 1) * size if direction > 0 else (math.ceil(end / size) - 1) * size
        size //= 10


def _tidy(value: Number) -> Number:
    """Return a number as an `int` where it is whole, and without the dust of floating-point sums."""
    tidy = float(f"{value:.{MOST_DIGITS}g}") if isinstance(value, float) else value
    return int(tidy) if tidy == int(tidy) else tidy
