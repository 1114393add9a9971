"""`advisor backtest`: published cases scored by the rules."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, cast

import click

from advisor.cli.options import Day, load, rules_options

if TYPE_CHECKING:
    from advisor.backtest.report import Facts


@click.command(epilog="\b\nExample: advisor backtest examples/case-studies.yaml --facts quoted")
@click.argument("source", metavar="FILE", type=click.Path(path_type=Path))
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json", "md"]),
    default="text",
    show_default=True,
    help="Text, JSON for scripts, or Markdown.",
)
@click.option(
    "--facts",
    type=click.Choice(["all", "quoted"]),
    default="all",
    show_default=True,
    help="Read inferred facts too, or those alone that the source states.",
)
@rules_options
@click.option(
    "--as-of", type=Day(), metavar="DATE", help="The day the report is of, by default today; no score depends on it."
)
def command(source: Path, form: str, facts: str, rules: Path | None, profile: str, as_of: date | None) -> None:
    """Score published case studies by the rules, and see whether tuning is indicated where it turned out well.

    FILE is a list of cases, as in examples/case-studies.yaml. Each is asked with the homework done; what it does not
    say goes through representative values, and the share of these worlds in which an approach is recommended is its
    score. How a case's facts are read stands in the report.
    """
    from advisor.backtest.as_json import backtest_json
    from advisor.backtest.mapping import shipped_mapping
    from advisor.backtest.rendering import markdown, text
    from advisor.backtest.report import backtest
    from advisor.backtest.studies import read_studies

    mapping = shipped_mapping()
    studies = read_studies(source, mapping)
    rulebook = load(rules, profile)
    report = backtest(rulebook, mapping, studies, facts=cast("Facts", facts), as_of=as_of or date.today())
    rendered = {"json": backtest_json, "md": markdown, "text": text}[form](report)
    click.echo(rendered.encode("utf-8", "backslashreplace"), nl=False)  # bytes: whatever the terminal's encoding
