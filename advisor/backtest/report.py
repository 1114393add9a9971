"""A back-test: published cases scored by the rules, and how well the scores tell tuning from prompting."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from statistics import mean
from typing import Literal, TypeAlias

from advisor.backtest.mapping import Mapping as StudyMapping
from advisor.backtest.reading import read_study
from advisor.backtest.separation import Separation, separation
from advisor.backtest.studies import LABELS, TUNING, Study
from advisor.backtest.worlds import APPROACHES, Shares, Worlds
from advisor.rulebook.model import Approach, Rulebook
from advisor.rulebook.sets import Value

Facts: TypeAlias = Literal["all", "quoted"]

NO_KIND = "not stated"
_LEAST = 1e-9  # of a share; less is arithmetic's own inexactness


@dataclass(frozen=True)
class Scored:
    """One case: the shares of approaches, and how far they are on the side of its label beyond the base.

    `used` are the facts read on which the recommendation rests, `idle` those read on which it does not. `pulls` says of
    each used one what it alone does to the share of the label's side.
    """

    study: Study
    shares: Shares
    lift: float
    used: tuple[str, ...]
    idle: tuple[str, ...]
    pulls: Mapping[str, float]
    worlds: int

    @property
    def for_tuning(self) -> float:
        return tuning_share(self.shares)


@dataclass(frozen=True)
class Lift:
    """The lift over the base of some cases: its mean, and how many are above, at and below it."""

    mean: float | None
    above: int
    at: int
    below: int


@dataclass(frozen=True)
class Backtest:
    """All that a report says. `base` holds the shares with no fact known, in `base_worlds` worlds."""

    rulebook: Rulebook
    mapping: StudyMapping
    facts: Facts
    as_of: date
    cases: tuple[Scored, ...]
    base: Shares
    base_worlds: int
    homework: Mapping[str, Value]
    gone_through: Mapping[str, tuple[Value, ...]]
    left: tuple[str, ...]

    @property
    def overall(self) -> Separation:
        return _separation(self.cases)

    @property
    def clear(self) -> Separation:
        return _separation(case for case in self.cases if case.study.strength == "clear")

    @property
    def with_facts(self) -> Separation:
        return _separation(case for case in self.cases if case.used)

    @property
    def by_kind(self) -> dict[str, Separation]:
        return _grouped(self.cases, lambda case: case.study.source_kind or NO_KIND)

    @property
    def lift(self) -> Lift:
        return _lift(self.cases)

    @property
    def lift_by_label(self) -> dict[Approach, Lift]:
        return {label: _lift([case for case in self.cases if case.study.label == label]) for label in LABELS}

    @property
    def disagreements(self) -> tuple[Scored, ...]:
        """The cases whose facts pull away from what turned out well, the farthest first."""
        against = (case for case in self.cases if case.lift < -_LEAST)
        return tuple(sorted(against, key=lambda case: (round(case.lift, 9), case.study.id)))


def backtest(
    rulebook: Rulebook, mapping: StudyMapping, studies: Sequence[Study], *, facts: Facts, as_of: date
) -> Backtest:
    """Score case studies, in their order, by the rules.

    facts: whether inferred facts are read. as_of: the day of the report; no score depends on it. Raises BadInput when
    the rules recommend nothing.
    """
    worlds = Worlds(rulebook, mapping)
    base = worlds.shares({})
    cases = tuple(_scored(worlds, study, base, inferred=facts == "all") for study in studies)
    return Backtest(
        rulebook=rulebook,
        mapping=mapping,
        facts=facts,
        as_of=as_of,
        cases=cases,
        base=base,
        base_worlds=worlds.number({}),
        homework=worlds.homework,
        gone_through={name: values for name, values in worlds.open_values.items() if name not in worlds.homework},
        left=worlds.left,
    )


def tuning_share(shares: Shares) -> float:
    """Return the share of worlds in which a tuned model, alone or in a hybrid, is recommended."""
    return sum(shares[label] for label in APPROACHES if label in TUNING)


def _scored(worlds: Worlds, study: Study, base: Shares, *, inferred: bool) -> Scored:
    said = read_study(worlds.rulebook, worlds.mapping, study, inferred=inferred)
    used = tuple(name for name, possible in said.items() if not worlds.decisive.isdisjoint(possible))
    known = {ours: values for name in used for ours, values in said[name].items()}
    shares = worlds.shares(known)

    def lift(shares: Shares) -> float:
        beyond = tuning_share(shares) - tuning_share(base)
        return beyond if study.is_tuning else -beyond

    return Scored(
        study=study,
        shares=shares,
        lift=lift(shares),
        used=used,
        idle=tuple(name for name in said if name not in used),
        pulls={name: lift(worlds.shares(said[name])) for name in used},
        worlds=worlds.number(known),
    )


def _separation(cases: Iterable[Scored]) -> Separation:
    held = list(cases)
    tuning = [round(case.for_tuning, 12) for case in held if case.study.is_tuning]
    return separation(tuning, [round(case.for_tuning, 12) for case in held if not case.study.is_tuning])


def _grouped(cases: Iterable[Scored], group: Callable[[Scored], str]) -> dict[str, Separation]:
    groups: dict[str, list[Scored]] = {}
    for case in cases:
        groups.setdefault(group(case), []).append(case)
    return {name: _separation(groups[name]) for name in sorted(groups)}


def _lift(cases: Sequence[Scored]) -> Lift:
    lifts = [case.lift for case in cases]
    above, below = sum(lift > _LEAST for lift in lifts), sum(lift < -_LEAST for lift in lifts)
    return Lift(mean(sorted(lifts)) if lifts else None, above, len(lifts) - above - below, below)
