"""Decision tables as dataframe expressions, for many worlds at once, on any dataframe that narwhals knows.

A column holds one fact: numbers and texts are null where unknown, choices and booleans the word `unknown`. Null is
neither true nor false, so every comparison is closed with `fill_null` before it is combined.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import reduce
from operator import and_, or_
from typing import Any, TypeVar

import narwhals as nw
from narwhals.typing import IntoBackend

from advisor.deciding.decision import Facts
from advisor.rulebook.model import Fact, Row, Rulebook, Table, When
from advisor.rulebook.sets import UNKNOWN, ChoiceSet, Interval, NumberSet, PresenceSet, Value, ValueSet

Frame = TypeVar("Frame", nw.DataFrame[Any], nw.LazyFrame[Any])


def frame_of(rulebook: Rulebook, worlds: Sequence[Facts], backend: IntoBackend[Any]) -> nw.DataFrame[Any]:
    """Lay worlds out as a dataframe: a row each, a column for each fact of the rulebook that the worlds name.

    Facts are validated; what is absent from a world is unknown. backend: `polars`, for example.
    """
    facts = [fact for fact in rulebook.facts.values() if any(fact.id in world for world in worlds)]
    data = {fact.id: [column_value(fact, world.get(fact.id, UNKNOWN)) for world in worlds] for fact in facts}
    return nw.from_dict(data, {fact.id: _type(fact) for fact in facts}, backend=backend)


def column_value(fact: Fact, value: Value) -> Value | None:
    """Return a value as it stands in its fact's column."""
    if isinstance(fact.domain, ChoiceSet):
        return str(value).lower() if isinstance(value, bool) else value
    if value == UNKNOWN:
        return None
    return float(value) if isinstance(fact.domain, NumberSet) else value


def row_flags(table: Table) -> list[nw.Expr]:
    """Return a boolean column for each row of a table, named by the row: whether it matches. For `with_columns`."""
    return [row_flag(row).alias(row.id) for row in table.rows]


def row_flag(row: Row) -> nw.Expr:
    """Return whether a row matches, never null."""
    flag = _all_hold(row.when)
    return (
        flag if row.any_of is None else flag & _fold(or_, [_all_hold(mapping) for mapping in row.any_of], empty=False)
    )


def verdict(rulebook: Rulebook, table: Table) -> nw.Expr:
    """Return what a table concludes, named by the table and laid out as the facts are. Not for `collect` tables.

    That only one row of a `unique` table matches, and that those of an `any` table agree, is not checked.
    """
    flags = [row_flag(row) for row in table.rows]
    if table.hit_policy == "count":
        total = reduce(lambda a, b: a + b, [flag.cast(nw.Int64()) for flag in flags], nw.lit(0, nw.Int64()))
        return total.cast(nw.Float64()).alias(table.id)
    fact = rulebook.concluded[table.id]
    result = _literal(fact, UNKNOWN)
    for flag, row in reversed(list(zip(flags, table.rows, strict=True))):
        then = _literal(fact, UNKNOWN if row.then is None else row.then)
        result = nw.when(flag).then(then).otherwise(result)
    return result.alias(table.id)


def with_verdicts(rulebook: Rulebook, frame: Frame, tables: Iterable[str] | None = None) -> Frame:
    """Add a column for what each table concludes, in the order of deciding; `collect` tables conclude none.

    tables: those wanted with all they depend on, in the order of deciding; by default all.
    """
    for name in rulebook.order if tables is None else tables:
        if name in rulebook.concluded:
            frame = frame.with_columns(verdict(rulebook, rulebook.tables[name]))
    return frame


def _all_hold(when: When) -> nw.Expr:
    return _fold(and_, [_holds(nw.col(fact), test.values) for fact, test in when.items()], empty=True)


def _holds(column: nw.Expr, values: ValueSet) -> nw.Expr:
    match values:
        case NumberSet():
            parts = [_within(column, part) for part in values.intervals]
            return _fold(or_, [*parts, column.is_null()] if values.unknown else parts, empty=False)
        case ChoiceSet():
            listed = [*values.values, *([UNKNOWN] if values.unknown else [])]
            return column.is_in(listed).fill_null(False)
        case PresenceSet():
            return _fold(or_, [column.is_null() == is_unknown for is_unknown in _presence(values)], empty=False)


def _presence(values: PresenceSet) -> list[bool]:
    return [*([False] if values.known else []), *([True] if values.unknown else [])]


def _within(column: nw.Expr, part: Interval) -> nw.Expr:
    above = column >= part.low if part.low_closed else column > part.low
    below = column <= part.high if part.high_closed else column < part.high
    return above.fill_null(False) & below.fill_null(False)


def _fold(operator: Any, parts: Sequence[nw.Expr], *, empty: bool) -> nw.Expr:
    return reduce(operator, parts) if parts else nw.lit(empty)


def _literal(fact: Fact, value: Value) -> nw.Expr:
    return nw.lit(column_value(fact, value), _type(fact))


def _type(fact: Fact) -> Any:
    return nw.Float64() if isinstance(fact.domain, NumberSet) else nw.String()
