"""What the engine is given: rows as comparisons of numbers, and facts as numbers; pure, and tested without the engine.

Every fact lies on a line of numbers whose far end is `unknown`: a number stands for itself, a value of a choice for its
position in the domain, a text for 0. A unary test is then a few comparisons, the engine never compares across types, no
property is ever absent, and neither names nor words of a rulebook reach it.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final, Literal, TypeAlias

from advisor.errors import EngineError
from advisor.quantities import LARGEST, Number
from advisor.rulebook.model import Fact, Row, Rulebook
from advisor.rulebook.sets import UNKNOWN, ChoiceSet, Interval, NumberSet, PresenceSet, Value, ValueSet

Operator: TypeAlias = Literal["<", "<=", ">", ">=", "==", "!="]
Comparison: TypeAlias = tuple[Operator, Number]

UNKNOWN_NUMBER: Final = 1e308  # where `unknown` lies on the line of a number; no number reaches it

# Well within the engine's limits, beyond which it refuses facts, hangs or answers wrongly: 15 groups a rule, 64
# conditions that hold at once, 512 conditions side by side, 253 properties a fact.
MOST_EITHERS: Final = 14
MOST_TERMS: Final = 100
MOST_RULES: Final = 40
MOST_INPUTS: Final = 200

_ENGINE_WORDS: Final[Mapping[Operator, str]] = {"<": "$lt", "<=": "$lte", ">": "$gt", ">=": "$gte", "!=": "$neq"}


@dataclass(frozen=True, slots=True)
class Term:
    """A demand on one fact: one of the comparisons holds. Of two comparisons never both can."""

    fact: str
    either: tuple[Comparison, ...]


@dataclass(frozen=True, slots=True)
class EngineRule:
    """Terms that must all hold. It speaks for an alternative of a row, which holds when all rules for it do."""

    alternative: int
    terms: tuple[Term, ...]


@dataclass(frozen=True, slots=True)
class Shard:
    """Rules that fit into one ruleset of the engine, and the facts they test."""

    rules: tuple[EngineRule, ...]
    inputs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Plan:
    """How tables that do not depend on one another are decided together.

    `rows` says of each alternative which row of which table it is for, ascending; `parts` of those alternatives that
    more than one rule speaks for, how many do.
    """

    tables: tuple[str, ...]
    inputs: tuple[str, ...]
    rows: tuple[tuple[str, int], ...]
    parts: Mapping[int, int]
    shards: tuple[Shard, ...]


def plan(rulebook: Rulebook, tables: Sequence[str]) -> Plan:
    """Compile the rows of tables. A row that can never hold becomes nothing."""
    rows: list[tuple[str, int]] = []
    parts: dict[int, int] = {}
    rules: list[EngineRule] = []
    for table in tables:
        for number, row in enumerate(rulebook.tables[table].rows):
            for terms in alternatives(row):
                pieces = list(_pieces(terms))
                if len(pieces) > 1:
                    parts[len(rows)] = len(pieces)
                rules.extend(EngineRule(len(rows), piece) for piece in pieces)
                rows.append((table, number))
    shards = tuple(_shards(rules))
    inputs = tuple(dict.fromkeys(name for shard in shards for name in shard.inputs))
    return Plan(tuple(tables), inputs, tuple(rows), parts, shards)


def alternatives(row: Row) -> list[tuple[Term, ...]]:
    """Return the row's condition as alternatives that each demand all their terms; none when the row can never hold."""
    found = (
        tuple(term for fact, values in tests.items() for term in terms_of(fact, values))
        for tests in row.alternatives()
        if not any(values.is_empty() for values in tests.values())
    )
    return list(dict.fromkeys(found))


def terms_of(fact: str, values: ValueSet) -> Iterator[Term]:
    """Yield what must hold of a fact for its value to be one of `values`, which are not empty; nothing for all values.

    Intervals are demanded from outside in: within the outermost ends, and in none of the gaps. Of the two comparisons
    at a gap only one can hold, so the engine has one way through each row and fires it once.
    """
    parts = _on_line(values)
    width = 0 if isinstance(values, NumberSet) else 1  # how wide a single value is
    low, high = parts[0], parts[-1]
    if len(parts) == 1 and high.high - low.low == width:
        yield Term(fact, (("==", low.low),))
        return
    if low.low != -math.inf:
        yield Term(fact, (_from(low),))
    if high.high != math.inf:
        yield Term(fact, (_to(high),))
    for left, right in pairwise(parts):
        if right.low - left.high == width:
            yield Term(fact, (("!=", left.high),))
        else:
            yield Term(fact, (_to(left), _from(right)))


def _on_line(values: ValueSet) -> tuple[Interval, ...]:
    """Lay values out: a position p of a choice or a text is [p..p+1), `unknown` everything after the last."""
    match values:
        case NumberSet():
            known = [
                Interval(part.low, min(part.high, UNKNOWN_NUMBER), part.low_closed, part.high_closed)
                for part in values.intervals
            ]
            end: Number = UNKNOWN_NUMBER
        case ChoiceSet():
            known = [_position(number) for number, value in enumerate(values.domain) if value in values.values]
            end = len(values.domain)
        case PresenceSet():
            known = [_position(0)] if values.known else []
            end = 1
    unknown = [Interval(end, math.inf, True, False)] if values.unknown else []
    return NumberSet.of([*known, *unknown]).intervals


def _position(number: int) -> Interval:
    return Interval(number or -math.inf, number + 1, number > 0, False)


def _from(part: Interval) -> Comparison:
    return (">=" if part.low_closed else ">", part.low)


def _to(part: Interval) -> Comparison:
    return ("<=" if part.high_closed else "<", part.high)


def _pieces(terms: tuple[Term, ...]) -> Iterator[tuple[Term, ...]]:
    """Split terms so that each piece is small enough for one rule; all pieces together demand the same."""
    piece: list[Term] = []
    eithers = 0
    for term in terms:
        choice = len(term.either) > 1
        if len(piece) == MOST_TERMS or (choice and eithers == MOST_EITHERS):
            yield tuple(piece)
            piece, eithers = [], 0
        piece.append(term)
        eithers += choice
    yield tuple(piece)


def _shards(rules: Sequence[EngineRule]) -> Iterator[Shard]:
    part: list[EngineRule] = []
    inputs: dict[str, None] = {}
    for rule in rules:
        tested = dict.fromkeys(term.fact for term in rule.terms)
        if part and (len(part) == MOST_RULES or len(inputs | tested) > MOST_INPUTS):
            yield Shard(tuple(part), tuple(inputs))
            part, inputs = [], {}
        part.append(rule)
        inputs |= tested
    if part:
        yield Shard(tuple(part), tuple(inputs))


# -- the engine's own writing -------------------------------------------------------------------------------------


def condition_text(terms: Sequence[Term], properties: Mapping[str, str], always: str) -> str:
    """Write terms as one condition of the engine. Without terms it holds when the property `always` is 1.

    properties: the engine's name of each fact. One key an object: the engine ignores a second one.
    """
    written = [_group("$or", [_comparison(properties[term.fact], *test) for test in term.either]) for term in terms]
    return _group("$and", written) if written else _comparison(always, "==", 1)


def _group(operator: str, conditions: Sequence[str]) -> str:
    return conditions[0] if len(conditions) == 1 else f'{{"{operator}":[{",".join(conditions)}]}}'


def _comparison(name: str, operator: Operator, number: Number) -> str:
    plain = f'{{"{name}":{number_text(number)}}}'
    return plain if operator == "==" else f'{{"{_ENGINE_WORDS[operator]}":{plain}}}'


def encoder(fact: Fact, name: str) -> Callable[[Value], str]:
    """Return the function that writes a value of a fact as the property `name`, comma included.

    It raises EngineError for values that the fact cannot have or that the engine would compare wrongly.
    """
    if isinstance(fact.domain, ChoiceSet):
        return _choice_encoder(fact.id, fact.domain.domain, name)
    start = f'"{name}":'
    if isinstance(fact.domain, PresenceSet):
        return lambda value: f"{start}{1 if value == UNKNOWN else 0},"
    unknown = f"{start}{number_text(UNKNOWN_NUMBER)},"

    def number(value: Value) -> str:
        if value == UNKNOWN:
            return unknown
        if isinstance(value, bool | str) or not abs(value) < (LARGEST if isinstance(value, int) else UNKNOWN_NUMBER):
            raise EngineError(f"{fact.id}: {value!r} is no number that can be compared exactly")
        return f"{start}{number_text(value)},"

    return number


def _choice_encoder(fact: str, domain: tuple[str, ...], name: str) -> Callable[[Value], str]:
    written: dict[Value, str] = {value: f'"{name}":{number},' for number, value in enumerate((*domain, UNKNOWN))}

    def choice(value: Value) -> str:
        word = ("true" if value else "false") if value.__class__ is bool else value
        try:
            return written[word]
        except KeyError:
            raise EngineError(f"{fact}: {value!r} is none of its values") from None

    return choice


def number_text(number: Number) -> str:
    """Write a number as the engine's parser reads it exactly: with a dot wherever there is an exponent.

    Raises EngineError for integers from 2**53 on, which the engine clamps or compares as floats.
    """
    if isinstance(number, int):
        if abs(number) >= LARGEST:
            raise EngineError(f"{number} is too large to be compared exactly")
        return str(number)
    text = float.__repr__(number)
    return text.replace("e", ".0e") if "e" in text and "." not in text else text
