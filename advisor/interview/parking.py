"""Answers that no longer go together: set aside, not lost."""

from __future__ import annotations

from dataclasses import dataclass, replace

from advisor.answers import Answers
from advisor.interview.sets import only_value
from advisor.rulebook.model import Constraint, Rulebook
from advisor.rulebook.sets import UNKNOWN, intersection
from advisor.world import broken_constraints


@dataclass(frozen=True)
class Parked:
    """An answer that was set aside, and the constraint that it broke beside the others."""

    fact: str
    constraint: Constraint


def settle(rulebook: Rulebook, answers: Answers, latest: str | None = None) -> tuple[Answers, tuple[Parked, ...]]:
    """Set aside what breaks a constraint, so that the answers left go together.

    latest: the answer that stays in any case, since the last word counts. Of the others goes the one that the
    constraint leaves nothing to say about, else the one asked last.
    """
    parked: list[Parked] = []
    while broken := broken_constraints(rulebook, answers):
        constraint = broken[0]
        name = _loser(rulebook, constraint, latest)
        parked.append(Parked(name, constraint))
        aside = {**answers.parked, name: answers.written[name]}
        answers = replace(answers.without_fact(name), parked=aside)
    return answers, tuple(parked)


def _loser(rulebook: Rulebook, constraint: Constraint, latest: str | None) -> str:
    order = [fact.id for fact in rulebook.asked]
    candidates = sorted((name for name in constraint.never if name != latest), key=order.index) or [*constraint.never]
    return next((name for name in candidates if _says_nothing(rulebook, constraint, name)), candidates[-1])


def _says_nothing(rulebook: Rulebook, constraint: Constraint, name: str) -> bool:
    """Tell whether a constraint leaves a fact nothing but unknown."""
    left = intersection(rulebook.facts[name].domain, constraint.never[name].values.complement())
    return left.is_empty() or only_value(left) == UNKNOWN
