"""The arithmetic of the source article: what a call costs either way, and when tuning has paid for itself.

Every function takes numbers (fractions too) or numpy arrays of one shape. A figure that never comes is None for numbers
and NaN in arrays.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from fractions import Fraction
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final, TypeAlias, TypeVar

from advisor.rulebook.sets import UNKNOWN

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Array: TypeAlias = NDArray[np.float64]

Amount = TypeVar("Amount", float, Fraction, "Array")

MILLION: Final = 1_000_000
NEVER: Final = None
Figure: TypeAlias = float | str | None  # a number, `unknown`, or None for what never comes


def tokens_cost(input_tokens: Amount, input_price: Amount) -> Amount:
    """Return the cost of one call in USD.

    input_tokens: tokens a call, all that are sent. input_price: USD per million tokens.
    Formula: tokens x price / 10^6. Source: cost.prompting.per_call, cost.tuning.per_call.
    """
    return input_tokens * input_price / MILLION


def prompting_cost_per_call(
    system_tokens: Amount, few_shot_tokens: Amount, input_tokens: Amount, input_price: Amount
) -> Amount:
    """Return what a prompted call costs in USD.

    Tokens are tokens a call, the price USD per million tokens. Formula: (system + few-shot + input) x price / 10^6.
    Source: cost.prompting.tokens, cost.prompting.per_call.
    """
    return tokens_cost(system_tokens + few_shot_tokens + input_tokens, input_price)


def tuned_cost_per_call(tuned_system_tokens: Amount, input_tokens: Amount, tuned_input_price: Amount) -> Amount:
    """Return what a call to the tuned model costs in USD.

    Tokens are tokens a call, the price USD per million tokens. Formula: (tuned system + input) x price / 10^6; the
    examples are in the weights. Source: cost.tuning.tokens, cost.tuning.per_call.
    """
    return tokens_cost(tuned_system_tokens + input_tokens, tuned_input_price)


def saving_per_call(prompting_cost: Amount, tuned_cost: Amount) -> Amount:
    """Return the USD that a tuned call saves; negative when it is dearer. Source: crossover.formula."""
    return prompting_cost - tuned_cost


def crossover_calls(upfront: Amount, saving: Amount) -> Amount | None:
    """Return the calls after which tuning has paid for itself.

    upfront: USD, once. saving: USD per call; zero or less means never. Formula: upfront / saving.
    Source: crossover.formula.
    """
    return quotient(upfront, saving)


def monthly_saving(saving: Amount, monthly_calls: Amount) -> Amount:
    """Return the USD that tuning saves in a month; negative when it is dearer. Formula: saving a call x calls a month.

    Source: crossover.formula.
    """
    return saving * monthly_calls


def lifetime_calls(monthly_calls: Amount, lifetime_months: Amount) -> Amount:
    """Return the calls of the whole lifetime. Formula: calls a month x months. Source: crossover.horizon_12."""
    return monthly_calls * lifetime_months


def crossover_ratio(lifetime_months: Amount, monthly_saving: Amount, upfront: Amount) -> Amount:
    """Return how many times over tuning pays for itself within the lifetime, at least 0.

    lifetime_months: months. monthly_saving: USD a month; zero or less gives 0. upfront: USD, above 0. Formula:
    lifetime x monthly saving / upfront, which is lifetime calls / crossover calls where nothing is paid by the month.
    Source: path.5_conditions, crossover.above.
    """
    return lifetime_months * (monthly_saving * (monthly_saving > 0)) / upfront


def payback_months(upfront: Amount, monthly_saving: Amount) -> Amount | None:
    """Return the months until the savings equal what was spent.

    upfront: USD. monthly_saving: USD a month; zero or less means never. Formula: upfront / monthly saving.
    Source: crossover.formula, crossover.horizon_12.
    """
    return quotient(upfront, monthly_saving)


def quotient(dividend: Amount, divisor: Amount) -> Amount | None:
    """Divide where the divisor is above 0; elsewhere the result never comes."""
    if isinstance(divisor, float | int | Fraction):
        return dividend / divisor if divisor > 0 else NEVER
    import numpy as np

    positive = divisor > 0
    return np.where(positive, dividend / np.where(positive, divisor, 1), np.nan)


# Every figure with its formula and what that reads, each after those it rests on. The saving of a month is no figure of
# its own: it stands between.
_MONTHLY_SAVING: Final = "monthly_saving"
_FORMULAS: Final[Mapping[str, tuple[Callable[..., Any], tuple[str, ...]]]] = {
    "prompting_cost_per_call": (
        prompting_cost_per_call,
        ("system_tokens", "few_shot_tokens", "input_tokens", "input_price"),
    ),
    "tuned_cost_per_call": (tuned_cost_per_call, ("tuned_system_tokens", "input_tokens", "tuned_input_price")),
    "saving_per_call": (saving_per_call, ("prompting_cost_per_call", "tuned_cost_per_call")),
    _MONTHLY_SAVING: (monthly_saving, ("saving_per_call", "monthly_calls")),
    "crossover_calls": (crossover_calls, ("tuning_upfront", "saving_per_call")),
    "lifetime_calls": (lifetime_calls, ("monthly_calls", "lifetime_months")),
    "crossover_ratio": (crossover_ratio, ("lifetime_months", _MONTHLY_SAVING, "tuning_upfront")),
    "payback_months": (payback_months, ("tuning_upfront", _MONTHLY_SAVING)),
}
FIGURES: Final = tuple(name for name in _FORMULAS if name != _MONTHLY_SAVING)
INPUTS: Final = tuple(dict.fromkeys(name for _, read in _FORMULAS.values() for name in read if name not in _FORMULAS))
_WITHOUT_SAVING: Final[Mapping[str, Figure]] = {
    "crossover_calls": NEVER,
    "crossover_ratio": 0.0,
    "payback_months": NEVER,
}


def figures(inputs: Mapping[str, object], replaced: Mapping[str, float] | None = None) -> dict[str, Figure]:
    """Return every figure of FIGURES, in that order, from the values of INPUTS.

    inputs: numbers, or `unknown`; what is missing is unknown. replaced: inputs and figures given instead, on which the
    later figures rest. A figure of which an input is unknown is `unknown`; where no call ever saves, the crossover and
    the payback are None and the ratio 0 whatever the calls. It is reckoned in fractions, so that calls that just reach
    the crossover give a ratio of 1 and not of 1.0000000000000002.
    """
    given = {name: inputs.get(name, UNKNOWN) for name in INPUTS} | dict(replaced or {})
    known: dict[str, Fraction | None] = {name: _exact(value) for name, value in given.items() if value != UNKNOWN}
    for name, (formula, read) in _FORMULAS.items():
        if name not in known and all(of in known for of in read):
            with suppress(ZeroDivisionError):  # nothing upfront: no ratio tells how many times over it is paid for
                known[name] = formula(*(known[of] for of in read))
    saving = known.get("saving_per_call")
    settled = _WITHOUT_SAVING if saving is not None and saving <= 0 else {}
    return {name: settled[name] if name in settled else _figure(known, name) for name in FIGURES}


def _figure(known: Mapping[str, Fraction | None], name: str) -> Figure:
    value = known.get(name, UNKNOWN)
    return float(value) if isinstance(value, Fraction) else value


@lru_cache(maxsize=1024)
def _exact(value: object) -> Fraction:
    """Return the number that was written: 0.1 is one tenth, not the nearest binary fraction."""
    return Fraction(repr(float(value)))  # type: ignore[arg-type]
