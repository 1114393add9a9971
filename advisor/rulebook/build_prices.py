"""The price book of the rule files."""

from __future__ import annotations

from advisor.prices.book import Price
from advisor.rulebook.entries import Entry, RuleFiles
from advisor.rulebook.price_shape import PRICE_FIGURES


def read_prices(files: RuleFiles) -> dict[str, Price]:
    """Return the prices in force, in the order of the files."""
    prices: dict[str, Price] = {}
    for entry in files.entries("prices"):
        if all(entry[key] is not None for key in ("id", "provider", "base_model", "method", "source", "as_of")):
            price = _price(files, entry)
            if files.in_force(price.pack):
                files.put(prices, price.id, price, price.place, "price")
    return prices


def _price(files: RuleFiles, entry: Entry) -> Price:
    for key in PRICE_FIGURES:
        if entry[key] is not None and entry[key] < 0:
            files.refuse(entry.place(key), f"`{key}` is below 0", "write what is paid; leave it out where unknown")
    closes, retires = entry["closes"], entry["retires"]
    if closes is not None and retires is not None and closes > retires:
        what = f"`{entry['id']}` closes after its models retire"
        files.refuse(entry.place("closes"), what, "no training is of use after that: let it close by then")
    return Price(
        **{key: entry[key] for key in ("id", "provider", "base_model", "method", *PRICE_FIGURES)},
        open_to=entry["open_to"],
        closes=closes,
        retires=retires,
        source=entry["source"],
        as_of=entry["as_of"],
        review_by=entry["review_by"],
        confidence=entry["confidence"],
        note=entry["note"],
        pack=entry["pack"],
        place=entry.place("id"),
    )
