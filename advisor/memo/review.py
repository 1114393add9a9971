"""When a memo is to be looked at again: the dates of what it rests on."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal, TypeAlias

from advisor.world import World

Cause: TypeAlias = Literal["row", "assumption", "price", "closes", "retires"]


@dataclass(frozen=True)
class Due:
    """A date after which something that a memo rests on may no longer hold; `of` is its id."""

    date: date
    cause: Cause
    of: str


@dataclass(frozen=True)
class Review:
    """The first date and everything that is due on it, then the dates after it; `overdue` where it has passed."""

    date: date
    because: tuple[Due, ...]
    later: tuple[Due, ...]
    overdue: bool


def review(world: World, moving: Sequence[str], as_of: date) -> Review | None:
    """Return when to look again, or None where nothing has a date.

    moving: the assumptions that move the result. Counted are the rows that matched, those assumptions, the prices in
    use, and the days still to come on which the route closes or its model is retired.
    """
    dues = sorted(
        dict.fromkeys((*_of_rows(world), *_of_assumptions(world, moving), *_of_prices(world, as_of))),
        key=lambda due: due.date,
    )
    if not dues:
        return None
    first = dues[0].date
    because = tuple(due for due in dues if due.date == first)
    return Review(first, because, tuple(dues[len(because) :]), first < as_of)


def _of_rows(world: World) -> Iterator[Due]:
    for result in world.decision.results.values():
        for row in result.rows:
            if row.review_by is not None:
                yield Due(row.review_by, "row", row.id)


def _of_assumptions(world: World, moving: Sequence[str]) -> Iterator[Due]:
    for name, assumption in world.rulebook.assumptions.items():
        if name in moving and assumption.review_by is not None:
            yield Due(assumption.review_by, "assumption", name)


def _of_prices(world: World, as_of: date) -> Iterator[Due]:
    price = world.rulebook.prices.get(str(world.answers.facts.get("tuning_route", "")))
    if price is None:
        return
    if price.review_by is not None:
        yield Due(price.review_by, "price", price.id)
    if price.closes is not None and price.closes > as_of:
        yield Due(price.closes, "closes", price.id)
    if price.retires is not None and price.retires > as_of:
        yield Due(price.retires, "retires", price.id)
