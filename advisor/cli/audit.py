"""`advisor audit`: prove things about the rules, and report what is wrong with them."""

from __future__ import annotations

import shutil
import sys
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Final, cast

import click

from advisor.cli.options import Day, rules_options
from advisor.errors import BadInput

if TYPE_CHECKING:
    from advisor.audit.model import Report, Severity
    from advisor.cli.progress import Progress

STANDARD: Final = "-"
FORMATS: Final = ("text", "json", "markdown", "sarif", "junit")
WITHOUT_DIFFERENCE: Final = ("sarif", "junit")
LEVELS: Final = ("error", "warning", "note")
WIDEST: Final = 100
FOUND: Final = 1  # the exit code when something was found at or above the fail level


@click.command(epilog="Example: advisor audit --rules my-rules --fail-level warning --format sarif -o audit.sarif")
@click.argument("source", metavar="[FILE.dmn]", required=False, type=click.Path(path_type=Path))
@click.option("--format", "form", type=click.Choice(FORMATS), default="text", show_default=True, help="How to report.")
@click.option("-o", "--output", type=click.Path(path_type=Path), metavar="FILE", help="Write the report to a file.")
@click.option(
    "--fail-level",
    type=click.Choice(LEVELS),
    default="error",
    show_default=True,
    help="Exit with 1 where something this grave, or graver, was found.",
)
@click.option(
    "--against",
    metavar="DIR|PROFILE",
    help="Also say which decisions differ from those of a folder of rules, or of a profile.",
)
@click.option(
    "--cases", type=click.Path(path_type=Path), metavar="DIR", help="Worked cases: also say what they leave untried."
)
@click.option(
    "--examples",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="Save the examples that answers can bring about, an answers file each.",
)
@rules_options
@click.option(
    "--as-of", type=Day(), metavar="DATE", help="The day on which figures must not be stale; by default today."
)
def command(
    source: Path | None,
    form: str,
    output: Path | None,
    fail_level: str,
    against: str | None,
    cases: Path | None,
    examples: Path | None,
    rules: Path | None,
    profile: str,
    as_of: date | None,
) -> None:
    """Prove things about the rules, and report what is wrong with them, each with a project that shows it.

    The rules are those shipped, those of `--rules DIR`, or the decision tables of a DMN file. `advisor explain CHECK`
    says what a check finds and how to mend it.

    Exit codes: 0 nothing at or above the fail level, 1 something, 2 bad input.
    """
    if source is not None:
        _check_source(source, rules)
    to_file = output if output is not None and str(output) != STANDARD else None
    if to_file is not None:
        _check_output(to_file, source, rules)

    from advisor.audit.checks import CHECKS
    from advisor.cli.progress import Progress

    with Progress(len(CHECKS)) as progress:
        report = _audit(source, rules, profile, against, cases, as_of or date.today(), progress)
    text = _rendered(report, form, fail_level, rules if source is None else source.parent, to_file is None)
    if against is not None and form in WITHOUT_DIFFERENCE:
        click.echo(f"the difference has no place in {form}; use text, markdown or json", err=True)
    if examples is not None:
        from advisor.audit.examples import save_examples

        count = len(save_examples(report, examples))
        click.echo(f"written: {count} answers file{'' if count == 1 else 's'} in {examples}", err=True)
    if to_file is not None:
        from advisor.files import write_atomically

        write_atomically(to_file, text)
        click.echo(f"written: {to_file}", err=True)
    else:
        click.echo(text.encode("utf-8", "backslashreplace"), nl=False)  # bytes: whatever the terminal's encoding
    levels = LEVELS[: LEVELS.index(fail_level) + 1]
    if any(finding.severity in levels for finding in report.findings):
        raise click.exceptions.Exit(FOUND)


def _audit(
    source: Path | None,
    rules: Path | None,
    profile: str,
    against: str | None,
    cases: Path | None,
    as_of: date,
    progress: Progress,
) -> Report:
    """Audit the rules that the flags name, and compare them with others where that is asked. Raises BadInput."""
    from advisor.audit.inputs import compared, read_dmn_rules, read_other, read_rules
    from advisor.audit.run import audit
    from advisor.cases import read_cases

    held = read_rules(rules, profile) if source is None else read_dmn_rules(source, profile)
    other = None if against is None else read_other(against, rules, profile)
    worked = None if cases is None else read_cases(cases, held.rulebook)
    report = audit(held.rulebook, texts=held.texts, as_of=as_of, cases=worked, progress=progress)
    report = replace(report, not_checked=(*report.not_checked, *held.left_out))
    if other is None:
        return report
    progress("difference")
    return compared(report, other, held)


def _rendered(report: Report, form: str, fail_level: str, folder: Path | None, to_screen: bool) -> str:
    from advisor.audit.reports import json, junit, markdown, sarif, text

    match form:
        case "json":
            return json.render(report)
        case "markdown":
            return markdown.render(report)
        case "sarif":
            from advisor.memo.rendering import advisor_version

            return sarif.render(report, advisor_version(), _root(folder))
        case "junit":
            return junit.render(report, cast("Severity", fail_level))
    terminal = to_screen and sys.stdout.isatty()
    return text.render(report, min(shutil.get_terminal_size().columns, WIDEST) if terminal else WIDEST)


def _root(folder: Path | None) -> str:
    """Return the rules folder as a path below the current folder, where code hosts look; else nothing."""
    from advisor.data import data_dir

    root = (data_dir("rules") if folder is None else folder).resolve()
    here = Path.cwd().resolve()
    below = root.is_relative_to(here) and root != here
    return root.relative_to(here).as_posix() if below else ""


def _check_source(source: Path, rules: Path | None) -> None:
    if rules is not None:
        raise click.UsageError("a DMN file and `--rules` are two rulebooks; name one of them")
    if source.is_dir():
        raise BadInput.one(f"{source} is a folder", f"to audit the rules in it, write `--rules {source}`")
    if source.suffix.lower() != ".dmn":
        raise BadInput.one(
            f"{source} is no DMN file", "its name ends in `.dmn`; a folder of rules goes after `--rules`"
        )


def _check_output(output: Path, source: Path | None, rules: Path | None) -> None:
    """Refuse to write over what is audited, and where nothing can be written. Raises BadInput."""
    from advisor.answers_writing import check_writable

    target = output.resolve()
    is_rule_file = rules is not None and rules.resolve() in target.parents and target.suffix in (".yaml", ".yml")
    if is_rule_file or (source is not None and target == source.resolve()):
        raise BadInput.one(f"{output} is one of the files audited", "name another file with `-o`")
    if output.is_dir() or output.is_file() or not output.exists():  # a pipe or device is written to as it is
        check_writable(output)
