"""What the rules would recommend if one thing about a project were different, in a fraction of a millisecond."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping
from dataclasses import replace

from advisor.answers import Answers
from advisor.deciding.decision import conclude
from advisor.deciding.plain import row_matches
from advisor.figures import IDLE, INPUT_PARTS, figures
from advisor.quantities import Number, is_number
from advisor.routes import ROUTE_FACTS, STATES
from advisor.rulebook.model import RECOMMENDATION, Row, Rulebook, Table
from advisor.rulebook.sets import UNKNOWN, NumberSet, Value
from advisor.world import UPFRONT, Knowledge, known_values


class WhatIf:
    """Decides the recommendation for variations of one project.

    Only the tables that the recommendation depends on are decided, arithmetic is done only for what feeds it, and
    variations that no test tells apart are decided once. `matters` names, in the order of the rulebook, every fact and
    assumption on which the recommendation can depend.
    """

    def __init__(self, rulebook: Rulebook, answers: Answers) -> None:
        self.rulebook, self.answers = rulebook, answers
        names = rulebook.ancestors(RECOMMENDATION) if RECOMMENDATION in rulebook.tables else ()
        self._tables = tuple(rulebook.tables[name] for name in names)
        self._tested = _endpoints(self._tables, rulebook)
        self.matters, self._reckoned = _dependencies(rulebook, self._tested)
        known = known_values(rulebook, answers)
        self._assumptions = known.assumptions
        self._base = self._values(known)
        self._numbers = _numbers(rulebook, answers, known)
        followed = {fact.default.of for fact in rulebook.facts.values() if fact.default}
        self._followed = followed | {name for name in self.matters if self.quoted_by(name)}
        self._decided: dict[tuple[object, ...], Row | None] = {}
        self._asked: dict[tuple[str | None, type, Value], Row | None] = {}

    def thresholds(self, name: str) -> tuple[Number, ...]:
        """Return the numbers at which tests on a fact change their result, ascending."""
        return self._tested.get(name, ())

    def known(self, name: str) -> Value:
        """Return what a fact or an assumption is now, a default included."""
        return self._base.get(name, UNKNOWN)

    def is_assumed(self, name: str) -> bool:
        """Tell whether an assumption stands as the rulebook has it: not given, quoted or reckoned."""
        return self._assumptions[name].origin == "assumed"

    def quoted_by(self, name: str) -> tuple[str, ...]:
        """Return the facts and assumptions that a price source knows by the name that a fact holds."""
        facts = (fact.id for fact in self.rulebook.facts.values() if fact.quoted_by == name)
        return (*facts, *(a.id for a in self.rulebook.assumptions.values() if a.quoted_by == name))

    def takes(self, name: str, value: Number) -> bool:
        """Tell whether an assumption can be given a value; see advisor.answer_values.parse_assumption."""
        assumption = self.rulebook.assumptions[name]
        least = assumption.value if assumption.low is None else assumption.low
        if assumption.unit == "share" and value > 1:
            return False
        return value > 0 or (value == 0 and least <= 0)

    def fits(self, name: str, value: Value) -> bool:
        """Tell whether a share of the tokens can be tried: with the others no more than all, and its price is known."""
        priced = [price for price, share in IDLE.items() if share == name]
        if value != 0 and any(price in self._base and self.known(price) == UNKNOWN for price in priced):
            return False
        if name not in INPUT_PARTS:
            return True
        shares = [value, *(self.known(other) for other in INPUT_PARTS if other != name)]
        return sum(share for share in shares if isinstance(share, int | float)) <= 1

    def row(self, name: str | None = None, value: Value = UNKNOWN) -> Row | None:
        """Return the deciding row with one fact or assumption replaced, or as things are. Raises ConflictError."""
        key = (name, type(value), value)
        if key not in self._asked:
            self._asked[key] = self._row(name, value)
        return self._asked[key]

    def _row(self, name: str | None, value: Value) -> Row | None:
        if name is None:
            values: Mapping[str, Value] = self._base
        elif name in self._reckoned or name in self.rulebook.assumptions:
            values = self._reckoned_with(name, value)
        else:
            values = {**self._base, name: value}
        key = tuple(self._cell(fact, values.get(fact, UNKNOWN)) for fact in self._tested)
        if key not in self._decided:
            self._decided[key] = self._decide(values)
        return self._decided[key]

    def changed(self, name: str, value: Value) -> Answers:
        """Return the project's answers with one fact or assumption replaced."""
        if name in self.rulebook.assumptions:
            assert isinstance(value, int | float)
            return replace(self.answers, assumptions={**self.answers.assumptions, name: value})
        return self.answers.with_fact(name, value)

    def _reckoned_with(self, name: str, value: Value) -> dict[str, Value]:
        """Return all values with one replaced that arithmetic reads."""
        if name in self._followed:
            return self._values(known_values(self.rulebook, self.changed(name, value)))
        numbers = {**self._numbers, name: value} if is_number(value) else _without(self._numbers, name)
        values = {**self._base, name: value}
        for figure, found in figures(numbers, None, self.rulebook.economics).items():
            if figure in self.rulebook.facts:
                values[figure] = UNKNOWN if found is None else found
        if self.rulebook.economics == "today":
            values |= {state: find(values) for state, find in STATES.items() if state in self.rulebook.facts}
        return values

    def _values(self, known: Knowledge) -> dict[str, Value]:
        return {name: held.for_tables for name, held in (*known.assumptions.items(), *known.facts.items())}

    def _cell(self, fact: str, value: Value) -> object:
        """Return what tells a value apart from others that every test treats differently."""
        ends = self._tested[fact]
        if not ends or isinstance(value, str | bool):
            return value
        place = bisect_left(ends, value)
        return (place, place < len(ends) and ends[place] == value)

    def _decide(self, values: Mapping[str, Value]) -> Row | None:
        known = dict(values)
        row = None
        for table in self._tables:
            first = table.hit_policy == "first"
            matching: list[int] = []
            for number, candidate in enumerate(table.rows):
                if row_matches(candidate, known):
                    matching.append(number)
                    if first:
                        break
            result = conclude(table, matching)
            if not isinstance(result.value, tuple):
                known[table.id] = result.value
            row = result.rows[0] if result.rows else None
        return row


def _numbers(rulebook: Rulebook, answers: Answers, known: Knowledge) -> dict[str, Value]:
    """Return the numbers from which every figure is reckoned."""
    held = {fact.id: known.facts[fact.id] for fact in rulebook.asked} | dict(known.assumptions)
    numbers = {name: it.value for name, it in held.items() if it.value is not None and is_number(it.value)}
    if rulebook.economics == "today":
        numbers |= {name: quote.value for name, quote in answers.quoted.items() if name in ROUTE_FACTS}
        if UPFRONT in numbers and known.assumptions[UPFRONT].origin != "answered":
            del numbers[UPFRONT]
    return numbers


def _without(values: Mapping[str, Value], name: str) -> dict[str, Value]:
    return {key: value for key, value in values.items() if key != name}


def _endpoints(tables: tuple[Table, ...], rulebook: Rulebook) -> dict[str, tuple[Number, ...]]:
    """Return every fact that the tables test and no table concludes, with the ends of the intervals tested."""
    found: dict[str, set[Number]] = {}
    for table in tables:
        for row in table.rows:
            for fact, test in row.tests():
                if fact in rulebook.facts:
                    ends = test.values.endpoints() if isinstance(test.values, NumberSet) else ()
                    found.setdefault(fact, set()).update(ends)
    return {fact: tuple(sorted(found[fact])) for fact in rulebook.facts if fact in found}


def _dependencies(rulebook: Rulebook, tested: Mapping[str, object]) -> tuple[tuple[str, ...], frozenset[str]]:
    """Return all that the tested facts depend on and can be given, and the part that arithmetic or a default reads."""
    needed, reckoned = set(tested), set[str]()
    open_names = list(tested)
    while open_names:
        inputs = rulebook.rests_on(open_names.pop())
        reckoned.update(inputs)
        open_names.extend(name for name in inputs if name not in needed)
        needed.update(inputs)
    given = [fact.id for fact in rulebook.asked if fact.id in needed]
    return (*given, *(name for name in rulebook.assumptions if name in needed)), frozenset(reckoned)
