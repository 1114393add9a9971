"""What the rules would recommend if one thing about a project were different, in a fraction of a millisecond."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping
from dataclasses import replace

from advisor.answers import Answers
from advisor.deciding.decision import conclude
from advisor.deciding.plain import row_matches
from advisor.quantities import Number
from advisor.rulebook.model import RECOMMENDATION, Row, Rulebook, Table
from advisor.rulebook.sets import UNKNOWN, NumberSet, Value
from advisor.world import assumption_values, fact_values


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
        self._base = self._values(answers)
        self._decided: dict[tuple[object, ...], Row | None] = {}
        self._asked: dict[tuple[str | None, type, Value], Row | None] = {}

    def thresholds(self, name: str) -> tuple[Number, ...]:
        """Return the numbers at which tests on a fact change their result, ascending."""
        return self._tested.get(name, ())

    def known(self, name: str) -> Value:
        """Return what a fact or an assumption is now, a default included."""
        return self._base.get(name, UNKNOWN)

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
            values = self._values(self.changed(name, value))
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

    def _values(self, answers: Answers) -> dict[str, Value]:
        assumptions = assumption_values(self.rulebook, answers)
        facts = fact_values(self.rulebook, answers, assumptions)
        return {name: known.for_tables for name, known in (assumptions | facts).items()}

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
        fact = rulebook.facts.get(open_names.pop())
        if fact is None:
            continue
        inputs = fact.derived.inputs if fact.derived else ()
        if fact.default and fact.default.of:
            inputs = (*inputs, fact.default.of)
        reckoned.update(inputs)
        open_names.extend(name for name in inputs if name not in needed)
        needed.update(inputs)
    given = [fact.id for fact in rulebook.asked if fact.id in needed]
    return (*given, *(name for name in rulebook.assumptions if name in needed)), frozenset(reckoned)
