"""`advisor explain`: what a thing of the rulebook is, in words."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import click

from advisor.cli.completion import complete_id
from advisor.cli.options import load, rules_options


@click.command(epilog="\b\nExample: advisor explain volume.under_10k")
@click.argument("name", metavar="[ID]", required=False, shell_complete=complete_id)
@rules_options
def command(name: str | None, rules: Path | None, profile: str) -> None:
    """Say what a fact, table, row, option, assumption, source, source item or check of the audit is.

    A row's condition is put in words, with its source and what reads it; a check with an example and how to mend what
    it finds. Every kind of thing that has the ID is explained. Without an ID: one line for everything there is, kind
    first, so that `grep '^row'` picks the rows.
    """
    from advisor.explain import WIDTH, catalogue, explain

    width = min(shutil.get_terminal_size().columns, WIDTH) if sys.stdout.isatty() else WIDTH
    rulebook = load(rules, profile)
    click.echo(catalogue(rulebook, width) if name is None else explain(rulebook, name, width))
