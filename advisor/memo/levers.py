"""What a cache, batches and a smaller model would each save on the prompted call, at the numbers of one project."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Final, TypeAlias

from advisor.answers import Answers
from advisor.errors import BadInput
from advisor.quantities import Number, is_number
from advisor.rulebook.model import Rulebook
from advisor.rulebook.sets import UNKNOWN, Value
from advisor.world import Known, known_values

if TYPE_CHECKING:
    from advisor.prices.base_models import BaseRates

CHEAPER: Final = "cheaper_inference"
COST: Final = "prompting_cost_per_call"
MODELS: Final = 3  # as many as are worth a trial
PREFIX: Final = ("system_tokens", "few_shot_tokens")

Quoting: TypeAlias = Callable[[Answers], Answers]  # puts in what price sources say on the day


@dataclass(frozen=True)
class Lever:
    """One way to make the prompted call cheaper.

    `share` is of the input tokens (caching) or of the calls (batch) once it is in use. Costs are USD a call and a
    month, `unknown` while something is; `missing` names what would have to be known. `of` is the model where another
    one answers. `assumed` names the inputs that nobody answered.
    """

    id: str
    cost_per_call: Value | None
    saving_per_call: Value | None
    saving_per_month: Value | None
    share: Number | None = None
    missing: tuple[str, ...] = ()
    of: str | None = None
    detail: str | None = None


def levers(rulebook: Rulebook, answers: Answers, quoting: Quoting) -> tuple[Lever, ...]:
    """Return what can be tried, in the order of effort; nothing where no cache is reckoned with.

    quoting: puts in what price sources say of a model.
    """
    facts = known_values(rulebook, answers).facts
    if COST not in facts or "cached_share" not in facts:
        return ()
    found = []
    share = cacheable_share(facts)
    now = facts["cached_share"].value
    if share is not None and is_number(now) and share > now:  # type: ignore[operator]
        found.append(_caching(rulebook, answers, share))
    if "batch_share" in facts and facts["batch_share"].value != 1:
        found.append(lever(rulebook, answers, answers.with_fact("batch_share", 1), "batch", share=1))
    return (*found, *_models(rulebook, answers, quoting))


def _models(rulebook: Rulebook, answers: Answers, quoting: Quoting) -> Iterator[Lever]:
    """Yield the cheapest models of the one who makes the model in use, at this project's tokens.

    Only where the price of the model in use is quoted: an answered one says nothing of another model.
    """
    if not {"input_price", "output_price"} <= answers.quoted.keys():
        return
    name = str(answers.facts["model"])
    facts = known_values(rulebook, answers).facts
    sizes = [facts[fact].value for fact in (*PREFIX, "input_tokens", "output_tokens")]
    tokens = [size if isinstance(size, int) else 0 for size in sizes]
    day = answers.quoted["input_price"].as_of
    for model in _cheaper(name, day, sum(tokens[:-1]), tokens[-1])[:MODELS]:
        changed = quoting(_without_prices(rulebook, answers).with_fact("model", model))
        made = lever(rulebook, answers, changed, "model", of=model, detail=changed.quoted["input_price"].detail)
        if is_number(made.saving_per_call):
            yield made


def cacheable_share(facts: Mapping[str, Known]) -> Number | None:
    """Return the share of the input tokens that is the same in every call: instructions and examples."""
    values = [facts[name].value for name in (*PREFIX, "input_tokens") if name in facts]
    numbers = [value for value in values if isinstance(value, int | float)]
    if len(numbers) <= len(PREFIX) or not sum(numbers):
        return None
    return sum(numbers[:-1]) / sum(numbers)


def _without_prices(rulebook: Rulebook, answers: Answers) -> Answers:
    """Return the answers without those that give a price of the model in use, which is not another's."""
    for fact in rulebook.asked:
        if fact.quoted_by == "model" and fact.id in answers.facts:
            answers = answers.without_fact(fact.id)
    return answers


def _cheaper(name: str, day: date, sent: int, answered: int) -> list[str]:
    """Return the models of the same maker whose call costs less on a day, the cheapest first."""
    from advisor.prices.base_models import base_rates, models_of

    def cost(rates: BaseRates) -> float:
        return rates.input * sent + rates.output * answered

    own = base_rates(name, day, sent, answered)
    found = []
    for model in models_of(own.provider):
        with suppress(BadInput):  # sold by others too, or not by the token
            rates = base_rates(model, day, sent, answered)
            if rates.provider == own.provider and rates.model == model and cost(rates) < cost(own):
                found.append((cost(rates), model))
    return [model for _, model in sorted(found)]


def _caching(rulebook: Rulebook, answers: Answers, share: Number) -> Lever:
    facts = known_values(rulebook, answers).facts
    written = facts["cache_write_share"].value if "cache_write_share" in facts else 0
    changed = answers.with_fact("cached_share", share)
    if is_number(written) and share + written > 1:  # type: ignore[operator]
        changed = changed.with_fact("cache_write_share", 1 - share)
    return lever(rulebook, answers, changed, "caching", share=share)


def lever(
    rulebook: Rulebook,
    answers: Answers,
    changed: Answers,
    name: str,
    *,
    share: Number | None = None,
    of: str | None = None,
    detail: str | None = None,
) -> Lever:
    """Return what changed answers save on a call and in a month."""
    now, then = known_values(rulebook, answers).facts, known_values(rulebook, changed).facts
    cost, before, calls = then[COST].value, now[COST].value, now["monthly_calls"].value
    saving = before - cost if is_number(before) and is_number(cost) else UNKNOWN  # type: ignore[operator]
    monthly = saving * calls if is_number(saving) and is_number(calls) else UNKNOWN  # type: ignore[operator]
    missing = ("cache_read_price",) if name == "caching" and then["cache_read_price"].value == UNKNOWN else ()
    return Lever(name, cost, saving, monthly, share, missing, of, detail)
