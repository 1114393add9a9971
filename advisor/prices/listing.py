"""What is known of prices on a day, as text and as JSON: rows of the price book and rates of a base model."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from functools import cache
from typing import Any, Final

from jinja2 import Environment

from advisor.errors import BadInput, suggestion
from advisor.labelled import laid_out
from advisor.prices.book import Price
from advisor.quantities import exact_dollars, grouped
from advisor.rulebook.model import Rulebook
from advisor.templating import environment

EXAMPLE_CALL: Final = (1_700, 200)  # tokens in and out of the article's call, by which tiers of a price are chosen


@dataclass(frozen=True)
class Found:
    """What is known under a name: rows of the price book, and the rates of a base model where there are any."""

    day: date
    prices: tuple[Price, ...]
    rates: Any = None


def find_prices(rulebook: Rulebook, name: str | None, day: date) -> Found:
    """Return the whole price book, or what it and the package of base prices know of a name.

    name: of a model, a row of the book or a provider. Raises BadInput for one that nobody knows, with the nearest.
    """
    book = tuple(rulebook.prices.values())
    if not book:
        raise BadInput.one(f"there are no prices in profile `{rulebook.profile}`", "use `--profile full`")
    if name is None:
        return Found(day, book)
    rows = tuple(price for price in book if name in _names(price))
    from advisor.prices.base_models import base_rates

    try:
        return Found(day, rows, base_rates(name, day, *EXAMPLE_CALL))
    except BadInput as error:
        if rows:
            return Found(day, rows)
        near = suggestion(name, dict.fromkeys(known for price in book for known in _names(price)))
        (problem,) = error.problems
        raise BadInput.one(problem.what, near or problem.mend) from None


def as_text(found: Found, width: int) -> str:
    """Return what was found, a few lines for each row. width: columns to fold at."""
    parts = []
    if found.rates is not None:
        tokens = dict(zip(("input_tokens", "output_tokens"), EXAMPLE_CALL, strict=True))
        text = _environment().get_template("prices/base.txt.j2").render(rates=found.rates, **tokens)
        parts.append(laid_out(text, width))
    if found.prices:
        text = _environment().get_template("prices/book.txt.j2").render(prices=found.prices, day=found.day)
        parts.append(laid_out(text, width, _label_width(found.prices, width)))
    return "\n\n".join(parts)


def as_json(found: Found) -> str:
    """Return what was found as JSON; what is not known is null."""
    rates = None if found.rates is None else {key: _plain(value) for key, value in asdict(found.rates).items()}
    prices = [dict(_row(price, found.day)) for price in found.prices]
    return json.dumps({"as_of": found.day.isoformat(), "base": rates, "prices": prices}, indent=2, ensure_ascii=False)


def _names(price: Price) -> tuple[str, ...]:
    """Return by what a row can be asked for."""
    return (price.id, price.base_model, price.provider, *price.id.split("/", 1))


def _row(price: Price, day: date) -> Iterator[tuple[str, Any]]:
    for name, value in vars(price).items():
        if name not in ("place", "pack"):
            yield name, _plain(value)
    yield "closed", price.is_closed(day)
    yield "retired", price.is_retired(day)


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value


def _label_width(prices: Sequence[Price], width: int) -> int:
    """Return the columns of the names, at most two fifths of all."""
    return min(max(len(price.id) for price in prices) + 1, width * 2 // 5)


@cache
def _environment() -> Environment:
    return environment({"usd": exact_dollars, "quantity": grouped})
