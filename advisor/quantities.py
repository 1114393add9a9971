"""Numbers as people write them: the only reader and the only writer of quantities in the project."""

from __future__ import annotations

import math
import re
from decimal import ROUND_HALF_EVEN, Decimal
from typing import TypeAlias

Number: TypeAlias = int | float

LARGEST = 2**53  # from here on integers are no longer exact as floating-point numbers

_SUFFIXES = {"k": Decimal(1_000), "K": Decimal(1_000), "M": Decimal(1_000_000)}
_PLAIN = r"(?:[0-9]+(?:_[0-9]+)*)?(?:\.[0-9]+)?"
_RULE_NUMBER = re.compile(
    rf"^(?P<sign>[-+]?)(?P<digits>{_PLAIN})(?P<exponent>[eE][-+]?[0-9]{{1,3}})?(?P<suffix>[kKM%]?)$"
)
_GROUPED = re.compile(r"^[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]+)?")
_ANSWER_LEAD = re.compile(r"^(?:~\s*)?([-+]?)(?:\$\s*)?(?:~\s*)?")


class NumberError(ValueError):
    """A text that cannot be read as one number; its message says what was read and how to write it."""


def parse_number(text: str) -> Number:
    """Read a number of a rule file: `10_000`, `1.5M`, `85%`.

    Integral results are `int`, others `float`. Raises NumberError for anything that is not one number of a size that
    is compared exactly.
    """
    match = _RULE_NUMBER.match(text)
    if match is None or not match["digits"]:
        raise NumberError(f"`{text}` is not a number")
    value = Decimal(match["sign"] + match["digits"].replace("_", "") + (match["exponent"] or ""))
    if match["suffix"] == "%":
        value /= 100
    elif match["suffix"]:
        value *= _SUFFIXES[match["suffix"]]
    return _exact(value, text)


def parse_answer(text: str) -> Number:
    """Read a number as a person answers: what rule files take and `250,000`, `$500`, `~80`, `91 %`, `1e6`.

    Raises NumberError, with an example, for what can be read in two ways (`1,5`, `1.000,50`, `2m`).
    """
    stripped = text.strip()
    lead = _ANSWER_LEAD.match(stripped)
    rest = stripped[lead.end() :] if lead else stripped
    sign = lead[1] if lead else ""
    rest = re.sub(r"\s+([kKM%])$", r"\1", rest)
    if "," in rest:
        if not _GROUPED.match(rest) or "_" in rest:
            raise NumberError(
                f"`{text}` can be read two ways; write `1.5` for one and a half, `1,500` for fifteen hundred"
            )
        rest = rest.replace(",", "")
    if rest.endswith("m"):
        raise NumberError(f"`{text}` can be read two ways; write `{rest[:-1]}M` for millions")
    try:
        return parse_number(sign + rest)
    except NumberError:
        raise NumberError(f"`{text}` is not a number") from None


def _exact(value: Decimal, text: str) -> Number:
    if abs(value) >= LARGEST:
        raise NumberError(f"`{text}` is too large to be compared exactly")
    if value == value.to_integral_value():
        return int(value)
    return float(value)


def is_number(value: object) -> bool:
    """Tell whether a value is a finite number; booleans are none."""
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def rule_text(value: Number) -> str:
    """Write a number so that parse_number reads the same number back, thousands apart by `_`."""
    if isinstance(value, int) or value.is_integer():
        return f"{int(value):_}"
    text = repr(value)
    return text if "e" not in text else f"{Decimal(text):f}"


def grouped(value: Number) -> str:
    """Write a number with `,` between thousands and no more digits than it has: 250,000 or 2.5."""
    if isinstance(value, int) or value.is_integer():
        return f"{int(value):,}"
    whole, _, part = f"{Decimal(repr(value)):f}".partition(".")
    return f"{int(whole):,}.{part}" if whole not in ("-0",) else f"-0.{part}"


def significant(value: Number, digits: int) -> Number:
    """Round to a number of significant digits, halves to even."""
    if value == 0:
        return 0
    exact = Decimal(repr(value))
    step = Decimal(1).scaleb(exact.adjusted() - digits + 1)
    rounded = exact.quantize(step, rounding=ROUND_HALF_EVEN)
    return int(rounded) if rounded == rounded.to_integral_value() else float(rounded)


def rounded(value: Number) -> str:
    """Write a number for a sentence: whole from 1,000 on, else with three significant digits."""
    if isinstance(value, int):
        return grouped(value)
    return grouped(round(value)) if abs(value) >= 1000 else grouped(significant(value, 3))


def dollars(value: Number) -> str:
    """Write an amount of USD for a sentence: $1,260, $12.50, $0.0051."""
    sign, size = ("-" if value < 0 else ""), abs(value)
    if size >= 100 or size == int(size):
        return f"{sign}${round(size):,}"
    if size >= 1:
        return f"{sign}${size:,.2f}"
    return f"{sign}${grouped(significant(size, 3))}"


def percentage(value: Number) -> str:
    """Write a share from 0 to 1 as a percentage: 91%, 87.5%."""
    share = Decimal(repr(value)) * 100
    share = share.quantize(Decimal("0.01")) if share != share.to_integral_value() else share
    return f"{grouped(float(share))}%"


def with_unit(value: Number, unit: str | None, *, exact: bool = True) -> str:
    """Write a number with its unit: `250,000 calls a month`, `$3 a million tokens`, `91%`.

    `unit` is a fact's: `calls/month`, `USD/call`, `USD`, `share`, `ratio`, `months`, ... `exact` keeps every digit.
    """
    if unit == "share":
        return percentage(value)
    numerator, _, denominator = (unit or "").partition("/")
    tail = f" a {denominator}" if denominator else ""
    if numerator == "USD":
        amount = f"{'-' if value < 0 else ''}${grouped(abs(value))}" if exact else dollars(value)
        return amount + tail
    amount = grouped(value) if exact else rounded(value)
    if numerator in ("", "ratio"):
        return amount + tail
    return f"{amount} {numerator}{tail}" if value != 1 else f"{amount} {numerator.removesuffix('s')}{tail}"
