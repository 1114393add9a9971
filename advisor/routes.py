"""The way to a tuned model: whether it is open to this team for long enough, and whether its price can be spent."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from advisor.quantities import is_number
from advisor.rulebook.sets import UNKNOWN, Value

ROUTE_FACTS: Final = ("route_open_to", "route_closes_in", "route_retires_in")  # quoted from the price book
OPEN, CLOSING, CLOSED = "open", "closing", "closed"
EXISTING_CUSTOMERS = "existing_customers"


def route_status(known: Mapping[str, Value | None]) -> Value:
    """Return `open`, `closing`, `closed` or `unknown` from facts and assumptions by name.

    Reads `route_open_to`, the months `route_closes_in` and `route_retires_in`, `existing_tuning_customer`,
    `payback_months` (None where it never comes) and `route_notice_months`. Closed: to everyone, from the day it closes
    or retires, or for existing customers alone where the team is none. Closing: it closes or retires before payback or,
    where that never comes or is unknown, within the notice. Unknown: nobody says to whom it is open, or it is open to
    existing customers and nobody says whether the team is one.
    """
    open_to, customer = known.get("route_open_to", UNKNOWN), known.get("existing_tuning_customer", UNKNOWN)
    ends = [known.get(name) for name in ROUTE_FACTS[1:]]
    months = min((end for end in ends if isinstance(end, int | float)), default=None)
    if open_to == CLOSED or (months is not None and months <= 0):
        return CLOSED
    if open_to == EXISTING_CUSTOMERS and customer is False:
        return CLOSED
    payback = known.get("payback_months", UNKNOWN)
    needed = payback if is_number(payback) else known.get("route_notice_months")
    if months is not None and isinstance(needed, int | float) and months < needed:
        return CLOSING
    if open_to == UNKNOWN or (open_to == EXISTING_CUSTOMERS and customer == UNKNOWN):
        return UNKNOWN
    return OPEN


def upfront_within_budget(known: Mapping[str, Value | None]) -> Value:
    """Tell whether `upfront` is at most `upfront_budget`, both in USD; unknown where one of them is."""
    upfront, budget = known.get("upfront", UNKNOWN), known.get("upfront_budget", UNKNOWN)
    if isinstance(upfront, int | float) and isinstance(budget, int | float):
        return upfront <= budget
    return UNKNOWN


STATES: Final = {"route_status": route_status, "upfront_within_budget": upfront_within_budget}
