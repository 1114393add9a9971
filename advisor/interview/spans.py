"""Where a formula's value can lie while its inputs lie between two ends.

Every formula of the arithmetic is, in each input alone, straight or never turns back; what it gives at the corners of a
box of inputs therefore bounds what it gives within.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import product
from typing import Any, Final, TypeAlias

from advisor.figures import FORMULAS, Model
from advisor.quantities import Number, is_number
from advisor.rulebook.sets import Interval, NumberSet, Value, ValueSet, interval

BOUNDLESS: Final = 1e12  # stands for an end that is infinite, in any unit
MOST_MOVING: Final = 6  # inputs that are tried together: 64 corners
MARGIN, LEAST_MARGIN = 1e-9, 1e-12  # for what floating point loses: a share of a value, and at least

Formula: TypeAlias = Callable[..., Any]


@dataclass(frozen=True)
class Span:
    """From where to where a number may lie, and whether it may be unknown; `known` says whether it may be a number."""

    low: float = 0.0
    high: float = 0.0
    unknown: bool = False
    known: bool = True

    @property
    def ends(self) -> tuple[float, ...]:
        return (self.low,) if self.low == self.high else (self.low, self.high)


def span(values: ValueSet) -> Span:
    """Return where the numbers of a set lie."""
    if not isinstance(values, NumberSet) or not values.intervals:
        return Span(unknown=True, known=False)
    low = max(float(values.intervals[0].low), -BOUNDLESS)
    return Span(low, min(float(values.intervals[-1].high), BOUNDLESS), values.unknown)


def known_point(value: Value | None) -> Span:
    return Span(float(value), float(value)) if is_number(value) else Span(unknown=True, known=False)  # type: ignore[arg-type]


def as_interval(found: Span) -> Interval | None:
    """Return the numbers of a span for a set, with room for what floating point has lost."""
    return interval(_end(found.low, -1), _end(found.high, 1), low_closed=True, high_closed=True)


def _end(value: float, direction: int) -> Number:
    if abs(value) >= BOUNDLESS:
        return direction * math.inf
    return value + direction * max(abs(value) * MARGIN, LEAST_MARGIN)


@lru_cache(maxsize=4096)
def at_the_ends(formula: Formula, spans: tuple[Span, ...]) -> tuple[Span, tuple[bool, ...]]:
    """Return where a formula's value may lie, and which of its inputs change it."""
    can_move = tuple(part.known and (part.unknown or part.low != part.high) for part in spans)
    if not all(part.known for part in spans):
        return Span(unknown=True, known=False), tuple(False for _ in spans)
    ends = [part.ends for part in spans]
    results = [_value(formula, world) for world in product(*ends)]
    changed = moving([len(one) for one in ends], results)
    unknown = any(part.unknown for part in spans)
    if unknown:
        changed = [moves or part.unknown for moves, part in zip(changed, spans, strict=True)]
    numbers = [value for value in results if value is not None]
    if not numbers:
        return Span(unknown=True, known=False), tuple(changed)
    if len(numbers) < len(results):  # it comes for some and never for others, and between them it has no bound
        return Span(-BOUNDLESS, BOUNDLESS, unknown=True), can_move
    return Span(min(numbers), max(numbers), unknown), tuple(changed)


@lru_cache(maxsize=1024)
def together(model: Model, name: str, inputs: tuple[tuple[str, tuple[float, ...]], ...]) -> tuple[float, float] | None:
    """Return where a figure may lie when the inputs of its whole chain of formulas move together.

    inputs: the ends of each input, by name, which may be a figure that is given. None where it may never come.
    """
    chain = _chain(model, name, frozenset(part for part, _ in inputs))
    results = []
    for world in product(*(ends for _, ends in inputs)):
        values: dict[str, float | None] = {part: value for (part, _), value in zip(inputs, world, strict=True)}
        for step, (formula, parts) in chain.items():
            held = [values[part] for part in parts]
            values[step] = None if None in held else _value(formula, tuple(held))  # type: ignore[arg-type]
        results.append(values[name])
    numbers = [value for value in results if value is not None]
    return (min(numbers), max(numbers)) if len(numbers) == len(results) else None


def chain_inputs(model: Model, name: str, given: frozenset[str]) -> tuple[str, ...]:
    """Return what the chain of formulas of a figure reads that it does not give itself. given: figures it may read."""
    chain = _chain(model, name, given)
    return tuple(dict.fromkeys(part for _, parts in chain.values() for part in parts if part not in chain))


@lru_cache(maxsize=1024)
def _chain(model: Model, name: str, given: frozenset[str]) -> Mapping[str, tuple[Formula, tuple[str, ...]]]:
    """Return the formulas of a figure and of those it rests on, each after those it reads."""
    needed = {name} - given
    for step, (_, parts) in reversed([*FORMULAS[model].items()]):
        if step in needed:
            needed.update(part for part in parts if part not in given)
    return {step: held for step, held in FORMULAS[model].items() if step in needed}


def _value(formula: Formula, world: tuple[float, ...]) -> float | None:
    try:
        value = formula(*world)
    except ZeroDivisionError:
        return None
    return value if value is None else float(value)


def moving(counts: list[int], results: list[Any]) -> list[bool]:
    """Tell of each input whether it changes a result, whatever the others.

    results: those of the product of so many values of each input, in its order.
    """
    found, stride = [], len(results)
    for count in counts:
        block, stride = stride, stride // count
        found.append(
            count > 1
            and any(
                results[i] != results[i + stride]
                for start in range(0, len(results), block)
                for i in range(start, start + block - stride)
            )
        )
    return found
