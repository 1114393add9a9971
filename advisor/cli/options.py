"""Flags that several commands share."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

if TYPE_CHECKING:
    from advisor.rulebook.model import Rulebook

F = TypeVar("F", bound=Callable[..., Any])

PROFILES = ("article", "full")  # said here too: importing the loader costs more than a help text should


class Day(click.ParamType[date]):
    """A date written as 2026-11-23."""

    name = "date"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date:
        try:
            return value if isinstance(value, date) else date.fromisoformat(value)
        except ValueError:
            self.fail(f"`{value}` is no date; write it as 2026-11-23", param, ctx)


def rules_options(function: F) -> F:
    """Add `--rules DIR` and `--profile P`."""
    profile = click.option(
        "--profile", type=click.Choice(PROFILES), default="full", show_default=True, help="Packs of rules in force."
    )
    rules = click.option(
        "--rules", type=click.Path(path_type=Path), metavar="DIR", help="Another rulebook than the one shipped."
    )
    return rules(profile(function))


as_of_option = click.option(
    "--as-of", type=Day(), metavar="DATE", help="The day the memo is of, as 2026-11-23; by default today."
)


def load(rules: Path | None, profile: str) -> Rulebook:
    """Load the rulebook that the flags name. Raises BadInput."""
    from advisor.rulebook.loading import load_rulebook

    return load_rulebook(rules, profile)
