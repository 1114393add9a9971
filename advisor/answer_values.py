"""One answer: what a person wrote for a fact or an assumption, read into its value or refused with an example."""

from __future__ import annotations

import math
from collections.abc import Iterator

from advisor.errors import suggestion
from advisor.quantities import Number, NumberError, grouped, parse_answer, percentage, shortened, with_unit
from advisor.rulebook.model import Assumption, Fact
from advisor.rulebook.sets import UNKNOWN, Interval, NumberSet, Value

_YES_NO = {"yes": True, "true": True, "no": False, "false": False}


class BadAnswer(ValueError):
    """An answer that cannot be taken: what is wrong with it, and how to write it."""

    def __init__(self, what: str, mend: str) -> None:
        super().__init__(f"{what}; {mend}")
        self.what, self.mend = what, mend


def parse_fact(fact: Fact, written: object) -> Value:
    """Read one answer: a number with any of the suffixes, `yes` and `no`, a choice, a text, `unknown`.

    Raises BadAnswer for what is of the wrong kind or outside the domain.
    """
    text = _single(written, _example(fact))
    if text.lower() == UNKNOWN:
        if fact.required:
            raise BadAnswer(f"`{fact.id}` must be known", f"write {_example(fact)}, for example")
        return UNKNOWN
    match fact.kind:
        case "boolean":
            if text.lower() not in _YES_NO:
                raise BadAnswer(f"`{shortened(text)}` is neither yes nor no", "write `yes` or `no`")
            return _YES_NO[text.lower()]
        case "choice":
            if text not in fact.choices:
                near = suggestion(text, [*fact.choices, UNKNOWN])
                raise BadAnswer(f"`{shortened(text)}` is none of its choices", near or f"write {_example(fact)}")
            return text
        case "text":
            return text
    return _number(fact, written, text)


def parse_assumption(assumption: Assumption, written: object) -> Number:
    """Read a value for an assumption: any number above 0, or 0 where that may be given; a share is at most 1.

    Raises BadAnswer.
    """
    example = f"`{_amount(assumption.value, assumption.unit)}`{_in_unit(assumption.unit)}"
    text = _single(written, example)
    if isinstance(written, bool):
        raise BadAnswer(f"`{text}` is not a number", f"write {example}, for example")
    value = _quantity(text, example)
    if value < 0 or (value == 0 and not assumption.takes_zero):
        raise BadAnswer(f"`{shortened(text)}` is not above 0", f"write {example}, for example")
    if assumption.unit == "share" and value > 1:
        raise BadAnswer(f"`{shortened(text)}` is more than a whole, a share is from 0 to 1", f"write {example}")
    return value


def _single(written: object, example: str) -> str:
    """Return one value as text, in one line; refuse what is none."""
    if isinstance(written, list | dict):
        kind = "list" if isinstance(written, list) else "mapping"
        raise BadAnswer(f"the answer is a {kind}", f"write one value, for example {example}")
    text = str(written).lower() if isinstance(written, bool) else " ".join(str(written).split())
    if written is None or not text:
        raise BadAnswer("the answer is empty", "write `unknown` for what is not known yet, or leave the line out")
    return text


def _number(fact: Fact, written: object, text: str) -> Number:
    example = _example(fact)
    if isinstance(written, bool):
        raise BadAnswer(f"`{text}` is not a number", f"write {example}, for example")
    value = _quantity(text, example)
    if fact.kind == "integer" and not isinstance(value, int):
        raise BadAnswer(f"`{shortened(text)}` is not a whole number", f"write {example}, for example")
    if not fact.domain.contains(value):
        percent = isinstance(value, int) and 1 < value <= 100 and fact.domain.contains(value / 100)
        mend = f"did you mean `{value}%`?" if percent and _is_share(fact) else f"write {example}, for example"
        raise BadAnswer(f"`{shortened(text)}` is outside {_range(fact)}", mend)
    return value


def _quantity(text: str, example: str) -> Number:
    try:
        return parse_answer(text)
    except NumberError as error:
        raise BadAnswer(error.what, f"{error.mend}; an example: {example}") from None


def _range(fact: Fact) -> str:
    if _is_share(fact):
        return "its range, a share from 0 to 1"
    parts = fact.domain.intervals if isinstance(fact.domain, NumberSet) else ()
    return f"its range, `{', '.join(str(part) for part in parts)}`"


def _is_share(fact: Fact) -> bool:
    ends = fact.domain.endpoints() if isinstance(fact.domain, NumberSet) else ()
    return fact.unit == "share" or ends == (0, 1)


def _example(fact: Fact) -> str:
    """Return an answer that the fact takes, in its own unit, as a message shows it: `250k`, in calls a month."""
    if fact.kind == "boolean":
        return "`yes` or `no`"
    if fact.kind == "choice":
        return f"one of {', '.join(fact.choices)}"
    if fact.example is not None or fact.kind == "text":
        return f"`{fact.example or fact.title}`{_in_unit(fact.unit)}"
    value = next(_candidates(fact))
    return f"`{percentage(value) if _is_share(fact) else _amount(value, fact.unit)}`{_in_unit(fact.unit)}"


def _candidates(fact: Fact) -> Iterator[Number]:
    """Yield numbers in a fact's domain, plain ones first."""
    if fact.default is not None and fact.default.value is not None:
        yield fact.default.value
    part = fact.domain.intervals[0] if isinstance(fact.domain, NumberSet) else Interval(0, 0, True, True)
    ends = [end for end in (part.low, part.high) if math.isfinite(end)]
    tried: list[Number] = [0.9, 10] if ends == [0, 1] else [10, 1, 0]
    tried += [*ends, *(math.floor(end) + 1 for end in ends), *(math.ceil(end) - 1 for end in ends), sum(ends) / 2]
    for value in tried:
        if part.contains(value) and (fact.kind == "number" or isinstance(value, int)):
            yield value
    yield part.low  # an integer whose domain holds no whole number: nothing would be taken


def _amount(value: Number, unit: str | None) -> str:
    return with_unit(value, unit.partition("/")[0]) if unit and unit.startswith(("USD", "share")) else grouped(value)


def _in_unit(unit: str | None) -> str:
    """Say the unit after an example: `, in calls a month`; a share shows it by its `%`."""
    if unit in (None, "share", "ratio"):
        return ""
    return f", in {with_unit(2, unit).split(' ', 1)[-1]}" if not unit.startswith("USD") else ", " + _dollars_in(unit)


def _dollars_in(unit: str) -> str:
    return "in US dollars" + with_unit(2, unit).removeprefix("$2")


__all__ = ["BadAnswer", "parse_assumption", "parse_fact"]
