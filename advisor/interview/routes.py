"""The routes of tuning that the price book knows to be open on a day, to be offered where one is asked for."""

from __future__ import annotations

from datetime import date

from advisor.interview.phrases import phrase
from advisor.prices.book import Price
from advisor.prices.quotes import ROUTE
from advisor.routes import EXISTING_CUSTOMERS
from advisor.rulebook.model import Fact, Rulebook


def routes_open(rulebook: Rulebook, fact: Fact, day: date) -> tuple[str, ...]:
    """Return the ids that can answer a fact, in the order of the price book; none for a fact that names no route."""
    return tuple(price.id for price in _open(rulebook, fact, day))


def routes_told(rulebook: Rulebook, fact: Fact, day: date) -> list[str]:
    """Return lines that name the ids that can answer a fact, those for existing customers alone apart."""
    closed_to_new = [price.id for price in _open(rulebook, fact, day) if price.open_to == EXISTING_CUSTOMERS]
    others = [name for name in routes_open(rulebook, fact, day) if name not in closed_to_new]
    told = (("routes.open", others), ("routes.existing_customers", closed_to_new))
    return [phrase(name, day=day, routes=", ".join(routes)) for name, routes in told if routes]


def _open(rulebook: Rulebook, fact: Fact, day: date) -> list[Price]:
    if fact.id != ROUTE:
        return []
    return [price for price in rulebook.prices.values() if price.trains and not price.is_closed(day)]
