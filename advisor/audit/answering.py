"""Answers that bring an example about: facts as they are given, figures by what they are computed from, and conclusions
of earlier tables by facts.

The search is small and always the same: what nobody gave is left to its default, then one figure's input is set, then
two.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from advisor.answer_values import BadAnswer, parse_assumption
from advisor.answers import Answers
from advisor.audit.columns import cut
from advisor.audit.functions import whole
from advisor.audit.model import Example
from advisor.deciding.decision import decide
from advisor.deciding.plain import PlainEvaluator
from advisor.errors import ConflictError
from advisor.quantities import Number, is_number
from advisor.rulebook.model import Rulebook
from advisor.rulebook.sets import UNKNOWN, ChoiceSet, NumberSet, PresenceSet, Value, ValueSet, point
from advisor.world import Known, known_values

MOST_TRIES = 300  # worlds that are worked out for one example
MOST_CHANGES = 2  # inputs of figures that are set beside what an example gives
PLAIN_NUMBERS = (1, 100, 10_000, 1_000_000)  # tried where an input of a figure has neither value nor default


def answers_for(rulebook: Rulebook, examples: Sequence[Example]) -> list[Answers] | None:
    """Return answers for each example that bring it about, or None when none were found.

    Each has the values that the example gives; figures and earlier conclusions need only be such that every test of the
    rulebook treats them as it treats the example's. What is set beside that is the same for all. Raises TooLargeError.
    """
    bottoms = [_without_conclusions(rulebook, example) for example in examples]
    if any(bottom is None for bottom in bottoms):
        return None
    search = _Search(rulebook, [bottom for bottom in bottoms if bottom is not None])
    found = search.run()
    if found is None:
        return None
    pairs = zip(found, examples, strict=True)
    return found if all(_concludes(rulebook, answers, example) for answers, example in pairs) else None


def as_example(answers: Answers) -> dict[str, Value]:
    """Return answers as one mapping, assumptions after the facts."""
    return {**answers.facts, **answers.assumptions}


def table_facts(rulebook: Rulebook, answers: Answers) -> dict[str, Value]:
    """Return every fact as tables see it: answered, assumed, computed or unknown."""
    return known_values(rulebook, answers).for_tables


def single(rulebook: Rulebook, name: str, value: Value) -> ValueSet:
    """Return the set of one value of a fact."""
    match rulebook.fact(name).domain:
        case NumberSet():
            return NumberSet((), unknown=True) if isinstance(value, str) else NumberSet((point(value),))
        case ChoiceSet() as choices:
            if value == UNKNOWN:
                return ChoiceSet((), True, choices.domain)
            return ChoiceSet.of([str(value).lower() if isinstance(value, bool) else str(value)], choices.domain)
        case PresenceSet():
            return PresenceSet(value != UNKNOWN, value == UNKNOWN)


def _without_conclusions(rulebook: Rulebook, example: Example) -> dict[str, Value] | None:
    """Return an example with facts at the bottom in place of conclusions, or None where no project has both."""
    concluded = [name for name in example if name in rulebook.tables]
    if not concluded:
        return dict(example)
    given = {name: value for name, value in example.items() if name not in rulebook.tables}
    sets = {name: single(rulebook, name, value) for name, value in example.items()}
    functions = whole(rulebook, concluded, {name: [sets[name]] for name in given})
    held = [functions.tested(name, values) for name, values in sets.items()]
    where = functions.diagrams.all_of([*held, functions.possible])
    box = next(functions.diagrams.boxes(where, bool), None)
    return None if box is None else {**functions.example(box[1]), **given}


def _concludes(rulebook: Rulebook, answers: Answers, example: Example) -> bool:
    """Tell whether answers lead earlier tables to what an example says they conclude."""
    concluded = [name for name in example if name in rulebook.tables]
    needed = {ancestor for name in concluded for ancestor in rulebook.ancestors(name)}
    tables = [name for name in rulebook.order if name in needed]
    try:
        decision = decide(rulebook, table_facts(rulebook, answers), PlainEvaluator(rulebook), tables)
    except ConflictError:
        return False
    return all(decision.value(name) == example[name] for name in concluded)


@dataclass
class _Search:
    """Looks for what to set so that the figures of every example come out alike."""

    rulebook: Rulebook
    examples: Sequence[Mapping[str, Value]]

    def __post_init__(self) -> None:
        self.tries = 0

    def run(self) -> list[Answers] | None:
        for changes in range(MOST_CHANGES + 1):
            found = self._with({}, changes)
            if found is not None:
                return found
        return None

    def _with(self, settings: Mapping[str, Number], changes: int) -> list[Answers] | None:
        """Return answers with some settings, or with as many more as are still to be made."""
        if self.tries >= MOST_TRIES:
            return None
        self.tries += 1
        answers = [self._answers(example, settings) for example in self.examples]
        worlds = [self._world(one) for one in answers]
        if not changes:
            pairs = zip(worlds, self.examples, strict=True)
            return answers if all(self._alike(world, example) for world, example in pairs) else None
        for name in self._free:
            if name not in settings:
                for value in self._candidates(name, worlds[0]):
                    found = self._with({**settings, name: value}, changes - 1)
                    if found is not None:
                        return found
        return None

    @cached_property
    def _figures(self) -> tuple[str, ...]:
        """The figures that the examples give."""
        names = dict.fromkeys(name for example in self.examples for name in example)
        return tuple(name for name in names if name in self.rulebook.facts and self.rulebook.facts[name].derived)

    @cached_property
    def _free(self) -> tuple[str, ...]:
        """What figures are computed from and no example gives: assumptions first, which say least about a project."""
        inputs: dict[str, None] = {}
        wanted = list(self._figures)
        while wanted:
            fact = self.rulebook.facts.get(wanted.pop(0))
            for name in fact.derived.inputs if fact and fact.derived else ():
                held = self.rulebook.facts.get(name)
                if held and held.derived:
                    wanted.append(name)
                elif held is None or held.kind in ("integer", "number"):
                    inputs[name] = None
        given = {name for example in self.examples for name in example}
        free = [name for name in inputs if name not in given]
        assumed = [name for name in free if name in self.rulebook.assumptions]
        return tuple(assumed + [name for name in free if name in self.rulebook.facts])

    def _answers(self, example: Mapping[str, Value], settings: Mapping[str, Number]) -> Answers:
        facts = {f.id: example[f.id] for f in self.rulebook.asked if example.get(f.id, UNKNOWN) != UNKNOWN}
        for fact in self.rulebook.asked:
            if fact.required and fact.id not in facts and fact.default is None:
                facts[fact.id] = cut(fact, []).cells[0].example
        set_facts = {name: value for name, value in settings.items() if name in self.rulebook.facts}
        assumptions = {name: value for name, value in settings.items() if name in self.rulebook.assumptions}
        return Answers(facts={**facts, **set_facts}, assumptions=assumptions)

    def _world(self, answers: Answers) -> dict[str, Known]:
        known = known_values(self.rulebook, answers)
        return {**known.facts, **known.assumptions}

    def _alike(self, world: Mapping[str, Known], example: Mapping[str, Value]) -> bool:
        """Tell whether every test of the rulebook treats a world as it treats an example."""
        for name, value in example.items():
            if name in self.rulebook.facts:
                real = world[name].for_tables
                if real != value and any(test.contains(real) != test.contains(value) for test in self._tests(name)):
                    return False
        return True

    def _tests(self, name: str) -> tuple[ValueSet, ...]:
        if name not in self._known_tests:
            self._known_tests[name] = tuple(
                {test.values for row in self.rulebook.rows for fact, test in row.tests() if fact == name}
            )
        return self._known_tests[name]

    @cached_property
    def _known_tests(self) -> dict[str, tuple[ValueSet, ...]]:
        return {}

    def _candidates(self, name: str, world: Mapping[str, Known]) -> Iterator[Number]:
        """Yield numbers for an input: those that scale a figure to what is wanted, then round ones and the ends."""
        now = world[name].value
        numbers = list(self._scaled(now, world)) if is_number(now) else [*PLAIN_NUMBERS]
        fact = self.rulebook.facts.get(name)
        if fact is None:
            assumption = self.rulebook.assumptions[name]
            numbers += [end for end in (assumption.low, assumption.high) if end is not None]
        elif isinstance(fact.domain, NumberSet):
            numbers += [0, *(end for end in fact.domain.endpoints())]
        for number in dict.fromkeys(numbers):
            whole_number = fact is not None and fact.kind == "integer"
            tidy = _tidy(number, whole=whole_number)
            if self._takes(name, tidy):
                yield tidy

    def _scaled(self, now: Value | None, world: Mapping[str, Known]) -> Iterator[Number]:
        assert isinstance(now, int | float)
        for figure in self._figures:
            real, wanted = world[figure].value, self.examples[0].get(figure)
            if is_number(real) and is_number(wanted):
                assert isinstance(real, int | float)
                assert isinstance(wanted, int | float)
                if real > 0 and wanted > 0 and now > 0:
                    yield from (now * real / wanted, now * wanted / real)
        yield from (now * 10, now / 10)

    def _takes(self, name: str, number: Number) -> bool:
        fact = self.rulebook.facts.get(name)
        if fact is not None:
            return fact.domain.contains(number)
        try:
            parse_assumption(self.rulebook.assumptions[name], number)
        except BadAnswer:
            return False
        return True


def _tidy(number: Number, *, whole: bool) -> Number:
    """Return a number without the last digits of a computed one, an `int` where it is whole."""
    if not math.isfinite(number):
        return number
    tidy = float(f"{number:.12g}")
    return int(tidy) if whole or tidy == int(tidy) else tidy
