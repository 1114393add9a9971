"""What is known of prices on a day, as text and as JSON: rows of the price book and rates of base models."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from datetime import date
from functools import cache
from typing import TYPE_CHECKING, Any

from jinja2 import Environment

from advisor.answers import Answers
from advisor.errors import BadInput, suggestion
from advisor.labelled import laid_out
from advisor.prices.book import Price
from advisor.prices.quotes import call_size
from advisor.quantities import exact_dollars, grouped
from advisor.rulebook.model import Rulebook
from advisor.templating import environment

if TYPE_CHECKING:
    from advisor.prices.base_models import BaseRates


@dataclass(frozen=True)
class Found:
    """What is known on a day under a name, or of everything where there is no name.

    `prices` are rows of the price book; `rates` those of a base model, None where there are none under that name;
    `models` the rates of a provider's base models. `call` is the tokens in and out by which tiers of rates were chosen.
    """

    day: date
    call: tuple[int, int]
    name: str | None
    prices: tuple[Price, ...]
    rates: BaseRates | None = None
    models: tuple[BaseRates, ...] = ()

    @property
    def is_provider(self) -> bool:
        """Whether the name is that of a provider."""
        return bool(self.models) or self.name in {price.provider for price in self.prices}


def find_prices(rulebook: Rulebook, name: str | None, day: date) -> Found:
    """Return the whole price book, or what it and the package of base prices know of a name.

    name: of a model, a row of the book or a provider, in small or capital letters. Raises BadInput for one that nobody
    knows, with the nearest, and where no prices are in force.
    """
    book = tuple(rulebook.prices.values())
    if not book:
        mend = "use `--profile full`" if rulebook.profile != "full" else "add `prices:` to its rules"
        raise BadInput.one(f"prices belong to the field pack, and profile `{rulebook.profile}` has none in force", mend)
    call = call_size(rulebook, Answers())
    if name is None:
        return Found(day, call, None, book)
    rows = _rows(book, name)
    from advisor.prices.base_models import base_rates, models_of

    known = models_of(name.lower())
    if known:
        return Found(day, call, name.lower(), rows, models=tuple(_each_rates(name.lower(), known, day, call)))
    try:
        rates = base_rates(name, day, *call)
    except BadInput as error:
        if rows:
            return Found(day, call, name, rows)
        near = suggestion(name, dict.fromkeys(known for price in book for known in _names(price)))
        (problem,) = error.problems
        raise BadInput.one(problem.what, near or problem.mend) from None
    of = f"{rates.provider}/" if "/" in name else ""
    return Found(day, call, name, rows or _rows(book, of + rates.model), rates)


def as_text(found: Found, width: int) -> str:
    """Return what was found, a few lines for each row. width: columns to fold at."""
    parts = []
    tokens = dict(zip(("input_tokens", "output_tokens"), found.call, strict=True))
    if found.name is not None and not found.is_provider:
        parts.append(_laid_out("base", width, [], rates=found.rates, name=found.name, **tokens))
    parts.append(_laid_out("book", width, [price.id for price in found.prices], found=found))
    if found.models:
        labels = [rates.model for rates in found.models]
        parts.append(_laid_out("models", width, labels, models=found.models, **tokens))
    return "\n\n".join(parts)


def as_json(found: Found) -> str:
    """Return what was found as JSON; what is not known is null."""
    prices = [dict(_row(price, found.day)) for price in found.prices]
    data = {
        "as_of": found.day.isoformat(),
        "prices": prices,
        "base": None if found.rates is None else _rates(found.rates),
        "models": [_rates(rates) for rates in found.models],
        "sources": list(_sources(found)),
    }
    return json.dumps(data, indent=2, ensure_ascii=False)


def _rows(book: Iterable[Price], name: str) -> tuple[Price, ...]:
    """Return the rows that go by a name; a base model may have a date behind it."""
    dated = re.compile(rf"{re.escape(name.lower())}(?:[-@]\d{{4}}-?\d{{2}}-?\d{{2}})?")
    return tuple(price for price in book if any(dated.fullmatch(known.lower()) for known in _names(price)))


def _names(price: Price) -> tuple[str, ...]:
    """Return by what a row can be asked for."""
    return (price.id, price.base_model, price.provider, *price.id.split("/", 1))


def _each_rates(provider: str, models: Iterable[str], day: date, call: tuple[int, int]) -> Iterator[BaseRates]:
    """Yield the rates of a provider's models; those that are not billed by the token are left out."""
    from advisor.prices.base_models import base_rates

    for model in models:
        try:
            yield base_rates(f"{provider}/{model}", day, *call)
        except BadInput:
            continue


def _row(price: Price, day: date) -> Iterator[tuple[str, Any]]:
    for name, value in vars(price).items():
        if name not in ("place", "pack"):
            yield name, _plain(value)
    yield "closed", price.is_closed(day)
    yield "retired", price.is_retired(day)


def _rates(rates: BaseRates) -> dict[str, Any]:
    return {key: _plain(value) for key, value in asdict(rates).items()}


def _sources(found: Found) -> Iterator[dict[str, str]]:
    """Yield each source of what was found once, with its date, in the order in which it is first used."""
    used = [(price.source, price.as_of) for price in found.prices]
    for rates in (*([found.rates] if found.rates else []), *found.models):
        used.append((f"genai-prices {rates.version}", rates.day))
    for source, day in dict.fromkeys(used):
        yield {"source": source, "as_of": day.isoformat()}


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value


def _laid_out(template: str, width: int, labels: list[str], **context: Any) -> str:
    """Return a template's lines in two columns; names take at most two fifths of the width."""
    text = _environment().get_template(f"prices/{template}.txt.j2").render(context)
    if not labels:
        return laid_out(text, width)
    return laid_out(text, width, min(max(len(label) for label in labels) + 1, width * 2 // 5))


@cache
def _environment() -> Environment:
    return environment({"usd": exact_dollars, "quantity": grouped})
