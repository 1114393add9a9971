"""Formulas of figures with the numbers put in, less the terms that come to nothing."""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Final, TypeAlias

from advisor.quantities import grouped, is_number, significant
from advisor.rulebook.model import Fact, Rulebook
from advisor.rulebook.sets import Value

DIGITS: Final = 6
_NAME: Final = re.compile(r"[a-z][a-z0-9_]*")
_SIGNS: Final[Mapping[type[ast.operator], str]] = {ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/"}
_PRECISION: Final = Fraction(1, 10**9)


@dataclass(frozen=True)
class _Operation:
    sign: str
    left: _Term
    right: _Term


_Term: TypeAlias = Fraction | _Operation | None  # None for what is unknown


class _Unreadable(Exception):
    """A formula that is more than arithmetic, or of which a number that counts is unknown."""


def put_in(rulebook: Rulebook, fact: Fact, values: Mapping[str, Value | None]) -> str | None:
    """Return a figure's formula with numbers for names, or None while one of them is unknown.

    A figure of figures alone, as the saving is, is written out in brackets: 500 / (0.0051 - 0.0009). In today's
    arithmetic terms that come to nothing are left out, and a formula that does not give the figure is not shown.
    """
    assert fact.derived is not None
    if rulebook.economics == "today":
        return _shortest(rulebook, fact, values)
    if not all(is_number(values.get(name)) for name in fact.derived.inputs):
        return None

    def number(match: re.Match[str]) -> str:
        name = match[0]
        inner = rulebook.facts.get(name)
        if inner is not None and _is_of_figures(rulebook, inner):
            return f"({put_in(rulebook, inner, values)})"
        value = values.get(name)
        return _number(value) if is_number(value) else name  # type: ignore[arg-type]

    return _NAME.sub(number, fact.derived.formula.replace("_000", ",000"))


def _is_of_figures(rulebook: Rulebook, fact: Fact) -> bool:
    if fact.derived is None:
        return False
    return all(name in rulebook.facts and rulebook.facts[name].derived for name in fact.derived.inputs)


def _shortest(rulebook: Rulebook, fact: Fact, values: Mapping[str, Value | None]) -> str | None:
    value = values.get(fact.id)
    if not is_number(value):
        return None
    try:
        term = _read(rulebook, fact, values)
        result = _result(term)
    except (_Unreadable, SyntaxError, ZeroDivisionError):
        return None
    exact = _exact(value)
    if abs(result - exact) > _PRECISION * abs(exact):
        return None
    return _written(term) if isinstance(term, _Operation) else None


def _read(rulebook: Rulebook, fact: Fact, values: Mapping[str, Value | None]) -> _Term:
    assert fact.derived is not None

    def read(node: ast.expr) -> _Term:
        match node:
            case ast.Constant(value=int() | float() as value):
                return _exact(value)
            case ast.Name(id=name):
                inner = rulebook.facts.get(name)
                if inner is not None and _is_of_figures(rulebook, inner):
                    return _read(rulebook, inner, values)
                held = values.get(name)
                return _exact(held) if is_number(held) else None
            case ast.BinOp(left=left, op=op, right=right) if type(op) in _SIGNS:
                return _folded(_SIGNS[type(op)], read(left), read(right))
            case ast.Call(func=ast.Name(id="max" | "min" as name), args=[first, second]):
                return _chosen(name, read(first), read(second))
        raise _Unreadable

    return read(ast.parse(fact.derived.formula.strip(), mode="eval").body)


def _folded(sign: str, left: _Term, right: _Term) -> _Term:
    """Return an operation, or what is left of it where one side changes nothing."""
    if sign == "*" and (left == 0 or right == 0):
        return Fraction(0)
    if sign == "/" and left == 0:
        return Fraction(0)
    if (sign in "+-" and right == 0) or (sign in "*/" and right == 1):
        return left
    if (sign == "+" and left == 0) or (sign == "*" and left == 1):
        return right
    return _Operation(sign, left, right)


def _chosen(name: str, first: _Term, second: _Term) -> _Term:
    """Return the larger or the smaller of two; what is unknown sets no bound."""
    if first is None or second is None:
        return second if first is None else first
    larger, smaller = (first, second) if _result(first) >= _result(second) else (second, first)
    return larger if name == "max" else smaller


def _result(term: _Term) -> Fraction:
    if term is None:
        raise _Unreadable
    if isinstance(term, Fraction):
        return term
    left, right = _result(term.left), _result(term.right)
    match term.sign:
        case "+":
            return left + right
        case "-":
            return left - right
        case "*":
            return left * right
    return left / right


def _written(term: _Term) -> str:
    if not isinstance(term, _Operation):
        assert term is not None
        return _number(float(term))
    left, right = _written(term.left), _written(term.right)
    if term.sign in "*/" and _is_sum(term.left):
        left = f"({left})"
    if isinstance(term.right, _Operation) and term.sign != "+" and (_is_sum(term.right) or term.sign == "/"):
        right = f"({right})"
    return f"{left} {term.sign} {right}"


def _is_sum(term: _Term) -> bool:
    return isinstance(term, _Operation) and term.sign in "+-"


def _exact(value: object) -> Fraction:
    return Fraction(repr(value))


def _number(value: int | float) -> str:
    return grouped(value if isinstance(value, int) else significant(value, DIGITS))
