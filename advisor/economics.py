"""The arithmetic: what a call costs either way, what tuning costs once and by the month, and when it has paid off.

Every function takes numbers (fractions too) or numpy arrays of one shape. A figure that never comes is None for numbers
and NaN in arrays. The source article reckons with input tokens and an upfront sum alone: it calls the same functions
with everything else left at 0.
"""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Final, TypeAlias, TypeVar

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Array: TypeAlias = NDArray[np.float64]

Amount = TypeVar("Amount", float, Fraction, "Array")
Zero: TypeAlias = Amount | int  # an extra that the article leaves out

MILLION: Final = 1_000_000
HOURS_A_MONTH: Final = 730  # 8,760 hours a year
NEVER: Final = None


def tokens_cost(
    input_tokens: Amount,
    input_price: Amount,
    output_tokens: Zero[Amount] = 0,
    output_price: Zero[Amount] = 0,
    cached_share: Zero[Amount] = 0,
    cache_read_price: Zero[Amount] = 0,
    cache_write_share: Zero[Amount] = 0,
    cache_write_price: Zero[Amount] = 0,
    batch_share: Zero[Amount] = 0,
    batch_discount: Zero[Amount] = 0,
) -> Amount:
    """Return the cost of one call in USD.

    Tokens are tokens a call, all that are sent; prices USD per million tokens; shares are of the input tokens (cached,
    written to the cache) and of the calls (batch); the discount is a share of the price. Formula: (1 - batch share x
    discount) x (input x ((1 - cached - written) x price + cached x read price + written x write price) + output x its
    price) / 10^6. Source: cost.prompting.per_call, cost.tuning.per_call, and the cost model of the field pack.
    """
    uncached = 1 - cached_share - cache_write_share
    rate = uncached * input_price + cached_share * cache_read_price + cache_write_share * cache_write_price
    return (1 - batch_share * batch_discount) * (input_tokens * rate + output_tokens * output_price) / MILLION


def prompting_cost_per_call(
    system_tokens: Amount, few_shot_tokens: Amount, input_tokens: Amount, input_price: Amount, *extras: Zero[Amount]
) -> Amount:
    """Return what a prompted call costs in USD: all input tokens and the `extras` of tokens_cost, in its order.

    Source: cost.prompting.tokens, cost.prompting.per_call.
    """
    return tokens_cost(system_tokens + few_shot_tokens + input_tokens, input_price, *extras)


def tuned_cost_per_call(
    tuned_system_tokens: Amount,
    input_tokens: Amount,
    tuned_input_price: Amount,
    output_tokens: Zero[Amount] = 0,
    tuned_output_price: Zero[Amount] = 0,
    tuned_cached_share: Zero[Amount] = 0,
    tuned_cache_read_price: Zero[Amount] = 0,
    batch_share: Zero[Amount] = 0,
    batch_discount: Zero[Amount] = 0,
) -> Amount:
    """Return what a call to the tuned model costs in USD; the examples are in the weights, so they are not sent.

    Units as in tokens_cost. Nothing is written to its cache. Source: cost.tuning.tokens, cost.tuning.per_call.
    """
    cache = (tuned_cached_share, tuned_cache_read_price, 0, 0)
    sent = tuned_system_tokens + input_tokens
    return tokens_cost(sent, tuned_input_price, output_tokens, tuned_output_price, *cache, batch_share, batch_discount)


def saving_per_call(prompting_cost: Amount, tuned_cost: Amount) -> Amount:
    """Return the USD that a tuned call saves; negative when it is dearer. Source: crossover.formula."""
    return prompting_cost - tuned_cost


def upfront(
    training_tokens: Amount,
    training_epochs: Amount,
    training_price: Amount,
    training_experiments: Amount,
    training_minimum: Amount,
    curation_hours: Amount,
    evaluation_hours: Amount,
    labor_rate: Amount,
    examples_needed: Amount,
    training_examples: Amount,
    label_cost: Amount,
) -> Amount:
    """Return what tuning costs once, in USD.

    training_tokens: tokens of one pass; price: USD per million; minimum: USD for all training. Hours at USD an hour.
    Examples still to be labelled are those that are needed and not there, at USD each. Formula: tokens x epochs x price
    / 10^6 x experiments, at least the minimum, + hours x rate + examples x label cost. Source: the cost model of the
    field pack; hours spent on the prompt are spent by then and not taken off (tension.upfront).
    """
    training = training_tokens * training_epochs * training_price / MILLION * training_experiments
    missing = _at_least(examples_needed - training_examples, 0)
    labor = (curation_hours + evaluation_hours) * labor_rate
    return _at_least(training, training_minimum) + labor + missing * label_cost


def tuned_monthly_fixed(
    hosting_per_hour: Amount,
    replicas: Amount,
    storage_per_month: Amount,
    maintenance: Amount,
    retrain_share: Amount,
    upfront: Amount,
    retrain_every_months: Amount,
) -> Amount:
    """Return what a tuned model costs in a month whatever the calls, in USD.

    Hosting is USD an hour and replica, storage and maintenance USD a month. A share of the upfront is spent again every
    so many months, 0 for never. Formula: hosting x 730 x replicas + storage + maintenance + share x upfront / months.
    Source: the cost model of the field pack.
    """
    never = retrain_every_months <= 0
    retraining = retrain_share * upfront * (1 - never) / (retrain_every_months + never)
    return hosting_per_hour * HOURS_A_MONTH * replicas + storage_per_month + maintenance + retraining


def prompting_monthly_fixed(maintenance: Amount) -> Amount:
    """Return what a prompt costs in a month whatever the calls, in USD: its maintenance."""
    return maintenance


def monthly_saving(
    saving: Amount, monthly_calls: Amount, tuned_fixed: Zero[Amount] = 0, prompting_fixed: Zero[Amount] = 0
) -> Amount:
    """Return the USD that tuning saves in a month; negative when it is dearer.

    Formula: saving a call x calls a month - (tuned - prompting fixed cost a month). Source: crossover.formula.
    """
    return saving * monthly_calls - (tuned_fixed - prompting_fixed)


def lifetime(lifetime_months: Amount, route_retires_in: Amount) -> Amount:
    """Return the months for which a tuned model can serve: those of the feature, or until it is retired."""
    return lifetime_months - _at_least(lifetime_months - route_retires_in, 0)


def lifetime_calls(monthly_calls: Amount, lifetime_months: Amount) -> Amount:
    """Return the calls of the whole lifetime. Formula: calls a month x months. Source: crossover.horizon_12."""
    return monthly_calls * lifetime_months


def crossover_calls(
    upfront: Amount,
    saving: Amount,
    tuned_fixed: Zero[Amount] = 0,
    prompting_fixed: Zero[Amount] = 0,
    lifetime_months: Zero[Amount] = 0,
) -> Amount | None:
    """Return the calls over the lifetime after which tuning has paid for itself.

    upfront: USD, once. saving: USD per call. Fixed: USD a month. Formula: (upfront + net fixed x lifetime) / saving;
    never where either of the two is not positive. Source: crossover.formula.
    """
    spent = upfront + (tuned_fixed - prompting_fixed) * lifetime_months
    return quotient(spent, saving * (spent > 0))


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


def _at_least(amount: Amount, least: Zero[Amount]) -> Amount:
    return amount + (least - amount) * (least > amount)
