"""The arithmetic of the source article: what a call costs either way, and when tuning has paid for itself.

Every function takes numbers or numpy arrays of one shape. A figure that never comes is None for numbers and NaN in
arrays.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final, TypeAlias, TypeVar

from advisor.rulebook.sets import UNKNOWN

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Array: TypeAlias = NDArray[np.float64]

Amount = TypeVar("Amount", float, "Array")

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


def lifetime_calls(monthly_calls: Amount, lifetime_months: Amount) -> Amount:
    """Return the calls of the whole lifetime. Formula: calls a month x months. Source: crossover.horizon_12."""
    return monthly_calls * lifetime_months


def crossover_ratio(lifetime_months: Amount, monthly_saving: Amount, upfront: Amount) -> Amount:
    """Return how many times over tuning pays for itself within the lifetime, at least 0.

    lifetime_months: months. monthly_saving: USD a month. upfront: USD, above 0. Formula: lifetime x monthly saving /
    upfront, which is lifetime calls / crossover calls where nothing is paid by the month.
    Source: path.5_conditions, crossover.above.
    """
    ratio = lifetime_months * monthly_saving / upfront
    return ratio * (ratio > 0)


def payback_months(upfront: Amount, monthly_saving: Amount) -> Amount | None:
    """Return the months until the savings equal what was spent.

    upfront: USD. monthly_saving: USD a month; zero or less means never. Formula: upfront / monthly saving.
    Source: crossover.formula, crossover.horizon_12.
    """
    return quotient(upfront, monthly_saving)


def quotient(dividend: Amount, divisor: Amount) -> Amount | None:
    """Divide where the divisor is above 0; elsewhere the result never comes."""
    if hasattr(divisor, "dtype") or hasattr(dividend, "dtype"):
        import numpy as np

        positive = np.asarray(divisor) > 0
        return np.where(positive, dividend / np.where(positive, divisor, 1), np.nan)  # type: ignore[return-value]
    return dividend / divisor if divisor > 0 else NEVER


INPUTS: Final = (
    "system_tokens",
    "few_shot_tokens",
    "input_tokens",
    "tuned_system_tokens",
    "input_price",
    "tuned_input_price",
    "monthly_calls",
    "lifetime_months",
    "tuning_upfront",
)
FIGURES: Final = (
    "prompting_cost_per_call",
    "tuned_cost_per_call",
    "saving_per_call",
    "crossover_calls",
    "lifetime_calls",
    "crossover_ratio",
    "payback_months",
)


def figures(inputs: Mapping[str, object], replaced: Mapping[str, float] | None = None) -> dict[str, Figure]:
    """Return every figure of FIGURES, in that order, from the values of INPUTS.

    inputs: numbers, or `unknown`; what is missing is unknown. replaced: figures given instead of computed, on which the
    later ones rest. A figure of which an input is unknown is `unknown`; where no call ever saves, the crossover and the
    payback are None and the ratio 0 whatever the calls.
    """
    given = dict(replaced or {})

    def known(*names: str) -> list[float] | None:
        values = [inputs.get(name, UNKNOWN) for name in names]
        return None if UNKNOWN in values else [float(value) for value in values]  # type: ignore[arg-type]

    prompt = known("system_tokens", "few_shot_tokens", "input_tokens", "input_price")
    tuned = known("tuned_system_tokens", "input_tokens", "tuned_input_price")
    prompting = given.get("prompting_cost_per_call", prompting_cost_per_call(*prompt) if prompt else UNKNOWN)
    cheaper = given.get("tuned_cost_per_call", tuned_cost_per_call(*tuned) if tuned else UNKNOWN)
    saving = _computed(saving_per_call, prompting, cheaper)
    upfront = inputs.get("tuning_upfront", UNKNOWN)
    volume = known("monthly_calls", "lifetime_months")
    calls, lifetime = inputs.get("monthly_calls", UNKNOWN), inputs.get("lifetime_months", UNKNOWN)
    monthly = _computed(lambda a, b: a * b, calls, saving)
    never = isinstance(saving, float) and saving <= 0
    return {
        "prompting_cost_per_call": prompting,
        "tuned_cost_per_call": cheaper,
        "saving_per_call": saving,
        "crossover_calls": NEVER if never else _computed(crossover_calls, upfront, saving),
        "lifetime_calls": lifetime_calls(*volume) if volume else UNKNOWN,
        "crossover_ratio": 0.0 if never else _computed(crossover_ratio, lifetime, monthly, upfront),
        "payback_months": NEVER if never else _computed(payback_months, upfront, monthly),
    }


def _computed(formula: object, *values: object) -> Figure:
    """Apply a formula to numbers; with any of them unknown, the result is."""
    if UNKNOWN in values:
        return UNKNOWN
    return formula(*(float(value) for value in values))  # type: ignore[operator,arg-type,no-any-return]
