"""One project as the rules see it: answers, what is assumed in their place, what arithmetic gives, what is decided."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Literal, TypeAlias

from advisor.answers import Answers
from advisor.deciding.decision import Decision, Evaluator, decide
from advisor.deciding.plain import PlainEvaluator, row_matches
from advisor.economics import figures
from advisor.quantities import Number
from advisor.rulebook.model import RECOMMENDATION, Constraint, Default, Fact, Row, Rulebook
from advisor.rulebook.reasons import render_text
from advisor.rulebook.sets import UNKNOWN, Value

Origin: TypeAlias = Literal["answered", "measured", "assumed", "derived", "unknown"]


@dataclass(frozen=True)
class Known:
    """The value of a fact or an assumption and where it is from.

    `value` is None for a figure that never comes, and `unknown` for what is not known. `detail` says of a measured fact
    which file, of an assumed one which default.
    """

    value: Value | None
    origin: Origin
    detail: str | None = None

    @property
    def for_tables(self) -> Value:
        """The value that tables test, for which what never comes is unknown."""
        return UNKNOWN if self.value is None else self.value


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
    """Decide everything about one project. Raises ConflictError."""
    assumptions = assumption_values(rulebook, answers)
    facts = fact_values(rulebook, answers, assumptions)
    decision = decide(rulebook, {name: known.for_tables for name, known in facts.items()}, evaluator)
    return World(rulebook, answers, facts, assumptions, decision)


def recommend_quickly(rulebook: Rulebook, answers: Answers, evaluator: Evaluator | None = None) -> Row | None:
    """Return the row that decides the recommendation, deciding only the tables it depends on.

    evaluator: by default the plain one, which has nothing to build. Raises ConflictError.
    """
    facts = fact_values(rulebook, answers, assumption_values(rulebook, answers))
    values = {name: known.for_tables for name, known in facts.items()}
    tables = rulebook.ancestors(RECOMMENDATION)
    return decide(rulebook, values, evaluator or PlainEvaluator(rulebook), tables).deciding_row


def assumption_values(rulebook: Rulebook, answers: Answers) -> dict[str, Known]:
    """Return every assumption in force, answered or assumed."""
    return {
        name: Known(answers.assumptions[name], "answered")
        if name in answers.assumptions
        else Known(assumption.value, "assumed")
        for name, assumption in rulebook.assumptions.items()
    }


def fact_values(
    rulebook: Rulebook,
    answers: Answers,
    assumptions: Mapping[str, Known],
    replaced: Mapping[str, Number] | None = None,
) -> dict[str, Known]:
    """Return every fact in force, in the order of the rulebook: answered, measured, assumed, derived or unknown.

    replaced: figures given instead of computed (a what-if).
    """
    facts = {fact.id: _given(rulebook, fact, answers) for fact in rulebook.asked}
    numbers = {name: known.value for name, known in (facts | dict(assumptions)).items() if known.value is not None}
    computed = figures(numbers, replaced)
    return {name: facts[name] if name in facts else _figure(computed, name) for name in rulebook.facts}


def broken_constraints(rulebook: Rulebook, answers: Answers) -> tuple[Constraint, ...]:
    """Return the constraints that the answers break; facts that were not answered break none."""
    broken = []
    for constraint in rulebook.constraints:
        if all(
            name in answers.facts and t.values.contains(answers.facts[name]) for name, t in constraint.never.items()
        ):
            broken.append(constraint)
    return tuple(broken)


def _given(rulebook: Rulebook, fact: Fact, answers: Answers) -> Known:
    value = answers.facts.get(fact.id, UNKNOWN)
    if value != UNKNOWN:
        if fact.id in answers.measured:
            return Known(value, "measured", _measured_from(answers.measured[fact.id]))
        return Known(value, "answered")
    if fact.default is not None and _in_force(rulebook, fact.default):
        return _assumed(rulebook, fact.default, answers)
    return Known(UNKNOWN, "unknown")


def _in_force(rulebook: Rulebook, default: Default) -> bool:
    return default.pack is None or default.pack in rulebook.packs


def _assumed(rulebook: Rulebook, default: Default, answers: Answers) -> Known:
    if default.of is None:
        return Known(UNKNOWN if default.value is None else default.value, "assumed")
    other = _given(rulebook, rulebook.facts[default.of], answers)
    if not isinstance(other.value, int | float):
        return Known(UNKNOWN, "unknown")
    detail = f"the same as {default.of}" if default.times == 1 else f"{default.times} x {default.of}"
    return Known(other.value * default.times, "assumed", detail)


def _figure(computed: Mapping[str, float | str | None], name: str) -> Known:
    value = computed.get(name, UNKNOWN)
    return Known(value, "unknown" if value == UNKNOWN else "derived")


def _measured_from(origin: Mapping[str, object]) -> str:
    return ", ".join(f"{key} {value}" if key != "file" else str(value) for key, value in origin.items())


__all__ = [
    "Known",
    "Origin",
    "World",
    "assumption_values",
    "broken_constraints",
    "decide_project",
    "fact_values",
    "recommend_quickly",
    "row_matches",
]
