"""The values that facts can still take beside the answers there are, as sets."""

from __future__ import annotations

from collections.abc import Mapping

from advisor.answers import Answers
from advisor.rulebook.model import Constraint, Fact, Rulebook
from advisor.rulebook.sets import (
    BOOLEANS,
    UNKNOWN,
    ChoiceSet,
    NumberSet,
    PresenceSet,
    Value,
    ValueSet,
    intersection,
    is_subset,
    point,
    union,
)
from advisor.world import known_values


def still_given(rulebook: Rulebook, answers: Answers) -> dict[str, ValueSet]:
    """Return which values each fact may still have: its answer, what a price source says, or what constraints allow.

    An unanswered fact may stay unknown whatever the constraints say, since it may never be asked.
    """
    said = {**{name: quote.value for name, quote in answers.quoted.items()}, **answers.facts}
    given = {
        fact.id: single(fact, said[fact.id]) if fact.id in said else or_unknown(fact.domain) for fact in rulebook.asked
    }
    narrowed = True
    while narrowed:
        narrowed = False
        for constraint in rulebook.constraints:
            name = _last_free(constraint, given, answers)
            if name is None:
                continue
            left = or_unknown(intersection(given[name], constraint.never[name].values.complement()))
            if left != given[name]:
                given[name], narrowed = left, True
    return given


def _last_free(constraint: Constraint, given: Mapping[str, ValueSet], answers: Answers) -> str | None:
    """Return the unanswered fact of a constraint of which everything else is certain to hold."""
    if not all(name in given for name in constraint.never):
        return None
    free = [name for name, test in constraint.never.items() if not is_subset(given[name], test.values)]
    return free[0] if len(free) == 1 and free[0] not in answers.facts else None


def seen_by_tables(rulebook: Rulebook, answers: Answers, given: Mapping[str, ValueSet]) -> dict[str, ValueSet]:
    """Return the values that tables may still see for each fact and figure: what is assumed stands in for `unknown`.

    A figure may be anything in its domain until all that it rests on is answered.
    """
    seen = {fact.id: _with_default(rulebook, fact, given) for fact in rulebook.asked}
    known = known_values(rulebook, answers).facts
    figures = [fact for fact in rulebook.facts.values() if fact.derived is not None]
    open_facts = {
        fact.id
        for fact in rulebook.asked
        if fact.id not in answers.facts
        and fact.id not in answers.quoted
        and given[fact.id] != only_unknown(fact.domain)
    }
    for figure in figures:
        settled = open_facts.isdisjoint(asked_inputs(rulebook, figure.id))
        seen[figure.id] = single(figure, known[figure.id].for_tables) if settled else or_unknown(figure.domain)
    return seen


def asked_inputs(rulebook: Rulebook, name: str) -> tuple[str, ...]:
    """Return the asked facts that a fact or figure rests on, itself included, at any remove."""
    found: dict[str, None] = {}
    waiting = [name]
    while waiting:
        name = waiting.pop()
        if name not in found:
            found[name] = None
            waiting += rulebook.rests_on(name)
    return tuple(fact for fact in found if fact in rulebook.facts and rulebook.facts[fact].derived is None)


def _with_default(rulebook: Rulebook, fact: Fact, given: Mapping[str, ValueSet]) -> ValueSet:
    """Return the values that tables may see for a fact: what is assumed stands in for `unknown`."""
    values, default = given[fact.id], fact.default
    if default is None or not (default.pack is None or default.pack in rulebook.packs):
        return values
    if not isinstance(values, NumberSet) or not values.unknown:
        return values
    known = NumberSet(values.intervals)
    if default.of is None:
        return values if default.value is None else known.union(NumberSet((point(default.value),)))
    other = _with_default(rulebook, rulebook.facts[default.of], given)
    value = only_value(other)
    if isinstance(value, int | float):
        return known.union(NumberSet((point(value * default.times),)))
    return or_unknown(fact.domain)


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
