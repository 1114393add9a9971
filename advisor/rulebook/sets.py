"""Unary tests as exact sets of values: numbers as disjoint intervals, choices as values, `unknown` one value more.

Every set but the empty one is written (`str`) as a unary test that is read back as the same set; the empty one is ''.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final, TypeAlias

from advisor.quantities import Number, is_number, rule_text

Value: TypeAlias = bool | int | float | str

UNKNOWN: Final = "unknown"


@dataclass(frozen=True, slots=True)
class Interval:
    """Numbers between two ends, each closed or open; an infinite end is open. Never empty."""

    low: Number
    high: Number
    low_closed: bool
    high_closed: bool

    def contains(self, value: Number) -> bool:
        above = value >= self.low if self.low_closed else value > self.low
        return above and (value <= self.high if self.high_closed else value < self.high)

    def __str__(self) -> str:
        if self.low == self.high:
            return rule_text(self.low)
        if self.low == -math.inf:
            return f"{'<=' if self.high_closed else '<'} {rule_text(self.high)}"
        if self.high == math.inf:
            return f"{'>=' if self.low_closed else '>'} {rule_text(self.low)}"
        left, right = "[" if self.low_closed else "(", "]" if self.high_closed else ")"
        return f"{left}{rule_text(self.low)}..{rule_text(self.high)}{right}"


def interval(low: Number, high: Number, *, low_closed: bool, high_closed: bool) -> Interval | None:
    """Make an interval, or None when it would be empty."""
    low_closed, high_closed = low_closed and low != -math.inf, high_closed and high != math.inf
    if low > high or (low == high and not (low_closed and high_closed)):
        return None
    return Interval(low, high, low_closed, high_closed)


@dataclass(frozen=True, slots=True)
class NumberSet:
    """Numbers in sorted, disjoint intervals of which no two touch, and perhaps `unknown`."""

    intervals: tuple[Interval, ...]
    unknown: bool = False

    @classmethod
    def of(cls, intervals: Iterable[Interval], *, unknown: bool = False) -> NumberSet:
        """Make the union of intervals in any order."""
        return cls(tuple(_merged(intervals)), unknown)

    def contains(self, value: Value) -> bool:
        if isinstance(value, str):
            return self.unknown and value == UNKNOWN
        return is_number(value) and any(part.contains(value) for part in self.intervals)

    def union(self, other: NumberSet) -> NumberSet:
        return NumberSet.of((*self.intervals, *other.intervals), unknown=self.unknown or other.unknown)

    def complement(self) -> NumberSet:
        """Return everything else: all other numbers, and `unknown` unless it is in."""
        gaps: list[Interval | None] = []
        low, low_closed = -math.inf, False
        for part in self.intervals:
            gaps.append(interval(low, part.low, low_closed=low_closed, high_closed=not part.low_closed))
            low, low_closed = part.high, not part.high_closed
        gaps.append(interval(low, math.inf, low_closed=low_closed, high_closed=False))
        return NumberSet(tuple(gap for gap in gaps if gap), not self.unknown)

    def intersection(self, other: NumberSet) -> NumberSet:
        met = [_common(a, b) for a in self.intervals for b in other.intervals]
        return NumberSet(tuple(part for part in met if part), self.unknown and other.unknown)

    def is_empty(self) -> bool:
        return not self.intervals and not self.unknown

    def endpoints(self) -> tuple[Number, ...]:
        """Return the finite ends of all intervals, ascending, each once."""
        ends = {end for part in self.intervals for end in (part.low, part.high) if math.isfinite(end)}
        return tuple(sorted(ends))

    def __str__(self) -> str:
        if self.intervals == EVERY_NUMBER.intervals:
            return "-" if self.unknown else "known"
        return ", ".join([*(str(part) for part in self.intervals), *([UNKNOWN] if self.unknown else [])])


@dataclass(frozen=True, slots=True)
class ChoiceSet:
    """Some of the values of a choice or boolean fact, in the order of its domain, and perhaps `unknown`.

    `domain` holds all values but `unknown`; booleans are the texts `true` and `false`.
    """

    values: tuple[str, ...]
    unknown: bool
    domain: tuple[str, ...]

    @classmethod
    def of(cls, values: Iterable[str], domain: tuple[str, ...], *, unknown: bool = False) -> ChoiceSet:
        wanted = set(values)
        return cls(tuple(value for value in domain if value in wanted), unknown, domain)

    def contains(self, value: Value) -> bool:
        text = str(value).lower() if isinstance(value, bool) else value
        return self.unknown if text == UNKNOWN else text in self.values

    def union(self, other: ChoiceSet) -> ChoiceSet:
        return ChoiceSet.of((*self.values, *other.values), self.domain, unknown=self.unknown or other.unknown)

    def complement(self) -> ChoiceSet:
        return ChoiceSet.of((v for v in self.domain if v not in self.values), self.domain, unknown=not self.unknown)

    def intersection(self, other: ChoiceSet) -> ChoiceSet:
        shared = (v for v in self.values if v in other.values)
        return ChoiceSet.of(shared, self.domain, unknown=self.unknown and other.unknown)

    def is_empty(self) -> bool:
        return not self.values and not self.unknown

    def __str__(self) -> str:
        if self.values and self.values == self.domain:
            return "-" if self.unknown else "known"
        return ", ".join([*self.values, *([UNKNOWN] if self.unknown else [])])


@dataclass(frozen=True, slots=True)
class PresenceSet:
    """Values of a text fact, of which rules tell apart only known and unknown."""

    known: bool
    unknown: bool

    def contains(self, value: Value) -> bool:
        return self.unknown if value == UNKNOWN else self.known

    def union(self, other: PresenceSet) -> PresenceSet:
        return PresenceSet(self.known or other.known, self.unknown or other.unknown)

    def complement(self) -> PresenceSet:
        return PresenceSet(not self.known, not self.unknown)

    def intersection(self, other: PresenceSet) -> PresenceSet:
        return PresenceSet(self.known and other.known, self.unknown and other.unknown)

    def is_empty(self) -> bool:
        return not self.known and not self.unknown

    def __str__(self) -> str:
        if self.known:
            return "-" if self.unknown else "known"
        return UNKNOWN if self.unknown else ""


ValueSet: TypeAlias = NumberSet | ChoiceSet | PresenceSet


def intersection(a: ValueSet, b: ValueSet) -> ValueSet:
    """Return the values in both sets, which must be of one kind."""
    match a, b:
        case NumberSet(), NumberSet():
            return a.intersection(b)
        case ChoiceSet(), ChoiceSet():
            return a.intersection(b)
        case PresenceSet(), PresenceSet():
            return a.intersection(b)
    raise TypeError(f"sets of different kinds: {a}, {b}")


def union(a: ValueSet, b: ValueSet) -> ValueSet:
    """Return the values in either set; both must be of one kind."""
    match a, b:
        case NumberSet(), NumberSet():
            return a.union(b)
        case ChoiceSet(), ChoiceSet():
            return a.union(b)
        case PresenceSet(), PresenceSet():
            return a.union(b)
    raise TypeError(f"sets of different kinds: {a}, {b}")


def is_subset(a: ValueSet, b: ValueSet) -> bool:
    """Tell whether every value of `a` is in `b`; both of one kind."""
    return intersection(a, b.complement()).is_empty()


def point(value: Number) -> Interval:
    """Return the interval that holds one number."""
    return Interval(value, value, True, True)


EVERY_NUMBER: Final = NumberSet((Interval(-math.inf, math.inf, False, False),))
NO_NUMBER: Final = NumberSet(())
BOOLEANS: Final = ("true", "false")


def _merged(intervals: Iterable[Interval]) -> Iterator[Interval]:
    ordered = sorted(intervals, key=lambda part: (part.low, not part.low_closed))
    current: Interval | None = None
    for part in ordered:
        if current is None:
            current = part
        elif part.low < current.high or (part.low == current.high and (part.low_closed or current.high_closed)):
            high, closed = max((current.high, current.high_closed), (part.high, part.high_closed))
            current = Interval(current.low, high, current.low_closed, closed)
        else:
            yield current
            current = part
    if current is not None:
        yield current


def _common(a: Interval, b: Interval) -> Interval | None:
    # The later start and the earlier end win; where two ends are equal, the open one does.
    low, low_open = max((a.low, not a.low_closed), (b.low, not b.low_closed))
    high, high_closed = min((a.high, a.high_closed), (b.high, b.high_closed))
    return interval(low, high, low_closed=not low_open, high_closed=high_closed)
