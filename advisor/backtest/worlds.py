"""The worlds that are left open by what is known, and what share of them each approach is recommended in."""

from __future__ import annotations

import random
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import groupby, product
from math import floor, prod
from typing import Final, TypeAlias, get_args

from advisor.answers import Answers
from advisor.backtest.mapping import Mapping as StudyMapping
from advisor.backtest.reading import Possible, typed_values
from advisor.deciding.decision import decide
from advisor.deciding.plain import PlainEvaluator
from advisor.errors import BadInput
from advisor.quantities import Number, is_number, significant
from advisor.rulebook.model import RECOMMENDATION, Approach, Fact, Rulebook
from advisor.rulebook.sets import ChoiceSet, NumberSet, Value
from advisor.world import known_values

Shares: TypeAlias = Mapping[Approach, float]
World: TypeAlias = tuple[tuple[str, ...], tuple[Value, ...]]  # tested facts by name, and their values

APPROACHES: Final[tuple[Approach, ...]] = get_args(Approach)
SEED: Final = 20261123
_DIGITS: Final = 12  # of the middle between two ends


@dataclass
class Worlds:
    """Goes through the worlds that what is known leaves open, under one rulebook.

    Worlds that no test tells apart are decided once: a number counts by the range between ends of tests it lies in.
    """

    rulebook: Rulebook
    mapping: StudyMapping
    _decided: dict[World, Approach | None] = field(default_factory=dict, repr=False)
    _reckoned: dict[tuple[tuple[str, Value], ...], tuple[Value, ...]] = field(default_factory=dict, repr=False)

    def __post_init__(self) -> None:
        if RECOMMENDATION not in self.rulebook.tables:
            raise BadInput.one(f"these rules have no table `{RECOMMENDATION}`", "name rules that recommend something")
        self._evaluator = PlainEvaluator(self.rulebook)
        self._tables = self.rulebook.ancestors(RECOMMENDATION)

    def shares(self, known: Possible) -> Shares:
        """Return the share of worlds in which the option recommended is of each approach.

        known: the values that are left possible; of the other facts, those of `open_values`.
        """
        spread = {**self.open_values, **{name: tuple(values) for name, values in known.items()}}
        reckoned = {name: values for name, values in spread.items() if name in self._arithmetic}
        tested = {name: tuple(self._alike(name, v) for v in spread[name]) for name in self._plain if name in spread}
        names = (*self._figures, *tested)
        counts: Counter[Approach | None] = Counter()
        for weight, values in self._worlds(reckoned, tested):
            counts[self._decide(names, values)] += weight
        total = counts.total()
        return {approach: counts[approach] / total for approach in APPROACHES}

    def number(self, known: Possible) -> int:
        """Return how many worlds what is known leaves open."""
        spread = {**self.open_values, **known}
        return prod(len(spread[name]) for name in spread if name in self._arithmetic or name in self._plain)

    @cached_property
    def homework(self) -> dict[str, Value]:
        """What is taken as done, of the facts in force."""
        facts = self.rulebook.facts
        return {
            name: value
            for name, typed in self.mapping.homework.items()
            if name in facts
            for value in typed_values(facts[name], (typed,))
        }

    @cached_property
    def open_values(self) -> dict[str, tuple[Value, ...]]:
        """Every fact in force on which the recommendation rests, with the values that it goes through unless known."""
        done = {name: (value,) for name, value in self.homework.items() if not self.rulebook.facts[name].derived}
        found = {name: values for name in self._needed if (values := self._representative(name))}
        return found | {name: values for name, values in done.items() if name in self._needed}

    @cached_property
    def left(self) -> tuple[str, ...]:
        """The facts that arithmetic reads and that stay at their default or unknown."""
        return tuple(name for name in self._needed if name not in self.open_values)

    @cached_property
    def decisive(self) -> frozenset[str]:
        """The facts on which the recommendation rests."""
        return frozenset(self._needed)

    @cached_property
    def _tested(self) -> tuple[str, ...]:
        names = {name for table in self._tables for name in self.rulebook.tables[table].inputs}
        return tuple(name for name in self.rulebook.facts if name in names)

    @cached_property
    def _forced(self) -> dict[str, Value]:
        return {name: value for name, value in self.homework.items() if self.rulebook.facts[name].derived}

    @cached_property
    def _arithmetic(self) -> frozenset[str]:
        """The asked facts from which figures follow that are tested and not put in place."""
        found: set[str] = set()
        ahead = [name for name in self._tested if self.rulebook.facts[name].derived and name not in self._forced]
        while ahead:
            name = ahead.pop()
            if name not in found:
                found.add(name)
                ahead.extend(self.rulebook.rests_on(name))
        return frozenset(
            name for name in found if name in self.rulebook.facts and not self.rulebook.facts[name].derived
        )

    @cached_property
    def _needed(self) -> tuple[str, ...]:
        asked = (fact.id for fact in self.rulebook.asked)
        return tuple(name for name in asked if name in self._arithmetic or name in self._tested)

    @cached_property
    def _figures(self) -> tuple[str, ...]:
        """The tested facts that are figures, or that figures rest on: known world by world of the arithmetic."""
        derived = self.rulebook.facts
        return tuple(name for name in self._tested if derived[name].derived or name in self._arithmetic)

    @cached_property
    def _plain(self) -> tuple[str, ...]:
        return tuple(name for name in self._tested if name not in self._figures)

    @cached_property
    def _tests(self) -> dict[str, list[NumberSet]]:
        """The ranges for which each tested number is tested."""
        found: dict[str, list[NumberSet]] = {}
        for table in self._tables:
            for row in self.rulebook.tables[table].rows:
                for name, test in row.tests():
                    if isinstance(test.values, NumberSet):
                        found.setdefault(name, []).append(test.values)
        return found

    @cached_property
    def _ends(self) -> dict[str, tuple[Number, ...]]:
        """The ends of those ranges."""
        return {
            name: tuple(sorted({end for values in tests for end in values.endpoints()}))
            for name, tests in self._tests.items()
        }

    def _representative(self, name: str) -> tuple[Value, ...]:
        fact = self.rulebook.facts[name]
        if name in self.mapping.representative:
            return typed_values(fact, self.mapping.representative[name].values)
        if name not in self._tested:
            return ()
        match fact.domain:
            case ChoiceSet():
                return typed_values(fact, fact.domain.values)
            case NumberSet():
                return one_in_each(fact, self._tests[name])
        return ()

    def _worlds(self, reckoned: Possible, tested: Possible) -> Iterator[tuple[int, tuple[Value, ...]]]:
        """Yield how many worlds are alike, and the values of their tested facts: figures first, then the others."""
        size = prod(len(values) for values in (*reckoned.values(), *tested.values()))
        if size <= self.mapping.most_worlds:
            alike = Counter(self._reckon(reckoned, drawn) for drawn in product(*reckoned.values()))
            for (figures, weight), values in product(alike.items(), product(*tested.values())):
                yield weight, (*figures, *values)
            return
        chance = random.Random(SEED)
        for _ in range(self.mapping.most_worlds):
            drawn = tuple(values[int(chance.random() * len(values))] for values in reckoned.values())
            yield 1, (*self._reckon(reckoned, drawn), *(v[int(chance.random() * len(v))] for v in tested.values()))

    def _reckon(self, reckoned: Possible, drawn: Sequence[Value]) -> tuple[Value, ...]:
        """Return the tested figures of one world of the arithmetic, each combination reckoned once."""
        key = tuple(sorted(zip(reckoned, drawn, strict=True)))
        if key not in self._reckoned:
            values = known_values(self.rulebook, Answers(facts=dict(key))).for_tables | self._forced
            self._reckoned[key] = tuple(self._alike(name, values[name]) for name in self._figures)
        return self._reckoned[key]

    def _decide(self, names: tuple[str, ...], values: tuple[Value, ...]) -> Approach | None:
        key = (names, values)
        if key not in self._decided:
            world = dict(zip(names, values, strict=True))
            row = decide(self.rulebook, world, self._evaluator, self._tables).deciding_row
            option = self.rulebook.options.get(str(row.then)) if row else None
            self._decided[key] = option.approach if option else None
        return self._decided[key]

    def _alike(self, name: str, value: Value) -> Value:
        """Return the value that stands for all that no test tells apart from this one."""
        ends = self._ends.get(name)
        if not ends or not is_number(value):
            return value
        at = bisect_left(ends, value)
        return value if at < len(ends) and ends[at] == value else _between(ends, at)


def one_in_each(fact: Fact, tests: Sequence[NumberSet]) -> tuple[Number, ...]:
    """Return one value of a number in each range that tests tell apart, ascending; in the middle where there is one.

    A single number that tests tell from both its neighbours is a range of its own.
    """
    if not isinstance(fact.domain, NumberSet):
        return ()
    ends = sorted({end for values in (fact.domain, *tests) for end in values.endpoints()})
    candidates = [(_between(ends, 0), False)]
    for number, end in enumerate(ends):
        candidates += [(end, True), (_between(ends, number + 1), False)]
    if fact.kind == "integer":
        candidates = [(value if at_end else floor(value), at_end) for value, at_end in candidates]
    held = [(value, at_end) for value, at_end in candidates if fact.domain.contains(value)]
    chosen = []
    for _, group in groupby(held, key=lambda entry: [values.contains(entry[0]) for values in tests]):
        range_ = sorted(group, key=lambda entry: entry[1])
        inside = [value for value, at_end in range_ if not at_end] or [value for value, _ in range_]
        chosen.append(inside[len(inside) // 2])
    return tuple(chosen)


def _between(ends: Sequence[Number], at: int) -> Number:
    """Return a number between two neighbouring ends, or beyond the outermost."""
    if not ends:
        return 0
    if at == 0:
        return ends[0] - 1
    return ends[-1] + 1 if at == len(ends) else significant((ends[at - 1] + ends[at]) / 2, _DIGITS)
