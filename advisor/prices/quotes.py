"""What price sources say of the model and the route that the answers name, on a day."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date
from typing import Final

from advisor.answers import Answers, Quote
from advisor.errors import BadInput, Problem, suggestion
from advisor.prices.book import Price, months_until
from advisor.quantities import Number
from advisor.rulebook.model import Rulebook
from advisor.rulebook.sets import UNKNOWN, Value
from advisor.world import known_values

MODEL: Final = "model"
ROUTE: Final = "tuning_route"
_INPUT_TOKENS: Final = ("system_tokens", "few_shot_tokens", "input_tokens")
CALL_SIZE: Final = (*_INPUT_TOKENS, "output_tokens")  # what the price of a model's tokens can depend on
_ROUTE_FIGURES: Final[Mapping[str, str]] = {
    "tuned_input_price": "tuned_input_usd_per_mtok",
    "tuned_output_price": "tuned_output_usd_per_mtok",
    "tuned_cache_read_price": "cached_input_usd_per_mtok",
    "hosting_per_hour": "hosting_usd_per_hour",
    "storage_per_month": "storage_usd_per_month",
    "training_price": "train_usd_per_mtok",
    "training_minimum": "min_fee_usd",
    "route_open_to": "open_to",
}


def with_quotes(rulebook: Rulebook, answers: Answers, as_of: date) -> Answers:
    """Return the answers with what price sources say on a day of the model and the route that they name.

    Where the rulebook has no price book in force nothing is looked up. Raises BadInput for a name that is not known; a
    model is let pass whose input and output price are answered.
    """
    if not rulebook.prices:
        return replace(answers, quoted={}) if answers.quoted else answers
    problems: list[Problem] = []
    quoted: dict[str, Quote] = {}
    for name, quotes in ((MODEL, _of_model), (ROUTE, _of_route)):
        try:
            quoted |= quotes(rulebook, answers, as_of)
        except BadInput as error:
            place = answers.places.get(name)
            problems += [Problem(place, f"{name}: {problem.what}", problem.mend) for problem in error.problems]
    if problems:
        raise BadInput(problems)
    return replace(answers, quoted={name: quote for name, quote in quoted.items() if _is_read(rulebook, name)})


def find_route(rulebook: Rulebook, name: str) -> Price:
    """Return the row of the price book that a route names. Raises BadInput with the nearest name."""
    price = rulebook.prices.get(name)
    routes = [other.id for other in rulebook.prices.values() if other.trains]
    if price is None:
        near = suggestion(name, routes)
        raise BadInput.one(f"`{name}` is no route of the price book", near or "`advisor prices` lists them")
    if not price.trains:
        raise BadInput.one(f"`{name}` serves models and trains none", "name a route that trains: see `advisor prices`")
    return price


def call_size(rulebook: Rulebook, answers: Answers) -> tuple[int, int]:
    """Return the tokens in and out of one call, those assumed where nobody answered: tiers of prices go by them."""
    facts = known_values(rulebook, replace(answers, quoted={})).facts
    sizes = {fact: facts[fact].value for fact in CALL_SIZE if fact in facts}
    tokens = {fact: value if isinstance(value, int) else 0 for fact, value in sizes.items()}
    return sum(tokens.get(fact, 0) for fact in _INPUT_TOKENS), tokens.get("output_tokens", 0)


def _is_read(rulebook: Rulebook, name: str) -> bool:
    return name in rulebook.facts or name in rulebook.assumptions


def _of_model(rulebook: Rulebook, answers: Answers, as_of: date) -> dict[str, Quote]:
    name = answers.facts.get(MODEL, UNKNOWN)
    if name == UNKNOWN:
        return {}
    from advisor.prices.base_models import PACKAGE, base_rates

    try:
        rates = base_rates(str(name), as_of, *call_size(rulebook, answers))
    except BadInput:
        if all(answers.facts.get(fact, UNKNOWN) != UNKNOWN for fact in ("input_price", "output_price")):
            return {}
        raise
    values = {
        "input_price": rates.input,
        "output_price": rates.output,
        "cache_read_price": rates.cache_read,
        "cache_write_price": rates.cache_write,
    }
    return {
        fact: Quote(_plain(value), MODEL, rates.detail, as_of, PACKAGE)
        for fact, value in values.items()
        if value is not None
    }


def _of_route(rulebook: Rulebook, answers: Answers, as_of: date) -> dict[str, Quote]:
    name = answers.facts.get(ROUTE, UNKNOWN)
    if name == UNKNOWN:
        return {}
    price = find_route(rulebook, str(name))
    detail = f"price book {price.id}, as of {price.as_of}"
    return {
        figure: Quote(value, ROUTE, detail, price.as_of, price.source) for figure, value in _route_values(price, as_of)
    }


def _route_values(price: Price, as_of: date) -> Iterator[tuple[str, Value]]:
    for figure, key in _ROUTE_FIGURES.items():
        if (value := getattr(price, key)) is not None:
            yield figure, value
    for figure, end in (("route_closes_in", price.closes), ("route_retires_in", price.retires)):
        if end is not None:
            yield figure, months_until(end, as_of)


def _plain(value: float) -> Number:
    """Return a rate without the last digits of a computed one, an `int` where it is whole."""
    tidy = float(f"{value:.12g}")
    return int(tidy) if tidy.is_integer() else tidy
