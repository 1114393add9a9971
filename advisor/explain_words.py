"""Conditions in words: what a unary test lets through, and what a row asks for."""

from __future__ import annotations

import math
from collections.abc import Iterable

from advisor.quantities import Number, grouped, with_unit
from advisor.rulebook.model import Fact, Row, Rulebook, When
from advisor.rulebook.sets import ChoiceSet, Interval, NumberSet, PresenceSet, ValueSet

_YES_NO = {"true": "yes", "false": "no"}
_LISTED = 3  # up to so many choices are listed; of more, those left out are named where they are fewer


def condition_in_words(rulebook: Rulebook, row: Row) -> list[str]:
    """Return what a row asks for: phrases that must all hold, none for a row that always holds.

    Alternatives (`any`) make one phrase: `either training infrastructure: no, or ...`.
    """
    phrases = _all_of(rulebook, row.when)
    if row.any_of is not None:
        either = [" and ".join(_all_of(rulebook, mapping)) or "anything" for mapping in row.any_of]
        phrases.append(f"either {', or '.join(either)}" if len(either) > 1 else either[0])
    return phrases


def phrase_in_words(fact: Fact, values: ValueSet) -> str:
    """Return a test on a fact as a phrase: `calls a month below 10,000`, `stability of the task: stable`."""
    words = values_in_words(fact, values)
    if isinstance(values, ChoiceSet) and words not in ("known", "not known"):
        return f"{name_in_words(fact)}: {words}"
    return f"{name_in_words(fact)} {words}"


def name_in_words(fact: Fact) -> str:
    """Return a fact's title as it stands inside a sentence: those of tables begin with a capital letter."""
    first = fact.title[:1].lower() if fact.title[1:2].islower() else fact.title[:1]
    return first + fact.title[1:]


def values_in_words(fact: Fact, values: ValueSet) -> str:
    """Return the values that a test lets through, with the fact's unit where its title does not say it."""
    unknown = values.unknown and fact.domain.unknown
    match values:
        case NumberSet():
            return _numbers(fact, values, unknown)
        case ChoiceSet():
            return _choices(values, unknown)
        case PresenceSet():
            return _joined([*(["known"] if values.known else []), *(["not known"] if unknown else [])])


def range_in_words(fact: Fact) -> str:
    """Return the numbers that a fact takes; nothing for a fact that takes any, or no numbers."""
    domain = fact.domain
    if not isinstance(domain, NumberSet) or not domain.endpoints():
        return ""
    return values_in_words(fact, NumberSet(domain.intervals))


def is_everything(fact: Fact, values: ValueSet) -> bool:
    """Tell whether a test lets every value of a fact through, so that it asks for nothing."""
    rest = values.complement()
    match rest:
        case NumberSet():
            nothing = not rest.intervals
        case ChoiceSet():
            nothing = not rest.values
        case PresenceSet():
            nothing = not rest.known
    return nothing and not (rest.unknown and fact.domain.unknown)


def amount_in_words(fact: Fact, value: Number) -> str:
    """Return a number with its fact's unit, less what the title of the fact says already."""
    numerator, _, denominator = (fact.unit or "").partition("/")
    if _says(fact.title, denominator):
        denominator = ""
    if numerator not in ("USD", "share") and _says(fact.title, numerator):
        return grouped(value) + (f" a {denominator}" if denominator else "")
    return with_unit(value, f"{numerator}/{denominator}" if denominator else numerator)


def _all_of(rulebook: Rulebook, when: When) -> list[str]:
    facts = {name: rulebook.fact(name) for name in when}
    return [
        phrase_in_words(facts[name], test.values)
        for name, test in when.items()
        if not is_everything(facts[name], test.values)
    ]


def _numbers(fact: Fact, values: NumberSet, unknown: bool) -> str:
    rest = values.complement()
    tail = ["not known"] if unknown else []
    if not rest.intervals:
        return _joined(["any value", *tail]) if unknown else "known"
    if len(values.intervals) > 1 and all(part.low == part.high for part in rest.intervals):
        left_out = _joined([amount_in_words(fact, part.low) for part in rest.intervals])
        return f"anything but {left_out}" + ("" if unknown else ", and known")
    return _joined([*(_interval(fact, part) for part in values.intervals), *tail]) or "nothing"


def _interval(fact: Fact, part: Interval) -> str:
    low, high = (amount_in_words(fact, end) if math.isfinite(end) else "" for end in (part.low, part.high))
    if part.low == part.high:
        return f"exactly {low}"
    if not low:
        return f"{'at most' if part.high_closed else 'below'} {high}"
    if not high:
        return f"{'at least' if part.low_closed else 'above'} {low}"
    short, _, unit = low.partition(" ")
    low = short if unit == high.partition(" ")[2] else low
    return f"{'from' if part.low_closed else 'above'} {low} to {'' if part.high_closed else 'below '}{high}"


def _choices(values: ChoiceSet, unknown: bool) -> str:
    left_out = [value for value in values.domain if value not in values.values]
    if not left_out:
        return _joined(["known", "not known"]) if unknown else "known"
    if len(values.values) > _LISTED and len(left_out) < len(values.values):
        tail = ", not known included" if unknown else ""
        return f"anything but {_joined(_worded(left_out))}{tail}"
    return _joined([*_worded(values.values), *(["not known"] if unknown else [])]) or "nothing"


def _worded(values: Iterable[str]) -> list[str]:
    return [_YES_NO.get(value, value.replace("_", " ")) for value in values]


def _joined(parts: list[str]) -> str:
    return " or ".join([", ".join(parts[:-1]), parts[-1]]) if len(parts) > 1 else "".join(parts)


def _says(title: str, words: str) -> bool:
    """Tell whether a title holds every word of a unit, in the singular or the plural."""
    said = {word.removesuffix("s") for word in title.lower().split()}
    return bool(words) and all(word.removesuffix("s") in said for word in words.lower().split())
