"""Reads unary tests (`< 10_000`, `[85%..95%)`, `stable, evolving`, `not(none)`) and domains into sets of values."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence

from advisor.errors import suggestion
from advisor.quantities import Number, NumberError, as_number, is_number, parse_number, shortened
from advisor.rulebook.sets import (
    NO_NUMBER,
    UNKNOWN,
    ChoiceSet,
    Interval,
    NumberSet,
    PresenceSet,
    ValueSet,
    interval,
    point,
    union,
)

_COMPARISON = re.compile(r"(<=|>=|<|>)\s*([^<>=].*)", re.DOTALL)
_NEGATED = re.compile(r"not\s*\(")
_TWO_WAYS = re.compile(r"[0-9],[0-9]")  # a decimal comma, a separator of thousands, or two values
_QUOTE = "quote what holds a comma inside {}"


class TestError(ValueError):
    """A unary test that cannot be read; `mend` says how to write it."""

    __test__ = False  # not a test case, whatever pytest thinks of the name

    def __init__(self, what: str, mend: str) -> None:
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
        return union(_only_unknown(domain), _only_unknown(domain).complement())
    if text == "known":
        return _only_unknown(domain).complement()
    if not _NEGATED.match(text):
        return _any_of(_split(text, domain), domain)
    if ")" not in text:
        raise TestError(f"`{shortened(text)}` has no closing bracket", f'{_QUOTE}: `"not(a, b)"`')
    if not text.endswith(")"):
        raise TestError(f"`{shortened(text)}` goes on after `not(...)`", "let `not(...)` stand alone")
    return _any_of(_split(text[text.index("(") + 1 : -1], domain), domain).complement()


def parse_domain(written: str) -> NumberSet:
    """Read a number's domain: an interval, a comparison, or an interval with one end left out (`[0..`).

    Raises TestError when it is none of these or empty.
    """
    text = written.strip()
    if text[:1] in ("[", "(") and text.endswith(".."):
        domain = _between(text[0], _number(text[1:-2].strip()), math.inf, ")")
    elif text.startswith("..") and text[-1:] in ("]", ")"):
        domain = _between("(", -math.inf, _number(text[2:-1].strip()), text[-1])
    else:
        parts = _numbers(text).intervals
        domain = parts[0] if parts else None
    if domain is None:
        raise TestError(f"the domain `{shortened(text)}` holds no number", "put the smaller end first: `[0..100]`")
    return NumberSet((domain,), unknown=True)


def _scalar(written: object, domain: ValueSet) -> ValueSet:
    if written is None:
        raise TestError("the test is empty", '`"-"` lets everything through, `unknown` what is not known')
    if isinstance(written, dict):
        raise TestError("a mapping is no test", "write one test, or a list of values")
    if isinstance(domain, NumberSet) and is_number(written):
        value = as_number(written)
        if value is None:
            raise TestError(
                f"`{shortened(written)}` is too large or too small to be compared exactly", "write another number"
            )
        return NumberSet((point(value),))
    return _part(str(written).lower() if isinstance(written, bool) else str(written), domain)


def _any_of(parts: Sequence[object], domain: ValueSet) -> ValueSet:
    if not parts:
        raise TestError("the list is empty", '`"-"` lets everything through; name at least one value')
    for part in parts:
        if isinstance(part, str) and (part.strip() in ("-", "known") or _NEGATED.match(part.strip())):
            raise TestError(f"`{shortened(part)}` cannot stand in a list", "let it stand alone, or list the values")
        if isinstance(part, list | dict):
            raise TestError("a list of values holds no list", "write all values in one list")
    sets = [_part(part.strip(), domain) if isinstance(part, str) else _scalar(part, domain) for part in parts]
    total = sets[0]
    for one in sets[1:]:
        total = union(total, one)
    return total


def _split(text: str, domain: ValueSet) -> list[str]:
    """Split at commas. No part holds one: a comma between two digits of a number test is refused."""
    if isinstance(domain, NumberSet) and _TWO_WAYS.search(text):
        mend = "write `1.5` with a point, `1_500` for thousands, `1, 5` for either of two values"
        raise TestError(f"`{shortened(text)}` can be read two ways", mend)
    return [part.strip() for part in text.split(",")]


def _part(text: str, domain: ValueSet) -> ValueSet:
    if text == "":
        raise TestError("a value is missing beside a comma or in brackets", "name the value, or remove the comma")
    if text == UNKNOWN:
        return _only_unknown(domain)
    match domain:
        case NumberSet():
            return _numbers(text)
        case ChoiceSet():
            return _choice(text, domain)
        case PresenceSet():
            raise TestError(f"`{shortened(text)}` tests a text", "a text can only be tested for `known` and `unknown`")


def _choice(text: str, domain: ChoiceSet) -> ChoiceSet:
    if text in domain.domain:
        return ChoiceSet.of([text], domain.domain)
    near = suggestion(text, domain.domain)
    if text.startswith("not "):
        near = f"write `not({text[4:].strip()})`"
    listed = ", ".join(domain.domain)
    what = f"`{shortened(text)}` is none of its values"
    raise TestError(what, near or (f"its values are {listed}" if listed else "it has none"))


def _numbers(text: str) -> NumberSet:
    comparison = _COMPARISON.fullmatch(text)
    if comparison:
        operator, limit = comparison[1], _number(comparison[2].strip())
        if operator[0] == "<":
            made = interval(-math.inf, limit, low_closed=False, high_closed=operator == "<=")
        else:
            made = interval(limit, math.inf, low_closed=operator == ">=", high_closed=False)
    elif text[:1] in ("[", "(") or ".." in text:
        low, _, high = (end.strip() for end in text[1:-1].partition(".."))
        if text[0] not in "[(" or text[-1] not in "])" or not low or not high or high.startswith("."):
            mend = "write `[10k..100k)`, with both ends: a square bracket takes the end in, a round one leaves it out"
            raise TestError(f"`{shortened(text)}` is no interval", mend)
        made = _between(text[0], _number(low), _number(high), text[-1])
    elif text[:1] in ("<", ">", "=", "!", "≤", "≥"):
        raise TestError(f"`{shortened(text)}` is no comparison", "write `< 5`, `<= 5`, `> 5`, `>= 5` or `5`")
    else:
        made = point(_number(text))
    return NumberSet((made,)) if made else NO_NUMBER


def _between(left: str, low: Number, high: Number, right: str) -> Interval | None:
    return interval(low, high, low_closed=left == "[", high_closed=right == "]")


def _number(text: str) -> Number:
    try:
        return parse_number(text)
    except NumberError as error:
        raise TestError(error.what, error.mend) from None


def _only_unknown(domain: ValueSet) -> ValueSet:
    match domain:
        case NumberSet():
            return NumberSet((), unknown=True)
        case ChoiceSet():
            return ChoiceSet((), True, domain.domain)
        case PresenceSet():
            return PresenceSet(False, True)
