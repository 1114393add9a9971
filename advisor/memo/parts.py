"""The parts of a memo's result: plain values and finished texts, which renderings only arrange."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal, TypeAlias

from advisor.quantities import Number
from advisor.rulebook.model import Approach, HitPolicy, Kind, Strength
from advisor.rulebook.sets import Value
from advisor.world import Origin

Progress: TypeAlias = Literal["done", "here", "passed_over", "later"]


@dataclass(frozen=True)
class Quantity:
    """A fact, a figure or an assumption with its value and where that is from.

    `value` is None for what never comes and `unknown` for what is not known. `formula` is a figure's arithmetic with
    the numbers put in.
    """

    id: str
    title: str
    kind: Kind
    unit: str | None
    value: Value | None
    origin: Origin
    detail: str | None
    source: tuple[str, ...]
    question: str | None = None
    help: str | None = None
    formula: str | None = None
    assumed_inputs: tuple[str, ...] = ()
    is_asked: bool = True


@dataclass(frozen=True)
class AssumptionLine:
    """An assumption in force: its value, whose it is, and the range that it is thought to lie in."""

    id: str
    title: str
    unit: str | None
    value: Value
    origin: Origin
    low: Number | None
    high: Number | None
    source: tuple[str, ...]
    as_of: date | None
    review_by: date | None
    because: str
    detail: str | None = None


@dataclass(frozen=True)
class Reason:
    """A row that matched, with its text; `also` names rows that say the same of the same facts."""

    row: str
    table: str
    title: str
    text: str
    favours: Approach | None
    then: Value | None
    source: tuple[str, ...]
    also: tuple[str, ...] = ()


@dataclass(frozen=True)
class Side:
    """What speaks for an approach, or what it costs."""

    approach: str
    reasons: tuple[Reason, ...]


@dataclass(frozen=True)
class Recommendation:
    """What is recommended. Without a row that matched everything is None or empty.

    `carried_by` are the rows of the tables that the deciding row tests, `assumed` the facts and assumptions that nobody
    answered and on which a figure that it tests rests.
    """

    option: str | None
    approach: Approach | None
    strength: Strength | None
    row: str | None
    because: str
    source: tuple[str, ...]
    meaning: str
    texts: Mapping[str, str]
    carried_by: tuple[Reason, ...]
    assumed: tuple[str, ...] = ()


@dataclass(frozen=True)
class OptionLine:
    """One option in the comparison; `texts` are those of the rulebook's options file."""

    id: str
    approach: Approach
    meaning: str
    texts: Mapping[str, str]
    source: tuple[str, ...]
    recommended: bool


@dataclass(frozen=True)
class Tension:
    """A place where the source disagrees with itself, and what settles it: rows, assumptions, or the deciding row."""

    item: str
    says: str
    settled_by: tuple[str, ...]
    decides: bool


@dataclass(frozen=True)
class PathStep:
    title: str
    progress: Progress


@dataclass(frozen=True)
class StepLine:
    """One thing to do next."""

    row: str
    because: str
    action: str
    metric: str
    threshold: str
    time_box: str
    stop: str
    source: tuple[str, ...]


@dataclass(frozen=True)
class ScenarioLine:
    """The crossover worked out anew with something replaced, and what the rules would recommend then."""

    row: str
    title: str
    text: str
    crossover: Value | None
    ratio: Value | None
    option: str | None
    source: tuple[str, ...]


@dataclass(frozen=True)
class TableLine:
    """What a table concluded, the rows that count, and how many there are."""

    id: str
    title: str
    hit_policy: HitPolicy
    value: Value | tuple[Value, ...]
    rows: tuple[str, ...]
    size: int
