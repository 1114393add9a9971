"""Every figure that arithmetic gives, from what is known of a project: by the article's reckoning or by today's."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from fractions import Fraction
from functools import lru_cache
from typing import Any, Final, Literal, TypeAlias

from advisor import economics as of
from advisor.rulebook.sets import UNKNOWN

Figure: TypeAlias = float | str | None  # a number, `unknown`, or None for what never comes
Model: TypeAlias = Literal["article", "today"]

Formulas: TypeAlias = Mapping[str, tuple[Callable[..., Any], tuple[str, ...]]]
_LIFETIME: Final = "lifetime"  # stands between the figures and is none
FIXED: Final = ("tuned_monthly_fixed", "prompting_monthly_fixed")
_BATCH: Final = ("batch_share", "batch_discount")

# Every figure with its formula and what that reads, each after those it rests on.
_ARTICLE: Final[Formulas] = {
    "prompting_cost_per_call": (
        of.prompting_cost_per_call,
        ("system_tokens", "few_shot_tokens", "input_tokens", "input_price"),
    ),
    "tuned_cost_per_call": (of.tuned_cost_per_call, ("tuned_system_tokens", "input_tokens", "tuned_input_price")),
    "saving_per_call": (of.saving_per_call, ("prompting_cost_per_call", "tuned_cost_per_call")),
    "monthly_saving": (of.monthly_saving, ("saving_per_call", "monthly_calls")),
    "crossover_calls": (of.crossover_calls, ("tuning_upfront", "saving_per_call")),
    "lifetime_calls": (of.lifetime_calls, ("monthly_calls", "lifetime_months")),
    "crossover_ratio": (of.crossover_ratio, ("lifetime_months", "monthly_saving", "tuning_upfront")),
    "payback_months": (of.payback_months, ("tuning_upfront", "monthly_saving")),
}
_TODAY: Final[Formulas] = {
    "prompting_cost_per_call": (
        of.prompting_cost_per_call,
        (
            *_ARTICLE["prompting_cost_per_call"][1],
            *("output_tokens", "output_price", "cached_share", "cache_read_price"),
            *("cache_write_share", "cache_write_price", *_BATCH),
        ),
    ),
    "tuned_cost_per_call": (
        of.tuned_cost_per_call,
        (
            *_ARTICLE["tuned_cost_per_call"][1],
            *("output_tokens", "tuned_output_price", "tuned_cached_share", "tuned_cache_read_price", *_BATCH),
        ),
    ),
    "saving_per_call": _ARTICLE["saving_per_call"],
    "upfront": (
        of.upfront,
        (
            *("training_tokens", "training_epochs", "training_price", "training_experiments", "training_minimum"),
            *("curation_hours", "evaluation_hours", "labor_rate"),
            *("examples_needed", "training_examples", "label_cost"),
        ),
    ),
    "tuned_monthly_fixed": (
        of.tuned_monthly_fixed,
        (
            *("hosting_per_hour", "replicas", "storage_per_month", "tuned_monthly_maintenance"),
            *("retrain_share", "upfront", "retrain_every_months"),
        ),
    ),
    "prompting_monthly_fixed": (of.prompting_monthly_fixed, ("prompting_monthly_maintenance",)),
    "monthly_saving": (of.monthly_saving, ("saving_per_call", "monthly_calls", *FIXED)),
    _LIFETIME: (of.lifetime, ("lifetime_months", "route_retires_in")),
    "crossover_calls": (of.crossover_calls, ("upfront", "saving_per_call", *FIXED, _LIFETIME)),
    "lifetime_calls": (of.lifetime_calls, ("monthly_calls", _LIFETIME)),
    "crossover_ratio": (of.crossover_ratio, (_LIFETIME, "monthly_saving", "upfront")),
    "payback_months": (of.payback_months, ("upfront", "monthly_saving")),
}
FORMULAS: Final[Mapping[Model, Formulas]] = {"article": _ARTICLE, "today": _TODAY}
_BETWEEN: Final[Mapping[Model, tuple[str, ...]]] = {"article": ("monthly_saving",), "today": (_LIFETIME,)}
FIGURES: Final[Mapping[Model, tuple[str, ...]]] = {
    model: tuple(name for name in formulas if name not in _BETWEEN[model]) for model, formulas in FORMULAS.items()
}
INPUTS: Final[Mapping[Model, tuple[str, ...]]] = {
    model: tuple(dict.fromkeys(name for _, read in formulas.values() for name in read if name not in formulas))
    for model, formulas in FORMULAS.items()
}
WITHOUT_SAVING: Final[Mapping[str, Figure]] = {
    "crossover_calls": of.NEVER,
    "crossover_ratio": 0.0,
    "payback_months": of.NEVER,
}

# What is not read where its share is 0, and what counts as 0 while it is unknown.
IDLE: Final[Mapping[str, str]] = {
    "cache_read_price": "cached_share",
    "cache_write_price": "cache_write_share",
    "tuned_cache_read_price": "tuned_cached_share",
}
INPUT_PARTS: Final = ("cached_share", "cache_write_share")  # of the same tokens, so at most 1 together
COUNTED_AS_ZERO: Final = ("tuned_cached_share", "training_examples")


def figures(
    inputs: Mapping[str, object], replaced: Mapping[str, float] | None = None, model: Model = "article"
) -> dict[str, Figure]:
    """Return every figure of FIGURES of a model, in that order, from the values of its INPUTS.

    inputs: numbers, or `unknown`; what is missing is unknown; today's model takes `tuning_upfront` too, in place of the
    upfront that it would reckon. replaced: inputs and figures given instead, on which the later figures rest. A figure
    of which an input is unknown is `unknown`; where no call ever saves, the crossover and the payback are None and the
    ratio 0 whatever the calls. It is reckoned in fractions, so that calls that just reach the crossover give a ratio of
    1 and not of 1.0000000000000002.
    """
    given = {name: inputs.get(name, UNKNOWN) for name in (*INPUTS[model], "tuning_upfront")} | dict(replaced or {})
    known: dict[str, Fraction | None] = {name: _exact(value) for name, value in given.items() if value != UNKNOWN}
    if model == "today":
        _settle_extras(known)
    for name, (formula, read) in FORMULAS[model].items():
        if name not in known and all(part in known for part in read):
            with suppress(ZeroDivisionError):  # nothing upfront: no ratio tells how many times over it is paid for
                known[name] = formula(*(known[part] for part in read))
    settled = WITHOUT_SAVING if _never_saves(known, model) else {}
    return {name: settled[name] if name in settled else _figure(known, name) for name in FIGURES[model]}


def _settle_extras(known: dict[str, Fraction | None]) -> None:
    """Put in what does not count, so that not knowing it keeps no figure unknown."""
    for name in COUNTED_AS_ZERO:
        known.setdefault(name, Fraction(0))
    for price, share in IDLE.items():
        if known.get(share) == 0:
            known.setdefault(price, Fraction(0))
    if "lifetime_months" in known:
        known.setdefault("route_retires_in", known["lifetime_months"])
    if "tuning_upfront" in known:
        known.setdefault("upfront", known["tuning_upfront"])


def _never_saves(known: Mapping[str, Fraction | None], model: Model) -> bool:
    """Tell whether tuning saves nothing whatever the calls."""
    saving = known.get("saving_per_call")
    if saving is None or saving > 0:
        return False
    if model == "article":
        return True
    tuned, prompting = known.get("tuned_monthly_fixed"), known.get("prompting_monthly_fixed")
    return tuned is not None and prompting is not None and tuned >= prompting


def _figure(known: Mapping[str, Fraction | None], name: str) -> Figure:
    value = known.get(name, UNKNOWN)
    return float(value) if isinstance(value, Fraction) else value


@lru_cache(maxsize=1024)
def _exact(value: object) -> Fraction:
    """Return the number that was written: 0.1 is one tenth, not the nearest binary fraction."""
    return Fraction(repr(float(value)))  # type: ignore[arg-type]
