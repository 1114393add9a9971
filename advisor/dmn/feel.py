"""The part of FEEL that decision tables need: unary tests on plain values, and plain values.

Read are numbers, quoted texts, `true`, `false`, `null`, comparisons, intervals (`[a..b)`, and `]a..b[` too), lists
separated by commas, `not(...)` and `-`. Everything else that FEEL has is refused by name.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Final, TypeAlias

from advisor.dmn.cells import NOTHING, NUMBERS, Cell, Words, is_everything
from advisor.quantities import Number, as_number, rule_text, shortened
from advisor.rulebook.sets import EVERY_NUMBER, UNKNOWN, Interval, NumberSet, Value, interval, point

Part: TypeAlias = NumberSet | str | bool | None  # numbers, one text, one boolean, null

_TOKEN: Final = re.compile(
    r"""(?P<string>"(?:[^"\\]|\\.)*")
      | (?P<number>-?\s*(?:[0-9]+(?:\.[0-9]+)?|\.[0-9]+)(?:[eE][-+]?[0-9]+)?(?!\w|\.\w))
      | (?P<range>\.\.)
      | (?P<operator><=|>=|!=|=|<|>)
      | (?P<bracket>[\[\]()])
      | (?P<comma>,)
      | (?P<name>[^\W\d]\w*(?:(?:[ \t]*[.'][ \t]*|[ \t]+)\w+)*)
      | (?P<other>\S)""",
    re.VERBOSE,
)
_ESCAPES: Final = re.compile(r"\\(u[0-9a-fA-F]{4}|U[0-9a-fA-F]{6}|.)", re.DOTALL)
_LONGEST: Final = 40  # digits before or behind the point
_PLAIN: Final = {"n": "\n", "r": "\r", "t": "\t", "b": "\b", "f": "\f"}
_READ: Final = "write numbers, texts in quotes, true, false, null, comparisons, intervals, lists or not(...)"


class FeelError(ValueError):
    """Something in FEEL that is not read here; `mend` says what to write instead."""

    def __init__(self, what: str, mend: str = _READ) -> None:
        super().__init__(what)
        self.what, self.mend = what, mend


@dataclass(frozen=True)
class Tests:
    """One cell as written: any of its parts, or with `negated` none of them. Without parts and negated: anything."""

    __test__ = False  # not a test case, whatever pytest thinks of the name

    parts: tuple[Part, ...]
    negated: bool = False

    @property
    def kinds(self) -> frozenset[str]:
        """Of what kinds the values are that it names."""
        return frozenset(kind_of(part) for part in self.parts if part is not None and part != NumberSet(()))

    @property
    def texts(self) -> tuple[str, ...]:
        return tuple(part for part in self.parts if isinstance(part, str))


def kind_of(part: Part | Number) -> str:
    """Return the kind of facts that have a value."""
    if isinstance(part, bool):
        return "boolean"
    return "choice" if isinstance(part, str) else "number"


def parse_tests(text: str) -> Tests:
    """Read the unary tests of a cell; an empty one is `-`. Raises FeelError."""
    stripped = text.strip()
    if stripped in ("", "-"):
        return Tests((), negated=True)
    return _Parser(stripped).tests()


def parse_value(text: str) -> Value | None:
    """Read one plain value, as a conclusion is; None for null. Raises FeelError."""
    parser = _Parser(text.strip())
    part = parser.value("a conclusion")
    parser.end()
    if isinstance(part, NumberSet):
        return part.intervals[0].low
    return part


def texts_in(text: str) -> Iterator[str]:
    """Yield every quoted text in a piece of FEEL, whatever else is there."""
    for match in _TOKEN.finditer(text):
        if match["string"]:
            yield _ESCAPES.sub(_unescaped, match[0][1:-1])


def to_cell(tests: Tests, kind: str, word: Callable[[str], str]) -> Cell:
    """Return what a cell lets through. kind: of its fact. word: gives the word of a text. Raises FeelError."""
    wrong = next((part for part in tests.parts if part is not None and not _fits(part, kind)), None)
    if wrong is not None:
        held = {"choice": "texts", "number": "numbers", "integer": "numbers", "boolean": "booleans"}.get(kind, kind)
        raise FeelError(f"`{_shown(wrong)}` stands in a column of {held}", f"write one of its {held}")
    if kind in NUMBERS:
        return _numbers(tests)
    words = [_word(part, word) for part in tests.parts if not isinstance(part, NumberSet)]
    return Words(tuple(dict.fromkeys(words)), tests.negated)


def feel_of(cell: Cell, kind: str) -> str:
    """Write a cell in FEEL; `unknown` is null."""
    if is_everything(cell):
        return "-"
    if isinstance(cell, NumberSet):
        if cell.intervals == EVERY_NUMBER.intervals:
            return "not(null)"
        parts = [str(part).replace("_", "") for part in cell.intervals]
        return ", ".join([*parts, *(["null"] if cell.unknown else [])]) or NOTHING
    if cell.is_empty():
        return NOTHING
    texts = [feel_value(word, kind) for word in cell.values]
    return f"not({', '.join(texts)})" if cell.negated else ", ".join(texts)


def feel_value(value: Value, kind: str = "choice") -> str:
    """Write one value in FEEL. kind: `boolean` where the words `true` and `false` are no texts."""
    if isinstance(value, bool):
        return str(value).lower()
    if not isinstance(value, str):
        return rule_text(value).replace("_", "")
    if value == UNKNOWN:
        return "null"
    return value if kind == "boolean" else json.dumps(value, ensure_ascii=False)


def _numbers(tests: Tests) -> NumberSet:
    held = [part for part in tests.parts if isinstance(part, NumberSet)]
    found = NumberSet.of((i for part in held for i in part.intervals), unknown=None in tests.parts)
    if not tests.negated:
        return found
    # In FEEL null equals no number, so it is not among them; but it is neither below nor above one, nor is it not.
    rest = found.complement()
    compared = any(part.low != part.high for numbers in held for part in numbers.intervals)
    return NumberSet(rest.intervals, rest.unknown and not compared)


def _fits(part: Part, kind: str) -> bool:
    return kind_of(part) == ("number" if kind == "integer" else kind) or part == NumberSet(())


def _word(part: str | bool | None, word: Callable[[str], str]) -> str:
    if part is None:
        return UNKNOWN
    return str(part).lower() if isinstance(part, bool) else word(part)


def _shown(part: Part) -> str:
    return str(part) if isinstance(part, NumberSet) else json.dumps(part, ensure_ascii=False)


class _Parser:
    """Reads one text from left to right."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.tokens = [(m.lastgroup or "", m[0]) for m in _TOKEN.finditer(text)]
        self.at = 0

    def tests(self) -> Tests:
        if self.peek() == ("name", "not") and self.peek(1) == ("bracket", "("):
            self.at += 2
            parts = self.listed()
            self.take("bracket", ")")
            self.end()
            return Tests(tuple(parts), negated=True)
        if self.peek() == ("operator", "!="):
            self.at += 1
            part = self.value("a test")
            self.end()
            return Tests((part,), negated=True)
        parts = self.listed()
        self.end()
        return Tests(tuple(parts))

    def listed(self) -> list[Part]:
        parts = [self.part()]
        while self.peek()[0] == "comma":
            self.at += 1
            parts.append(self.part())
        return parts

    def part(self) -> Part:
        group, token = self.peek()
        if group == "operator" and token in ("<", "<=", ">", ">="):
            self.at += 1
            limit = self.number("a comparison")
            low, high = (-math.inf, limit) if token[0] == "<" else (limit, math.inf)
            return _set(interval(low, high, low_closed=token == ">=", high_closed=token == "<="))
        if group == "operator" and token == "=":
            self.at += 1
        elif group == "bracket" and token != ")":
            return self.interval()
        return self.value("a test")

    def interval(self) -> Part:
        left = self.tokens[self.at][1]
        self.at += 1
        low = self.number("an interval")
        self.take("range", "..")
        high = self.number("an interval")
        group, right = self.peek()
        if group != "bracket" or right == "(":
            raise FeelError(f"the interval in `{shortened(self.text)}` has no end", "write it as `[1..5)`")
        self.at += 1
        return _set(interval(low, high, low_closed=left == "[", high_closed=right == "]"))

    def number(self, what: str) -> Number:
        value = self.value(what)
        if not isinstance(value, NumberSet):
            raise FeelError(f"`{_shown(value)}` stands in {what}", "only numbers are compared and have intervals")
        return value.intervals[0].low

    def value(self, what: str) -> Part:
        group, token = self.peek()
        self.at += 1
        match group:
            case "string":
                return _ESCAPES.sub(_unescaped, token[1:-1])
            case "number":
                return NumberSet((point(_number(token)),))
            case "name" if token in ("true", "false", "null"):
                return None if token == "null" else token == "true"
        raise self.refused(group, token, what)

    def refused(self, group: str, token: str, what: str) -> FeelError:
        following = self.peek()
        if group == "name" and following == ("bracket", "("):
            return FeelError(f"`{token}(...)` is a call of a function, which is not read here")
        if group == "name":
            word = json.dumps(token, ensure_ascii=False)
            return FeelError(
                f"`{shortened(token)}` is a symbol, which is not read here", f"write its value; a text is {word}"
            )
        if token == "@":
            return FeelError("a date or duration (`@...`) is not read here")
        if token == "?" or group == "other":
            return FeelError(f"`{shortened(self.text)}` is an expression, which is not read here")
        if not token:
            return FeelError(f"a value is missing at the end of `{shortened(self.text)}`" if self.text else "no value")
        return FeelError(f"`{token}` cannot stand in {what} here")

    def peek(self, ahead: int = 0) -> tuple[str, str]:
        at = self.at + ahead
        return self.tokens[at] if at < len(self.tokens) else ("", "")

    def take(self, group: str, token: str) -> None:
        if self.peek() != (group, token):
            found = self.peek()[1]
            at = f"at `{found}`" if found else "at its end"
            raise FeelError(f"`{shortened(self.text)}` is not read: `{token}` is missing {at}")
        self.at += 1

    def end(self) -> None:
        group, token = self.peek()
        if not group:
            return
        if group == "name" and token in ("and", "or", "in"):
            raise FeelError(f"`{shortened(self.text)}` is an expression, which is not read here")
        raise FeelError(f"`{shortened(self.text)}` is an expression, which is not read here: it goes on at `{token}`")


def _set(part: Interval | None) -> NumberSet:
    return NumberSet((part,) if part else ())


def _number(token: str) -> Number:
    written = Decimal("".join(token.split()))
    exact = abs(written.adjusted()) <= _LONGEST
    number = as_number(int(written) if written == written.to_integral_value() else float(written)) if exact else None
    if number is None:
        raise FeelError(
            f"`{shortened(token)}` is too large or too small to be compared exactly", "write another number"
        )
    return number


def _unescaped(match: re.Match[str]) -> str:
    code = match[1]
    if code[0] in "uU" and len(code) > 1:
        return chr(int(code[1:], 16))
    return _PLAIN.get(code, code)
