"""Prices of base models from the package genai-prices: the one module that knows it.

It never uses the network, and asks for the price of one call on one day, since prices have tiers by the size of a call
and change by date. What the package would pass over in silence is refused here: a name that only begins like a known
model, a price that is missing, a fee beside the tokens, data that did not come with the package.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from decimal import Decimal
from functools import cache, lru_cache
from importlib.metadata import version
from typing import TYPE_CHECKING, Any, Final

from advisor.errors import BadInput, suggestion

if TYPE_CHECKING:
    from genai_prices.data_snapshot import DataSnapshot
    from genai_prices.types import ModelInfo, Provider

PACKAGE: Final = "genai-prices"
MILLION: Final = 1_000_000
# What may follow a model's name and be the same model: a date, a version, `latest`.
_EDITION: Final = re.compile(r"(?:[-@.:]?(?:latest|\d{8}|\d{4}-\d{2}-\d{2}|\d{2}-\d{4}|v\d+(?::\d+)?|\d{3}))*")
_TUNED: Final = re.compile(r"(?:^|[/:])ft(?:[/:]|$)", re.IGNORECASE)  # a part of the names of tuned models
_BESIDE_TOKENS: Final = ("requests_kcount", "output_citation_mtok")  # billed with every call, and no part of our costs
_SEPARATOR: Final = re.compile("[/:]")  # between a provider and its name of a model
_LETTERS: Final = 2  # so short a name is within too many others
_STEMS: Final = ("equals", "starts_with", "contains", "ends_with")


@dataclass(frozen=True)
class BaseRates:
    """What one call of a base model is billed at on a day: USD per million tokens; None where there is no such price.

    They are those of calls of the size that was asked for. `model` is the name in the price data. Where the price
    changes by the hour, `by_hour`, they are those of 12:00 UTC.
    """

    provider: str
    model: str
    day: date
    version: str
    input: float
    output: float
    cache_read: float | None
    cache_write: float | None
    by_hour: bool

    @property
    def detail(self) -> str:
        """Where the rates are from."""
        hour = " at 12:00 UTC, other hours differ" if self.by_hour else ""
        return f"{PACKAGE} {self.version}, {self.provider} {self.model}, {self.day}{hour}"


@lru_cache(maxsize=256)
def base_rates(name: str, day: date, input_tokens: int, output_tokens: int) -> BaseRates:
    """Return what a model's calls cost on a day.

    name: as the provider names it; `provider/name` takes that provider's price, otherwise it is the maker's. Tokens are
    those of one call. Raises BadInput for a name that is not known, with the nearest that is, and for a model that is
    not billed by the token.
    """
    provider, model = _find(name)
    size, answer = max(input_tokens, 1), max(output_tokens, 1)
    moment = datetime.combine(day, time(12), UTC)
    prices = model.get_prices(moment)
    if prices.input_mtok is None or prices.output_mtok is None:
        raise BadInput.one(f"`{name}` is not billed by the token", "give `input_price` and `output_price`")
    if any(getattr(prices, unit, None) is not None for unit in _BESIDE_TOKENS):
        mend = "give an `input_price` and an `output_price` that make up for it"
        raise BadInput.one(f"`{name}` costs a fee beside its tokens", mend)

    def rate(side: str, tokens: int, **parts: int) -> float:
        from genai_prices import Usage

        usage = Usage(input_tokens=size, **parts)
        billed = model.calc_price(usage, provider, genai_request_timestamp=moment, price_context=None)
        amount: Decimal = getattr(billed, side)
        return float(amount / tokens * MILLION)

    return BaseRates(
        provider=provider.id,
        model=model.id,
        day=day,
        version=version(PACKAGE),
        input=rate("input_price", size),
        output=rate("output_price", answer, output_tokens=answer),
        cache_read=None if prices.cache_read_mtok is None else rate("input_price", size, cache_read_tokens=size),
        cache_write=None if prices.cache_write_mtok is None else rate("input_price", size, cache_write_tokens=size),
        by_hour=any(model.get_prices(moment.replace(hour=hour)) != prices for hour in range(24)),
    )


def models_of(provider: str) -> tuple[str, ...]:
    """Return the names of a provider's models, or none for a provider that is not known."""
    held = next((one for one in _bundled().providers if one.id == provider), None)
    return tuple(model.id for model in held.models) if held else ()


def _find(name: str) -> tuple[Provider, ModelInfo]:
    """Return the model that a name means. Raises BadInput."""
    providers = {provider.id: provider for provider in _bundled().providers}
    if _TUNED.search(name):
        mend = "name the base model in use; prices of tuned ones come from `tuning_route`"
        raise BadInput.one(f"`{name}` is a tuned model, which has no list price", mend)
    before, *rest = _SEPARATOR.split(name, maxsplit=1)
    if rest and before.lower() in providers:
        provider = providers[before.lower()]
        model = _named(provider, rest[0])
        if model is None:
            raise BadInput.one(f"there is no price of `{name}`", _mend_at(provider, rest[0]))
        return provider, model
    offers = [(provider, model) for provider in providers.values() if (model := _named(provider, name)) is not None]
    makers = [(provider, model) for provider, model in offers if _makes(provider, name)]
    if len(makers) == 1 or len(offers) == 1:
        return (makers or offers)[0]
    if offers:
        others = ", ".join(f"`{provider.id}/{name}`" for provider, _ in offers[:3])
        raise BadInput.one(f"several providers offer `{name}` at prices of their own", f"write one of {others}")
    mend = _near(name, _names()) or "name it as the provider does, or give `input_price` and `output_price`"
    raise BadInput.one(f"there is no price of a model `{name}`", mend)


def _named(provider: Provider, name: str) -> ModelInfo | None:
    """Return the model of a provider that has a name, with or without an edition behind it."""
    name = name.lower()
    ids = {model.id.lower(): model for model in reversed(provider.models)}
    edition = next((model for model in provider.models if _is_named(model, name)), None)
    return ids.get(name) or edition or ids.get(f"{name}-latest")


def _is_named(model: ModelInfo, name: str) -> bool:
    return model.is_match(name) and any(
        name.startswith(stem) and _EDITION.fullmatch(name[len(stem) :]) is not None
        for stem in (model.id.lower(), *_stems(model.match))
    )


def _stems(clause: Any) -> Iterator[str]:
    """Yield the names by which the price data know a model."""
    for key in _STEMS:
        if hasattr(clause, key):
            yield getattr(clause, key).lower()
    for part in (*getattr(clause, "or_", ()), *getattr(clause, "and_", ())):
        yield from _stems(part)


def _makes(provider: Provider, name: str) -> bool:
    """Tell whether a provider is the one that the price data take for a model's name."""
    return provider.model_match is not None and provider.model_match.is_match(name.lower())


def _mend_at(provider: Provider, name: str) -> str:
    """Return what to write instead of a name that a provider does not have."""
    known = [model.id for model in provider.models]
    held = _holding(name, known)
    if held is None:
        try:
            return f"`{name}` alone takes the price of `{_find(name)[0].id}`"
        except BadInput:
            near = suggestion(f"{provider.id}/{name}", [f"{provider.id}/{one}" for one in known])
            return near or f"`advisor prices {provider.id}` lists what there is"
    return f"did you mean `{provider.id}/{held}`?"


@lru_cache(maxsize=256)
def _near(name: str, known: tuple[str, ...]) -> str:
    """Return the nearest name as a question: one that holds it, or else one that is spelt alike."""
    held = _holding(name, known)
    return f"did you mean `{held}`?" if held is not None else suggestion(name.lower(), known)


def _holding(name: str, known: Iterable[str]) -> str | None:
    """Return the shortest name that holds another, before all one that begins with it or is no reseller's."""
    name = name.strip().lower()
    holding = [one for one in known if name in one.lower()] if len(name) > _LETTERS else []
    return min(holding, key=lambda one: (not one.lower().startswith(name), "/" in one, len(one)), default=None)


@cache
def _names() -> tuple[str, ...]:
    known = (model.id for provider in _bundled().providers for model in provider.models)
    return tuple(dict.fromkeys(name for name in known if not _TUNED.search(name)))


@cache
def _bundled() -> DataSnapshot:
    """Return the price data that came with the package, whatever else in this process may have loaded."""
    from genai_prices.data import providers  # 0.2 s and more
    from genai_prices.data_snapshot import DataSnapshot

    return DataSnapshot(providers=providers, from_auto_update=False)
