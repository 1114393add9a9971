"""`advisor prices`: what models and routes of tuning cost, with dates and sources."""

from __future__ import annotations

import shutil
import sys
from datetime import date
from pathlib import Path

import click

from advisor.cli.options import as_of_option, load, rules_options


@click.command(epilog="\b\nExample: advisor prices gpt-4.1-mini --as-of 2026-12-01")
@click.argument("name", metavar="[MODEL]", required=False)
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="To read, or for scripts.",
)
@rules_options
@as_of_option
def command(name: str | None, form: str, rules: Path | None, profile: str, as_of: date | None) -> None:
    """List what is known of prices, each with its date and source: what it costs to tune and to serve a model.

    MODEL is a base model, a row of the price book or a provider; without it, the whole book. Nothing is fetched: base
    prices are those of the installed package, and what nobody knows is said to be unknown. The day decides what is
    open, closing or closed.
    """
    from advisor.labelled import WIDTH
    from advisor.prices.listing import as_json, as_text, find_prices

    found = find_prices(load(rules, profile), name, as_of or date.today())
    width = min(shutil.get_terminal_size().columns, WIDTH) if sys.stdout.isatty() else WIDTH
    click.echo(as_json(found) if form == "json" else as_text(found, width))
