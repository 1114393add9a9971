"""Numbers as people write them: the only reader and the only writer of quantities in the project."""

from __future__ import annotations

import math
import re
from decimal import ROUND_HALF_EVEN, Decimal
from typing import TypeAlias

Number: TypeAlias = int | float

LARGEST = 2**53  # from here on integers are no longer exact as floating-point numbers
_SMALLEST = 1e-30  # below, quotients of two quantities could leave the range of floating-point numbers
_LONGEST = 60  # characters of a refused text that a message repeats

_SUFFIXES = {"": Decimal(1), "k": Decimal(1_000), "K": Decimal(1_000), "M": Decimal(1_000_000), "%": Decimal("0.01")}
_PLAIN = r"[0-9]+(?:_[0-9]+)*(?:\.[0-9]+)?|\.[0-9]+"
_GROUPED = r"[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]+)?"
_RULE_NUMBER = re.compile(rf"(?P<sign>[-+]?)(?P<digits>{_PLAIN})(?P<suffix>[kKM%]?)")
_ANSWER = re.compile(
    rf"(?:~\s*)?(?P<sign>[-+]?)\s*(?:\$\s*)?(?:~\s*)?"
    rf"(?P<digits>{_GROUPED}|{_PLAIN})(?P<exponent>[eE][-+]?[0-9]{{1,3}})?\s*(?P<suffix>[kKM%]?)"
)
_THOUSANDTHS = re.compile(r"[1-9][0-9]{0,2}\.[0-9]{2}0")  # `10.000`: ten, or with a foreign separator ten thousand
_MILLI = re.compile(r"(?P<digits>.*[0-9.])\s*m")


class NumberError(ValueError):
    """A text that cannot be read as one number: what is wrong with it, and how to write it."""

    def __init__(self, what: str, mend: str = "") -> None:
        super().__init__(f"{what}; {mend}" if mend else what)
        self.what, self.mend = what, mend


def parse_number(text: str) -> Number:
    """Read a number of a rule file: `10_000`, `1.5M`, `85%`.

    Integral results are `int`, others `float`. Raises NumberError for anything that is not one number of a size that
    is compared exactly.
    """
    match = _RULE_NUMBER.fullmatch(text)
    if match is None:
        _refuse_two_ways(text, separator="_")
        raise NumberError(f"`{shortened(text)}` is not a number", "write it as `10_000`, `10k`, `1.5M` or `85%`")
    if not match["suffix"]:
        _refuse_thousandths(match["digits"], text, separator="_")
    return _exact(match["sign"] + match["digits"].replace("_", ""), match["suffix"], text)


def parse_answer(text: str) -> Number:
    """Read a number as a person answers: what rule files take and `250,000`, `$500`, `~80`, `91 %`, `1e6`.

    Raises NumberError, with an example, for what can be read in two ways (`1,5`, `10.000`, `2m`).
    """
    match = _ANSWER.fullmatch(text.strip())
    if match is None:
        _refuse_two_ways(text.strip(), separator=",")
        raise NumberError(f"`{shortened(text)}` is not a number", "thousands are `k`, millions `M`, per cent `%`")
    if not match["exponent"] and not match["suffix"]:
        _refuse_thousandths(match["digits"], text, separator=",")
    digits = match["digits"].replace("_", "").replace(",", "")
    return _exact(match["sign"] + digits + (match["exponent"] or ""), match["suffix"], text)


def as_number(value: object) -> Number | None:
    """Return a number that YAML or JSON read, or None for what is none or is not compared exactly.

    Integral results are `int`, like those of parse_number.
    """
    if not is_number(value) or abs(value) >= LARGEST or 0 < abs(value) < _SMALLEST:  # type: ignore[arg-type]
        return None
    return int(value) if value == int(value) else float(value)  # type: ignore[call-overload,arg-type]


def is_number(value: object) -> bool:
    """Tell whether a value is a finite number; booleans are none."""
    if isinstance(value, bool):
        return False
    return isinstance(value, int) or (isinstance(value, float) and math.isfinite(value))


def shortened(text: object) -> str:
    """Return a text as a message repeats it: in one line and not too long."""
    line = " ".join(str(text).split())
    return line if len(line) <= _LONGEST else f"{line[:_LONGEST]}..."


def times(factor: Number, value: Number) -> Number:
    """Multiply as one does on paper: 3 x 0.1 is 0.3."""
    return _number(Decimal(repr(factor)) * Decimal(repr(value)))


def rule_text(value: Number) -> str:
    """Write a number so that parse_number reads the same number back, thousands apart by `_`."""
    if isinstance(value, int) or value.is_integer():
        return f"{int(value):_}"
    return f"{Decimal(repr(value)):f}"


def grouped(value: Number) -> str:
    """Write a number with `,` between thousands and no more digits than it has: 250,000 or 2.5."""
    if isinstance(value, int) or value.is_integer():
        return f"{int(value):,}"
    return f"{Decimal(repr(value)):,f}"


def significant(value: Number, digits: int) -> Number:
    """Round to a number of significant digits, halves to even."""
    if value == 0:
        return 0
    exact = Decimal(repr(value))
    return _number(exact.quantize(Decimal(1).scaleb(exact.adjusted() - digits + 1), rounding=ROUND_HALF_EVEN))


def rounded(value: Number) -> str:
    """Write a number for a sentence: whole from 1,000 on, else with three significant digits."""
    if isinstance(value, int):
        return grouped(value)
    return grouped(round(value)) if abs(value) >= 1000 else grouped(significant(value, 3))


def dollars(value: Number) -> str:
    """Write an amount of USD for a sentence: $1,260, $12.50, $0.0051."""
    size = abs(value)
    if size >= 100 or size == int(size):
        return exact_dollars(round(value))
    return exact_dollars(round(value, 2) if size >= 1 else significant(value, 3))


def exact_dollars(value: Number) -> str:
    """Write an amount of USD with all its digits, cents as two of them."""
    amount = grouped(abs(value))
    cents = "0" if amount[-2:-1] == "." else ""
    return f"{'-' if value < 0 else ''}${amount}{cents}"


def percentage(value: Number, *, exact: bool = False) -> str:
    """Write a share from 0 to 1 as a percentage: 91%, 87.5%; two decimals at most, unless `exact`."""
    percent = _number(Decimal(repr(value)) * 100)
    return f"{grouped(percent if exact else round(percent, 2))}%"


def with_unit(value: Number, unit: str | None, *, exact: bool = True) -> str:
    """Write a number with its unit: `250,000 calls a month`, `$3 a million tokens`, `91%`.

    `unit` is a fact's: `calls/month`, `USD/call`, `USD`, `share`, `ratio`, `months`, ... `exact` keeps every digit.
    """
    if unit == "share":
        return percentage(value, exact=exact)
    numerator, _, denominator = (unit or "").partition("/")
    tail = f" {each(denominator)}" if denominator else ""
    if numerator == "USD":
        return (exact_dollars(value) if exact else dollars(value)) + tail
    amount = grouped(value) if exact else rounded(value)
    if numerator in ("", "ratio"):
        return amount + tail
    return f"{amount} {numerator}{tail}" if value != 1 else f"{amount} {numerator.removesuffix('s')}{tail}"


def each(thing: str) -> str:
    """Say one of something: `a call`, `an hour`."""
    return f"an {thing}" if thing.startswith(("a", "e", "i", "o", "hour")) else f"a {thing}"


def _refuse_two_ways(text: str, *, separator: str) -> None:
    """separator: what stands between thousands where the number was read."""
    if re.search(r"[0-9],[0-9]", text):
        mend = f"write `1.5` for one and a half, `1{separator}500` for fifteen hundred"
        raise NumberError(f"`{shortened(text)}` can be read two ways", mend)
    milli = _MILLI.fullmatch(text)
    if milli:
        mend = f"write `{shortened(milli['digits'])}M` for millions"
        raise NumberError(f"`{shortened(text)}` can be read two ways", mend)


def _refuse_thousandths(digits: str, text: str, *, separator: str) -> None:
    if _THOUSANDTHS.fullmatch(digits):
        whole, _, part = digits.partition(".")
        decimal = f"{whole}.{part}".rstrip("0").rstrip(".")
        raise NumberError(
            f"`{shortened(text)}` can be read two ways", f"write `{decimal}` or `{whole}{separator}{part}`"
        )


def _exact(digits: str, suffix: str, text: str) -> Number:
    value = Decimal(digits) * _SUFFIXES[suffix]
    if abs(value) >= LARGEST:
        raise NumberError(
            f"`{shortened(text)}` is too large to be compared exactly", "stay below 9,000,000,000,000,000"
        )
    if 0 < abs(value) < _SMALLEST:
        raise NumberError(f"`{shortened(text)}` is too small to be told from 0", "write `0`")
    return _number(value)


def _number(value: Decimal) -> Number:
    return int(value) if value == value.to_integral_value() else float(value)
