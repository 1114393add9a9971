"""How far each assumption moves the result within the range that is thought possible, and what sums are made of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

from advisor.answers import Answers
from advisor.quantities import Number, is_number
from advisor.rulebook.model import Rulebook
from advisor.rulebook.sets import Value
from advisor.world import Knowledge, known_values

YARDSTICKS: Final = ("crossover_ratio", "monthly_saving", "upfront")
BAND: Final = "crossover_calls"
# What each part of a sum is without: the sum is worked out anew with the others' inputs at 0.
UPFRONT: Final[Mapping[str, tuple[str, ...]]] = {
    "training": ("curation_hours", "evaluation_hours", "examples_needed"),
    "people": ("training_tokens", "training_minimum", "examples_needed"),
    "labels": ("training_tokens", "training_minimum", "curation_hours", "evaluation_hours"),
}
MONTHLY: Final[Mapping[str, tuple[str, ...]]] = {
    "hosting": ("storage_per_month", "tuned_monthly_maintenance", "retrain_share"),
    "storage": ("hosting_per_hour", "tuned_monthly_maintenance", "retrain_share"),
    "maintenance": ("hosting_per_hour", "storage_per_month", "retrain_share"),
    "retraining": ("hosting_per_hour", "storage_per_month", "tuned_monthly_maintenance"),
}


@dataclass(frozen=True)
class Swing:
    """An assumption that nobody answered, with the figures at the ends of its range.

    Each end maps the yardsticks and the crossover to their values.
    """

    name: str
    low: Mapping[str, Value | None]
    high: Mapping[str, Value | None]

    def reach(self, figure: str) -> Number:
        """Return how far a figure moves, 0 where it is no number at one of the ends."""
        ends = [self.low.get(figure), self.high.get(figure)]
        return abs(ends[1] - ends[0]) if all(is_number(end) for end in ends) else 0  # type: ignore[operator]


@dataclass(frozen=True)
class Part:
    """One part of a sum, in USD; `unknown` while one of its inputs is."""

    name: str
    amount: Value | None


def swings(rulebook: Rulebook, answers: Answers) -> tuple[Swing, ...]:
    """Return the assumptions that move a result, the furthest first.

    It is the number of times that tuning pays for itself, or what a month saves or the upfront, whichever of them some
    assumption moves.
    """
    found = []
    for name, assumption in _ranged(rulebook, known_values(rulebook, answers)).items():
        ends = (_with(rulebook, answers, {name: end}) for end in assumption)
        low, high = (
            {key: known.facts[key].value for key in (*YARDSTICKS, BAND) if key in known.facts} for known in ends
        )
        found.append(Swing(name, low, high))
    yardstick = next((y for y in YARDSTICKS if any(swing.reach(y) for swing in found)), YARDSTICKS[0])
    moving = [swing for swing in found if any(swing.reach(y) for y in YARDSTICKS)]
    return tuple(sorted(moving, key=lambda swing: -swing.reach(yardstick)))


def crossover_band(rulebook: Rulebook, answers: Answers, found: tuple[Swing, ...]) -> tuple[Value, Value] | None:
    """Return the crossover with every assumption at whichever end lowers it and at whichever raises it.

    None where it does not come at one of the two, or where they are one.
    """
    ends: tuple[dict[str, Number], dict[str, Number]] = ({}, {})
    ranged = _ranged(rulebook, known_values(rulebook, answers))
    for swing in found:
        if swing.reach(BAND):
            rises = swing.low[BAND] < swing.high[BAND]  # type: ignore[operator]
            for values, end in zip(ends, ranged[swing.name] if rises else reversed(ranged[swing.name]), strict=True):
                values[swing.name] = end
    low, high = (_with(rulebook, answers, values).facts[BAND].value for values in ends)
    return (low, high) if is_number(low) and is_number(high) and low != high else None  # type: ignore[return-value]


def parts_of(
    rulebook: Rulebook, answers: Answers, figure: str, parts: Mapping[str, tuple[str, ...]]
) -> tuple[Part, ...]:
    """Return what a figure is the sum of, less the parts that are nothing.

    parts: by the name of a part, the inputs that are 0 in it.
    """
    found = []
    for name, without in parts.items():
        facts = known_values(rulebook, answers, dict.fromkeys(without, 0)).facts
        if figure in facts and facts[figure].value != 0:
            found.append(Part(name, facts[figure].value))
    return tuple(found)


def _ranged(rulebook: Rulebook, known: Knowledge) -> dict[str, tuple[Number, Number]]:
    """Return the ends of the range of every assumption that nobody answered and no source quotes."""
    return {
        name: (assumption.low, assumption.high)
        for name, assumption in rulebook.assumptions.items()
        if known.assumptions[name].origin == "assumed" and assumption.low is not None and assumption.high is not None
    }


def _with(rulebook: Rulebook, answers: Answers, values: Mapping[str, Number]) -> Knowledge:
    return known_values(rulebook, replace(answers, assumptions={**answers.assumptions, **values}))
