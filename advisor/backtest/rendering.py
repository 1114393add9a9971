"""A back-test as text and as Markdown."""

from __future__ import annotations

import textwrap
import unicodedata
from functools import cache
from typing import Any, Final

from jinja2 import Environment

from advisor.backtest.report import Backtest, tuning_share
from advisor.backtest.separation import CONFIDENCE, Separation
from advisor.memo import filters
from advisor.quantities import grouped
from advisor.rulebook.sets import Value
from advisor.templating import environment

WIDTH: Final = 80
_NONE: Final = "-"


def text(report: Backtest) -> str:
    """Return a back-test as text for 80 columns."""
    return _text_environment().get_template("backtest/report.txt.j2").render(report=report, confidence=CONFIDENCE)


def markdown(report: Backtest) -> str:
    """Return a back-test in Markdown."""
    return filters.layout(
        _markdown_environment().get_template("backtest/report.md.j2").render(report=report, confidence=CONFIDENCE)
    )


@cache
def _text_environment() -> Environment:
    return environment({**_FILTERS, "wrap": _wrap, "cell": _cell, "plain": str})


@cache
def _markdown_environment() -> Environment:
    return environment({**_FILTERS, "plain": filters.Raw}, finalize=filters.finalize)


def _wrap(text: str, indent: str = "", first: str | None = None) -> str:
    """Break a text into lines of at most 80 columns; `first` begins the first of them, `indent` the others."""
    begin = indent if first is None else first
    return textwrap.fill(
        " ".join(text.split()),
        WIDTH,
        initial_indent=begin,
        subsequent_indent=indent,
        break_long_words=False,
        break_on_hyphens=False,
    )


def _cell(text: object, width: int) -> str:
    """Return a text in a column of a table, cut where it is longer."""
    plain = "".join(" " if unicodedata.category(c).startswith("C") else c for c in str(text))
    return (plain if len(plain) <= width else f"{plain[: width - 3]}...").ljust(width)


def _share(value: float | None) -> str:
    return _NONE if value is None else f"{value:.0%}"


def _area(value: float | None) -> str:
    return _NONE if value is None else f"{value:.2f}"


def _points(value: float | None) -> str:
    """Return a difference of shares in percentage points, with its sign."""
    if value is None:
        return _NONE
    return "0" if round(value * 100) == 0 else f"{value * 100:+.0f}"


def _interval(found: Separation) -> str:
    if found.low is None or found.high is None:
        return _NONE
    return f"{found.low:.2f} to {found.high:.2f}"


def _values(values: Any) -> str:
    return ", ".join(_value(value) for value in values)


def _value(value: Value) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return value if isinstance(value, str) else grouped(value)


_FILTERS: Final = {
    "share": _share,
    "area": _area,
    "points": _points,
    "interval": _interval,
    "listed": _values,
    "one": _value,
    "tuning": tuning_share,
}
