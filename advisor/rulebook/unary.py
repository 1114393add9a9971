"""Reads unary tests (`< 10_000`, `[85%..95%)`, `stable, evolving`, `not(none)`) and domains into sets of values."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence

from advisor.errors import suggestion
from advisor.quantities import Number, NumberError, is_number, parse_number, rule_text
from advisor.rulebook.sets import (
    EVERY_NUMBER,
    NO_NUMBER,
    UNKNOWN,
    ChoiceSet,
    Interval,
    NumberSet,
    PresenceSet,
    ValueSet,
    interval,
    point,
)

_COMPARISON = re.compile(r"^(<=|>=|<|>)\s*(.+)$")
_INTERVAL = re.compile(r"^([\[(])\s*(.*?)\s*\.\.\s*(.*?)\s*([\])])$")
_OPEN_ENDED = re.compile(r"^([\[(])\s*(.+?)\s*\.\.$|^\.\.\s*(.+?)\s*([\])])$")
_NEGATION = re.compile(r"^not\s*\((.*)\)$", re.DOTALL)
_DANGLING = re.compile(r"^not\s*\(")


class TestError(ValueError):
    """A unary test that cannot be read; `mend` says how to write it."""

    __test__ = False  # not a test case, whatever pytest thinks of the name

    def __init__(self, what: str, mend: str = "") -> None:
        super().__init__(what)
        self.what, self.mend = what, mend


def parse_test(written: object, domain: ValueSet) -> ValueSet:
    """Read what stands in a rule for one fact.

    written: a text, number, boolean or list of these. domain: of the fact, which decides the kind of the test. The
    result is not clipped to the domain. Raises TestError.
    """
    if isinstance(written, list):
        return _any_of(written, domain)
    if not isinstance(written, str):
        return _scalar(written, domain)
    text = written.strip()
    if text == "-":
        return _everything(domain)
    if text == "known":
        return _only_unknown(domain).complement()
    negated = _NEGATION.match(text)
    if negated:
        return _any_of(_split(negated[1], written), domain).complement()
    if _DANGLING.match(text):
        raise TestError(f"`{written}` has no closing bracket", 'inside {} quote it: "not(a, b)"')
    return _any_of(_split(text, written), domain)


def parse_domain(written: str) -> NumberSet:
    """Read a number's domain: an interval, a comparison, or an interval with one end left out (`[0..`).

    Raises TestError when it is none of these or empty.
    """
    text = written.strip()
    ended = _OPEN_ENDED.match(text)
    if ended and ended[1]:
        domain = _interval(ended[1], _number(ended[2]), math.inf, ")")
    elif ended:
        domain = _interval("(", -math.inf, _number(ended[3]), ended[4])
    else:
        parsed = _number_part(text)
        domain = parsed.intervals[0] if parsed.intervals else None
    if domain is None:
        raise TestError(f"the domain `{written}` holds no number", "put the smaller end first: `[0..100]`")
    return NumberSet((domain,), unknown=True)


def _scalar(written: object, domain: ValueSet) -> ValueSet:
    if isinstance(written, bool):
        return _part(str(written).lower(), domain)
    if isinstance(domain, NumberSet) and is_number(written):
        return NumberSet((point(written),))  # type: ignore[arg-type]
    if written is None:
        raise TestError("the test is empty", "quote it inside {}: `-` matches everything, `unknown` what is not known")
    return _part(rule_text(written) if is_number(written) else str(written), domain)  # type: ignore[arg-type]


def _any_of(parts: Sequence[object], domain: ValueSet) -> ValueSet:
    if not parts:
        raise TestError("the list is empty", "write `-` for everything or name at least one value")
    total: ValueSet | None = None
    for part in parts:
        if isinstance(part, str) and (part.strip() in ("-", "known") or _DANGLING.match(part.strip())):
            raise TestError(f"`{part.strip()}` cannot stand in a list", "let it stand alone, or list the values")
        if isinstance(part, list | dict):
            raise TestError("a list cannot hold a list", "write the values in one list")
        this = _part(part.strip(), domain) if isinstance(part, str) else _scalar(part, domain)
        total = this if total is None else _union(total, this)
    assert total is not None
    return total


def _union(a: ValueSet, b: ValueSet) -> ValueSet:
    match a, b:
        case NumberSet(), NumberSet():
            return a.union(b)
        case ChoiceSet(), ChoiceSet():
            return a.union(b)
        case PresenceSet(), PresenceSet():
            return a.union(b)
    raise TypeError(f"sets of different kinds: {a}, {b}")


def _part(text: str, domain: ValueSet) -> ValueSet:
    if text == "":
        raise TestError("a value is missing beside a comma", "remove the comma or name the value")
    if text == UNKNOWN:
        return _only_unknown(domain)
    match domain:
        case NumberSet():
            return _number_part(text)
        case ChoiceSet():
            if text not in domain.domain:
                known = ", ".join(domain.domain)
                raise TestError(
                    f"`{text}` is none of its values", suggestion(text, domain.domain) or f"it takes {known}"
                )
            return ChoiceSet.of([text], domain.domain)
        case PresenceSet():
            raise TestError(f"`{text}` tests a text", "a text can only be tested for `known` and `unknown`")


def _number_part(text: str) -> NumberSet:
    comparison = _COMPARISON.match(text)
    if comparison:
        limit = _number(comparison[2].strip())
        if comparison[1][0] == "<":
            made = interval(-math.inf, limit, low_closed=False, high_closed=comparison[1] == "<=")
        else:
            made = interval(limit, math.inf, low_closed=comparison[1] == ">=", high_closed=False)
        return NumberSet((made,)) if made else NO_NUMBER
    between = _INTERVAL.match(text)
    if between:
        made = _interval(between[1], _number(between[2]), _number(between[3]), between[4])
        return NumberSet((made,)) if made else NO_NUMBER
    if text[:1] in "[(" or ".." in text:
        raise TestError(f"`{text}` is no interval", "write `[10k..100k)`: both ends, square closed, round open")
    return NumberSet((point(_number(text)),))


def _interval(left: str, low: Number, high: Number, right: str) -> Interval | None:
    return interval(low, high, low_closed=left == "[", high_closed=right == "]")


def _number(text: str) -> Number:
    try:
        return parse_number(text)
    except NumberError as error:
        mend = "write it as `10_000`, `10k`, `1.5M` or `85%`"
        if "," in text:
            mend = "write `10_000`, not `10,000`: a comma separates values"
        raise TestError(str(error), mend) from None


def _split(text: str, written: object) -> list[str]:
    """Split at commas; an interval holds none, so a comma inside one is a decimal comma and is refused by its parts."""
    parts = [part.strip() for part in text.split(",")]
    for part in parts:
        if part.count("(") + part.count("[") != part.count(")") + part.count("]"):
            raise TestError(
                f"`{written}` has an open bracket", "an interval is `[10k..100k)`; write no comma in a number"
            )
    return parts


def _everything(domain: ValueSet) -> ValueSet:
    match domain:
        case NumberSet():
            return NumberSet(EVERY_NUMBER.intervals, unknown=True)
        case ChoiceSet():
            return ChoiceSet(domain.domain, True, domain.domain)
        case PresenceSet():
            return PresenceSet(True, True)


def _only_unknown(domain: ValueSet) -> ValueSet:
    match domain:
        case NumberSet():
            return NumberSet((), unknown=True)
        case ChoiceSet():
            return ChoiceSet((), True, domain.domain)
        case PresenceSet():
            return PresenceSet(False, True)
