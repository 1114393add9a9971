"""What each figure can still be, and which of its inputs can still change it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import product
from typing import Final

from advisor.answers import Answers
from advisor.figures import COUNTED_AS_ZERO, FIXED, FORMULAS, IDLE, WITHOUT_SAVING
from advisor.interview.possible import looked_up_by
from advisor.interview.sets import only_unknown, or_unknown, single
from advisor.interview.spans import (
    BOUNDLESS,
    MOST_MOVING,
    Formula,
    Span,
    as_interval,
    at_the_ends,
    chain_inputs,
    known_point,
    moving,
    span,
    together,
)
from advisor.routes import ROUTE_FACTS, STATES
from advisor.rulebook.model import Fact, Rulebook
from advisor.rulebook.sets import UNKNOWN, ChoiceSet, NumberSet, Value, ValueSet
from advisor.world import UPFRONT, Knowledge, known_values

SIGN: Final = ("saving_per_call", *FIXED)  # what says that tuning never saves, whatever the calls


@dataclass(frozen=True)
class Reach:
    """`values`: what tables may still see of each figure. `read`: what each figure can still change with."""

    values: Mapping[str, ValueSet]
    read: Mapping[str, tuple[str, ...]]


def reach(rulebook: Rulebook, answers: Answers, given: Mapping[str, ValueSet], seen: Mapping[str, ValueSet]) -> Reach:
    """Work out what figures can still be.

    given, seen: of each fact that is asked the answers that may still come, and the values that tables may still see.
    A figure of which no input is open has its
    value. Else it is reckoned at every combination of the ends of its inputs, between which every formula lies: in each
    input alone it is straight, or goes one way.
    """
    return _Reckoning(rulebook, answers, given, seen).reach()


def open_facts(rulebook: Rulebook, answers: Answers, name: str, read: Mapping[str, tuple[str, ...]]) -> Iterator[str]:
    """Yield the facts without an answer on which a fact, a figure or an assumption may still depend, itself included.

    read: what each figure can still change with.
    """
    found: set[str] = set()
    waiting = [name]
    while waiting:
        name = waiting.pop()
        if name in found or name in answers.assumptions or answers.facts.get(name, UNKNOWN) != UNKNOWN:
            continue
        found.add(name)
        fact = rulebook.facts.get(name)
        if name in answers.quoted:
            waiting += looked_up_by(rulebook, fact) if fact else ()
            continue
        waiting += read.get(name, rulebook.rests_on(name))
        if fact is not None and fact.derived is None:
            waiting += looked_up_by(rulebook, fact)
            if name not in answers.facts:
                yield name


class _Reckoning:
    """The figures of one project, each after those it rests on."""

    def __init__(
        self, rulebook: Rulebook, answers: Answers, given: Mapping[str, ValueSet], seen: Mapping[str, ValueSet]
    ) -> None:
        self.rulebook, self.answers, self.given, self.seen = rulebook, answers, given, seen
        self.known: Knowledge = known_values(rulebook, answers)
        self.given_figures = {"upfront"} if UPFRONT in answers.assumptions else set()
        self.values: dict[str, ValueSet] = {}
        self.spans: dict[str, Span] = {}
        self.read: dict[str, tuple[str, ...]] = {}

    def reach(self) -> Reach:
        computed = FORMULAS[self.rulebook.economics]
        states = STATES if self.rulebook.economics == "today" else {}
        derived = [fact for fact in self.rulebook.facts.values() if fact.derived is not None]
        for fact in derived:
            if fact.id not in (*computed, *states):
                self.values[fact.id] = self._looked_up(fact)
        for name, (formula, parts) in computed.items():
            self._reckon(name, formula, parts)
        for fact in derived:
            if fact.id in computed:
                self.values[fact.id] = self._in_tables(fact)
        for fact in derived:
            if fact.id in states:
                self.values[fact.id] = self._state(fact)
        return Reach(self.values, self.read)

    # -- what is looked up ------------------------------------------------------------------------------------------

    def _looked_up(self, fact: Fact) -> ValueSet:
        """Return the values of a figure that is known once all that it rests on is."""
        self.read[fact.id] = fact.derived.inputs if fact.derived else ()
        if self._is_open(fact.id):
            return or_unknown(fact.domain)
        return single(fact, self.known.facts[fact.id].for_tables)

    def _is_open(self, name: str) -> bool:
        """Tell whether an answer that is still to be given can change what a name stands for."""
        return any(
            self.given[fact] != only_unknown(self.rulebook.facts[fact].domain)
            for fact in open_facts(self.rulebook, self.answers, name, self.read)
        )

    # -- arithmetic -------------------------------------------------------------------------------------------------

    def _span(self, name: str) -> Span:
        """Return where an input of a formula may lie."""
        if name in self.spans:
            return self.spans[name]
        held = self.seen.get(name) or self.values.get(name)
        if held is not None:
            found = span(held)
        elif name in self.rulebook.assumptions:
            value = self.known.assumptions[name].value
            found = Span(0, BOUNDLESS) if self._is_open(name) else known_point(value)
        else:
            found = Span(known=False, unknown=True)
        if name in COUNTED_AS_ZERO and found.unknown:
            low = min(found.low, 0.0) if found.known else 0.0
            found = Span(low, max(found.high, 0.0) if found.known else 0.0)
        if name == ROUTE_FACTS[2] and found.unknown:  # a model that is never retired
            found = Span(found.low if found.known else BOUNDLESS, BOUNDLESS)
        self.spans[name] = found
        return found

    def _reckon(self, name: str, formula: Formula, parts: tuple[str, ...]) -> None:
        if name in self.given_figures:
            self.spans[name], self.read[name] = known_point(self.answers.assumptions[UPFRONT]), ()
            return
        spans = [self._span(part) for part in parts]
        moved = set()
        for price, share in IDLE.items():
            if price in parts:
                rate = spans[parts.index(price)]
                if self._is_idle(price):
                    spans[parts.index(price)] = Span()
                elif rate.unknown and len(self._span(share).ends) > 1:
                    spans[parts.index(price)] = replace(rate, known=True)  # it keeps the figure unknown, unless ...
                    moved.add(share)  # ... the share is 0
        found, changing = at_the_ends(formula, tuple(spans))
        found = self._narrowed(name, found)
        moved |= {part for part, changes in zip(parts, changing, strict=True) if changes}
        if name in WITHOUT_SAVING and found.unknown and self._may_never_save():
            settled = WITHOUT_SAVING[name]
            if isinstance(settled, float):
                found = Span(min(found.low, settled), max(found.high, settled), unknown=True)
            moved.update(part for part in SIGN if part in self.read)
        self.spans[name], self.read[name] = found, tuple(moved)

    def _is_idle(self, name: str) -> bool:
        """Tell whether a price is not read, since the share that it is paid on is 0."""
        return name in IDLE and self._span(IDLE[name]).ends == (0,)

    def _narrowed(self, name: str, found: Span) -> Span:
        """Return a span less what cannot be since inputs that two figures read move both, while few are open."""
        given = frozenset(step for step in self.given_figures if step != name)
        parts = chain_inputs(self.rulebook.economics, name, given)
        inputs = {part: Span() if self._is_idle(part) else self._span(part) for part in parts}
        if sum(len(one.ends) > 1 for one in inputs.values()) > MOST_MOVING or not found.known:
            return found
        ends = together(self.rulebook.economics, name, tuple((part, one.ends) for part, one in inputs.items()))
        return found if ends is None else replace(found, low=max(found.low, ends[0]), high=min(found.high, ends[1]))

    def _may_never_save(self) -> bool:
        saving = self._span(SIGN[0])
        return saving.known and saving.low <= 0

    def _in_tables(self, fact: Fact) -> ValueSet:
        if not self._is_open(fact.id):
            return single(fact, self.known.facts[fact.id].for_tables)
        found, values = self.spans[fact.id], NumberSet((), self.spans[fact.id].unknown)
        if found.known:
            part, domain = as_interval(found), or_unknown(fact.domain)
            assert isinstance(domain, NumberSet)
            values = NumberSet((part,) if part else (), found.unknown).intersection(domain)
        return values if not values.is_empty() else or_unknown(fact.domain)

    # -- what follows for the route and the budget ------------------------------------------------------------------

    def _state(self, fact: Fact) -> ValueSet:
        parts = fact.derived.inputs if fact.derived else ()
        self.read[fact.id] = parts
        if any(part in ROUTE_FACTS and self._is_open(part) for part in parts):
            return or_unknown(fact.domain)
        held = [self._tried(part) for part in parts]
        worlds = list(product(*held))
        state = STATES[fact.id]
        results = [state(dict(zip(parts, world, strict=True))) for world in worlds]
        changing = moving([len(one) for one in held], results)
        self.read[fact.id] = tuple(part for part, changes in zip(parts, changing, strict=True) if changes)
        if not self._is_open(fact.id):
            return single(fact, self.known.facts[fact.id].for_tables)
        given = [single(fact, value) for value in dict.fromkeys(results)]
        found = given[0]
        for one in given[1:]:
            found = found.union(one)  # type: ignore[arg-type]
        return found

    def _tried(self, name: str) -> tuple[Value, ...]:
        """Return values of an input that stand for all it may have: every choice, the ends of numbers, unknown."""
        held = self.values.get(name) or self.seen.get(name)
        if isinstance(held, ChoiceSet):
            known: list[Value] = [
                value == "true" if held.domain == ("true", "false") else value for value in held.values
            ]
            return (*known, UNKNOWN) if held.unknown else tuple(known)
        found = span(held) if held is not None else self._span(name)
        return (*(found.ends if found.known else ()), *((UNKNOWN,) if found.unknown else ()))
