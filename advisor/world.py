"""One project as the rules see it: answers, what is assumed in their place, what arithmetic gives, what is decided."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Literal, TypeAlias

from advisor.answers import Answers, Quote
from advisor.deciding.decision import Decision, Evaluator, decide
from advisor.deciding.plain import PlainEvaluator
from advisor.errors import BadInput, Problem
from advisor.figures import INPUT_PARTS, figures
from advisor.quantities import Number, as_number, grouped, is_number, percentage, rule_text, times
from advisor.routes import ROUTE_FACTS, STATES
from advisor.rulebook.model import RECOMMENDATION, Assumption, Constraint, Fact, Row, Rulebook, Test
from advisor.rulebook.origins import Default
from advisor.rulebook.reasons import render_text
from advisor.rulebook.sets import UNKNOWN, Value

Origin: TypeAlias = Literal["answered", "measured", "assumed", "derived", "unknown"]
UPFRONT = "tuning_upfront"  # the assumption that today's arithmetic reckons unless it is given


@dataclass(frozen=True)
class Known:
    """The value of a fact or an assumption and where it is from.

    `value` is None for a figure that never comes, and `unknown` for what is not known. `detail` says of a measured fact
    which file, of an assumed one which default, of a quoted one which price source.
    """

    value: Value | None
    origin: Origin
    detail: str | None = None

    @property
    def for_tables(self) -> Value:
        """The value that tables test, for which what never comes is unknown."""
        return UNKNOWN if self.value is None else self.value


@dataclass(frozen=True)
class Knowledge:
    """Every fact in force, in the order of the rulebook, and every assumption."""

    facts: Mapping[str, Known]
    assumptions: Mapping[str, Known]

    @property
    def for_tables(self) -> dict[str, Value]:
        """The values of the facts that tables test."""
        return {name: known.for_tables for name, known in self.facts.items()}


@dataclass(frozen=True)
class World:
    """A project with everything known about it: all facts in force, assumptions, and the decision on every table."""

    rulebook: Rulebook
    answers: Answers
    facts: Mapping[str, Known]
    assumptions: Mapping[str, Known]
    decision: Decision

    @cached_property
    def names(self) -> Mapping[str, object]:
        """Every name that a text of the rulebook may use."""
        values: dict[str, object] = {name: known.value for name, known in self.facts.items()}
        values |= {name: known.value for name, known in self.assumptions.items()}
        values |= {name: r.value for name, r in self.decision.results.items() if not isinstance(r.value, tuple)}
        return values | {"project": self.answers.project}

    def because(self, row: Row) -> str:
        """Return a row's reason with this project's numbers in it."""
        return self.text(row.because) if row.because else ""

    def text(self, template: str) -> str:
        """Render a checked text of the rulebook."""
        return render_text(template, self.names)


def decide_project(rulebook: Rulebook, answers: Answers, evaluator: Evaluator) -> World:
    """Decide everything about one project.

    Raises ConflictError, and BadInput when a required fact is not known or shares are more than a whole together.
    """
    missing = missing_facts(rulebook, answers)
    if missing:
        raise BadInput(Problem(None, f"`{fact.id}` must be known", "answer it under `facts:`") for fact in missing)
    known = known_values(rulebook, answers)
    check_shares(known, answers)
    return World(rulebook, answers, known.facts, known.assumptions, decide(rulebook, known.for_tables, evaluator))


def check_shares(known: Knowledge, answers: Answers) -> None:
    """Refuse parts of the input tokens that are more than a whole together. Raises BadInput."""
    parts = {name: known.facts[name].value for name in INPUT_PARTS if name in known.facts}
    total = sum(value for value in parts.values() if isinstance(value, int | float))
    if total > 1:
        what = f"{' and '.join(f'`{name}`' for name in parts)} are {percentage(total)} of the input tokens together"
        place = next((answers.places[name] for name in parts if name in answers.places), None)
        raise BadInput([Problem(place, what, "no token is both: let them be at most 100%")])


def missing_facts(rulebook: Rulebook, answers: Answers) -> tuple[Fact, ...]:
    """Return the required facts that are neither answered nor assumed."""
    facts = (fact for fact in rulebook.asked if fact.required)
    return tuple(fact for fact in facts if _given(rulebook, fact, answers).value == UNKNOWN)


def recommend_quickly(rulebook: Rulebook, answers: Answers, evaluator: Evaluator | None = None) -> Row | None:
    """Return the row that decides the recommendation, deciding only the tables it depends on.

    evaluator: by default the plain one, which has nothing to build. Raises ConflictError.
    """
    values = known_values(rulebook, answers).for_tables
    tables = rulebook.ancestors(RECOMMENDATION)
    return decide(rulebook, values, evaluator or PlainEvaluator(rulebook), tables).deciding_row


def known_values(rulebook: Rulebook, answers: Answers, replaced: Mapping[str, Number] | None = None) -> Knowledge:
    """Return everything in force: answered, measured, quoted, assumed, derived or unknown.

    replaced: figures given instead of computed (a what-if).
    """
    assumptions = {name: _assumption(assumption, answers) for name, assumption in rulebook.assumptions.items()}
    given = {fact.id: _given(rulebook, fact, answers) for fact in rulebook.asked}
    model = rulebook.economics
    numbers = {name: known.value for name, known in {**given, **assumptions}.items() if is_number(known.value)}
    if model == "today":
        numbers |= {name: quote.value for name, quote in answers.quoted.items() if name in ROUTE_FACTS}
        if UPFRONT in numbers and assumptions[UPFRONT].origin == "assumed":
            del numbers[UPFRONT]  # one that nobody gave is reckoned
    computed = figures(numbers, replaced, model)
    facts = {name: given[name] if name in given else _figure(computed, answers, name) for name in rulebook.facts}
    if model == "today":
        values: dict[str, Value | None] = {name: known.value for name, known in {**facts, **assumptions}.items()}
        for name, state in STATES.items():
            if name in facts:
                facts[name] = _found(state(values))
        if UPFRONT in assumptions and UPFRONT not in numbers and "upfront" in facts:
            assumptions[UPFRONT] = facts["upfront"]
    return Knowledge(facts, assumptions)


def _assumption(assumption: Assumption, answers: Answers) -> Known:
    name = assumption.id
    if name in answers.assumptions:
        return Known(answers.assumptions[name], "answered")
    if name in answers.quoted:
        return _quoted(answers.quoted[name])
    return Known(assumption.value, "assumed")


def _quoted(quote: Quote) -> Known:
    return Known(quote.value, "derived", quote.detail)


def broken_constraints(rulebook: Rulebook, answers: Answers) -> tuple[Constraint, ...]:
    """Return the constraints that the answers break; facts that were not answered break none."""

    def holds(name: str, test: Test) -> bool:
        return name in answers.facts and test.values.contains(answers.facts[name])

    return tuple(
        constraint
        for constraint in rulebook.constraints
        if all(holds(name, test) for name, test in constraint.never.items())
    )


def _given(rulebook: Rulebook, fact: Fact, answers: Answers) -> Known:
    value = answers.facts.get(fact.id, UNKNOWN)
    if value != UNKNOWN:
        if fact.id in answers.measured:
            return Known(value, "measured", _measured_from(answers.measured[fact.id]))
        return Known(value, "answered")
    if fact.id in answers.quoted:
        return _quoted(answers.quoted[fact.id])
    if fact.default is not None:
        return _assumed(rulebook, fact, fact.default, answers)
    return Known(UNKNOWN, "unknown")


def _assumed(rulebook: Rulebook, fact: Fact, default: Default, answers: Answers) -> Known:
    """Return a fact's default; one that would lie outside the fact's domain is none."""
    if default.value is not None:
        return Known(default.value, "assumed")
    other = _given(rulebook, rulebook.facts[default.of or ""], answers).value
    value = times(default.times, other) if isinstance(other, int | float) else UNKNOWN
    if fact.kind == "integer" and isinstance(value, float):
        value = round(value)
    if value == UNKNOWN or not fact.domain.contains(value):
        return Known(UNKNOWN, "unknown")
    detail = f"the same as {default.of}" if default.times == 1 else f"{rule_text(default.times)} x {default.of}"
    return Known(value, "assumed", detail)


def _figure(computed: Mapping[str, float | str | None], answers: Answers, name: str) -> Known:
    if name in computed:
        return _found(computed[name])
    return _quoted(answers.quoted[name]) if name in answers.quoted else Known(UNKNOWN, "unknown")


def _found(value: Value | None) -> Known:
    return Known(value, "unknown" if value == UNKNOWN else "derived")


def _measured_from(origin: Mapping[str, object]) -> str:
    written = {
        key: grouped(number) if (number := as_number(value)) is not None else str(value)
        for key, value in origin.items()
    }
    return ", ".join(value if key == "file" else f"{key} {value}" for key, value in written.items())
