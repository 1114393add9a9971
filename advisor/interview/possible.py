"""The values that facts can still take beside the answers there are, as sets."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping

from advisor.answers import Answers
from advisor.interview.sets import or_unknown, single
from advisor.prices.quotes import CALL_SIZE, MODEL
from advisor.quantities import Number, times
from advisor.rulebook.model import Constraint, Fact, Rulebook
from advisor.rulebook.sets import UNKNOWN, Interval, NumberSet, ValueSet, intersection, is_subset, point


def still_given(rulebook: Rulebook, answers: Answers) -> dict[str, ValueSet]:
    """Return which values each fact may still have: its answer, what a price source says, or what constraints allow.

    An unanswered fact may stay unknown whatever the constraints say, since it may never be asked.
    """
    quoted = {name: quote.value for name, quote in answers.quoted.items()}
    said = {
        **answers.facts,
        **{name: value for name, value in quoted.items() if answers.facts.get(name, UNKNOWN) == UNKNOWN},
    }
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
    """Return the values that tables may still see for each fact that is asked: what is assumed stands in for unknown.

    What a price source may still say may be anything: of a name that is not given yet, or of calls whose size is not.
    """
    seen: dict[str, ValueSet] = {}
    awaited = {fact.id for fact in rulebook.asked if rests_on_quotes(rulebook, answers, fact)}

    def see(fact: Fact) -> ValueSet:
        if fact.id not in seen:
            values = or_unknown(fact.domain) if fact.id in awaited else given[fact.id]
            seen[fact.id] = _with_default(fact, values, see, rulebook)
        return seen[fact.id]

    return {fact.id: see(fact) for fact in rulebook.asked}


def rests_on_quotes(rulebook: Rulebook, answers: Answers, fact: Fact) -> bool:
    """Tell whether a price source may still say what a fact is, or say it anew."""
    if fact.quoted_by is None or answers.facts.get(fact.id, UNKNOWN) != UNKNOWN:
        return False
    return any(name not in answers.facts for name in looked_up_by(rulebook, fact))


def looked_up_by(rulebook: Rulebook, fact: Fact) -> tuple[str, ...]:
    """Return the facts by which price sources know a fact."""
    names = (fact.quoted_by, *(CALL_SIZE if fact.quoted_by == MODEL else ()))
    return tuple(name for name in names if name in rulebook.facts)


def _with_default(fact: Fact, values: ValueSet, see: Callable[[Fact], ValueSet], rulebook: Rulebook) -> ValueSet:
    """Return values with what is assumed in place of unknown."""
    default = fact.default
    if default is None or not isinstance(values, NumberSet) or not values.unknown:
        return values
    known = NumberSet(values.intervals)
    if default.of is None:
        return values if default.value is None else known.union(NumberSet((point(default.value),)))
    assumed = _times(default.times, see(rulebook.facts[default.of]))
    return known.union(assumed) if is_subset(assumed, fact.domain) else or_unknown(fact.domain)


def _times(factor: Number, values: ValueSet) -> NumberSet:
    """Return the numbers of a set, each so many times as large; the factor is above 0."""
    assert isinstance(values, NumberSet)
    ends = [(_product(factor, part.low), _product(factor, part.high), part) for part in values.intervals]
    return NumberSet(
        tuple(Interval(low, high, part.low_closed, part.high_closed) for low, high, part in ends), values.unknown
    )


def _product(factor: Number, end: Number) -> Number:
    return times(factor, end) if math.isfinite(end) else end
