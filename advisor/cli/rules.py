"""`advisor rules`: the rulebook as a document or as DMN."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from advisor.cli.options import load, rules_options

if TYPE_CHECKING:
    from advisor.rulebook.model import Rulebook

STANDARD = "-"


@click.command(epilog="Example: advisor rules --format html -o rules.html")
@click.option(
    "--format",
    "form",
    type=click.Choice(["md", "html", "dmn"]),
    default="md",
    show_default=True,
    help="A document to read, or DMN 1.3 for a DMN editor.",
)
@click.option("-o", "--output", type=click.Path(path_type=Path), metavar="FILE", help="Write to a file.")
@click.option(
    "--cases",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="Worked cases, to be named beside the rows that they exercise.",
)
@rules_options
def command(form: str, output: Path | None, cases: Path | None, rules: Path | None, profile: str) -> None:
    """Print every table of the rules with reasons and sources, and all facts.

    `--format dmn` writes what a DMN editor opens. `--rules FILE.dmn` reads such a file, of this or any other origin.
    """
    rulebook = _load(rules, profile)
    text = _document(rulebook, form, cases)
    if output is None or str(output) == STANDARD:
        click.echo(text.encode(), nl=False)  # bytes: whatever the encoding of the terminal
        return
    from advisor.files import write_atomically

    write_atomically(output, text)
    click.echo(f"written: {output}", err=True)


def _load(rules: Path | None, profile: str) -> Rulebook:
    if rules is None or rules.suffix.lower() != ".dmn" or rules.is_dir():
        return load(rules, profile)
    from advisor.dmn.reading import read_dmn_file
    from advisor.rulebook.loading import FULL, build_rulebook

    read = read_dmn_file(rules)
    for note in read.notes:
        click.echo(f"note: {note}", err=True)
    return build_rulebook(read.sources, read.profile if profile == FULL else profile)


def _document(rulebook: Rulebook, form: str, cases: Path | None) -> str:
    if form == "dmn":
        from advisor.dmn.writing import dmn

        return dmn(rulebook)
    from advisor.cases import read_cases
    from advisor.rules_document import html, markdown, rules_document

    document = rules_document(rulebook, None if cases is None else read_cases(cases, rulebook))
    return html(document) if form == "html" else markdown(document)
