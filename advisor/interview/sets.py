"""Sets of the values of one fact: of one value, of none but `unknown`, and of that too."""

from __future__ import annotations

from advisor.rulebook.model import Fact
from advisor.rulebook.sets import (
    BOOLEANS,
    UNKNOWN,
    ChoiceSet,
    NumberSet,
    PresenceSet,
    Value,
    ValueSet,
    point,
    union,
)


def single(fact: Fact, value: Value) -> ValueSet:
    """Return the set of one value of a fact."""
    match fact.domain:
        case NumberSet():
            return NumberSet((), True) if value == UNKNOWN else NumberSet((point(value),))  # type: ignore[arg-type]
        case ChoiceSet(domain=domain):
            text = str(value).lower() if domain == BOOLEANS else str(value)
            return ChoiceSet((), True, domain) if value == UNKNOWN else ChoiceSet((text,), False, domain)
        case PresenceSet():
            return PresenceSet(value != UNKNOWN, value == UNKNOWN)


def only_value(values: ValueSet) -> Value | None:
    """Return the one value of a set, or None when it has several, as a known text has."""
    match values:
        case NumberSet(intervals=(), unknown=True) | ChoiceSet(values=(), unknown=True):
            return UNKNOWN
        case PresenceSet(known=False, unknown=True):
            return UNKNOWN
        case NumberSet(intervals=(one,), unknown=False) if one.low == one.high:
            return one.low
        case ChoiceSet(values=(choice,), unknown=False):
            return choice
    return None


def only_unknown(values: ValueSet) -> ValueSet:
    match values:
        case NumberSet():
            return NumberSet((), True)
        case ChoiceSet(domain=domain):
            return ChoiceSet((), True, domain)
        case PresenceSet():
            return PresenceSet(False, True)


def or_unknown(values: ValueSet) -> ValueSet:
    return union(values, only_unknown(values))
