"""`advisor template`: an empty answers file with every question in it."""

from __future__ import annotations

from pathlib import Path

import click

from advisor.cli.options import load, rules_options


@click.command(epilog="\b\nExample: advisor template > answers.yaml")
@rules_options
def command(rules: Path | None, profile: str) -> None:
    """Print an empty answers file with every question, its choices and its unit as comments.

    The file can be read as it is, with everything unknown; take the `#` off a line and write the answer there.
    """
    from advisor.answers_template import empty_answers
    from advisor.data import data_dir

    click.echo(empty_answers(load(rules, profile), data_dir("rules") if rules is None else rules), nl=False)
